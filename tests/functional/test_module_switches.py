"""A module that is switched off, for the site or for a client, is closed everywhere at once; its data stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from pyramid.events import BeforeRender
from pyramid.interfaces import IRoutesMapper
from zope.interface import Interface

from cabinet.errors import ConflictError, ModuleOffError, NotFoundError
from cabinet.interfaces import IAuditLog, IJobs, IMailer, IPeople, ISwitches
from cabinet.jobs.models import DONE, QUEUED, Job
from cabinet.jobs.runner import run_pending
from cabinet.jobs.worker import enqueue_periodic
from cabinet.notify.fakes import FakeSender
from cabinet.switches.services import Switches
from cabinet_client_manager.testing import a_client, our_company
from cabinet_finsystem.interfaces import IInvoiceBook
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.testing import a_draft, an_invoice, open_books

NOWHERE = "0" * 32


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    """One that stands on another."""
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def flip(unit_of_work):
    """``flip("off", "finsystem")`` for the site, or ``flip("on", "finsystem", client)``."""

    def switch(word: str, module: str, client: Any = None) -> None:
        on = word == "on"
        with unit_of_work(actor="test") as request:
            switches = request.find_service(ISwitches)
            if client is None:
                switches.switch(module, on)
            else:
                switches.switch_client(module, client.client_id, on)

    return switch


@pytest.fixture
def firm(unit_of_work, person):
    """Two clients with an issued invoice and a contact each, a manager and the owner."""
    made = []
    with unit_of_work() as request:
        our_company(request)
        open_books(request)
        for n in (2, 3):
            card = a_client(request, n, name=f"Client {n}")
            made.append((card, an_invoice(request, card.client_id, 100_000, text=f"Work {n}")))
    person("manager@x.ru", "manager")
    person("owner@x.ru", "owner", "head")
    with unit_of_work() as request:
        from cabinet.interfaces import IClientDirectory

        for n, (card, _invoice) in enumerate(made, start=2):
            user = request.find_service(IPeople).add(
                email=f"client{n}@x.ru", name="Contact", password="a phrase long enough to keep"
            )
            request.find_service(IPeople).grant(user, request.find_service(IClientDirectory).get(card.client_id))
    return made


def routes_of(registry: Any, module: str) -> list[str]:
    return sorted(name for name in registry.cabinet_routes if name.startswith(f"{module}."))


def path_of(registry: Any, name: str, **parts: str) -> str:
    route = registry.getUtility(IRoutesMapper).get_route(name)
    names = re.findall(r"{(\w+)", route.pattern)
    return route.generate({one: parts.get(one, NOWHERE) for one in names})


def plain_body(answer: Any, path: str) -> str:
    """A page without what differs between two requests: its token and its own address."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text).replace(path, "")


@pytest.mark.parametrize("who", ["manager@x.ru", "client2@x.ru", None])
def test_all_pages_of_a_module_that_is_off_answer_like_pages_that_do_not_exist(
    registry, firm, flip, signed_in, browser, who
) -> None:
    flip("off", "finsystem")
    app = signed_in(who) if who else browser()
    client = firm[0][0].public_id.hex
    missing = app.get("/there-is-no-such-page", expect_errors=True)
    expected = plain_body(missing, "/there-is-no-such-page")
    routes = routes_of(registry, "finsystem")
    assert len(routes) > 20
    for name in routes:
        path = path_of(registry, name, client=client)
        answer = app.get(path, expect_errors=True)
        assert answer.status_int == 404, name
        assert plain_body(answer, path) == expected, name


def test_with_the_switches_unread_the_pages_would_be_open(registry, firm, flip, signed_in, monkeypatch) -> None:
    """Control: the door is what makes the test above green."""
    flip("off", "finsystem")
    monkeypatch.setattr(Switches, "on", lambda _self, _module: True)
    app = signed_in("manager@x.ru")
    answered = [
        name
        for name in routes_of(registry, "finsystem")
        if ".office." in name and app.get(path_of(registry, name), expect_errors=True).status_int == 200
    ]
    assert answered


def test_an_unsafe_request_to_a_closed_module_changes_nothing(registry, firm, flip, signed_in, unit_of_work) -> None:
    app = signed_in("manager@x.ru")
    card, _invoice = firm[0]
    page = app.get(path_of(registry, "finsystem.office.invoice.new") + f"?client={card.public_id.hex}")
    form = next(f for f in page.forms.values() if "csrf_token" in f.fields and f.method.upper() == "POST" and f.action)
    flip("off", "finsystem")
    answer = app.post(page.request.path, form.submit_fields(), expect_errors=True)
    assert answer.status_int == 404


