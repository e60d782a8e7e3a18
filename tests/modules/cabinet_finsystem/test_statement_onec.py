"""1CClientBankExchange as it is met in the world: dialects, deviations, and which way the money went."""

from __future__ import annotations

from datetime import date

import pytest
from zope.interface.verify import verifyObject

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats.onec import OneCFormat
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.reading import read_statement

OWN = "40702810000000000001"
OTHER = "40702810000000000888"
SECOND = "40702810000000000002"

HEADER = f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nПолучатель=1С:Предприятие\nРасчСчет={OWN}\n"
INCOMING = {
    "Номер": "11",
    "Дата": "05.06.2026",
    "Сумма": "20000.00",
    "ПлательщикСчет": OTHER,
    "ПлательщикИНН": "7700000003",
    "Плательщик1": "ООО Клиент",
    "ПолучательСчет": OWN,
    "ДатаПоступило": "06.06.2026",
    "ПолучательИНН": "7700000001",
    "НазначениеПлатежа": "Оплата по счету 7",
}
OUTGOING = {
    "Номер": "12",
    "Дата": "07.06.2026",
    "Сумма": "150.50",
    "ПлательщикСчет": OWN,
    "ДатаСписано": "08.06.2026",
    "ПлательщикИНН": "7700000001",
    "ПолучательСчет": OTHER,
    "ПолучательИНН": "7700000002",
    "Получатель1": "ООО Ромашка",
    "НазначениеПлатежа": "Оплата аренды",
}


def balance(opening, closing, account=OWN, begins="01.06.2026", ends="30.06.2026", **more):
    rows = {
        "ДатаНачала": begins,
        "ДатаКонца": ends,
        "РасчСчет": account,
        "НачальныйОстаток": opening,
        "КонечныйОстаток": closing,
        **more,
    }
    return "СекцияРасчСчет\n" + "".join(f"{key}={value}\n" for key, value in rows.items()) + "КонецРасчСчет\n"


def document(base=None, kind="Платежное поручение", drop=(), **changed):
    rows = {key: value for key, value in {**(base or {}), **changed}.items() if key not in drop}
    return f"СекцияДокумент={kind}\n" + "".join(f"{key}={value}\n" for key, value in rows.items()) + "КонецДокумента\n"


def read(*parts, header=HEADER, end="КонецФайла\n", encoding="cp1251"):
    return read_statement((header + "".join(parts) + end).encode(encoding))


def only_line(*parts, **how):
    (line,) = read(*parts, **how).lines()
    return line


def refusal_of(*parts, **how):
    with pytest.raises(StatementRefusedError) as refusal:
        read(*parts, **how)
    return refusal.value.code


def test_the_format_keeps_its_contract():
    assert verifyObject(IStatementFormat, OneCFormat())


