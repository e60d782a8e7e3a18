"""Recurring services: each period is billed once, whoever runs when and however late."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from cabinet.notify.models import Notice
from cabinet_client_manager.interfaces import IContracts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.errors import RecurringError
from cabinet_finsystem.interfaces import IActBook, IInvoiceBook, ILedger, IPriceList, IRecurringServices
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.items.values import ItemData
from cabinet_finsystem.recurring.models import RecurringBill, RecurringService
from cabinet_finsystem.recurring.running import bill_all
from cabinet_finsystem.recurring.services import RecurringServices
from cabinet_finsystem.testing import a_service, an_item, open_books

D = datetime.date
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def contract(unit_of_work: Any) -> int:
    """The contract of a client, in force."""
    with unit_of_work() as request:
        open_books(request)
        return a_contract(request, a_client(request), status="active").contract_id


@pytest.fixture
def serve(unit_of_work: Any, contract: int) -> Callable[..., int]:
    """``serve(starts=…)``: id of a service of 3 000 ₽ a month on the contract, issued by itself."""

    def add(**facts: Any) -> int:
        with unit_of_work() as request:
            return a_service(request, **{"contract_id": contract, **facts}).id

    return add


@pytest.fixture
def run(unit_of_work: Any) -> Callable[..., Any]:
    """``run(4, 1)``: the run of the 1st of April 2026; of the 10th of March without a day."""

    @contextmanager
    def opened(*, writing: bool) -> Any:
        with unit_of_work(writing=writing) as request:
            yield request

    return lambda month=3, day=10: bill_all(opened, today=D(2026, month, day))


@pytest.fixture
def change(unit_of_work: Any) -> Callable[..., None]:
    """``change(service_id, "pause", since=…)``."""

    def act(service_id: int, verb: str, *args: Any, **facts: Any) -> None:
        with unit_of_work() as request:
            getattr(request.find_service(IRecurringServices), verb)(
                request.db.get(RecurringService, service_id), *args, **facts
            )

    return act


@pytest.fixture
def made(unit_of_work: Any) -> Callable[[], list[tuple[Any, ...]]]:
    """(date, state, total, texts of lines) of all invoices, by date."""

    def read() -> list[tuple[Any, ...]]:
        with unit_of_work() as request:
            found = request.db.scalars(select(Invoice).order_by(Invoice.date, Invoice.id))
            return [(i.date, i.state, i.total, [line.text for line in i.lines]) for i in found]

    return read


def test_every_missed_period_is_billed_once_with_its_own_date_and_days(serve: Any, run: Any, made: Any) -> None:
    serve(starts=D(2026, 1, 11))
    assert run().invoices == 3
    assert run().invoices == 0
    assert made() == [
        (D(2026, 1, 11), "issued", 2_032_26, ["Поддержка за 11–31 января 2026, 21 из 31 дня"]),
        (D(2026, 2, 1), "issued", 3_000_00, ["Поддержка за февраль 2026"]),
        (D(2026, 3, 1), "issued", 3_000_00, ["Поддержка за март 2026"]),
    ]


def test_two_runs_at_once_bill_each_period_once(serve: Any, run: Any, made: Any) -> None:
    serve(starts=D(2026, 1, 1))
    serve(starts=D(2026, 1, 1), text="Хостинг")
    together, results = threading.Barrier(2), []

    def one() -> None:
        together.wait()
        results.append(run().invoices)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(results) == 3
    assert [(date, len(texts)) for date, _state, _total, texts in made()] == [
        (D(2026, 1, 1), 2), (D(2026, 2, 1), 2), (D(2026, 3, 1), 2),
    ]  # fmt: skip


def test_what_services_will_bring_is_expected_on_its_due_day_until_it_is_billed(
    serve: Any, run: Any, unit_of_work: Any, contract: int
) -> None:
    def expected(until: datetime.date) -> list[tuple[datetime.date, int]]:
        with unit_of_work() as request:
            found = request.find_service(IRecurringServices).expected("RUB", until)
            return [(one.due, one.minor) for one in found]

    serve(starts=D(2026, 2, 1), payment_days=7)
    serve(starts=D(2026, 3, 1), text="Хостинг", payment_days=7)
    assert expected(D(2026, 3, 31)) == [(D(2026, 2, 8), 3_000_00), (D(2026, 3, 8), 6_000_00)]
    run(3, 10)
    assert expected(D(2026, 4, 30)) == [(D(2026, 4, 8), 6_000_00)], "what is billed is no expectation any more"
    with unit_of_work() as request:
        request.find_service(IContracts).set_status(contract, "suspended")
    assert expected(D(2026, 4, 30)) == []


@pytest.mark.parametrize("guarded", [True, False])
def test_the_database_itself_takes_a_period_once_and_without_it_a_run_that_read_too_early_doubles(
    serve: Any, run: Any, made: Any, registry: Any, unit_of_work: Any, monkeypatch: Any, guarded: bool
) -> None:
    serve(starts=D(2026, 3, 1))
    assert run().invoices == 1
    if not guarded:
        with registry.cabinet_engine.begin() as connection:
            connection.execute(text("DROP INDEX uq_finsystem_recurring_bill_period"))
    # A run that asked what is billed before the other had written it.
    blind = lambda self, ids: {service_id: set() for service_id in ids}  # noqa: E731
    with monkeypatch.context() as early, unit_of_work() as request:
        early.setattr(RecurringServices, "_billed", blind)
        request.db.execute(text("UPDATE finsystem_recurring SET next_on = '2026-03-01'"))
        services = request.find_service(IRecurringServices)
        [due] = services.due(D(2026, 3, 10))
        again = services.bill(due.key, today=D(2026, 3, 10))
    assert (again is None) == guarded
    assert len(made()) == (1 if guarded else 2)


def test_services_of_one_contract_and_period_stand_on_one_invoice(serve: Any, run: Any, made: Any) -> None:
    serve(starts=D(2026, 3, 1))
    serve(starts=D(2026, 3, 1), text="Хостинг", price=500_00, quantity=Decimal(2), discount=Decimal(10))
    serve(starts=D(2026, 3, 1), text="Домен", period="year", price=1_200_00)
    run()
    assert [(total, texts) for _date, _state, total, texts in made()] == [
        (1_006_03, ["Домен за 1 марта – 31 декабря 2026, 306 из 365 дней"]),
        (3_900_00, ["Поддержка за март 2026", "Хостинг за март 2026"]),
    ]


def test_another_price_from_a_day_keeps_what_is_billed(serve: Any, run: Any, made: Any, change: Any) -> None:
    service = serve(starts=D(2026, 2, 1), billed="after")
    run()
    with pytest.raises(RecurringError):
        change(service, "reprice", 9_000_00, since=D(2026, 2, 15))
    change(service, "reprice", 6_200_00, since=D(2026, 3, 11))
    run(4, 1)
    assert [(total, texts) for _date, _state, total, texts in made()] == [
        (3_000_00, ["Поддержка за февраль 2026"]),
        (
            967_74 + 4_200_00,
            ["Поддержка за 1–10 марта 2026, 10 из 31 дня", "Поддержка за 11–31 марта 2026, 21 из 31 дня"],
        ),
    ]


def test_days_of_a_pause_are_not_billed(serve: Any, run: Any, made: Any, change: Any) -> None:
    service = serve(starts=D(2026, 3, 1), billed="after")
    change(service, "pause", since=D(2026, 3, 11))
    change(service, "resume", since=D(2026, 5, 31))
    run(6, 1)
    assert [texts for _date, _state, _total, texts in made()] == [
        ["Поддержка за 1–10 марта 2026, 10 из 31 дня"],
        ["Поддержка за 31 мая 2026, 1 из 31 дня"],
    ]


@on_sqlite
def test_a_closed_period_stops_its_invoice_alone_and_tells_the_manager_once(
    serve: Any, run: Any, made: Any, unit_of_work: Any, contract: int, person: Any
) -> None:
    person("head@example.org", "head")
    service = serve(starts=D(2026, 2, 1))
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(D(2026, 2, 28), reason="year")
    assert [(one.invoices, one.stopped) for one in (run(), run())] == [(1, 1), (0, 1)]
    assert [date for date, *_rest in made()] == [D(2026, 3, 1)]
    with unit_of_work() as request:
        assert request.db.get(RecurringService, service).problem["code"] == "period_closed"
        told = request.db.scalars(select(Notice).where(Notice.kind == "finsystem.recurring.stopped")).all()
        assert len(told) == len({(notice.user_id, notice.area) for notice in told}) >= 1
        request.find_service(ILedger).reopen(None, reason="again")
    assert run().invoices == 1
    with unit_of_work() as request:
        assert request.db.get(RecurringService, service).problem is None


@on_sqlite
def test_a_draft_is_left_where_it_was_asked_and_its_period_waits_for_a_person_once_it_is_thrown_away(
    serve: Any, run: Any, made: Any, unit_of_work: Any
) -> None:
    serve(starts=D(2026, 3, 1), issues=False)
    run()
    assert [state for _date, state, *_rest in made()] == ["draft"]
    with unit_of_work() as request:
        services = request.find_service(IRecurringServices)
        with pytest.raises(RecurringError, match="Its invoice stands"):
            services.again(request.db.scalars(select(RecurringBill)).one())
        request.find_service(IInvoiceBook).discard(request.db.scalars(select(Invoice)).one())
    assert run().invoices == 0
    with unit_of_work() as request:
        request.find_service(IRecurringServices).again(request.db.scalars(select(RecurringBill)).one())
    assert run().invoices == 1


@on_sqlite
def test_the_price_of_the_price_list_holds_on_the_day_of_the_bill(
    serve: Any, run: Any, made: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        item_id = an_item(request, "Хостинг", 700_00).id
    serve(starts=D(2026, 3, 1), text="", item_id=item_id, price=None)
    with unit_of_work() as request:
        prices = request.find_service(IPriceList)
        data = ItemData("Хостинг", "service", 800_00, "RUB", vat_rate=Decimal(22))
        prices.change(prices.by_id([item_id])[item_id], data)
    run()
    assert [(total, texts) for _date, _state, total, texts in made()] == [(800_00, ["Хостинг за март 2026"])]


def test_an_act_is_issued_once_when_its_period_is_over(serve: Any, run: Any, unit_of_work: Any) -> None:
    serve(starts=D(2026, 3, 1), with_act=True)
    assert run().acts == 0
    assert [run(3, 31).acts, run(3, 31).acts] == [1, 0]
    with unit_of_work() as request:
        invoice = request.db.scalars(select(Invoice)).one()
        [act] = request.find_service(IActBook).of_invoice(invoice.id)
        assert (act.state, act.date, act.total) == ("issued", D(2026, 3, 31), 3_000_00)


@on_sqlite
def test_a_contract_that_is_not_in_force_bills_nothing_and_loses_nothing(
    serve: Any, run: Any, made: Any, unit_of_work: Any, contract: int
) -> None:
    serve(starts=D(2026, 3, 1))
    with unit_of_work() as request:
        request.find_service(IContracts).set_status(contract, "suspended")
    assert (run().stopped, made()) == (1, [])
    with unit_of_work() as request:
        request.find_service(IContracts).set_status(contract, "active")
    assert run().invoices == 1


@on_sqlite
def test_a_run_asks_as_much_of_the_database_for_fifty_services_as_for_one(
    serve: Any, unit_of_work: Any, count_queries: Any
) -> None:
    asked = []
    for more in (1, 49):
        for n in range(more):
            serve(starts=D(2026, 1, 1), text=f"Услуга {n}")
        with unit_of_work() as request:
            services = request.find_service(IRecurringServices)
            with count_queries() as queries:
                assert services.due(D(2026, 3, 10))
            asked.append(queries.count)
    assert asked[0] == asked[1]
