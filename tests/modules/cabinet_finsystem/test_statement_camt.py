"""camt.052, .053 and .054: signs, batches with fees, versions, returns; XML that means harm is refused."""

from __future__ import annotations

from datetime import date

import pytest
from zope.interface.verify import verifyObject

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import xml_nodes
from cabinet_finsystem.statements.formats.camt import CamtFormat
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.reading import read_statement

IBAN = "DE89370400440532013000"


def balance(kind: str, amount: str, sign: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-02-10</Dt></Dt></Bal>"
    )


def entry(
    amount: str,
    sign: str = "CRDT",
    inside: str = "",
    *,
    status: str = "BOOK",
    currency: str = "EUR",
    day: str = "2026-02-10",
):
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{inside}</Ntry>"
    )


def details(*parts: str) -> str:
    return f"<NtryDtls>{''.join(f'<TxDtls>{part}</TxDtls>' for part in parts)}</NtryDtls>"


def document(
    *inside: str, root: str = "BkToCstmrStmt", kind: str = "Stmt", version: str = "053.001.02", currency: str = "EUR"
) -> bytes:
    account = f"<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}">'
        f"<{root}><{kind}>{account}{''.join(inside)}</{kind}></{root}></Document>"
    ).encode()


def statement(*inside: str, **how):
    [found] = read_statement(document(*inside, **how)).statements
    return found


def amounts(*inside: str, **how):
    return [line.amount_minor for line in statement(*inside, **how).lines]


def test_the_format_provides_its_interface() -> None:
    assert verifyObject(IStatementFormat, CamtFormat())


def test_a_reversal_keeps_the_sign_of_its_entry() -> None:
    reversal = "<RvslInd>true</RvslInd>"
    lines = (balance("OPBD", "100"), balance("CLBD", "110"), entry("10", "CRDT", reversal))
    [line] = statement(*lines).lines
    assert (line.amount_minor, line.is_return) == (1000, True)


def test_a_bank_that_writes_the_sign_of_what_it_reverses_is_believed_where_its_balances_say_so() -> None:
    both = (entry("100", "DBIT"), entry("30", "DBIT", "<RvslInd>true</RvslInd>"))
    turned = statement(balance("OPBD", "1000"), balance("CLBD", "930"), *both)
    assert [line.amount_minor for line in turned.lines] == [-10000, 3000]
    assert turned.check.balance_ok is True
    assert amounts(balance("OPBD", "1000"), balance("CLBD", "870"), *both) == [-10000, -3000]
    assert amounts(balance("OPBD", "1000"), balance("CLBD", "1"), *both) == [-10000, -3000]


def part(amount: str = "", name: str = "", purpose: str = "", more: str = "") -> str:
    said = f'<Amt Ccy="EUR">{amount}</Amt>' if amount else ""
    party = f"<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>" if name else ""
    return f"{said}{party}<RmtInf><Ustrd>{purpose}</Ustrd></RmtInf>{more}"


def test_a_batch_becomes_its_parts_where_they_make_up_its_amount() -> None:
    found = statement(entry("30.50", "CRDT", details(part("10", "One", "a"), part("20.50", "Two", "b"))))
    assert [(ln.amount_minor, ln.counterparty.name, ln.purpose) for ln in found.lines] == [
        (1000, "One", "a"),
        (2050, "Two", "b"),
    ]
    assert [ln.position for ln in found.lines] == [1, 2]


def test_a_batch_whose_parts_do_not_make_it_up_stays_one_line() -> None:
    assert amounts(entry("30.50", "CRDT", details(part("10"), part("20")))) == [3050]
    assert amounts(entry("30.50", "CRDT", details(part(), part()))) == [3050], "an amount is not repeated for each part"


