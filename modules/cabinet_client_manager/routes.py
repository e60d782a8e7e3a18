"""Routes of client_manager, area by area."""

from __future__ import annotations

from typing import Any

from cabinet.web.proving import password_if_given
from cabinet_client_manager import resources
from cabinet_client_manager.views.tables import CLIENTS, CONTRACTS


def office(config: Any) -> None:
    """Clients, contacts, contracts, tables to load, our own requisites."""
    add = config.add_area_route
    add("client_manager.office.clients", "/clients")
    add("client_manager.office.client.new", "/clients/new")
    config.add_table_pages(CLIENTS, "/clients")
    add("client_manager.office.client", "/clients/{client}", load=resources.client)
    add("client_manager.office.client.requisites", "/clients/{client}/requisites", load=resources.client)
    add("client_manager.office.client.history", "/clients/{client}/history", load=resources.client)
    add("client_manager.office.client.edit", "/clients/{client}/edit", load=resources.client)
    add("client_manager.office.client.archive", "/clients/{client}/archive", load=resources.client)
    add("client_manager.office.client.restore", "/clients/{client}/restore", load=resources.client)
    add("client_manager.office.client.sessions", "/clients/{client}/sessions/{several}", load=resources.client)
    add("client_manager.office.contact.new", "/clients/{client}/contacts/new", load=resources.client)
    add("client_manager.office.contact", "/clients/{client}/contacts/{contact}", load=resources.client)
    add("client_manager.office.contact.invite", "/clients/{client}/contacts/{contact}/invite", load=resources.client)
    add("client_manager.office.contact.reset", "/clients/{client}/contacts/{contact}/reset", load=resources.client)
    add(
        "client_manager.office.contact.withdraw", "/clients/{client}/contacts/{contact}/withdraw", load=resources.client
    )
    add("client_manager.office.contact.remove", "/clients/{client}/contacts/{contact}/remove", load=resources.client)
    add(
        "client_manager.office.login.role",
        "/clients/{client}/logins/{user}/role",
        load=resources.client,
        before=password_if_given,
    )
    add("client_manager.office.login.withdraw", "/clients/{client}/logins/{user}/withdraw", load=resources.client)
    add("client_manager.office.contract.new", "/clients/{client}/contracts/new", load=resources.client)
    add("client_manager.office.contracts", "/contracts")
    config.add_table_pages(CONTRACTS, "/contracts")
    add("client_manager.office.contract", "/contracts/{contract}", load=resources.contract)
    add("client_manager.office.contract.edit", "/contracts/{contract}/edit", load=resources.contract)
    add("client_manager.office.contract.status", "/contracts/{contract}/status/{status}", load=resources.contract)
    _company(add, "office")


def site(config: Any) -> None:
    """The owner fills in our own requisites."""
    _company(config.add_area_route, "site")


def my(config: Any) -> None:
    """A client reads what we know of him."""
    config.add_area_route("client_manager.my.company", "/company", load=resources.own_card)


def _company(add: Any, area: str) -> None:
    """Pages of our legal entities, the same for the owner and for the head."""
    asks = {"before": password_if_given, "uploads": True}
    add(f"client_manager.{area}.company", "/company", load=resources.default_entity, **asks)
    add(f"client_manager.{area}.company.new", "/company/new", **asks)
    add(f"client_manager.{area}.company.check", "/company/check", uploads=True)
    add(f"client_manager.{area}.company.entity", "/company/{entity}", load=resources.entity, **asks)
    add(f"client_manager.{area}.company.default", "/company/{entity}/default", load=resources.entity)
    add(f"client_manager.{area}.company.picture", "/company/{entity}/{picture}", load=resources.entity)
    add(
        f"client_manager.{area}.company.picture.remove",
        "/company/{entity}/{picture}/remove",
        load=resources.entity,
        uploads=True,
    )
