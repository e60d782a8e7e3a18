"""Whether a line was met before: a key of what the operation is, and which of its equals this one is.

The key is made of the account, the booking date, the signed amount, the document's number and date, the counterparty's
account and INN, and the purpose reduced to letters and digits. So a file saved in another encoding, cut to another
period or listed in another order gives the same keys; and as equal keys are numbered in the order of the file, three
identical payments of one day stay three, and are the same three when the file comes again.

A format whose ids are promised to be an operation's alone (`ParsedLine.trusted_id`) is known by its id, with the day and the amount.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from cabinet_finsystem.statements.parsed import ParsedLine

KEY_BYTES = 16
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
_USUAL_MARKS = ' .,-/()%№:;"\n'
"""What stands between the words of most purposes: taken out one by one, which is quicker than finding the words."""


class Fingerprint(NamedTuple):
    """Identity of a line within its account. Unique together."""

    key: bytes
    """16 bytes."""
    occurrence: int
    """1 for the first line with this key in its file, 2 for the second…"""


def reduced(text: str) -> str:
    """``text`` as its letters and digits only, case folded, ё as е: what no re-encoding or re-wrapping changes."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    for mark in _USUAL_MARKS:
        text = text.replace(mark, "")
    if not text.isalnum():
        text = "".join(_LETTERS_AND_DIGITS.findall(text))
    return text.casefold().replace("ё", "е")


def line_key(account: str, line: ParsedLine) -> bytes:
    """The key of ``line`` on our ``account``. An invalid line is known by its text, since its facts are not."""
    parts = (
        account,
        line.booking_date.isoformat() if line.booking_date else "",
        "" if line.amount_minor is None else str(line.amount_minor),
        line.currency,
        *_what_it_is(line),
    )
    return blake2b("\x1f".join(parts).encode(), digest_size=KEY_BYTES).digest()


def _what_it_is(line: ParsedLine) -> tuple[str, ...]:
    """What tells ``line`` from others of its day and amount."""
    if line.amount_minor is None:
        return line.doc_number, _day(line.doc_date), line.counterparty.account, line.counterparty.inn, reduced(line.raw)
    if line.trusted_id:
        # Beside the day and the amount: banks that write one id everywhere, or an id anew each time, exist.
        return "id", line.trusted_id
    other = line.counterparty
    return line.doc_number, _day(line.doc_date), other.account, other.inn, reduced(line.purpose)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


class Fingerprinter:
    """Numbers equal keys within one file. Give it every line of the file, in the order of the file."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def of(self, account: str, line: ParsedLine) -> Fingerprint:
        """The fingerprint of ``line`` on our ``account``."""
        key = line_key(account, line)
        occurrence = self._seen.get(key, 0) + 1
        self._seen[key] = occurrence
        return Fingerprint(key, occurrence)
