"""Tables of banks that nobody has named to us: their columns are proposed by their names in many languages, by what stands in them and by
the balance that follows, so that a person has only to agree."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from cabinet_finsystem.statements.reading import StatementReader
from cabinet_finsystem.statements.tables.cells import read_day, sum_minor
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.inspecting import Inspection, inspect_table
from cabinet_finsystem.statements.tables.proof import money_columns

OURS = "40702810000000000001"


def looked_at(text: str, encoding: str = "utf-8") -> Inspection:
    return inspect_table(BytesIO(text.encode(encoding)), TableGuide())


def proposed(text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    """Role → names of the columns proposed for it."""
    found = looked_at(text, encoding)
    assert found.mapping.problems() == []
    return {role: [found.header[place] for place in places] for role, places in found.mapping.columns.items()}


def read(text: str, encoding: str = "utf-8", currency: str = "EUR"):
    """The file, read as it was proposed."""
    found = looked_at(text, encoding)
    guide = TableGuide(mappings={found.key: found.mapping}, accounts={currency: OURS})
    return StatementReader(text.encode(encoding), guide=guide).whole()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            [
                "Datum;Naam / Omschrijving;Rekening;Tegenrekening;Af Bij;Bedrag (EUR);Mededelingen;Saldo na mutatie",
                "20260105;Klant BV;NL91ABNA0417164300;NL20INGB0001234567;Bij;100,00;Factuur 17;1.100,00",
                "20260106;Winkel;NL91ABNA0417164300;NL69INGB0123456789;Af;50,00;Kantoor;1.050,00",
            ],
            {"date": "Datum", "name": "Naam / Omschrijving", "own_account": "Rekening", "account": "Tegenrekening", "direction": "Af Bij",
             "amount": "Bedrag (EUR)", "purpose": "Mededelingen", "balance": "Saldo na mutatie"},
        ),
        (
            [
                "Data księgowania;Nadawca/Odbiorca;Nr rachunku;Tytuł operacji;Kwota (waluta rachunku);Waluta;Saldo po operacji",
                "2026-01-05;ACME SP. Z O.O.;61109010140000071219812874;Faktura 17;100,00;PLN;1100,00",
                "2026-01-06;WSPÓLNOTA;61109010140000071219812875;Czynsz;-50,00;PLN;1050,00",
            ],
            {"date": "Data księgowania", "name": "Nadawca/Odbiorca", "account": "Nr rachunku", "purpose": "Tytuł operacji",
             "amount": "Kwota (waluta rachunku)", "currency": "Waluta", "balance": "Saldo po operacji"},
        ),
        (
            [
                "Datum zaúčtování;Číslo protiúčtu;Název protiúčtu;Zpráva pro příjemce;Zaúčtovaná částka;Měna účtu;Poplatek",
                "05.01.2026;1000000001/0800;Odběratel s.r.o.;Faktura 17;1 000,00;CZK;0,00",
                "06.01.2026;1000000002/0100;Dodavatel a.s.;Nájem;-500,00;CZK;0,00",
            ],
            {"date": "Datum zaúčtování", "account": "Číslo protiúčtu", "name": "Název protiúčtu", "purpose": "Zpráva pro příjemce",
             "amount": "Zaúčtovaná částka", "currency": "Měna účtu"},
        ),
        (
            [
                "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta",
                "2026-01-05;-1200,00;Vi AB;Hyresvärd AB;Hyresvärd AB;Hyra;8800,00;SEK",
                "2026-01-04;3000,00;Kund AB;Vi AB;Kund AB;Faktura 17;10000,00;SEK",
            ],
            {"date": "Bokföringsdag", "amount": "Belopp", "name": "Namn", "purpose": "Rubrik", "balance": "Saldo", "currency": "Valuta"},
        ),
        (
            [
                "Dato;Forklaring;Rentedato;Ut fra konto;Inn på konto",
                "05.01.2026;Husleie;05.01.2026;1000,00;",
                "16.01.2026;Kunde AS;16.01.2026;;994,00",
            ],
            {"date": "Dato", "value_date": "Rentedato", "purpose": "Forklaring", "debit": "Ut fra konto", "credit": "Inn på konto"},
        ),
        (
            [
                "Kuupäev;Saaja/Maksja;Selgitus;Summa;Valuuta;Deebet/Kreedit;Dokumendi number",
                "02.03.2026;Klient OÜ;Arve 17;50,00;EUR;K;1",
                "13.03.2026;Pood;ost;20,00;EUR;D;2",
            ],
            {"date": "Kuupäev", "name": "Saaja/Maksja", "purpose": "Selgitus", "amount": "Summa", "currency": "Valuuta",
             "direction": "Deebet/Kreedit", "doc_number": "Dokumendi number"},
        ),
        (
            [
                "Tranzakció dátuma;Partner neve;Partner számlaszáma;Tranzakció összege;Bevétel/Kiadás;Értéknap;Közlemény;Egyenleg;Deviza",
                "2026.01.05.;Kovács Kft;11600006-00000000-12345678;350;Kiadás;2026.01.05.;számla 17;2345;HUF",
                "2026.01.04.;Nagy Bt;11600006-00000000-12345679;1290;Bevétel;2026.01.04.;számla 18;2695;HUF",
            ],
            {"date": "Tranzakció dátuma", "name": "Partner neve", "account": "Partner számlaszáma", "amount": "Tranzakció összege",
             "direction": "Bevétel/Kiadás", "value_date": "Értéknap", "purpose": "Közlemény", "balance": "Egyenleg",
             "currency": "Deviza"},
        ),
        (
            [
                "Tarih;Açıklama;Tutar;Bakiye;Dekont No",
                "05.01.2026;GELEN HAVALE ŞİRKET;1.000,00;2.000,00;1234",
                "16.01.2026;KİRA;-500,00;1.500,00;1235",
            ],
            {"date": "Tarih", "purpose": "Açıklama", "amount": "Tutar", "balance": "Bakiye", "bank_ref": "Dekont No"},
        ),
        (
            [
                "№;ЄДРПОУ;МФО;Дата операції;Рахунок кореспондента;ЄДРПОУ кореспондента;Кореспондент;Дебет;Кредит;Призначення платежу",
                "1;12345678;305299;05.01.2026;UA213003350000026001234567891;87654321;ТОВ КЛІЄНТ;;1000.00;За рахунком 17",
                "2;12345678;305299;06.01.2026;UA213003350000026001234567892;87654322;ТОВ ОРЕНДА;500.00;;Оренда",
            ],
            {"date": "Дата операції", "account": "Рахунок кореспондента", "inn": "ЄДРПОУ кореспондента", "name": "Кореспондент",
             "debit": "Дебет", "credit": "Кредит", "purpose": "Призначення платежу"},
        ),
        (
            [
                "Data di registrazione;Data valuta;Testo;Importo di addebito (EUR);Importo di accredito (EUR);Saldo (EUR)",
                "15.01.2026;15.01.2026;Affitto;961.94;;170.00",
                "16.01.2026;16.01.2026;Cliente srl;;366.00;536.00",
            ],
            {"date": "Data di registrazione", "value_date": "Data valuta", "purpose": "Testo", "debit": "Importo di addebito (EUR)",
             "credit": "Importo di accredito (EUR)", "balance": "Saldo (EUR)"},
        ),
        (
            [
                "Дата операции;Номер пп;Тип операции;Счет контрагента;Контрагент (БИН);За что;Сумма дебет (руб.);Сумма кредит (руб.)",
                "05.02.2026;17;Входящий;40702810202500088523;ООО Ромашка 7712345678;По счету 17;;15000,00",
                "06.02.2026;18;Исходящий;40702810202500088524;ООО Лютик 7712345679;Аренда;5000,00;",
            ],
            {"date": "Дата операции", "doc_number": "Номер пп", "direction": "Тип операции", "account": "Счет контрагента",
             "name": "Контрагент (БИН)", "purpose": "За что", "debit": "Сумма дебет (руб.)",
             "credit": "Сумма кредит (руб.)"},
        ),
    ],
    ids=["nl", "pl", "cz", "se", "no", "ee", "hu", "tr", "ua", "it", "ru"],
)  # fmt: skip
def test_columns_are_proposed_by_the_words_in_their_names(text: list[str], expected: dict[str, str]) -> None:
    found = proposed("\n".join(text))
    assert {role: names[0] for role, names in found.items() if role in expected} == expected


def test_a_side_told_by_a_word_gives_every_sum_its_sign() -> None:
    text = "Datums;Saņēmējs;Summa;Valūta;Debets/Kredīts\n02.03.2026;SIA A;50,00;EUR;K\n13.03.2026;SIA B;20,00;EUR;D\n"
    assert [line.amount_minor for line in read(text).lines()] == [5000, -2000]


def test_a_table_without_names_loses_no_row_and_is_known_again_by_its_shape() -> None:
    text = "25/06/2026,-25.00,RENT OF JUNE,975.00\n26/06/2026,1000.00,CLIENT LTD INV 17,1975.00\n27/06/2026,-5.00,FEE,1970.00\n"
    found = looked_at(text)
    assert found.header == ("1", "2", "3", "4")
    assert found.mapping.columns == {"date": (0,), "amount": (1,), "purpose": (2,), "balance": (3,)}
    file = read(text)
    assert [line.amount_minor for line in file.lines()] == [-2500, 100000, -500]
    assert [line.position for line in file.lines()] == [1, 2, 3]
    assert file.statements[0].check.balance_ok is True
    assert looked_at("28/06/2026,7.00,OTHER,1977.00\n").key == found.key
    assert looked_at("28/06/2026,OTHER,7.00,1977.00\n").key != found.key, "another order of columns is asked about anew"


def test_money_is_told_by_the_balance_that_follows_where_no_name_does() -> None:
    assert money_columns(
        [(1, ["5.00", "7.00", "1.00"]), (4, ["-2.00", "3.00", "4.00"]), (6, ["8.00", "11.00", "15.00"])]
    ) == {
        "amount": 4,
        "balance": 6,
    }
    newest_first = [(0, ["", "2.00"]), (1, ["3.00", ""]), (2, ["11.00", "8.00"])]
    assert money_columns(newest_first) == {"debit": 0, "credit": 1, "balance": 2}
    assert money_columns([(0, ["1.00", "2.00"]), (1, ["5.00", "5.00"])]) == {}, (
        "what proves nothing is left to a person"
    )


def test_what_a_bank_says_of_its_balance_between_operations_is_no_money() -> None:
    text = (
        "Data,Histórico,Valor\n29/01/2026,Saldo Anterior,1000.00\n30/01/2026,Pix recebido,50.00\n31/01/2026,Conta de luz,-20.00\n"
        "31/01/2026,S A L D O,1030.00\n"
    )
    (statement,) = read(text).statements
    assert [line.amount_minor for line in statement.lines] == [5000, -2000]
    assert (statement.opening, statement.closing, statement.check.balance_ok) == (100000, 103000, True)


def test_a_payment_of_somebody_s_balance_is_money_all_the_same() -> None:
    text = "Date,Payee,Description,Amount\n29/01/2026,Smith,Opening balance,10.00\n30/01/2026,Jones,Closing balance,-4.00\n"
    assert [line.amount_minor for line in read(text).lines()] == [1000, -400]


def test_a_second_line_of_the_header_and_the_numbers_of_columns_are_no_operations() -> None:
    text = "Дата;Счет;;Сумма по дебету;Сумма по кредиту;Назначение\n;Дебет;Кредит\n1;2;3;4;5;6\n05.02.2026;1;2;;15,00;За услуги\n"
    assert [(line.amount_minor, line.invalid_reason) for line in read(text, currency="RUB").lines()] == [(1500, None)]


def test_names_that_stand_over_others_are_read_together_and_a_cell_of_account_tax_number_and_name_is_taken_apart() -> (
    None
):
    text = (
        ";ВЫПИСКА ПО СЧЕТУ;40702810000000000001\n"
        "Дата проводки;Счет;;Сумма по дебету;Сумма по кредиту;№ документа;Назначение платежа\n"
        ";Дебет;Кредит\n"
        '05.02.2026;"40702810000000000002\n7712345678\nООО ""Клиент""";"40702810000000000001\nООО Мы";;15 000,00;17;По счету 17\n'
        '06.02.2026;"40702810000000000001\n7700000001\nООО Мы";"40702810000000000003\n771234567890\nИП Петров";5 000,00;;18;Аренда\n'
    )
    assert proposed(text)["payer_account"] == ["Счет Дебет"]
    first, second = read(text, currency="RUB").lines()
    assert (first.amount_minor, first.counterparty[:4]) == (
        1500000,
        ('ООО "Клиент"', "7712345678", "", "40702810000000000002"),
    )
    assert (second.amount_minor, second.counterparty[:4]) == (
        -500000,
        ("ИП Петров", "771234567890", "", "40702810000000000003"),
    )
    assert (second.doc_number, second.purpose) == ("18", "Аренда")


