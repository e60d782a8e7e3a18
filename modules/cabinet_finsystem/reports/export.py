"""The P&L as a file: XLSX with true numbers, CSV and PDF, line by line what the screen shows."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from cabinet.contracts.money import Money
from cabinet.tables import write_csv
from cabinet_finsystem.reports.values import Change, Pnl, PnlCell, PnlRow, Show
from cabinet_finsystem.reports.words import BASES, NONE, Words
from cabinet_finsystem.texts import _

_COLORS = {"good": "#17713f", "bad": "#b02a21", "": "#5b6a73"}
_INSET, _UNSORTED, _MUTED = "#f3f6f7", "#fdf3e0", "#5b6a73"
_NAME_WIDTH, _WIDTH = 44, 15
_SAID = {"share": _("columns: shares of income, %"), "change": _("columns: changes, %")}


def pnl_csv(report: Pnl, words: Words, show: Show = "sum") -> bytes:
    """Articles with their path; columns of what ``show`` says: amounts exact, or percentages with one decimal."""
    titles = [words.translate(title) for title in (_("Section"), _("Article"))] + _heads(report, words, show)
    return write_csv(titles, (_csv_row(report, words, row, show) for row in report.rows))


def pnl_xlsx(report: Pnl, words: Words, title: str, show: Show = "sum") -> bytes:
    """A workbook of the amounts, the shares and the changes of every cell, open at the sheet of what ``show`` says."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": title})
        sheets = [("sum", _("Income and costs"), _amounts), ("share", _("Share of income"), _shares)]
        if report.total_compared is not None:
            sheets += [("change", _("Change, %"), _grown), ("", _("Change"), _changes)]
        for shown, name, write in sheets:
            sheet = _Sheet(book, report, words, words.translate(name))
            write(sheet)
            if shown == show:
                sheet.open()
    return out.getvalue()


def pnl_pdf(
    report: Pnl,
    words: Words,
    title: str,
    *,
    author: str,
    language: str,
    day: datetime.date,
    press: Any,
    show: Show = "sum",
) -> bytes:
    """The table on paper, in whole units as on the screen. ``press``: a `cabinet.pdf.press.PDFPress`."""
    from cabinet_finsystem.pdf.pnl import PrintedPnl, render_pnl

    facts = [words.sign(report.currency), words.translate(BASES[report.query.basis]), *([author] if author else [])]
    if show in _SAID:
        facts.append(words.translate(_SAID[show]))
    if report.total_compared is not None:
        compared = words.compared(report.query.period, report.total_compared)
        facts.append(words.translate(_("compared: ${period}", mapping={"period": compared})))
    printed = PrintedPnl(
        title=title,
        facts=", ".join(facts),
        author=author,
        language=language,
        day=day,
        article=words.translate(_("Article")),
        heads=_heads(report, words, show),
        kept=2 if report.total_compared is None else 4,
        rows=[_printed(report, words, row, show) for row in report.rows],
    )
    return render_pnl(printed, press)


def _printed(report: Pnl, words: Words, row: PnlRow, show: Show) -> Any:
    from cabinet_finsystem.pdf.pnl import PrintedCell, PrintedRow

    def printed(cell: PnlCell, show: Show) -> PrintedCell:
        if show == "share":
            return PrintedCell(words.percent(cell.share))
        if show == "change":
            change = cell.change
            return PrintedCell(words.grown(change, sign=True), tone=(change.sense if change else "") or "quiet")
        below = words.share(cell.share) if row.kind == "subtotal" else ""
        return PrintedCell(words.whole(cell.minor, report.currency), below)

    cells = [*(printed(cell, show) for cell in row.cells), printed(row.total, "sum")]
    cells.append(PrintedCell(words.percent(row.total.share), tone="quiet"))
    if (change := row.total.change) is not None:
        tone = change.sense or "quiet"
        cells.append(PrintedCell(words.whole(change.minor, report.currency, sign=True), tone=tone))
        cells.append(PrintedCell(words.grown(change, sign=True), tone=tone))
    look = row.kind if row.kind in {"subtotal", "unsorted"} else "group" if row.group or not row.depth else ""
    return PrintedRow(words.name(row), row.depth, look, cells)


def _heads(report: Pnl, words: Words, show: Show = "sum") -> list[str]:
    compared = [] if report.total_compared is None else [_("Change"), _("Change, %")]
    return [*_columns(report, words, show), *map(words.translate, (_("Total"), _("Share, %"), *compared))]


def _columns(report: Pnl, words: Words, show: Show) -> list[str]:
    """Heads of the columns of days, each with what its figures are where they are no amounts."""
    what = {"sum": "", "share": ", %", "change": ", Δ %"}[show]
    return [head + what for head in words.columns(report.columns, report.query.by)]


def _csv_row(report: Pnl, words: Words, row: PnlRow, show: Show) -> list[Any]:
    section, *_rest = row.path
    name = (
        words.name(row) if row.kind == "subtotal" or row.depth == 0 else " / ".join((*row.path[1:-1], words.name(row)))
    )
    cells: list[Any] = [words.translate(section), name]
    if show == "sum":
        cells += [Money(cell.minor, report.currency) for cell in row.cells]
    elif show == "share":
        cells += [_tenths(cell.share) for cell in row.cells]
    else:
        cells += [_tenths(None if cell.change is None else cell.change.tenths) for cell in row.cells]
    cells.append(Money(row.total.minor, report.currency))
    cells.append(_tenths(row.total.share))
    if (change := row.total.change) is not None:
        cells += [Money(change.minor, report.currency), _tenths(change.tenths)]
    return cells


