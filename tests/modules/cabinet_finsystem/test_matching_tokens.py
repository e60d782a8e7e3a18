"""Reading purposes: every spelling of formats.md C4, what is not an invoice's number, and hostile text."""

from __future__ import annotations

import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.statements.matching.folding import fold, fold_any, name_words, number_key
from cabinet_finsystem.statements.matching.mentions import NAMING_TOPICS, Mention
from cabinet_finsystem.statements.matching.tokens import read
from cabinet_finsystem.statements.matching.words import Sign, Strength, Topic

PREFIXES = frozenset(map(fold, ("СЧ", "INV", "Д", "AIPBX")))


def named(purpose: str) -> list[str]:
    """The numbers that a keyword announces as invoices', as they stand in the text."""
    return [purpose[m.start : m.end] for m in mentions(purpose) if m.strength >= Strength.MEDIUM]


def mentions(purpose: str) -> list[Mention]:
    return [m for m in read(purpose, PREFIXES).mentions if m.topic in NAMING_TOPICS]


@pytest.mark.parametrize(
    ("purpose", "numbers"),
    [
        ("Оплата по счету № 68 от 03 марта 2025 г. аренда по договору 105 от 13.03.2023 за апрель 2025г.", ["68"]),
        ("Оплата по счету №1025 от 31.12.2024 г. за бухгалтерское обслуживание, декабрь 2024 г. Без НДС", ["1025"]),
        ("Оплата по счету № Д007127 от 07.02.2025 за воду. В т.ч. НДС 10% — 101,82 руб", ["Д007127"]),
        ("Оплата по счету № Д002523 от 17,01,2025 за воду", ["Д002523"]),
        ("Оплата по счету № 684 от 06.10.25 за хоз.товары. НДС не облагается", ["684"]),
        ("Оплата по счёту №3 от 12 мая 2025г. (Субаренда зала). НДС не облагается.", ["3"]),
        ("Оплата по счету 7 от 7 октября 2025 г за постановку", ["7"]),
        ("Оплата по счёту 305 за услуги", ["305"]),
        ("Счет на оплату №1 от 29.01.2025г. Аренда зала. НДС не облагается.", ["1"]),
        ("прожиг по счету №198 от 21.08.2018 г. в т.ч. НДС 18% - 3 416.95", ["198"]),
        ("Предоплата 50% за ремонт счет 4 от 12.08.2025 НДС не облагается", ["4"]),
        ("Оплата по счету № 199 от 30.04.2026, № 209 от 02.05.2026 за услуги Сумма 76000-00", ["199", "209"]),
        ("Оплата по счету № 00199 от 30.04.2026", ["00199"]),
        ("ОПЛАТА ПО СЧЕТУ №1000001-B24", ["1000001-B24"]),
        ("Оплата по счету №AIPBX-01425 от 22.05.2026, л/с AIPBX-00000095", ["AIPBX-01425"]),
        ("Предоплата по дог. ГПН-18/39000/03564/Р от 29.12.2018 по сч 19-685 от 14.10.2019", ["19-685"]),
        ("{VO10100} Оплата по сч.123", ["123"]),
        ("сч/ф 45 от 01.02.2026", ["45"]),
        ("сч-ф 45", ["45"]),
        ("счет-фактура № 45", ["45"]),
        ("с/ф 45", ["45"]),
        ("по сч. № 17, 18 и 19", ["17", "18", "19"]),
        ("счета №№ 12-15", ["12-15"]),
        ("сч. N 123/2026", ["123/2026"]),
        ("Invoice INV-2026-001", ["INV-2026-001"]),
        ("опл.по сч.№15", ["15"]),
        ("Оплата по счет-договору 15 от 03.02.2026", ["15"]),
        ("Оплата по счету-оферте №15", ["15"]),
        ("Оплата по счету покупателя 17", ["17"]),
        ("Оплаыа по счетам №№ 5269-А, 5271-я, 5199-А", ["5269-А", "5271-я", "5199-А"]),
        ("Оплата по счету 17, 2-я часть", ["17"]),
        ("Оплата по договору-счету №15", ["15"]),
        ("Оплата по сч.15,17,19 от 03.02.2026", ["15", "17", "19"]),
        ("cчетy N68от03.02.2026г.по дог.7", ["68"]),
        ("Payment for invoice no. 15 dated Feb 3, 2026 under contract 7", ["15"]),
        ("Оплата за счет №15", ["15"]),
        ("Счет от 03.02.2026 №15", ["15"]),
        ("счета: 15 (10000-00), 17 (20000-00)", ["15", "17"]),
        ("по счету ?15 от 03.02.2026", ["15"]),
        ("Счет(а) № 15", ["15"]),
        ("счет «15»", ["15"]),
        ("сч15дог16", ["сч15"]),
        ("Оплата по счету № Д 007127", ["Д 007127"]),
        ("Погашение задолженности по счетам с 12 по 15 за март", ["12", "15"]),
        ("Предоплата по сч. на опл. № 15 от 03.02.2026", ["15"]),
        ("по счету для оплаты № 15", ["15"]),
        ("по счету к оплате № 15", ["15"]),
        ("в соответствии со счетом № 15", ["15"]),
        ("по сч. № Д - 007127", ["Д - 007127"]),
        ("сч. № 15 от 03.02.2026 - 81 050,00 руб., № 17 - 3085-00, № 19 (500 р.) и № 21", ["15", "17", "19", "21"]),
        ("по счетам 1023-25, 1024-25 и 1025-26", ["1023-25", "1024-25", "1025-26"]),
        ("по счетам № 1023-25 - 1025-25", ["1023-25", "1025-25"]),
        ("по счетам 101, 1024-25", ["101", "1024-25"]),
        ("сч. № 15 на сумму 5000-00, № 17 в размере 7 000 руб. 50 коп.; № 19", ["15", "17", "19"]),
    ],
)
def test_numbers_of_invoices_are_read_in_every_spelling(purpose: str, numbers: list[str]) -> None:
    assert named(purpose) == numbers


