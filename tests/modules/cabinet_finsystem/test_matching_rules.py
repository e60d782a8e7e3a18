"""What is posted by itself, what is asked, and why: the rules over a small book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.statements.matching.book import (
    Book,
    InvoiceState,
    KnownClient,
    KnownContract,
    LearnedPayer,
    Line,
    OpenInvoice,
    Ours,
)
from cabinet_finsystem.statements.matching.decision import Evidence, Kind, Match, Outcome
from cabinet_finsystem.statements.matching.engine import match

CAPE = KnownClient(1, "ООО «Берёзовый мыс»", "7801000001", "780101001", ("40702810000000000101",))
QUARTER = KnownClient(2, "ООО «Тихий квартал»", "7801000002", "780101001", ("40702810000000000102",))
HEAD = KnownClient(3, "АО «Синий фарватер»", "7801000003", "780101001")
BRANCH = KnownClient(4, "АО «Синий фарватер», филиал", "7801000003", "780201001")
TRADER = KnownClient(5, "ИП Корнеев Артём Павлович", "780100000512")
CLIENTS = (CAPE, QUARTER, HEAD, BRANCH, TRADER)
OURS = Ours(frozenset({"40702810000000000001", "40702810000000000002"}), frozenset({"7800000000"}), ("ООО «Мы»",))
DAY = date(2026, 2, 11)


def invoice(number_id: int, client: KnownClient, number: str, minor: int, **given: Any) -> OpenInvoice:
    day = given.pop("date", date(2026, 2, 3))
    facts = {"due": None, "open_minor": minor, "currency": "RUB", "state": InvoiceState.ISSUED, **given}
    return OpenInvoice(id=number_id, client_id=client.id, number=number, date=day, total_minor=minor, **facts)


def line(purpose: str, minor: int, payer: KnownClient | None = CAPE, **given: Any) -> Line:
    facts: dict[str, Any] = {
        "position": 1,
        "booking_date": DAY,
        "currency": "RUB",
        "counterparty_name": payer.name if payer else "ООО «Некто»",
        "counterparty_inn": payer.inn if payer else "7809999999",
        "counterparty_kpp": payer.kpp if payer else "780901001",
        "counterparty_account": "40702810000000000999",
        **given,
    }
    return Line(amount_minor=minor, purpose=purpose, **facts)


def decide(purpose: str, minor: int, *invoices: OpenInvoice, payer: KnownClient | None = CAPE, **given: Any) -> Match:
    book = {name: given.pop(name) for name in ("contracts", "learned") if name in given}
    (answer,) = match([line(purpose, minor, payer, **given)], Book(CLIENTS, invoices, ours=OURS, **book))
    return answer


def paid(answer: Match) -> dict[int, int]:
    assert answer.outcome is Outcome.SURE
    return {allocation.invoice_id: allocation.minor for allocation in answer.allocations}


def codes(answer: Match) -> list[str]:
    pieces = answer.candidates[0].evidence if answer.candidates else answer.evidence
    return [piece.code for piece in pieces]


TEN, TWENTY = 10_000_00, 20_000_00
FIFTEEN = invoice(15, CAPE, "15", TEN)
SEVENTEEN = invoice(17, CAPE, "17", TWENTY)


def test_a_payer_s_own_invoice_is_paid_by_its_number_and_says_why() -> None:
    answer = decide("Оплата по счету № 15 от 03.02.2026", TEN, FIFTEEN)

    assert paid(answer) == {15: TEN}
    assert (answer.client_id, answer.rule, answer.advance_minor) == (1, "invoice-number", 0)
    assert codes(answer) == ["payer-inn", "invoice-number", "invoice-date", "amount-equals"]


def test_evidence_points_at_the_words_of_the_purpose() -> None:
    purpose = "Оплата по счету № 15 от 03.02.2026"
    answer = decide(purpose, TEN, FIFTEEN)

    spans = {piece.code: purpose[slice(*piece.span)] for piece in answer.evidence if piece.span}

    assert spans == {"invoice-number": "счету № 15", "invoice-date": "03.02.2026"}


@pytest.mark.parametrize(
    ("minor", "allocated", "rest"),
    [
        (30_000_00, {15: TEN, 17: TWENTY}, 0),
        (31_000_00, {15: TEN, 17: TWENTY}, 1_000_00),
        (25_000_00, {15: TEN, 17: 15_000_00}, 0),
        (5_000_00, {15: 5_000_00}, 0),
    ],
)
def test_several_invoices_are_filled_in_the_order_named(minor: int, allocated: dict[int, int], rest: int) -> None:
    answer = decide("Оплата по сч. 15, 17 от 03.02.2026", minor, FIFTEEN, SEVENTEEN)

    assert paid(answer) == allocated
    assert answer.advance_minor == rest


def test_part_of_a_sum_that_fits_the_second_invoice_exactly_is_asked() -> None:
    answer = decide("Оплата по сч. 15, 17", TWENTY, FIFTEEN, SEVENTEEN)

    assert answer.outcome is Outcome.LIKELY
    assert "amount-of-other-invoice" in codes(answer)


@pytest.mark.parametrize("written", ["112", "00112", "СЧ-2026-00112", "cч-2026-112", "2026-112", "112/2026", "112/26"])
def test_a_number_is_known_in_its_short_forms_and_other_spellings(written: str) -> None:
    answer = decide(f"Оплата по сч. {written}", TEN, invoice(1, CAPE, "СЧ-2026-00112", TEN))

    assert paid(answer) == {1: TEN}


@pytest.mark.parametrize(
    "written", ["104", "1125", "12", "112-А", "А-112", "112/7", "1-12", "СЧ-2025-00112", "INX-112"]
)
def test_a_number_that_only_resembles_is_not_the_invoice_s(written: str) -> None:
    answer = decide(f"Оплата по счету № {written}", TEN, invoice(1, CAPE, "СЧ-2026-00112", TEN))

    assert answer.outcome is not Outcome.SURE


@pytest.mark.parametrize(
    ("known", "written"), [("1-12", "112"), ("15-А", "15"), ("15", "15-А"), ("15", "1 5"), ("А-15", "Б-15")]
)
def test_parts_of_a_number_are_not_the_number(known: str, written: str) -> None:
    assert decide(f"счет № {written} аренда", TEN - 1, invoice(1, CAPE, known, TEN)).outcome is not Outcome.SURE


def test_a_letter_apart_belongs_to_the_number_that_has_it() -> None:
    plain, lettered = invoice(1, CAPE, "15", TEN), invoice(2, CAPE, "15-А", TEN)

    assert paid(decide("счет № 15 А от 03.02.2026", TEN, plain, lettered)) == {2: TEN}


def test_the_date_tells_invoices_of_two_years_apart() -> None:
    old = invoice(14, CAPE, "15", TWENTY, date=date(2025, 3, 1))

    assert paid(decide("Оплата по счету 15 от 01.03.25", 5_00, FIFTEEN, old)) == {14: 5_00}


def test_without_a_date_only_the_exact_amount_tells_two_years_apart() -> None:
    old = invoice(14, CAPE, "15", TWENTY, date=date(2025, 3, 1))

    assert paid(decide("Оплата по счету 15", TWENTY, FIFTEEN, old)) == {14: TWENTY}
    assert decide("Оплата по счету 15", 5_00, FIFTEEN, old).outcome is Outcome.LIKELY


def test_last_year_s_date_does_not_pay_this_year_s_invoice() -> None:
    answer = decide("Оплата по счету 15 от 03.02.2025", TEN, FIFTEEN)

    assert answer.outcome is Outcome.LIKELY
    assert "invoice-other-year" in codes(answer)


def test_another_invoice_s_date_beside_the_number_is_asked() -> None:
    other = invoice(16, CAPE, "16", TEN, date=date(2026, 2, 5))

    assert "date-of-other-invoice" in codes(decide("счет 15 от 05.02.2026", TEN, FIFTEEN, other))


@pytest.mark.parametrize(
    ("state", "code"),
    [(InvoiceState.PAID, "invoice-paid"), (InvoiceState.VOID, "invoice-void"), (InvoiceState.DRAFT, "invoice-draft")],
)
def test_what_is_not_payable_takes_no_money(state: InvoiceState, code: str) -> None:
    closed = invoice(15, CAPE, "15", TEN, state=state, open_minor=0 if state is InvoiceState.PAID else TEN)

    answer = decide("Оплата по счету 15", TEN, closed)

    assert answer.outcome is not Outcome.SURE
    assert code in [piece.code for candidate in answer.candidates for piece in candidate.evidence] + [
        piece.code for piece in answer.evidence
    ]


def test_an_overpayment_pays_the_invoice_and_leaves_the_rest_on_the_balance() -> None:
    answer = decide("Оплата по счету 15", 12_345_67, FIFTEEN)

    assert paid(answer) == {15: TEN}
    assert answer.advance_minor == 2_345_67


@pytest.mark.parametrize(("asked", "part"), [(700_00, 700_00), (1_200_00, 1_000_00)])
def test_a_payer_who_goes_by_the_paper_before_its_correction_is_understood(asked: int, part: int) -> None:
    corrected = invoice(15, CAPE, "15", asked, original_minor=1_000_00)
    answer = decide("Оплата по счету № 15 от 03.02.2026", 1_000_00, corrected)
    assert answer.outcome is Outcome.SURE
    assert [(one.invoice_id, one.minor) for one in answer.allocations] == [(15, part)]
    assert "amount-before-correction" in {piece.code for piece in answer.evidence}
    plain = decide("Оплата по счету № 15 от 03.02.2026", 1_000_00, invoice(15, CAPE, "15", asked))
    assert "amount-before-correction" not in {piece.code for piece in plain.evidence}


def test_an_overpayment_by_just_what_another_invoice_owes_is_asked() -> None:
    answer = decide("Оплата по счету 15", 30_000_00, FIFTEEN, SEVENTEEN)

    assert answer.outcome is Outcome.LIKELY
    assert "rest-of-other-invoice" in codes(answer)


def test_the_amount_of_another_invoice_speaks_against_the_number() -> None:
    assert "amount-of-other-invoice" in codes(decide("Оплата по счету 17", TEN, FIFTEEN, SEVENTEEN))


def test_numbers_with_a_sign_further_on_are_taken_when_all_together_fit() -> None:
    purpose = "Оплата по счету № 15 за март, № 17 за апрель"

    assert paid(decide(purpose, 30_000_00, FIFTEEN, SEVENTEEN)) == {15: TEN, 17: TWENTY}


def test_a_range_is_taken_when_its_sum_fits() -> None:
    invoices = [invoice(n, CAPE, str(n), n * 100_00) for n in (12, 13, 14, 15)]

    assert set(paid(decide("счета №№ 12-15", 54 * 100_00, *invoices))) == {12, 13, 14, 15}
    assert set(paid(decide("по счетам с 12 по 15", 54 * 100_00, *invoices))) == {12, 13, 14, 15}
    assert decide("счета №№ 12-15", 50 * 100_00, *invoices).outcome is Outcome.LIKELY


def test_a_number_with_a_dash_is_a_number_before_it_is_a_range() -> None:
    whole = invoice(1, CAPE, "12-15", TEN)
    parts = [invoice(n, CAPE, str(n), n * 100_00) for n in (12, 15)]

    assert paid(decide("счет № 12-15", TEN, whole, *parts)) == {1: TEN}


def test_a_date_with_the_month_first_proves_nothing_by_itself() -> None:
    other = invoice(15, CAPE, "15", TEN, date=date(2026, 4, 6))

    assert decide("счет 15 от 04.06.2026", 5_00, other, booking_date=date(2026, 6, 9)).outcome is Outcome.LIKELY
    assert paid(decide("счет 15 от 04.06.2026", TEN, other, booking_date=date(2026, 6, 9))) == {15: TEN}


def test_an_unknown_number_in_the_list_is_asked() -> None:
    answer = decide("Оплата по счетам № 15, № 99", 40_000_00, FIFTEEN)

    assert answer.outcome is Outcome.LIKELY
    assert "invoice-unknown" in codes(answer)


def test_a_quantity_in_the_list_does_not_take_money_from_the_first_invoice() -> None:
    assert paid(decide("Оплата по сч. 15, 17 коробок", TEN, FIFTEEN, SEVENTEEN)) == {15: TEN}
    assert decide("Оплата по сч. 15, 17 коробок", 11_000_00, FIFTEEN, SEVENTEEN).outcome is Outcome.LIKELY


def test_the_contract_s_number_is_not_the_invoice_s() -> None:
    answer = decide("Оплата по договору 15 от 13.03.2023", TEN, FIFTEEN)

    assert answer.outcome is Outcome.LIKELY
    assert answer.rule == "amount-alone"


def test_the_contract_beside_the_number_is_shown_as_evidence() -> None:
    contracts = (KnownContract(1, CAPE.id, "ТО-18/25", date(2025, 1, 9)),)

    answer = decide("сч. 15 по дог ТО-18/25", TEN, FIFTEEN, contracts=contracts)

    assert paid(answer) == {15: TEN}
    assert "contract-number" in codes(answer)


def test_another_client_s_contract_is_asked() -> None:
    contracts = (KnownContract(1, QUARTER.id, "ТО-18/25", date(2025, 1, 9)),)

    answer = decide("сч. 15 по дог ТО-18/25", TEN, FIFTEEN, contracts=contracts)

    assert "contract-of-other-client" in codes(answer)
    assert answer.outcome is Outcome.LIKELY


def test_an_amount_alone_is_proposed_not_posted() -> None:
    answer = decide("Оплата за услуги", TEN, FIFTEEN, SEVENTEEN)

    assert (answer.outcome, answer.rule) == (Outcome.LIKELY, "amount-alone")
    assert [allocation.invoice_id for allocation in answer.allocations] == [15]


def test_a_payer_that_names_nothing_is_proposed_for_the_balance() -> None:
    answer = decide("Предоплата", 777_00, FIFTEEN)

    assert (answer.outcome, answer.client_id, answer.allocations) == (Outcome.LIKELY, CAPE.id, ())
    assert answer.advance_minor == 777_00


def test_a_stranger_who_names_a_client_s_invoice_is_asked_with_that_client_proposed() -> None:
    answer = decide("Оплата за ООО Березовый мыс по сч. 15", TEN, FIFTEEN, payer=None)

    assert (answer.outcome, answer.rule, answer.client_id) == (Outcome.LIKELY, "third-party", CAPE.id)
    assert {"client-named", "invoice-number", "amount-equals", "payer-unknown"} <= set(codes(answer))


def test_another_client_s_number_is_asked_though_the_amount_is_the_payer_s() -> None:
    foreign = invoice(21, QUARTER, "21", TWENTY)

    answer = decide("Оплата по счету 21 от 03.02.2026", TEN, FIFTEEN, foreign)

    assert answer.outcome is Outcome.LIKELY
    assert {candidate.client_id for candidate in answer.candidates} == {CAPE.id, QUARTER.id}


@pytest.mark.parametrize("behalf", ["за ООО «Тихий квартал»", "ИНН 7801000002", "за ИП Сидорова", "за третье лицо"])
def test_paying_for_somebody_else_is_asked_though_the_number_is_the_payer_s(behalf: str) -> None:
    twin = invoice(16, QUARTER, "15", TEN)

    assert decide(f"Оплата по счету 15 {behalf}", TEN, FIFTEEN, twin).outcome is Outcome.LIKELY


def test_naming_oneself_or_us_is_no_third_party() -> None:
    purpose = "ООО «Берёзовый мыс» оплата по счету 15, услуги ООО «Мы», ИНН 7800000000"

    assert paid(decide(purpose, TEN, FIFTEEN)) == {15: TEN}


def test_an_account_on_the_card_stands_for_a_missing_tax_number() -> None:
    given = {"counterparty_inn": "0", "counterparty_account": CAPE.accounts[0]}

    assert paid(decide("счет 15", TEN, FIFTEEN, **given)) == {15: TEN}


def test_an_account_of_another_client_is_asked() -> None:
    answer = decide("счет 15", TEN, FIFTEEN, counterparty_account=QUARTER.accounts[0])

    assert "payer-account-of-other" in codes(answer)
    assert answer.outcome is Outcome.LIKELY


@pytest.mark.parametrize("account", ["30232810000000000001", "40817810000000000001", "47422810000000000001"])
def test_a_bank_s_tax_number_is_not_the_payer_s(account: str) -> None:
    assert decide("счет 15 от 03.02.2026", TEN, FIFTEEN, counterparty_account=account).outcome is not Outcome.SURE


def test_a_person_without_a_tax_number_is_asked_by_name() -> None:
    own = invoice(1, TRADER, "15", TEN)
    given = {"counterparty_inn": "", "counterparty_name": "Корнеев Артём Павлович"}

    answer = decide("счет 15 от 03.02.2026", TEN, own, payer=None, **given)

    assert (answer.outcome, answer.client_id) == (Outcome.LIKELY, TRADER.id)


def test_the_branch_is_told_by_its_kpp() -> None:
    head, branch = invoice(1, HEAD, "15", TEN), invoice(2, BRANCH, "15", TEN)

    assert decide("счет 15", TEN, head, branch, payer=BRANCH).outcome is Outcome.LIKELY
    assert paid(decide("счет 16", TEN, head, invoice(3, BRANCH, "16", TEN), payer=BRANCH)) == {3: TEN}


def test_a_number_of_the_other_branch_is_asked() -> None:
    answer = decide("счет 15", TEN, invoice(1, HEAD, "15", TEN), payer=BRANCH)

    assert "payer-other-branch" in codes(answer)


def test_without_a_kpp_the_number_of_one_branch_needs_the_date_or_the_amount() -> None:
    own = invoice(2, BRANCH, "15", TEN)

    assert paid(decide("счет 15", TEN, own, payer=BRANCH, counterparty_kpp="")) == {2: TEN}
    assert decide("счет 15", 1_00, own, payer=BRANCH, counterparty_kpp="").outcome is Outcome.LIKELY


LEARNED = LearnedPayer("40702810000000000999", "7809999999", CAPE.id, 3)


def test_a_learned_payer_who_names_the_invoice_is_posted_with_the_date_or_the_amount() -> None:
    assert paid(decide("счет 15", TEN, FIFTEEN, payer=None, learned=[LEARNED])) == {15: TEN}
    assert decide("счет 15", 1_00, FIFTEEN, payer=None, learned=[LEARNED]).outcome is Outcome.LIKELY


def test_a_learned_account_alone_is_never_proof() -> None:
    answer = decide("Оплата за услуги", TEN, FIFTEEN, payer=None, learned=[LEARNED])

    assert (answer.outcome, answer.client_id) == (Outcome.LIKELY, CAPE.id)


def test_a_treasury_that_pays_for_several_clients_is_asked_when_both_have_the_number() -> None:
    learned = [LEARNED, replace(LEARNED, client_id=QUARTER.id)]
    twin = invoice(16, QUARTER, "15", TEN)

    assert decide("счет 15 от 03.02.2026", TEN, FIFTEEN, twin, payer=None, learned=learned).outcome is Outcome.LIKELY


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        ("Возврат оплаты по счету 15 от 03.02.2026", Kind.REFUND),
        ("Предоставление займа, счет 15", Kind.LOAN),
        ("Возмещение по эквайрингу, сч. 15", Kind.AGGREGATOR),
        ("Перечисление за 22 заказа по реестру №15", Kind.AGGREGATOR),
        ("Взнос наличными по сч. 15", Kind.CASH),
        ("Пополнение ЕНС", Kind.TAX),
    ],
)
def test_what_is_no_payment_by_nature_never_credits_a_client(purpose: str, kind: Kind) -> None:
    answer = decide(purpose, TEN, FIFTEEN)

    assert answer.kind is kind
    assert answer.outcome is not Outcome.SURE
    assert answer.allocations == ()


def test_a_penalty_for_an_invoice_does_not_pay_it() -> None:
    assert decide("Пени за просрочку по счету 15 от 03.02.2026", 500_00, FIFTEEN).outcome is Outcome.LIKELY


def test_money_between_our_own_accounts_is_a_transfer() -> None:
    answer = decide("счет 15", TEN, FIFTEEN, counterparty_account="40702810000000000002")

    assert (answer.outcome, answer.kind, answer.client_id) == (Outcome.SURE, Kind.OWN_TRANSFER, None)


def test_our_tax_number_on_an_unknown_account_is_only_likely_a_transfer() -> None:
    answer = decide("счет 15", TEN, FIFTEEN, counterparty_inn="7800000000")

    assert (answer.outcome, answer.kind) == (Outcome.LIKELY, Kind.OWN_TRANSFER)


def test_a_repeat_waits_and_touches_no_invoice() -> None:
    first = line("счет 15", 4_000_00)
    lines = [first, replace(first, position=2, repeat_of="74"), replace(first, position=3, purpose="счет № 15")]

    one, repeat, third = match(lines, Book(CLIENTS, [FIFTEEN], ours=OURS))

    assert (one.outcome, third.outcome) == (Outcome.SURE, Outcome.SURE)
    assert (repeat.outcome, repeat.rule) == (Outcome.LIKELY, "repeat")
    assert "repeat-of" in codes(repeat)


def test_an_invoice_is_not_paid_twice_in_one_file() -> None:
    lines = [line("счет 15", TEN, position=n) for n in (1, 2)]

    first, second = match(lines, Book(CLIENTS, [FIFTEEN]))

    assert paid(first) == {15: TEN}
    assert second.outcome is Outcome.LIKELY


def test_lines_are_decided_by_date_and_answered_in_their_order() -> None:
    late, early = line("счет 15", TEN, booking_date=date(2026, 2, 12)), line("сч 15", TEN, position=2)

    answers = match([late, early], Book(CLIENTS, [FIFTEEN]))

    assert [answer.outcome for answer in answers] == [Outcome.LIKELY, Outcome.SURE]


def test_another_currency_is_asked() -> None:
    assert "currency-differs" in codes(decide("счет 15", TEN, invoice(15, CAPE, "15", TEN, currency="USD")))


def test_money_to_another_legal_entity_of_ours_is_asked() -> None:
    other = invoice(15, CAPE, "15", TEN, legal_entity_id=2)

    assert "other-legal-entity" in codes(decide("счет 15", TEN, other, legal_entity_id=1))
    assert paid(decide("счет 15", TEN, other, legal_entity_id=2)) == {15: TEN}


def test_money_sent_back_to_a_client_is_a_likely_refund() -> None:
    answer = decide("Возврат излишне уплаченного по счету 15", -TEN, FIFTEEN)

    assert (answer.outcome, answer.kind, answer.client_id) == (Outcome.LIKELY, Kind.REFUND, CAPE.id)


def test_nothing_known_is_left_unsorted() -> None:
    answer = decide("Оплата", 1_00, payer=None)

    assert (answer.outcome, answer.rule, answer.candidates) == (Outcome.NONE, "unsorted", ())


def test_a_zero_line_is_left_unsorted() -> None:
    assert decide("счет 15", 0, FIFTEEN).outcome is Outcome.NONE


def test_a_crowd_of_numbers_is_asked_however_long() -> None:
    assert decide("счет 15, " * 5_000, TEN, FIFTEEN).outcome is not Outcome.SURE


_NUMBERS = st.sampled_from(["15", "17", "СЧ-2026-00112", "12-15", "Д007", "15-А", "3/2026"])


@given(
    st.lists(
        st.tuples(_NUMBERS, st.sampled_from(CLIENTS), st.integers(1, 50), st.sampled_from(InvoiceState)), max_size=6
    ),
    st.lists(
        st.tuples(st.text(max_size=8) | _NUMBERS, st.sampled_from([*CLIENTS, None]), st.integers(-60, 60)), max_size=6
    ),
)
def test_whatever_comes_no_invoice_is_overpaid_and_every_sum_adds_up(
    known: list[tuple[str, KnownClient, int, InvoiceState]], came: list[tuple[str, KnownClient | None, int]]
) -> None:
    invoices = [
        invoice(n, client, number, minor, state=state) for n, (number, client, minor, state) in enumerate(known)
    ]
    lines = [line(f"счет {number} и 17", minor, payer, position=n) for n, (number, payer, minor) in enumerate(came)]

    answers = match(lines, Book(CLIENTS, invoices, ours=OURS))

    taken: dict[int, int] = {}
    for answer, came_line in zip(answers, lines, strict=True):
        if answer.outcome is Outcome.SURE and answer.kind is Kind.PAYMENT:
            assert sum(a.minor for a in answer.allocations) + answer.advance_minor == came_line.amount_minor
            for allocation in answer.allocations:
                taken[allocation.invoice_id] = taken.get(allocation.invoice_id, 0) + allocation.minor
                assert invoices[allocation.invoice_id].client_id == answer.client_id
                assert invoices[allocation.invoice_id].payable
    assert all(minor <= invoices[paid_id].open_minor for paid_id, minor in taken.items())


def test_evidence_survives_its_storage() -> None:
    answer = decide("Оплата по счету № 15 от 03.02.2026", 12_000_00, FIFTEEN)

    assert [Evidence.from_json(piece.to_json()) for piece in answer.evidence] == list(answer.evidence)


def test_nothing_is_put_onto_a_client_whose_finance_is_switched_off_nor_onto_another_instead() -> None:
    bill = invoice(1, CAPE, "15", 10_000_00)
    twin = invoice(2, QUARTER, "15", 10_000_00)
    told = line("Оплата по счету № 15 от 03.02.2026", 10_000_00)
    (before,) = match([told], Book(CLIENTS, (bill, twin), ours=OURS))
    assert (before.outcome, before.client_id) == (Outcome.SURE, CAPE.id)
    (closed,) = match([told], Book(CLIENTS, (bill, twin), ours=OURS, closed={CAPE.id}))
    assert (closed.outcome, closed.client_id, closed.allocations) == (Outcome.NONE, None, ())
    assert CAPE.id not in {one.client_id for one in closed.candidates}
