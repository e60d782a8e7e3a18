"""Statements as tables, by hand-made files in the layouts of the banks: each row is money with the right sign, or kept and told why not."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cabinet.tables import open_records
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.table import TableFormat, open_table
from cabinet_finsystem.statements.reading import StatementReader
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, header_key
from cabinet_finsystem.statements.tables.proposing import propose

OURS = "40702810900000000001"
CHOSEN = TableGuide(accounts={"": OURS})


def read(content, guide=CHOSEN):
    data = content.encode() if isinstance(content, str) else content
    reader = StatementReader(data, [TableFormat()], guide=guide)
    return reader.whole()


def lines(content, guide=CHOSEN):
    return [line for statement in read(content, guide).statements for line in statement.lines]


def refusal(content, guide=CHOSEN):
    with pytest.raises(StatementRefusedError) as refused:
        read(content, guide)
    return refused.value


def proposal(content):
    opened = open_table(io.BytesIO(content if isinstance(content, bytes) else content.encode()), TableGuide())
    return opened, propose(opened.header, list(opened.below))


def mapped(content, **changes):
    """A guide that knows the header of ``content`` as it would be proposed."""
    opened, mapping = proposal(content)
    assert not mapping.problems()
    return TableGuide({opened.key: ColumnMapping(**{**vars_of(mapping), **changes})}, {"": OURS})


def vars_of(mapping):
    return ColumnMapping.from_json(mapping.to_json()).to_json() | {
        "columns": mapping.columns,
        "held_refs": mapping.held_refs,
    }


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


# the banks

TBANK_OLD = (
    '"Дата операции";"Дата платежа";"Номер карты";"Статус";"Сумма операции";"Валюта операции";"Сумма платежа";"Валюта платежа";'
    '"Кэшбэк";"Категория";"MCC";"Описание";"Бонусы (включая кэшбэк)";"Округление на инвесткопилку";"Сумма операции с округлением"\n'
    '"05.07.2026 19:20:11";"06.07.2026";"*1234";"OK";"-10,00";"USD";"-1350,00";"RUB";"";"Еда";"5411";"Пятёрочка";"0,00";"0,00";"10,00"\n'
    '"05.07.2026 19:20:11";"06.07.2026";"*1234";"OK";"-10,00";"USD";"-1350,00";"RUB";"";"Еда";"5411";"Пятёрочка";"0,00";"0,00";"10,00"\n'
    '"04.07.2026 08:00:00";"04.07.2026";"*1234";"FAILED";"-999,00";"RUB";"-999,00";"RUB";"";"Такси";"4121";"Такси";"0,00";"0,00";"999,00"\n'
    '"03.07.2026 12:00:00";"";"";"OK";"-70,00";"RUB";"-70,00";"RUB";"";"";"";"Ещё не проведено";"0,00";"0,00";"70,00"\n'
    '"02.07.2026 12:00:00";"02.07.2026";"";"OK";"45 000,00";"RUB";"45 000,00";"RUB";"";"";"";"Зарплата";"0,00";"0,00";"45 000,00"\n'
)
TBANK_2026 = (
    '"Имя счёта";"Номер карты";"Дата операции";"Сумма операции";"Валюта операции";"Сумма в валюте счёта";"Валюта счёта";"Статус";'
    '"Категория по-умолчанию";"Ваша категория";"MCC";"Описание";"Сообщение";"Округление";"Сумма операции с округлением";'
    '"Бонусы (включая кэшбэк)";"Учёт в аналитике"\r\n'
    '"Black";"*1";"21.09.2026 12:00:00";"-5000,00";"AMD";"-1234,56";"RUB";"Ок";"Кафе";"";"5812";"Kafe";"";"0,00";"-1,00";"0";"Да"\r\n'
    '"Black";"*1";"20.09.2026 09:00:00";"-100,00";"RUB";"-100,00";"RUB";"Ошибка";"";"";"";"Такси";"";"0,00";"-100,00";"0,00";"Да"\r\n'
    '"Black";"";"19.09.2026 15:15:07";"150000,00";"RUB";"150000,00";"RUB";"Ок";"";"";"";'
    '"Пополнение. ООО ""РОМАШКА""";"Аванс";"0,00";"150000,00";"0,00";"Да"\r\n'
)
TOCHKA_HEAD = (
    "Дата проводки;Дата документа;Дата списания;Дата зачисления;Номер документа;Направление;Сумма операции;Сумма операции в рублях;"
    "Входящий остаток;Исходящий остаток;Назначение платежа;Наименование плательщика;Счет плательщика;ИНН плательщика;КПП плательщика;"
    "Бик банка плательщика;Наименование банка плательщика;Адрес банка плательщика;Корр. счёт банка плательщика;"
    "Наименование получателя;Счет получателя;ИНН получателя;КПП получателя;Бик банка получателя;Наименование банка получателя;"
    "Адрес банка получателя;Корр. счет банка получателя;Курс конвертации;Сумма после конвертации;Приоритет;Тип документа;Бюджетный;"
    "Бюджетный: статус;Бюджетный: КБК;Бюджетный: ОКАТО;Бюджетный: Основание;Бюджетный: Период;Бюджетный: Номер;Бюджетный: дата;"
    "Бюджетный: тип;Основание списания;Код\n"
)
TOCHKA = TOCHKA_HEAD + (
    "13.01.2026;12.01.2026;;13.01.2026;9;Входящий;23 000,00;23 000,00;5 140,21;28 140,21;Оплата по акту №25, Без НДС;"
    '""ООО ""КСМ"""";40702810303270003423;7810442063;781001001;044525104;"ООО ""Банк Точка""";г. Москва;30101810745374525104;'
    f'ИП Мы;{OURS};182402257780;0;044525104;"ООО ""Банк Точка""";Москва;30101810745374525104;;;5;01;;;;;;;;;;;\n'
    f"14.01.2026;14.01.2026;14.01.2026;;558086;Исходящий;620,00;620,00;28 140,21;27 520,21;Покупка;ИП Мы;{OURS};182402257780;0;"
    '044525104;"ООО ""Банк Точка""";;;ООО «Пиво»;40702810000000000777;9721194461;997950001;044525104;Банк;;;;;5;17;;;;;;;;;;;\n'
)
ALFA = (
    "operationDate,transactionDate,accountName,accountNumber,cardName,cardNumber,merchant,amount,currency,status,category,mcc,type,"
    "comment,bonusValue,bonusTitle\n"
    "21.09.2026,23.09.2026,Счёт,40817810000000000001,МИР,5559**1,MOSCOW\\PHILARMONIC,8000,RUR,Выполнен,,7922,Списание,,,\n"
    "15.09.2026,15.09.2026,Счёт,40817810000000000001,,,ЗАРПЛАТА,4345.20,RUR,,,,Пополнение,,,\n"
    "14.09.2026,,Счёт,40817810000000000001,,,Магазин,100.00,RUR,В обработке,,,Списание,,,\n"
    "11.06.2026,11.06.2026,Счёт,40817810000000000001,,,Что-то,100,RUR,Отменён,,,Списание,,,\n"
)
ALFA_OLD = (
    "Тип счёта;Номер счета;Валюта;Дата операции;Референс проводки;Описание операции;Приход;Расход;\n"
    "Текущий счёт;40817810000000000001;RUR;12.09.24;CRD_1;Перекрёсток;0;1 234,50;\n"
    "Текущий счёт;40817810000000000001;RUR;13.09.24;A01;Зарплата;150 000,00;0;\n"
    "Текущий счёт;40817810000000000001;RUR;14.09.24;HOLD;Такси;0;300,00;\n"
    "Текущий счёт;40817810000000000001;RUR;;;Итого;150 000,00;1 234,50;\n"
)
VTB = (
    "Начало периода;2026-07-01\nКонец периода;2026-07-13\n\nВыписка по счету/карте;Номер\nКарта;'462235******0069\n\n\n"
    "Валюта;Баланс на конец периода;Поступления;Списания;Заблокировано\nRUR;82 604,01;0,00;-340,65;-2 426,96\n\n\n"
    "Номер карты/счета/договора;Дата операции;Дата обработки;Сумма операции;Валюта операции;Сумма пересчитанная в валюту счета;"
    "Валюта счета;Основание;Статус\n"
    "'462235******7428;2026-07-06 00:00:00;2026-07-08;-4,50;EUR;-336,15;RUR;Карта *1234 payee1;Исполнено\n"
    "'462235******7428;2026-07-06 00:00:00;2026-07-07;-4,50;RUR;-4,50;RUR;Карта *1234 payee2;Исполнено\n"
    "'462235******7428;2026-07-13 10:48:55;;-600,00;RUR;-600,00;RUR;Карта *1234 MEGAFON;В обработке\n"
)
SBER = (
    "ДАТА ОПЕРАЦИИ (МСК);Дата обработки;Код авторизации;НАЗВАНИЕ ОПЕРАЦИИ;Категория;СУММА В ВАЛЮТЕ СЧЁТА;Сумма в валюте операции;"
    "Валюта операции;Остаток по счёту в валюте счёта\n"
    "11.06.2026 09:15;11.06.2026;654321;Перевод от И.;Переводы;+1 000,00;;;1 849,50\n"
    "10.06.2026 12:34;10.06.2026;123456;CAFE;Рестораны;150,50;;;849,50\n"
)
RAIFFEISEN = (
    "Дата транзакции;Описание;Валюта операции;Сумма в валюте операции;Валюта счета;Сумма в валюте счета\n"
    "29.12.2025 00:00;APPLE.COM/BILL;USD;-1.00;RUB;-59.00\n30.12.2025 00:00;Пополнение;RUB;1 000.00;RUB;1 000.00\n"
)
TBUSINESS = (
    "Номер счёта;Тип операции (пополнение/списание);Дата проведения;Номер платежа;Валюта операции;Сумма в валюте счёта;Валюта счёта;"
    "Описание операции;Назначение платежа;Счет плательщика;ИНН плательщика;КПП плательщика;Наименование плательщика;"
    "БИК банка плательщика;Корр. счет плательщика;Счет получателя;Договор получателя;ИНН получателя;КПП получателя;"
    "Наименование получателя;БИК банка получателя;Корр. счет получателя;Счет контрагента;ИНН контрагента;Наименование контрагента;"
    "БИК банка контрагента\n"
    f'{OURS};Кредит;10.02.2026;2;643;500000,0;643;"Оплата";"Оплата по счету № 5";40702810000000000777;7712345678;;"ООО ""КЛИЕНТ""";'
    f'044525104;;{OURS};;;;Мы;044525974;;40702810000000000777;7712345678;"ООО ""КЛИЕНТ""";044525104\n'
    f"{OURS};Дебет;08.01.2026;1;643;6635,0;643;Такси;Оплата по карте;;;;;;;;;;;;;;;;АО ТБанк;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "utf-16"])
def test_tbank_old_reads_in_any_encoding(encoding):
    text = TBANK_OLD.replace("ё", "е") if encoding == "cp866" else TBANK_OLD
    found = lines(text.encode(encoding))
    assert [(line.booking_date.day, line.amount_minor, line.status) for line in found] == [
        (6, -135000, "booked"),
        (6, -135000, "booked"),
        (4, -99900, "info"),
        (3, -7000, "pending"),
        (2, 4500000, "booked"),
    ]
    assert found[0].purpose.startswith("Пят")
    assert found[0].doc_date == date(2026, 7, 5)


def test_tbank_of_2026_counts_the_sum_in_the_account_s_currency():
    found = lines(TBANK_2026.encode("utf-8-sig"))
    assert [(line.amount_minor, line.status) for line in found] == [
        (-123456, "booked"),
        (-10000, "info"),
        (15000000, "booked"),
    ]
    assert found[2].purpose == 'Пополнение. ООО "РОМАШКА". Аванс'


def test_tochka_knows_both_parties_which_of_them_we_are_and_proves_its_balance():
    (statement,) = read(TOCHKA.encode("utf-8-sig"), TableGuide()).statements
    income, cost = statement.lines
    assert (statement.account, statement.currency, statement.check.balance_ok) == (OURS, "RUB", True)
    assert (statement.opening, statement.closing) == (514021, 2752021)
    assert (income.amount_minor, income.counterparty.name, income.counterparty.inn) == (
        2300000,
        'ООО "КСМ"',
        "7810442063",
    )
    assert income.counterparty.account == "40702810303270003423"
    assert (cost.amount_minor, cost.counterparty.inn, cost.counterparty.kpp) == (-62000, "9721194461", "997950001")
    assert (income.booking_date, income.doc_date, income.doc_number) == (date(2026, 1, 13), date(2026, 1, 12), "9")


def test_a_kpp_of_nought_is_none():
    incoming = TOCHKA.replace("781001001", "0")
    assert lines(incoming.encode(), TableGuide())[0].counterparty.kpp == ""


def test_alfa_takes_the_sign_from_its_type_and_the_account_from_the_row():
    file = read(ALFA.encode("utf-8-sig"), TableGuide())
    (statement,) = file.statements
    assert (statement.account, statement.currency) == ("40817810000000000001", "RUB")
    assert [(line.amount_minor, line.status) for line in statement.lines] == [
        (-800000, "booked"),
        (434520, "booked"),
        (-10000, "pending"),
        (-10000, "info"),
    ]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_alfa_s_movements_have_two_columns_holds_and_a_total_that_is_no_operation(encoding):
    found = lines(ALFA_OLD.encode(encoding), TableGuide())
    assert [(line.amount_minor, line.status, line.booking_date) for line in found] == [
        (-123450, "booked", date(2024, 9, 12)),
        (15000000, "booked", date(2024, 9, 13)),
        (-30000, "pending", date(2024, 9, 14)),
    ]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_vtb_has_rows_above_its_header_that_tell_the_period_and_the_balance(encoding):
    (statement,) = read(VTB.encode(encoding)).statements
    assert (statement.period_from, statement.period_to) == (date(2026, 7, 1), date(2026, 7, 13))
    assert (statement.closing, statement.turnover_in, statement.turnover_out) == (8260401, 0, 34065)
    assert [(line.position, line.amount_minor, line.status) for line in statement.lines] == [
        (13, -33615, "booked"),
        (14, -450, "booked"),
        (15, -60000, "pending"),
    ]


def test_sber_means_a_cost_by_a_sum_without_a_sign():
    (statement,) = read(SBER.encode("utf-8-sig")).statements
    assert [line.amount_minor for line in statement.lines] == [100000, -15050]
    assert (statement.opening, statement.closing, statement.check.balance_ok) == (100000, 184950, True)


def test_sber_with_minuses_means_income_by_a_sum_without_a_sign():
    signed = SBER.replace("+1 000,00", "1 000,00").replace(";150,50;", ";-150,50;")
    assert [line.amount_minor for line in lines(signed)] == [100000, -15050]


def test_raiffeisen_counts_the_account_s_currency():
    assert [line.amount_minor for line in lines(RAIFFEISEN.encode("cp1251"))] == [-5900, 100000]


def test_tbank_business_tells_own_account_direction_and_counterparty():
    income, cost = lines(TBUSINESS, TableGuide())
    assert (income.amount_minor, income.counterparty.name, income.counterparty.inn) == (
        50000000,
        'ООО "КЛИЕНТ"',
        "7712345678",
    )
    assert (cost.amount_minor, cost.counterparty.name, cost.doc_number) == (-663500, "АО ТБанк", "1")


@pytest.mark.parametrize("text", [TBANK_OLD, TBANK_2026, TOCHKA, ALFA, ALFA_OLD, VTB, SBER, RAIFFEISEN, TBUSINESS])
def test_the_same_rows_in_a_spreadsheet_say_the_same(text):
    from cabinet.tables import open_records

    rows = [cells for _number, cells in open_records(io.BytesIO(text.encode()), lenient=True).rows]
    said = [line._replace(raw="") for line in lines(text)]
    assert [line._replace(raw="") for line in lines(sheet(*rows))] == said
    assert said


# the header, and what nobody knows

PLAIN = "Дата;Сумма;Контрагент;Назначение\n01.02.2026;1 000,00;ООО А;Счёт 1\n02.02.2026;-50,5;ООО Б;Аренда\n"


def test_an_unknown_header_is_asked_about_and_read_once_it_is_known():
    asked = refusal(PLAIN)
    assert asked.code == "mapping_needed"
    assert asked.details["header"] == ["Дата", "Сумма", "Контрагент", "Назначение"]
    found = lines(PLAIN, mapped(PLAIN))
    assert [(line.amount_minor, line.counterparty.name, line.purpose) for line in found] == [
        (100000, "ООО А", "Счёт 1"),
        (-5050, "ООО Б", "Аренда"),
    ]


def test_what_a_person_said_of_a_bank_s_header_outranks_what_we_know():
    opened = open_table(io.BytesIO(RAIFFEISEN.encode()), TableGuide())
    other = ColumnMapping({"date": (0,), "amount": (3,), "currency": (2,)})
    guide = TableGuide({opened.key: other}, {"USD": "US1", "RUB": OURS})
    assert [(line.amount_minor, line.currency) for line in lines(RAIFFEISEN, guide)] == [(-100, "USD"), (100000, "RUB")]


def test_a_header_is_the_same_however_it_is_written():
    assert header_key(["Дата операции", "Счёт", ""]) == header_key([" ДАТА\u00a0ОПЕРАЦИИ", "счет"])
    assert header_key(["Дата", "Счёт"]) != header_key(["Счёт", "Дата"])


def test_a_file_that_names_no_account_asks_for_one_by_currency():
    asked = refusal(RAIFFEISEN, TableGuide())
    assert (asked.code, asked.details["currencies"]) == ("own_account_needed", ["RUB"])


def test_a_file_without_currencies_is_counted_in_that_of_the_account_chosen():
    guide = mapped(PLAIN)
    iban = "DE89370400440532013000"
    file = read(PLAIN, TableGuide(guide.mappings, {"EUR": iban}))
    assert [(s.account, s.currency) for s in file.statements] == [(iban, "EUR")]
    known = TableGuide(guide.mappings, {"": iban}, {iban: "EUR"})
    assert read(PLAIN, known).statements[0].currency == "EUR"


def test_an_account_above_the_table_is_whose_it_is():
    text = f"Выписка по счёту № {OURS}\nПериод: 01.02.2026 - 28.02.2026\nВходящий остаток;100,00\n\n"
    text += f"{PLAIN}Итого;949,50\nИсходящий остаток;1 049,50\n"
    (statement,) = read(text, TableGuide(mapped(PLAIN).mappings)).statements
    assert (statement.account, statement.opening, statement.closing) == (OURS, 10000, 104950)
    assert statement.check.balance_ok
    assert statement.period_from == date(2026, 2, 1)
    assert len(statement.lines) == 2


def test_a_balance_that_does_not_follow_is_told():
    text = "Дата;Сумма;Остаток\n01.02.2026;10,00;110,00\n02.02.2026;20,00;130,00\n03.02.2026;5,00;136,00\n"
    guide = mapped(text)
    (statement,) = read(text, guide).statements
    assert (statement.check.balance_ok, statement.check.gap) == (False, 100)
    (mended,) = read(text.replace("136,00", "135,00"), guide).statements
    assert mended.check.balance_ok is True
    (single,) = read("Дата;Сумма;Остаток\n01.02.2026;10,00;110,00\n", guide).statements
    assert single.check.balance_ok is None


# rows that cannot be booked are kept


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("31.02.2026;10,00;А;Б", "date_unreadable"),
        (";10,00;А;Б", "date_missing"),
        ("01.02.2026;1O,00;А;Б", "amount_unreadable"),
        ("01.02.2026;12..34;А;Б", "amount_unreadable"),
        ("01.02.2026;;А;Б", "amount_missing"),
        ("01.02.2026;4,07E+19;А;Б", "amount_unreadable"),
        ("01.02.2026;10,001;А;Б", "amount_unreadable"),
        ("01.02.2026;10,00;А;Б;лишнее", "broken_row"),
        ("01.02.2026;=1+2;А;Б", "amount_unreadable"),
    ],
)
def test_a_bad_row_is_kept_with_its_number_and_reason(row, code):
    found = lines(PLAIN + row + "\n", mapped(PLAIN))
    assert [line.position for line in found] == [2, 3, 4]
    assert found[2].invalid_reason.code == code
    assert found[2].amount_minor is None
    assert "А" in found[2].raw
    assert read(PLAIN + row + "\n", mapped(PLAIN)).statements[0].check.invalid == 1


