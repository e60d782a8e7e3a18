"""The text of a bank's file in no certain encoding: which it is in, by its bytes; and its lines, one at a time."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cabinet_finsystem.statements.encoding import bom_of
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.texts import _

_CHUNK = 262144
_SAMPLE = 65536
_HIGH = re.compile(rb"[\x80-\xff]+")
_CYRILLIC = {"cp1251": "оеаинтрсвлкОЕАИНТРС", "cp866": "оеаинтрсвлкОЕАИНТРС"}
_WEST = "äöüÄÖÜßéèêëÉàâçñáíóúãõøåæØÅÆïîôœ"
_CENTRE = "äöüÄÖÜßéáíóúąćęłńśźżĄĆĘŁŃŚŹŻőűŐŰčďěňřšťůžČĎŇŘŠŤŮŽÁÉÍÓÚýÝđĐ"
_LATIN = (("cp1252", _WEST), ("cp850", _WEST), ("cp1250", _CENTRE), ("cp852", _CENTRE))


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How a file is to be decoded. ``skip``: bytes of its mark."""

    name: str
    skip: int


def text_encoding(stream: BinaryIO, declared: Iterable[str] = ()) -> TextEncoding:
    """The encoding of ``stream``: by its mark; UTF-8 where the whole of it is; else by which letters its other bytes would be.

    ``declared``: Python names of what the file says of itself, asked only where its bytes are not UTF-8 and not Cyrillic.
    """
    stream.seek(0)
    if mark := bom_of(stream.read(4)):
        return TextEncoding(*mark)
    if _is_utf8(stream):
        return TextEncoding("utf-8", 0)
    high = _high_bytes(stream)
    if _looks_cyrillic(high):
        return TextEncoding(max(_CYRILLIC, key=lambda name: _frequent(high, name)), 0)
    said = [(name, _WEST + _CENTRE) for name in declared]
    scores = {name: _usual(high, name, letters) for name, letters in (*said, *_LATIN)}
    best = max(
        scores, key=lambda name: scores[name]
    )  # the first of equals: what the file says of itself, then the usual one
    return TextEncoding(best if scores[best] else "latin-1", 0)


def _usual(runs: list[bytes], encoding: str, letters: str) -> int:
    """How many of the bytes are letters that people write; 0 where not all of them are anything in ``encoding``."""
    try:
        text = b" ".join(runs).decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return 0
    return sum(text.count(letter) for letter in letters)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _high_bytes(stream: BinaryIO) -> list[bytes]:
    """Runs of bytes beyond ASCII, a sample's worth."""
    stream.seek(0)
    found: list[bytes] = []
    left = _SAMPLE
    while left > 0 and (chunk := stream.read(_CHUNK)):
        for run in _HIGH.findall(chunk):
            found.append(run[:64])
            left -= len(run)
            if left <= 0:
                break
    return found


def _looks_cyrillic(runs: list[bytes]) -> bool:
    """Whether most of the bytes stand in words: accented letters of the West stand alone."""
    return 2 * sum(len(run) for run in runs if len(run) > 3) > sum(map(len, runs))


def _frequent(runs: list[bytes], encoding: str) -> int:
    text = b" ".join(runs).decode(encoding, "replace")
    return sum(text.count(letter) for letter in _CYRILLIC[encoding])


def single_spaced(text: str) -> str:
    """``text`` with one space between its words and none around them."""
    if "  " not in text and text.isprintable():  # so its only blanks are spaces
        return text.strip(" ")
    return " ".join(text.split())


def lines_of(pieces: Iterable[str], limit: int) -> Iterator[str]:
    """The lines of a text that comes in ``pieces`` (line ends are ``\\n``), without their ends. Refuses one longer than ``limit``."""
    rest = ""
    for piece in pieces:
        first, *others = piece.split("\n")
        rest += first
        for line in others:
            if len(rest) > limit:
                raise too_long()
            yield rest
            rest = line
        if len(rest) > limit:
            raise too_long()
    if rest:
        yield rest


def too_long() -> StatementRefusedError:
    """What a line or an operation without end is refused with."""
    return StatementRefusedError("too_large", _("The file has a line far longer than a bank writes"))