class TestALine:
    def test_money_that_came_names_who_paid_and_when_it_was_booked(self):
        line = only_line(
            document(INCOMING, ПлательщикКПП="770001001", ПлательщикБИК="044525411", ПлательщикБанк1="ВТБ")
        )
        assert (line.position, line.direction, line.amount_minor, line.currency) == (1, "in", 2000000, "RUB")
        assert (line.booking_date, line.doc_date) == (date(2026, 6, 6), date(2026, 6, 5))
        assert line.counterparty == ("ООО Клиент", "7700000003", "770001001", OTHER, "044525411", "ВТБ")
        assert (line.doc_number, line.doc_kind, line.purpose) == ("11", "Платежное поручение", "Оплата по счету 7")

    def test_money_that_went_is_negative_and_names_who_got_it(self):
        line = only_line(document(OUTGOING))
        assert (line.direction, line.amount_minor, line.booking_date) == ("out", -15050, date(2026, 6, 8))
        assert (line.counterparty.name, line.counterparty.inn) == ("ООО Ромашка", "7700000002")

    def test_its_text_is_kept_as_the_file_has_it(self):
        text = document(INCOMING, НовыйКлюч="что-то")
        assert only_line(text).raw + "\n" == text

    def test_unknown_keys_are_kept_and_harm_nothing(self):
        line = only_line(document(INCOMING, ЧтоТоНовое="1", SomeKey="2"))
        assert line.amount_minor == 2000000
        assert "SomeKey=2" in line.raw

    def test_the_document_date_books_where_the_bank_gives_no_other(self):
        assert only_line(document(INCOMING, ДатаПоступило="")).booking_date == date(2026, 6, 5)
        assert only_line(document(INCOMING, drop=["ДатаПоступило"])).booking_date == date(2026, 6, 5)

    def test_any_kind_of_document_is_read(self):
        assert only_line(document(INCOMING, kind="Карточные операции")).doc_kind == "Карточные операции"
        assert only_line(document(INCOMING, kind="")).doc_kind == ""

    @pytest.mark.parametrize(
        ("written", "name", "inn"),
        [
            ("ИНН 7702070139 ООО Ромашка", "ООО Ромашка", "7702070139"),
            ("7702070139, ФИЛИАЛ ВТБ", "ФИЛИАЛ ВТБ", "7702070139"),
            ("6154569327 ООО Ромашка", "ООО Ромашка", "6154569327"),
            ("ИНН 7702070139 КПП 770201001 АО Свет", "АО Свет", "7702070139"),
            ("ИНН7702070139/770201001 АО Свет", "АО Свет", "7702070139"),
            ("Иванов Иван Иванович//г Москва, ул Мира, 1//", "Иванов Иван Иванович", ""),
            ('ООО "КЦ "Здоровая жизнь"', 'ООО "КЦ "Здоровая жизнь"', ""),
            ("1000 мелочей, магазин", "1000 мелочей, магазин", ""),
        ],
    )
    def test_a_name_is_freed_from_what_banks_put_before_and_after_it(self, written, name, inn):
        line = only_line(document(INCOMING, Плательщик=written, drop=["Плательщик1", "ПлательщикИНН"]))
        assert (line.counterparty.name, line.counterparty.inn) == (name, inn)

    def test_zeros_in_place_of_requisites_are_none(self):
        line = only_line(
            document(INCOMING, ПлательщикИНН="0", ПлательщикКПП="0", ПлательщикБИК="0", ПлательщикСчет="0")
        )
        assert line.counterparty == ("ООО Клиент", "", "", "", "", "")

    def test_a_tax_id_with_a_kpp_after_a_slash_is_the_tax_id(self):
        assert only_line(document(INCOMING, ПлательщикИНН="7700000003/770001001")).counterparty.inn == "7700000003"

    def test_the_party_s_own_account_is_taken_and_not_that_of_its_correspondent(self):
        correspondent = "30101810000000000593"
        for first, second in ((correspondent, OTHER), (OTHER, correspondent), (OTHER, ""), ("", OTHER)):
            line = only_line(document(INCOMING, ПлательщикСчет=first, ПлательщикРасчСчет=second))
            assert line.counterparty.account == OTHER

    def test_a_purpose_may_come_in_rows_and_may_repeat_itself(self):
        rows = {"НазначениеПлатежа1": "Оплата по счету", "НазначениеПлатежа2": "№ 7 от 01.06.2026"}
        assert only_line(document(INCOMING, drop=["НазначениеПлатежа"], **rows)).purpose == (
            "Оплата по счету № 7 от 01.06.2026"
        )
        assert only_line(document(INCOMING, **rows)).purpose == "Оплата по счету 7"
        whole = {"НазначениеПлатежа": "", "НазначениеПлатежа1": "Оплата за услуги", "НазначениеПлатежа2": "за услуги"}
        assert only_line(document(INCOMING, **whole)).purpose == "Оплата за услуги"

    def test_a_purpose_holds_equals_signs(self):
        assert only_line(document(INCOMING, НазначениеПлатежа="a=b; c==d")).purpose == "a=b; c==d"

    def test_a_purpose_broken_into_text_lines_is_joined(self):
        line = only_line(
            document(INCOMING, НазначениеПлатежа="Оплата по счету\n№ 7 от 01.06.2026\n\n  сумма 100 = 100  ")
        )
        assert line.purpose == "Оплата по счету № 7 от 01.06.2026 сумма 100 = 100"

    def test_tabs_and_spaces_around_keys_and_values_are_nothing(self):
        text = document(INCOMING).replace("Сумма=20000.00", "\tСумма = 20000.00 \t").replace("\n", " \n")
        assert only_line(text).amount_minor == 2000000

    def test_control_characters_of_a_purpose_become_spaces(self):
        assert only_line(document(INCOMING, НазначениеПлатежа="сч.\x1f7\x0bот…7")).purpose == "сч. 7 от…7"


