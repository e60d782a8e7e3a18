"""Amounts in words: known sentences, and a reader written independently that must get the number back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.contracts.money import Money
from cabinet.pdf.words import amount_in_words, number_in_words

RUSSIAN = {
    "ноль": 0, "один": 1, "одна": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7,
    "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14,
    "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20,
    "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600,
    "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
RUSSIAN_SCALES = {"тысяч": 3, "миллион": 6, "миллиард": 9, "триллион": 12, "квадриллион": 15, "квинтиллион": 18}
ENGLISH = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
ENGLISH_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15, "quintillion": 18}


def read_russian(words: str) -> int:
    total = group = 0
    for word in words.split():
        scale = next((power for stem, power in RUSSIAN_SCALES.items() if word.startswith(stem)), None)
        if scale is None:
            group += RUSSIAN[word]
        else:
            total, group = total + group * 10**scale, 0
    return total + group


def read_english(words: str) -> int:
    total = group = 0
    for word in words.replace("-", " ").split():
        if word == "hundred":
            group *= 100
        elif word in ENGLISH_SCALES:
            total, group = total + group * 10 ** ENGLISH_SCALES[word], 0
        else:
            group += ENGLISH[word]
    return total + group


@pytest.mark.parametrize(
    ("minor", "currency", "russian", "english"),
    [
        (
            123450,
            "RUB",
            "Одна тысяча двести тридцать четыре рубля 50 копеек",
            "One thousand two hundred thirty-four rubles 50 kopecks",
        ),
        (0, "RUB", "Ноль рублей 00 копеек", "Zero rubles 00 kopecks"),
        (101, "RUB", "Один рубль 01 копейка", "One ruble 01 kopeck"),
        (202, "RUB", "Два рубля 02 копейки", "Two rubles 02 kopecks"),
        (1111, "RUB", "Одиннадцать рублей 11 копеек", "Eleven rubles 11 kopecks"),
        (2100, "RUB", "Двадцать один рубль 00 копеек", "Twenty-one rubles 00 kopecks"),
        (200000, "RUB", "Две тысячи рублей 00 копеек", "Two thousand rubles 00 kopecks"),
        (101_000_000_00, "RUB", "Сто один миллион рублей 00 копеек", "One hundred one million rubles 00 kopecks"),
        (-550, "RUB", "Минус пять рублей 50 копеек", "Minus five rubles 50 kopecks"),
        (200, "UAH", "Две гривны 00 копеек", "Two hryvnias 00 kopecks"),
        (150, "USD", "Один доллар США 50 центов", "One US dollar 50 cents"),
        (2234, "EUR", "Двадцать два евро 34 евроцента", "Twenty-two euros 34 cents"),
        (500, "KZT", "Пять тенге 00 тиынов", "Five tenge 00 tiyn"),
        (1, "JPY", "Одна иена", "One yen"),
        (1005, "KWD", "Один кувейтский динар 005 филсов", "One Kuwaiti dinar 005 fils"),
        (1250, "MAD", "Двенадцать MAD 50/100", "Twelve MAD 50/100"),
        (12, "ISK", "Двенадцать ISK", "Twelve ISK"),
        (12007, "TND", "Двенадцать TND 007/1000", "Twelve TND 007/1000"),
    ],
)
def test_amounts_are_written_as_documents_write_them(minor, currency, russian, english):
    money = Money(minor, currency)
    assert amount_in_words(money, "ru") == russian
    assert amount_in_words(money, "en") == english


@given(st.integers(0, 10**21 - 1) | st.integers(0, 10**6))
def test_the_words_read_back_as_the_number(number):
    assert read_russian(number_in_words(number, "ru")) == number
    assert read_russian(number_in_words(number, "ru", feminine=True)) == number
    assert read_english(number_in_words(number, "en")) == number


@given(st.integers(0, 10**12), st.sampled_from(["RUB", "UAH", "JPY", "KWD", "MAD"]), st.sampled_from(["ru", "en"]))
def test_different_amounts_have_different_words(minor, currency, language):
    assert amount_in_words(Money(minor, currency), language) != amount_in_words(Money(minor + 1, currency), language)


def test_a_number_past_the_scales_is_refused():
    with pytest.raises(ValueError, match="too large"):
        number_in_words(10**21, "ru")
