"""Clients, their contacts and contracts, and our own legal entities."""

from __future__ import annotations

from typing import Any

from cabinet.plugins import ModuleInfo
from cabinet_client_manager.texts import _

MODULE = ModuleInfo(
    id="client_manager",
    title=_("Clients"),
    version="0.1.0",
    category="clients",
    description=_("Clients with their requisites, contacts and contracts; our legal entities; access to the cabinet."),
)


def includeme(config: Any) -> None:
    """Bind the services."""
    from cabinet.contracts.clients import IClientBook
    from cabinet.contracts.parties import ILegalEntities
    from cabinet.interfaces import ITableReader
    from cabinet_client_manager import interfaces
    from cabinet_client_manager.events import BankAccountsChanged, ContactAccessWithdrawn, ContactInvited
    from cabinet_client_manager.imports.tables import KINDS, reader_factory, table_imports_factory
    from cabinet_client_manager.notices import tell_accounts, tell_given, tell_withdrawn
    from cabinet_client_manager.services.book import client_book_factory
    from cabinet_client_manager.services.clients import client_cards_factory
    from cabinet_client_manager.services.contacts import contacts_factory
    from cabinet_client_manager.services.contracts import contracts_factory
    from cabinet_client_manager.services.legal_entities import legal_entities_factory

    config.subscribe(ContactInvited, tell_given)
    config.subscribe(ContactAccessWithdrawn, tell_withdrawn)
    config.subscribe(BankAccountsChanged, tell_accounts)
    config.register_service_factory(legal_entities_factory, interfaces.ILegalEntityBook)
    # One book a request under both names: it keeps what it read until something changes.
    config.register_service_factory(
        lambda _context, request: request.find_service(interfaces.ILegalEntityBook), ILegalEntities
    )
    config.register_service_factory(client_cards_factory, interfaces.IClientCards)
    config.register_service_factory(contacts_factory, interfaces.IContacts)
    config.register_service_factory(contracts_factory, interfaces.IContracts)
    config.register_service_factory(client_book_factory, IClientBook)
    config.register_service_factory(table_imports_factory, interfaces.ITableImports)
    for kind in KINDS:
        config.register_service_factory(reader_factory(kind), ITableReader, name=f"client_manager.{kind}")
