"""Forms of finsystem: they read what people type and hand values to the services."""
