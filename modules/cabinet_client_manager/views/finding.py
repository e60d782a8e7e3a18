"""What the global search finds of clients: for the office, and for a client in his own place."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import SearchHit
from cabinet_client_manager.folding import fold
from cabinet_client_manager.interfaces import IClientCards, IContacts, IContracts


def clients(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Clients by name, requisites, people."""
    return [
        SearchHit(
            row.name,
            " · ".join(filter(None, (row.inn, row.manager_name, row.phone))),
            request.route_path("client_manager.office.client", client=row.public_id.hex),
            "building-community",
        )
        for row in request.find_service(IClientCards).find(text, limit)
    ]


def contracts(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Contracts by number and subject."""
    return [
        SearchHit(
            row.facts.number,
            " · ".join(filter(None, (row.client_name, row.facts.subject))),
            request.route_path("client_manager.office.contract", contract=row.public_id.hex),
            "file-certificate",
        )
        for row in request.find_service(IContracts).find(text, limit)
    ]


def people(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Contacts by name, post, address and telephone."""
    return [
        SearchHit(
            found.name,
            " · ".join(filter(None, (found.client_name, found.position, found.phone, found.email))),
            request.route_path("client_manager.office.client", client=found.client_id.hex),
            "address-book",
        )
        for found in request.find_service(IContacts).find(text, limit)
    ]


def own_contracts(request: Any, text: str, limit: int) -> list[SearchHit]:
    """A client's own contracts: they stand on one page. Drafts are ours."""
    client = request.context.client
    page = request.route_path("client_manager.my.company", client=client.public_id.hex)
    return [
        SearchHit(row.facts.number, row.facts.subject, page, "file-certificate")
        for row in request.find_service(IContracts).of_client(client.id)
        if row.status != "draft" and _occurs(text, row.facts)
    ][:limit]


def _occurs(text: str, facts: Any) -> bool:
    return fold(text) in fold(f"{facts.number} {facts.subject}")