def test_menu_cards_slots_and_search_lose_a_module_and_get_it_back(registry, firm, flip, signed_in) -> None:
    app = signed_in("manager@x.ru")
    card, invoice = firm[0]
    looked_at = ["/office/", f"/office/clients/{card.public_id.hex}", f"/office/search?q={quote(invoice.number)}"]
    before = [app.get(path) for path in looked_at]
    assert all("/office/invoices" in page.text for page in before)
    flip("off", "finsystem")
    for path in looked_at:
        assert "/office/invoices" not in app.get(path).text, path
    flip("on", "finsystem")
    for path, page in zip(looked_at, before, strict=True):
        assert plain_body(app.get(path), "") == plain_body(page, ""), path


def test_a_module_goes_with_what_it_requires_and_comes_back_as_it_was(unit_of_work, flip) -> None:
    def on() -> list[bool]:
        with unit_of_work(writing=False) as request:
            return [request.switches.on(key) for key in ("client_manager", "finsystem")]

    assert on() == [True, True]
    flip("off", "client_manager")
    assert on() == [False, False]
    flip("on", "client_manager")
    assert on() == [True, True]
    flip("off", "finsystem")
    flip("off", "client_manager")
    flip("on", "client_manager")
    assert on() == [True, False], "what its owner had switched off himself stays off"


def test_a_module_cannot_be_switched_on_before_what_it_requires(flip, firm) -> None:
    flip("off", "client_manager")
    with pytest.raises(ConflictError, match="needs “Clients”"):
        flip("on", "finsystem")
    flip("on", "client_manager")
    flip("off", "client_manager", firm[0][0])
    with pytest.raises(ConflictError, match="off for Client 2"):
        flip("on", "finsystem", firm[0][0])


def test_the_core_and_what_is_not_installed_cannot_be_switched(flip) -> None:
    for name in ("core", "cabinet", "nothing"):
        with pytest.raises(NotFoundError):
            flip("off", name)


def test_off_for_a_client_closes_his_pages_and_nobody_elses(registry, firm, flip, signed_in) -> None:
    (card, _invoice), (other, _other_invoice) = firm
    mine, theirs = signed_in("client2@x.ru"), signed_in("client3@x.ru")
    flip("off", "finsystem", card)
    for name in routes_of(registry, "finsystem"):
        if ".my." in name:
            assert mine.get(path_of(registry, name, client=card.public_id.hex), expect_errors=True).status_int == 404
    home = mine.get(f"/my/{card.public_id.hex}/")
    assert "/invoices" not in home.text
    assert theirs.get(f"/my/{other.public_id.hex}/invoices").status_int == 200
    assert "/invoices" in theirs.get(f"/my/{other.public_id.hex}/").text


def test_off_for_a_client_the_office_reads_on_and_is_refused_a_write_in_plain_words(
    registry, firm, flip, signed_in, unit_of_work
) -> None:
    (card, invoice), (other, _other_invoice) = firm
    flip("off", "finsystem", card)
    app = signed_in("manager@x.ru")
    page = app.get(f"/office/invoices/{invoice.public_id.hex}")
    assert invoice.number in page.text
    with unit_of_work() as request:
        a_draft(request, other.client_id, 5_000)
    with pytest.raises(ModuleOffError, match="“Finance” is switched off for Client 2"), unit_of_work() as request:
        a_draft(request, card.client_id, 5_000)
    void = next(f for f in page.forms.values() if f.action.endswith("/void"))
    if "reason" in void.fields:
        void["reason"] = "A mistake"
    said = void.submit(headers={"Referer": page.request.url}).follow()
    assert "is switched off for Client 2" in said.text
    with unit_of_work(writing=False) as request:
        kept = request.find_service(IInvoiceBook).find(invoice.public_id)
        assert kept.state == invoice.state


def test_off_for_the_site_nothing_of_the_module_is_written_from_anywhere(firm, flip, unit_of_work) -> None:
    (card, _invoice), _other = firm
    flip("off", "finsystem")
    with (
        pytest.raises(ModuleOffError, match="switched off for the site"),
        unit_of_work(actor="cabinet test") as request,
    ):
        a_draft(request, card.client_id, 5_000)


def test_without_the_write_guard_the_write_would_pass(firm, flip, unit_of_work, monkeypatch, registry) -> None:
    """Control: the session's guard is what refuses."""
    (card, _invoice), _other = firm
    flip("off", "finsystem", card)
    monkeypatch.setattr(registry, "cabinet_write_guard", lambda _request: lambda _module, _clients: None)
    with unit_of_work() as request:
        a_draft(request, card.client_id, 5_000)


