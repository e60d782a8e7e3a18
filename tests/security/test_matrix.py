"""Every view, asked by everybody, of everybody's things: who may gets it, who may not learns and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.httpexceptions import HTTPForbidden
from pyramid.interfaces import IRoutesMapper
from pyramid.security import Allowed
from sqlalchemy import insert, select

from cabinet.db.scope import ALL
from cabinet.identity.models import Client
from cabinet.identity.roles import held_as
from cabinet.numbering.models import Sequence
from cabinet.security.policy import SecurityPolicy
from cabinet.testing.matrix import (
    ADMIN,
    ALIKE,
    CLIENT_SET,
    FOREIGN,
    STAFF_SET,
    Cell,
    World,
    run,
    same,
    text_of,
    views,
)
from cabinet.testing.twins import examples_of
from cabinet.web import areas


def test_who_may_gets_it_and_who_may_not_learns_and_changes_nothing(world: World, engine_name: str) -> None:
    def chosen(cell: Cell) -> bool:
        # The pages of finsystem are asked by its contract, on this very site.
        return not cell.view.route.startswith("finsystem.") and (engine_name == "sqlite" or cell.role not in ALIKE)

    problems = run(world, chosen)
    assert not problems, "\n".join(problems)


@pytest.mark.long
def test_everybody_is_asked_of_everything_on_both_engines(world: World) -> None:
    problems = run(world, lambda _cell: True)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_client_is_not_named_by_query_header_or_cookie(world: World) -> None:
    foreign, mapper = world.doors["client"], world.registry.getUtility(IRoutesMapper)
    headers = {"Cookie": f"{world.cookies['other']}; client={foreign}", "X-Client": foreign}
    for view in views(world.registry):
        if view.area == "my" and view.method == "GET" and not view.parts:
            path = mapper.get_route(view.route).generate({"client": world.doors["other"]})
            world.app.reset()
            answer = world.app.get(path, {"client": foreign, "client_id": "2"}, headers=headers)
            assert world.twin in text_of(answer), "it is his own page"
            assert world.canary not in text_of(answer), view.name


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_client_sees_the_same_whatever_others_have(
    registry: Any, unit_of_work: Any, core_client: Any, person: Any, signed_in: Any, monkeypatch: Any, whole: bool
) -> None:
    """Counts, badges and sums give others away without naming them. The control: where a list forgets whose it is, his pages change."""
    if not whole:
        forget_whose_invoices(monkeypatch)
    omega, alpha = core_client("canary-omega"), core_client("canary-alpha")
    person("other@x.ru", client=omega)
    examples_of(registry, unit_of_work, omega)
    app, mapper = signed_in("other@x.ru"), registry.getUtility(IRoutesMapper)
    pages = [
        mapper.get_route(view.route).generate({"client": omega.public_id.hex})
        for view in views(registry)
        if view.area == "my" and view.method == "GET" and not view.parts
    ]
    pages = [page + query for page in pages for query in ("", "?export=csv", "?q=canary")]
    before = [same(text_of(app.get(page))) for page in pages]
    examples_of(registry, unit_of_work, alpha)
    after = [same(text_of(app.get(page))) for page in pages]
    assert (after == before) is whole


# The control of it all: holes, each found


def switch_the_scope_off(monkeypatch: Any) -> None:
    monkeypatch.setattr(
        areas, "set_scope", lambda session, _scope: session.info.setdefault("cabinet.client_scope", ALL)
    )


def forget_whose_invoices(monkeypatch: Any) -> None:
    from cabinet_finsystem.invoicing.reading import InvoiceReader

    listing = InvoiceReader.listing

    def of_all(self: Any, query: Any, **about: Any) -> Any:
        self._session.info["cabinet.client_scope"] = ALL
        return listing(self, query, **about | {"client_id": None})

    monkeypatch.setattr(InvoiceReader, "listing", of_all)


def loader_of(world: World, route: str) -> Any:
    """What loads the subject of a route."""
    return world.registry.getUtility(IRoutesMapper).get_route(route).factory


def a_scope_that_is_off(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    switch_the_scope_off(monkeypatch)
    return lambda cell: cell.whose == FOREIGN


def a_door_that_admits_any_client(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    def enter(self: Any, request: Any) -> None:
        wanted = areas.public_id(request.matchdict["client"])
        self.client = request.db.scalars(select(Client).where(Client.public_id == wanted)).one()
        self.roles, self.memberships, self.subject = frozenset({"client"}), (), None
        areas.set_scope(request.db, {self.client.id})

    monkeypatch.setattr(areas.MyArea, "__init__", enter)
    return lambda cell: cell.view.route == "finsystem.my.invoices" and cell.role == "other"


def a_door_that_tells_who_is_there(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    ask_first = areas.MyArea.__init__

    def enter(self: Any, request: Any) -> None:
        try:
            ask_first(self, request)
        except areas.HTTPNotFound:
            wanted = areas.public_id(request.matchdict["client"])
            if request.db.scalars(select(Client).where(Client.public_id == wanted)).first():
                raise HTTPForbidden from None
            raise

    monkeypatch.setattr(areas.MyArea, "__init__", enter)
    return lambda cell: cell.view.route == "finsystem.my.invoices" and cell.role == "other"


def an_office_open_to_whoever_signs_in(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    def enter(self: Any, request: Any) -> None:
        self.roles, self.subject = frozenset({"manager"}), None
        areas.set_scope(request.db, ALL)

    monkeypatch.setattr(areas.OfficeArea, "__init__", enter)
    return lambda cell: cell.view.name == "finsystem.office.invoices GET" and cell.role == "other"


def an_owner_s_place_open_to_the_head(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    def enter(self: Any, _request: Any) -> None:
        self.roles, self.subject = frozenset({"owner"}), None

    monkeypatch.setattr(areas.SiteArea, "__init__", enter)
    return lambda cell: cell.view.name == "cabinet.site.modules GET" and cell.role == "head"


def an_act_whose_right_nobody_asks(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    permits = SecurityPolicy.permits
    monkeypatch.setattr(
        SecurityPolicy,
        "permits",
        lambda self, request, context, permission: (
            Allowed("forgotten")
            if permission == "finsystem:article:edit"
            else permits(self, request, context, permission)
        ),
    )
    return lambda cell: cell.view.name == "finsystem.office.article.new POST" and cell.role == "manager"


def a_file_found_by_its_number_alone(world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    door = loader_of(world, "finsystem.my.invoice.pdf")
    load = door._load

    def any_of_them(request: Any, context: Any) -> Any:
        request.db.info["cabinet.client_scope"] = ALL
        return load(request, context)

    monkeypatch.setattr(door, "_load", any_of_them)
    return lambda cell: cell.view.route == "finsystem.my.invoice.pdf" and cell.whose == FOREIGN


def a_refusal_after_the_write(world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    """What is returned instead of raised, in a transaction of its own, stays written."""

    def note_first(request: Any, _context: Any) -> None:
        row = insert(Sequence).values(kind=request.path[-50:], scope="", year=0, value=1)
        with request.registry.cabinet_engine.begin() as connection:
            connection.execute(row)

    monkeypatch.setattr(loader_of(world, "finsystem.my.invoice"), "_load", note_first)
    return lambda cell: cell.view.route == "finsystem.my.invoice" and cell.whose == FOREIGN


def a_list_that_forgets_whose_it_is(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    forget_whose_invoices(monkeypatch)
    return lambda cell: cell.view.route == "finsystem.my.invoices" and cell.role == ADMIN


def an_error_page_that_names_what_it_hides(world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    from cabinet.web import errors

    monkeypatch.setitem(errors._TEXTS, 404, (f"No invoice of {world.canary} for you", ""))
    return lambda cell: cell.view.route == "finsystem.my.invoice" and cell.whose == FOREIGN


def a_client_s_person_taken_for_its_administrator(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    monkeypatch.setattr(areas, "held_through", lambda _membership: held_as("admin"))
    return lambda cell: cell.view.route == "finsystem.my.account" and cell.role == "client:buyer"


def a_set_that_opens_more_than_stands_in_it(world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    monkeypatch.setattr(
        areas, "granted_through", lambda _membership: frozenset(world.registry.cabinet_contributions.permissions)
    )
    return lambda cell: cell.view.route == "client_manager.my.company" and cell.role == CLIENT_SET


def a_set_of_ours_that_makes_a_manager(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    enter = areas.OfficeArea.__init__

    def promoted(self: Any, request: Any) -> None:
        enter(self, request)
        self.roles |= {"manager"}  # and so he has all that a manager has

    monkeypatch.setattr(areas.OfficeArea, "__init__", promoted)
    return lambda cell: (
        cell.view.area == "office" and cell.view.method == "GET" and not cell.view.parts and cell.role == STAFF_SET
    )


def a_set_that_opens_nothing(world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    held = next(
        view for view in views(world.registry) if view.area == "my" and view.permission in world.sets[CLIENT_SET]
    )
    monkeypatch.setattr(areas, "granted_through", lambda _membership: frozenset())
    return lambda cell: cell.view.route == held.route and cell.role == CLIENT_SET


def a_refusal_that_tells_a_colleague_what_there_is(_world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    from cabinet.web import errors

    page = errors.error_page
    monkeypatch.setattr(
        errors,
        "error_page",
        lambda request, status, **more: page(
            request, 403 if getattr(request, "context", "") is None else status, **more
        ),
    )
    return lambda cell: cell.view.route == "cabinet.my.colleague.role" and cell.role == "client:buyer"


def a_view_nobody_declared(world: World, monkeypatch: Any) -> Callable[[Cell], bool]:
    monkeypatch.delitem(world.may, "finsystem.my.invoice.pdf GET")
    return lambda _cell: False


HOLES = (
    a_scope_that_is_off,
    a_door_that_admits_any_client,
    a_door_that_tells_who_is_there,
    an_office_open_to_whoever_signs_in,
    an_owner_s_place_open_to_the_head,
    an_act_whose_right_nobody_asks,
    a_file_found_by_its_number_alone,
    a_refusal_after_the_write,
    a_list_that_forgets_whose_it_is,
    an_error_page_that_names_what_it_hides,
    a_client_s_person_taken_for_its_administrator,
    a_set_that_opens_more_than_stands_in_it,
    a_set_of_ours_that_makes_a_manager,
    a_set_that_opens_nothing,
    a_refusal_that_tells_a_colleague_what_there_is,
    a_view_nobody_declared,
)


@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_every_hole_that_is_planted_is_found(world: World, monkeypatch: Any) -> None:
    missed = []
    for hole in HOLES:
        with monkeypatch.context() as planted:
            chosen = hole(world, planted)
            if not run(world, chosen):
                missed.append(hole.__name__)
        assert run(world, chosen) == [], f"{hole.__name__}: without it these cells are clean"
    assert missed == []