def test_what_the_bank_kept_of_a_batch_is_a_line_of_its_own() -> None:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">26</TtlChrgsAndTaxAmt></Chrgs>'
    assert amounts(entry("1526", "DBIT", charges + details(part("500"), part("1000")))) == [-50000, -100000, -2600]
    came = statement(entry("1474", "CRDT", charges + details(part("1500", "Payer", "Invoice 15"))))
    assert [(ln.amount_minor, ln.counterparty.name) for ln in came.lines] == [(150000, "Payer"), (-2600, "")]
    records = '<Chrgs><Rcrd><Amt Ccy="EUR">20</Amt></Rcrd><Rcrd><Amt Ccy="EUR">6</Amt></Rcrd></Chrgs>'
    assert amounts(entry("1474", "CRDT", records + details(part("1500")))) == [150000, -2600]
    assert amounts(entry("1470", "CRDT", charges + details(part("1500")))) == [147000], "charges that explain nothing"


def test_parts_of_a_batch_have_signs_of_their_own() -> None:
    back = part("5", more="<CdtDbtInd>DBIT</CdtDbtInd>")
    assert amounts(entry("15", "CRDT", details(part("20"), back))) == [2000, -500]


PARTIES = (
    "<Refs><EndToEndId>E-1</EndToEndId></Refs><RltdPties><Dbtr>{debtor}</Dbtr><DbtrAcct><Id><IBAN>{theirs}</IBAN></Id></DbtrAcct>"
    f"<Cdtr><Nm>We</Nm></Cdtr><CdtrAcct><Id><IBAN>{IBAN}</IBAN></Id></CdtrAcct></RltdPties>"
    "<RltdAgts><DbtrAgt><FinInstnId><{bic}>COBADEFF</{bic}><Nm>Bank</Nm></FinInstnId></DbtrAgt></RltdAgts>"
)
OTHR = "<Id><OrgId><Othr><Id>7701234567</Id></Othr></OrgId></Id>"


@pytest.mark.parametrize(
    ("version", "status", "debtor", "bic"),
    [
        ("053.001.02", "BOOK", f"<Nm>Payer</Nm>{OTHR}", "BIC"),
        ("053.001.08", "<Cd>BOOK</Cd>", f"<Pty><Nm>Payer</Nm>{OTHR}</Pty>", "BICFI"),
        ("053.001.14", "<Prtry>BOOK</Prtry>", f"<Pty><Nm>Payer</Nm>{OTHR}</Pty>", "BICFI"),
    ],
)
def test_every_version_tells_who_paid(version, status, debtor, bic) -> None:
    theirs = "GB33BUKB20201555555555"
    told = PARTIES.format(debtor=debtor, theirs=theirs, bic=bic)
    [line] = statement(entry("10", "CRDT", details(told), status=status), version=version).lines
    assert line.counterparty == ("Payer", "7701234567", "", theirs, "COBADEFF", "Bank")
    assert (line.status, line.end_to_end_id) == ("booked", "E-1")


