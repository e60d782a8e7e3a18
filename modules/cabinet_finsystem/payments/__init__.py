"""Money of clients: what came in, what went back, and which invoices it pays."""