def test_switching_off_and_on_leaves_every_figure_as_it_was(registry, firm, flip, unit_of_work) -> None:
    def figures() -> Any:
        with unit_of_work(writing=False) as request:
            kept = [request.find_service(IInvoiceBook).find(invoice.public_id) for _card, invoice in firm]
        return verify(registry.cabinet_engine).as_json(), [(one.number, one.state, one.open) for one in kept]

    before = figures()
    flip("off", "finsystem")
    flip("on", "finsystem")
    assert figures() == before


def test_the_default_for_clients_is_all_by_list_or_nobody(firm, unit_of_work, signed_in) -> None:
    (card, _invoice), (other, _other_invoice) = firm

    def who() -> list[bool]:
        with unit_of_work(writing=False) as request:
            return [request.switches.on_for("finsystem", one.client_id) for one in (card, other)]

    def clients(whom: str) -> None:
        with unit_of_work() as request:
            request.find_service(ISwitches).set_default("finsystem", whom)

    assert who() == [True, True]
    clients("list")
    assert who() == [False, False]
    with unit_of_work() as request:
        request.find_service(ISwitches).switch_client("finsystem", card.client_id, on=True)
    assert who() == [True, False]
    clients("off")
    assert who() == [False, False]
    with pytest.raises(ConflictError, match="closed for all clients"), unit_of_work() as request:
        request.find_service(ISwitches).switch_client("finsystem", other.client_id, on=True)
    clients("list")
    assert who() == [True, False], "the list was kept"
    clients("on")
    assert who() == [True, True]
    with unit_of_work(writing=False) as request:
        [_clients, finance] = request.find_service(ISwitches).states()
        assert (finance.clients_off, finance.exceptions) == (0, 1)


def test_clients_off_counts_living_clients_with_the_requirements(firm, flip, unit_of_work) -> None:
    (card, _invoice), (other, _other_invoice) = firm
    flip("off", "client_manager", card)
    flip("off", "finsystem", other)
    with unit_of_work(writing=False) as request:
        assert [state.clients_off for state in request.find_service(ISwitches).states()] == [1, 2]
        assert request.switches.closed_for("finsystem", {card.client_id, other.client_id}) == {
            card.client_id,
            other.client_id,
        }
        assert request.switches.closed_for("client_manager", range(1, 9)) == {card.client_id}


def test_a_job_of_a_closed_module_waits_and_runs_when_it_is_open_again(registry, firm, flip, unit_of_work) -> None:
    (card, invoice), _other = firm
    run_pending(registry)
    with unit_of_work() as request:
        job = request.find_service(IJobs).enqueue(
            "finsystem.print_invoice", {"invoice": invoice.id}, client_id=card.client_id
        )
    for args in (("finsystem",), ("finsystem", card)):
        flip("off", *args)
        assert run_pending(registry) == 0
        with pytest.raises(ModuleOffError), unit_of_work() as request:
            request.find_service(IJobs).enqueue("finsystem.print_invoice", {}, client_id=card.client_id)
        flip("on", *args)
    assert run_pending(registry, raising=False) == 1
    with unit_of_work(writing=False) as request:
        assert request.db.get(Job, job.id).attempts == 1


def test_a_job_whose_module_is_switched_off_while_it_runs_is_put_aside_not_failed(
    registry, firm, flip, unit_of_work, monkeypatch
) -> None:
    from cabinet.plugins.contributions import JobKind

    (card, _invoice), _other = firm
    run_pending(registry)
    switched = []

    def write(job: Any, _registry: Any) -> None:
        if not switched:
            flip("off", "finsystem", card)
            switched.append(True)
        with job.unit_of_work() as request:
            a_draft(request, card.client_id, 5_000)

    kinds = {**registry.cabinet_contributions.jobs, "finsystem.test": JobKind("finsystem.test", "Test", write)}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(registry.cabinet_contributions, jobs=kinds))
    with unit_of_work() as request:
        job = request.find_service(IJobs).enqueue("finsystem.test", {}, client_id=card.client_id, module="finsystem")
    assert run_pending(registry, raising=False) == 1
    with unit_of_work(writing=False) as request:
        waiting = request.db.get(Job, job.id)
        assert (waiting.state, waiting.attempts) == ("queued", 0)
    flip("on", "finsystem", card)
    assert run_pending(registry) == 1
    with unit_of_work(writing=False) as request:
        assert request.db.get(Job, job.id).state == "done"


