"""What stands outside the documents of a 1CClientBankExchange file: its header and its balance sections.

They may stand anywhere and are needed before the first document can be understood, so they are looked for in a walk of
their own: over the bytes, since decoding everything twice would cost a fifth of the whole reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cabinet_finsystem.statements.formats import ReadingLimits
from cabinet_finsystem.statements.formats.onec_keys import ACCOUNT_END, ACCOUNT_START, DOCUMENT_START, SECTION_KEYS
from cabinet_finsystem.statements.formats.onec_records import balance_not_closed, key_and_value, too_many
from cabinet_finsystem.texts import _

_MAX_SECTIONS = 20_000  # fifty accounts by the day for a year
_MAX_TEXT_LINES = 16_000_000  # a file of the greatest size has nine million
_WIDEST = 4  # bytes of a character
_DATES_OF_EXECUTION = ("ДатаСписано", "ДатаПоступило", "ДатаОперации")


@dataclass(slots=True)
class Survey:
    """What was found."""

    header: dict[str, str] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    """Every РасчСчет of the header, as written."""
    sections: list[dict[str, str]] = field(default_factory=list)
    executed: bool = False
    """Whether any document names the date the bank executed it."""
    currency: str = ""
    """The first ``Валюта`` near the beginning."""


class Surveyor:
    """Looks for the words of the format in the bytes of one ``encoding`` (a superset of ASCII), in either case."""

    def __init__(self, encoding: str, limits: ReadingLimits) -> None:
        self._encoding = encoding
        self._limits = limits
        row = rb"\n[ \t]*%s[ \t]*"
        account, document = self._word(ACCOUNT_START), self._word(DOCUMENT_START)
        self._start = re.compile(row % (rb"(?:%s|%s)" % (account, document)) + rb"(?=[=\r\n])")
        self._account_start = re.compile(row % account + rb"\r*(?=\n)")
        self._account_end = re.compile(row % self._word(ACCOUNT_END) + rb"\r*(?=\n)")
        dates = b"|".join(map(self._word, _DATES_OF_EXECUTION))
        self._executed = re.compile(row % (rb"(?:%s)" % dates) + rb"=[ \t]*[0-9]")
        self._currency = re.compile(row % self._word("Валюта") + rb"=[ \t]*([0-9A-Za-z]{3})[ \t]*\r*(?=\n)")

    def survey(self, pieces: Iterable[bytes]) -> Survey:
        """Read the header and every balance section of the file given in ``pieces``."""
        found = Survey()
        data, in_header = b"\n", True  # every row begins with a line end, so that patterns can be anchored cheaply
        rows = 0
        for raw in pieces:
            piece = raw if b"\n" in raw else raw.replace(b"\r", b"\n")  # the line ends of old Macs
            data += piece
            rows += piece.count(b"\n")
            if rows > _MAX_TEXT_LINES:
                raise too_many(_("The file holds too many lines"))
            if in_header:
                start = self._start.search(data)
                if start is None and len(data) <= self._limits.max_operation_chars:
                    continue
                self._read_header(data[: start.start()] if start else data, found)
                in_header = False
                in_front = self._currency.search(data)
                found.currency = in_front[1].decode("ascii") if in_front else ""
            data = self._read_sections(data, found)
        data += b"\n"
        if in_header:
            self._read_header(data, found)
        self._read_sections(data, found)
        return found

    def _word(self, word: str) -> bytes:
        cases = [(letter.lower().encode(self._encoding), letter.upper().encode(self._encoding)) for letter in word]
        return b"".join(rb"(?:%s|%s)" % (re.escape(lower), re.escape(upper)) for lower, upper in cases)

    def _rows(self, data: bytes) -> list[str]:
        # The second walk decodes strictly; here a damaged byte is only kept from hiding what stands around it.
        return data.decode(self._encoding, "replace").replace("\r", "\n").split("\n")

    def _read_header(self, data: bytes, found: Survey) -> None:
        for row in self._rows(data):
            pair = key_and_value(row)
            if pair is None:
                continue
            key, value = pair
            if key == "РасчСчет":
                found.accounts.append(value)
            else:
                found.header.setdefault(key, value)

    def _read_sections(self, data: bytes, found: Survey) -> bytes:
        """Read what is complete of ``data``; returns its rest, beginning with a line end."""
        if not found.executed:
            found.executed = self._executed.search(data) is not None
        at = 0
        while start := self._account_start.search(data, at):
            end = self._account_end.search(data, start.end())
            if end is None:
                if len(data) - start.start() > self._limits.max_operation_chars:
                    raise balance_not_closed()
                return data[start.start() :]
            pairs = filter(None, map(key_and_value, self._rows(data[start.end() : end.start()])))
            found.sections.append({key: value for key, value in pairs if key in SECTION_KEYS})
            if len(found.sections) > _MAX_SECTIONS:
                raise too_many(_("The file holds too many balance sections"))
            at = end.end()
        last = data.rfind(b"\n", at)
        rest = data[last:] if last >= 0 else data[at:]
        if len(rest) > self._limits.max_operation_chars * _WIDEST:
            # Kept and looked through with every further piece, it would cost time by its square.
            raise too_many(_("The file has a line far longer than a bank writes"))
        return rest
