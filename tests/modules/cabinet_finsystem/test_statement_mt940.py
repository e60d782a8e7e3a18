"""MT940 and MT942: signs, years, wraps and the ways of writing field 86."""

from __future__ import annotations

from datetime import date

import pytest
from zope.interface.verify import verifyObject

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats.mt940 import MT940Format
from cabinet_finsystem.statements.formats.swift_rur import from_swift_rur
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.reading import read_statement

IBAN = "DE89370400440532013000"


def message(
    *lines: str, opening: str = "C260209EUR1000,", closing: str | None = "C260210EUR1000,", account: str = IBAN
):
    head = [":20:STARTUMS", f":25:{account}", ":28C:1/1", f":60F:{opening}"]
    return "\r\n".join([*head, *lines, *([f":62F:{closing}"] if closing else []), "-", ""])


def statement(*lines: str, encoding: str = "utf-8", **how):
    [found] = read_statement(message(*lines, **how).encode(encoding)).statements
    return found


def line(*lines: str, **how):
    [found] = statement(*lines, **how).lines
    return found


def details(*wrapped: str, **how):
    return line(":61:2602100210C10,NTRFNONREF", f":86:{wrapped[0]}", *wrapped[1:], **how)


def test_the_format_provides_its_interface() -> None:
    assert verifyObject(IStatementFormat, MT940Format())


@pytest.mark.parametrize(
    ("mark", "minor", "is_return"), [("C", 12, False), ("D", -12, False), ("RC", -12, True), ("RD", 12, True)]
)
def test_what_is_taken_back_goes_the_other_way(mark, minor, is_return) -> None:
    found = line(f":61:2602100210{mark},12NTRFNONREF")
    assert (found.amount_minor, found.is_return) == (minor, is_return)


def test_a_bank_that_means_reversals_the_other_way_is_believed_where_its_balances_say_so() -> None:
    lines = (":61:2602100210D100,NTRFNONREF", ":61:2602100210RC30,NRTINONREF")
    assert [ln.amount_minor for ln in statement(*lines, closing="C260210EUR870,").lines] == [-10000, -3000]
    turned = statement(*lines, closing="C260210EUR930,")
    assert [ln.amount_minor for ln in turned.lines] == [-10000, 3000]
    assert turned.check.balance_ok is True
    neither = statement(*lines, closing="C260210EUR1,")
    assert [ln.amount_minor for ln in neither.lines] == [-10000, -3000]
    assert neither.check.balance_ok is False


@pytest.mark.parametrize(
    ("written", "booked", "valued"),
    [
        ("2512311231", date(2025, 12, 31), date(2025, 12, 31)),
        ("2601021231", date(2025, 12, 31), date(2026, 1, 2)),
        ("2512310102", date(2026, 1, 2), date(2025, 12, 31)),
        ("260210", date(2026, 2, 10), date(2026, 2, 10)),
        ("260210    ", date(2026, 2, 10), date(2026, 2, 10)),
        ("2602300301", date(2026, 3, 1), date(2026, 2, 28)),
    ],
)
def test_the_day_of_booking_takes_the_year_that_brings_it_near(written, booked, valued) -> None:
    found = line(f":61:{written}C1,NTRFNONREF")
    assert (found.booking_date, found.value_date) == (booked, valued)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [
        ("EUR", "20,", 2000),
        ("EUR", ",5", 50),
        ("EUR", "000000001213,28", 121328),
        ("EUR", "1000.12", 100012),
        ("JPY", "500,", 500),
        ("KWD", "1,234", 1234),
    ],
)
def test_amounts_are_exact_in_any_currency(currency, amount, minor) -> None:
    assert line(f":61:260210C{amount}NTRFNONREF", opening=f"C260209{currency}0,").amount_minor == minor


def test_an_amount_too_precise_for_its_currency_is_invalid_and_never_rounded() -> None:
    found = line(":61:260210C1,005NTRFNONREF")
    assert found.amount_minor is None
    assert found.invalid_reason.code == "amount_unreadable"


def test_references_are_told_apart_and_nothing_is_nothing() -> None:
    found = line(":61:2602100210C10,NTRF754/044525225//MB170119012058", ":86:x")
    assert (found.doc_number, found.bank_ref, found.bank_code) == ("754", "MB170119012058", "NTRF")
    nothing = line(":61:2602100210C10,NTRFNONREF//NONREF")
    assert (nothing.doc_number, nothing.bank_ref) == ("", "")