@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата по акту об оказании услуг №25 от 29 декабря 2025, Без налога (НДС)",
        "Оплата по заказу клиента №9614",
        "Оплата по договору согласно реестру №70 от 03.06.2025",
        "Расчет по договору N б/н от 01.09.2008",
        "Возврат денежных средств по платежному поручению № 754 от 2025-08-21",
        "Перечисление за 22 заказа от 03.06.25, по договору № 112800-25779, #23706",
        "по УПД № 15",
        "дог. № 5-А",
        "Поверка счетчика №15",
        "пополнение лицевого счета 15",
        "лиц. сч. 15",
        "на р/с 40702810100000000001",
        "по смете 15",
        "за счет средств субсидии 2026 года",
        "Оплата со счета 15",
        "Оплата по счету за аренду комнаты №15",
        "Оплата счета за 3 квартал",
        "Предоплата 50% по счету",
        "Оплата счета 15000 руб.",
        "тел. 15, ИНН 7701234567, КПП 770101001",
        "п/п 15",
        "Оплата по счету и договору № 15",
        "кв. 15",
        "взаиморасчет 15",
        "договор № СЧ-2026-00112 от 01.02.2026",
        "ТОРГ-12 15 от 01.02.2026",
        "Оплата по учету 15",
    ],
)
def test_other_numbers_are_not_invoices(purpose: str) -> None:
    assert named(purpose) == []


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03.02.2026", date(2026, 2, 3)),
        ("03.02.26г.", date(2026, 2, 3)),
        ("3.2.2026", date(2026, 2, 3)),
        ("03,02,2026", date(2026, 2, 3)),
        ("03/02/2026", date(2026, 2, 3)),
        ("2026-02-03", date(2026, 2, 3)),
        ("3 февраля 2026 г.", date(2026, 2, 3)),
        ("«03» февраля 2026 года", date(2026, 2, 3)),
        ("03 фев. 2026", date(2026, 2, 3)),
        ("03022026", date(2026, 2, 3)),
        ("03 02 2026", date(2026, 2, 3)),
        ("03.02", date(2026, 2, 3)),
        ("Feb 3, 2026", date(2026, 2, 3)),
        ("03.02.20 26", date(2026, 2, 3)),
        ("03.02.2\r\n026", date(2026, 2, 3)),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, day: date) -> None:
    (mention,) = mentions(f"Оплата по счету № 15 от {written} за услуги")

    assert mention.when is not None
    assert mention.when.says(day)


def test_a_contract_s_date_is_not_the_invoice_s() -> None:
    (mention,) = mentions("Оплата по счету № 68 по договору 105 от 13.03.2023")

    assert mention.when is None


