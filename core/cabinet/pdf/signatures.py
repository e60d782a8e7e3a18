"""The foot of a signed document: posts, lines to sign on, scanned signatures and the stamp over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.images import SIGNATURE_BOX, STAMP_BOX
from cabinet.pdf.layout import BODY, CAP_MIDDLE, MM, Piece, draw_lines
from cabinet.pdf.pen import GREY, Pen


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: post, name in print, scanned signature if the document carries it."""

    post: str
    name: str = ""
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, one a signatory, with the scanned signatures and the stamp over them. Never parted."""

    signatories: Sequence[Signatory]
    stamp: bytes | None = None
    stamp_place: str = ""  # printed where a stamp is put by hand: «М.П.»
    row: float = 15 * MM
    line: float = 58 * MM
    style: Style = BODY

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        posts = [fonts.wrap(who.post, self.style, 0.3 * width) for who in self.signatories]
        start = max((fonts.width(line, self.style) for post in posts for line in post), default=0) + 4 * MM
        names = [fonts.wrap(who.name, self.style, width - start - self.line - 3 * MM) for who in self.signatories]
        rows = self.row * len(self.signatories)
        # The stamp covers a part of the first signature, as a hand would put it, and no name in print.
        stamp_top = self.row * 0.25
        height = max(rows, stamp_top + STAMP_BOX[1]) if self.stamp else rows

        def draw(pen: Pen, x: float, top: float) -> None:
            for number, who in enumerate(self.signatories):
                foot = top - self.row * (number + 1) + 4 * MM
                self._draw_signatory(pen, (x, x + start, foot), posts[number], names[number], who.signature)
            if self.stamp:
                seal = x + start + self.line - STAMP_BOX[0] - 2 * MM
                pen.picture(self.stamp, seal, top - stamp_top - STAMP_BOX[1], STAMP_BOX)
            elif self.stamp_place:
                place = self.style.but(size=7.5, color=GREY)
                pen.text(x + start + self.line / 2, top - rows - 1 * MM, self.stamp_place, place, align="center")

        return [Piece(height + 2 * MM, draw)]

    def _draw_signatory(
        self, pen: Pen, at: tuple[float, float, float], post: list[str], name: list[str], signature: bytes | None
    ) -> None:
        left, start, foot = at
        rise = self.style.leading / 2 + self.style.size * CAP_MIDDLE  # puts the letters' feet on the line
        draw_lines(pen, post, self.style, (left, foot + rise + (len(post) - 1) * self.style.leading))
        pen.line(start, foot - 1.5, start + self.line, foot - 1.5, color=GREY)
        above = (len(name) - 1) * self.style.leading
        draw_lines(pen, name, self.style, (start + self.line + 3 * MM, foot + rise + above))
        if signature:
            pen.picture(signature, start, foot - 4 * MM, SIGNATURE_BOX)