class TestInvalidLines:
    @pytest.mark.parametrize(
        ("changed", "code", "found"),
        [
            ({"Сумма": "1 2O0.00"}, "amount_unreadable", "Сумма=1 2O0.00"),
            ({"Сумма": ""}, "amount_missing", "Сумма="),
            ({"Сумма": "-5.00"}, "amount_negative", "Сумма=-5.00"),
            ({"ДатаПоступило": "31.02.2026"}, "date_unreadable", "ДатаПоступило=31.02.2026"),
            ({"ДатаПоступило": "", "Дата": ""}, "date_missing", "Дата="),
            ({"Валюта": "USD"}, "currency_differs", "Валюта=USD"),
        ],
    )
    def test_a_line_that_cannot_be_read_is_kept_without_an_amount(self, changed, code, found):
        line = only_line(document(INCOMING, **changed))
        assert (line.amount_minor, line.invalid_reason.code, line.invalid_reason.found) == (None, code, found)
        assert line.direction == "in"

    def test_the_rest_of_the_file_is_read(self):
        file = read(document(INCOMING), document(INCOMING, Сумма="много"), document(OUTGOING))
        (statement,) = file.statements
        assert [line.amount_minor for line in statement.lines] == [2000000, None, -15050]
        assert statement.check.invalid_positions == (2,)
        assert file.needs_confirmation(statement)

    def test_a_decisive_key_with_two_values_is_not_ours_to_choose_from(self):
        text = document(INCOMING).replace("КонецДокумента", "Сумма=1.00\nКонецДокумента")
        line = only_line(text)
        assert (line.amount_minor, line.invalid_reason.code) == (None, "repeated_key")

    def test_a_key_repeated_with_its_value_is_no_harm(self):
        text = document(INCOMING).replace("КонецДокумента", "Сумма=20000.00\nСумма=\nКонецДокумента")
        assert only_line(text).amount_minor == 2000000

    def test_the_magnitude_is_evidence_where_only_the_direction_is_unknown(self):
        line = only_line(document(INCOMING, ПолучательСчет=SECOND, ДатаПоступило="", ПолучательИНН=""))
        assert (line.amount_minor, line.direction) == (None, None)
        assert (line.invalid_reason.code, line.invalid_reason.magnitude) == ("direction_unknown", 2000000)


