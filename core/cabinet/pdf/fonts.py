"""Embedded fonts: what they cover, how wide a text is, where it breaks into lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONT_FILES = {
    "cabinet-regular": "NotoSans_400Regular.ttf",
    "cabinet-bold": "NotoSans_600SemiBold.ttf",
    "cabinet-fallback": "DejaVuSans.ttf",
}
"""Font name → file in this package's ``fonts/``, which the asset build fills."""

REPLACEMENT = "?"
"""Printed for a character that no font has: an honest gap, never an empty box."""

_REGULAR, _BOLD, _FALLBACK = FONT_FILES
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_INVISIBLE_MARKS = {chr(code) for code in (*range(0xFE00, 0xFE10), 0x034F)}  # variation selectors, grapheme joiner
_LAST_READABLE = 0xFFFF
_BREAKING_SPACE = re.compile("[\t \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]+")
_AFTER_PUNCTUATION = re.compile(r"(?<=[-–—/\\,.;:_@)])")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: sizes in points, colour as red, green, blue from 0 to 1."""

    size: float = 9
    leading: float = 12.5
    bold: bool = False
    color: tuple[float, float, float] = (0.075, 0.129, 0.165)

    def but(self, **changes: object) -> Style:
        """The same style with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


class _Face(NamedTuple):
    font: TTFont
    covers: frozenset[str]


class FontBook:
    """The font family of all documents. Made once a process; reading the files takes some 20 ms."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(__file__).with_name("fonts")
        regular, bold = self._read(_REGULAR), self._read(_BOLD)
        self._regular, self._bold = regular.font, bold.font
        self._covers = regular.covers & bold.covers
        self._measure = lru_cache(maxsize=8192)(self._measure_uncached)

    def uncovered(self, text: str) -> set[str]:
        """Characters of ``text`` that would be printed as `REPLACEMENT`: a form can warn of them before issue."""
        return {c for c in unicodedata.normalize("NFC", text) if self._substitute(c) == REPLACEMENT != c}

    def printable(self, text: str) -> str:
        """``text`` as it is printed: composed, without control and direction characters, every glyph known.

        Line feeds stay. A character without a glyph becomes its plain equivalent (``ﬁ`` → ``fi``) or `REPLACEMENT`.
        """
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        if self._covers.issuperset(text):
            return text
        return "".join(c if c == "\n" else self._substitute(c) for c in text.replace("\r\n", "\n"))

    def width(self, text: str, style: Style) -> float:
        """Width in points of a `printable` text on one line."""
        return self._measure(text, style.bold) * style.size

    def runs(self, text: str, *, bold: bool) -> Iterator[tuple[TTFont, str]]:
        """Parts of a `printable` text with the font that has their glyphs."""
        font = self._bold if bold else self._regular
        if self._covers.issuperset(text):
            yield font, text
            return
        for covered, part in groupby(text, self._covers.__contains__):
            yield font if covered else self._fallback.font, "".join(part)

    def wrap(self, text: str, style: Style, width: float) -> list[str]:
        """Lines of ``text`` no wider than ``width`` points; breaks at spaces, inside a word only where it must."""
        lines: list[str] = []
        for paragraph in map(str.strip, self.printable(text).split("\n")):
            if self.width(paragraph, style) <= width:
                lines.append(paragraph)
            else:
                lines.extend(self._fill(paragraph, style, width))
        return lines

    @cached_property
    def _fallback(self) -> _Face:
        return self._read(_FALLBACK)  # large, and most documents do without it

    def _read(self, name: str) -> _Face:
        path = self._folder / FONT_FILES[name]
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: the fonts of documents come with `make assets`")
        # Without ASCII in front, a subset holds only the glyphs in use: smaller files.
        font = TTFont(name, path, asciiReadable=False)
        pdfmetrics.registerFont(font)
        # Past U+FFFF ReportLab writes a map back to characters that readers cannot use.
        characters = [chr(code) for code in font.face.charToGlyph if code <= _LAST_READABLE]
        visible = frozenset(c for c in characters if unicodedata.category(c) not in _INVISIBLE) - _INVISIBLE_MARKS
        return _Face(font, visible)

    def _has(self, text: str) -> bool:
        return all(c in self._covers or c in self._fallback.covers for c in text)

    def _fill(self, paragraph: str, style: Style, width: float) -> Iterator[str]:
        space = self.width(" ", style)
        line, used = "", 0.0
        for word in _BREAKING_SPACE.split(paragraph):
            taken = self.width(word, style)
            if line and used + space + taken <= width:
                line, used = f"{line} {word}", used + space + taken
                continue
            if line:
                yield line
            *full, line = self._chop(word, style, width) if taken > width else [word]
            yield from full
            used = self.width(line, style)
        yield line

    def _chop(self, word: str, style: Style, width: float) -> Iterator[str]:
        """A word too long for a line: after punctuation where possible, else anywhere."""
        line = ""
        for part in _AFTER_PUNCTUATION.split(word):
            if line and self.width(line + part, style) > width:
                yield line
                line = ""
            for character in part:
                if line and self.width(line + character, style) > width:
                    yield line
                    line = ""
                line += character
        yield line

    def _measure_uncached(self, text: str, bold: bool) -> float:
        return sum((float(font.stringWidth(part, 1)) for font, part in self.runs(text, bold=bold)), 0.0)

    def _substitute(self, character: str) -> str:
        if self._has(character):
            return character
        if character in "\t\v\f\x1c\x1d\x1e\x85\u2028\u2029":
            return " "
        if unicodedata.category(character) in _INVISIBLE or character in _INVISIBLE_MARKS:
            return ""
        plain = unicodedata.normalize("NFKC", character)
        return plain if plain != character and self._has(plain) else REPLACEMENT