def test_one_date_after_several_numbers_is_every_number_s() -> None:
    dates = [m.when for m in mentions("Оплата по сч. 15, 17 от 03.02.2026")]

    assert all(when is not None and when.says(date(2026, 2, 3)) for when in dates)


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("- 81 050,00 руб.", 81_050_00),
        ("- 81050-00 руб.", 81_050_00),
        ("— 3065.00 руб", 3_065_00),
        ("(5000 р.)", 5_000_00),
        ("= 1 234 567,89", 1_234_567_89),
        ("на сумму 500 рублей 50 коп.", 500_50),
        ("в размере 7000-00", 7_000_00),
        ("от 03.02.2026 18026,52", 18_026_52),
        ("- 17", None),
        ("- 12.05.2026", None),
        ("- 2026", None),
        (", 18026,52", 18_026_52),
        (",18026,52", None),
        ("за 5000-00", None),
        ("Сумма 5000-00", None),
        (", 5000 руб.", 5_000_00),
        ("5000 руб.", 5_000_00),
        ("= 4 000=00", 4_000_00),
        ("(4 т.р.)", 4_000_00),
        ("- 5 тыс. руб.", 5_000_00),
        ("- 5 млн. руб.", None),
    ],
)
def test_a_sum_said_for_an_invoice_is_read_with_it(said: str, minor: int | None) -> None:
    assert mentions(f"Оплата по сч. № 15 {said}")[0].stated == minor


def test_a_sum_after_the_date_is_no_further_number() -> None:
    assert named("Оплата по счету N 1024 от 01.01.23г 18026,52") == ["1024"]
    assert named("Оплата по счету 1024, 18026,52") == ["1024"]


def test_a_date_cut_with_the_text_is_not_believed() -> None:
    purpose = ("Оплата " * 30)[:180] + " по счету 15 от 03.02.20"

    (mention,) = mentions(purpose)

    assert mention.when is None


def test_a_number_cut_with_the_text_is_marked() -> None:
    assert mentions(("Оплата " * 30)[:190] + " по счету 11")[-1].cut
    assert mentions(("Оплата " * 30)[:190] + " по счетам 11, 12,")[-1].cut
    assert not mentions("Оплата по счету 11")[-1].cut


@pytest.mark.parametrize(
    ("purpose", "sign"),
    [
        ("Возврат по счету 15", Sign.REFUND),
        ("вoзвpaт средств", Sign.REFUND),
        ("возрат средств", Sign.REFUND),
        ("Ошибочно перечислено", Sign.REFUND),
        ("Предоставление займа", Sign.LOAN),
        ("Погашение кредита", Sign.LOAN),
        ("Зачисление по эквайрингу", Sign.ACQUIRING),
        ("Взнос наличными", Sign.CASH),
        ("Пени по счету 15", Sign.PENALTY),
        ("Обеспечение исполнения контракта", Sign.SECURITY),
        ("за третье лицо", Sign.THIRD_PARTY),
        ("Проценты за пользование чужими денежными средствами", Sign.PENALTY),
        ("За просрочку оплаты", Sign.PENALTY),
        ("Оплата долга, кроме счета № 15", Sign.EXCEPT),
        ("Оплата без учета сч. 15", Sign.EXCEPT),
        ("за исключением счетов 15, 17", Sign.EXCEPT),
        ("Счет 15 не оплачивается", Sign.EXCEPT),
        ("не подлежит оплате счет 15", Sign.EXCEPT),
        ("по сч. 17 взамен ранее выставленного счета 15", Sign.EXCEPT),
        ("счет 15 аннулирован", Sign.EXCEPT),
        ("Предоплата 50%", Sign.ADVANCE),
        ("Част. опл.", Sign.PARTLY),
    ],
)
def test_telling_words_are_noticed(purpose: str, sign: Sign) -> None:
    start, end = read(purpose).signs[sign]

    assert 0 <= start < end <= len(purpose)


@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата за возвратную тару по счету 15",
        "Погашение кредиторской задолженности по счету 15",
        "За программное обеспечение по счету 15",
        "Безналичный расчет, третий квартал",
        "За исполнительную документацию",
        "Оплата без учета НДС, НДС не облагается",
        "Оплата ранее не оплаченного счета 15",
        "За прокат оборудования, пользование инструментом",
        "Услуги кроме НДС, не подлежат обложению",
        "Оплата 50 процентов, гарантийный ремонт, без счета-фактуры",
        "Счет 15 не облагается НДС",
    ],
)
def test_words_that_only_look_telling_are_not(purpose: str) -> None:
    assert not read(purpose).signs


