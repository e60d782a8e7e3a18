"""MT940, camt and OFX: what is written comes back, damage raises nothing unexpected, and no file costs more than its size."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from html import escape
from io import BytesIO
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.contracts.money import exponent, to_decimal
from cabinet_finsystem.statements import encoding, reading
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import ReadingLimits, texts_of_banks, xml_nodes
from cabinet_finsystem.statements.reading import OWN_FORMATS, StatementReader, read_statement

IBAN = "DE89370400440532013000"
FIRST = date(2026, 1, 1)


class Operation(NamedTuple):
    day: date
    minor: int
    words: tuple[str, ...]

    @property
    def purpose(self) -> str:
        return " ".join(self.words)


LETTERS = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789.,-абвгдеёжзийклмнопрстуфхцчшщъыьэюя№äöüß"),
    min_size=1,
    max_size=30,
)
OPERATIONS = st.lists(
    st.builds(
        Operation,
        st.integers(0, 364).map(lambda n: FIRST + timedelta(n)),
        st.integers(1, 10**12).flatmap(lambda n: st.sampled_from([n, -n])),
        st.lists(LETTERS, min_size=1, max_size=12).map(tuple),
    ),
    max_size=8,
)
CURRENCIES = st.sampled_from(["EUR", "RUB", "JPY", "KWD"])


def plain(minor: int, currency: str) -> str:
    return f"{to_decimal(abs(minor), currency):.{exponent(currency)}f}"


def mt940(operations: list[Operation], opening: int, currency: str) -> bytes:
    def balance(minor: int) -> str:
        return f"{'C' if minor >= 0 else 'D'}260101{currency}{plain(minor, currency).replace('.', ',')}{'' if exponent(currency) else ','}"

    lines = [":20:X", f":25:{IBAN}", ":28C:1/1", f":60F:{balance(opening)}"]
    for one in operations:
        amount = plain(one.minor, currency).replace(".", ",") + ("" if exponent(currency) else ",")
        lines.append(f":61:{one.day:%y%m%d%m%d}{'C' if one.minor > 0 else 'D'}{amount}NTRFNONREF")
        told = one.purpose
        first, rest = told[:65], told[65:]
        lines += [f":86:{first}", *(rest[at : at + 65] for at in range(0, len(rest), 65))]
    lines += [f":62F:{balance(opening + sum(one.minor for one in operations))}", "-", ""]
    return "\r\n".join(lines).encode()


def camt(operations: list[Operation], opening: int, currency: str) -> bytes:
    def amount(minor: int) -> str:
        return f'<Amt Ccy="{currency}">{plain(minor, currency)}</Amt><CdtDbtInd>{"CRDT" if minor >= 0 else "DBIT"}</CdtDbtInd>'

    def balance(kind: str, minor: int) -> str:
        return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{amount(minor)}<Dt><Dt>2026-01-01</Dt></Dt></Bal>"

    entries = "".join(
        f"<Ntry>{amount(one.minor)}<Sts>BOOK</Sts><BookgDt><Dt>{one.day}</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>"
        f"{escape(one.purpose)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for one in operations
    )
    closing = opening + sum(one.minor for one in operations)
    return (
        f"<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{balance('OPBD', opening)}"
        f"{balance('CLBD', closing)}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def ofx(operations: list[Operation], _opening: int, currency: str) -> bytes:
    body = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{one.day:%Y%m%d}<TRNAMT>{'-' if one.minor < 0 else ''}{plain(one.minor, currency)}"
        f"<FITID>{n}<MEMO>{escape(one.purpose)}</STMTTRN>"
        for n, one in enumerate(operations)
    )
    account = f"<CURDEF>{currency}<BANKACCTFROM><ACCTID>{IBAN}</BANKACCTFROM>"
    return f"<OFX><STMTRS>{account}<BANKTRANLIST>{body}</BANKTRANLIST></STMTRS></OFX>".encode()


WRITERS: dict[str, Callable[[list[Operation], int, str], bytes]] = {"mt940": mt940, "camt": camt, "ofx": ofx}


@pytest.mark.parametrize("name", WRITERS)
@given(operations=OPERATIONS, opening=st.integers(-(10**12), 10**12), currency=CURRENCIES)
def test_what_is_written_comes_back(name, operations, opening, currency) -> None:
    file = read_statement(WRITERS[name](operations, opening, currency))
    [statement] = file.statements
    assert (file.format, file.flagged, statement.currency, statement.account) == (name, False, currency, IBAN)
    assert statement.check.balance_ok is (None if name == "ofx" else True)
    found = [(line.booking_date, line.amount_minor) for line in statement.lines]
    assert found == [(one.day, one.minor) for one in operations]
    letters = ["".join(line.purpose.split()) for line in statement.lines]
    if (
        name != "mt940"
    ):  # a free text of MT940 may be told for another dialect's, and then it is its words that come back
        assert letters == ["".join(one.words) for one in operations]


GOOD = [Operation(FIRST, 12345, ("Invoice", "15")), Operation(FIRST, -700, ("Fee",)), Operation(FIRST, 5, ("Rest",))]


@pytest.mark.parametrize("name", WRITERS)
def test_damaged_bytes_of_a_good_file_never_raise_anything_unexpected(name) -> None:
    chance = random.Random(7)
    good = WRITERS[name](GOOD, 0, "EUR")
    unexpected = []
    for _attempt in range(400):
        data = bytearray(good)
        for _damage in range(chance.randrange(1, 6)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        try:
            for line in read_statement(bytes(data)).lines():
                assert (line.amount_minor is None) == (line.invalid_reason is not None)
        except StatementRefusedError as error:
            unexpected += [bytes(data)] if error.code == "format_failed" else []
    assert unexpected == []


@given(st.binary(max_size=600))
def test_sniffing_never_fails(head) -> None:
    for one in OWN_FORMATS:
        assert 0 <= one.sniff(head) <= 100


def test_no_format_takes_the_file_of_another() -> None:
    files = {name: write(GOOD, 0, "EUR") for name, write in WRITERS.items()}
    for name, content in files.items():
        sure = {one.id: one.sniff(content[:65536]) for one in OWN_FORMATS}
        assert max(sure, key=lambda key: sure[key]) == name
        assert sorted(sure.values())[-2] < 50


ACCOUNT = f"<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
HEADS = {
    "mt940": f":20:X\n:25:{IBAN}\n:28C:1\n:60F:C260101EUR0,\n",
    "camt": f"<Document><BkToCstmrStmt><Stmt>{ACCOUNT}",
    "ofx": "<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>",
}
HOSTILE = {
    "operations without details": ("mt940", ":61:260101C1,NTRF\n"),
    "statements without end": ("mt940", f":20:X\n:25:{IBAN}\n:60F:C260101EUR0,\n:61:260101C1,NTRF\n"),
    "details of many lines": ("mt940", ":61:260101C1,NTRF\n:86:" + "a\n" * 500),
    "keywords alike": ("mt940", ":61:260101C1,NTRF\n:86:" + "/REMI/a" * 150 + "\n"),
    "german keywords alike": ("mt940", ":61:260101C1,NTRF\n:86:166?20" + "EREF+a" * 150 + "\n"),
    "labels alike": ("mt940", ":61:260101C1,NTRF\n:86:" + "NAAM: a " * 150 + "\n"),
    "many details": ("mt940", ":61:260101C1,NTRF\n" + ":86:a\n" * 150),
    "blank lines": ("mt940", "\n"),
    "dashes": ("mt940", "-\n"),
    "spaces": ("mt940", ":61:260101C1,NTRF" + " " * 1000 + "\n"),
    "digits": ("mt940", ":61:260101C" + "1" * 1000 + "NTRF\n"),
    "entries": ("camt", "<Ntry/>"),
    "deep entries": ("camt", "<Ntry>" + "<a>" * 50 + "</a>" * 50 + "</Ntry>"),
    "parts": ("camt", "<Ntry><NtryDtls>" + "<TxDtls/>" * 100 + "</NtryDtls></Ntry>"),
    "attributes": ("camt", "<Ntry " + " ".join(f'a{n}="x"' for n in range(100)) + "/>"),
    "reversals": ("camt", "<Ntry><Amt>1</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd></Ntry>"),
    "unclosed operations": ("ofx", "<STMTTRN><TRNAMT>1"),
    "unknown tags": ("ofx", "<A>1<B>"),
    "ends of nothing": ("ofx", "</A></STMTTRN>"),
    "lonely marks": ("ofx", "<MEMO>" + "< & " * 200 + "\n"),
    "texts that begin data": ("ofx", "<MEMO>" + "<![CDATA[" * 100 + "]]>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_no_faster_than_the_file(name, monkeypatch, growth_of) -> None:
    for module in (encoding, reading, texts_of_banks, xml_nodes):
        monkeypatch.setattr(module, "_CHUNK", 512)
    kind, piece = HOSTILE[name]

    def read(size: int) -> None:
        data = (HEADS[kind] + piece * (5_000 // len(piece)) * (size // 50_000)).encode()
        with suppress(StatementRefusedError):
            for _line in StatementReader(data, limits=ReadingLimits(max_lines=10**7, max_statements=10**6)).lines():
                pass

    assert max(growth_of(read)) < 4.6  # linear is 4, what is quadratic 16


class Counted(BytesIO):
    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


ENDLESS = [
    ("mt940", ":61:260101C1,NTRF\n:86:"),
    ("camt", "<Ntry><AddtlNtryInf>"),
    ("camt", "<Ntry a='"),
    ("ofx", "<STMTTRN><MEMO>"),
    ("ofx", "<![CDATA["),
]


@pytest.mark.parametrize(("kind", "endless"), ENDLESS)
def test_what_has_no_end_is_refused_before_the_file_is_read_to_its_end(kind, endless) -> None:
    source = Counted((HEADS[kind] + endless).encode() + b"a" * 6_000_000)
    reader = StatementReader(source)
    source.taken = 0
    with pytest.raises(StatementRefusedError) as refused:
        list(reader.lines())
    assert refused.value.code == "too_large"
    assert source.taken < 12_000_000 + 2_500_000, "twice for its encoding at the most, and then a little"
