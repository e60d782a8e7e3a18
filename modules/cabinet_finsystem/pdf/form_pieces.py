"""Pieces of statutory forms: ruled tables with heads of several rows, lines to sign on, a frame over pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.images import SIGNATURE_BOX, STAMP_BOX
from cabinet.pdf.layout import Block, Piece, Tail, baseline, draw_lines
from cabinet.pdf.pen import GREY, INK, Align, Pen

SMALL = Style(size=7, leading=8.5)
TINY = Style(size=5.5, leading=6.5, color=GREY)
_HEAD = Style(size=6, leading=7)
_PAD = 2.0
_SUMS = SMALL.leading + 2 * _PAD
"""Height of a row of totals."""


class HeadCell(NamedTuple):
    """A cell of a head: its text and where it stands, in columns and rows from 0."""

    text: str
    left: int
    top: int = 0
    columns: int = 1
    rows: int = 1


class GridColumn(NamedTuple):
    """A column: its share of the width, its number in the form, how its cells stand."""

    weight: float
    number: str
    align: Align = "left"


class Sum(NamedTuple):
    """A cell of a row of totals over ``columns`` columns; not ``ruled``: without a frame."""

    text: str
    columns: int = 1
    align: Align = "right"
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table. Its head is repeated on every page; the rows of ``sums`` are never parted from the last line.

    ``page_sums``: cells below the lines of each page, made of their numbers from 0.
    """

    columns: Sequence[GridColumn]
    head: Sequence[HeadCell]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sequence[Sum]] = ()
    page_sums: Callable[[Sequence[int]], Sequence[Sum]] | None = None
    with_next: bool = False

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        """Head, rows, totals."""
        whole = sum(column.weight for column in self.columns)
        edges = [0.0]
        for column in self.columns:
            edges.append(edges[-1] + column.weight * width / whole)
        head = self._head(fonts, edges)
        rows = [self._row(fonts, row, edges) for row in self.rows]
        tail = self._tail(fonts, rows, edges)
        for piece in rows:
            piece.header, piece.tail = head, tail
        made = [head, *rows, *(self._sums(fonts, cells, edges) for cells in self.sums)]
        for piece in made[len(rows) : -1]:
            piece.with_next = True
        made[-1].with_next = self.with_next
        return made

    def _tail(self, fonts: FontBook, rows: Sequence[Piece], edges: Sequence[float]) -> Tail | None:
        if self.page_sums is None:
            return None
        numbers, cells_of = {id(piece): number for number, piece in enumerate(rows)}, self.page_sums

        def made_of(there: Sequence[Piece]) -> Piece:
            return self._sums(fonts, cells_of([numbers[id(piece)] for piece in there]), edges)

        return Tail(_SUMS, made_of)

    def _head(self, fonts: FontBook, edges: Sequence[float]) -> Piece:
        count = max(cell.top + cell.rows for cell in self.head)
        texts = [
            fonts.wrap(cell.text, _HEAD, edges[cell.left + cell.columns] - edges[cell.left] - 2 * _PAD)
            for cell in self.head
        ]
        heights = [0.0] * count
        for cell, lines in sorted(zip(self.head, texts, strict=True), key=lambda pair: pair[0].rows):
            needed = len(lines) * _HEAD.leading + 2 * _PAD - sum(heights[cell.top : cell.top + cell.rows])
            heights[cell.top + cell.rows - 1] += max(needed, 0)
        tops = [sum(heights[:row]) for row in range(count + 1)]
        numbers = _HEAD.leading + _PAD if any(column.number for column in self.columns) else 0.0

        def draw(pen: Pen, x: float, top: float) -> None:
            for cell, lines in zip(self.head, texts, strict=True):
                left, right = x + edges[cell.left], x + edges[cell.left + cell.columns]
                upper, lower = top - tops[cell.top], top - tops[cell.top + cell.rows]
                pen.frame(left, lower, right - left, upper - lower)
                start = upper - (upper - lower - len(lines) * _HEAD.leading) / 2
                draw_lines(pen, lines, _HEAD, ((left + right) / 2, start), align="center")
            for place, column in enumerate(self.columns) if numbers else ():
                left, right = x + edges[place], x + edges[place + 1]
                pen.frame(left, top - tops[-1] - numbers, right - left, numbers)
                middle = (left + right) / 2
                pen.text(middle, baseline(top - tops[-1] - _PAD / 2, _HEAD), column.number, _HEAD, align="center")

        return Piece(tops[-1] + numbers, draw, with_next=True)

    def _row(self, fonts: FontBook, row: Sequence[str], edges: Sequence[float]) -> Piece:
        texts = [fonts.wrap(cell, SMALL, edges[place + 1] - edges[place] - 2 * _PAD) for place, cell in enumerate(row)]
        height = max(map(len, texts)) * SMALL.leading + 2 * _PAD

        def draw(pen: Pen, x: float, top: float) -> None:
            for place, lines in enumerate(texts):
                _cell(pen, (x + edges[place], x + edges[place + 1]), (top, height), lines, self.columns[place].align)

        return Piece(height, draw)

    def _sums(self, fonts: FontBook, cells: Sequence[Sum], edges: Sequence[float]) -> Piece:
        style = SMALL.but(bold=True)
        height = _SUMS
        texts = [fonts.printable(cell.text) for cell in cells]

        def draw(pen: Pen, x: float, top: float) -> None:
            place = 0
            for cell, text in zip(cells, texts, strict=True):
                sides = (x + edges[place], x + edges[place + cell.columns])
                _cell(pen, sides, (top, height), [text], cell.align, style, ruled=cell.ruled)
                place += cell.columns

        return Piece(height, draw)


