"""The head's first page: its figures are those of the P&L and of the ledger, and they add up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabinet_finsystem.reports.overview import UNITS, Overview
from cabinet_finsystem.reports.periods import Period
from cabinet_finsystem.reports.position import MoneyPosition
from cabinet_finsystem.reports.values import PnlQuery


def overview(d) -> Overview:
    return Overview(d.b.session, d.b.clock, d.pnl, d.receivables)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), unit=st.sampled_from(UNITS), at=st.dates(date(2025, 10, 1), date(2026, 4, 30)))
def test_figures_are_those_of_the_report_and_managers_make_the_income(
    passing_deals, happenings, data, unit, at
) -> None:
    with passing_deals() as d:
        d.happen(data.draw(happenings))
        found = overview(d).result(unit, at)
        for period, which in ((found.period, "minor"), (found.earlier, "before")):
            report = d.report(PnlQuery(period.since, period.until))
            assert getattr(found.net, which) == report.section("net").total.minor
            assert getattr(found.income, which) == report.section("income").total.minor
            assert getattr(found.income, which) - getattr(found.costs, which) == getattr(found.net, which)
            margin = found.margin if which == "minor" else found.margin_before
            assert margin == report.section("net").total.share
        assert (
            found.unsorted == d.report(PnlQuery(found.period.since, found.period.until)).section("unsorted").total.minor
        )
        assert len(found.months) == 12
        assert found.months[-1].period.until == found.period.until
        managers = overview(d).managers(unit, at)
        of_nobody = sum(
            minor
            for day, article, minor, _firm, client, _contract in d.facts("cash")
            if client is None
            and day in found.period
            and article in {d.names[name] for name in ("sales", "Services", "income")}
        )
        assert sum(row.revenue.minor for row in managers) + of_nobody == found.income.minor


@pytest.mark.parametrize(
    ("unit", "period"),
    [
        ("month", Period(date(2026, 2, 1), date(2026, 2, 28))),
        ("quarter", Period(date(2025, 10, 1), date(2025, 12, 31))),
        ("year", Period(date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_without_a_day_the_last_period_that_is_over_is_meant(deals, unit: str, period: Period) -> None:
    with deals() as d:
        assert overview(d).period(unit) == period


def test_the_margin_is_rounded_as_in_the_report_of_income_and_costs(deals, day) -> None:
    # Costs of 57.28 and 27.67 and a margin of 15.05 make 100.0: by the largest remainder it would be the margin that is cut.
    with deals() as d:
        invoice = d.invoice(day(2, 5), [("sales", 10_000)], due=day(2, 10))
        d.pay(day(2, 20), 10_000, onto=invoice)
        d.post(d.spend(day(2, 21), 5_728, "Office wages"))
        d.post(d.spend(day(2, 22), 2_767, "cost_of_sales"))
        found = overview(d).result("month")
        report = d.report(PnlQuery(found.period.since, found.period.until))
        assert found.margin == report.section("net").total.share == 151


def test_margins_and_debts_are_told(deals, day) -> None:
    with deals() as d:
        invoice = d.invoice(day(1, 5), [("sales", 1000)], vat=200, due=day(1, 10))
        d.invoice(day(2, 5), [("sales", 500)], client=3, due=day(3, 30))
        d.pay(day(2, 20), 600, onto=invoice)
        d.post(d.spend(day(2, 21), 125, "Office wages"))
        page = overview(d)
        found = page.result("month")
        assert (found.income.minor, found.net.minor, found.margin, found.margin_before) == (500, 375, 750, None)
        debts = page.debts("RUB", 3)
        assert (debts.total.total, debts.total.overdue) == (1100, 600)
        assert [(one.name, one.ages.overdue) for one in debts.largest] == [("Client 1", 600)]
        assert [(row.manager_id, row.clients, row.revenue.minor, row.debt.total) for row in page.managers("month")] == [
            (1, 2, 500, 600),
            (None, 1, 0, 500),
        ]
        assert MoneyPosition(d.b.session, d.pnl._entities).now("RUB") == (475, 1)