def test_money_both_in_and_out_of_one_row_is_not_guessed_at():
    text = "Дата;Приход;Расход\n01.02.2026;10,00;\n02.02.2026;;5,00\n03.02.2026;1,00;2,00\n04.02.2026;0,00;0,00\n"
    found = lines(text, mapped(text))
    assert [line.amount_minor for line in found] == [1000, -500, None, 0]
    assert found[2].invalid_reason.code == "amount_twice"


def test_an_unknown_state_is_asked_about_and_not_taken_for_money():
    text = "Дата;Сумма;Статус\n01.02.2026;10,00;Исполнено\n02.02.2026;5,00;Ждёт визы\n"
    assert [line.invalid_reason and line.invalid_reason.code for line in lines(text, mapped(text))] == [
        None,
        "status_unknown",
    ]
    said = mapped(text, statuses={"ждет визы": "pending"})
    assert [line.status for line in lines(text, said)] == ["booked", "pending"]


def test_a_header_that_stands_again_is_no_operation():
    head, first, _second = PLAIN.splitlines(keepends=True)
    assert [line.position for line in lines(PLAIN + head + first, mapped(PLAIN))] == [2, 3, 5]


def test_a_file_of_endless_accounts_is_refused():
    rows = "".join(f"01.02.2026;1,00;407028100000{n:08}\n" for n in range(2_100))
    text = "Дата;Сумма;Номер счета\n" + rows
    assert refusal(text, mapped("Дата;Сумма;Номер счета\n" + rows[:40])).code == "too_large"


