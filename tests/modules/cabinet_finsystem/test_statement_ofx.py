"""OFX: with end tags and without, headers that lie, ids, currencies and what is no bank statement."""

from __future__ import annotations

from datetime import date

import pytest
from zope.interface.verify import verifyObject

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.fingerprint import Fingerprinter
from cabinet_finsystem.statements.formats.ofx import OFXFormat
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.reading import read_statement

HEADER = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:{charset}\nCOMPRESSION:NONE\n"
    "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
XML = '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>'


def operation(
    amount: str = "-10.00",
    *,
    day: str = "20260210120000[-5:EST]",
    fitid: str = "A1",
    memo: str = "Rent",
    more: str = "",
):
    return f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}<NAME>Landlord<MEMO>{memo}{more}</STMTTRN>\n"


def document(
    *operations: str, header: str = HEADER.format(charset="1252"), currency: str = "USD", balance: str = "100.00"
) -> str:
    return (
        f"{header}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1>"
        f"<STMTTRNRS><TRNUID>1<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>044525225<ACCTID>40702-1<ACCTTYPE>CHECKING"
        f"</BANKACCTFROM><BANKTRANLIST><DTSTART>20260201<DTEND>20260228\n{''.join(operations)}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{balance}<DTASOF>20260228</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def statement(*operations: str, encoding: str = "utf-8", **how):
    [found] = read_statement(document(*operations, **how).encode(encoding)).statements
    return found


def line(*args: str, **how):
    [found] = statement(operation(*args, **how)).lines
    return found


def test_the_format_provides_its_interface() -> None:
    assert verifyObject(IStatementFormat, OFXFormat())


def test_leaves_need_no_end_tags_and_may_have_them() -> None:
    closed = (
        "<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260210</DTPOSTED><TRNAMT>-10.00</TRNAMT><FITID>A1</FITID>"
        "<NAME>Landlord</NAME><MEMO>Rent</MEMO><CHECKNUM></CHECKNUM><REFNUM/></STMTTRN>"
    )
    open_ = operation()
    first, second = (statement(one).lines[0] for one in (closed, open_))
    assert first._replace(raw="") == second._replace(raw="")
    assert (first.amount_minor, first.purpose, first.counterparty.name) == (-1000, "Rent", "Landlord")
    [third] = statement(closed, header=XML).lines
    assert third == first


def test_the_statement_says_whose_it_is() -> None:
    found = statement(operation())
    assert (found.account, found.currency, found.holder.bic, found.closing) == ("40702-1", "USD", "044525225", 10000)
    assert (found.period_from, found.period_to) == (date(2026, 2, 1), date(2026, 2, 28))
    assert found.check.balance_ok is None, "one balance proves nothing"


def test_the_day_is_the_one_that_is_written_in_whichever_zone() -> None:
    assert line(day="20260210233000.000[-11:X]").booking_date == date(2026, 2, 10)


@pytest.mark.parametrize(
    ("written", "minor"),
    [("-1.234,56", -123456), ("1,234.56", 123456), ("+5", 500), ("-00000001500.0000", -150000), ("0", 0)],
)
def test_the_sign_is_that_of_the_amount_however_it_is_written(written, minor) -> None:
    assert line(written).amount_minor == minor


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"amount": ""}, "amount_missing"),
        ({"amount": "$120"}, "amount_unreadable"),
        ({"amount": "  .  "}, "amount_unreadable"),
        ({"day": "00000000000000"}, "date_unreadable"),
        ({"day": "20170844045844"}, "date_unreadable"),
        ({"day": ""}, "date_missing"),
        ({"more": "<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>"}, "currency_differs"),
        ({"more": "<CORRECTFITID>A0<CORRECTACTION>DELETE"}, "correction"),
    ],
)
def test_what_cannot_be_booked_is_kept_with_its_reason(how, code) -> None:
    bad, good = statement(operation(**how), operation("-5", fitid="A2")).lines
    assert (bad.amount_minor, bad.invalid_reason.code) == (None, code)
    assert good.amount_minor == -500


def test_an_amount_that_was_converted_is_in_the_currency_of_the_account() -> None:
    assert line(more="<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY>").amount_minor == -1000


def test_marks_and_entities_in_a_text_are_text() -> None:
    assert line(memo="Smith & Sons <1 & 2> &lt;3&gt; &amp;c").purpose == "Smith & Sons <1 & 2> <3> &c"
    assert line(memo="<![CDATA[a <b> c]]>").purpose == "a <b> c"