def wrapped(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


@pytest.mark.parametrize("mark", ["?", "<", "~"])
def test_a_german_purpose_cut_every_27_characters_is_one_text(mark) -> None:
    told = "EREF+RE-2026-001".ljust(27) + "SVWZ+Rechnung 2026-001 vom 03.02.2026 Beratung Februar"
    fields = [
        ("00", "SEPA-UEBERWEISUNG"),
        ("10", "9310"),
        *((str(20 + n), one) for n, one in enumerate(wrapped(told, 27))),
    ]
    fields += [
        ("30", "COBADEFFXXX"),
        ("31", "DE44500105175407324931"),
        ("32", "Mustermann Handels GmbH und"),
        ("33", " Co"),
    ]
    found = details(*wrapped("166" + "".join(f"{mark}{number}{text}" for number, text in fields), 65))
    assert found.purpose == "Rechnung 2026-001 vom 03.02.2026 Beratung Februar"
    other = Counterparty("Mustermann Handels GmbH und Co", "", "", "DE44500105175407324931", "COBADEFFXXX")
    assert found.counterparty == other
    assert (found.end_to_end_id, found.doc_kind, found.bank_code) == ("RE-2026-001", "SEPA-UEBERWEISUNG", "NTRF/166")


@pytest.mark.parametrize("code", ["109", "159", "181"])
def test_a_german_code_of_a_return_is_one(code) -> None:
    assert details(f"{code}?00RUECKLASTSCHRIFT?20SVWZ+AC04").is_return
    assert not details("166?00GUTSCHRIFT?20SVWZ+Miete").is_return


def test_keywords_between_slashes_are_read_over_the_wrap() -> None:
    found = details(
        "/EREF/NOTPROVIDED//CNTP/NL57ABNA0876543211/ABNANL2A/B Bert BV",
        "/AMSTERDAM//REMI/USTD//Factuurnummer 201801-001 en 201801-002///",
    )
    assert found.counterparty[:1] == ("B Bert BV",)
    assert (found.counterparty.account, found.counterparty.bic) == ("NL57ABNA0876543211", "ABNANL2A")
    assert found.purpose == "Factuurnummer 201801-001 en 201801-002"
    assert found.end_to_end_id == ""
    assert details("/RTRN/AC04//REMI/USTD//x/").is_return


def test_russian_keywords_between_slashes_name_the_payer() -> None:
    found = details(
        "/INN/7701234567/KPP/770101001/ACC/40702810000000000001/BIC/044525225/NAME/ООО Ромашка/REM/Оплата по счету 15",
        opening="C260209RUB0,",
    )
    assert found.counterparty[:5] == ("ООО Ромашка", "7701234567", "770101001", "40702810000000000001", "044525225")
    assert found.purpose == "Оплата по счету 15"


CITI_IN = (
    "/PT/FT/PY/Оплата по счету № 68 от 03 марта 2026 г. аренда по договору 105, НДС не облагается"
    "/OB/044525225:40702810000000000001: ПАО БАНК/OB3/ИНН 7701234567 ООО Ромашка/BO/A.C40702810000000000001"
)
CITI_OUT = (
    "/PT/FT/PY/Аренда за март/BN/ООО Лютик 40702810000000000002/AB/044525974/AB3/г. Москва/AB4/30101810000000000001"
)


@pytest.mark.parametrize("width", [65, 61])
def test_citibank_of_russia_writes_the_other_side_behind_the_purpose(width) -> None:
    first, *rest = wrapped(CITI_IN, 65) if width == 65 else [CITI_IN[:61], *wrapped(CITI_IN[61:], 65)]
    how = {"opening": "C260209RUB0,", "encoding": "cp1251"}
    found = line(":61:2602100210CB10,NTRF68/044525225", f":86:{first}", *rest, **how)
    assert found.counterparty[:5] == ("ООО Ромашка", "7701234567", "", "40702810000000000001", "044525225")
    assert found.purpose == "Оплата по счету № 68 от 03 марта 2026 г. аренда по договору 105, НДС не облагается"
    assert found.doc_number == "68"
    first, *rest = wrapped(CITI_OUT, 65)
    found = line(":61:2602100210DB10,NTRF69", f":86:{first}", *rest, **how)
    assert found.counterparty[:5] == ("ООО Лютик", "", "", "40702810000000000002", "044525974")
    assert found.purpose == "Аренда за март"


def test_the_encoding_is_told_by_the_bytes() -> None:
    for encoding in ("cp1251", "cp866", "utf-8", "utf-16"):
        text = message(
            ":61:2602100210C10,NTRFNONREF",
            ":86:Оплата за выполненные работы по договору подряда",
            opening="C260209RUB0,",
            closing="C260210RUB10,",
        )
        file = read_statement(text.encode(encoding))
        assert file.statements[0].lines[0].purpose == "Оплата за выполненные работы по договору подряда"
    assert details("MÜLLER Straße", encoding="cp1252").purpose == "MÜLLER Straße"
    assert details("MÜLLER Straße", encoding="cp850").purpose == "MÜLLER Straße"
    for encoding in ("cp1250", "cp852"):
        assert details("Książka żółta, część druga", encoding=encoding).purpose == "Książka żółta, część druga"


def test_a_russian_text_comes_back_from_the_letters_of_swift_where_it_is_certain() -> None:
    assert (
        from_swift_rur("OPLATA PO ScETU n 15 OT 03.02.2026 'INV-7' V T.c. NDS")
        == "ОПЛАТА ПО СЧЕТУ № 15 ОТ 03.02.2026 INV-7 В Т.Ч. НДС"
    )
    assert from_swift_rur("'OPLATA PO ScETU n 15'") == "ОПЛАТА ПО СЧЕТУ № 15", (
        "the sign of the alphabet around all of it"
    )
    for other in (
        "'PAYMENT FOR INVOICE 15'",
        "PAYMENT FOR INVOICE 15",
        "Oplata po schetu 15",
        "NONREF",
        "Оплата",
        "SALARY AO 7",
    ):
        assert from_swift_rur(other) == other
    found = details("'(VO10100)'OPLATA PO ScETU n 15 ZA USLUGI", opening="C260209RUB0,")
    assert found.purpose == "(VO10100)ОПЛАТА ПО СЧЕТУ № 15 ЗА УСЛУГИ"
    assert details("OPLATA PO ScETU n 15 ZA USLUGI").purpose == "OPLATA PO ScETU n 15 ZA USLUGI", (
        "no Russian text in euros"
    )


def test_free_text_is_kept_whole() -> None:
    assert (
        details("WISE PAYMENTS LIMITED REF 4711 INVOICE 2026-15").purpose
        == "WISE PAYMENTS LIMITED REF 4711 INVOICE 2026-15"
    )


def test_what_looks_like_a_field_inside_a_purpose_is_none() -> None:
    found = statement(
        ":61:2602100210C10,NTRFNONREF",
        ":86:paid 2026-02-10T12",
        ":20:11 at the",
        "-",
        "till",
        ":61:2602100210C5,NTRFNONREF",
    )
    assert [ln.amount_minor for ln in found.lines] == [1000, 500]
    assert found.lines[0].purpose == "paid 2026-02-10T12 :20:11 at the - till"


def test_statements_follow_one_another_with_and_without_a_dash() -> None:
    one = message(":61:2602100210C1,NTRFNONREF", closing="C260210EUR1001,")
    file = read_statement((one + one.replace("\r\n-", "") + "{1:F01BANKDEFF}{4:\r\n" + one).encode())
    assert [len(its.lines) for its in file.statements] == [1, 1, 1]
    assert [its.check.balance_ok for its in file.statements] == [True] * 3


@pytest.mark.parametrize(
    ("written", "number", "aliases"),
    [
        ("NL54INGB0001234500EUR", "NL54INGB0001234500", ()),
        ("NL92 KNAB 0123 4567 89", "NL92KNAB0123456789", ()),
        ("37040044/532013000", "DE89370400440532013000", ("37040044/532013000", "532013000")),
        ("BPHKPLPK/320000546101", "320000546101", ("BPHKPLPK/320000546101",)),
        ("1291.99.348EUR", "129199348", ()),
        ("40702810000000000001", "40702810000000000001", ()),
    ],
)
def test_our_account_is_told_from_what_stands_around_it(written, number, aliases) -> None:
    found = statement(account=written)
    assert (found.account, found.aliases) == (number, aliases)


def test_a_report_of_the_day_is_interim_and_its_sums_prove_it() -> None:
    text = (
        ":20:X\n:25:%s\n:28C:1/1\n:34F:EUR0,\n:13D:2602101200+0100\n:61:260210C5,NTRFNONREF\n:61:260210EC7,NTRFNONREF\n"
    )
    text += ":90D:0EUR0,\n:90C:2EUR12,\n-\n"
    [found] = read_statement((text % IBAN).encode()).statements
    assert found.interim
    assert found.check.balance_ok is True
    assert [ln.status for ln in found.lines] == ["booked", "pending"]
    assert not any(found.is_money(ln) for ln in found.lines)


def test_a_file_cut_anywhere_brings_no_money_unasked() -> None:
    whole = message(
        ":61:2602100210C10,55NTRFNONREF//A1", ":86:166?00GUTSCHRIFT?20SVWZ+Rechnung 15", closing="C260210EUR1010,55"
    ).encode()
    applied = []
    for length in range(len(whole)):
        try:
            file = read_statement(whole[:length])
        except StatementRefusedError:
            continue
        applied += [length for its in file.statements if its.lines and not file.needs_confirmation(its)]
    closed = whole.index(b":62F:") + len(":62F:C260210EUR1010,55")
    assert min(applied) >= closed


def test_a_balance_that_cannot_be_read_wants_a_persons_word() -> None:
    file = read_statement(message(":61:2602100210C10,NTRFNONREF", closing="C260299EUR1010,").encode())
    assert file.statements[0].closing == 101000, "a day that is none is no reason to doubt a figure"
    file = read_statement(message(":61:2602100210C10,NTRFNONREF", closing="C260210EUR10 10,5 5").encode())
    assert file.flagged
