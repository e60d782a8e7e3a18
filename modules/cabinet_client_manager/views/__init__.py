"""Pages of client_manager."""
