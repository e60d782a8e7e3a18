"""What is written as a 1C file is read back as it was, in every encoding; what is cut is never read wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.reading import read_statement
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec, written

ACCOUNT = "40702810000000000001"
OWN = OwnSide('ООО "Наша"', "7700000001", "770001001", "044525411", "ФИЛИАЛ БАНКА")
ENCODINGS = [("cp1251", False), ("cp866", False), ("utf-8", False), ("utf-8", True)]


def texts(encoding, **how):
    """Texts that can stand in a file of ``encoding`` as they are."""
    letters = st.characters(
        codec=encoding, exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff\u00ad"
    )
    return st.text(letters, **how).map(lambda text: " ".join(text.split())).map(lambda text: written(text, encoding))


def names(encoding):
    # An INN before the name and an address after it are taken off: they are tested by example.
    plain = texts(encoding, max_size=60).filter(
        lambda text: "//" not in text and not text[:3].upper().startswith("ИНН")
    )
    return plain.filter(lambda text: not text[:1].isdigit())


def digits(length):
    return st.text("0123456789", min_size=length, max_size=length).filter(lambda text: text.strip("0"))


def statements(encoding):
    days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
    party = st.builds(
        Counterparty,
        name=names(encoding),
        inn=st.just("") | digits(10) | digits(12),
        kpp=st.just("") | digits(9),
        account=digits(20).filter(lambda account: account != ACCOUNT),
        bic=st.just("") | digits(9),
        bank=texts(encoding, max_size=40),
    )
    line = st.builds(
        LineToWrite,
        booking_date=days,
        amount_minor=st.integers(-(10**15), 10**15).filter(bool),
        counterparty=party,
        purpose=texts(encoding, max_size=250),
        doc_number=texts(encoding, max_size=12),
        doc_date=days,
        doc_kind=texts(encoding, max_size=30).map(lambda kind: kind.strip('" =')),
    )
    return st.builds(
        StatementToWrite,
        account=st.just(ACCOUNT),
        period_from=st.just(date(2015, 1, 1)),
        period_to=st.just(date(2035, 12, 31)),
        opening=st.integers(-(10**12), 10**12),
        lines=st.lists(line, max_size=6),
        own=st.just(OWN),
    )


@pytest.mark.parametrize(("encoding", "bom"), ENCODINGS)
@given(data=st.data(), line_end=st.sampled_from(["\r\n", "\n"]), declared=st.sampled_from(["Windows", "DOS", "UTF-8"]))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(encoding, bom, data, line_end, declared):
    statement = data.draw(statements(encoding))
    file = read_statement(write_onec(statement, encoding=encoding, bom=bom, line_end=line_end, declared=declared))
    (found,) = file.statements
    assert file.encoding == encoding
    assert [LineToWrite.of(line) for line in found.lines] == list(statement.lines)
    assert (found.opening, found.check.balance_ok, found.check.turnover_ok) == (statement.opening, True, True)
    assert not file.notes


@pytest.mark.parametrize(("encoding", "bom"), ENCODINGS)
@given(purpose=st.text(max_size=200), name=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_at_all_makes_a_file_of_one_line(encoding, bom, purpose, name):
    line = LineToWrite(date(2026, 6, 1), 100, Counterparty(name=name, account="40702810000000000002"), purpose, "1")
    data = write_onec(
        StatementToWrite(ACCOUNT, date(2026, 6, 1), date(2026, 6, 1), 0, [line], OWN), encoding=encoding, bom=bom
    )
    (found,) = read_statement(data).lines()
    assert (found.amount_minor, found.purpose) == (100, written(purpose, encoding))


def sample(lines=4, **how):
    parties = [Counterparty(f"ООО Клиент {n}", f"770000000{n}", "", f"4070281000000000010{n}") for n in range(lines)]
    made = [
        LineToWrite(day, 10000 * (n + 1) * (-1) ** n, parties[n], f"Оплата по счету {n}", str(n), doc_date=day)
        for n, day in enumerate(date(2026, 6, 1) + timedelta(n) for n in range(lines))
    ]
    return made, write_onec(StatementToWrite(ACCOUNT, date(2026, 6, 1), date(2026, 6, 30), 0, made, OWN), **how)


@pytest.mark.parametrize("balances", [True, False])
@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_a_file_cut_at_any_byte_is_refused_or_flagged_and_never_read_wrong(encoding, balances):
    lines, data = sample(encoding=encoding, balances=balances, line_end="\n")
    whole = len(data) - len("\n")
    flagged = 0
    for length in range(whole):
        try:
            file = read_statement(data[:length])
        except StatementRefusedError:
            continue
        (statement,) = file.statements
        found = [LineToWrite.of(line) for line in statement.lines]
        assert found == lines[: len(found)]
        assert file.needs_confirmation(statement)
        flagged += 1
        if balances:
            assert found == lines
    assert flagged


def test_several_accounts_are_written_into_one_file_and_read_back():
    second = "40702840900000000002"
    lines = [LineToWrite(date(2026, 6, 2), -500, Counterparty("Банк", account="47422840000000000001"), "Fee", "1")]
    first_lines, _data = sample()
    data = write_onec(
        StatementToWrite(ACCOUNT, date(2026, 6, 1), date(2026, 6, 30), 7, first_lines, OWN),
        StatementToWrite(second, date(2026, 6, 1), date(2026, 6, 30), 700, lines, OWN),
        created=datetime(2026, 7, 1, 9, 30),  # noqa: DTZ001 - the bank's own clock
    )
    file = read_statement(data)
    assert [(its.account, its.currency, len(its.lines), its.check.balance_ok) for its in file.statements] == [
        (ACCOUNT, "RUB", 4, True),
        (second, "USD", 1, True),
    ]
    assert "ВремяСоздания=09:30:00" in data.decode("cp1251")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("cp1251", "«Ёлка» — 5 € … руб."),
        ("cp866", '"Ёлка" - 5 EUR ... руб.'),
        ("utf-8", "«Ёлка» — 5 € … ₽"),
    ],
)
def test_what_an_encoding_lacks_becomes_the_nearest_it_has(encoding, expected):
    assert written("«Ёлка»\r\n— 5 € … ₽\x00", encoding) == expected


def test_an_invalid_line_cannot_be_written():
    _lines, data = sample(lines=1)
    (line,) = read_statement(data.replace(b"=100.00", b"=1OO.00")).lines()
    with pytest.raises(ValueError, match="line 1 is invalid"):
        LineToWrite.of(line)
