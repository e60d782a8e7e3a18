"""Forms of client_manager: they read what people type and hand facts to the services."""
