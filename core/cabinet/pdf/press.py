"""The press: places pieces on pages and prints them. One a process: fonts and pictures are costly to make ready."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, groupby

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cabinet.pdf.fonts import FONT_FILES, FontBook, Style
from cabinet.pdf.images import PictureShelf
from cabinet.pdf.layout import MM, Block, Piece, stack_height
from cabinet.pdf.pen import GREY, HAIRLINE, Pen

_FOOT = Style(size=7.5, leading=10, color=GREY)
_MARK = Style(size=96, leading=96, bold=True, color=(0.93, 0.94, 0.945))
_PAGE_OF = {"ru": "стр. {page} из {pages}", "en": "page {page} of {pages}"}


@dataclass(frozen=True, slots=True)
class About:
    """What a document is: shown by readers, printed at the foot of every page (``title``). ``language``: ru or en."""

    title: str
    author: str
    language: str
    day: date
    watermark: str = ""  # large and pale under the text of every page: «ЧЕРНОВИК»


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page and its margins in points."""

    width: float = A4[0]
    height: float = A4[1]
    left: float = 18 * MM
    right: float = 15 * MM
    top: float = 14 * MM
    bottom: float = 17 * MM

    @property
    def room(self) -> tuple[float, float]:
        """Width and height left for the content."""
        return self.width - self.left - self.right, self.height - self.top - self.bottom


class PDFPress:
    """Prints documents: the same blocks give the same bytes, in any process."""

    def __init__(self) -> None:
        # ReportLab's switches are process-wide. Base 85 is a pure cost: it swells the file and takes half the time.
        rl_config.useA85 = 0
        self.fonts = FontBook()
        self._shelf = PictureShelf()
        self._one_at_a_time = threading.Lock()

    def print(self, about: About, blocks: Sequence[Block], size: PageSize | None = None) -> bytes:
        """The document as PDF. PictureError where a picture cannot be read."""
        size = size or PageSize()
        # A font of ReportLab must not serve two documents at the same time.
        with self._one_at_a_time:
            width, height = size.room
            pieces = [piece for block in blocks for piece in block.pieces(self.fonts, width)]
            pages = list(_paginate(pieces, height)) or [[]]
            return self._draw(about, pages, size)

    def _draw(self, about: About, pages: list[list[Piece]], size: PageSize) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(
            out,
            pagesize=(size.width, size.height),
            pageCompression=1,
            pdfVersion=(1, 4),  # the first with transparent pictures
            invariant=1,
            initialFontName=next(iter(FONT_FILES)),
            lang=about.language,
        )
        canvas.setTitle(about.title)
        canvas.setSubject(about.title)
        canvas.setAuthor(about.author)
        canvas.setCreator("Cabinet")
        canvas.setProducer("Cabinet")
        canvas.setDateFormatter(lambda *_: f"D:{about.day:%Y%m%d}000000Z")
        pen = Pen(canvas, self.fonts, self._shelf)
        for number, page in enumerate(pages, 1):
            if about.watermark:
                pen.slanted(size.width / 2, size.height / 2, self.fonts.printable(about.watermark), _MARK)
            top = size.height - size.top
            for piece in page:
                piece.draw(pen, size.left, top)
                top -= piece.height
            self._draw_foot(pen, about, size, (number, len(pages)))
            pen.end_page()
        canvas.save()
        return out.getvalue()

    def _draw_foot(self, pen: Pen, about: About, size: PageSize, page: tuple[int, int]) -> None:
        y = size.bottom - 6 * MM
        right = size.width - size.right
        count = _PAGE_OF.get(about.language, _PAGE_OF["en"]).format(page=page[0], pages=page[1])
        room = right - size.left - self.fonts.width(count, _FOOT) - 5 * MM
        pen.line(size.left, y + 9, right, y + 9, color=HAIRLINE)
        pen.text(size.left, y, self.fonts.wrap(about.title, _FOOT, room)[0], _FOOT)
        pen.text(right, y, count, _FOOT, align="right")


def _paginate(pieces: Sequence[Piece], height: float) -> Iterator[list[Piece]]:
    """Pages of pieces. Bound pieces stay together unless they are taller than a page."""
    page: list[Piece] = []
    for group in _bound_groups(pieces, height):
        if page and _height([*page, *group]) > height:
            yield _with_tails(page)
            page = []
        page += group if page else _from_the_top(group)
    if page:
        yield _with_tails(page)


def _bound_groups(pieces: Sequence[Piece], height: float) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        header = group[0].header.height if group and group[0].header else 0
        if group and header + _height([*group, piece]) > height:
            yield group
            group = []
        group.append(piece)
        if not piece.with_next:
            yield group
            group = []
    if group:
        yield group


def _height(pieces: Sequence[Piece]) -> float:
    """Of pieces on one page, the tails of tables among them."""
    return stack_height(pieces) + sum(run[-1].tail.height for run in _runs(pieces) if run[-1].tail)


def _with_tails(page: Sequence[Piece]) -> list[Piece]:
    """The page as it is drawn: below the rows of a table its tail, made of those that are here."""
    shown: list[Piece] = []
    for run in _runs(page):
        shown += run
        if (tail := run[-1].tail) is not None:
            shown.append(tail.made_of(run))
    return shown


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces in order, those of one tail together."""
    for _tail, run in groupby(pieces, key=lambda piece: id(piece.tail)):
        yield list(run)


def _from_the_top(group: list[Piece]) -> list[Piece]:
    """The group as it begins a page: without leading space, under the header of its table."""
    shown = list(dropwhile(lambda piece: piece.blank, group))
    header = shown[0].header if shown else None
    return [header, *shown] if header else shown
