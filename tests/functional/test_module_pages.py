"""The owner's page of modules, a client's modules on his card, and parts of pages whose module fails."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cabinet.interfaces import IAuditLog, ISwitches
from cabinet.plugins.contributions import DashboardCard, MenuItem, PageSlot
from cabinet.plugins.discovery import ModuleLoadError
from cabinet.plugins.faults import BrokenModule
from cabinet_client_manager.testing import a_client


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    """Two of which one requires the other, whatever else is installed."""
    return ["cabinet_client_manager", "cabinet_finsystem"]


def plain(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def form_to(page: Any, ending: str) -> Any:
    return next(form for form in page.forms.values() if form.action.endswith(ending))


@pytest.fixture
def card(unit_of_work) -> Any:
    with unit_of_work() as request:
        return a_client(request, 2, name="Birch")


@pytest.fixture
def owner(person, signed_in) -> Any:
    person("owner@x.ru", "owner")
    return signed_in("owner@x.ru")


def test_the_owner_switches_a_module_off_sees_what_goes_with_it_and_takes_it_back(owner, unit_of_work) -> None:
    page = owner.get("/site/modules?module=client_manager")
    assert "2 installed: 2 on" in plain(page)
    assert "with it goes Finance" in plain(page)
    done = form_to(page, "/client_manager/off").submit().follow()
    assert "0 on, 2 off" in plain(done)
    assert "needs Clients" in plain(done)
    undo = form_to(done, "/client_manager/on").submit().follow()
    assert "2 installed: 2 on" in plain(undo)
    with unit_of_work(writing=False) as request:
        done_by = {entry.who for entry in request.find_service(IAuditLog).of("module", "client_manager")}
    assert done_by == {"Owner"}


def test_an_owner_of_the_office_too_takes_an_exception_back_where_it_is_listed(
    person, signed_in, unit_of_work, card
) -> None:
    person("both@x.ru", "owner", "head")
    with unit_of_work() as request:
        request.find_service(ISwitches).switch_client("finsystem", card.client_id, on=False)
    both = signed_in("both@x.ru")
    page = both.get("/site/modules?module=finsystem")
    assert "Birch" in plain(page)
    done = form_to(page, f"/client-modules/{card.public_id.hex}/finsystem/on").submit().follow()
    assert "is on for Birch" in plain(done)
    with unit_of_work(writing=False) as request:
        assert request.find_service(ISwitches).on_for("finsystem", card.client_id)


def test_the_log_of_acts_calls_a_module_by_its_title(owner, person, signed_in, unit_of_work, card) -> None:
    with unit_of_work() as request:
        switches = request.find_service(ISwitches)
        switches.switch_client("finsystem", card.client_id, on=False)
        switches.switch("finsystem", on=False)
    assert "Finance" in plain(owner.get("/site/audit"))
    assert "finsystem" not in plain(owner.get("/site/audit"))
    person("head@x.ru", "head")
    client_card = plain(signed_in("head@x.ru").get(f"/office/clients/{card.public_id.hex}"))
    assert "Module switched off for the client: Finance" in client_card


def test_the_owner_says_for_whom_a_module_is_and_undoes_it(owner, unit_of_work, card) -> None:
    page = owner.get("/site/modules?module=finsystem")
    form = form_to(page, "/finsystem/clients")
    form["clients"] = "list"
    done = form.submit().follow()
    assert "off for 1 client" in plain(done)
    again = form_to(done, "/finsystem/clients/on").submit().follow()
    assert "off for 1 client" not in plain(again)
    token = form["csrf_token"].value
    assert owner.post("/site/modules/finsystem/clients", {"clients": "x", "csrf_token": token}, status=404)
    assert owner.post("/site/modules/nothing/clients", {"clients": "on", "csrf_token": token}, status=404)


def test_the_owner_alone_is_told_how_many_clients_but_no_names(owner, person, signed_in, unit_of_work, card) -> None:
    with unit_of_work() as request:
        request.find_service(ISwitches).switch_client("finsystem", card.client_id, on=False)
    page = owner.get("/site/modules?module=finsystem")
    assert "off for 1 client" in plain(page)
    assert "Birch" not in page.text
    person("both@x.ru", "owner", "head")
    assert "Birch" in signed_in("both@x.ru").get("/site/modules?module=finsystem").text


def test_a_look_at_the_page_changes_nothing_and_others_have_no_such_page(owner, person, signed_in, card) -> None:
    owner.get("/site/modules/finsystem/off", status=404)
    person("head@x.ru", "head")
    app = signed_in("head@x.ru")
    app.get("/site/modules", status=403)
    token = next(f for f in app.get("/account").forms.values() if "csrf_token" in f.fields)["csrf_token"].value
    app.post("/site/modules/finsystem/off", {"csrf_token": token}, status=403)


def test_the_head_switches_a_module_off_for_a_client_on_his_card_and_the_manager_only_sees_it(
    person, signed_in, card, unit_of_work
) -> None:
    person("head@x.ru", "head")
    person("manager@x.ru", "manager")
    path = f"/office/clients/{card.public_id.hex}"
    head = signed_in("head@x.ru")
    page = head.get(path)
    assert "Modules for this client" in plain(page)
    done = form_to(page, "/finsystem/off").submit(headers={"Referer": page.request.url}).follow()
    assert done.request.path == path
    assert "on for the site" in plain(done)
    assert "“Finance” is off for Birch" in plain(done)
    seen = signed_in("manager@x.ru").get(path)
    assert "on for the site" in plain(seen)
    told = seen.html.select_one("section[aria-labelledby=client-modules]")
    assert [state.text for state in told.select(".c-st-off")] == ["Off"]
    assert not told.select("[role=switch]"), "who may not switch reads how it is"
    manager = signed_in("manager@x.ru")
    manager.get(path)
    token = next(f for f in manager.get("/account").forms.values() if "csrf_token" in f.fields)["csrf_token"].value
    manager.post(f"/office/client-modules/{card.public_id.hex}/finsystem/on", {"csrf_token": token}, status=403)
    back = form_to(done, "/finsystem/on").submit(headers={"Referer": page.request.url}).follow()
    assert "on for the site" not in plain(back)
    with unit_of_work(writing=False) as request:
        assert request.switches.on_for("finsystem", card.client_id)


def test_the_owner_sees_why_a_module_did_not_start_and_what_to_do(owner, registry, monkeypatch) -> None:
    error = ModuleLoadError("module_api", "made for <contract> 99")
    monkeypatch.setattr(registry, "cabinet_broken", (BrokenModule("sms", "cabinet_sms", None, error, "import"),))
    page = owner.get("/site/modules")
    said = plain(page)
    assert "2 on, 1 did not start" in said
    assert "made for <contract> 99" in said
    assert "Install a version of the module that is made for this version" in said
    assert "cabinet_sms · module_api" in said
    assert "<contract>" not in page.text
    home = owner.get("/site/")
    assert "did not start: sms" in plain(home)
    assert "/site/modules?show=broken" in home.text


class TestBrokenParts:
    """The site as in production: what fails is left out."""

    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        return {"modules": {"on_error": "quarantine"}}

    @pytest.fixture
    def plant(self, registry, monkeypatch):
        """``plant(load)``: a card, a slot and a badge that call ``load(request)``, beside those that are there."""

        def put(load: Any) -> None:
            template = "cabinet:templates/cards/failed.pt"
            card = DashboardCard("manager", "finsystem.test", 1, "area:enter", template, load)
            item = PageSlot(
                "client_manager.client_card.main", "finsystem.test", 1, "area:enter", template, lambda r, _s: load(r)
            )
            tab = replace(item, slot="client_manager.client_card.tabs")
            entry = MenuItem("office", "Test", "finsystem.office.invoices", "home", 1, "area:enter", badge=load)
            found = registry.cabinet_contributions
            owners = {**found.owners, **{id(one): "finsystem" for one in (card, item, tab, entry)}}
            changed = replace(
                found,
                cards=(card, *found.cards),
                slots=(item, tab, *found.slots),
                menu=(entry, *found.menu),
                owners=owners,
            )
            monkeypatch.setattr(registry, "cabinet_contributions", changed)

        return put

    @pytest.fixture
    def manager(self, person, signed_in) -> Any:
        person("manager@x.ru", "manager")
        return signed_in("manager@x.ru")

    @staticmethod
    def mistaken(_request: Any) -> Any:
        raise ZeroDivisionError("a defect")

    @staticmethod
    def bad_query(request: Any) -> Any:
        return request.db.execute(text("SELECT nothing FROM nowhere")).all()

    @pytest.mark.parametrize("fault", ["mistaken", "bad_query"])
    def test_a_part_that_fails_leaves_the_page_whole(self, manager, card, plant, caplog, fault) -> None:
        before = {path: manager.get(path) for path in ("/office/", f"/office/clients/{card.public_id.hex}")}
        plant(getattr(self, fault))
        for path, page in before.items():
            after = manager.get(path)
            assert "This part could not be shown just now" in plain(after), path
            assert after.text.count("<section") == page.text.count("<section"), "the parts of the others are all there"
        assert "DashboardCard of module finsystem failed" in caplog.text
        assert "PageSlot of module finsystem failed" in caplog.text
        assert "MenuItem of module finsystem failed" in caplog.text

    def test_a_part_that_hides_an_error_of_the_database_leaves_the_others_whole(self, manager, card, plant) -> None:
        def hiding(request: Any) -> Any:
            try:
                return self.bad_query(request)
            except DBAPIError:
                return None

        plant(hiding)
        for path in ("/office/", f"/office/clients/{card.public_id.hex}"):
            assert "</html>" in manager.get(path), path

    def test_in_development_a_part_that_fails_is_an_error(self, manager, plant, registry, monkeypatch) -> None:
        from cabinet.web import guard

        real = guard.Region.__init__

        def raising(self: Any, request: Any) -> None:
            real(self, request)
            self._raising = True

        monkeypatch.setattr(guard.Region, "__init__", raising)
        plant(self.mistaken)
        assert manager.get("/office/", expect_errors=True).status_int == 500

    def test_a_leak_that_the_scope_stopped_is_not_hidden(self, manager, plant) -> None:
        from cabinet.errors import ScopeError

        def leak(_request: Any) -> Any:
            raise ScopeError("a row of another client")

        plant(leak)
        assert manager.get("/office/", expect_errors=True).status_int == 500
