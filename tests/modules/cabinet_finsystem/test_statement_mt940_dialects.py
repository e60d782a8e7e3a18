"""Ways to write field 86 that banks of other countries have: nothing that stands there is lost, and nobody's name becomes a purpose."""

from __future__ import annotations

import pytest

from cabinet_finsystem.statements.parsed import ParsedLine
from cabinet_finsystem.statements.reading import read_statement


def line(
    entry: str, *told: str, currency: str = "EUR", account: str = "DE89370400440532013000", encoding: str = "utf-8"
) -> ParsedLine:
    text = "\r\n".join(
        [":20:1", f":25:{account}", ":28C:1/1", f":60F:C260210{currency}0,00", f":61:{entry}", f":86:{told[0]}", *told[1:],
         f":62F:C260210{currency}10,00", "-", ""]
    )  # fmt: skip
    [statement] = read_statement(text.encode(encoding)).statements
    [found] = statement.lines
    return found


def details(*told: str, currency: str = "EUR", encoding: str = "utf-8") -> ParsedLine:
    return line("2602100210C10,NTRFNONREF//1", *told, currency=currency, encoding=encoding)


@pytest.mark.parametrize("mark", ["?", "~", "<", "^"])
def test_subfields_are_taken_apart_without_the_code_in_front_of_them(mark: str) -> None:
    found = details("?00TRANSFER?20Invoice 17?32Client Ltd?3111600006-00000000-12345678".replace("?", mark))
    assert (found.purpose, found.counterparty.name, found.doc_kind) == ("Invoice 17", "Client Ltd", "TRANSFER")
    assert found.counterparty.account == "11600006-00000000-12345678"


@pytest.mark.parametrize(("filler", "encoding"), [("\u02d9", "cp1250"), ("\u00ff", "cp1252"), ("\u00a0", "cp852")])
def test_what_fills_empty_subfields_is_no_text(filler: str, encoding: str) -> None:
    found = details(
        "020~00152~20PRZELEW", f"~21{filler}", f"~22{filler}", "~32KLIENT", f"~33{filler}", f"~60{filler}", "~34~",
        currency="PLN", encoding=encoding,
    )  # fmt: skip
    assert (found.purpose, found.counterparty.name) == ("PRZELEW", "KLIENT")


def test_a_polish_bank_that_puts_the_other_side_among_the_purposes_names_it() -> None:
    found = details(
        "034", "<00PRZELEW", "<20FAKTURA 17", "<21 ZA STYCZEN", "<27KLIENT SP. Z O.O.", "<28UL. DLUGA 1", "<2900-001 WARSZAWA",
        "<38PL02103000190109850300071988", currency="PLN",
    )  # fmt: skip
    assert found.purpose == "FAKTURA 17 ZA STYCZEN"
    assert found.counterparty.name == "KLIENT SP. Z O.O. UL. DLUGA 1 00-001 WARSZAWA"
    assert details("166?00GUTSCHRIFT?20RECHNUNG 17?27VOM 1.2.").purpose == "RECHNUNG 17 VOM 1.2.", (
        "elsewhere it is purpose"
    )


def test_an_account_in_place_of_the_second_line_of_a_name_is_the_account() -> None:
    found = details("035~00TRANSFER~20FACT 17~32CLIENT SRL~33RO25INGB0014000031948911~", currency="RON")
    assert (found.counterparty.name, found.counterparty.account) == ("CLIENT SRL", "RO25INGB0014000031948911")
    assert found.purpose == "FACT 17"


def test_what_follows_an_original_amount_is_the_purpose() -> None:
    found = details("/OCMT/USD2853,12/", "PAYMENT OF INVOICES 17 AND 18", currency="HKD")
    assert found.purpose == "PAYMENT OF INVOICES 17 AND 18"


def test_an_account_ends_where_the_next_word_between_slashes_begins_known_or_not() -> None:
    found = details(
        "/NAME/TOO KLIENT/IDN/123456789012/IBAN/KZ12345A000001234568/KNP/841/ASSIGN/OPLATA PO 17", currency="KZT"
    )
    assert found.counterparty._asdict() == {
        "name": "TOO KLIENT", "inn": "123456789012", "kpp": "", "account": "KZ12345A000001234568", "bic": "", "bank": "",
    }  # fmt: skip
    assert found.purpose == "OPLATA PO 17"
    assert details("/IBAN/NL20INGB0001234567/XYZ/AB/REMI/Factuur 17").counterparty.account == "NL20INGB0001234567"


def test_whom_a_keyword_names_outright_is_the_other_side() -> None:
    found = details(
        "/BENM/Equipment Supplier Inc", "/IBAN/GB29NWBK60161331926819", "/REMI/Payment for equipment", currency="USD"
    )
    assert (found.counterparty.name, found.purpose) == ("Equipment Supplier Inc", "Payment for equipment")
    assert details("/BENM//NAME/Klant BV/REMI/17").counterparty.name == "Klant BV"


def test_a_reference_of_one_mark_is_none() -> None:
    assert line("2602100210C10,NTRF.//1", "text").doc_number == ""
    assert line("2602100210C10,NTRF17-A//1", "text").doc_number == "17-A"


def test_russian_in_plain_latin_letters_stays_as_it_is() -> None:
    told = details("/NAME/OOO ROMASHKA/REM/OPLATA PO SCHETU 17 ZA USLUGI", currency="RUB")
    assert (told.purpose, told.counterparty.name) == ("OPLATA PO SCHETU 17 ZA USLUGI", "OOO ROMASHKA")
    assert (
        details("/NAME/OOO ROMAQKA/REM/OPLATA PO ScETU 17 ZA USLUGI", currency="RUB").purpose
        == "ОПЛАТА ПО СЧЕТУ 17 ЗА УСЛУГИ"
    )


def test_an_account_behind_two_slashes_is_found_between_the_bank_and_the_currency() -> None:
    text = ":20:1\r\n:25://AT39364/12345678912/EUR\r\n:28C:1\r\n:60F:C260210EUR0,00\r\n:62F:C260210EUR0,00\r\n-\r\n"
    [statement] = read_statement(text.encode()).statements
    assert (statement.account, statement.currency) == ("12345678912", "EUR")
