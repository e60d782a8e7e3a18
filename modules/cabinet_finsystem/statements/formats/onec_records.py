"""The structure of a 1CClientBankExchange file: its documents cut out, all else proved to be in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.onec_keys import (
    ACCOUNT_END,
    ACCOUNT_START,
    DOCUMENT_END,
    DOCUMENT_START,
    END_WORDS,
    HEADER_KEYS,
    STRUCTURE,
    canonical,
)
from cabinet_finsystem.statements.parsed import Note
from cabinet_finsystem.texts import _

_FLAGS = re.IGNORECASE
_START = re.compile(rf"\n[ \t]*(?:{ACCOUNT_START}|{DOCUMENT_START})[ \t]*(?=[=\n])", _FLAGS)
_DOCUMENT_END = re.compile(rf"\n[ \t]*{DOCUMENT_END}[ \t]*(?=\n)", _FLAGS)
_USUAL_START = f"{DOCUMENT_START}="
_USUAL_END = f"\n{DOCUMENT_END}\n"
_USUAL_SIZE = 8192
_KEY = re.compile(r"[^\W\d][\w.-]*")
# A DOS program closes a text file by Ctrl+Z; a mark of byte order may stand before the signature twice.
_BLANKS = " \t\x1a\ufeff"


class Document(NamedTuple):
    """One document, cut out of the text."""

    position: int
    kind: str
    body: str
    raw: str


def key_and_value(line: str) -> tuple[str, str] | None:
    """Canonical key and value of a line ``Ключ=Значение``, split at the first ``=``; None if it is none."""
    key, equals, value = line.partition("=")
    key = key.strip()
    return (canonical(key), value.strip()) if equals and _KEY.fullmatch(key) else None


class DocumentWalk:
    """The documents of a file, one after another; what is out of place is refused or noted in ``facts``."""

    def __init__(self, pieces: Iterable[str], facts: FileFacts) -> None:
        self._pieces = iter(pieces)
        self._facts = facts
        self._limit = facts.limits.max_operation_chars
        self._text = ""
        self._at = 0
        self._all_read = False
        self._position = 0
        self._ended = False
        self._stray = ""

    def __iter__(self) -> Iterator[Document]:
        self._skip_header()
        while True:
            while (usual := self._usual_document()) is not None:
                yield usual
            line = self._next_line()
            if line is None:
                break
            words = line.strip(_BLANKS)
            if not words:
                continue
            if words.partition("=")[0].rstrip().lower() == DOCUMENT_START.lower():
                self._refuse_after_end()
                yield self._document(words)
            else:
                self._outside(words)
        self._facts.end_missing = not self._ended
        if self._stray:
            self._facts.notes.append(
                Note(
                    "stray_text",
                    _(
                        "There is text outside of documents, beginning with “${text}”: the file may be damaged",
                        mapping={"text": self._stray[:60]},
                    ),
                    blocking=True,
                )
            )

    def _skip_header(self) -> None:
        # What the survey has read. The walk begins with the line of the first section, or the end marker.
        while (line := self._next_line()) is not None:
            words = line.strip(_BLANKS).lower()
            if words.partition("=")[0].rstrip() in STRUCTURE or words in END_WORDS:
                self._at -= len(line) + 1
                return

    def _more(self) -> bool:
        """Add the next piece to the text, or the line end a last line may lack. False when there was nothing to add."""
        if self._all_read:
            return False
        piece = next(self._pieces, None)
        self._all_read = piece is None
        self._text = self._text[self._at :] + ("\n" if piece is None else piece)
        self._at = 0
        return True

    def _next_line(self) -> str | None:
        while (end := self._text.find("\n", self._at)) < 0:
            if len(self._text) - self._at > self._limit:
                raise too_many(_("The file has a line far longer than a bank writes"))
            if not self._more():
                return None
        line = self._text[self._at : end]
        self._at = end + 1
        return line

    def _usual_document(self) -> Document | None:
        """The next document, where it stands right here as the standard has it. Nearly all do."""
        text, at = self._text, self._at
        if self._ended or not text.startswith(_USUAL_START, at):
            return None
        end = text.find(_USUAL_END, at, at + _USUAL_SIZE)
        if end < 0:
            return None
        start = text.find("\n", at)
        if text.find("\nСекция", start, end) >= 0:
            return None
        self._position += 1
        self._at = after = end + len(_USUAL_END)
        kind = text[at + len(_USUAL_START) : start].strip(' \t"')
        return Document(self._position, kind, text[start + 1 : end], text[at : after - 1])

    def _document(self, words: str) -> Document:
        self._position += 1
        start, end, after = self._find_end()
        if _START.search(self._text, start, end + 1):
            raise not_closed(self._position)
        self._at = after + 1
        kind = words[len(DOCUMENT_START) :].lstrip(" \t").removeprefix("=").strip(' \t"')
        return Document(self._position, kind, self._text[start + 1 : end], words + self._text[start:after])

    def _find_end(self) -> tuple[int, int, int]:
        """Places of the line ends before the body, before the closing word and after it."""
        while True:
            start = self._at - 1
            found = _DOCUMENT_END.search(self._text, start)
            if found:
                return start, found.start(), found.end()
            if len(self._text) - start > self._limit:
                mapping = {"position": self._position}
                raise too_many(_("Operation ${position} is far longer than a bank writes", mapping=mapping))
            self._at = start  # keep the line end before the body
            more = self._more()
            self._at = 1
            if not more:
                raise StatementRefusedError(
                    "truncated",
                    _("The file is cut inside operation ${position}", mapping={"position": self._position}),
                    {"position": self._position},
                )

    def _outside(self, words: str) -> None:
        word = words.lower()
        if word in END_WORDS:
            self._ended = True
        elif word == ACCOUNT_START.lower():
            self._refuse_after_end()
            self._skip_section()
        elif word in STRUCTURE:
            raise StatementRefusedError(
                "broken_structure",
                _(
                    "“${word}” closes a section that was not opened, after operation ${position}",
                    mapping={"word": words, "position": self._position},
                ),
                {"position": self._position},
            )
        elif not self._stray:
            pair = key_and_value(words)
            if pair is None or pair[0] not in HEADER_KEYS:
                self._stray = words

    def _skip_section(self) -> None:
        closing = ACCOUNT_END.lower()
        while (line := self._next_line()) is not None:
            word = line.strip(_BLANKS).lower()
            if word == closing:
                return
            if word.partition("=")[0].rstrip() in STRUCTURE:
                raise balance_not_closed()
        raise StatementRefusedError("truncated", _("The file is cut inside a balance section"))

    def _refuse_after_end(self) -> None:
        if self._ended:
            raise StatementRefusedError(
                "broken_structure",
                _("The file goes on after its end marker: these are several files in one, upload them one by one"),
            )


def not_closed(position: int) -> StatementRefusedError:
    """The refusal of a file in which the document at ``position`` runs into the next one."""
    message = _("Operation ${position} is not closed before the next begins", mapping={"position": position})
    return StatementRefusedError("broken_structure", message, {"position": position})


def balance_not_closed() -> StatementRefusedError:
    """The refusal of a file with a balance section that has no end."""
    return StatementRefusedError("broken_structure", _("A balance section is not closed"))


def too_many(message: str) -> StatementRefusedError:
    """The refusal of a file that is over a limit."""
    return StatementRefusedError("too_large", message)
