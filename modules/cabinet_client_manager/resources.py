"""What the routes of client_manager stand on: loaded within the client's scope, else there is no such page."""

from __future__ import annotations

from typing import Any

from cabinet.web.areas import public_id
from cabinet_client_manager.interfaces import IClientCards, IContracts, ILegalEntityBook


def client(request: Any, _context: Any) -> Any:
    """ClientCard of the office's path."""
    return request.find_service(IClientCards).by_public_id(public_id(request.matchdict["client"]))


def contract(request: Any, _context: Any) -> Any:
    """ContractRow of the office's path."""
    return request.find_service(IContracts).by_public_id(public_id(request.matchdict["contract"]))


def entity(request: Any, _context: Any) -> Any:
    """LegalEntity of the path."""
    return request.find_service(ILegalEntityBook).by_public_id(public_id(request.matchdict["entity"]))


def default_entity(request: Any, _context: Any) -> Any:
    """The LegalEntity that documents are issued from unless told otherwise."""
    return request.find_service(ILegalEntityBook).default()


def own_card(request: Any, context: Any) -> Any:
    """ClientCard of the client whose area this is."""
    return request.find_service(IClientCards).card(context.client.id)
