"""Tables of invoices and opening balances: looked through as a whole, then taken in as a whole or not at all."""
