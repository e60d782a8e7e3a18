"""One login of several clients: choosing, going from one to another, and never two of them on one page."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from pyramid.interfaces import IRoutesMapper
from webtest import TestApp

from cabinet.interfaces import IClientDirectory, IPeople
from cabinet.testing.matrix import text_of, views

EMAIL = "both@x.ru"


@pytest.fixture
def both(core_client: Any, person: Any) -> tuple[Any, Any]:
    """Two clients of one person."""
    one, two = core_client("canary-one"), core_client("canary-two")
    for client in (one, two):
        person(EMAIL, client=client)
    return one, two


def home(client: Any) -> str:
    return f"/my/{client.public_id.hex}/"


def go_to(app: TestApp, client: Any, page: Any = None) -> Any:
    """Press the button of ``client``."""
    page = page or app.get("/clients")
    return next(f for f in page.forms.values() if f.action == f"{home(client)}enter").submit()


def test_who_acts_for_several_is_asked_which_the_first_time(both, signed_in) -> None:
    page = signed_in(EMAIL).get("/").follow()
    assert page.request.path == "/clients"
    assert [name in page for name in ("canary-one", "canary-two")] == [True, True]


def test_the_last_choice_is_where_the_next_sign_in_leads(both, signed_in) -> None:
    _one, two = both
    app = signed_in(EMAIL)
    assert go_to(app, two).location.endswith(home(two))
    assert signed_in(EMAIL).get("/").location.endswith(home(two))
    assert go_to(app, both[0]).location.endswith(home(both[0]))
    assert signed_in(EMAIL).get("/").location.endswith(home(both[0]))


def test_a_choice_of_a_client_that_was_lost_leads_nowhere(both, signed_in, unit_of_work) -> None:
    one, two = both
    go_to(signed_in(EMAIL), two)
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        people.withdraw(people.by_email(EMAIL), two)
    assert signed_in(EMAIL).get("/").location.endswith(home(one))


def test_an_archived_client_is_offered_to_nobody(both, signed_in, unit_of_work) -> None:
    one, two = both
    app = signed_in(EMAIL)
    go_to(app, two)
    with unit_of_work() as request:
        request.find_service(IClientDirectory).get(two.id).archived_at = two.created_at
    assert app.get("/").location.endswith(home(one))
    assert "canary-two" not in app.get(home(one))
    assert app.get("/clients").location.endswith(home(one))


def test_going_over_changes_the_cookie_and_the_old_one_is_worthless(both, signed_in, browser) -> None:
    app = signed_in(EMAIL)
    before = app.cookies["cabinet"]
    go_to(app, both[0])
    assert app.cookies["cabinet"] != before
    thief = browser()
    thief.set_cookie("cabinet", before)
    assert thief.get(home(both[0]), expect_errors=True).status_int == 303


def test_an_old_tab_goes_on_with_the_client_of_its_path(both, signed_in) -> None:
    one, two = both
    app = signed_in(EMAIL)
    tab = app.get(home(one))
    go_to(app, two)
    again = app.get(home(one))
    assert again.html.select_one(".c-side .c-who").get_text(strip=True) == "canary-one"
    # A form that stood open there is still accepted.
    language = next(f for f in tab.forms.values() if "/language/" in f.action)
    assert language.submit().status_int == 303


def test_the_switch_is_refused_without_its_token_and_by_get(both, signed_in) -> None:
    one, _two = both
    app = signed_in(EMAIL)
    assert app.post(f"{home(one)}enter", {}, expect_errors=True).status_int == 403
    assert app.get(f"{home(one)}enter", expect_errors=True).status_int == 404
    assert app.get("/").location.endswith("/clients")


def test_nobody_goes_over_to_a_client_that_is_not_his(both, core_client, signed_in) -> None:
    other = core_client("Other")
    app = signed_in(EMAIL)
    token = next(iter(app.get("/clients").forms.values()))["csrf_token"].value
    for hex_ in (other.public_id.hex, uuid.uuid4().hex):
        assert app.post(f"/my/{hex_}/enter", {"csrf_token": token}, expect_errors=True).status_int == 404


def test_who_has_one_client_sees_no_switch(core_client, person, signed_in) -> None:
    client = core_client("Alone")
    person("c@x.ru", client=client)
    app = signed_in("c@x.ru")
    assert app.get("/").location.endswith(home(client))
    assert "/enter" not in app.get(home(client))


@pytest.mark.parametrize("whole", [True, False])
def test_no_page_of_one_client_shows_anything_of_the_other_to_who_has_both(
    registry, unit_of_work, both, signed_in, monkeypatch, whole
) -> None:
    """The switch names both, nothing else does. The control: a list of invoices that forgets whose it is."""
    one, two = both
    with unit_of_work() as request:
        for client in both:
            for module in registry.cabinet_modules:
                module.part("testing").examples(request, client)
    if not whole:
        forget_whose_invoices(monkeypatch, {one.id, two.id})
    app, mapper = signed_in(EMAIL), registry.getUtility(IRoutesMapper)
    told = []
    for view in views(registry):
        if view.area != "my" or view.method != "GET" or view.parts:
            continue
        path = mapper.get_route(view.route).generate({"client": one.public_id.hex})
        for query in ("", "?export=csv", "?export=xlsx", "?q=canary"):
            page = text_of(app.get(path + query))
            if "canary-two" in without_switch(page):
                told.append(path + query)
    assert (told == []) is whole


def forget_whose_invoices(monkeypatch: Any, ids: set[int]) -> None:
    from cabinet_finsystem.invoicing.reading import InvoiceReader

    listing = InvoiceReader.listing

    def of_all(self: Any, query: Any, **about: Any) -> Any:
        self._session.info["cabinet.client_scope"] = frozenset(ids)
        return listing(self, query, **about | {"client_id": None})

    monkeypatch.setattr(InvoiceReader, "listing", of_all)


def without_switch(page: str) -> str:
    """A page without the buttons that lead to the person's other clients."""
    return re.sub(r'<form method="post" action="[^"]*/enter">.*?</form>', "", page, flags=re.DOTALL)
