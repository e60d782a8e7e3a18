"""What accountants write beside an invoice's number, and what of it pays that invoice: one test for each way of saying it."""

from __future__ import annotations

from datetime import date

import pytest

from cabinet_finsystem.statements.matching.book import Book, KnownClient, Line, OpenInvoice
from cabinet_finsystem.statements.matching.decision import Match, Outcome
from cabinet_finsystem.statements.matching.engine import match

CLIENT = KnownClient(1, "ООО «Берёзовый мыс»", "7801000001", "", ("40702810000000000101",))
SCHOOL = KnownClient(2, "МБОУ СОШ № 5", "7801000002", "", ("03234643000000000101",))
GARDEN = KnownClient(3, "МБДОУ № 7", "7801000003", "", ("03234643000000000101", "40702810000000000103"))
CLIENTS = (CLIENT, SCHOOL, GARDEN)
DAY, EARLIER = date(2026, 2, 3), date(2026, 1, 12)
TEN, TWENTY = 10_000_00, 20_000_00


def invoice(number_id: int, number: str, minor: int, *, day: date = DAY, owner: KnownClient = CLIENT) -> OpenInvoice:
    return OpenInvoice(number_id, owner.id, number, day, None, minor, minor, "RUB")


FIFTEEN, SEVENTEEN = invoice(15, "15", TEN), invoice(17, "17", TWENTY, day=EARLIER)


def decide(purpose: str, minor: int, *invoices: OpenInvoice, payer: KnownClient = CLIENT, account: str = "") -> Match:
    line = Line(
        1,
        date(2026, 2, 11),
        minor,
        "RUB",
        purpose,
        payer.name,
        payer.inn,
        counterparty_account=account or "40702810999",
    )
    [answer] = match([line], Book(CLIENTS, invoices or (FIFTEEN, SEVENTEEN)))
    return answer


def paid(answer: Match) -> dict[int, int]:
    assert answer.outcome is Outcome.SURE
    return {allocation.invoice_id: allocation.minor for allocation in answer.allocations}


def asked(answer: Match) -> set[str]:
    assert answer.outcome is not Outcome.SURE
    return {piece.code for candidate in answer.candidates for piece in candidate.evidence}


@pytest.mark.parametrize(
    "purpose",
    [
        "Пени за просрочку оплаты счета № 15 от 03.02.2026",
        "Неустойка по претензии 778 (счет 15 от 03.02.2026)",
        "Штраф по договору № 9, сч. № 15",
        "Оплата сч. 15 от 03.02.2026 - 9000-00, пени 1000-00 руб.",
        "Проценты за пользование чужими денежными средствами, счет 15 от 03.02.2026",
        "Оплата процентов по счету 15",
        "Late payment interest, invoice No 15 of 03.02.2026",
        "Penalty for invoice 15",
    ],
)
def test_a_penalty_never_settles_the_invoice_it_is_for_though_the_sum_fits(purpose: str) -> None:
    assert "penalty" in asked(decide(purpose, TEN))


@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата задолженности, кроме счета № 15",
        "Погашение долга за исключением счета №15",
        "Оплата за услуги без учета сч. 15",
        "Оплата аванса. Счет 15 не оплачивается до устранения замечаний",
        "Аванс. Счет № 15 аннулирован",
        "взамен счета № 15 оплата за услуги",
        "Оплата вместо сч. 15",
        "Оплата долга (без счета 15)",
        "Оплата по акту сверки, счет 15 не учтен",
        "Оплата по акту сверки, не включая счет 15",
        "Аванс. Сч. 15 оплатим позже",
        "Payment for services except invoice 15",
    ],
)
def test_an_invoice_named_as_the_one_not_paid_takes_no_money_though_the_sum_fits(purpose: str) -> None:
    assert "invoice-excepted" in asked(decide(purpose, TEN))


def test_what_is_replaced_or_untaxed_is_no_exception() -> None:
    assert paid(decide("счет 15 за установку счетчика взамен вышедшего из строя. НДС не облагается", TEN)) == {15: TEN}
    assert paid(decide("Оплата не оплаченного ранее счета 15, без учета НДС", TEN)) == {15: TEN}
    assert paid(decide("счет 15 не позднее 05.03.2026, без счета-фактуры", TEN)) == {15: TEN}
    assert paid(decide("счет 15 от 03.02.2026 на сумму 10000-00, первая часть", 4_000_00)) == {15: 4_000_00}


@pytest.mark.parametrize("word", ["с/ф", "сч/ф", "сч-ф №", "счет-фактура", "счету-фактуре №"])
def test_a_vat_invoice_s_number_proves_only_together_with_its_date_and_the_exact_amount(word: str) -> None:
    assert "number-of-vat-invoice" in asked(decide(f"Оплата по {word} 15", TEN))
    assert "number-of-vat-invoice" in asked(decide(f"Оплата по {word} 15 от 03.02.2026", TEN - 1))
    assert paid(decide(f"Оплата по {word} 15 от 03.02.2026", TEN)) == {15: TEN}


def test_the_invoice_is_paid_and_not_the_vat_invoice_beside_it() -> None:
    assert paid(decide("Оплата, с/ф 17, по сч. на опл. № 15 от 03.02.2026", TEN)) == {15: TEN}


