"""What a client owes, has with us, and has moved: read from invoices, payments and the ledger, for pages."""