def test_periodic_jobs_of_a_closed_module_are_not_begun(registry, flip, unit_of_work, monkeypatch) -> None:
    from cabinet.plugins.contributions import PeriodicJob

    daily = PeriodicJob("finsystem.print_invoice", "hour")
    found = registry.cabinet_contributions
    monkeypatch.setattr(
        registry,
        "cabinet_contributions",
        replace(found, periodic=(daily,), owners={**found.owners, id(daily): "finsystem"}),
    )

    def begun() -> int:
        known: set[str] = set()
        enqueue_periodic(registry, known)
        return len(known)

    flip("off", "finsystem")
    assert begun() == 0
    flip("on", "finsystem")
    assert begun() == 1


class TestWithMail:
    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        return {"mail": {"host": "mail.example.org", "sender": "Firm <bills@example.org>"}}

    def test_a_letter_of_a_closed_module_is_refused_and_one_queued_before_waits(
        self, registry, firm, flip, unit_of_work, monkeypatch
    ) -> None:
        (card, _invoice), _other = firm
        run_pending(registry, raising=False)
        post = FakeSender()
        monkeypatch.setattr(registry, "cabinet_mail_sender", post, raising=False)
        letter = {"to": "a@example.org", "subject": "S", "text": "T", "html": ""}
        about = {"about_kind": "finsystem.invoice", "client_id": card.client_id}
        with unit_of_work() as request:
            request.find_service(IMailer).queue(**letter, **about)
        flip("off", "finsystem", card)
        with pytest.raises(ModuleOffError), unit_of_work() as request:
            request.find_service(IMailer).queue(**letter, **about)
        with unit_of_work() as request:
            request.find_service(IMailer).queue(**letter, about_kind="core.user")
        with unit_of_work(writing=False) as request:
            waiting = {job.module for job in request.db.query(Job).filter(Job.kind == "core.send_mail")}
        assert waiting == {"finsystem", "core"}
        run_pending(registry, raising=False)
        with unit_of_work(writing=False) as request:
            kept = {j.module: (j.state, j.attempts) for j in request.db.query(Job).filter(Job.kind == "core.send_mail")}
        assert kept == {"finsystem": (QUEUED, 0), "core": (DONE, 1)}
        assert len(post.sent) == 1


def test_every_switching_is_in_the_audit_trail(firm, flip, unit_of_work) -> None:
    (card, _invoice), _other = firm
    flip("off", "finsystem")
    flip("on", "finsystem")
    flip("off", "finsystem", card)
    with unit_of_work(writing=False) as request:
        audit = request.find_service(IAuditLog)
        assert [entry.action for entry in audit.of("module", "finsystem")] == [
            "core.client_module.switched_off",
            "core.module.switched_on",
            "core.module.switched_off",
        ]
        assert "core.client_module.switched_off" in {entry.action for entry in audit.of_client(card.client_id)}


def test_the_switches_cost_a_page_one_query(registry, unit_of_work, count_queries) -> None:
    with unit_of_work(writing=False) as request, count_queries() as queries:
        for _n in range(5):
            request.switches.on("finsystem")
            request.switches.on_for("client_manager", 1)
        assert queries.count == 1


def test_the_service_of_a_module_that_is_off_for_the_site_is_not_found(flip, unit_of_work) -> None:
    def found() -> bool:
        with unit_of_work(writing=False) as request:
            return request.find_optional(IInvoiceBook) is not None

    assert found()
    flip("off", "client_manager")
    assert not found(), "finsystem requires it"
    flip("on", "client_manager")
    assert found()


def test_a_service_of_the_core_is_found_whatever_is_off(flip, unit_of_work) -> None:
    for module in ("finsystem", "client_manager"):
        flip("off", module)
    with unit_of_work(writing=False) as request:
        assert request.find_optional(ISwitches) is request.switches


def test_a_service_that_nobody_brings_is_not_found(unit_of_work) -> None:
    class INothing(Interface):
        """Promised by nobody."""

    with unit_of_work(writing=False) as request:
        assert request.find_optional(INothing) is None


def test_on_a_clients_own_pages_the_service_of_a_module_that_is_off_for_him_is_not_found(
    firm, flip, registry, signed_in
) -> None:
    asked: list[tuple[str, bool]] = []

    def note(event: Any) -> None:
        request = event["request"]
        asked.append((request.path, request.find_optional(IInvoiceBook) is not None))

    (one, _first), (other, _second) = firm
    flip("off", "finsystem", one)
    registry.registerHandler(note, [BeforeRender])
    try:
        for n, card in ((2, one), (3, other)):
            signed_in(f"client{n}@x.ru").get(f"/my/{card.public_id.hex}/")
    finally:
        registry.unregisterHandler(note, [BeforeRender])
    found = {path: there for path, there in asked if path.startswith("/my/")}
    assert found == {f"/my/{one.public_id.hex}/": False, f"/my/{other.public_id.hex}/": True}
