"""Issuing the same to many: planned first, all or none, once however often it is sent, voided together while nothing is paid."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from cabinet.audit.models import AuditEvent
from cabinet.errors import ConflictError
from cabinet.interfaces import IClientDirectory, ISwitches
from cabinet.jobs.runner import run_pending
from cabinet.notify.models import Notice
from cabinet_client_manager.interfaces import IClientCards, IContracts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.bulk import services
from cabinet_finsystem.bulk.models import ISSUED, REFUSED, VOID, BulkIssue
from cabinet_finsystem.bulk.values import CONTRACT, RECURRING, TAG, TICKED, BulkData, from_json, to_json
from cabinet_finsystem.errors import BulkError, BulkStateError, InvoiceDataError, PeriodClosedError
from cabinet_finsystem.interfaces import IActBook, IBalances, IBulkIssues, IInvoiceBook, ILedger, IRecurringServices
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.items.values import line_of
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.testing import DAY, a_draft, a_payment, a_service, an_invoice, an_item, open_books

LINE = LineData("Поддержка за февраль", 1_220_00, vat_rate=Decimal(22))


@pytest.fixture
def clients(unit_of_work) -> list[int]:
    """Three clients: with one contract in force, with two, with none."""
    with unit_of_work() as request:
        open_books(request)
        one, two, none = (a_client(request, n) for n in (2, 3, 4))
        a_contract(request, one, payment_days=14)
        for n in (2, 3):
            a_contract(request, two, n)
        return [card.client_id for card in (one, two, none)]


def bulks(request) -> IBulkIssues:
    return request.find_service(IBulkIssues)


def ticked(*client_ids: int, **facts) -> BulkData:
    return BulkData(
        **{"who": TICKED, "date": DAY, "lines": (LINE,), "currency": "RUB", "client_ids": client_ids, **facts}
    )


def asked(request, data: BulkData) -> BulkIssue:
    service = bulks(request)
    return service.ask(service.plan(data), public_id=uuid.uuid4())[0]


def issued(request, data: BulkData) -> BulkIssue:
    bulk = asked(request, data)
    bulks(request).carry_out(bulk)
    return bulk


def invoices_of(request, bulk) -> list[Invoice]:
    return list(request.db.scalars(select(Invoice).where(Invoice.bulk_id == bulk.id).order_by(Invoice.id)))


def left(plan) -> dict[str, str]:
    return {one.client_name: one.reason.interpolate() for one in plan.left_out}


def test_the_plan_names_the_only_contract_its_terms_and_every_sum(unit_of_work, clients) -> None:
    with unit_of_work(writing=False) as request:
        plan = bulks(request).plan(ticked(*clients))
        one, two, none = plan.rows
        assert (one.contract.number, one.due) == ("Д-1/26", DAY + datetime.timedelta(14))
        assert (two.contract, two.several) == (None, True)
        assert (none.contract, none.several, none.due) == (None, False, DAY + datetime.timedelta(5))
        assert plan.sums == {"RUB": 3 * 1_220_00}
        strict = bulks(request).plan(ticked(*clients, contracted=True, due=DAY))
        assert [row.due for row in strict.rows] == [DAY]
        assert left(strict) == {
            "ООО «Клиент 3»": "he has several contracts in force",
            "ООО «Клиент 4»": "he has no contract in force",
        }


def test_the_plan_leaves_out_whom_it_may_not_bill_and_says_why(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        item = an_item(request, "Хостинг", 1_000_00)
        lines = (line_of(item, DAY, vat_included=True),)
        names = ["archived", "closed", "billed", "drafted", "dollars", "yearly", "voided", "before"]
        cards = {name: a_client(request, n, name=name) for n, name in enumerate(names, 10)}
        cards["nameless"] = a_client(request, 30, name="nameless", inn="", kpp="")
        ids = {name: card.client_id for name, card in cards.items()}
        an_invoice(request, ids["billed"], lines=lines, issued_as="777")
        an_invoice(request, ids["before"], lines=lines, date=DAY - datetime.timedelta(31))
        a_draft(request, ids["drafted"], lines=lines)
        request.find_service(IInvoiceBook).void(an_invoice(request, ids["voided"], lines=lines), reason="A mistake")
        a_contract(request, cards["dollars"], 9, currency="USD")
        contract = a_contract(request, cards["yearly"], 10).contract_id
        a_service(request, contract_id=contract, item_id=item.id, period="year", starts=datetime.date(2026, 1, 1))
        services_of = request.find_service(IRecurringServices)
        [due] = services_of.due(DAY)
        yearly = services_of.bill(due.key, today=DAY).number
        request.find_service(IClientCards).archive(ids["archived"])
        request.find_service(ISwitches).switch_client("finsystem", ids["closed"], on=False)
    with unit_of_work(writing=False) as request:
        data = ticked(*ids.values(), lines=lines)
        assert left(bulks(request).plan(data)) == {
            "archived": "he is in the archive",
            "closed": "invoices are switched off for him",
            "billed": "billed for this already: invoice 777",
            "drafted": "billed for this already: there is a draft",
            "dollars": "his contract is in USD",
            "yearly": f"billed for this already: invoice {yearly}",
        }
        assert [row.client_name for row in bulks(request).plan(data).rows] == ["before", "nameless", "voided"]


def test_a_person_without_an_inn_is_billed_and_the_plan_shows_that_it_is_not_known(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        person = a_client(request, 30, name="a person", inn="", kpp="")
        plan = bulks(request).plan(ticked(person.client_id, clients[0]))
        assert [(row.client_name, row.without_inn) for row in plan.rows] == [
            ("a person", True),
            ("ООО «Клиент 2»", False),
        ]


def test_clients_are_chosen_by_a_service_a_contract_or_a_tag(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        item = an_item(request, "Хостинг", 1_000_00)
        contracts = request.find_service(IContracts)
        [_first, second] = contracts.of_client(clients[1])
        a_service(request, contract_id=second.contract_id, item_id=item.id, starts=DAY)
        ended = contracts.of_client(clients[0])[0]
        a_service(
            request,
            contract_id=ended.contract_id,
            item_id=item.id,
            starts=DAY - datetime.timedelta(60),
            ends=DAY - datetime.timedelta(1),
        )
        a_client(request, 8, name="tagged", tags=("VIP",))
        recurring = bulks(request).plan(
            ticked(who=RECURRING, item_id=item.id, lines=(line_of(item, DAY, vat_included=True),))
        )
        # Of his two contracts the one he was chosen by; and he is warned of: the item is billed by itself as well.
        [row] = recurring.rows
        assert (row.client_id, row.contract.id, row.by_itself) == (clients[1], second.contract_id, True)
        assert bulks(request).recurring_items() == [item.id]
        assert [row.client_id for row in bulks(request).plan(ticked(who=CONTRACT)).rows] == clients[:2]
        assert [row.client_name for row in bulks(request).plan(ticked(who=TAG, tag="VIP")).rows] == ["tagged"]


def test_what_is_asked_survives_its_keeping(clients) -> None:
    data = ticked(*clients, due=DAY, lines=(LINE, dataclasses.replace(LINE, vat_rate=None, quantity=Decimal("1.5"))))
    assert from_json(to_json(data)) == data


def test_a_job_issues_all_in_order_and_a_second_run_issues_nothing(unit_of_work, registry, clients) -> None:
    with unit_of_work() as request:
        bulk, _job = bulks(request).ask(bulks(request).plan(ticked(*clients)), public_id=uuid.uuid4())
        assert invoices_of(request, bulk) == []
    run_pending(registry)
    with unit_of_work() as request:
        bulk = request.db.scalars(select(BulkIssue)).one()
        found = invoices_of(request, bulk)
        assert [one.client_id for one in found] == clients
        numbers = [one.number for one in found]
        assert numbers == sorted(numbers) and len({*numbers}) == 3
        assert all(one.state == "issued" and [line.text for line in one.lines] == [LINE.text] for one in found)
        balances = request.find_service(IBalances)
        assert [balances.client(client_id, "RUB") for client_id in clients] == [-1_220_00] * 3
        bulks(request).carry_out(bulk)
        assert len(invoices_of(request, bulk)) == 3
        assert bulk.state == ISSUED
        recorded = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "finsystem.bulk.issued")
        assert request.db.scalar(recorded) == 1
    assert verify(registry.cabinet_engine).problems == []


def test_the_same_form_asks_once(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        key, plan = uuid.uuid4(), bulks(request).plan(ticked(*clients))
        bulks(request).ask(plan, public_id=key)
        with pytest.raises(ConflictError):
            bulks(request).ask(plan, public_id=key)


def test_nothing_is_issued_where_it_would_be_something_else_by_now(unit_of_work, registry, clients) -> None:
    with unit_of_work() as request:
        asked(request, ticked(*clients))
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(clients[2])
        a_contract(request, card, 7)
    run_pending(registry)
    with unit_of_work() as request:
        bulk = request.db.scalars(select(BulkIssue)).one()
        assert (bulk.state, bulk.problem["code"]) == (REFUSED, "bulk_changed")
        assert request.db.scalar(select(func.count()).select_from(Invoice)) == 0


def test_one_that_cannot_be_issued_keeps_all_others_from_being(unit_of_work, registry, clients, monkeypatch) -> None:
    """Whatever fails in the last chunk takes the first back."""
    monkeypatch.setattr(services, "AT_ONCE", 1)
    with unit_of_work() as request:
        asked(request, ticked(*clients))
    written = services.BulkIssues._write

    def failing(self, bulk_id, planned):
        if planned[0].client_id == clients[2]:
            raise PeriodClosedError("period_closed", "Closed meanwhile")
        return written(self, bulk_id, planned)

    monkeypatch.setattr(services.BulkIssues, "_write", failing)
    run_pending(registry)
    with unit_of_work() as request:
        bulk = request.db.scalars(select(BulkIssue)).one()
        assert (bulk.state, bulk.problem["code"], invoices_of(request, bulk)) == (REFUSED, "period_closed", [])


def test_what_cannot_be_is_refused_before_anything_is_asked(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        service = bulks(request)
        with pytest.raises(BulkError):
            service.ask(service.plan(ticked()), public_id=uuid.uuid4())
        with pytest.raises(InvoiceDataError):
            service.plan(ticked(*clients, due=DAY - datetime.timedelta(1)))
        with pytest.raises(InvoiceDataError):
            service.plan(ticked(*clients, lines=(dataclasses.replace(LINE, price=0),)))
        request.find_service(ILedger).close_through(DAY, reason="Filed")
        with pytest.raises(PeriodClosedError):
            service.plan(ticked(*clients))


def test_letters_are_counted_and_leave_only_if_asked(unit_of_work, registry, clients, person, letters) -> None:
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(clients[0])
    person("buyer@example.org", client=client, role="buyer")
    with unit_of_work() as request:
        assert bulks(request).plan(ticked(*clients)).letters == 0
        assert bulks(request).plan(ticked(*clients, tell=True)).letters == 1
        issued(request, ticked(*clients))
        assert request.db.scalar(select(func.count()).select_from(Notice)) == 0
        issued(request, ticked(*clients, tell=True))
        assert request.db.scalar(select(func.count()).select_from(Notice)) == 1
    run_pending(registry)
    assert len(letters.sent) == 1


def test_all_are_voided_at_once_while_nothing_is_paid(unit_of_work, registry, clients) -> None:
    with unit_of_work() as request:
        bulk = issued(request, ticked(*clients))
        first = invoices_of(request, bulk)[0]
        request.find_service(IInvoiceBook).void(first, reason="He asked")
        assert bulks(request).void(bulk, reason="Wrong price") == 2
        assert bulk.state == VOID
        assert [(one.state, one.void_reason) for one in invoices_of(request, bulk)] == [
            ("void", "He asked"),
            ("void", "Wrong price"),
            ("void", "Wrong price"),
        ]
        assert [request.find_service(IBalances).client(client_id, "RUB") for client_id in clients] == [0, 0, 0]
        with pytest.raises(BulkStateError):
            bulks(request).void(bulk, reason="Again")
    assert verify(registry.cabinet_engine).problems == []


def test_none_is_voided_once_one_is_paid_or_has_an_act(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        paid, acted = issued(request, ticked(*clients)), issued(request, ticked(*clients))
        invoice = invoices_of(request, paid)[1]
        a_payment(request, clients[1], 1_00, (invoice, 1_00))
        acts = request.find_service(IActBook)
        acts.issue(acts.draft_of(invoices_of(request, acted)[0], date=DAY))
        for bulk, code in ((paid, "bulk_paid"), (acted, "bulk_acts")):
            with pytest.raises(BulkStateError) as refused:
                bulks(request).void(bulk, reason="A mistake")
            assert refused.value.code == code
            assert {one.state for one in invoices_of(request, bulk)} <= {"issued", "partly_paid"}


def test_a_manager_finds_only_what_he_sees_whole(unit_of_work, clients) -> None:
    with unit_of_work() as request:
        key = issued(request, ticked(*clients)).public_id
    with unit_of_work(scope={clients[0]}) as request:
        assert bulks(request).find(key) is None
        assert [row.client_id for row in bulks(request).plan(ticked(*clients)).rows] == clients[:1]
    with unit_of_work(scope=set(clients)) as request:
        assert bulks(request).find(key) is not None


def test_queries_grow_with_chunks_and_not_with_clients(unit_of_work, count_queries, clients) -> None:
    with unit_of_work() as request:
        many = [a_client(request, n).client_id for n in range(20, 50)]
        lines = (line_of(an_item(request, "Хостинг", 1_000_00), DAY, vat_included=True),)
    costs = []
    for ids in (many[:3], many):
        with unit_of_work() as request:
            bulk = asked(request, ticked(*ids, lines=lines))
            with count_queries() as queries:
                bulks(request).plan(ticked(*ids, lines=lines, date=DAY + datetime.timedelta(40)))
            planned = queries.count
            with count_queries() as queries:
                bulks(request).carry_out(bulk)
            voided = bulk
            issuing = queries.count
            with count_queries() as queries:
                bulks(request).void(voided, reason="A mistake")
            costs.append((planned, issuing, queries.count))
    few, all_of_them = costs
    assert all(more <= less + 3 for less, more in zip(few, all_of_them, strict=True)), costs
