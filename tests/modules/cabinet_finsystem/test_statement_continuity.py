"""Where a statement begins and ends, beside those that were loaded: what lies between them, and what comes twice, is told."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import select

from cabinet.contracts.parties import BankAccount, ILegalEntities
from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.testing import account_of, inn_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.statements.continuity import Past, Span, told_of
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.fingerprint import Fingerprinter
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.statements.outside import plan_json
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.planning import FilePlan, PlannedLine, PlannedStatement
from cabinet_finsystem.statements.reading import read_statement
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import open_books

ACCOUNT = account_of(1)
PAYER = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), "044525225")


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


def day(number: int) -> date:
    return date(2026, 3, number)


def file(first: int, last: int, opening: int, *lines: tuple[int, int, str]) -> bytes:
    """A statement of days ``first`` to ``last``; lines: (day, amount, purpose)."""
    written = [LineToWrite(day(on), minor, PAYER, purpose, f"{minor}") for on, minor, purpose in lines]
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
    return write_onec(StatementToWrite(ACCOUNT, day(first), day(last), opening, written, own))


def codes(content: bytes, *spans: Span, moved: dict[date, int] | None = None, known: bool = False) -> list[str]:
    """What is told of a file where the books have ``spans`` of its account; ``known``: and all its lines."""
    parsed, prints = read_statement(content), Fingerprinter()
    new = [
        [] if known else [PlannedLine(line, prints.of(ACCOUNT, line), None) for line in its.lines]
        for its in parsed.statements
    ]
    ours = BankAccount(1, uuid4(), 1, ACCOUNT, "RUB", "", "", "", is_default=True)
    planned = [
        PlannedStatement(its, ours, held=False, new=of_it, duplicates=())
        for its, of_it in zip(parsed.statements, new, strict=True)
    ]
    notes = told_of(FilePlan(parsed, planned), lambda _days: {1: Past(spans, moved or {})})
    assert not any(note.blocking for note in notes)
    return [note.code for note in notes]


NEXT = file(9, 13, 700, (10, 300, "счет 15"))


def test_a_statement_that_goes_on_where_the_last_one_ended_is_worth_no_word() -> None:
    assert codes(NEXT) == []
    assert codes(NEXT, Span(day(2), day(6), 500, 700)) == []  # two days between, and not a kopeck
    assert codes(NEXT, Span(day(2), day(9), 500, 700)) == []  # many banks begin with the day that the last one ended on
    assert codes(NEXT, Span(day(16), day(20), 1000, 0)) == []


def test_money_between_two_statements_is_missed_whichever_of_them_comes_first() -> None:
    assert codes(NEXT, Span(day(2), day(6), 500, 650)) == ["balance_gap"]
    assert codes(NEXT, Span(day(16), day(20), 1001, 0)) == ["balance_gap"]
    assert codes(NEXT, Span(day(2), day(3), 0, 10), Span(day(4), day(6), 10, 700)) == []


def test_days_between_two_statements_are_missed_where_no_balance_tells() -> None:
    assert codes(NEXT, Span(day(2), day(6), None, None)) == ["days_missing"]
    assert codes(NEXT, Span(day(2), day(8), None, None)) == []


def test_days_that_were_loaded_before_are_told_and_agree_with_the_bank() -> None:
    month = file(1, 31, 0, (5, 700, "счет 14"), (10, 300, "счет 15"))
    week = Span(day(2), day(6), 0, 700)
    assert codes(month, week, moved={day(5): 700}, known=True) == ["days_known", "days_differ"]
    assert codes(month, week, moved={day(5): 700, day(10): 300}, known=True) == ["days_known"]


def test_an_operation_that_the_bank_words_anew_is_told_as_a_second_one() -> None:
    again = file(9, 13, 700, (10, 300, "счет № 15 (переоформлен)"))
    loaded = Span(day(9), day(13), 700, 1000)
    assert codes(again, loaded, moved={day(10): 300}) == ["days_known", "days_differ"]
    assert codes(again, loaded, moved={day(10): 300}, known=True) == ["days_known"]


def test_the_statements_of_one_file_are_laid_beside_each_other() -> None:
    days = [
        f":20:X\n:25:DE89370400440532013000\n:28C:1\n:60F:C26030{a}EUR{x},\n:61:26030{b}C{y},NTRFNONREF\n:62F:C26030{b}EUR{x + y},\n-\n"
        for a, b, x, y in ((2, 3, 5, 1), (6, 8, 7, 1))
    ]
    assert codes("".join(days).encode()) == ["balance_gap"]


def test_what_was_told_of_a_file_stays_with_it_and_counts_what_the_books_have(registry, unit_of_work) -> None:
    with unit_of_work() as request:
        open_books(request)
        request.find_service(ILegalEntities).register_account(ACCOUNT, "RUB")

    def load(content: bytes) -> list[str]:
        with unit_of_work() as request:
            file_id = request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt").id
        plan = import_file(partial(open_unit, registry), file_id)
        with unit_of_work() as request:
            kept = request.db.get_one(StatementFile, file_id).notes
        assert [note["code"] for note in kept] == plan_json("f", plan)["notes"]
        return [note["code"] for note in kept]

    assert load(file(2, 6, 0, (3, 650, "счет 14"))) == []
    assert load(NEXT) == ["balance_gap"]
    assert load(file(1, 31, 0, (3, 650, "счет 14"), (8, 50, "счет 13"), (10, 300, "счет 15"))) == ["days_known"]
    assert load(file(9, 13, 700, (10, 300, "счет № 15 (переоформлен)"))) == ["days_known", "days_differ"]
    with unit_of_work() as request:
        assert len(request.db.scalars(select(StatementLine)).all()) == 4