@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата по счетам: № 15 от 03.02.2026г. - 4 000,00 руб., № 17 от 12.01.2026 - 3000-00 руб. Без НДС",
        "сч. № 15 (4000 р.), № 17 (3000 р.)",
        "по сч. 15 на сумму 4000-00, сч. 17 на сумму 3000-00",
        "Частичная оплата по счетам № 15 в сумме 4000,00; № 17 в сумме 3000,00",
        "Оплата 7000 руб., в т.ч. по сч.15 4000 руб., сч.17 3000 руб.",
        "сч.№15 от 03.02.2026г.(4000-00),№17 от 12.01.2026г.(3000-00)",
        "№№ счетов: сч. 15, 4 000=00, сч. 17, 3 000=00",
        "по сч. 15 (4 т.р.), 17 (3 т.р.)",
    ],
)
def test_a_list_that_says_the_sum_of_each_invoice_is_posted_just_so(purpose: str) -> None:
    assert paid(decide(purpose, 7_000_00)) == {15: 4_000_00, 17: 3_000_00}


def test_two_halves_of_two_equal_invoices_do_not_all_go_onto_the_first() -> None:
    twin = invoice(17, "17", TEN)

    answer = decide("По счетам № 15 - 5 000,00 руб., № 17 - 5000-00 руб.", TEN, FIFTEEN, twin)

    assert paid(answer) == {15: 5_000_00, 17: 5_000_00}


def test_a_list_whose_sums_do_not_add_up_or_are_more_than_is_owed_is_asked() -> None:
    assert "amounts-as-said-differ" in asked(decide("сч. 15 - 4000-00, 17 - 3000-00", 8_000_00))
    assert "amounts-as-said-differ" in asked(decide("сч. 15 - 11000-00, 17 - 3000-00", 14_000_00))
    assert "amounts-as-said-differ" in asked(decide("сч. 15 от 03.02.2026 (5000-00) и аванс 2000-00", 7_000_00))
    assert "amounts-as-said-differ" in asked(decide("Оплата сч. 15 - 50%, сч. 17 - 10%", 7_000_00))


def test_a_number_behind_a_sign_that_was_not_understood_is_asked() -> None:
    assert "number-unread" in asked(decide("сч. № 15 за январь, № 18 за март", 4_000_00))
    assert "number-unread" in asked(decide("сч. № 15 за январь, № 17 за март", TEN))
    assert paid(decide("сч. № 15 за январь, № 18 за март", TEN)) == {15: TEN}


def test_a_part_of_a_dated_invoice_is_posted_though_it_equals_what_another_owes() -> None:
    other = invoice(18, "18", 5_000_00, day=EARLIER)

    assert paid(decide("Оплата по счету № 15 от 03.02.2026", 5_000_00, FIFTEEN, other)) == {15: 5_000_00}
    assert "amount-of-other-invoice" in asked(decide("Оплата по счету № 15", 5_000_00, FIFTEEN, other))


def test_a_part_that_equals_a_neighbour_of_the_same_day_needs_a_word_for_a_part() -> None:
    neighbour = invoice(16, "16", 5_000_00)

    assert "amount-of-other-invoice" in asked(decide("сч. № 15 от 03.02.2026", 5_000_00, FIFTEEN, neighbour))
    assert paid(decide("Аванс по сч. № 15 от 03.02.2026", 5_000_00, FIFTEEN, neighbour)) == {15: 5_000_00}


def test_a_share_that_makes_the_amount_tells_a_part_but_a_tax_rate_does_not() -> None:
    other = invoice(16, "16", 2_000_00)

    assert paid(decide("20% по счету № 15", 2_000_00, FIFTEEN, other)) == {15: 2_000_00}
    assert "amount-of-other-invoice" in asked(decide("счет № 15, в т.ч. НДС 20%", 2_000_00, FIFTEEN, other))
    assert "amount-of-other-invoice" in asked(decide("Аванс 30% по сч. № 15 от 03.02.2026", 2_000_00, FIFTEEN, other))


def test_an_overpayment_that_equals_another_invoice_is_asked_though_the_date_agrees() -> None:
    assert "amount-of-other-invoice" in asked(decide("счет № 15 от 03.02.2026", TWENTY))


@pytest.mark.parametrize("written", ["SCH-2026-00112", "sch-2026-112", "SCH-112", "СЧ-2026-00112"])
def test_letters_of_a_number_are_known_as_they_are_spelled_abroad(written: str) -> None:
    own = invoice(1, "СЧ-2026-00112", TEN)

    assert paid(decide(f"PAYMENT FOR INVOICE NO {written} DD 03.02.2026", TEN, own)) == {1: TEN}


def test_letters_spelled_abroad_need_the_date_or_the_exact_amount() -> None:
    own = invoice(1, "ЦБ00-000112", TEN)

    assert paid(decide("INV TSB00-000112 OF 3 Feb 2026", 5_000_00, own)) == {1: 5_000_00}
    assert "amount-differs" in asked(decide("INV TSB00-000112", 5_000_00, own))


def test_a_number_of_a_sole_trader_s_numbering_is_no_third_party() -> None:
    own = invoice(1, "ИП-8926", TEN)

    assert paid(decide("согласно счета от 03.02.2026 за № ИП-8926", TEN, own)) == {1: TEN}
    assert paid(decide("по счету № ИП - 8926 от 03.02.2026", TEN, own)) == {1: TEN}
    assert "third-party" in asked(decide("счет № ИП-8926 за ИП Сидорова", TEN, own))


def test_an_account_that_several_firms_share_says_nothing_against_the_payer_s_own_tax_number() -> None:
    own = invoice(1, "15", TEN, owner=CLIENT)

    assert paid(decide("счет 15", TEN, own, account="03234643000000000101")) == {1: TEN}
    assert "payer-account-of-other" in asked(decide("счет 15", TEN, own, account="40702810000000000103"))