def test_quotes_that_do_not_pair_cost_no_row():
    text = PLAIN + '03.02.2026;7,00;"ООО "Ромашка"";Счёт\n04.02.2026;8,00;ООО "Лютик";"за 12" трубу"\n'
    found = lines(text, mapped(PLAIN))
    assert [line.counterparty.name for line in found[2:]] == ['ООО "Ромашка"', 'ООО "Лютик"']
    assert found[3].purpose == 'за 12" трубу'


# cells


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u2009234,50", 123450),
        ("1'234.50", 123450),
        ("1,234.50", 123450),
        ("-560,00 ₽", -56000),
        ("\u2212560,00 руб.", -56000),
        ("(12,30)", -1230),
        ("12,30-", -1230),
        ("+12,30", 1230),
        ('="12,30"', 1230),
        ("1.234", 123400),
        ("7", 700),
    ],
)
def test_sums_are_read_as_banks_write_them(text, minor):
    rows = f"Дата;Сумма;Контрагент;Назначение\n01.02.2026;{text};А;Б\n02.02.2026;1,00;А;Б\n"
    assert lines(rows, mapped(PLAIN))[0].amount_minor == minor


def test_the_order_of_day_and_month_is_told_by_the_whole_column():
    def dated(*days):
        return "Date,Amount,Description\n" + "".join(f"{day},1.00,x\n" for day in days)

    guide = mapped(dated("01/02/2026", "13/02/2026"))
    assert [line.booking_date for line in lines(dated("01/02/2026", "13/02/2026"), guide)] == [
        date(2026, 2, 1),
        date(2026, 2, 13),
    ]
    assert lines(dated("01/02/2026", "02/13/2026"), guide)[0].booking_date == date(2026, 1, 2)
    assert refusal(dated("01/02/2026", "03/04/2026"), guide).code == "dates_ambiguous"
    assert refusal(dated("13/02/2026", "02/13/2026", "01/02/2026"), guide).code == "dates_ambiguous"
    said = mapped(dated("01/02/2026", "13/02/2026"), order="mdy")
    assert lines(dated("01/02/2026", "03/04/2026"), said)[0].booking_date == date(2026, 1, 2)


