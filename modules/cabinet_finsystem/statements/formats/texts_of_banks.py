"""The text of a bank's file in no certain encoding: which it is in, by its bytes; and its lines, one at a time."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cabinet.tables import alphabets
from cabinet_finsystem.statements.encoding import bom_of
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.texts import _

_CHUNK = 262144


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How a file is to be decoded. ``skip``: bytes of its mark."""

    name: str
    skip: int


def text_encoding(stream: BinaryIO, declared: Sequence[str] = ()) -> TextEncoding:
    """The encoding of ``stream``: by its mark; UTF-8 where the whole of it is; else by which letters its other bytes would be.

    ``declared``: Python names of what the file says of itself, asked only where its bytes are not UTF-8 and not Cyrillic.
    """
    stream.seek(0)
    if mark := bom_of(stream.read(4)):
        return TextEncoding(*mark)
    if _is_utf8(stream):
        return TextEncoding("utf-8", 0)
    return TextEncoding(alphabets.decide(stream, declared, unsure_is_cyrillic=False) or "latin-1", 0)


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


def single_spaced(text: str) -> str:
    """``text`` with one space between its words and none around them."""
    if "  " not in text and text.isprintable():  # so its only blanks are spaces
        return text.strip(" ")
    return " ".join(text.split())


def too_long() -> StatementRefusedError:
    """What a line or an operation without end is refused with."""
    return StatementRefusedError("too_large", _("The file has a line far longer than a bank writes"))
