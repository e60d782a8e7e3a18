"""The rules of client_manager: legal entities, clients, contacts, contracts. No request, no pages."""
