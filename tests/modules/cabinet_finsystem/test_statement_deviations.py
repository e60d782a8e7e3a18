"""What files of real banks do that their formats do not say: read where it is certain, refused where it is not."""

from __future__ import annotations

from datetime import date

import pytest

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.reading import read_statement

_OPERATION = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260115<TRNAMT>-10.00<FITID>{id}<NAME>{name}</STMTTRN>"


def ofx(
    *operations: str, around: str = "", encoding: str = "utf-8", header: str = "OFXHEADER:100\r\nCHARSET:1252\r\n\r\n"
) -> bytes:
    return (
        f"{header}<OFX>{around}<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>20260131{''.join(operations)}</BANKTRANLIST><LEDGERBAL><BALAMT>90.00<DTASOF>20260131</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\r\n"
    ).encode(encoding)


def test_ofx_is_read_around_its_remarks() -> None:
    remarked = ofx(
        _OPERATION.format(id=1, name="A"),
        "<!-- taken out: " + _OPERATION.format(id=2, name="B") + " -->",
        _OPERATION.format(id=3, name="C<!-- of old -->"),
        "<!---->",
        _OPERATION.format(id=4, name="D"),
        around="   <!-- begins here -->",
    )
    assert [(line.bank_ref, line.counterparty.name) for line in read_statement(remarked).lines()] == [
        ("1", "A"),
        ("3", "C"),
        ("4", "D"),
    ]


def test_a_remark_of_ofx_may_be_cut_by_the_pieces_the_file_is_read_in() -> None:
    remarks = (f"<!-- {_OPERATION.format(id=2, name='B' * (n % 7))} -->" for n in range(6_000))
    remarked = ofx(_OPERATION.format(id=1, name="A"), *remarks, _OPERATION.format(id=3, name="C"))
    assert len(remarked) > 2 * 262_144
    assert [line.bank_ref for line in read_statement(remarked).lines()] == ["1", "3"]


def test_ofx_that_is_cut_within_a_remark_is_flagged() -> None:
    file = read_statement(ofx(_OPERATION.format(id=1, name="A"), "<!-- and more" + " " * 100)[:-160])
    assert ([line.bank_ref for line in file.lines()], [note.code for note in file.notes], file.flagged) == (
        ["1"],
        ["end_missing"],
        True,
    )


def test_the_number_of_a_cheque_has_two_names_in_ofx() -> None:
    [line] = read_statement(ofx(_OPERATION.format(id=1, name="A").replace("<NAME>", "<CHKNUM>1932<NAME>"))).lines()
    assert line.doc_number == "1932"


def test_a_lone_byte_is_what_the_file_says_its_letters_are() -> None:
    [line] = read_statement(ofx(_OPERATION.format(id=1, name="SHOP ¦ NATURA"), encoding="cp1252")).lines()
    assert line.counterparty.name == "SHOP ¦ NATURA"


_ENTRY = (
    '<Ntry><Amt Ccy="EUR">500.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>'
    "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Client</Nm><Id><OrgId><Othr><Id>12345678</Id><SchmeNm><Prtry>USRC</Prtry></SchmeNm></Othr></OrgId></Id>"
    "</Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>"
)
_STATEMENT = (
    "<Stmt><Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>" + _ENTRY + "</Stmt>"
)
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def camt(*statements: str) -> str:
    return f'<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt><GrpHdr/>{"".join(statements)}</BkToCstmrStmt></Document>'


def test_camt_is_found_within_the_envelope_it_travelled_in() -> None:
    envelope = (
        '<?xml version="1.0"?><m:BizMsgEnvlp xmlns:m="urn:x"><m:Hdr><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">'
        f"<Fr><FIId/></Fr><BizMsgIdr>7</BizMsgIdr></AppHdr></m:Hdr><m:Body>{camt(_STATEMENT)}</m:Body><m:Sgntr>abc</m:Sgntr></m:BizMsgEnvlp>"
    )
    [line] = read_statement(envelope.encode()).lines()
    assert (line.amount_minor, line.counterparty.name, line.counterparty.inn) == (50000, "Client", "12345678")
    with pytest.raises(StatementRefusedError) as refused:
        read_statement(envelope.encode()[:-60])
    assert refused.value.code == "truncated"


def test_a_statement_of_camt_that_says_nothing_keeps_no_other_from_being_read() -> None:
    silent = "<Stmt><Id>0</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct></Stmt>"
    file = read_statement(camt(silent, _STATEMENT, silent).encode())
    assert [statement.account for statement in file.statements] == ["DE89370400440532013000"]
    with pytest.raises(StatementRefusedError) as refused:
        read_statement(camt(silent).encode())
    assert refused.value.code == "empty"


def test_days_of_1c_may_begin_with_the_year() -> None:
    text = (
        "1CClientBankExchange\r\nВерсияФормата=1.02\r\nКодировка=UTF-8\r\nДатаНачала=2026.02.01\r\nДатаКонца=2026.02.28\r\n"
        "РасчСчет=40702810000000000001\r\nСекцияДокумент=Платежное поручение\r\nНомер=1\r\nДата=2026.02.05\r\nСумма=10.00\r\n"
        "ПлательщикСчет=40702810000000000002\r\nПолучательСчет=40702810000000000001\r\nДатаПоступило=2026.02.06\r\n"
        "НазначениеПлатежа=За услуги\r\nКонецДокумента\r\nКонецФайла\r\n"
    )
    [statement] = read_statement(text.encode()).statements
    [line] = statement.lines
    assert (line.booking_date, line.doc_date, line.invalid_reason) == (date(2026, 2, 6), date(2026, 2, 5), None)
    assert (statement.period_from, statement.period_to) == (date(2026, 2, 1), date(2026, 2, 28))