class TestDirection:
    def test_a_filled_in_date_alone_does_not_decide(self):
        both = {"ДатаСписано": "05.06.2026", "ДатаПоступило": "06.06.2026"}
        assert only_line(document(INCOMING, **both)).direction == "in"
        assert only_line(document(OUTGOING, **both)).direction == "out"

    def test_an_account_the_bank_hides_is_told_by_the_only_date(self):
        hidden = "47422810000000000001"
        assert only_line(document(INCOMING, ПолучательСчет=hidden)).direction == "in"
        assert only_line(document(OUTGOING, ПлательщикСчет=hidden)).direction == "out"

    def test_our_inn_tells_where_accounts_and_dates_do_not(self):
        hidden = "47422810000000000001"
        file = read(
            document(OUTGOING, ПлательщикСчет=hidden, ДатаСписано=""),
            document(INCOMING, ПолучательСчет=hidden, ДатаПоступило=""),
            document(INCOMING),
        )
        assert [line.direction for line in file.lines()] == ["out", "in", "in"]

    def test_our_account_may_stand_behind_a_correspondent(self):
        line = only_line(
            document(INCOMING, ПолучательСчет="30101810000000000593", ПолучательРасчСчет=OWN, ДатаПоступило="")
        )
        assert line.direction == "in"

    def test_the_signs_are_proved_by_the_balance(self):
        file = read(
            balance("100.00", "19949.50", ВсегоПоступило="20000", ВсегоСписано="150.5"),
            document(INCOMING),
            document(OUTGOING),
        )
        (statement,) = file.statements
        assert (statement.check.balance_ok, statement.check.turnover_ok) == (True, True)
        wrong = read(balance("100.00", "-19749.50"), document(INCOMING), document(OUTGOING))
        assert wrong.statements[0].check.balance_ok is False

    def test_several_accounts_in_a_file_are_several_statements(self):
        header = HEADER + f"РасчСчет={SECOND}\n"
        file = read(
            balance("0", "20000"),
            balance("500", "349.50", account=SECOND),
            document(INCOMING),
            document(OUTGOING, ПлательщикСчет=SECOND),
            header=header,
        )
        assert [(its.account, len(its.lines), its.check.balance_ok) for its in file.statements] == [
            (OWN, 1, True),
            (SECOND, 1, True),
        ]
        assert [line.position for line in file.lines()] == [1, 2]

    def test_an_account_named_only_after_the_first_document_is_ours_all_the_same(self):
        file = read(
            balance("0", "20000"),
            document(INCOMING),
            balance("500", "349.50", account=SECOND),
            document(OUTGOING, ПлательщикСчет=SECOND),
        )
        assert [its.check.balance_ok for its in file.statements] == [True, True]

    def test_a_hidden_account_among_several_of_ours_is_not_guessed(self):
        line = only_line(
            document(INCOMING, ПолучательСчет="47422810000000000001"), header=HEADER + f"РасчСчет={SECOND}\n"
        )
        assert (line.amount_minor, line.invalid_reason.code) == (None, "account_unknown")

    def test_a_document_may_name_its_statement_by_itself(self):
        file = read(
            document(INCOMING, ПолучательСчет="47422810000000000001", РасчСчет=SECOND),
            header=HEADER + f"РасчСчет={SECOND}\n",
        )
        assert [len(its.lines) for its in file.statements] == [0, 1]