@pytest.mark.parametrize("account", ["4,07028E+19", "4.07028104000000E+19"])
def test_an_account_that_lost_its_digits_refuses_the_file_and_says_where(account):
    text = f"Дата;Сумма;Счет контрагента\n01.02.2026;1,00;40702810000000000777\n02.02.2026;1,00;{account}\n"
    lost = refusal(text, mapped(text))
    assert (lost.code, lost.details) == ("digits_lost", {"row": 3, "column": "Счет контрагента"})
    typed = sheet(["Дата", "Сумма", "Счет контрагента"], ["01.02.2026", "1,00", 40702810000000000777])
    assert refusal(typed, mapped(text)).code == "digits_lost"


def test_a_formula_that_keeps_noughts_is_its_text():
    text = 'Дата;Сумма;ИНН;Номер документа\n01.02.2026;1,00;="0123456789";"=""0012"""\n'
    (line,) = lines(text, mapped(text))
    assert (line.counterparty.inn, line.doc_number) == ("0123456789", "0012")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_separator_is_found_by_how_evenly_it_cuts(separator):
    cells = [["Дата", "Сумма", "Контрагент", "Назначение"], ["01.02.2026", "10.00", "ООО А", '"за a; b, c|d\te"']]
    text = "\n".join(separator.join(row) for row in cells)
    assert lines(text, mapped(PLAIN))[0].purpose == "за a; b, c|d\te"


