"""Income and costs on paper: the table of the screen, across as many pages as its columns need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.pagesizes import A4, landscape

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.layout import MM, Block, Paragraph, Piece, Space, baseline, draw_lines
from cabinet.pdf.pen import GREY, HAIRLINE, INK, Color, Pen
from cabinet.pdf.press import About, PageSize, PDFPress

_TITLE = Style(size=14, leading=19, bold=True)
_FACTS = Style(size=8, leading=12, color=GREY)
_BODY = Style(size=7.5, leading=10)
_SMALL = Style(size=6, leading=7, color=GREY)
_HEAD = Style(size=7, leading=9, color=GREY)
_NAME_WIDTH = 58 * MM
_GAP = 7
_MOST_SPARE = 26
_PAD = 2.2
_INDENT = 9
_COLORS: dict[str, Color] = {"": INK, "quiet": GREY, "good": (0.09, 0.443, 0.247), "bad": (0.69, 0.165, 0.129)}
_GROUNDS: dict[str, Color] = {"subtotal": (0.953, 0.965, 0.969), "unsorted": (0.992, 0.953, 0.878)}


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A figure as it is printed. ``below``: a small line under it; ``tone``: quiet, good, bad or empty."""

    text: str
    below: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A line. ``look``: subtotal, unsorted, group or empty."""

    name: str
    depth: int
    look: str
    cells: Sequence[PrintedCell]


@dataclass(frozen=True, slots=True)
class PrintedPnl:
    """The report in words. ``heads``: of the figures; the last ``kept`` columns stay together."""

    title: str
    facts: str
    author: str
    language: str
    day: date
    article: str
    heads: Sequence[str]
    kept: int
    rows: Sequence[PrintedRow]


def render_pnl(report: PrintedPnl, press: PDFPress) -> bytes:
    """The report as PDF, pages lying on their side."""
    about = About(title=report.title, author=report.author, language=report.language, day=report.day)
    width, height = landscape(A4)
    blocks: list[Block] = [
        Paragraph(report.title, _TITLE, with_next=True),
        Paragraph(report.facts, _FACTS, with_next=True),
        Space(8, with_next=True),
        _Figures(report),
    ]
    return press.print(about, blocks, PageSize(width=width, height=height))


@dataclass(frozen=True, slots=True)
class _Band:
    """Columns that fit side by side: their places and the right edges of their figures."""

    columns: Sequence[int]
    edges: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Figures:
    """The table; where its columns are too many for the width it goes on below itself with the rest of them."""

    report: PrintedPnl

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        made: list[Piece] = []
        for band in self._bands(fonts, width):
            head = self._head(fonts, band)
            rows = [self._row(fonts, row, band) for row in self.report.rows]
            for piece in rows:
                piece.header = head
            if made:
                made += Space(14).pieces(fonts, width)
                for piece in rows[:-1]:
                    piece.with_next = True  # what goes on below begins a page of its own, where one is enough for it
            made += [head, *rows]
        return made

    def _bands(self, fonts: FontBook, width: float) -> Iterator[_Band]:
        widths = [self._width(fonts, column) for column in range(len(self.report.heads))]
        first_kept = len(widths) - self.report.kept
        groups: list[list[int]] = [[]]
        for columns in [*([column] for column in range(first_kept)), list(range(first_kept, len(widths)))]:
            taken = sum(widths[column] for column in (*groups[-1], *columns))
            if groups[-1] and _NAME_WIDTH + taken > width:
                groups.append([])
            groups[-1] += columns
        for group in groups:
            spare = (width - _NAME_WIDTH - sum(widths[column] for column in group)) / max(len(group), 1)
            edges, x = [], _NAME_WIDTH
            for column in group:
                x += widths[column] + min(max(spare, 0.0), _MOST_SPARE)
                edges.append(x)
            yield _Band(group, edges)

    def _width(self, fonts: FontBook, column: int) -> float:
        texts = [(self.report.heads[column], _HEAD)]
        texts += [(row.cells[column].text, _style(row)) for row in self.report.rows]
        return max(fonts.width(fonts.printable(text), style) for text, style in texts) + _GAP

    def _head(self, fonts: FontBook, band: _Band) -> Piece:
        heads = [fonts.printable(self.report.heads[column]) for column in band.columns]
        height = _HEAD.leading + 2 * _PAD

        def draw(pen: Pen, x: float, top: float) -> None:
            draw_lines(pen, [fonts.printable(self.report.article)], _HEAD, (x, top - _PAD))
            for edge, text in zip(band.edges, heads, strict=True):
                draw_lines(pen, [text], _HEAD, (x + edge, top - _PAD), align="right")
            pen.line(x, top - height, x + band.edges[-1], top - height, weight=0.8)

        return Piece(height, draw, with_next=True)

    def _row(self, fonts: FontBook, row: PrintedRow, band: _Band) -> Piece:
        style = _style(row)
        cells = [row.cells[column] for column in band.columns]
        below = any(cell.below for cell in cells)
        height = style.leading + 2 * _PAD + (_SMALL.leading if below else 0)
        indent = row.depth * _INDENT
        name = fonts.wrap(row.name, style, _NAME_WIDTH - indent - _GAP)[0]

        def draw(pen: Pen, x: float, top: float) -> None:
            if row.look in _GROUNDS:
                middle = top - height / 2
                pen.line(x, middle, x + band.edges[-1], middle, weight=height, color=_GROUNDS[row.look])
            pen.text(x + indent, baseline(top - _PAD, style), name, style)
            for edge, cell in zip(band.edges, cells, strict=True):
                shown = style.but(color=_COLORS[cell.tone])
                pen.text(x + edge, baseline(top - _PAD, style), fonts.printable(cell.text), shown, align="right")
                if cell.below:
                    under = baseline(top - _PAD - style.leading, _SMALL)
                    pen.text(x + edge, under, fonts.printable(cell.below), _SMALL, align="right")
            pen.line(x, top - height, x + band.edges[-1], top - height, weight=0.4, color=HAIRLINE)

        return Piece(height, draw)


def _style(row: PrintedRow) -> Style:
    return _BODY.but(bold=row.look in {"subtotal", "group"})