def test_a_return_of_our_own_payment_names_the_side_that_is_not_ours() -> None:
    told = (
        f"<RltdPties><Dbtr><Nm>We</Nm></Dbtr><DbtrAcct><Id><IBAN>{IBAN}</IBAN></Id></DbtrAcct><Cdtr><Nm>They</Nm></Cdtr>"
        "<CdtrAcct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></CdtrAcct></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    )
    [line] = statement(entry("10", "CRDT", details(told))).lines
    assert (line.amount_minor, line.counterparty.name, line.is_return) == (1000, "They", True)


def test_the_words_and_the_numbers_of_invoices_are_one_purpose() -> None:
    long = "x" * 140
    told = (
        f"<RmtInf><Ustrd>{long}</Ustrd><Ustrd>y</Ustrd><Strd><RfrdDocInf><Nb>2026-15</Nb></RfrdDocInf>"
        "<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    [line] = statement(entry("10", "CRDT", details(told))).lines
    assert line.purpose == f"{long}y Invoice 2026-15"
    assert line.creditor_ref == "RF18539007547034"
    [line] = statement(entry("10", "CRDT", "<AddtlNtryInf>Interest</AddtlNtryInf>")).lines
    assert line.purpose == "Interest"


def test_nothing_is_nothing() -> None:
    told = "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
    [line] = statement(entry("10", "CRDT", "<AcctSvcrRef>NONREF</AcctSvcrRef>" + details(told))).lines
    assert (line.end_to_end_id, line.bank_ref) == ("", "")


@pytest.mark.parametrize(
    ("status", "expected"), [("PDNG", "pending"), ("INFO", "info"), ("<Cd>FUTR</Cd>", "pending"), ("what", "info")]
)
def test_only_what_is_booked_is_money(status, expected) -> None:
    found = statement(balance("OPBD", "0"), balance("CLBD", "1"), entry("10", status=status), entry("1"))
    assert [line.status for line in found.lines] == [expected, "booked"]
    assert found.check.balance_ok is True


@pytest.mark.parametrize(
    ("root", "kind", "version"),
    [("BkToCstmrAcctRpt", "Rpt", "052.001.08"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "054.001.08")],
)
def test_reports_and_notifications_bring_no_money(root, kind, version) -> None:
    found = statement(entry("10"), root=root, kind=kind, version=version)
    assert found.interim
    assert [found.is_money(line) for line in found.lines] == [False]


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("000000000000149.87", "EUR", 14987),
        ("18.15000", "EUR", 1815),
        ("12.", "EUR", 1200),
        ("0", "EUR", 0),
        ("2700", "JPY", 2700),
        ("1.234", "KWD", 1234),
    ],
)
def test_amounts_are_exact_in_any_currency(written, currency, minor) -> None:
    assert amounts(entry(written, currency=currency), currency=currency) == [minor]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (entry("1.005"), "amount_unreadable"),
        (entry("1,00"), "amount_unreadable"),
        (entry("-1"), "amount_negative"),
        (entry("1", currency="USD"), "currency_differs"),
        (entry("1", "BOTH"), "direction_unknown"),
        (entry("1", day="2026-02-31"), "date_missing"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(bad, code) -> None:
    line, good = statement(bad, entry("5")).lines
    assert (line.amount_minor, line.invalid_reason.code) == (None, code)
    assert good.amount_minor == 500


def test_a_moment_with_its_zone_is_the_day_that_is_written() -> None:
    moved = entry("1").replace("<Dt>2026-02-10</Dt>", "<DtTm>2026-02-10T23:30:00-05:00</DtTm>")
    assert statement(moved).lines[0].booking_date == date(2026, 2, 10)


def test_the_balances_prove_each_statement_of_a_file() -> None:
    found = statement(balance("OPBD", "10", "DBIT"), balance("CLBD", "5"), entry("15"))
    assert (found.opening, found.closing, found.check.balance_ok) == (-1000, 500, True)


@pytest.mark.parametrize(
    ("declared", "written"),
    [("UTF-8", "cp1251"), ("windows-1251", "cp1251"), ("windows-1251", "utf-8"), ("UTF-16", "utf-16")],
)
def test_an_encoding_that_lies_is_seen_through(declared, written) -> None:
    text = document(entry("1", "CRDT", details(part("1", "ООО Ромашка", "Оплата по счету пятнадцать")))).decode()
    file = read_statement(text.replace("UTF-8", declared).encode(written))
    assert file.statements[0].lines[0].purpose == "Оплата по счету пятнадцать"


def refused(content: bytes) -> str:
    with pytest.raises(StatementRefusedError) as refusal:
        read_statement(content)
    return refusal.value.code


DTD = b"<!DOCTYPE Document [%s]>"
BOMBS = {
    "an entity": DTD % b'<!ENTITY a "x">',
    "laughs": DTD
    % (b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + b"&a;" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">'),
    "a file": DTD % b'<!ENTITY a SYSTEM "file:///etc/passwd">',
    "a parameter": DTD % b'<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;',
    "a schema of its own": b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:1/x.dtd">',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_document_type_is_refused_before_anything_of_it_is_read(bomb, encoding) -> None:
    whole = document(entry("1")).replace(b"<Document", bomb + b"<Document", 1)
    text = whole.decode()
    assert refused(text.replace("UTF-8", encoding).encode(encoding)) == "broken_structure"


def test_depth_and_endless_texts_are_refused() -> None:
    assert refused(document("<a>" * 65 + "</a>" * 65)) == "too_large"
    assert refused(document(entry("1", "CRDT", f"<AddtlNtryInf>{'x' * 70_000}</AddtlNtryInf>"))) == "too_large"
    assert refused(document(f'<Id a="{"x" * 2_000_000}"/>')) == "too_large"


def test_names_without_end_and_pieces_without_end_are_refused_within_bounds() -> None:
    tags = (f"<n{number}/>" for number in range(10_100))
    assert refused(document(*(entry("1", "CRDT", tag) for tag in tags))) == "too_large"
    assert amounts(*(entry("1", "CRDT", f"<n{number}/>") for number in range(9_900))) == [100] * 9_900
    assert refused(document(entry("1", "CRDT", "<a/>" * 70_000))) == "too_large"
    padding = " " * 2_000_000
    assert refused(document(entry("1"), padding, entry("2"))) == "too_large"


def test_pieces_of_a_file_become_lines_wherever_it_is_cut_for_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = details(*(f"<Amt Ccy='EUR'>{n}</Amt><RmtInf><Ustrd>Rechnung {n}</Ustrd></RmtInf>" for n in (1, 2, 3)))
    whole = document(
        balance("OPBD", "5"), entry("6", "CRDT", parts), entry("4", "DBIT"), balance("CLBD", "7"), entry("1")
    )
    at_once = read_statement(whole)
    assert [line.amount_minor for line in at_once.statements[0].lines] == [100, 200, 300, -400, 100]
    for size in (1, 2, 3, 7, 100, 997):
        monkeypatch.setattr(xml_nodes, "_CHUNK", size)
        assert read_statement(whole) == at_once


def test_forms_that_are_remembered_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ("a", "", "b &lt; c", "100%", "<!-- x -->d", "<x:e xmlns:x='u'>f</x:e>g", "  h  ", "<![CDATA[<i>]]>")
    inside = [f"<AddtlNtryInf>{text}</AddtlNtryInf>" for text in texts]
    whole = document(*(entry("1", "CRDT", one) for one in inside * 3))
    remembered = read_statement(whole)
    words = ["a", "", "b < c", "100%", "d", "g", "h", "<i>"]
    assert [line.purpose for line in remembered.statements[0].lines] == words * 3
    monkeypatch.setattr(xml_nodes, "_FORMS", 0)
    monkeypatch.setattr(xml_nodes, "_PATHS", 0)
    assert read_statement(whole) == remembered


def test_an_entity_that_nobody_declared_is_no_sound_xml() -> None:
    assert refused(document(entry("1", "CRDT", "<AddtlNtryInf>&lol;</AddtlNtryInf>"))) == "broken_structure"


def test_a_batch_of_more_parts_than_anybody_looks_through_stays_one_line() -> None:
    many = details(*["<Amt Ccy='EUR'>1</Amt>"] * 10_001)
    found = statement(entry("10001", "CRDT", many))
    assert [line.amount_minor for line in found.lines] == [1_000_100]
    assert len(statement(entry("10000", "CRDT", details(*["<Amt Ccy='EUR'>1</Amt>"] * 10_000))).lines) == 10_000


def test_a_file_cut_anywhere_is_refused() -> None:
    whole = document(balance("OPBD", "0"), balance("CLBD", "1"), entry("1"))
    for length in range(60, len(whole)):
        assert refused(whole[:length]) in ("truncated", "unknown_format", "broken_structure")


def test_payment_orders_are_no_statement() -> None:
    assert (
        refused(
            b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn/></Document>'
        )
        == "payment_orders"
    )
