"""Which encoding a text file is in, by its content; and its text, strictly decoded. What it declares is not asked.

The words a format is built of are looked for in the bytes, as each encoding would write them: they cannot be met by
chance, so a header that lies does no harm. What then does not decode is refused with its place: never mojibake.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.texts import _

HEAD = 65536
_CHUNK = 262144
_KNOWN_AS = {"cp1251": "Windows-1251", "cp866": "DOS (866)"}
_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_LETTER = b"\xd0\xbe"  # о, the most frequent letter: cheap to look for before the words themselves
_UTF8_WORD = re.compile(rb"(?:[\xd0\xd1][\x80-\xbf]){4,}")


def known_as(encoding: str) -> str:
    """What people call the encoding that Python calls ``encoding``: ``Windows-1251``, ``UTF-8``."""
    return _KNOWN_AS.get(encoding, encoding.upper())


def bom_of(head: bytes) -> tuple[str, int] | None:
    """Encoding and length of the byte order mark ``head`` begins with."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    return None


def decide_encoding(
    head: bytes, words: Sequence[str], candidates: Sequence[str] = ("utf-8", "cp1251", "cp866")
) -> tuple[str, int]:
    """The encoding of the file beginning with ``head``, and how many bytes its mark takes.

    By the mark; else by which of ``candidates`` writes more of the format's ``words`` there (the first wins a draw);
    else UTF-8, where a head with none of them holds to it. Refuses with ``undecodable``.
    """
    by_mark = bom_of(head)
    if by_mark:
        return by_mark
    counts = {name: sum(head.count(word.encode(name)) for word in words) for name in candidates}
    best = max(candidates, key=lambda name: counts[name])
    if counts[best]:
        return best, 0
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        raise _undecodable("utf-8", error.start) from None
    return "utf-8", 0


@dataclass(frozen=True, slots=True)
class Watch:
    """What to look for in the bytes of a file that may be of two encodings."""

    words: Sequence[str]
    """Words of the format, which are of the other encoding where they are met in it."""
    tolerated: str = ""
    """The one word that may be in UTF-8 all the same."""


def narrow_encoding(encoding: str) -> str:
    """The encoding of what `narrow_bytes` yields: a superset of ASCII, in which a line end is one byte."""
    return "utf-8" if encoding.startswith(("utf-16", "utf-32")) else encoding


def narrow_bytes(stream: BinaryIO, encoding: str, skip: int, watch: Watch | None = None) -> Iterator[bytes]:
    """The bytes of ``stream`` from ``skip`` on, in pieces, for looking words up without decoding everything.

    Not decoded, so not proved; but refused with ``undecodable`` and the offset where ``watch`` meets a second encoding.
    """
    if narrow_encoding(encoding) != encoding:
        for text in decoded(stream, encoding, skip):
            yield text.encode()
        return
    stream.seek(skip)
    strangers = _other_spellings(encoding, watch.words) if watch else []
    forgiven = watch.tolerated.encode() if watch else b""
    place = skip
    while chunk := stream.read(_CHUNK):
        if watch:
            _refuse_two_encodings(chunk, place, encoding, strangers, forgiven)
        place += len(chunk)
        yield chunk


def decoded(stream: BinaryIO, encoding: str, skip: int) -> Iterator[str]:
    """The text of ``stream`` from byte ``skip`` on, in pieces, every line end made ``\\n``.

    Refuses with ``undecodable`` and the offset, or ``binary_content`` where a NUL is met.
    """
    stream.seek(skip)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    place = skip
    held = ""
    while True:
        chunk = stream.read(_CHUNK)
        place += len(chunk)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise _undecodable(encoding, place - len(error.object) + error.start) from None
        if "\0" in text:
            offset = place - len(chunk) + max(chunk.find(b"\0"), 0)
            raise StatementRefusedError(
                "binary_content",
                _("There is a zero byte at offset ${offset}: the file is not a text", mapping={"offset": offset}),
                {"offset": offset},
            )
        if "\r" in text or held:
            text = held + text
            held = "\r" if chunk and text.endswith("\r") else ""  # its line feed may be in the next piece
            text = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n")
        if text:
            yield text
        if not chunk:
            return


def _other_spellings(encoding: str, words: Sequence[str]) -> list[bytes]:
    return [word.encode(other) for other in ("utf-8", "cp1251", "cp866") if other != encoding for word in words]


def _refuse_two_encodings(chunk: bytes, place: int, encoding: str, strangers: list[bytes], forgiven: bytes) -> None:
    # A single-byte encoding decodes anything, a text in UTF-8 too: the result would be mojibake taken for a name.
    for word in strangers:
        at = chunk.find(word)
        if at >= 0:
            raise _two_encodings(encoding, place + at)
    if encoding in ("cp1251", "cp866") and _UTF8_LETTER in chunk:
        for found in _UTF8_WORD.finditer(chunk):
            if not (forgiven.startswith(found[0]) or forgiven.endswith(found[0])):  # a piece border may cut it
                raise _two_encodings(encoding, place + found.start())


def _undecodable(encoding: str, offset: int) -> StatementRefusedError:
    return StatementRefusedError(
        "undecodable",
        _(
            "The text cannot be decoded: the bytes at offset ${offset} are not ${encoding}",
            mapping={"offset": offset, "encoding": known_as(encoding)},
        ),
        {"offset": offset, "encoding": known_as(encoding)},
    )


def _two_encodings(encoding: str, offset: int) -> StatementRefusedError:
    return StatementRefusedError(
        "undecodable",
        _(
            "The file mixes two encodings: it is ${encoding}, but not at offset ${offset}",
            mapping={"offset": offset, "encoding": known_as(encoding)},
        ),
        {"offset": offset, "encoding": known_as(encoding)},
    )
