"""Managers who see their own clients alone: every page and act of the office, asked by a client's manager and by another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.interfaces import IRoutesMapper

from cabinet.db.scope import ALL
from cabinet.identity.access import MANAGERS_SEE, OWN
from cabinet.identity.models import Client
from cabinet.interfaces import IPeople, ISettings
from cabinet.testing.matrix import World
from cabinet.testing.portfolios import Portfolios, run_portfolios
from cabinet.testing.twins import token_of
from cabinet.web import areas


@pytest.fixture
def portfolios(world: World, person: Any, signed_in: Any, unit_of_work: Any) -> Portfolios:
    """The twins have a manager each, and the owner has said that each sees his own."""
    person("rival@x.ru", "manager")
    app = signed_in("rival@x.ru")
    with unit_of_work() as request:
        request.find_service(ISettings).change({MANAGERS_SEE: OWN})
        people = request.find_service(IPeople)
        for name, email in ((world.canary, "manager@x.ru"), (world.twin, "rival@x.ru")):
            request.db.query(Client).filter_by(name=name).one().manager_id = people.by_email(email).id
    cookie = "; ".join(f"{name}={value}" for name, value in app.cookies.items())
    return Portfolios(world, cookie, token_of(app))


def test_a_manager_gets_his_own_clients_and_learns_nothing_of_another_s(portfolios: Portfolios) -> None:
    problems = run_portfolios(portfolios)
    assert not problems, "\n".join(problems)


def a_door_that_forgets_the_rule(_world: World, monkeypatch: Any) -> str:
    monkeypatch.setattr(areas, "_clients_of", lambda _request, _identity: ALL)
    return "client_manager.office.clients"


def a_list_of_clients_without_the_scope(_world: World, monkeypatch: Any) -> str:
    from cabinet_client_manager.services import clients

    monkeypatch.setattr(clients, "in_scope", lambda _session, _column: [])
    return "client_manager.office.clients"


def a_list_of_invoices_that_forgets_the_scope(_world: World, monkeypatch: Any) -> str:
    from cabinet_finsystem.invoicing.reading import InvoiceReader

    named = InvoiceReader.named

    def of_all(self: Any, query: Any, **about: Any) -> Any:
        self._session.info["cabinet.client_scope"] = ALL
        return named(self, query, **about)

    monkeypatch.setattr(InvoiceReader, "named", of_all)
    return "finsystem.office.invoices"


def an_act_on_what_is_another_s(world: World, monkeypatch: Any) -> str:
    door = world.registry.getUtility(IRoutesMapper).get_route("finsystem.office.invoice.void").factory
    load = door._load

    def any_of_them(request: Any, context: Any) -> Any:
        request.db.info["cabinet.client_scope"] = ALL
        return load(request, context)

    monkeypatch.setattr(door, "_load", any_of_them)
    return "finsystem.office.invoice.void"


def a_queue_open_to_who_is_limited(_world: World, monkeypatch: Any) -> str:
    monkeypatch.setattr(areas.OfficeArea, "limited", property(lambda _self: False, lambda _self, _value: None))
    return "finsystem.office.queue"


def a_page_that_tells_that_it_is_there(_world: World, monkeypatch: Any) -> str:
    from cabinet_client_manager.services import clients

    found = clients.record_by_public_id

    def or_forbidden(session: Any, public_id: Any) -> Any:
        record = found(session, public_id)
        if record is None and session.query(Client).filter_by(public_id=public_id).first() is not None:
            raise areas.HTTPForbidden
        return record

    monkeypatch.setattr(clients, "record_by_public_id", or_forbidden)
    return "client_manager.office.client"


HOLES: tuple[Callable[[World, Any], str], ...] = (
    a_door_that_forgets_the_rule,
    a_list_of_clients_without_the_scope,
    a_list_of_invoices_that_forgets_the_scope,
    an_act_on_what_is_another_s,
    a_queue_open_to_who_is_limited,
    a_page_that_tells_that_it_is_there,
)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_hole_that_is_planted_is_found(portfolios: Portfolios, monkeypatch: Any) -> None:
    missed = []
    for hole in HOLES:
        with monkeypatch.context() as planted:
            route = hole(portfolios.world, planted)
            if not run_portfolios(portfolios, route):
                missed.append(hole.__name__)
        assert run_portfolios(portfolios, route) == [], f"{hole.__name__}: without it this page is clean"
    assert missed == []