# hostile files


def test_what_is_no_table_is_refused():
    for content, code in [
        (b"\x00\x01\x02" * 100, "unknown_format"),
        (b"PK\x03\x04" + b"\x00" * 100, "unknown_format"),
        (b"one word\nand another\n", "unknown_format"),
        (b"Date;Amount\n", "mapping_needed"),
        (b";" * 1_000_000, "unknown_format"),
        ((PLAIN + "x;" * 300_000).encode(), "too_large"),
        ((PLAIN + ";".join(["1"] * 300) + "\n").encode(), "too_large"),
    ]:
        assert refusal(content, mapped(PLAIN) if len(content) > 1000 else CHOSEN).code == code, content[:40]


def test_a_quote_that_is_never_closed_swallows_no_row():
    found = lines(PLAIN + '03.02.2026;1,00;"А;Б\n' + "04.02.2026;1,00;А;Б\n" * 3_000, mapped(PLAIN))
    assert len(found) == 3_003
    assert not any(line.invalid_reason for line in found)


def test_a_spreadsheet_that_unpacks_to_too_much_is_not_opened():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"<x>" + b" " * 40_000_000)
    assert refusal(body.getvalue()).code == "too_large"


def test_memory_does_not_grow_with_the_file():
    """Lines come while the file is still being read: none of them waits for the last."""
    text = io.BytesIO((PLAIN + "03.02.2026;1,00;А;Б\n" * 10_000).encode())
    facts = FileFacts(guide=mapped(PLAIN))
    walked = TableFormat().lines(text, facts)
    next(walked)
    assert text.tell() < len(text.getvalue())
    walked.close()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(content):
    assert 0 <= TableFormat().sniff(content) <= 100
    try:
        read(content, CHOSEN)
    except StatementRefusedError:
        return


