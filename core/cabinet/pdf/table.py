"""Tables over many pages: the header is repeated, the last row may be bound to the totals that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.layout import BODY, Piece, draw_lines
from cabinet.pdf.pen import GREY, HAIRLINE, INK, Align, Pen

_GUTTER = 5  # points on each side of a cell, but none at the table's edges
_PAD = 3.5  # above and below the text of a row
_HEAD = Style(size=7.5, leading=9.5, color=GREY)
_SIZES = (BODY, BODY.but(size=8, leading=11), BODY.but(size=7, leading=9.5))
_TEXT_NEEDS = 120  # points: a narrower text column makes the table try a smaller size
_TALLEST = 16  # lines: a longer row is cut into strips, so that it can cross a page
_STRIP = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column as wide as its widest cell, but not over ``at_most`` points; the ``elastic`` ones share what is left."""

    title: str
    align: Align = "left"
    elastic: bool = False
    bold: bool = False
    quiet: bool = False  # printed grey
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain texts under a repeated header. ``with_next`` binds the last row to what follows the table."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    with_next: bool = False

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        rows = [[fonts.printable(cell) for cell in row] for row in self.rows]
        for body in _SIZES:
            styles = [body.but(bold=c.bold, color=GREY if c.quiet else INK) for c in self.columns]
            widths = self._widths(fonts, rows, styles, width)
            if min((w for c, w in zip(self.columns, widths, strict=True) if c.elastic), default=width) >= _TEXT_NEEDS:
                break
        edges = [sum(widths[:number]) for number in range(len(widths) + 1)]
        header = self._header(fonts, edges)
        made = [header]
        last = len(rows) - 1
        for number, row in enumerate(rows):
            weight, color = (0.8, INK) if number == last else (0.5, HAIRLINE)
            parts = self._row(fonts, row, styles, edges)
            parts[-1] = _underlined(parts[-1], width, weight, color)
            for part in parts:
                part.header = header
            made += parts
        made[-1].with_next = self.with_next
        return made

    def _widths(
        self, fonts: FontBook, rows: Sequence[Sequence[str]], styles: Sequence[Style], width: float
    ) -> list[float]:
        taken = []
        for number, (column, style) in enumerate(zip(self.columns, styles, strict=True)):
            words = [fonts.width(word, _HEAD) for word in column.title.split(" ")]
            content = max([*words, *(fonts.width(row[number], style) for row in rows)])
            outer = number in {0, len(self.columns) - 1}
            taken.append(min(content, column.at_most or content) + _GUTTER * (1 if outer else 2) + 0.01)
        rest = width - sum(own for column, own in zip(self.columns, taken, strict=True) if not column.elastic)
        share = rest / max(sum(column.elastic for column in self.columns), 1)
        return [share if column.elastic else own for column, own in zip(self.columns, taken, strict=True)]

    def _cell(self, number: int, edges: Sequence[float]) -> tuple[float, float]:
        """(x of the text by its alignment, room for it)."""
        left = edges[number] + (_GUTTER if number else 0)
        right = edges[number + 1] - (_GUTTER if number < len(self.columns) - 1 else 0)
        x = {"left": left, "right": right, "center": (left + right) / 2}[self.columns[number].align]
        return x, right - left

    def _header(self, fonts: FontBook, edges: Sequence[float]) -> Piece:
        cells = [self._cell(number, edges) for number in range(len(self.columns))]
        titles = [fonts.wrap(c.title, _HEAD, room + 0.5) for c, (_, room) in zip(self.columns, cells, strict=True)]
        tallest = max(map(len, titles))
        height = tallest * _HEAD.leading + 2 * _PAD

        def draw(pen: Pen, x: float, top: float) -> None:
            pen.line(x, top - 0.4, x + edges[-1], top - 0.4, weight=0.8)
            for column, (offset, _), lines in zip(self.columns, cells, titles, strict=True):
                first = top - _PAD - (tallest - len(lines)) * _HEAD.leading
                draw_lines(pen, lines, _HEAD, (x + offset, first), align=column.align)
            pen.line(x, top - height, x + edges[-1], top - height)

        return Piece(height, draw, with_next=True)

    def _row(self, fonts: FontBook, row: Sequence[str], styles: Sequence[Style], edges: Sequence[float]) -> list[Piece]:
        cells = [self._cell(number, edges) for number in range(len(row))]
        texts = [
            [cell] if room >= fonts.width(cell, style) and "\n" not in cell else fonts.wrap(cell, style, room)
            for cell, style, (_, room) in zip(row, styles, cells, strict=True)
        ]
        tallest = max(map(len, texts))
        offsets = [x for x, _ in cells]
        if tallest <= _TALLEST:
            return [self._strip(texts, styles, offsets, (_PAD, _PAD))]
        return [
            self._strip(
                [lines[start : start + _STRIP] for lines in texts],
                styles,
                offsets,
                (_PAD if start == 0 else 0, _PAD if start + _STRIP >= tallest else 0),
            )
            for start in range(0, tallest, _STRIP)
        ]

    def _strip(
        self,
        texts: list[list[str]],
        styles: Sequence[Style],
        offsets: list[float],
        pads: tuple[float, float],
    ) -> Piece:
        above, below = pads

        def draw(pen: Pen, x: float, top: float) -> None:
            for column, lines, style, offset in zip(self.columns, texts, styles, offsets, strict=True):
                draw_lines(pen, lines, style, (x + offset, top - above), align=column.align)

        return Piece(above + max(map(len, texts)) * styles[0].leading + below, draw)


def _underlined(piece: Piece, width: float, weight: float, color: tuple[float, float, float]) -> Piece:
    def draw(pen: Pen, x: float, top: float) -> None:
        piece.draw(pen, x, top)
        y = top - piece.height
        pen.line(x, y, x + width, y, weight=weight, color=color)

    return Piece(piece.height, draw)