class TestHeaderAndBalances:
    def test_a_broken_header_date_does_not_reject_the_file(self):
        header = HEADER + "ДатаНачала=01.06.2026\nДатаКонца=30.06.202619202122\n"
        (statement,) = read(document(INCOMING), header=header).statements
        assert (statement.period_from, statement.period_to) == (date(2026, 6, 1), date(2026, 6, 30))
        assert statement.check.outside_period == 0

    def test_unreadable_header_dates_are_no_dates(self):
        header = HEADER + "ДатаНачала=когда-то\nДатаКонца=\n"
        (statement,) = read(document(INCOMING), header=header).statements
        assert (statement.period_from, statement.period_to) == (None, None)

    def test_sections_by_the_day_are_put_together_in_any_order(self):
        days = [
            balance(
                "150.00", "20150.00", begins="06.06.2026", ends="06.06.2026", ВсегоПоступило="20000", ВсегоСписано="0"
            ),
            balance("100.00", "150.00", begins="05.06.2026", ends="05.06.2026", ВсегоПоступило="50", ВсегоСписано="0"),
        ]
        file = read(*days, document(INCOMING), document(INCOMING, Сумма="50", ДатаПоступило="05.06.2026"))
        (statement,) = file.statements
        assert (statement.opening, statement.closing, statement.turnover_in) == (10000, 2015000, 2005000)
        assert statement.check.balance_ok is True

    def test_a_section_of_the_whole_period_wins_over_those_by_the_day(self):
        day = {"begins": "06.06.2026", "ends": "06.06.2026", "ВсегоПоступило": "20000", "ВсегоСписано": "0"}
        whole = {"begins": "06.06.2026", "ends": "07.06.2026", "ВсегоПоступило": "20000", "ВсегоСписано": "0"}
        (statement,) = read(balance("0", "20000", **day), balance("0", "20000", **whole), document(INCOMING)).statements
        assert (statement.turnover_in, statement.check.turnover_ok) == (2000000, True)

    def test_a_section_written_twice_counts_once(self):
        section = balance("0", "20000", ВсегоПоступило="20000", ВсегоСписано="0")
        (statement,) = read(section, section, document(INCOMING)).statements
        assert statement.check.turnover_ok is True

    def test_without_balances_nothing_is_proved_and_nothing_is_wrong(self):
        file = read(document(INCOMING))
        (statement,) = file.statements
        assert statement.check.balance_ok is None
        assert not file.needs_confirmation(statement)

    def test_a_period_without_operations_is_a_statement_without_lines(self):
        (statement,) = read(balance("100.00", "100.00")).statements
        assert (statement.lines, statement.check.balance_ok) == ((), True)

    def test_an_unreadable_balance_is_said_and_nothing_is_applied(self):
        file = read(balance("сто", "100.00"), document(INCOMING))
        assert [note.code for note in file.notes] == ["figure_unreadable"]
        assert file.flagged

    def test_an_account_of_dollars_is_in_dollars(self):
        account = "40702840900000000001"
        file = read(document(INCOMING, ПолучательСчет=account), header=HEADER.replace(OWN, account))
        assert file.statements[0].currency == "USD"
        assert next(file.lines()).currency == "USD"

    def test_an_account_that_hides_its_currency_is_taken_for_roubles_and_it_is_said(self):
        account = "00000000000000000001"
        file = read(document(INCOMING, ПолучательСчет=account), header=HEADER.replace(OWN, account))
        assert file.statements[0].currency == "RUB"
        assert [(note.code, note.blocking) for note in file.notes] == [("currency_assumed", False)]


