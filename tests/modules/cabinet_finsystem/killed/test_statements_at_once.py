"""Two processes import what is wholly or partly the same: each line enters the books once, and equal payments stay as many as they are."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

LINES = 60
PLANNED = ("cabinet.jobs.runner", "JobHandle.unit_of_work", "before")
"""Both have read and matched before either writes."""
CHECKED = ("cabinet_finsystem.statements.desk", "StatementDesk._check_fresh", "after")
"""Both have found that nothing changed since: what the lock forbids."""
MONEY = ("postings", "payments", "allocations", "invoices", "months", "profit")
EQUAL = "SELECT count(*) FROM finsystem_statement_line WHERE doc_number = '900000'"
KEY = "SELECT conname FROM pg_constraint WHERE conrelid = 'finsystem_statement_line'::regclass AND contype = 'u'"


def equal_ones(firm):
    with firm.registry.cabinet_engine.connect() as connection:
        return connection.execute(text(EQUAL)).scalar_one()


@pytest.mark.parametrize("second", ["the same", "recoded and shuffled", "overlapping"])
def test_what_two_import_at_once_is_in_the_books_once(firm, statement, make_lines, unbroken, second):
    expected = unbroken(LINES)
    lines = make_lines(LINES)
    contents = {
        "the same": (statement(lines), statement(lines)),
        "recoded and shuffled": (
            statement(lines),
            statement(random.Random(5).sample(lines, LINES), encoding="utf-8", bom=True),
        ),
        "overlapping": (statement(lines[:40]), statement(lines[20:])),
    }
    firm.open()
    for content in contents[second]:
        firm.hand_in(content)
    firm.work_out(workers=2, meeting=[PLANNED])
    firm.whole(LINES)
    assert equal_ones(firm) == 3
    books = firm.books()
    assert {what: books[what] for what in MONEY} == {what: expected[what] for what in MONEY}
    assert firm.runs_too_many() == 0


def without_the_lock(firm, content):
    """Two write the same at once and do not wait for each other."""
    firm.open()
    for _twice in range(2):
        firm.hand_in(content)
    firm.work_out(workers=2, meeting=[PLANNED, CHECKED], without=["the lock"])


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_without_the_lock_the_key_of_a_line_stops_the_second_who_begins_anew(firm, statement, make_lines):
    """SQLite has one writer at a time by itself."""
    without_the_lock(firm, statement(make_lines(LINES, 0)))
    firm.whole(LINES)
    assert equal_ones(firm) == 3
    assert firm.runs_too_many() > 0


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_pack_finds_lines_that_are_stored_twice_where_neither_the_lock_nor_the_key_guards_them(
    firm, statement, make_lines
):
    """The control."""
    with firm.registry.cabinet_engine.begin() as connection:
        for (name,) in connection.execute(text(KEY)).all():
            if "occurrence" in name:
                connection.execute(text(f'ALTER TABLE finsystem_statement_line DROP CONSTRAINT "{name}"'))
    without_the_lock(firm, statement(make_lines(LINES, 0)))
    with pytest.raises(AssertionError, match=f"{2 * LINES} lines"):
        firm.whole(LINES)
