"""The double-entry ledger: append-only, balanced in the database, chained, with month tables kept in the same transaction."""
