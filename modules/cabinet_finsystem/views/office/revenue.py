"""Revenue by client, manager and item: the income of the P&L, divided."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.db.paging import ListQuery, Page
from cabinet.errors import NotFoundError
from cabinet.interfaces import IPeople
from cabinet.web.listing import Column, Listing
from cabinet_finsystem.interfaces import IPnl, IRevenue
from cabinet_finsystem.reports.periods import PeriodError
from cabinet_finsystem.reports.revenue_values import CLIENT, GROUPS, ITEM, MANAGER, RevenuePage, RevenueRow
from cabinet_finsystem.reports.values import BASES, COMPARISONS
from cabinet_finsystem.reports.words import BASES as BASIS_NAMES
from cabinet_finsystem.reports.words import UNITS, Words
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.pnl_page import TOTAL
from cabinet_finsystem.views.office.pnl_state import KEYS, PnlState
from cabinet_finsystem.views.office.reports import COMPARED, VIEW

TEMPLATE = "cabinet_finsystem:templates/office/reports/revenue.pt"
SHOWN = 100
_GROUPS = {CLIENT: _("By client"), MANAGER: _("By manager"), ITEM: _("By item")}
_FIRST = {CLIENT: _("Client"), MANAGER: _("Manager"), ITEM: _("Item")}
_NOBODY = {
    CLIENT: _("Income that is no client’s"),
    MANAGER: _("Without a manager"),
    ITEM: _("Outside of invoices, and advances"),
}
_BESIDES = ("group", "q", "sort")


@view_config(route_name="finsystem.office.reports.revenue", request_method="GET", permission=VIEW, renderer=TEMPLATE)
def revenue(request: Any) -> Any:
    """Rows of clients, managers or items by period; the invoices of an open item beside them."""
    state = PnlState(request, besides=_BESIDES)
    problem = _("These are no dates: write them like 01.02.2026.") if state.wrong_dates else None
    try:
        screen = _Screen(request, state)
    except PeriodError as error:
        problem, state = error.message, PnlState(request, period=False, besides=_BESIDES)
        screen = _Screen(request, state)
    if (answer := screen.listing.export()) is not None:
        return answer
    query, words, answer = state.query, screen.words, screen.answer
    return {
        "state": state,
        "problem": problem,
        "listing": screen.listing,
        "answer": answer,
        "heads": words.columns(answer.columns, query.by),
        "rows": [screen.shown(row) for row in screen.listing.page.rows],
        "found": screen.shown(answer.found),
        "first": _FIRST[screen.group],
        "group": screen.group,
        "period": words.period(query.period),
        "days": query.period,
        "presets": state.periods(),
        "compared": words.compared(query.period, answer.total_compared) if answer.total_compared else "",
        "currency": answer.currency,
        "choices": _choices(request, state, screen.group),
        "drawer": screen.drawer(),
    }


class _Screen:
    """One reading of the report: its list, and how rows are shown."""

    def __init__(self, request: Any, state: PnlState) -> None:
        self._request = request
        self._state = state
        self.group = _group(state)
        self.words = Words(request.fmt, request.localizer)
        self.answer: RevenuePage
        heads: list[Column] = []
        self.listing = Listing(
            request, heads, self._find, filters=(*KEYS, "group"), default="-total", file_name=f"revenue-{self.group}"
        )
        if "export" in request.GET:
            self._find(ListQuery(size=1))
        heads += self._columns()

    def _find(self, wanted: ListQuery) -> Page:
        self.answer = self._request.find_service(IRevenue).page(self._state.query, self.group, wanted)
        return Page(self.answer.rows, self.answer.count, self.answer.more)

    def _columns(self) -> list[Column]:
        currency = self.answer.currency
        columns = [Column("name", _FIRST[self.group], self.name)]
        columns += [
            Column(f"c{n}", head, lambda row, n=n: Money(row.minors[n], currency), numeric=True)  # type: ignore[misc]
            for n, head in enumerate(self.words.columns(self.answer.columns, self._state.query.by))
        ]
        columns.append(Column("total", _("Total"), lambda row: Money(row.total, currency), numeric=True))
        columns.append(Column("share", _("Share, %"), lambda row: self.words.percent(row.share), numeric=True))
        if self.answer.total_compared is not None:
            columns.append(Column("change", _("Change"), lambda row: Money(row.change.minor, currency), numeric=True))
        return columns

    def name(self, row: RevenueRow) -> str:
        """Whose or what it is."""
        return row.name or str(self._request.localizer.translate(_NOBODY[self.group]))

    def shown(self, row: RevenueRow) -> dict[str, Any]:
        """A row with where each of its figures leads."""
        words, currency, change = self.words, self.answer.currency, row.change
        places = [*map(str, range(len(row.minors))), TOTAL]
        return {
            "name": self.name(row),
            "nobody": not row.name,
            "cells": [
                (words.whole(minor, currency), self._href(row, at))
                for minor, at in zip((*row.minors, row.total), places, strict=True)
            ],
            "share": words.percent(row.share),
            "change": "" if change is None else words.whole(change.minor, currency, sign=True),
            "percent": words.grown(change),
            "way": "" if change is None or change.tenths is None else change.way,
            "sense": "" if change is None else change.sense or "mut",
        }

    def drawer(self) -> dict[str, Any] | None:
        """The invoices of an open item."""
        key, at = self._request.GET.get("item", ""), self._request.GET.get("at", "")
        columns = self.answer.columns
        if self.group != ITEM or not key:
            return None
        if at != TOTAL and not (at.isdecimal() and int(at) < len(columns)):
            return None
        period = self._state.query.period if at == TOTAL else columns[int(at)]
        try:
            found = self._request.find_service(IRevenue).of_item(self._state.query.over(period), key, SHOWN)
        except NotFoundError:
            return None
        return {
            "title": found.name,
            "subtitle": self.words.period(period),
            "close": self._state.url(),
            "found": found,
            "currency": self.answer.currency,
        }

    def _href(self, row: RevenueRow, at: str) -> str | None:
        """The rows behind a figure: of a client or a manager in the P&L, of an item here."""
        if self.group == ITEM:
            return self._state.url(item=row.key, at=at) if row.key else None
        if row.public_id is None:
            return None
        kept = {key: value for key, value in self._state.params.items() if key in KEYS}
        query = {**kept, self.group: row.public_id.hex, "cell": "income", "at": at}
        return f"{self._request.route_path('finsystem.office.reports.pnl')}?{urlencode(query)}"


def _group(state: PnlState) -> str:
    wanted = state.params.get("group", CLIENT)
    return wanted if wanted in GROUPS else CLIENT


def _choices(request: Any, state: PnlState, group: str) -> dict[str, Any]:
    query = state.query
    currencies = request.find_service(IPnl).currencies(query.basis)
    return {
        "groups": [
            {"title": title, "href": state.url(group=key, q=None, sort=None), "current": key == group}
            for key, title in _GROUPS.items()
        ],
        "units": [(title, state.url(by=unit), unit == query.by) for unit, title in UNITS.items()],
        "unit": UNITS[query.by],
        "bases": [
            {"title": BASIS_NAMES[basis], "href": state.url(basis=basis), "current": basis == query.basis}
            for basis in BASES
        ],
        "comparisons": [(COMPARED[one], state.url(compare=one), one == query.compare) for one in COMPARISONS],
        "narrowed": [(one.title, one.value, state.url(**{one.key: None})) for one in state.narrowed],
        "managers": [
            (user.name, state.url(manager=user.public_id.hex))
            for user in request.find_service(IPeople).staff("manager", "head")
            if user.id != query.manager_id
        ],
        "currencies": [
            {
                "title": code,
                "href": state.url(currency=code),
                "current": code == request.find_service(IPnl).currency(query),
            }
            for code in currencies
            if len(currencies) > 1
        ],
    }