def _cell(
    pen: Pen,
    sides: tuple[float, float],
    place: tuple[float, float],
    lines: Sequence[str],
    align: Align,
    style: Style = SMALL,
    *,
    ruled: bool = True,
) -> None:
    (left, right), (top, height) = sides, place
    if ruled:
        pen.frame(left, top - height, right - left, height)
    x = {"left": left + _PAD, "center": (left + right) / 2, "right": right - _PAD}[align]
    draw_lines(pen, lines, style, (x, top - _PAD), align=align)


class Slot(NamedTuple):
    """A place on a line to sign on: what is printed there, what stands below it in small, its share of the width."""

    text: str
    caption: str
    weight: float = 1


@dataclass(frozen=True, slots=True)
class SignRow:
    """A label and the places after it, each on a rule. ``signature`` lies on the place ``signed``, ``stamp`` over both."""

    label: str
    slots: Sequence[Slot]
    label_share: float = 0.3
    signature: bytes | None = None
    stamp: bytes | None = None
    signed: int = 1
    style: Style = SMALL
    above: float = 4

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        """One piece, never parted."""
        start = width * self.label_share if self.label else 0.0
        gap = 6.0
        whole = sum(slot.weight for slot in self.slots)
        room = width - start - gap * (len(self.slots) - 1)
        widths = [slot.weight * room / whole for slot in self.slots]
        label = fonts.wrap(self.label, self.style, start - 4) if self.label else []
        texts = [fonts.wrap(slot.text, self.style, own) for slot, own in zip(self.slots, widths, strict=True)]
        captions = [fonts.printable(slot.caption) for slot in self.slots]
        lines = max([len(label), *map(len, texts), 1])
        foot = self.above + lines * self.style.leading

        def draw(pen: Pen, x: float, top: float) -> None:
            draw_lines(pen, label, self.style, (x, top - foot + len(label) * self.style.leading))
            left = x + start
            for number, (own, text, caption) in enumerate(zip(widths, texts, captions, strict=True)):
                middle = left + own / 2
                above = top - foot + len(text) * self.style.leading
                draw_lines(pen, text, self.style, (middle, above), align="center")
                pen.line(left, top - foot, left + own, top - foot, weight=0.4, color=INK)
                if caption:
                    pen.text(middle, baseline(top - foot, TINY), caption, TINY, align="center")
                if number == self.signed and self.signature:
                    height = min(SIGNATURE_BOX[1], 28)
                    pen.picture(self.signature, left, top - foot - 6, (own, height))
                if number == self.signed and self.stamp:
                    side = 80.0
                    pen.picture(
                        self.stamp, left + own - side / 2, top - foot - side * 0.62, (min(side, STAMP_BOX[0]), side)
                    )
                left += own + gap

        return [Piece(foot + TINY.leading + 2, draw)]


@dataclass(frozen=True, slots=True)
class Framed:
    """Blocks inside a thick frame, which goes on over pages, with ``beside`` in the margin left of its beginning."""

    blocks: Sequence[Block]
    beside: Sequence[Block]
    margin: float
    weight: float = 1.6
    pad: float = 4

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        """The pieces of the blocks, each with its part of the frame."""
        inner = width - self.margin - 2 * self.pad
        pieces = [piece for block in self.blocks for piece in block.pieces(fonts, inner)]
        beside = [piece for block in self.beside for piece in block.pieces(fonts, self.margin - 6)]
        framed: dict[int, Piece] = {}

        def frame(piece: Piece, number: int) -> Piece:
            first, last = number == 0, number == len(pieces) - 1

            def draw(pen: Pen, x: float, top: float) -> None:
                piece.draw(pen, x + self.margin + self.pad, top)
                left, right, foot = x + self.margin, x + width, top - piece.height
                for side in (left, right):
                    pen.line(side, top, side, foot, weight=self.weight)
                if first:
                    pen.line(left, top, right, top, weight=self.weight)
                    y = top
                    for one in beside:
                        one.draw(pen, x, y)
                        y -= one.height
                if last:
                    pen.line(left, foot, right, foot, weight=self.weight)

            return Piece(
                piece.height, draw, piece.with_next
            )  # not blank: the frame and what is beside it begin with the first

        made = []
        for number, piece in enumerate(pieces):
            done = frame(piece, number)
            framed[id(piece)] = done
            if piece.header is not None:
                done.header = framed[id(piece.header)]
            made.append(done)
        return made
