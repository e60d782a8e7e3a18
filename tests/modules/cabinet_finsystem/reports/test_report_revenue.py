"""Revenue by client, manager and item is the income of the P&L, divided: to the last minor unit, whatever happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabinet.db.paging import ListQuery
from cabinet_finsystem.items.models import Item
from cabinet_finsystem.reports.revenue import Revenue
from cabinet_finsystem.reports.revenue_values import GROUPS
from cabinet_finsystem.reports.values import PnlQuery

EVERYTHING = ListQuery(size=0)


def revenue(d) -> Revenue:
    return Revenue(d.b.session, d.b.articles, d.pnl, d.receivables._cards)


@pytest.mark.parametrize("examples", [5, pytest.param(200, marks=pytest.mark.long)])
def test_rows_of_every_kind_sum_to_the_income_of_the_report(passing_deals, happenings, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        data=st.data(),
        since=st.dates(date(2025, 10, 20), date(2026, 3, 10)),
        days=st.integers(0, 100),
        by=st.sampled_from(["none", "week", "month"]),
        basis=st.sampled_from(["cash", "accrual"]),
        compare=st.sampled_from(["previous", "year", "none"]),
        narrowed=st.sampled_from([{}, {"client_id": 1}, {"manager_id": 1}, {"legal_entity_id": 2}, {"contract_id": 2}]),
    )
    def check(data, since: date, days: int, by: str, basis: str, compare: str, narrowed: dict[str, int]) -> None:
        query = PnlQuery(since, since + timedelta(days), by, basis, compare, **narrowed)
        with passing_deals() as d:
            d.happen(data.draw(happenings))
            report = d.report(query)
            income = report.section("income")
            for group in GROUPS:
                page = revenue(d).page(query, group, EVERYTHING)
                assert page.columns == report.columns
                assert page.income.minors == tuple(cell.minor for cell in income.cells)
                assert (page.income.total, page.income.before) == (income.total.minor, income.total.before)
                for n, cell in enumerate(income.cells):
                    assert sum(row.minors[n] for row in page.rows) == cell.minor
                assert sum(row.before or 0 for row in page.rows) == (income.total.before or 0)
                if income.total.minor > 0:
                    assert sum(row.share for row in page.rows) == 1000
                if group == "client":
                    _is_that_of_the_client(d, query, page.rows[:1])
                if group == "item":
                    for row in [row for row in page.rows if row.key][:1]:
                        opened = revenue(d).of_item(query, row.key, 2)
                        assert opened.minor == row.total == sum(one.minor for one in opened.rows) + opened.rest

    check()


def _is_that_of_the_client(d, query: PnlQuery, rows) -> None:
    for row in rows:
        if row.public_id is not None and query.client_id is None:
            own = d.report(replace(query, compare="none", client_id=int(row.name.removeprefix("Client "))))
            assert row.minors == tuple(cell.minor for cell in own.section("income").cells)


@pytest.mark.parametrize("basis", ["cash", "accrual"])
def test_lines_share_what_was_paid_and_end_at_their_nets(deals, day, basis) -> None:
    with deals() as d:
        invoice = d.invoice(day(1, 5), [("sales", 100), ("Services", 50)], vat=30, due=day(1, 10))
        d.pay(day(1, 20), 60, onto=invoice)
        d.pay(day(2, 20), 120, onto=invoice)
        page = revenue(d).page(PnlQuery(day(1, 1), day(2, 28), "month", basis), "item", EVERYTHING)
        rows = {row.name: row.minors for row in page.rows}
        paid = {"sales": (33, 67), "Services": (17, 33)}
        assert rows == (paid if basis == "cash" else {"sales": (100, 0), "Services": (50, 0)})


def test_lines_of_one_item_are_one_row_whatever_their_texts_say(deals, day) -> None:
    with deals() as d:
        care = Item(
            name="Care",
            kind="service",
            price=100,
            currency="RUB",
            vat_included=False,
            article_id=d.names["sales"],
            search_text="care",
            created_at=d.b.clock.now(),
        )
        d.b.session.add(care)
        d.b.session.flush()
        for month, text in ((1, "sales"), (2, "Services")):
            invoice = d.invoice(day(month, 1), [(text, 100 * month)], item=care.id)
            d.pay(day(month, 5), 100 * month, onto=invoice)
        for basis in ("cash", "accrual"):
            query = PnlQuery(day(1, 1), day(2, 28), "month", basis)
            [row] = revenue(d).page(query, "item", EVERYTHING).rows
            assert (row.name, row.minors) == ("Care", (100, 200))
            opened = revenue(d).of_item(query, row.key, 9)
            assert (opened.name, opened.count, [one.minor for one in opened.rows]) == ("Care", 2, [200, 100])


def test_money_on_no_invoice_is_a_row_of_its_own(deals, day) -> None:
    with deals() as d:
        d.pay(day(2, 3), 70)
        d.post(d.earn(day(2, 4), 30, "sales"))
        [row] = revenue(d).page(PnlQuery(day(2, 1), day(2, 28)), "item", EVERYTHING).rows
        assert (row.key, row.total) == ("", 100)
        client, nobody = revenue(d).page(PnlQuery(day(2, 1), day(2, 28)), "client", EVERYTHING).rows
        assert (client.name, client.total, nobody.public_id, nobody.total) == ("Client 1", 70, None, 30)


@pytest.mark.parametrize("group", ["client", "item"])
@pytest.mark.parametrize("sort", ["name", "-name", "-total", "-change"])
def test_pages_follow_each_other_and_totals_are_of_all(deals, day, group: str, sort: str) -> None:
    with deals() as d:
        for client, what in ((1, "sales"), (2, "Services"), (3, "income")):
            paid = d.invoice(day(2, 1), [(what, 10 * client)], client)
            d.pay(day(2, 2), 10 * client, client, onto=paid)
        query, found, after = PnlQuery(day(2, 1), day(2, 28)), [], ""
        for _page in range(3):
            page = revenue(d).page(query, group, ListQuery(size=1, sort=sort, after=after))
            assert (page.count, page.found.total) == (3, 60)
            found += page.rows
            after = page.more
        assert after == ""
        whole = revenue(d).page(query, group, ListQuery(size=0, sort=sort)).rows
        assert [row.name for row in found] == [row.name for row in whole]
        some = revenue(d).page(query, group, ListQuery(search=whole[0].name))
        assert [row.name for row in some.rows] == [whole[0].name]
        assert (some.found.total, some.income.total) == (whole[0].total, 60)