@pytest.mark.parametrize("charset", ["1252", "NONE", "8859-1"])
def test_a_header_that_lies_about_the_encoding_is_seen_through(charset) -> None:
    for encoding in ("utf-8", "cp1251"):
        found = statement(
            operation(memo="Аренда помещения за февраль"), header=HEADER.format(charset=charset), encoding=encoding
        )
        assert found.lines[0].purpose == "Аренда помещения за февраль"
    assert (
        statement(operation(memo="Café Müller"), header=HEADER.format(charset=charset), encoding="cp1252")
        .lines[0]
        .purpose
        == "Café Müller"
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "\n\n",
        HEADER.format(charset="1252").replace("\n", " "),
        HEADER.replace(":", ": ").format(charset="NONE").rstrip(),
    ],
)
def test_headers_of_any_shape_and_none_are_read(header) -> None:
    assert len(statement(operation(), header=header).lines) == 1


def test_a_file_of_one_line_and_an_operation_without_end_are_read() -> None:
    assert len(read_statement(document(operation(), operation()).replace("\n", " ").encode()).statements[0].lines) == 2
    unclosed = operation().replace("</STMTTRN>", "") + operation("-5", fitid="A2")
    assert [one.amount_minor for one in statement(unclosed).lines] == [-1000, -500]


def test_what_is_pending_is_no_money_yet() -> None:
    pending = operation().replace("STMTTRN>", "STMTTRNP>").replace("DTPOSTED", "DTTRAN")
    found = statement(pending)
    assert [found.is_money(one) for one in found.lines] == [False]


def keys(*operations: str) -> list:
    numbers = Fingerprinter()
    return [numbers.of("1", one) for one in statement(*operations).lines]


def test_an_operation_is_known_by_its_id_whatever_becomes_of_its_wording() -> None:
    assert keys(operation(memo="Rent")) == keys(operation(memo="RENT FEB / LANDLORD"))
    assert keys(operation(fitid="A1")) != keys(operation(fitid="A2"))


@pytest.mark.parametrize("fitid", ["", "0", "none"])
def test_without_an_id_it_is_known_by_what_it_is(fitid) -> None:
    assert keys(operation(fitid=fitid, memo="Rent")) != keys(operation(fitid=fitid, memo="Water"))
    one, other = keys(operation(fitid=fitid), operation(fitid=fitid))
    assert (one.key, one.occurrence, other.occurrence) == (other.key, 1, 2)


def test_an_id_that_a_bank_writes_everywhere_hides_no_operation() -> None:
    assert len(set(keys(operation(), operation("-20"), operation(day="20260211"), operation()))) == 4


def refused(text: str) -> StatementRefusedError:
    with pytest.raises(StatementRefusedError) as refusal:
        read_statement(text.encode())
    return refusal.value


def test_what_is_no_bank_statement_is_told_so() -> None:
    assert (
        refused("<OFX><INVSTMTMSGSRSV1><INVSTMTRS><CURDEF>USD</INVSTMTRS></OFX>").details["looks_like"]
        == "ofx_investment"
    )
    assert refused("<OFC><ACCTSTMT></ACCTSTMT></OFC>").details["looks_like"] == "ofc"
    answer = refused("<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>No such user</STATUS></SONRS></OFX>")
    assert (answer.code, answer.message.mapping["answer"]) == ("empty", "No such user")
    assert refused("<!DOCTYPE OFX><OFX></OFX>").code == "broken_structure"


def test_a_file_cut_anywhere_brings_no_money_unasked() -> None:
    whole = document(operation("-10.55"), operation("-5", fitid="A2"))
    applied = []
    for length in range(len(whole)):
        try:
            file = read_statement(whole[:length].encode())
        except StatementRefusedError:
            continue
        applied += [length for its in file.statements if its.lines and not file.needs_confirmation(its)]
    assert min(applied, default=len(whole)) >= whole.index("</OFX>") + len("</OFX")


def test_a_charset_that_nobody_knows_is_passed_over_where_the_text_says_nothing_either() -> None:
    for charset in ("06*52", "undefined", "hex"):
        content = document(operation(memo="Rent\u00a0"), header=HEADER.format(charset=charset)).encode("latin-1")
        [found] = read_statement(content).statements
        assert [line.purpose for line in found.lines] == ["Rent"]
