"""Drawing on a page: text, rules, pictures, QR codes, written straight as PDF operators.

A page has three layers, so that blocks may draw in any order: lines and grounds, then text, then pictures (the stamp
lies over the signature and both over the text).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.images import Box, Picture, PictureShelf
from cabinet.pdf.qr import Symbol

Align = Literal["left", "center", "right"]
Color = tuple[float, float, float]

INK: Color = (0.075, 0.129, 0.165)
GREY: Color = (0.357, 0.416, 0.451)
HAIRLINE: Color = (0.788, 0.827, 0.839)


class Pen:
    """Draws on the pages of one document. Coordinates are points from the lower left corner of the page."""

    def __init__(self, canvas: Canvas, fonts: FontBook, shelf: PictureShelf) -> None:
        self._canvas = canvas
        self._document = canvas._doc  # noqa: SLF001 - fonts and pictures made beforehand enter the document here
        self._fonts = fonts
        self._shelf = shelf
        self._placed: dict[str, str] = {}
        self._lines: list[str] = []
        self._text: list[str] = []
        self._pictures: list[str] = []
        self._font: tuple[str, float] | None = None
        self._color: Color | None = None

    def text(self, x: float, baseline: float, text: str, style: Style, *, align: Align = "left") -> None:
        """One line of printable text; ``x`` is its left end, middle or right end."""
        if align != "left":
            width = self._fonts.width(text, style)
            x -= width if align == "right" else width / 2
        if style.color != self._color:
            self._color = style.color
            self._text.append(_operands(style.color, "rg"))
        self._text.append(f"1 0 0 1 {x:.2f} {baseline:.2f} Tm")
        for name, codes in self._shown(text, style):
            if (name, style.size) != self._font:
                self._font = (name, style.size)
                self._text.append(f"{name} {style.size:g} Tf")
            self._text.append(f"<{codes}> Tj")

    def slanted(self, x: float, y: float, text: str, style: Style) -> None:
        """Printable text rising at 45 degrees, its middle at ``x``, ``y``, under everything else of the page."""
        cosine = 0.70711
        back = self._fonts.width(text, style) / 2 * cosine
        self._lines.append(f"BT {_operands(style.color, 'rg')}")
        self._lines.append(f"{cosine} {cosine} -{cosine} {cosine} {x - back:.2f} {y - back:.2f} Tm")
        self._lines += [f"{name} {style.size:g} Tf <{codes}> Tj" for name, codes in self._shown(text, style)]
        self._lines.append("ET")

    def line(self, x1: float, y1: float, x2: float, y2: float, *, weight: float = 0.5, color: Color = INK) -> None:
        """A straight rule of ``weight`` points."""
        self._lines.append(f"{_operands(color, 'RG')} {weight:g} w {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S")

    def frame(
        self, x: float, y: float, width: float, height: float, *, weight: float = 0.5, color: Color = INK
    ) -> None:
        """An empty rectangle; ``x``, ``y`` is its lower left corner."""
        self._lines.append(f"{_operands(color, 'RG')} {weight:g} w {x:.2f} {y:.2f} {width:.2f} {height:.2f} re S")

    def picture(self, data: bytes, x: float, y: float, box: Box, *, align: Align = "center") -> None:
        """A picture as large as a box at ``x``, ``y`` allows; ``align`` places it sideways."""
        width, height = box
        picture = self._shelf.get(data, box)
        scale = min(width / picture.width, height / picture.height)
        w, h = picture.width * scale, picture.height * scale
        x += {"left": 0.0, "center": (width - w) / 2, "right": width - w}[align]
        y += (height - h) / 2
        self._pictures.append(f"q {w:.2f} 0 0 {h:.2f} {x:.2f} {y:.2f} cm /{self._place(picture)} Do Q")

    def qr(self, code: Symbol, x: float, y: float, size: float) -> None:
        """The dark modules of a QR code as one path; ``size`` is without the quiet zone, which is the caller's."""
        count = code.size
        module = size / count
        self._lines.append(f"q {_operands((0, 0, 0), 'rg')} {module:.5f} 0 0 {-module:.5f} {x:.2f} {y + size:.2f} cm")
        self._lines += [f"{column} {row} {length} 1 re" for column, row, length in code.runs()]
        self._lines.append("f Q")

    def end_page(self) -> None:
        """Close the page; what is drawn next goes to a new one."""
        operators = [*self._lines, "BT", *self._text, "ET", *self._pictures]
        self._canvas.addLiteral("\n".join(operators))
        self._canvas.showPage()
        self._lines, self._text, self._pictures = [], [], []
        self._font = self._color = None

    def _shown(self, text: str, style: Style) -> Iterator[tuple[str, str]]:
        """(font resource, hexadecimal codes) of the parts of a text; their glyphs join the embedded subset."""
        for font, part in self._fonts.runs(text, bold=style.bold):
            for subset, codes in font.splitString(part, self._document):
                yield font.getSubsetInternalName(subset, self._document), codes.hex()

    def _place(self, picture: Picture) -> str:
        """Put the picture into the document, once, and announce it to the page; its resource name."""
        document, canvas = self._document, self._canvas
        if picture.name not in self._placed:
            image, mask = picture.stream(), picture.mask_stream()
            if mask is not None:
                image.dictionary["SMask"] = document.Reference(mask)
            document.addForm(picture.name, image)
            self._placed[picture.name] = document.getXObjectName(picture.name)
        canvas._currentPageHasImages = 1  # noqa: SLF001
        canvas._formsinuse.append(picture.name)  # noqa: SLF001
        return self._placed[picture.name]


def _operands(color: Color, operator: str) -> str:
    return f"{color[0]:.3g} {color[1]:.3g} {color[2]:.3g} {operator}"