class TestStructure:
    def test_the_other_end_marker_is_one_too(self):
        assert not read(document(INCOMING), end="КонецВыписки\n").notes

    def test_a_missing_end_after_a_closed_document_is_read_and_flagged(self):
        absent = read(document(INCOMING), end="")
        proven = read(balance("0", "20000"), document(INCOMING), end="")
        for file in (absent, proven):
            assert [note.code for note in file.notes] == ["end_missing"]
            assert file.needs_confirmation(file.statements[0])

    def test_a_missing_end_with_a_balance_that_fails_is_a_file_cut_between_documents(self):
        assert refusal_of(balance("0", "40000"), document(INCOMING), end="") == "truncated"

    def test_one_unreadable_line_that_is_the_gap_shows_that_nothing_else_is_missing(self):
        file = read(balance("0", "20000"), document(INCOMING, Сумма="2O000"), end="")
        assert file.statements[0].check.explained_by == 1

    def test_a_file_cut_inside_a_document_is_refused(self):
        assert refusal_of(document(INCOMING), document(OUTGOING)[:-20], end="") == "truncated"

    def test_a_document_that_runs_into_the_next_is_refused(self):
        cut = document(INCOMING).replace("КонецДокумента\n", "")
        assert refusal_of(cut, document(OUTGOING)) == "broken_structure"

    def test_a_closing_word_without_an_opening_one_is_refused(self):
        assert refusal_of(document(INCOMING).replace("СекцияДокумент=", "СекцияДакумент="), document(OUTGOING)) == (
            "broken_structure"
        )

    def test_a_balance_section_that_is_not_closed_is_refused(self):
        assert refusal_of(balance("0", "0").replace("КонецРасчСчет\n", ""), document(INCOMING)) == "broken_structure"

    def test_files_put_together_are_refused(self):
        assert refusal_of(document(INCOMING), end="КонецФайла\n" + HEADER + document(OUTGOING) + "КонецФайла\n") == (
            "broken_structure"
        )

    def test_text_between_documents_is_said_and_nothing_is_applied(self):
        file = read(document(INCOMING), "Сумма=100.00\n", document(OUTGOING))
        assert [(note.code, note.blocking) for note in file.notes] == [("stray_text", True)]

    def test_blank_lines_indents_and_the_end_of_a_dos_file_are_nothing(self):
        text = "\n\n" + document(INCOMING).replace("\n", "\n\n  ") + "\n\n" + document(OUTGOING) + "\n"
        file = read(text, end="КонецФайла\n\x1a")
        assert [line.amount_minor for line in file.lines()] == [2000000, -15050]
        assert not file.notes

    @pytest.mark.parametrize("line_end", ["\r\n", "\r", "\r\r\n"])
    def test_line_ends_of_any_system_are_line_ends(self, line_end):
        text = (HEADER + document(INCOMING) + document(OUTGOING) + "КонецФайла").replace("\n", line_end)
        file = read_statement(text.encode("cp1251"))
        assert [line.amount_minor for line in file.lines()] == [2000000, -15050]

    def test_a_file_without_an_account_is_refused(self):
        assert refusal_of(document(INCOMING), header=HEADER.replace(f"РасчСчет={OWN}\n", "")) == "no_account"

    def test_payment_orders_for_the_bank_are_refused(self):
        orders = document(OUTGOING, drop=["ДатаСписано"])
        to_bank = HEADER.replace("Получатель=1С:Предприятие", "Отправитель=Бухгалтерия предприятия, редакция 3.0")
        assert refusal_of(orders, header=to_bank) == "payment_orders"
        assert refusal_of(orders, header=to_bank + "Получатель=Сбербанк Бизнес Онлайн\n") == "payment_orders"

    def test_a_short_export_without_dates_and_balances_is_a_statement(self):
        short = HEADER.replace("Получатель=", "Отправитель=Т-Банк\nПолучатель=")
        file = read(document(INCOMING, drop=["ДатаПоступило"]), document(OUTGOING, drop=["ДатаСписано"]), header=short)
        assert [line.amount_minor for line in file.lines()] == [2000000, -15050]


KZ_ACCOUNT = "KZ86125KZT5004100100"
KZ_HEADER = (
    "1CClientBankExchange\nВерсияФормата=2.00\nКодировка=windows-1251\nОтправитель=Банк\n"
    "Получатель=1С:Бухгалтерия для Казахстана\nДатаНачала=01.06.2026\nДатаКонца=30.06.2026\n"
    f"РасчСчет={KZ_ACCOUNT}\n"
)
KZ_PAID = {
    "НомерДокумента": "95022",
    "ДатаДокумента": "03.06.2026",
    "ВидДокумента": "ПлатежноеПоручение",
    "СуммаПриход": "7745.7",
    "ПлательщикНаименование": "ТОО Степь",
    "ПлательщикБИН_ИИН": "971240001315",
    "ПлательщикИИК": "KZ81722S000001159377",
    "ПлательщикБанкБИК": "CASPKZKA",
    "ПлательщикБанкНаименование": "АО Банк",
    "ПолучательНаименование": "ТОО Наша",
    "ПолучательБИН_ИИН": "220640014948",
    "ПолучательИИК": KZ_ACCOUNT,
    "ДатаОперации": "04.06.2026",
    "ДатаВалютирования": "05.06.2026",
    "КодНазначенияПлатежа": "851",
    "НазначениеПлатежа": "За услуги по счету 12",
}
KZ_SPENT = {
    "НомерДокумента": "NT-1",
    "ДатаДокумента": "06.06.2026",
    "ДатаОперации": "06.06.2026",
    "СуммаРасход": "160000",
    "Сумма": "160000",
    "Валюта": "KZT",
    "ПлательщикИИК": KZ_ACCOUNT,
    "ПолучательНаименование": "Филиал банка",
    "ПолучательИИК": "KZ298561005127073713",
    "НазначениеПлатежа": "Снятие наличных",
}


