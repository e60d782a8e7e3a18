"""Files: rows in the database, bytes beside it."""
