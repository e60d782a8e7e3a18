"""Where our money lies, how it moved, and how it is likely to go on."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from pyramid.renderers import render_to_response
from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.interfaces import IClock
from cabinet.web.listing import table_response
from cabinet_finsystem.interfaces import IForecast, IMoneyPosition, IPnl
from cabinet_finsystem.reports.forecast_values import Forecast
from cabinet_finsystem.reports.periods import CALENDAR, DAY, Period, unit_of
from cabinet_finsystem.reports.position_values import AccountMoney
from cabinet_finsystem.reports.words import Words
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.pnl_state import PnlState

VIEW = "finsystem:report:view"
TEMPLATES = "cabinet_finsystem:templates/office/reports"
WEEKS = (4, 8, 13)
LATE = "late"
SHOWN = 100
LINES = {
    "by_terms": _("By terms of invoices"),
    "as_usual": _("As clients usually pay"),
    "after_spending": _("As usually paid, less usual spending"),
    "with_services": _("The same with recurring services expected, not invoiced yet"),
}
_AT_THE_END = {
    "by_terms": _("At the end: by terms"),
    "as_usual": _("At the end: as clients usually pay"),
    "after_spending": _("At the end: less usual spending"),
    "with_services": _("At the end: with services expected"),
}


@view_config(
    route_name="finsystem.office.reports.money",
    request_method="GET",
    permission=VIEW,
    renderer=f"{TEMPLATES}/money.pt",
)
def money(request: Any) -> Any:
    """Accounts over some days, and the weeks to come; invoices of an open week beside them."""
    state = PnlState(request, usual=_this_month, besides=("weeks",))
    period, problem = state.query.period, None
    if state.wrong_dates:
        problem = _("These are no dates: write them like 01.02.2026.")
    elif period.until < period.since or period.since < CALENDAR[0] or period.until > CALENDAR[1]:
        problem, state = (
            _("The period ends before it begins."),
            PnlState(request, usual=_this_month, besides=("weeks",), period=False),
        )
        period = state.query.period
    currency = request.find_service(IPnl).currency(state.query)
    if request.headers.get("HX-Target") == "drawer":
        return render_to_response(
            f"{TEMPLATES}/awaited.pt", {"drawer": _drawer(request, state, currency)}, request=request
        )
    position = request.find_service(IMoneyPosition)
    accounts = position.accounts(period)
    forecast = forecast_of(request, currency, 7 * weeks_asked(state), services=True)
    if (answer := _export(request, accounts, forecast, period)) is not None:
        return answer
    words = Words(request.fmt, request.localizer)
    known = sorted({one.currency for one in accounts} | {currency})
    return {
        "state": state,
        "problem": problem,
        "days": period,
        "period": words.period(period),
        "presets": state.periods(),
        "tables": [
            (code, rows, AccountMoney.sum(code, rows))
            for code, rows in ((code, list(rows)) for code, rows in groupby(accounts, lambda one: one.currency))
        ],
        "several": len({one.entity for one in accounts if one.entity}) > 1,
        "currency": currency,
        "currencies": [
            {"title": code, "href": state.url(currency=code), "current": code == currency}
            for code in known
            if len(known) > 1
        ],
        "now": position.now(currency),
        "forecast": forecast,
        "lowest": lowest(forecast),
        "chart": chart(request, forecast),
        "weeks": [(week, state.url(week=week.since.isoformat())) for week in forecast.weeks()],
        "late_url": state.url(week=LATE),
        "open": request.GET.get("week", ""),
        "lengths": [
            {
                "title": request.fmt.plural(weeks, "${n} week", "${n} weeks", "cabinet_finsystem"),
                "href": state.url(weeks=str(weeks)),
                "current": weeks == weeks_asked(state),
            }
            for weeks in WEEKS
        ],
        "exports": [
            (title, kind.upper(), state.url(export=kind, table=table))
            for table, title in (("accounts", _("Accounts")), ("forecast", _("Forecast")))
            for kind in ("xlsx", "csv")
        ],
        "drawer": _drawer(request, state, currency),
    }


def forecast_of(request: Any, currency: str, days: int, *, services: bool = False) -> Forecast:
    """From what there is now."""
    start, _accounts = request.find_service(IMoneyPosition).now(currency)
    found: Forecast = request.find_service(IForecast).of(currency, start, days, services=services)
    return found


def lowest(forecast: Forecast) -> tuple[str, Any]:
    """The line that says most of what is to come, and its lowest day."""
    line = "after_spending" if forecast.spent_months else "by_terms"
    return line, forecast.lowest(line)


def chart(request: Any, forecast: Forecast, lines: Sequence[str] = tuple(LINES)) -> dict[str, Any]:
    """The balance at the end of each day."""
    looks: dict[str, dict[str, Any]] = {
        "by_terms": {"color": "accent"},
        "as_usual": {"color": "good", "dash": [2, 3]},
        "after_spending": {"color": "warn-fill", "dash": [6, 4]},
        "with_services": {"color": "accent-3", "dash": [1, 3]},
    }
    translate = request.localizer.translate
    return {
        "label": translate(_("Money at the end of each day to come")),
        "labels": [request.fmt.date_short(day.date).replace("\u00a0", " ") for day in forecast.days],
        "currency": forecast.currency,
        "xticks": 8,
        "sets": [
            {
                "label": translate(LINES[line]),
                "type": "line",
                "points": False,
                "data": [round(Money(getattr(day, line), forecast.currency).amount) for day in forecast.days],
                **looks[line],
            }
            for line in lines
            if line in told_lines(forecast)
        ],
    }


def told_lines(forecast: Forecast) -> list[str]:
    """Those that there is anything to say of."""
    nothing = {"after_spending": not forecast.spent_months, "with_services": not forecast.expected}
    return [line for line in LINES if not nothing.get(line)]


def weeks_asked(state: PnlState) -> int:
    """How far the forecast looks."""
    wanted = state.params.get("weeks", "")
    return int(wanted) if wanted in map(str, WEEKS) else WEEKS[0]


def _drawer(request: Any, state: PnlState, currency: str) -> dict[str, Any] | None:
    """The invoices of the week that the URL opens, or those that are late."""
    wanted = request.GET.get("week", "")
    today: datetime.date = request.find_service(IClock).today()
    translate = request.localizer.translate
    since: datetime.date | None = None
    if wanted == LATE:
        until, title = today - DAY, translate(_("Overdue invoices"))
    else:
        try:
            since = datetime.date.fromisoformat(wanted)
        except ValueError:
            return None
        if not today <= since < today + 7 * WEEKS[-1] * DAY:
            return None
        last = today + (7 * weeks_asked(state) - 1) * DAY
        until, title = min(unit_of(since, "week").until, last), translate(_("Due in the week"))
    return {
        "title": title,
        "subtitle": request.fmt.days(since, until) if since is not None else "",
        "close": state.url(),
        "found": request.find_service(IForecast).awaited(currency, since, until, SHOWN),
        "today": today,
        "currency": currency,
    }


def _export(request: Any, accounts: Sequence[AccountMoney], forecast: Forecast, period: Period) -> Any:
    kind = request.GET.get("export")
    if kind not in {"xlsx", "csv"}:
        return None
    translate = request.localizer.translate
    if request.GET.get("table") == "forecast":
        heads, rows = _week_rows(forecast)
        return table_response([translate(head) for head in heads], rows, kind, f"forecast-{forecast.days[0].date}")
    heads = [
        *(_("Legal entity"), _("Account"), _("Number"), _("Currency"), _("At the beginning"), _("Came in")),
        *(_("Went out"), _("Between our accounts"), _("At the end"), _("By the bank"), _("Stated on"), _("Difference")),
    ]
    rows = [_account_row(one, translate) for one in accounts]
    return table_response([translate(head) for head in heads], rows, kind, f"money-{period.since}-{period.until}")


def _account_row(one: AccountMoney, translate: Any) -> list[Any]:
    sums = [Money(minor, one.currency) for minor in (one.opening, one.came, one.went, one.moved, one.closing)]
    stated: list[Any] = ["", "", ""]
    if one.tie is not None and one.tie.on is not None:
        stated = [Money(one.tie.stated, one.currency), one.tie.on, Money(one.tie.gap, one.currency)]
    return [one.entity, account_name(one, translate), one.detail, one.currency, *sums, *stated]


def account_name(one: AccountMoney, translate: Any) -> str:
    """What people call an account of ours."""
    if one.kind == "clearing":
        return one.name or str(translate(_("On its way between our accounts")))
    return str(translate(_("Cash desk"))) if one.kind == "cash" else one.name or str(translate(_("Bank account")))


def _week_rows(forecast: Forecast) -> tuple[list[str], list[list[Any]]]:
    columns = [
        (_("Due by invoices"), "due"),
        (_("As clients usually pay"), "usual"),
        (_("Usual spending"), "spent"),
        *([(_("Services expected"), "expected")] if forecast.expected else []),
        *((title, line) for line, title in _AT_THE_END.items() if line in told_lines(forecast)),
    ]
    rows = [
        [week.since, week.until, *(Money(getattr(week, name), forecast.currency) for _title, name in columns)]
        for week in forecast.weeks()
    ]
    return [_("From"), _("Until"), *(title for title, _name in columns)], rows


def _this_month(today: datetime.date) -> Period:
    return Period(today.replace(day=1), today)