def _tenths(tenths: int | None) -> Decimal | str:
    return NONE if tenths is None else Decimal(tenths).scaleb(-1)


def _amounts(sheet: _Sheet) -> None:
    report, words = sheet.report, sheet.words
    sheet.begin(_heads(report, words))
    for line, row in sheet.rows():
        for column, cell in enumerate((*row.cells, row.total), 1):
            sheet.amount(line, column, cell.minor, row)
        after = len(row.cells) + 2
        sheet.share(line, after, row.total.share, row)
        if (change := row.total.change) is not None:
            sheet.changed(line, after + 1, change, row)


def _shares(sheet: _Sheet) -> None:
    def write(line: int, column: int, cell: PnlCell, row: PnlRow) -> None:
        sheet.share(line, column, cell.share, row)

    _each_cell(sheet, write)


def _changes(sheet: _Sheet) -> None:
    def write(line: int, column: int, cell: PnlCell, row: PnlRow) -> None:
        if (change := cell.change) is not None:
            sheet.changed(line, column, change, row, percent=False)

    _each_cell(sheet, write)


def _grown(sheet: _Sheet) -> None:
    def write(line: int, column: int, cell: PnlCell, row: PnlRow) -> None:
        if (change := cell.change) is not None:
            sheet.grown(line, column, change, row)

    _each_cell(sheet, write)


def _each_cell(sheet: _Sheet, write: Callable[[int, int, PnlCell, PnlRow], None]) -> None:
    sheet.begin(_heads(sheet.report, sheet.words)[: len(sheet.report.columns) + 1])
    for line, row in sheet.rows():
        for column, cell in enumerate((*row.cells, row.total), 1):
            write(line, column, cell, row)


class _Sheet:
    """One sheet: the lines of the report down the side."""

    def __init__(self, book: Any, report: Pnl, words: Words, name: str) -> None:
        self.report = report
        self.words = words
        self._book = book
        self._page = book.add_worksheet(name[:31])
        self._formats: dict[tuple[Any, ...], Any] = {}

    def begin(self, heads: list[str]) -> None:
        """The head, kept in sight with the first column."""
        head = self._book.add_format({"bold": True, "align": "right", "font_color": _MUTED, "bottom": 1})
        first = self._book.add_format({"bold": True, "font_color": _MUTED, "bottom": 1})
        article = f"{self.words.translate(_('Article'))}, {self.words.sign(self.report.currency)}"
        self._page.write_string(0, 0, article, first)
        for column, text in enumerate(heads, 1):
            self._page.write_string(0, column, text, head)
        self._page.set_column(0, 0, _NAME_WIDTH)
        self._page.set_column(1, len(heads), _WIDTH)
        self._page.freeze_panes(1, 1)

    def open(self) -> None:
        """Show this sheet first."""
        self._page.activate()

    def rows(self) -> Iterator[tuple[int, PnlRow]]:
        """Line numbers with their rows; the names are written on the way, groups fold."""
        for line, row in enumerate(self.report.rows, 1):
            self._page.set_row(line, None, None, {"level": min(row.depth, 7)} if row.depth else {})
            self._page.write_string(
                line, 0, self.words.name(row), self._format(row, indent=row.depth, quote_prefix=True)
            )
            yield line, row

    def amount(self, line: int, column: int, minor: int, row: PnlRow) -> None:
        """An amount in major units, shown whole as on the screen and exact behind that."""
        self._page.write_number(
            line, column, Money(minor, self.report.currency).amount, self._format(row, num_format="#,##0")
        )

    def share(self, line: int, column: int, tenths: int | None, row: PnlRow) -> None:
        """A share of the income."""
        self._percent(line, column, tenths, row, color=None)

    def changed(self, line: int, column: int, change: Change, row: PnlRow, *, percent: bool = True) -> None:
        """A change in money, and in the next column in per cent, coloured by its sense."""
        color = _COLORS[change.sense]
        shown = self._format(row, num_format="+#,##0;-#,##0;0", font_color=color)
        self._page.write_number(line, column, Money(change.minor, self.report.currency).amount, shown)
        if percent:
            self.grown(line, column + 1, change, row)

    def grown(self, line: int, column: int, change: Change, row: PnlRow) -> None:
        """A change in per cent, coloured by its sense."""
        self._percent(line, column, change.tenths, row, color=_COLORS[change.sense])

    def _percent(self, line: int, column: int, tenths: int | None, row: PnlRow, color: str | None) -> None:
        look = self._format(row, num_format="0.0%", font_color=color or _MUTED, align="right")
        if tenths is None:
            self._page.write_string(line, column, NONE, look)
        else:
            self._page.write_number(line, column, Decimal(tenths).scaleb(-3), look)

    def _format(self, row: PnlRow, **more: Any) -> Any:
        look: dict[str, Any] = dict(more)
        if row.group or row.kind == "subtotal" or row.depth == 0:
            look["bold"] = True
        if row.kind in {"subtotal", "unsorted"}:
            look["bg_color"] = _INSET if row.kind == "subtotal" else _UNSORTED
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]
