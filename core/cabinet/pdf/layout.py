"""The pieces documents are built of. A block turns into pieces; a `Press` places pieces on pages.

A piece is drawn whole. It may ask to stay with the next one, and a table's row brings the header to repeat above it
on a new page. All texts are plain: there is no markup to escape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.images import Box
from cabinet.pdf.pen import GREY, INK, Align, Color, Pen
from cabinet.pdf.qr import Symbol

MM = 72 / 25.4
BODY = Style()
LABEL = Style(color=GREY)

CAP_MIDDLE = 0.357  # of the font size: half the height of capitals, to centre them in their line


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands below the rows of a table on each of its pages, of one ``height``: ``made_of`` the rows that are there."""

    height: float
    made_of: Callable[[Sequence[Piece]], Piece]


@dataclass(slots=True)
class Piece:
    """A strip of a page: ``draw(pen, x, top)`` gets its upper left corner. ``blank`` ones never begin a page.

    ``header``: is drawn above it where it begins a page; ``tail``: below it where it is the last of its rows there.
    """

    height: float
    draw: Callable[[Pen, float, float], None]
    with_next: bool = False
    header: Piece | None = None
    blank: bool = False
    tail: Tail | None = None


class Block(Protocol):
    """Anything that can be laid out in a given width (points)."""

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        """The strips of this block from top to bottom."""
        ...


def baseline(top: float, style: Style) -> float:
    """Where the letters of a line stand whose upper edge is ``top``."""
    return top - style.leading / 2 - style.size * CAP_MIDDLE


def draw_lines(pen: Pen, lines: Sequence[str], style: Style, at: tuple[float, float], *, align: Align = "left") -> None:
    """Wrapped lines one under another from ``at``: (x as in `Pen.text`, upper edge)."""
    x, top = at
    for number, line in enumerate(lines):
        if line:
            pen.text(x, baseline(top - number * style.leading, style), line, style, align=align)


@dataclass(frozen=True, slots=True)
class Space:
    """Empty height in points."""

    height: float
    with_next: bool = False

    def pieces(self, _fonts: FontBook, _width: float) -> list[Piece]:
        return [Piece(self.height, _draw_nothing, with_next=self.with_next, blank=True)]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line over the whole width with ``space`` below it."""

    weight: float = 0.5
    color: Color = INK
    space: float = 0
    with_next: bool = True

    def pieces(self, _fonts: FontBook, width: float) -> list[Piece]:
        def draw(pen: Pen, x: float, top: float) -> None:
            y = top - self.weight / 2
            pen.line(x, y, x + width, y, weight=self.weight, color=self.color)

        return [Piece(self.weight + self.space, draw, with_next=self.with_next)]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text broken into lines. A page break leaves at least two lines on each side of it."""

    text: str
    style: Style = BODY
    align: Align = "left"
    with_next: bool = False

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        lines = fonts.wrap(self.text, self.style, width)
        last = len(lines) - 1
        return [
            self._line(line, width, with_next=self.with_next if number == last else number in {0, last - 1})
            for number, line in enumerate(lines)
        ]

    def _line(self, line: str, width: float, *, with_next: bool) -> Piece:
        offset = {"left": 0.0, "center": width / 2, "right": width}[self.align]

        def draw(pen: Pen, x: float, top: float) -> None:
            draw_lines(pen, [line], self.style, (x + offset, top), align=self.align)

        return Piece(self.style.leading, draw, with_next=with_next)


@dataclass(frozen=True, slots=True)
class PictureBox:
    """A picture at the left edge, as large as ``box`` (width, height in points) allows."""

    data: bytes
    box: Box

    def pieces(self, _fonts: FontBook, _width: float) -> list[Piece]:
        def draw(pen: Pen, x: float, top: float) -> None:
            pen.picture(self.data, x, top - self.box[1], self.box, align="left")

        return [Piece(self.box[1], draw)]


@dataclass(frozen=True, slots=True)
class QRBox:
    """A QR code with its modules ``size`` points wide; the quiet zone is left to the surroundings."""

    code: Symbol
    size: float

    def pieces(self, _fonts: FontBook, width: float) -> list[Piece]:
        def draw(pen: Pen, x: float, top: float) -> None:
            pen.qr(self.code, x + (width - self.size) / 2, top - self.size, self.size)

        return [Piece(self.size, draw)]


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns side by side, never parted by a page break: (blocks, width in points or None for what is left)."""

    columns: Sequence[tuple[Sequence[Block], float | None]]
    gap: float = 0
    with_next: bool = False

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        known = sum(given or 0 for _, given in self.columns) + self.gap * (len(self.columns) - 1)
        open_columns = sum(given is None for _, given in self.columns)
        widths = [(width - known) / open_columns if given is None else given for _, given in self.columns]
        stacks = [
            [piece for block in blocks for piece in block.pieces(fonts, own)]
            for (blocks, _), own in zip(self.columns, widths, strict=True)
        ]

        def draw(pen: Pen, x: float, top: float) -> None:
            for stack, own in zip(stacks, widths, strict=True):
                draw_stack(pen, stack, x, top)
                x += own + self.gap

        return [Piece(max(map(stack_height, stacks)), draw, with_next=self.with_next)]


@dataclass(frozen=True, slots=True)
class Totals:
    """Labels and amounts at the right edge: (label, value, is it the sum of all). Never parted from each other."""

    rows: Sequence[tuple[str, str, bool]]
    with_next: bool = False
    style: Style = BODY

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        styles = [
            self.style.but(bold=True, size=self.style.size + 1.5, leading=self.style.leading + 4) if strong
            else self.style
            for *_, strong in self.rows
        ]  # fmt: skip
        values = [fonts.printable(value) for _, value, _ in self.rows]
        taken = max(fonts.width(value, style) for value, style in zip(values, styles, strict=True))
        split = width - taken - 14
        made: list[Piece] = []
        for (label, _, strong), value, style in zip(self.rows, values, styles, strict=True):
            shown = style if strong else style.but(color=GREY)
            lines = fonts.wrap(label, shown, split)
            made.append(self._row(lines, value, (shown, style), (split, width)))
        made[-1].with_next = self.with_next
        return made

    def _row(self, lines: list[str], value: str, styles: tuple[Style, Style], edges: tuple[float, float]) -> Piece:
        def draw(pen: Pen, x: float, top: float) -> None:
            draw_lines(pen, lines, styles[0], (x + edges[0], top), align="right")
            draw_lines(pen, [value], styles[1], (x + edges[1], top), align="right")

        return Piece(len(lines) * styles[1].leading + 1.5, draw, with_next=True)


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks that no page break may part; ``with_next`` binds the last one to what follows."""

    blocks: Sequence[Block]
    with_next: bool = False

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        made = [piece for block in self.blocks for piece in block.pieces(fonts, width)]
        for piece in made[:-1]:
            piece.with_next = True
        made[-1].with_next = self.with_next
        return made


def stack_height(pieces: Sequence[Piece]) -> float:
    """Height of pieces one under another."""
    return sum(piece.height for piece in pieces)


def draw_stack(pen: Pen, pieces: Sequence[Piece], x: float, top: float) -> None:
    """Draw pieces one under another, with no regard to the page's end."""
    for piece in pieces:
        piece.draw(pen, x, top)
        top -= piece.height


def _draw_nothing(_pen: Pen, _x: float, _top: float) -> None:
    pass