def test_look_alike_letters_zeros_and_dashes_do_not_change_a_number() -> None:
    assert number_key("1000001-B24") == number_key("1000001-В24") == number_key("1000001–в24")
    assert number_key("СЧ-2026-00112") == number_key("CЧ/2026/112")
    assert number_key("00199") == number_key("199")
    assert number_key("1-12") != number_key("11-2") != number_key("112")


def test_a_name_is_the_same_under_any_legal_form_and_quotes() -> None:
    assert name_words("ООО «Берёзовый мыс»") == name_words('Общество с ограниченной ответственностью "Березовый Мыс"')
    assert name_words("Иванов Иван Иванович ИП") == name_words("ИП Иванов Иван Иванович")


@given(st.text(max_size=300))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.characters(codec="cp1251"), max_size=100))
def test_folding_by_bytes_equals_folding_by_letters(text: str) -> None:
    assert fold(text) == fold_any(text)


_PIECES = st.sampled_from(
    [
        "счет",
        "сч.",
        "№",
        "N",
        "от",
        "15",
        "00112",
        "СЧ-2026-00112",
        ",",
        ";",
        "и",
        "-",
        "/",
        ".",
        "(",
        ")",
        "03.02.2026",
        "2026",
        "г.",
        "договор",
        "акт",
        "с",
        "по",
        "ИНН",
        "7701234567",
        "НДС",
        "%",
        "а",
        "12-15",
        "{",
        "}",
        "²",
        "₽",
        "ё",
        "İ",
        "ǅ",
        "п/п",
        "л/с",
        "руб",
        "за",
        "ООО",
        "«Вектор»",
        "Feb",
        "3",
        "_",
        "=",
        "76000-00",
        "½",
        "٣",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=40), st.sampled_from(["", " "]))
def test_reading_never_fails_and_its_spans_lie_inside(pieces: list[str], joiner: str) -> None:
    text = joiner.join(pieces)

    reading = read(text, PREFIXES)

    spans = [(m.start, m.end) for m in reading.mentions] + [m.span for m in reading.mentions]
    spans += [m.when_span for m in reading.mentions] + [(t.start, t.end) for t in reading.tax_ids]
    assert all(0 <= start <= end <= len(text) for start, end in [*spans, *reading.signs.values()])


@pytest.mark.parametrize(
    "piece", ["1", "а1", "1-", "№", "счет ", "счет 1 ", "15, ", "03.02.2026 ", "п/", "(", "1.", "в "]
)
def test_reading_takes_linear_work_on_hostile_text(piece: str) -> None:
    def calls(size: int) -> int:
        count = 0

        def note(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        text = piece * (size // len(piece))
        sys.setprofile(note)
        try:
            read(text)
        finally:
            sys.setprofile(None)
        return count

    assert calls(32_000) < 9 * calls(4_000) + 500


def test_a_purpose_of_200_kilobytes_is_read_and_called_crowded() -> None:
    reading = read("счет 1, " * 25_000)

    assert reading.crowded
    assert len(reading.mentions) <= 60


def test_the_weakest_numbers_need_no_keyword() -> None:
    (bare,) = read("Оплата 15 от 03.02.2026").mentions
    (telling,) = read("Оплата ABC-2026-001", PREFIXES).mentions

    assert (bare.topic, bare.strength) == (None, Strength.WEAK)
    assert (telling.topic, telling.strength) == (None, Strength.MEDIUM)


@pytest.mark.parametrize("purpose", ["по счкту 15", "по счтеу 15", "по щету 15", "по ссчету 15", "лицвого счета 15"])
def test_a_misprinted_keyword_says_less_than_a_whole_one(purpose: str) -> None:
    (mention,) = [m for m in read(purpose).mentions if m.topic is not Topic.ACCOUNT] or [None]

    assert mention is None or mention.strength < Strength.STRONG


def test_a_contract_s_number_is_kept_as_a_contract_s() -> None:
    contract = next(m for m in read("по дог ТО-18/25 сч. 15").mentions if m.topic is Topic.CONTRACT)

    assert contract.runs == tuple(map(fold, ("ТО", "18", "25")))
