"""The proof of a statement: what agrees, what does not, and which line explains it."""

from __future__ import annotations

from datetime import date

import pytest
from translationstring import TranslationString

from cabinet_finsystem.statements.checks import StatementTally
from cabinet_finsystem.statements.parsed import Counterparty, InvalidReason, ParsedLine, StatementFacts


def line(position, amount, direction=None, magnitude=None, booked=date(2026, 2, 5)):
    reason = InvalidReason("amount_unreadable", TranslationString("?"), "", magnitude) if amount is None else None
    return ParsedLine(
        statement=0,
        position=position,
        booking_date=booked,
        value_date=None,
        amount_minor=amount,
        currency="RUB",
        direction=direction or (None if amount is None else "in" if amount > 0 else "out"),
        counterparty=Counterparty(),
        purpose="",
        doc_number="",
        doc_date=None,
        doc_kind="",
        bank_ref="",
        raw="",
        invalid_reason=reason,
    )


def check(*lines, **facts):
    stated = StatementFacts("40702810000000000001", "RUB", **facts)
    tally = StatementTally()
    for each in lines:
        tally.add(each, stated)
    return tally.check(stated)


def test_opening_and_lines_that_make_the_closing_agree():
    result = check(line(1, 500), line(2, -200), opening=1000, closing=1300)
    assert (result.balance_ok, result.gap, result.expected_closing) == (True, 0, 1300)
    assert (result.sum_in, result.sum_out, result.lines) == (500, 200, 2)


def test_a_gap_is_what_the_bank_has_more():
    result = check(line(1, 500), opening=1000, closing=1700)
    assert (result.balance_ok, result.gap, result.explained_by) == (False, 200, None)


def test_nothing_stated_is_nothing_proved():
    result = check(line(1, 500))
    assert (result.balance_ok, result.gap, result.turnover_ok) == (None, None, None)
    assert check(line(1, 500), opening=100).balance_ok is None
    assert check(line(1, 500), closing=600).balance_ok is None


def test_turnovers_prove_where_balances_are_not_stated():
    assert check(line(1, 500), line(2, -200), turnover_in=500, turnover_out=200).balance_ok is True
    wrong = check(line(1, 500), line(2, -200), turnover_in=500, turnover_out=300)
    assert (wrong.balance_ok, wrong.gap) == (False, -100)


def test_equal_errors_in_both_turnovers_are_no_proof():
    assert check(line(1, 500), line(2, -200), turnover_in=600, turnover_out=300).balance_ok is False


def test_a_single_invalid_line_explains_the_gap():
    result = check(line(1, 500), line(97, None, "in"), opening=1000, closing=2700)
    assert (result.balance_ok, result.gap, result.explained_by, result.invalid) == (False, 1200, 97, 1)


@pytest.mark.parametrize(
    "invalid",
    [
        [line(97, None, "out")],
        [line(97, None, "in", magnitude=1100)],
        [line(97, None, "in"), line(98, None, "in")],
    ],
)
def test_a_line_that_cannot_be_the_gap_does_not_explain_it(invalid):
    assert check(line(1, 500), *invalid, opening=1000, closing=2700).explained_by is None


def test_a_line_of_unknown_direction_explains_by_its_magnitude():
    assert check(line(3, None, magnitude=1200), opening=1000, closing=-200).explained_by == 3


def test_an_invalid_line_explains_nothing_where_there_is_no_gap():
    assert check(line(1, None, "in"), opening=1000, closing=1000).explained_by is None


def test_lines_outside_the_period_are_counted_and_named():
    result = check(
        line(1, 100, booked=date(2026, 1, 31)),
        line(2, 100, booked=date(2026, 2, 1)),
        line(3, 100, booked=date(2026, 2, 28)),
        line(4, 100, booked=date(2026, 3, 1)),
        line(5, 100, booked=None),
        period_from=date(2026, 2, 1),
        period_to=date(2026, 2, 28),
    )
    assert (result.outside_period, result.outside_positions) == (2, (1, 4))


def test_a_thousand_invalid_lines_are_counted_and_twenty_named():
    result = check(*(line(position, None) for position in range(1, 1001)))
    assert (result.invalid, result.invalid_positions) == (1000, tuple(range(1, 21)))