# there and back

_TEXT = st.text(st.characters(codec="cp1251", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), max_size=20)
_WRITTEN = st.lists(
    st.tuples(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(-(10**12), 10**12), _TEXT),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(_WRITTEN, st.sampled_from(["utf-8", "cp1251", "utf-16"]), st.sampled_from(";,\t|"), st.booleans())
def test_what_is_written_is_read_back(rows, encoding, separator, two_columns):
    import csv

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    header = (
        ["Дата", "Приход", "Расход", "Назначение платежа"] if two_columns else ["Дата", "Сумма", "Назначение платежа"]
    )
    writer.writerow(header)
    for day, minor, text in rows:
        said = f"{abs(minor) // 100},{abs(minor) % 100:02}"
        sums = (
            [said if minor >= 0 else "", said if minor < 0 else ""]
            if two_columns
            else [f"{'-' if minor < 0 else ''}{said}"]
        )
        writer.writerow([f"{day:%d.%m.%Y}", *sums, "x" + text])
    sample = ";".join(header) + "\n01.01.2026;" + ("1,00;;x" if two_columns else "1,00;x") + "\n"
    found = lines(out.getvalue().encode(encoding), mapped(sample))
    assert [(line.booking_date, line.amount_minor, line.purpose) for line in found] == [
        (day, minor, "x" + text) for day, minor, text in rows
    ]


WISE = (
    'ID,Status,Direction,"Created on","Finished on","Source fee amount","Source fee currency","Target fee amount","Target fee currency",'
    '"Source name","Source amount (after fees)","Source currency","Target name","Target amount (after fees)","Target currency",'
    '"Exchange rate",Reference,Batch\n'
)


def test_what_went_between_two_balances_of_ours_is_money_out_of_one_and_into_the_other() -> None:
    ours = TableGuide(accounts={"EUR": "E1", "USD": "U1"})
    row = 'BALANCE-7,COMPLETED,NEUTRAL,"2026-03-02 10:00:00","2026-03-02 10:00:01",0.50,EUR,,,We,99.50,EUR,We,108.00,USD,1.0854,,\n'
    found = {
        its.account: [(ln.position, ln.amount_minor) for ln in its.lines] for its in read(WISE + row, ours).statements
    }
    assert found == {"E1": [(2, -10000)], "U1": [(2, 10800)]}
    assert refusal(WISE + row, TableGuide(accounts={"EUR": "E1"})).code == "own_account_needed"
    [unknown] = lines(WISE + row.replace("NEUTRAL", "SIDEWAYS"), TableGuide(accounts={"": OURS}))
    assert unknown.invalid_reason is not None


def test_a_spreadsheet_is_unfolded_once(monkeypatch) -> None:
    opened = []

    def counted(*args, **how):
        opened.append(1)
        return open_records(*args, **how)

    monkeypatch.setattr("cabinet_finsystem.statements.formats.table.open_records", counted)
    book = Workbook()
    book.active.append(["Дата", "Сумма", "Назначение"])
    for number in range(1200):
        book.active.append([f"{number % 28 + 1:02}.03.2026", f"{number + 1},00", f"счет {number}"])
    content = io.BytesIO()
    book.save(content)
    guide = mapped(content.getvalue())
    opened.clear()
    found = lines(content.getvalue(), guide)
    assert [(ln.amount_minor, ln.purpose) for ln in found] == [((n + 1) * 100, f"счет {n}") for n in range(1200)]
    assert len(opened) == 1
