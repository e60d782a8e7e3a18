"""Tables of invoices and of opening balances come in as a whole or not at all, and only once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cabinet.identity.models import Client
from cabinet.interfaces import IClock
from cabinet.tables import write_xlsx
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.interfaces import IArticles, IBalances, IBookImports, IInvoiceBook, ILedger, IPayments
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.testing import DAY, an_invoice, open_books

COLUMNS = (
    "external_id;client;contract;number;date;due;description;quantity;unit;price;vat_rate;vat_included;article;currency"
)


@pytest.fixture
def books(unit_of_work) -> None:
    """A firm with clients C-2 and C-3."""
    with unit_of_work() as request:
        open_books(request)
        a_client(request, 2)
        a_client(request, 3)


def table(*rows: str, header: str = COLUMNS) -> bytes:
    return "\n".join([header, *rows]).encode()


def take(unit_of_work, *rows: str, header: str = COLUMNS, **options):
    with unit_of_work(writing=not options.get("dry_run")) as request:
        return request.find_service(IBookImports).invoices(table(*rows, header=header), "invoices.csv", **options)


def counts(report) -> tuple[int, int, int, int]:
    return report.rows, report.created, report.updated, report.unchanged


def stored(unit_of_work) -> list[Invoice]:
    with unit_of_work() as request:
        return [
            request.find_service(IInvoiceBook).find(public_id)
            for (public_id,) in request.db.query(Invoice.public_id).order_by(Invoice.id).all()
        ]


def client_of(request, external_id: str) -> int:
    return request.db.scalar(select(Client.id).where(Client.external_id == external_id))


def places(remarks) -> list[tuple[int, str]]:
    return [(remark.row, remark.column) for remark in remarks]


def test_rows_of_one_id_are_lines_of_one_invoice(unit_of_work, books) -> None:
    report = take(
        unit_of_work,
        "A1;C-2;;;2026-02-03;;Аренда;1;мес;12 200,00;22;да;;",
        "A2;C-3;;;03.02.2026;10.02.2026;Доставка;2;шт;100;без НДС;;;",
        "A1;;;;;;Уборка;1,5;ч;100;10 %;;;",
    )
    assert (counts(report), report.errors, report.warnings) == ((3, 2, 0, 0), (), ())
    first, second = stored(unit_of_work)
    assert [(line.text, line.quantity_milli, line.price, line.vat_rate) for line in first.lines] == [
        ("Аренда", 1000, 1_220_000, 2200),
        ("Уборка", 1500, 10_000, 1000),
    ]
    assert (first.state, first.number, first.total, first.due) == ("draft", None, 1_235_000, DAY + timedelta(5))
    assert (second.total, second.vat, second.due, second.lines[0].vat_rate) == (20_000, 0, date(2026, 2, 10), None)


def test_issuing_takes_numbers_and_posts_charges(unit_of_work, books) -> None:
    report = take(
        unit_of_work,
        "A1;C-2;;;2026-02-03;;Аренда;1;;100;22;;;",
        "A2;C-2;;СЧ-2026-00010;2026-02-04;;Аренда;1;;100;22;;;",
        "A3;C-2;;17/а;2026-02-05;;Аренда;1;;100;22;нет;;",
        issue=True,
    )
    assert (counts(report), report.errors) == ((3, 3, 0, 0), ())
    assert [(i.number, i.state, i.total) for i in stored(unit_of_work)] == [
        ("СЧ-2026-00011", "issued", 10_000),
        ("СЧ-2026-00010", "issued", 10_000),
        ("17/а", "issued", 12_200),
    ]
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(client_of(request, "C-2"), "RUB") == -32_200
        assert request.db.query(Entry).count() == 3


def test_the_same_table_again_changes_nothing(unit_of_work, books) -> None:
    rows = [
        "A1;C-2;;;2026-02-03;;Аренда;1;;100;22;;Аренда помещений;",
        "A1;;;;;;Свет;2,5;;10;;;;",
        "A2;C-3;;7;2026-02-03;;Вода;1;;5;0;;;",
    ]
    take(unit_of_work, *rows)
    assert counts(take(unit_of_work, *rows)) == (3, 0, 0, 2)
    assert counts(take(unit_of_work, *rows, issue=True)) == (3, 0, 2, 0)
    assert counts(take(unit_of_work, *rows, issue=True)) == (3, 0, 0, 2)
    again = take(unit_of_work, *rows)
    assert (counts(again), again.warnings) == ((3, 0, 0, 2), ())
    assert [(i.number, i.state, len(i.lines)) for i in stored(unit_of_work)] == [
        ("СЧ-2026-00001", "issued", 2),
        ("7", "issued", 1),
    ]


def test_a_draft_is_brought_up_to_date(unit_of_work, books) -> None:
    take(unit_of_work, "A1;C-2;;;2026-02-03;;Аренда;1;;100;22;;;", "A1;;;;;;Свет;1;;10;22;;;")
    report = take(unit_of_work, "A1;C-3;;;2026-02-10;;Аренда;2;;100;22;;;", issue=True)
    assert counts(report) == (1, 0, 1, 0)
    [invoice] = stored(unit_of_work)
    assert (invoice.total, invoice.date, invoice.state, len(invoice.lines)) == (20_000, date(2026, 2, 10), "issued", 1)
    with unit_of_work() as request:
        assert request.find_service(IInvoiceBook).find(invoice.public_id).customer["name"] == "ООО «Клиент 3»"
        assert request.db.query(InvoiceLine).count() == 1


def test_what_is_issued_stays_and_the_row_is_named(unit_of_work, books) -> None:
    take(unit_of_work, "A1;C-2;;;2026-02-03;;Аренда;1;;100;22;;;", issue=True)
    report = take(unit_of_work, "A1;C-2;;;2026-02-03;;Аренда;1;;200;22;;;", issue=True)
    assert (counts(report), report.errors, places(report.warnings)) == ((1, 0, 0, 1), (), [(2, "external_id")])
    assert stored(unit_of_work)[0].total == 10_000


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("row", "place"),
    [
        (";C-2;;;2026-02-03;;x;1;;1;;;;", (2, "external_id")),
        ("A1;;;;2026-02-03;;x;1;;1;;;;", (2, "client")),
        ("A1;C-9;;;2026-02-03;;x;1;;1;;;;", (2, "client")),
        ("A1;C-2;K9;;2026-02-03;;x;1;;1;;;;", (2, "contract")),
        ("A1;C-2;;;;;x;1;;1;;;;", (2, "date")),
        ("A1;C-2;;;02/03/2026;;x;1;;1;;;;", (2, "date")),
        ("A1;C-2;;;2026-02-03;2026-02-01;x;1;;1;;;;", (2, "due")),
        ("A1;C-2;;;2026-02-03;;;1;;1;;;;", (2, "description")),
        ("A1;C-2;;;2026-02-03;;x;нет;;1;;;;", (2, "quantity")),
        ("A1;C-2;;;2026-02-03;;x;0;;1;;;;", (2, "quantity")),
        ("A1;C-2;;;2026-02-03;;x;1,2345;;1;;;;", (2, "quantity")),
        ("A1;C-2;;;2026-02-03;;x;1;;;;;;", (2, "price")),
        ("A1;C-2;;;2026-02-03;;x;1;;1,005;;;;", (2, "price")),
        ("A1;C-2;;;2026-02-03;;x;1;;-1;;;;", (2, "price")),
        ("A1;C-2;;;2026-02-03;;x;1;;1;много;;;", (2, "vat_rate")),
        ("A1;C-2;;;2026-02-03;;x;1;;1;;может быть;;", (2, "vat_included")),
        ("A1;C-2;;;2026-02-03;;x;1;;1;;;Авансы клиентов;", (2, "article")),
        ("A1;C-2;;;2026-02-03;;x;1;;1;;;;РУБ", (2, "currency")),
        ("A1;C-2;;;2026-02-03;;x;1;;1;;;;QQQ", (2, "currency")),
        ("A1;C-2;;;2026-02-03;;x;1;;99999999999999999999;;;;", (2, "price")),
        ("A1;C-2;;;2026-02-03;;x;1;;0;;;;", (2, "date")),
    ],
)
def test_a_row_in_error_refuses_the_table_and_is_named(unit_of_work, books, row, place) -> None:
    report = take(unit_of_work, row, "A2;C-2;;;2026-02-03;;x;1;;1;;;;", issue=True)
    assert places(report.errors) == [place]
    assert stored(unit_of_work) == []


def test_rows_of_one_invoice_may_not_disagree(unit_of_work, books) -> None:
    report = take(unit_of_work, "A1;C-2;;;2026-02-03;;x;1;;1;;;;", "A1;C-3;;;2026-02-04;;x;1;;1;;;;")
    assert places(report.errors) == [(3, "client"), (3, "date")]


def test_a_number_serves_one_invoice_a_year(unit_of_work, books) -> None:
    with unit_of_work() as request:
        an_invoice(request, a_client(request, 4).client_id, 100, issued_as="5")
    rows = (
        "A1;C-2;;5;2026-02-03;;x;1;;1;;;;",
        "A2;C-2;;6;2026-02-03;;x;1;;1;;;;",
        "A3;C-3;;6;2026-02-03;;x;1;;1;;;;",
        "A4;C-3;;6;2025-02-03;;x;1;;1;20;;;",
    )
    report = take(unit_of_work, *rows)
    assert places(report.errors) == [(2, "number"), (3, "number"), (4, "number")]


def test_a_dry_run_lists_everything_and_writes_nothing(unit_of_work, books) -> None:
    report = take(
        unit_of_work,
        "A1;C-2;;;2026-02-03;;x;1;;1;;;Новая;",
        "A2;C-9;;;2026-02-03;;x;1;;z;;;;",
        "A3;C-2;;;x;;x;1;;1;;;;",
        dry_run=True,
    )
    assert places(report.errors) == [(3, "client"), (4, "date")]
    assert (report.created, places(report.warnings)) == (1, [(2, "article")])
    assert stored(unit_of_work) == []
    with unit_of_work() as request:
        assert request.find_service(IArticles).missing(["Новая"]) == ["Новая"]


def test_a_new_article_is_made_under_income_once(unit_of_work, books) -> None:
    report = take(
        unit_of_work,
        "A1;C-2;;;2026-02-03;;x;1;;1;;;Новая;",
        "A2;C-2;;;2026-02-03;;x;1;;1;;;НОВАЯ;",
        "A3;C-2;;;2026-02-03;;;1;;1;;;Услуги;",
    )
    assert (places(report.warnings), report.errors) == ([(2, "article")], ())
    first, second, third = stored(unit_of_work)
    assert first.lines[0].article_id == second.lines[0].article_id
    assert third.lines[0].text == "Услуги"
    with unit_of_work() as request:
        assert request.find_service(IArticles).get(first.lines[0].article_id).path == ("Доходы", "Новая")


def test_strange_rates_days_and_columns_are_warnings(unit_of_work, books) -> None:
    with unit_of_work() as request:
        tomorrow = request.find_service(IClock).today() + timedelta(1)
    report = take(
        unit_of_work,
        "A1;C-2;;;2026-02-03;;x;1;;1;20;;;;?",
        f"A2;C-2;;;{tomorrow};;x;1;;1;22;;;;?",
        "A3;C-2;;;2025-02-03;;x;1;;1;;;;;?",
        header=f"{COLUMNS};Комментарий",
    )
    assert (places(report.warnings), report.errors) == ([(1, "Комментарий"), (2, "vat_rate"), (3, "date")], ())
    # The company's usual 22 % was 20 % on that day.
    assert [invoice.lines[0].vat_rate for invoice in stored(unit_of_work)] == [2000, 2200, 2000]


def test_missing_columns_are_named(unit_of_work, books) -> None:
    report = take(unit_of_work, "A1;C-2", header="external_id;client")
    assert places(report.errors) == [(1, "date"), (1, "price")]


def test_a_contract_lends_its_terms(unit_of_work, books) -> None:
    with unit_of_work() as request:
        client = request.find_service(IClientCards).card(client_of(request, "C-2"))
        a_contract(request, client, external_id="K1", payment_days=30, charges="act")
    take(unit_of_work, "A1;C-2;K1;;2026-02-03;;x;1;;1;;;;", issue=True)
    [invoice] = stored(unit_of_work)
    assert (invoice.due, invoice.charges, invoice.entry_id) == (DAY + timedelta(30), "act", None)
    report = take(unit_of_work, "A2;C-3;K1;;2026-02-03;;x;1;;1;;;;")
    assert places(report.errors) == [(2, "contract")]


def test_nothing_is_issued_into_a_closed_period(unit_of_work, books) -> None:
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(date(2026, 1, 31), reason="сдан")
    rows = ("A1;C-2;;;2026-01-31;;x;1;;1;;;;", "A2;C-2;;;2026-02-01;;x;1;;1;;;;")
    assert places(take(unit_of_work, *rows, issue=True).errors) == [(2, "date")]
    assert counts(take(unit_of_work, *rows)) == (2, 2, 0, 0)


def test_a_spreadsheet_is_read_like_a_text_file(unit_of_work, books) -> None:
    content = write_xlsx(COLUMNS.split(";"), [("A1", "C-2", "", "", DAY, None, "x", 2, "", 100, 22, "да", "", "")])
    with unit_of_work() as request:
        report = request.find_service(IBookImports).invoices(content, "invoices.xlsx")
    assert (counts(report), report.errors) == ((1, 1, 0, 0), ())
    assert stored(unit_of_work)[0].total == 20_000


def test_many_rows_take_a_constant_number_of_queries(unit_of_work, books, count_queries) -> None:
    numbers = []
    for start, size in ((0, 10), (100, 300)):
        rows = [f"B{start + n};C-{2 + n % 2};;;2026-02-03;;x;1;;{n + 1};22;;;" for n in range(size)]
        with count_queries() as queries:
            take(unit_of_work, *rows, issue=True)
        numbers.append(queries.count)
    assert numbers[1] <= numbers[0] + 2


# Opening balances


def bring(unit_of_work, *rows: str, **options):
    with unit_of_work(writing=not options.get("dry_run")) as request:
        return request.find_service(IBookImports).balances(
            table(*rows, header="client,currency,date,amount"), "balances.csv", **options
        )


def balance(unit_of_work, external_id: str, currency: str = "RUB") -> int:
    with unit_of_work() as request:
        return request.find_service(IBalances).client(client_of(request, external_id), currency)


def test_an_opening_balance_is_what_the_client_sees(unit_of_work, books) -> None:
    report = bring(unit_of_work, "C-2,RUB,2026-01-01,1500.50", "C-3,,01.01.2026,-200", "C-2,USD,2026-01-01,0")
    assert (counts(report), report.errors) == ((3, 2, 0, 1), ())
    assert (balance(unit_of_work, "C-2"), balance(unit_of_work, "C-3")) == (150_050, -20_000)
    with unit_of_work() as request:
        assert {(p.kind, p.text) for p in request.db.query(Payment)} == {("opening", "Opening balance")}


def test_the_same_balance_again_changes_nothing_and_another_is_an_error(unit_of_work, books) -> None:
    bring(unit_of_work, "C-2,RUB,2026-01-01,1500.50")
    assert counts(bring(unit_of_work, "C-2,RUB,2026-01-01,1500.5", "C-3,RUB,2026-01-01,1")) == (2, 1, 0, 1)
    assert places(bring(unit_of_work, "C-2,RUB,2026-01-01,1500.51").errors) == [(2, "amount")]
    assert places(bring(unit_of_work, "C-2,RUB,2026-01-02,1500.50").errors) == [(2, "date")]
    assert balance(unit_of_work, "C-2") == 150_050


def test_a_balance_that_was_taken_back_makes_room_for_the_right_one(unit_of_work, books) -> None:
    for amount in (100, 200, 300):
        assert counts(bring(unit_of_work, f"C-2,RUB,2026-01-01,{amount}")) == (1, 1, 0, 0)
        assert balance(unit_of_work, "C-2") == amount * 100
        if amount < 300:
            with unit_of_work() as request:
                [payment] = request.db.query(Payment).filter(Payment.reversal_id.is_(None))
                request.find_service(IPayments).reverse([payment.id], text="ошибка")


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("C-9,RUB,2026-01-01,1", "client"),
        (",RUB,2026-01-01,1", "client"),
        ("C-2,RUBLE,2026-01-01,1", "currency"),
        ("C-2,QQQ,2026-01-01,1", "currency"),
        ("C-2,RUB,2026-01-01,99999999999999999999", "amount"),
        ("C-2,RUB,,1", "date"),
        ("C-2,RUB,2026-01-01,", "amount"),
        ("C-2,RUB,2026-01-01,0.001", "amount"),
    ],
)
def test_a_wrong_balance_refuses_the_table(unit_of_work, books, row, column) -> None:
    report = bring(unit_of_work, row, "C-3,RUB,2026-01-01,1")
    assert places(report.errors) == [(2, column)]
    assert balance(unit_of_work, "C-3") == 0


def test_one_balance_a_client_and_currency(unit_of_work, books) -> None:
    assert places(bring(unit_of_work, "C-2,RUB,2026-01-01,1", "C-2,RUB,2026-01-01,1").errors) == [(3, "client")]
    assert bring(unit_of_work, "C-2,RUB,2026-01-01,1", "C-2,USD,2026-01-01,1", dry_run=True).created == 2
    assert balance(unit_of_work, "C-2") == 0
