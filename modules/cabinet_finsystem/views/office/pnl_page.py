"""The P&L as its page shows it: rows of cells with what each leads to, the chart, the open cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cabinet.contracts.money import Money
from cabinet_finsystem.contributions.write_offs import VIEW as WRITE_OFFS
from cabinet_finsystem.interfaces import IArticles, ICells, IWriteOffs
from cabinet_finsystem.reports.periods import Period
from cabinet_finsystem.reports.values import Change, Fact, OpenedCell, Pnl, PnlCell, PnlRow, Show
from cabinet_finsystem.reports.words import Words
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.pnl_state import PnlState

TOTAL = "total"
SORTS = {"": "-date", "amount": "-amount"}
_ROUTES = {
    "act": "finsystem.office.act",
    "invoice": "finsystem.office.invoice",
    "line": "finsystem.office.line",
    "payment": "finsystem.office.payment",
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change in words; ``told``: in per cent with its sign. ``way``: up, down, flat, or empty where there is no per cent to tell."""

    money: str
    percent: str
    told: str
    way: str
    sense: str

    @property
    def css(self) -> str:
        """Classes of the arrow and of the sense."""
        return f"c-{self.way} c-{self.sense or 'mut'}" if self.way else "c-mut"


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A figure that opens. ``note``: in small beside it; ``css`` and ``title``: the look of a change, and the money of it."""

    href: str
    text: str
    note: str
    css: str
    title: str | None
    share: str
    change: ShownChange | None
    open: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of the table. ``css``: its look; ``inside``: keys of the groups that fold it."""

    row: PnlRow
    name: str
    css: str
    inside: str
    cells: Sequence[ShownCell]
    total: ShownCell


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A row of an open cell. ``lead``: with whom, ``sub``: what for."""

    fact: Fact
    lead: str
    sub: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Drawer:
    """An open cell."""

    title: str
    subtitle: str
    close: str
    previous: str | None
    following: str | None
    cell: PnlCell
    share: str
    change: ShownChange | None
    compared: str
    opened: OpenedCell
    rows: Sequence[ShownFact]
    sorts: Sequence[dict[str, Any]]
    more: str | None
    exports: dict[str, str]
    write_offs: str | None = None


class PnlPage:
    """The report of one request, ready for its template."""

    def __init__(self, request: Any, state: PnlState, report: Pnl, words: Words, show: Show = "sum") -> None:
        self._request = request
        self._show = show
        self._state = state
        self._report = report
        self._words = words
        self.heads = words.columns(report.columns, report.query.by)
        url = state.url()
        self._base = url + ("&" if "?" in url else "?")

    def rows(self) -> Iterator[ShownRow]:
        """All lines."""
        for row in self._report.rows:
            yield ShownRow(
                row=row,
                name=self._words.name(row),
                css=_css(row),
                inside=" ".join(row.inside),
                cells=[self._cell(row, cell, str(at)) for at, cell in enumerate(row.cells)],
                total=self._cell(row, row.total, TOTAL, "sum"),
            )

    def chart(self) -> dict[str, Any] | None:
        """Income and costs as bars, what remains as a line; nothing to draw of a single column."""
        if len(self._report.columns) < 2:
            return None
        income = [cell.minor for cell in self._report.section("income").cells]
        result = self._report.result
        costs = [earned - left for earned, left in zip(income, result, strict=True)]
        translate = self._words.translate
        return {
            "label": translate(_("Income, costs and net profit; the numbers are in the table below")),
            "labels": [head.replace("\u00a0", " ") for head in self.heads],
            "currency": self._report.currency,
            "thick": 30,
            "sets": [
                {"label": translate(_("Income")), "data": self._whole(income), "color": "accent"},
                {"label": translate(_("Costs")), "data": self._whole(costs), "color": "line-2", "hatch": True},
                {"label": translate(_("Net profit")), "data": self._whole(result), "color": "good", "type": "line"},
            ],
        }

    def drawer(self, cells: ICells) -> Drawer | None:
        """The cell that the URL opens; None where it opens none."""
        row = self._report.row(self._state.cell)
        place = self._place()
        if row is None or place is None:
            return None
        period, compared = self._periods(place)
        cell = row.total if place == len(self._report.columns) else row.cells[place]
        sort = self._state.sort if self._state.sort in SORTS else ""
        opened: OpenedCell = cells.open(
            self._report.query.over(period), row.key, sort=SORTS[sort], after=self._state.after
        )
        places = [*map(str, range(len(self._report.columns))), *([TOTAL] if len(self._report.columns) > 1 else [])]
        at = places.index(self._state.column) if self._state.column in places else 0
        title = self._words.translate(row.path[0])
        return Drawer(
            title=self._words.name(row),
            subtitle=f"{self._words.period(period)}, {title}" if row.depth else self._words.period(period),
            close=self._state.url(),
            previous=self._cell_url(row, places[at - 1]) if at else None,
            following=self._cell_url(row, places[at + 1]) if at + 1 < len(places) else None,
            cell=cell,
            share=self._words.share(cell.share),
            change=self._change(cell.change),
            compared="" if compared is None else self._words.compared(period, compared),
            opened=opened,
            rows=list(self._facts(row, opened)),
            sorts=[
                {"title": title, "href": self._cell_url(row, places[at], order=key), "current": key == sort}
                for key, title in (("", _("By date")), ("amount", _("By amount")))
            ],
            more=self._cell_url(row, places[at], order=sort, after=opened.more) if opened.more else None,
            exports={kind: self._cell_url(row, places[at], export=kind) for kind in ("xlsx", "csv")},
            write_offs=self._write_offs(row, period),
        )

    def opened_period(self) -> tuple[PnlRow, Period] | None:
        """Which line of which days the URL opens."""
        row, place = self._report.row(self._state.cell), self._place()
        return None if row is None or place is None else (row, self._periods(place)[0])

    def _place(self) -> int | None:
        if self._state.column == TOTAL:
            return len(self._report.columns)
        known = self._state.column.isdecimal() and int(self._state.column) < len(self._report.columns)
        return int(self._state.column) if known else None

    def _periods(self, place: int) -> tuple[Period, Period | None]:
        if place == len(self._report.columns):
            return self._report.query.period, self._report.total_compared
        compared = self._report.compared
        return self._report.columns[place], compared[place] if compared else None

    def _facts(self, row: PnlRow, opened: OpenedCell) -> Iterator[ShownFact]:
        several = row.group or row.kind == "subtotal"
        for fact in opened.rows:
            told = [fact.article] if several else []
            if fact.invoice:
                told.append(self._words.translate(_("invoice ${number}", mapping={"number": fact.invoice})))
            elif fact.text and fact.text != fact.counterparty:
                told.append(fact.text)
            yield ShownFact(
                fact=fact,
                lead=fact.counterparty or fact.text or self._words.translate(_("By hand")),
                sub=" · ".join(told),
                href=self._document(fact),
            )

    def _write_offs(self, row: PnlRow, period: Period) -> str | None:
        """The list of what was written off onto the article of a line in ``period``; None where no rule names the article."""
        if row.kind == "subtotal" or not self._request.has_permission(WRITE_OFFS):
            return None
        rules = self._request.find_service(IWriteOffs).rules()
        named = {rule.short_article_id for rule in rules} | {rule.over_article_id for rule in rules}
        tree = self._request.find_service(IArticles).tree(archived=True)
        if row.key not in {node.public_id.hex for node in tree if node.id in named}:
            return None
        days = {"from": f"{period.since:%d.%m.%Y}", "to": f"{period.until:%d.%m.%Y}"}
        path: str = self._request.route_path("finsystem.office.write_offs", _query={"article": row.key, **days})
        return path

    def _document(self, fact: Fact) -> str | None:
        if fact.document is None:
            return None
        kind, public_id = fact.document
        path: str = self._request.route_path(_ROUTES[kind], **{kind: public_id.hex})
        return path

    def _cell(self, row: PnlRow, cell: PnlCell, at: str, show: Show | None = None) -> ShownCell:
        share, change, show = self._words.percent(cell.share), self._change(cell.change), show or self._show
        told = change if show == "change" else None
        text = {"share": share, "change": change.percent if change else ""}.get(show)
        return ShownCell(
            href=self._cell_url(row, at),
            text=self._words.whole(cell.minor, self._report.currency) if text is None else text,
            note=self._words.share(cell.share) if show == "sum" and row.kind == "subtotal" else "",
            css=f"c-delta {told.css}" if told else "",
            title=told.money if told else None,
            share=share,
            change=change,
            open=self._state.cell == row.key and self._state.column == at,
        )

    def _change(self, change: Change | None) -> ShownChange | None:
        if change is None:
            return None
        told = self._words.share(None if change.tenths is None else abs(change.tenths))
        money = self._words.whole(change.minor, self._report.currency, sign=True)
        return ShownChange(
            money, self._words.grown(change), told, change.way if change.tenths is not None else "", change.sense
        )

    def _cell_url(self, row: PnlRow, at: str, **more: str) -> str:
        named = {"order": more.pop("order", ""), **more}
        return self._base + urlencode(
            {"cell": row.key, "at": at, **{key: value for key, value in named.items() if value}}
        )

    def _whole(self, minors: Sequence[int]) -> list[int]:
        return [round(Money(minor, self._report.currency).amount) for minor in minors]


def _css(row: PnlRow) -> str:
    if row.kind == "subtotal":
        return "c-pl-s"
    if row.kind == "unsorted":
        return "c-pl-u"
    return "c-pl-g" if not row.depth else f"c-pl-{min(row.depth, 2)}"