class TestKazakhstan:
    def section(self, opening, closing):
        return balance(opening, closing, account=KZ_ACCOUNT)

    @pytest.mark.parametrize("capitals", [False, True])
    def test_its_keys_are_read_in_either_case(self, capitals):
        parts = [
            self.section("200000", "47745.7"),
            document(KZ_PAID, kind='"Выписка"'),
            document(KZ_SPENT, kind="выписка"),
        ]
        text = "".join(parts)
        if capitals:
            text = "\n".join(
                row.partition("=")[0].upper() + "".join(row.partition("=")[1:]) if "=" in row else row.upper()
                for row in text.split("\n")
            )
        file = read(text, header=KZ_HEADER)
        (statement,) = file.statements
        first, second = statement.lines
        assert (statement.currency, statement.check.balance_ok) == ("KZT", True)
        assert (first.amount_minor, first.booking_date, first.value_date) == (
            774570,
            date(2026, 6, 4),
            date(2026, 6, 5),
        )
        assert first.counterparty == (
            "ТОО Степь", "971240001315", "", "KZ81722S000001159377", "CASPKZKA", "АО Банк"
        )  # fmt: skip
        assert (first.doc_number, first.doc_kind.lower(), first.purpose) == (
            "95022",
            "выписка",
            "За услуги по счету 12",
        )
        assert (second.amount_minor, second.counterparty.name) == (-16000000, "Филиал банка")

    def test_the_key_of_the_amount_tells_the_direction_where_no_account_of_ours_is_named(self):
        line = only_line(document(KZ_PAID, ПолучательИИК="", ПлательщикИИК=""), header=KZ_HEADER)
        assert (line.direction, line.amount_minor) == ("in", 774570)

    def test_a_zero_in_the_other_direction_is_no_amount(self):
        assert only_line(document(KZ_PAID, СуммаРасход="0.00"), header=KZ_HEADER).amount_minor == 774570

    def test_amounts_in_both_directions_are_not_ours_to_choose_from(self):
        line = only_line(document(KZ_PAID, СуммаРасход="5.00"), header=KZ_HEADER)
        assert (line.amount_minor, line.invalid_reason.code) == (None, "amount_twice")

    def test_a_dollar_account_is_told_by_the_currency_of_its_documents(self):
        file = read(document(KZ_SPENT, Валюта="USD"), header=KZ_HEADER)
        assert (file.statements[0].currency, next(file.lines()).amount_minor) == ("USD", -16000000)


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_words_of_the_format_are_read_in_capitals_and_in_small_letters(case):
    rows = (HEADER + balance("0", "20000") + document(INCOMING) + "КонецФайла\n").split("\n")
    pairs = [row.partition("=") for row in rows[1:]]
    text = "\n".join([rows[0], *(case(key) + equals + value for key, equals, value in pairs)])
    for encoding in ("cp1251", "cp866", "utf-8"):
        file = read_statement(text.encode(encoding))
        [line] = file.lines()
        assert (line.amount_minor, line.counterparty.name, line.purpose) == (
            20000_00,
            "ООО Клиент",
            "Оплата по счету 7",
        )
        assert file.statements[0].check.balance_ok


def test_the_tax_id_written_before_the_full_name_counts_where_its_own_key_is_empty():
    line = only_line(document(INCOMING, ПлательщикИНН="", Плательщик="ИНН 7700000003 ООО Клиент"))
    assert (line.counterparty.inn, line.counterparty.name) == ("7700000003", "ООО Клиент")
    stated = only_line(document(INCOMING, Плательщик="ИНН 7700000001 ООО Клиент"))
    assert stated.counterparty.inn == "7700000003"


def test_an_account_number_may_be_written_in_groups():
    grouped = f"{OWN[:5]}.{OWN[5:8]}.{OWN[8]}.{OWN[9:]}"
    file = read(document(INCOMING, ПолучательСчет=grouped), header=HEADER.replace(OWN, grouped))
    [line] = file.lines()
    assert line.amount_minor == 20000_00
    assert file.statements[0].account == OWN
