"""Whether a line was met before: keys survive re-encoding, cutting and shuffling, and tell equal lines apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.statements.fingerprint import Fingerprinter, line_key, reduced
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.reading import read_statement
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

ACCOUNT = "40702810000000000001"
CLIENT = Counterparty("ООО «Ёлка»", "7700000003", "", "40702810000000000888", "044525411", "Банк")
START = date(2026, 6, 1)


def payment(day=4, minor=150000, purpose="Оплата вызова мастера", number="7", client=CLIENT):
    return LineToWrite(START + timedelta(day), minor, client, purpose, number)


def prints(lines, **how):
    written = StatementToWrite(ACCOUNT, START, START + timedelta(60), 0, lines, OwnSide("ООО Наша", "7700000001"))
    numbers = Fingerprinter()
    return [numbers.of(ACCOUNT, line) for line in read_statement(write_onec(written, **how)).lines()]


def test_three_identical_payments_of_a_day_stay_three():
    found = prints([payment()] * 3)
    assert len({each.key for each in found}) == 1
    assert [each.occurrence for each in found] == [1, 2, 3]


def test_the_same_file_again_gives_the_same_fingerprints():
    lines = [payment(), payment(day=5), payment(), payment(minor=-100)]
    assert prints(lines) == prints(lines)


def test_another_encoding_changes_no_fingerprint():
    lines = [payment(purpose="Оплата по счёту № 7 — «срочно»…"), payment(purpose="НДС не облагается")]
    as_windows = prints(lines, encoding="cp1251")
    assert prints(lines, encoding="cp866") == as_windows
    assert prints(lines, encoding="utf-8") == as_windows
    assert prints(lines, encoding="utf-8", bom=True, declared="DOS", line_end="\n") == as_windows


def test_an_overlapping_file_shares_the_fingerprints_of_the_shared_days():
    days = [payment(day=day % 7, number=str(day // 3)) for day in range(40)]
    first, second = prints(days[:30]), prints(days)
    assert second[:30] == first


def test_the_order_of_other_lines_does_not_matter():
    equal, other = [payment()] * 2, [payment(minor=minor) for minor in range(1, 20)]
    assert set(prints(equal + other)) == set(prints(other[::-1] + equal))


@pytest.mark.parametrize(
    "changed",
    [
        {"day": 5},
        {"minor": 150001},
        {"minor": -150000},
        {"number": "8"},
        {"purpose": "Оплата вызова мастера 2"},
        {"client": CLIENT._replace(inn="7700000004")},
        {"client": CLIENT._replace(account="40702810000000000889")},
    ],
)
def test_another_operation_has_another_key(changed):
    assert prints([payment()])[0].key != prints([payment(**changed)])[0].key


def test_a_name_or_a_bank_written_otherwise_is_the_same_operation():
    renamed = payment(client=CLIENT._replace(name="Елка ООО", bank="БАНК (ПАО)", bic="", kpp="770001001"))
    assert prints([renamed]) == prints([payment()])


def test_another_account_of_ours_has_another_key():
    (statement,) = read_statement(
        write_onec(StatementToWrite(ACCOUNT, START, START, 0, [payment(day=0)], OwnSide("ООО Наша")))
    ).statements
    assert line_key(ACCOUNT, statement.lines[0]) != line_key("40702810000000000002", statement.lines[0])


def test_an_invalid_line_is_known_again_and_not_taken_for_another():
    text = write_onec(
        StatementToWrite(ACCOUNT, START, START, 0, [payment(day=0), payment(day=0, number="8")], OwnSide("Мы"))
    ).decode("cp1251")
    broken = text.replace("Сумма=1500.00", "Сумма=15OO.00")
    found = [
        [line_key(ACCOUNT, line) for line in read_statement(broken.encode(encoding)).lines()]
        for encoding in ("cp1251", "utf-8")
    ]
    assert found[0] == found[1]
    assert len(set(found[0])) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Оплата по Счёту № 7/А — «срочно»!", "оплатапосчету7асрочно"),
        ("  А_Б\tВ\u00a0г ", "абвг"),
        ("сче\u0308т", "счет"),
        ("и\u0306", "й"),
        ("", ""),
    ],
)
def test_a_purpose_is_reduced_to_its_letters_and_digits(text, expected):
    assert reduced(text) == expected


@given(st.text())
def test_reducing_twice_changes_nothing_but_case_expansions(text):
    once = reduced(text)
    assert reduced(once) == reduced(reduced(once))
    assert once == reduced(f" {text}\n")