def test_columns_without_names_at_the_end_go_on_with_the_purpose() -> None:
    text = (
        '"Data operacji","Kwota","Opis transakcji","",""\n"2026-01-05","-50.00","Odbiorca: A","Nazwa: Wspólnota","Tytuł: czynsz"\n'
        '"2026-01-06","70.00","Nadawca: B","Nazwa: Klient","Tytuł: faktura 17"\n'
    )
    first, second = read(text).lines()
    assert first.purpose == "Odbiorca: A. Nazwa: Wspólnota. Tytuł: czynsz"
    assert (second.amount_minor, second.invalid_reason) == (7000, None)


def test_an_account_of_the_file_that_is_not_ours_is_named_in_the_currency_of_the_one_chosen() -> None:
    text = "Account;Date;Amount;Description\nDE89370400440532013000;05.01.2026;1,00;a\nDE89370400440532013000;16.01.2026;2,00;b\n"
    (statement,) = read(text, currency="EUR").statements
    assert (statement.account, statement.currency) == ("DE89370400440532013000", "EUR")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("18 Apr 2026", date(2026, 4, 18)),
        ("18-Apr-26", date(2026, 4, 18)),
        ("Apr 18, 2026", date(2026, 4, 18)),
        ("5 февраля 2026 г.", date(2026, 2, 5)),
        ("5 juillet 2026", date(2026, 7, 5)),
        ("5 juin 2026", date(2026, 6, 5)),
        ("20260418", date(2026, 4, 18)),
        ("2026:04:18", date(2026, 4, 18)),
        ("20261318", None),
        ("18 Foo 2026", None),
        ("31 Feb 2026", None),
    ],
)
def test_days_are_read_as_banks_write_them(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_the_side_behind_a_sum_is_its_sign() -> None:
    assert [sum_minor(text, "INR") for text in ("1,00,000.00 Cr", "500.00DR", "12 Crowns")] == [10000000, -50000, None]


@pytest.mark.parametrize(
    ("name", "currency"),
    [
        ("Bedrag (EUR)", "EUR"),
        ("Сумма, KZT", "KZT"),
        ("Umsatz in CHF", "CHF"),
        ("Сумма (RUR)", "RUB"),
        ("Amount [USD]", "USD"),
        ("Amount", ""),
        ("Сумма ВСЕ", ""),
        ("Amount ABC", ""),
    ],
)
def test_the_currency_is_told_by_the_name_of_the_column_of_money(name: str, currency: str) -> None:
    found = looked_at(f"Date;{name};Description\n15.01.2026;1,00;a\n16.01.2026;-2,00;b\n")
    assert found.accountless(found.mapping) == [currency]
    assert [(line.amount, line.currency) for _row, line in found.read(found.mapping)] == [
        (100, currency),
        (-200, currency),
    ]


def test_columns_of_money_in_two_currencies_tell_none_and_an_account_tells_its_own() -> None:
    found = looked_at("Date;Debit (EUR);Credit (USD);Description\n15.01.2026;1,00;;a\n16.01.2026;;2,00;b\n")
    assert found.accountless(found.mapping) == [""]
    text = f"Счёт;{OURS}\nДата;Сумма (USD);Назначение\n15.01.2026;1,00;a\n16.01.2026;2,00;b\n"
    found = looked_at(text)
    assert {line.currency for _row, line in found.read(found.mapping)} == {"RUB"}


def test_a_first_look_shows_the_currency_of_the_account_that_was_chosen_and_else_none() -> None:
    found = inspect_table(BytesIO(b"Date;Amount;Description\n15.01.2026;1,00;a\n"), TableGuide(ours={OURS: "RUB"}))
    assert [line.currency for _row, line in found.read(found.mapping)] == [""]
    assert [line.currency for _row, line in found.read(found.mapping, {"": OURS})] == ["RUB"]


def test_an_account_between_apostrophes_under_a_polish_name_is_the_counterparty_s() -> None:
    text = (
        "#Data księgowania;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;\n"
        "2026-01-05;FAKTURA 17;ACME;'11114020040000300201355387';1 000,00;1 100,00;\n"
        "2026-01-06;CZYNSZ;WSPÓLNOTA;'11114020040000300201355388';-500,00;600,00;\n"
    )
    assert proposed(text)["account"] == ["#Numer konta"]
    first, _second = read(text, currency="PLN").lines()
    assert first.counterparty.account == "11114020040000300201355387"


def test_columns_without_names_and_void_columns_are_told_apart() -> None:
    bare = looked_at('15/01/2026,"-25.00","SHOP","975.00"\n16/01/2026,"+100.00","CLIENT","1075.00"\n')
    assert (bare.unnamed, [bare.is_void(place) for place in range(4)]) == (True, [False] * 4)
    merged = looked_at("Date;;Amount;;Description\n15.01.2026;;1,00;x;a\n16.01.2026;;-2,00;;b\n")
    assert (merged.unnamed, [merged.is_void(place) for place in range(5)]) == (
        False,
        [False, True, False, False, False],
    )
