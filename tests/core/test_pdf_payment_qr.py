"""What payment codes say: GOST R 56042-2014 and EPC069-12."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.contracts.money import Money
from cabinet.pdf.payment_qr import PaymentQRError, RoublePayment, SepaPayment, epc_payload, gost_payload

PAYMENT = RoublePayment(
    name="ООО «Линия тепла»",
    account="40702810400000000001",
    bank_name="АО «АЛЬФА-БАНК», г. Санкт-Петербург",
    bic="044030786",
    correspondent_account="30101810600000000786",
    inn="7800000010",
    kpp="780001001",
    amount=Money(4235050, "RUB"),
    purpose="Оплата по счету № СЧ-2026-00127 от 09.02.2026",
)
TRANSFER = SepaPayment("Nordlicht Beratung GmbH", "DE89370400440532013000", Money(12345, "EUR"), text="Invoice 17")


def fields(payload: bytes, encoding: str = "utf-8") -> dict[str, str]:
    text = payload.decode(encoding)
    assert text[:5] == "ST000"
    head, *parts = text.split(text[7])
    assert len(head) == 7
    return dict(part.split("=", 1) for part in parts)


def test_a_rouble_code_names_its_fields_in_the_order_of_the_standard():
    assert gost_payload(PAYMENT).decode() == (
        "ST00012|Name=ООО «Линия тепла»|PersonalAcc=40702810400000000001|BankName=АО «АЛЬФА-БАНК», г. Санкт-Петербург"
        "|BIC=044030786|CorrespAcc=30101810600000000786|PayeeINN=7800000010|KPP=780001001|Sum=4235050"
        "|Purpose=Оплата по счету № СЧ-2026-00127 от 09.02.2026"
    )


def test_windows_1251_is_announced_and_shorter():
    payload = gost_payload(PAYMENT, "windows-1251")
    assert payload.startswith(b"ST00011|")
    assert fields(payload, "windows-1251") == fields(gost_payload(PAYMENT))
    assert len(payload) < len(gost_payload(PAYMENT))


def test_a_letter_that_windows_1251_lacks_is_refused():
    with pytest.raises(PaymentQRError, match="windows-1251"):
        gost_payload(replace(PAYMENT, name="ТОО «Қазақ»"), "windows-1251")


def test_the_separator_is_a_sign_that_no_value_contains():
    payload = gost_payload(replace(PAYMENT, purpose="Счет 1|2 #3")).decode()
    assert payload.startswith("ST00012;Name=")
    assert fields(payload.encode())["Purpose"] == "Счет 1|2 #3"
    with pytest.raises(PaymentQRError, match="separate"):
        gost_payload(replace(PAYMENT, purpose="|#;~^$&@!%*_"))


def test_line_feeds_and_runs_of_spaces_become_one_space():
    told = fields(gost_payload(replace(PAYMENT, name=" ООО\n «Линия\t\t тепла» ", purpose=" a\r\n b ")))
    assert (told["Name"], told["Purpose"]) == ("ООО «Линия тепла»", "a b")


def test_empty_optional_fields_are_left_out():
    told = fields(gost_payload(replace(PAYMENT, inn="", kpp="", amount=None, purpose="")))
    assert list(told) == ["Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"]


def test_a_long_legal_form_gives_way_before_the_name_itself():
    name = "Общество с ограниченной ответственностью «Северо-Западная компания по ремонту и обслуживанию вентиляции»"
    told = fields(gost_payload(replace(PAYMENT, name=name)))
    assert told["Name"] == "ООО «Северо-Западная компания по ремонту и обслуживанию вентиляции»"


@given(
    st.text(min_size=1, max_size=400).filter(str.strip),
    st.text(max_size=400),
    st.text(min_size=1, max_size=90).filter(str.strip),
)
def test_no_text_outgrows_its_field(name, purpose, bank):
    try:
        payload = gost_payload(replace(PAYMENT, name=name, purpose=purpose, bank_name=bank))
    except PaymentQRError:
        return
    told = fields(payload)
    assert 0 < len(told["Name"]) <= 160
    assert len(told["BankName"]) <= 45
    assert len(told.get("Purpose", "")) <= 210
    assert len("|".join(f"{k}={v}" for k, v in list(told.items())[:5]).encode()) <= 300
    assert told["PersonalAcc"] == PAYMENT.account


@given(st.lists(st.text("абвгд", min_size=1, max_size=12), min_size=40, max_size=80))
def test_a_long_purpose_is_cut_after_a_whole_word(words):
    told = fields(gost_payload(replace(PAYMENT, purpose=" ".join(words))))["Purpose"].split(" ")
    assert told == words[: len(told)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"bic": "4403078"},
        {"account": "40702810500000000001"},
        {"account": ""},
        {"correspondent_account": "30101810600000000787"},
        {"name": " "},
        {"bank_name": ""},
        {"amount": Money(100, "USD")},
        {"amount": Money(0, "RUB")},
        {"amount": Money(-1, "RUB")},
    ],
)
def test_facts_that_no_bank_would_take_make_no_code(wrong):
    with pytest.raises(PaymentQRError):
        gost_payload(replace(PAYMENT, **wrong))


def test_a_treasury_account_may_have_no_correspondent_account():
    treasury = replace(PAYMENT, account="03100643000000017300", bic="014030106", correspondent_account="")
    assert fields(gost_payload(treasury))["CorrespAcc"] == "0"


def test_a_sepa_code_has_its_lines_in_order_and_none_empty_at_the_end():
    assert epc_payload(TRANSFER).decode().split("\n") == [
        *("BCD", "002", "1", "SCT", "", "Nordlicht Beratung GmbH", "DE89370400440532013000", "EUR123.45"),
        *("", "", "Invoice 17"),
    ]
    referred = replace(TRANSFER, text="", reference="RF18539007547034", bic="COBADEFFXXX")
    assert epc_payload(referred).decode().split("\n")[4:] == [
        *("COBADEFFXXX", "Nordlicht Beratung GmbH", "DE89370400440532013000", "EUR123.45", "", "RF18539007547034"),
    ]


@given(st.text(min_size=1, max_size=200), st.text(max_size=300))
def test_a_sepa_code_stays_within_its_limits(name, text):
    try:
        payload = epc_payload(replace(TRANSFER, name=name, text=text))
    except PaymentQRError:
        return
    lines = payload.decode().split("\n")
    assert len(payload) <= 331
    assert len(lines) <= 11
    assert 0 < len(lines[5]) <= 70
    assert len(lines[10] if len(lines) > 10 else "") <= 140


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": "DE88370400440532013000"},
        {"amount": Money(100, "RUB")},
        {"amount": Money(0, "EUR")},
        {"amount": Money(10**11, "EUR")},
        {"name": "\n"},
        {"reference": "RF18539007547034"},
    ],
)
def test_facts_outside_sepa_make_no_code(wrong):
    with pytest.raises(PaymentQRError):
        epc_payload(replace(TRANSFER, **wrong))
