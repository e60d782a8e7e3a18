"""The format of the Lighthouse bank, as finsystem reads it."""

from __future__ import annotations

from typing import Any

import pytest
from cabinet_client_manager.testing import account_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.interfaces.formats import StatementRefusedError
from cabinet_finsystem.testing import open_books

HEAD = f"LIGHTHOUSE;{account_of(1)};RUB;2026-03-01;2026-03-31;100000;125000\n"
PAID = "2026-03-02;25000;17;7701000018;Alpha;For the visit of March\n"


def load(unit_of_work: Any, text: str) -> Any:
    """What finsystem makes of a file with that text."""
    with unit_of_work() as request:
        open_books(request)
        desk = request.find_service(IStatementDesk)
        file = desk.receive(text.encode(), "march.txt")
        plan = desk.plan(file)
        desk.write(file, plan)
        return plan.parsed


def test_finsystem_reads_the_statement_of_a_bank_that_only_we_know(unit_of_work: Any) -> None:
    parsed = load(unit_of_work, HEAD + PAID + "END;1\n")
    [statement] = parsed.statements
    assert (parsed.format, statement.check.balance_ok) == ("lighthouse", True)
    assert [(line.amount_minor, line.purpose) for line in statement.lines] == [(25000, "For the visit of March")]


def test_an_operation_that_cannot_be_read_stops_no_other(unit_of_work: Any) -> None:
    [statement] = load(unit_of_work, HEAD + PAID + "yesterday;a lot;;;;\nEND;2\n").statements
    assert (statement.check.lines, statement.check.invalid) == (2, 1)


def test_a_file_that_was_cut_off_is_refused_whole(unit_of_work: Any) -> None:
    with pytest.raises(StatementRefusedError):
        load(unit_of_work, HEAD + PAID)
