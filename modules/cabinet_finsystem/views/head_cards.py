"""The head's home page: the result of a period, twelve months, money to come, debts by age, managers."""

from __future__ import annotations

import datetime
from typing import Any

from cabinet.contracts.money import Money
from cabinet.interfaces import IClock
from cabinet_finsystem.interfaces import IMoneyPosition, IOverview, IStatementQueue
from cabinet_finsystem.reports.overview import UNITS, Result
from cabinet_finsystem.reports.shares import WHOLE, apportion
from cabinet_finsystem.reports.values import Change
from cabinet_finsystem.reports.words import Words
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.debts import AGES
from cabinet_finsystem.views.office.money import WEEKS, chart, forecast_of, lowest

LARGEST = 3
_TITLES = {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}
_AGAINST = {
    "month": _("to the month before"),
    "quarter": _("to the quarter before"),
    "year": _("to the year before"),
}
_ALL_AGES = ("not_due", "to_30", "to_60", "to_90", "older")


def result(request: Any) -> dict[str, Any] | None:
    """Net profit, income, costs, margin and money now; what is not sorted yet."""
    unit, at = _asked(request)
    overview = request.find_service(IOverview)
    found: Result = overview.result(unit, at)
    money, accounts = request.find_service(IMoneyPosition).now(found.currency)
    if not money and not any(month.income or month.costs for month in found.months):
        return None  # a site that has just begun: its first steps are shown instead
    words = Words(request.fmt, request.localizer)
    figures = [(_("Net profit"), found.net), (_("Income"), found.income), (_("Costs"), found.costs)]
    return {
        "title": words.period(found.period),
        "segments": [{"title": _TITLES[one], "href": _url(request, one), "current": one == unit} for one in UNITS],
        "previous": _url(request, unit, found.earlier.since),
        "following": _following(request, found),
        "figures": [(title, one.minor, _change(words, one.change)) for title, one in figures],
        "against": _AGAINST[unit],
        "margin": words.share(found.margin),
        "margin_before": "" if found.margin_before is None else words.share(found.margin_before),
        "money": money,
        "accounts": accounts,
        "currency": found.currency,
        "unsorted": found.unsorted,
        "waiting": request.find_service(IStatementQueue).counts()[0],
    }


def year(request: Any) -> dict[str, Any] | None:
    """Income, costs and net profit of twelve months."""
    found: Result = request.find_service(IOverview).result(*_asked(request))
    if not any(month.income or month.costs for month in found.months):
        return None
    words = Words(request.fmt, request.localizer)
    translate = words.translate
    sets = [("income", _("Income"), "accent"), ("costs", _("Costs"), "line-2"), ("net", _("Net profit"), "good")]
    return {
        "chart": {
            "label": translate(_("Income, costs and net profit of twelve months")),
            "labels": [
                head.replace("\u00a0", " ") for head in words.columns([month.period for month in found.months], "month")
            ],
            "currency": found.currency,
            "thick": 20,
            "sets": [
                {
                    "label": translate(title),
                    "data": [round(Money(getattr(month, name), found.currency).amount) for month in found.months],
                    "color": color,
                    **({"hatch": True} if name == "costs" else {}),
                    **({"type": "line"} if name == "net" else {}),
                }
                for name, title, color in sets
            ],
        }
    }


def debts(request: Any) -> dict[str, Any] | None:
    """What clients owe by age, and the late payers."""
    overview = request.find_service(IOverview)
    currency = overview.result(*_asked(request)).currency
    found = overview.debts(currency, LARGEST)
    if not found.total.total:
        return None
    sums = [getattr(found.total, part) for part in _ALL_AGES]
    words = Words(request.fmt, request.localizer)
    return {
        "currency": currency,
        "total": found.total.total,
        "most": max(sums),
        "ages": [
            {"title": title, "tone": tone, "minor": minor, "share": words.share(share)}
            for (title, tone), minor, share in zip(
                AGES.values(), sums, apportion(sums, found.total.total, WHOLE), strict=True
            )
        ],
        "largest": found.largest,
    }


def forecast(request: Any) -> dict[str, Any] | None:
    """Money at the end of each of the weeks to come, and the day on which there is least."""
    currency = request.find_service(IOverview).result(*_asked(request)).currency
    found = forecast_of(request, currency, 7 * WEEKS[0])
    line, low = lowest(found)
    if not found.start and not any(day.due or day.spent for day in found.days):
        return None
    return {
        "chart": {**chart(request, found, ("by_terms", "after_spending")), "xticks": 5},
        "line": line,
        "low": low,
        "sum": getattr(low, line),
        "currency": currency,
        "late": found.late,
    }


def managers(request: Any) -> dict[str, Any] | None:
    """Managers with what their clients paid in the period, and what they owe now."""
    unit, at = _asked(request)
    overview = request.find_service(IOverview)
    found: Result = overview.result(unit, at)
    rows = overview.managers(unit, at)
    if not rows:
        return None
    words = Words(request.fmt, request.localizer)
    return {
        "title": words.period(found.period),
        "earlier": words.period(found.earlier),
        "currency": found.currency,
        "rows": [(row, _change(words, row.revenue.change)) for row in rows],
        "clients": sum(row.clients for row in rows),
        "rest": found.income.minor - sum(row.revenue.minor for row in rows),
        "revenue": found.income.minor,
        "debt": sum(row.debt.total for row in rows),
        "overdue": sum(row.debt.overdue for row in rows),
    }


def _asked(request: Any) -> tuple[str, datetime.date | None]:
    """The period that the URL asks for: its unit and a day of it."""
    unit = request.GET.get("unit", UNITS[0])
    try:
        at = datetime.date.fromisoformat(request.GET["at"]) if request.GET.get("at") else None
    except ValueError:
        at = None
    return unit if unit in UNITS else UNITS[0], at if at and 1900 < at.year < 2999 else None


def _url(request: Any, unit: str, at: datetime.date | None = None) -> str:
    query = {"unit": unit} if at is None else {"unit": unit, "at": at.isoformat()}
    path: str = request.route_path("cabinet.office.home", _query=query)
    return path


def _following(request: Any, found: Result) -> str | None:
    """The next period, unless it has not begun."""
    following = found.period.until + datetime.timedelta(days=1)
    return _url(request, found.unit, following) if following <= request.find_service(IClock).today() else None


def _change(words: Words, change: Change) -> dict[str, str] | None:
    """For the macro ``delta``; None where there is nothing to compare with."""
    if change.tenths is None:
        return None
    if change.tenths == 0:
        return {"value": words.share(0), "way": "flat", "sense": ""}
    return {"value": words.share(abs(change.tenths)), "way": change.way, "sense": change.sense}
