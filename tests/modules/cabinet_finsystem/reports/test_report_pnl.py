"""The P&L: what it says of random books is what an oracle adds up fact by fact; its shares and subtotals tie."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewPosting
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.reports.periods import UNITS
from cabinet_finsystem.reports.values import Pnl, PnlQuery

QUERIES = st.builds(
    PnlQuery,
    since=st.dates(date(2025, 11, 1), date(2026, 1, 31)),
    until=st.dates(date(2026, 2, 1), date(2026, 3, 31)),
    by=st.sampled_from(UNITS),
    basis=st.sampled_from(["cash", "accrual"]),
    compare=st.sampled_from(["previous", "year", "none"]),
    legal_entity_id=st.sampled_from([None, None, 1, 2]),
    client_id=st.sampled_from([None, None, None, 1, 2]),
    contract_id=st.sampled_from([None, None, None, 1, 4]),
    manager_id=st.sampled_from([None, None, None, 1]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), query=QUERIES)
def test_every_figure_is_what_an_oracle_adds_up(passing_deals, happenings, data, query: PnlQuery) -> None:
    with passing_deals() as d:
        d.happen(data.draw(happenings))
        report = d.report(query)
        nodes = {node.public_id.hex: node for node in d.b.articles.tree(archived=True)}
        below = {
            key: [n.id for n in nodes.values() if n.path[: len(node.path)] == node.path] for key, node in nodes.items()
        }
        periods = [*report.columns, *report.compared, query.period]
        expected = {period: d.oracle(query.over(period)) for period in periods}
        for row in report.rows:
            if row.kind == "subtotal":
                continue
            sign = 1 if row.kind == "income" else -1
            ids = [nodes[row.key.removesuffix(".own")].id] if row.own else below[row.key]
            for period, cell in [*zip(report.columns, row.cells, strict=True), (query.period, row.total)]:
                assert cell.minor == sign * sum(expected[period][i] for i in ids), (row.path, period)
            for period, cell in zip(report.compared, row.cells, strict=False):
                assert cell.before == sign * sum(expected[period][i] for i in ids)
        assert report.result == [sum(expected[period].values()) for period in report.columns]
        shown = {row.key for row in report.rows}
        for period in report.columns:
            for article_id, minor in expected[period].items():
                assert not minor or next(k for k, n in nodes.items() if n.id == article_id) in shown
        check_shares(report)


def check_shares(report: Pnl) -> None:
    """Rows of each level add up to 100.0 in every column that has income; a column without has no shares."""
    for column in range(len(report.columns) + 1):
        cells = {row.key: [*row.cells, row.total][column] for row in report.rows}
        earned = cells[report.section("income").key]
        if earned.minor <= 0:
            assert {cell.share for cell in cells.values()} == {None}
            continue
        share = {row.code: cells[row.key].share for row in report.rows if row.code}
        assert share["income"] == 1000
        assert share["cost_of_sales"] + share["operating"] + share["other"] + share["unsorted"] + share["net"] == 1000
        assert share["gross"] == 1000 - share["cost_of_sales"]
        assert share["operating_profit"] == share["gross"] - share["operating"]
        for group in report.rows:
            inside = [row for row in report.rows if row.inside and row.inside[-1] == group.key]
            if inside:
                assert sum(cells[row.key].share for row in inside) == cells[group.key].share
                assert sum(cells[row.key].minor for row in inside) == cells[group.key].minor


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    basis=st.sampled_from(["cash", "accrual"]),
    borders=st.lists(st.dates(date(2025, 11, 2), date(2026, 3, 10)), max_size=4, unique=True),
)
def test_adjoining_periods_add_up(passing_deals, happenings, data, basis: str, borders: list[date]) -> None:
    with passing_deals() as d:
        d.happen(data.draw(happenings))
        days = [date(2025, 11, 1), *sorted(borders), date(2026, 3, 11)]
        pieces = [d.report(PnlQuery(first, after - timedelta(days=1), basis=basis)) for first, after in pairwise(days)]
        whole = d.report(PnlQuery(days[0], days[-1] - timedelta(days=1), basis=basis))
        for row in whole.rows:
            if row.own:
                continue  # shown only where rows stand below its group
            parts = [piece.row(row.key) for piece in pieces]
            assert row.total.minor == sum(part.total.minor for part in parts if part)


def test_a_month_reads_as_people_expect(deals, day) -> None:
    with deals() as d:
        d.names["Repairs"] = d.b.articles.create(d.names["Services"], "Repairs").id
        d.post(
            d.charge(day(1, 5), 100_000, "Services", vat=22_000),
            d.charge(day(1, 9), 50_000, "Repairs"),
            d.spend(day(1, 10), 60_000, "Materials and goods"),
            d.spend(day(1, 31), 30_000, "Office wages"),
            d.spend(day(1, 31), 10_000, "Taxes and duties"),
            d.spend(day(1, 31), 5_000, "unsorted"),
            d.charge(date(2025, 12, 30), 100_000, "Services"),
            d.spend(date(2025, 12, 30), 50_000, "Materials and goods"),
        )
        report = d.report(PnlQuery(day(1, 1), day(1, 31), "month", "accrual"))
    lines = [
        (
            row.name,
            row.kind,
            row.depth,
            row.total.minor,
            row.total.share,
            row.total.change.tenths,
            row.total.change.sense,
        )
        for row in report.rows
    ]
    assert lines == [
        ("Income", "income", 0, 150_000, 1000, 500, "good"),
        ("Services", "income", 1, 150_000, 1000, 500, "good"),
        ("Repairs", "income", 2, 50_000, 333, None, "good"),
        ("Services", "income", 2, 100_000, 667, 0, ""),
        ("Cost of sales", "expense", 0, 60_000, 400, 200, "bad"),
        ("Materials and goods", "expense", 1, 60_000, 400, 200, "bad"),
        ("Gross profit", "subtotal", 0, 90_000, 600, 800, "good"),
        ("Operating costs", "expense", 0, 30_000, 200, None, "bad"),
        ("Office wages", "expense", 1, 30_000, 200, None, "bad"),
        ("Operating profit", "subtotal", 0, 60_000, 400, 200, "good"),
        ("Other costs", "expense", 0, 10_000, 67, None, "bad"),
        ("Taxes and duties", "expense", 1, 10_000, 67, None, "bad"),
        ("Unsorted", "unsorted", 0, 5_000, 33, None, "bad"),
        ("Net profit", "subtotal", 0, 45_000, 300, -100, "bad"),
    ]
    assert [row.own for row in report.rows if row.name == "Services"] == [False, True]


def test_costs_without_income_have_no_shares(deals, day) -> None:
    with deals() as d:
        d.post(d.spend(day(1, 10), 60_000, "Office wages"))
        report = d.report(PnlQuery(day(1, 1), day(1, 31), "none"))
    assert {cell.share for row in report.rows for cell in (*row.cells, row.total)} == {None}
    assert report.result == [-60_000]


def test_money_of_a_client_is_an_advance_until_it_pays_an_invoice(deals, day) -> None:
    january = PnlQuery(day(1, 1), day(1, 31), basis="cash")

    def articles(report: Pnl) -> list[tuple[str, int]]:
        return [(row.name, row.total.minor) for row in report.rows if row.depth]

    with deals() as d:
        invoice = d.invoice(day(1, 5), [("sales", 60_000), ("Services", 40_000)], vat=20_000)
        payment = d.pay(day(1, 20), 150_000)
        assert articles(d.report(january)) == [("Advances", 150_000)]
        [allocation] = d.payments.allocate(payment, [NewAllocation(invoice.id, 120_000)])
        assert articles(d.report(january)) == [("Sales", 60_000), ("Advances", 30_000), ("Services", 40_000)]
        assert [name for name, _minor in articles(d.report(replace(january, basis="accrual")))] == ["Sales", "Services"]
        d.payments.undo_allocation(allocation)
        assert articles(d.report(january)) == [("Advances", 150_000)]


def test_what_was_just_posted_is_in_the_report(deals, day) -> None:
    january = PnlQuery(day(1, 1), day(1, 31), basis="accrual")
    with deals() as d:
        d.post(d.charge(day(1, 5), 100))
        assert d.report(january).result == [100]
        d.post(d.charge(day(1, 5), 20))
        assert d.report(january).result == [120]


def test_each_currency_has_a_report_of_its_own(deals, day) -> None:
    january = PnlQuery(day(1, 1), day(1, 31), basis="accrual")
    with deals() as d:
        dollars = NewPosting(AccountRef(AccountKind.INCOME, "USD"), -7, d.names["sales"], 1)
        d.post(
            d.charge(day(1, 5), 100),
            d.entry(day(1, 6), "charge", NewPosting(AccountRef.client(1, "USD"), 7), dollars),
        )
        assert (d.report(january).currency, d.report(january).result) == ("RUB", [100])
        assert d.report(replace(january, currency="USD")).result == [7]
        assert d.report(replace(january, until=day(1, 20), currency="USD")).result == [7]
        assert (d.pnl.currencies("accrual"), d.pnl.currencies("cash")) == (["RUB", "USD"], [])


def test_a_report_costs_as_many_queries_however_much_happened(deals, day) -> None:
    def counted(query: PnlQuery) -> int:
        with deals() as d:
            asked = []
            event.listen(d.b.session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
            d.report(query)
        return len(asked)

    months, days = PnlQuery(day(1, 1), day(3, 31), "month"), PnlQuery(day(1, 2), day(3, 30), "day")
    with deals() as d:
        d.pay(day(1, 5), 100)
    few = counted(months), counted(days)
    with deals() as d:
        invoice = d.invoice(day(1, 2), [("sales", 10**6)])
        for n in range(60):
            at = day(1, 1) + timedelta(days=n)
            d.post(d.charge(at, 100, client=1 + n % 3), d.spend(at, 1, "Office wages"))
            d.pay(at, 100, onto=invoice)
    assert (counted(months), counted(days)) == few == (2, 3)
