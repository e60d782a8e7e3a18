"""Check digits: facts of public registers, and properties that must hold for every number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.requisites import (
    Problem,
    check_account,
    check_bic,
    check_correspondent_account,
    check_iban,
    check_inn,
    check_kpp,
    check_ogrn,
    compact,
    short_legal_form,
)

SBERBANK = "044525225"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


@pytest.mark.parametrize("inn", ["7707083893", "7830002293", "500100732259", "9909001382"])
def test_inns_of_public_registers_pass(inn):
    assert check_inn(inn) is None


@pytest.mark.parametrize(
    ("inn", "problem"),
    [
        ("7707083894", Problem.INN_CHECK_DIGIT),
        ("500100732258", Problem.INN_CHECK_DIGIT),
        ("500100732269", Problem.INN_CHECK_DIGIT),
        ("770708389", Problem.INN_FORM),
        ("77070838934", Problem.INN_FORM),
        ("0000000000", Problem.INN_FORM),
        ("000000000000", Problem.INN_FORM),
        ("77O7083893", Problem.INN_FORM),
        ("٧٧٠٧٠٨٣٨٩٣", Problem.INN_FORM),
        ("", Problem.INN_FORM),
        ("12345", Problem.INN_FORM),
    ],
)
def test_a_wrong_inn_is_told_by_its_code(inn, problem):
    assert check_inn(inn) is problem


def test_a_foreign_company_may_have_a_code_of_five_digits():
    assert check_inn("12345", foreign=True) is None
    assert check_inn("7707083893", foreign=True) is None
    assert check_inn("123456", foreign=True) is Problem.INN_FORM


@given(digits(9))
def test_nine_digits_have_exactly_one_check_digit(head):
    good = [d for d in "0123456789" if check_inn(head + d) is None]
    assert len(good) == (1 if head.strip("0") else 0)


@given(digits(10))
def test_ten_digits_have_exactly_one_pair_of_check_digits(head):
    good = [f"{n:02}" for n in range(100) if check_inn(f"{head}{n:02}") is None]
    assert len(good) == (1 if head.strip("0") else 0)


@pytest.mark.parametrize("kpp", ["773601001", "7736AB001", "997950001"])
def test_kpp_has_digits_with_perhaps_letters_in_the_middle(kpp):
    assert check_kpp(kpp) is None


@pytest.mark.parametrize("kpp", ["0", "77360100", "7736010011", "7736ab001", "A73601001"])
def test_a_malformed_kpp_is_told(kpp):
    assert check_kpp(kpp) is Problem.KPP_FORM


@pytest.mark.parametrize("ogrn", ["1027700132195", "1037739010891", "304500116000157"])
def test_registration_numbers_of_public_registers_pass(ogrn):
    assert check_ogrn(ogrn) is None


@pytest.mark.parametrize(
    ("ogrn", "problem"),
    [
        ("1027700132196", Problem.OGRN_CHECK_DIGIT),
        ("304500116000158", Problem.OGRN_CHECK_DIGIT),
        ("10277001321950", Problem.OGRN_FORM),
        ("0" * 13, Problem.OGRN_FORM),
    ],
)
def test_a_wrong_registration_number_is_told_by_its_code(ogrn, problem):
    assert check_ogrn(ogrn) is problem


@given(digits(12).filter(lambda head: head.strip("0")))
def test_twelve_digits_have_exactly_one_ogrn(head):
    assert sum(check_ogrn(head + d) is None for d in "0123456789") == 1


@pytest.mark.parametrize("bic", [SBERBANK, "014030106", "004525988"])
def test_bic_of_banks_treasury_and_other_participants_pass(bic):
    assert check_bic(bic) is None


@pytest.mark.parametrize("bic", ["", "44525225", "0445252255", "144525225", "SABRRUMM"])
def test_a_malformed_bic_is_told(bic):
    assert check_bic(bic) is Problem.BIC_FORM


def test_the_correspondent_account_of_a_bank_passes():
    assert check_correspondent_account("30101810400000000225", SBERBANK) is None


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        ("30101810500000000225", Problem.ACCOUNT_KEY),
        ("30101810400000000226", Problem.CORRESPONDENT_BIC),
        ("40702810400000000225", Problem.CORRESPONDENT_FORM),
        ("3010181040000000022", Problem.CORRESPONDENT_FORM),
    ],
)
def test_a_wrong_correspondent_account_is_told_by_its_code(account, problem):
    assert check_correspondent_account(account, SBERBANK) is problem


def test_without_a_good_bic_only_the_form_of_an_account_is_checked():
    assert check_account("40702810000000000001", "") is None
    assert check_correspondent_account("30101810400000000225", "") is None
    assert check_account("4070281000000000000", "") is Problem.ACCOUNT_FORM


@given(digits(9), digits(9), st.sampled_from([SBERBANK, "044030653", "044525000", "040173001"]))
def test_an_account_has_exactly_one_key_digit(head, tail, bic):
    start = "40702" + head[:3]
    assert sum(check_account(f"{start}{key}{head[3:]}{tail[:5]}", bic) is None for key in "0123456789") == 1


@given(st.data(), digits(14))
def test_any_one_mistyped_digit_of_an_account_is_found(data, tail):
    good = next(
        account for key in "0123456789" if check_account(account := f"40702{tail[:3]}{key}{tail[3:]}", SBERBANK) is None
    )
    place = data.draw(st.integers(0, 19))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != good[place]]))
    wrong = good[:place] + other + good[place + 1 :]
    expected = Problem.ACCOUNT_KEY_TREASURY if wrong.startswith(("03", "40102")) else Problem.ACCOUNT_KEY
    assert check_account(wrong, SBERBANK) is expected


@given(digits(14), st.sampled_from(list(zip("ABCEHKMPTX", "АВСЕНКМРТХ", "0123456789", strict=True))))
def test_a_letter_of_a_clearing_currency_counts_as_its_digit_in_both_alphabets(rest, spellings):
    latin, cyrillic, digit = spellings
    results = {check_account(f"40702{sixth}{rest}", SBERBANK) for sixth in (latin, cyrillic, digit)}
    assert len(results) == 1


def test_a_treasury_account_with_a_wrong_key_only_warns():
    problem = check_account("03100643000000017300", "014030106")
    assert problem is None or problem.only_warns
    wrong = [check_account(f"0310064{key}000000017300", "014030106") for key in "0123456789"]
    assert {p.only_warns for p in wrong if p} == {True}
    single = [check_correspondent_account(f"40102{n:015}", "014030106") for n in range(10)]
    assert {p.only_warns for p in single if p} == {True}
    assert not Problem.ACCOUNT_KEY.only_warns


@pytest.mark.parametrize("iban", ["GB82WEST12345698765432", "DE89370400440532013000", "KZ86125KZT5004100100"])
def test_published_ibans_pass(iban):
    assert check_iban(iban) is None


@pytest.mark.parametrize(
    ("iban", "problem"),
    [
        ("GB82WEST12345698765433", Problem.IBAN_CHECK_DIGITS),
        ("DE88370400440532013000", Problem.IBAN_CHECK_DIGITS),
        ("DE8937040044053201300", Problem.IBAN_CHECK_DIGITS),
        ("40702810000000000001", Problem.IBAN_FORM),
        ("GB82", Problem.IBAN_FORM),
    ],
)
def test_a_wrong_iban_is_told_by_its_code(iban, problem):
    assert check_iban(iban) is problem


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=11, max_size=30), st.sampled_from(["DE", "KZ", "BY"]))
def test_every_body_has_check_digits_that_pass(body, country):
    assert any(check_iban(f"{country}{n:02}{body}") is None for n in range(2, 99))


@given(st.text(max_size=40), st.text(max_size=12))
def test_no_text_breaks_a_check(value, bic):
    for answer in (check_inn(value), check_kpp(value), check_ogrn(value), check_bic(value), check_iban(value)):
        assert answer is None or isinstance(answer, Problem)
    check_account(value, bic)
    check_correspondent_account(value, bic)


def test_every_problem_has_a_sentence_of_its_own():
    sentences = [problem.message for problem in Problem]
    assert len(set(sentences)) == len(sentences)
    assert {sentence.domain for sentence in sentences} == {"cabinet"}


def test_compact_removes_every_kind_of_space():
    assert compact(" 7707 083\u00a0893\n") == "7707083893"
    assert compact("gb82 west 1234") == "GB82WEST1234"


@pytest.mark.parametrize(
    ("spelled", "short"),
    [
        ('ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "ХОРОШАЯ ТЕНЬ"', 'ООО "ХОРОШАЯ ТЕНЬ"'),
        ("Непубличное акционерное общество «Маяк»", "АО «Маяк»"),
        ("Публичное акционерное общество «Маяк»", "ПАО «Маяк»"),
        ("ООО «Лес и мера»", "ООО «Лес и мера»"),
        ("", ""),
    ],
)
def test_a_spelled_legal_form_is_shortened(spelled, short):
    assert short_legal_form(spelled) == short
