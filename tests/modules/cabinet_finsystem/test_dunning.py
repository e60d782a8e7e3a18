"""Reminders to pay: each step is told once of an invoice, whoever runs when and however late, and never of what is paid."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from cabinet.audit.models import AuditEvent
from cabinet.identity.models import Client
from cabinet.interfaces import INotices, IPeople
from cabinet.jobs.runner import run_pending
from cabinet.notify.models import Notice, OutgoingMail
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.dunning.models import DunningStep, DunningTold
from cabinet_finsystem.dunning.running import remind_all
from cabinet_finsystem.dunning.services import Dunning
from cabinet_finsystem.dunning.values import StepData
from cabinet_finsystem.dunning.wording import KIND
from cabinet_finsystem.errors import DunningError
from cabinet_finsystem.interfaces import IDunning, IInvoiceBook
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.testing import a_correction, a_payment, an_invoice, open_books

D = datetime.date
LONG_AGO = D(2026, 1, 1)
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def client(unit_of_work: Any, person: Any) -> int:
    """A client with one person who reads his invoices in Russian; the usual steps are on since the beginning of the year."""
    with unit_of_work() as request:
        open_books(request)
        client_id = a_client(request).client_id
        request.find_service(IDunning).seed()
        request.find_service(IDunning).switch_all(on=True)
        request.db.execute(update(DunningStep).values(on_since=LONG_AGO))
        found = request.db.get_one(Client, client_id)
    user = person("anna@example.org", client=found)
    with unit_of_work() as request:
        reader = request.find_service(IPeople).get(user.id)
        reader.locale = "ru"
        request.find_service(INotices).choose(reader, [(KIND, "app"), (KIND, "mail")])
    return client_id


@pytest.fixture
def owe(unit_of_work: Any, client: int) -> Callable[..., int]:
    """``owe(3, 10)``: id of an invoice for 1 000 ₽ that is due on the 10th of March 2026."""

    def add(month: int, day: int, minor: int = 1_000_00) -> int:
        with unit_of_work() as request:
            invoice = an_invoice(request, client, minor, date=D(2026, 2, 1), due=D(2026, month, day))
            return int(invoice.id)

    return add


@pytest.fixture
def run(unit_of_work: Any) -> Callable[[int, int], int]:
    """``run(3, 7)``: of how many invoices the run of the 7th of March tells."""

    @contextmanager
    def opened(*, writing: bool) -> Any:
        with unit_of_work(writing=writing) as request:
            yield request

    return lambda month, day: remind_all(opened, today=D(2026, month, day)).invoices


@pytest.fixture
def told(unit_of_work: Any) -> Callable[[], list[tuple[int, int]]]:
    """(invoice, days of the step) of all that was told, in order."""

    def read() -> list[tuple[int, int]]:
        with unit_of_work() as request:
            rows = request.db.execute(select(DunningTold.invoice_id, DunningTold.days).order_by(DunningTold.id))
            return [(row[0], row[1]) for row in rows]

    return read


def pay(unit_of_work: Any, client: int, invoice_id: int, minor: int, *, onto: bool = True) -> None:
    with unit_of_work() as request:
        invoice = request.db.get_one(Invoice, invoice_id)
        a_payment(request, client, minor, *([(invoice, minor)] if onto else []))


def test_each_step_is_told_once_on_its_day_and_nothing_between_them(owe: Any, run: Any, told: Any) -> None:
    invoice = owe(3, 10)
    days = [D(2026, 3, 1) + datetime.timedelta(n) for n in range(40)]
    assert {(day.month, day.day): n for day in days if (n := run(day.month, day.day))} == {
        (3, 7): 1, (3, 10): 1, (3, 17): 1,
    }  # fmt: skip
    assert told() == [(invoice, -3), (invoice, 0), (invoice, 7)]
    assert [run(3, 17), run(3, 18)] == [0, 0]


def test_after_days_away_only_the_newest_missed_step_is_told(owe: Any, run: Any, told: Any) -> None:
    invoice = owe(3, 10)
    assert [run(3, 25), run(3, 26)] == [1, 0]
    assert told() == [(invoice, 7)]


def test_what_fell_before_a_step_was_on_is_never_told(owe: Any, run: Any, told: Any, unit_of_work: Any) -> None:
    old, new = owe(2, 20), owe(3, 10)
    with unit_of_work() as request:
        request.db.execute(update(DunningStep).values(on_since=D(2026, 3, 5)))
    assert [run(3, 5), run(3, 30)] == [0, 1]
    assert told() == [(new, 7)]
    assert old != new


def test_two_processes_at_once_tell_each_step_once(owe: Any, run: Any, told: Any, unit_of_work: Any) -> None:
    invoice = owe(3, 10)
    together, results = threading.Barrier(2), []

    def one() -> None:
        together.wait()
        results.append(run(3, 10))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(results), told()) == ([0, 1], [(invoice, 0)])
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(Notice)) == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_the_database_itself_takes_a_step_once_and_without_it_a_run_that_read_too_early_doubles(
    owe: Any, run: Any, told: Any, client: int, registry: Any, unit_of_work: Any, monkeypatch: Any, guarded: bool
) -> None:
    owe(3, 10)
    assert run(3, 10) == 1
    if not guarded:
        with registry.cabinet_engine.begin() as connection:
            connection.execute(text("DROP INDEX uq_finsystem_dunning_told_step"))
    # A run that asked what is told before the other had written it; on another day, so that the notice's own key does not stop it.
    monkeypatch.setattr(Dunning, "_told", lambda self, client_id: {})
    with unit_of_work() as request:
        again = request.find_service(IDunning).tell(client, D(2026, 3, 11))
    assert again == (0 if guarded else 1)
    assert len(told()) == (1 if guarded else 2)


def test_several_invoices_of_a_client_go_in_one_letter_each_under_the_words_of_its_step(
    owe: Any, run: Any, letters: Any, registry: Any, unit_of_work: Any
) -> None:
    late, soon, second = owe(3, 10), owe(3, 20, 2_000_00), owe(3, 20, 500_00)
    owe(4, 20)
    assert run(3, 17) == 3
    run_pending(registry)
    [letter] = letters.sent
    assert letter["Subject"].replace("\u00a0", " ") == "3 счёта ждут оплаты: 3 500,00 ₽"
    words = letter.get_body(("plain",)).get_content().replace("\u00a0", " ")
    with unit_of_work() as request:
        numbers = [request.db.get_one(Invoice, one).number for one in (late, soon, second)]
    assert [words.index(number) for number in numbers] == sorted(words.index(number) for number in numbers)
    assert "Срок оплаты 10.03.2026 прошёл" in words and "до 20.03.2026" in words
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["application/pdf"] * 3


def test_what_is_paid_between_the_reminder_and_its_letter_is_not_asked_for_any_more(
    owe: Any, run: Any, letters: Any, registry: Any, client: int, unit_of_work: Any
) -> None:
    paid, left = owe(3, 10), owe(3, 10, 700_00)
    assert run(3, 10) == 2
    pay(unit_of_work, client, paid, 1_000_00)
    pay(unit_of_work, client, left, 200_00)
    run_pending(registry)
    [letter] = letters.sent
    assert "500,00 ₽" in letter["Subject"].replace("\u00a0", " ")
    assert len(list(letter.iter_attachments())) == 1


def test_what_a_correction_took_away_is_not_asked_for_and_its_paper_goes_with_the_invoice(
    owe: Any, run: Any, letters: Any, registry: Any, unit_of_work: Any
) -> None:
    lowered, gone = owe(3, 10), owe(3, 10, 700_00)
    assert run(3, 10) == 2
    with unit_of_work() as request:
        a_correction(request, request.db.get_one(Invoice, lowered), {"price": 400_00}, day=D(2026, 3, 10))
        a_correction(request, request.db.get_one(Invoice, gone), {"quantity": Decimal(0)}, day=D(2026, 3, 10))
    run_pending(registry)
    [letter] = [one for one in letters.sent if "скорректирован" not in one["Subject"]]
    assert "400,00 ₽" in letter["Subject"].replace("\u00a0", " ")
    assert len(list(letter.iter_attachments())) == 2


@pytest.mark.parametrize("how", ["paid", "money is there", "void", "left out"])
def test_no_letter_leaves_where_nothing_is_owed_any_more(
    owe: Any, run: Any, letters: Any, registry: Any, client: int, unit_of_work: Any, how: str
) -> None:
    invoice = owe(3, 10)
    assert run(3, 10) == 1
    with unit_of_work() as request:
        if how == "void":
            request.find_service(IInvoiceBook).void(request.db.get_one(Invoice, invoice), reason="Ошибка")
        elif how == "left out":
            request.find_service(IDunning).leave_out(client)
    if how in ("paid", "money is there"):
        pay(unit_of_work, client, invoice, 1_000_00, onto=how == "paid")
    run_pending(registry)
    assert letters.sent == []
    with unit_of_work() as request:
        assert request.db.scalars(select(OutgoingMail.state)).all() == ["dropped"]


def test_free_money_pays_the_oldest_invoice_first_and_only_the_rest_is_reminded_of(
    owe: Any, run: Any, told: Any, client: int, unit_of_work: Any
) -> None:
    oldest, newer = owe(3, 9), owe(3, 10)
    pay(unit_of_work, client, oldest, 1_000_00, onto=False)
    assert run(3, 10) == 1
    assert told() == [(newer, 0)]


def test_a_client_who_is_left_out_is_not_told_until_he_is_taken_in(
    owe: Any, run: Any, told: Any, client: int, unit_of_work: Any
) -> None:
    invoice = owe(3, 10)
    with unit_of_work() as request:
        request.find_service(IDunning).leave_out(client)
        request.find_service(IDunning).leave_out(client)
        # A run that had found him before he was left out tells him nothing either.
        assert request.find_service(IDunning).tell(client, D(2026, 3, 10)) == 0
    assert run(3, 10) == 0
    with unit_of_work() as request:
        request.find_service(IDunning).take_in(client)
    assert run(3, 18) == 1
    assert told() == [(invoice, 7)]
    with unit_of_work() as request:
        acts = request.db.scalars(select(AuditEvent.action).where(AuditEvent.kind == "client").order_by(AuditEvent.id))
        assert [act for act in acts if act.startswith("finsystem.")] == [
            "finsystem.client.left_out", "finsystem.client.taken_in",
        ]  # fmt: skip


def test_where_nobody_can_be_told_nothing_is_kept_as_told(unit_of_work: Any, run: Any, told: Any, client: int) -> None:
    with unit_of_work() as request:
        other = a_client(request, 3).client_id
        an_invoice(request, other, 1_000_00, date=D(2026, 2, 1), due=D(2026, 3, 10))
    assert run(3, 10) == 0
    assert told() == []


def test_no_step_is_on_until_somebody_turns_it_on(unit_of_work: Any, owe: Any, run: Any) -> None:
    owe(3, 10)
    with unit_of_work() as request:
        request.find_service(IDunning).switch_all(on=False)
    assert run(3, 10) == 0


@on_sqlite
def test_a_step_is_changed_back_removed_and_restored_and_has_a_day_of_its_own(unit_of_work: Any, client: int) -> None:
    with unit_of_work() as request:
        dunning = request.find_service(IDunning)
        before, on_day, after = dunning.steps()
        dunning.change(before, StepData(-5, {"ru": "Скоро {due}: {sum}", "en": " "}))
        assert (before.days, before.texts) == (-5, {"ru": "Скоро {due}: {sum}"})
        dunning.back(before)
        assert (before.days, before.texts) == (-3, {})
        dunning.back(before)
        assert before.days == -5
        for wrong, field in ((StepData(7), "days"), (StepData(400), "days"), (StepData(1, {"ru": "{sun}"}), "text_ru")):
            with pytest.raises(DunningError) as refused:
                dunning.change(before, wrong)
            assert refused.value.details["field"] == field
        dunning.remove(after)
        assert dunning.steps() == [before, on_day]
        taken = dunning.add(StepData(7))
        with pytest.raises(DunningError):
            dunning.restore(after)
        dunning.remove(taken)
        dunning.restore(after)
        assert dunning.steps() == [before, on_day, after]


def test_own_words_stand_in_the_letter_with_the_facts_of_the_invoice(
    owe: Any, run: Any, letters: Any, registry: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        dunning = request.find_service(IDunning)
        step = dunning.steps()[1]
        dunning.change(step, StepData(0, {"ru": "Сегодня <b>{due}</b>, ждём {sum}."}))
    owe(3, 10)
    assert run(3, 10) == 1
    run_pending(registry)
    [letter] = letters.sent
    assert "Сегодня <b>10.03.2026</b>, ждём 1 000,00 ₽." in letter.get_body(("plain",)).get_content().replace(
        "\u00a0", " "
    )


def test_a_run_asks_as_much_of_the_database_for_many_invoices_of_a_client_as_for_two(
    owe: Any, run: Any, client: int, unit_of_work: Any, count_queries: Any
) -> None:
    def cost() -> int:
        with unit_of_work() as request, count_queries() as queries:
            request.find_service(IDunning).tell(client, D(2026, 3, 10))
            spent = len(queries.statements)
            request.db.execute(text("DELETE FROM core_notice"))
            request.db.execute(text("DELETE FROM finsystem_dunning_told"))
        return spent

    for _ in range(2):
        owe(3, 10)
    few = cost()
    for _ in range(10):
        owe(3, 10)
    assert cost() <= few + 1
