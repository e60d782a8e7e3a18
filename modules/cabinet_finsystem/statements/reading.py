"""The front door: a file in, proven statements out. Streaming for the large, whole for the usual."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from cabinet_finsystem.statements.checks import StatementTally
from cabinet_finsystem.statements.encoding import HEAD
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts, ReadingLimits
from cabinet_finsystem.statements.formats.camt import CamtFormat
from cabinet_finsystem.statements.formats.mt940 import MT940Format
from cabinet_finsystem.statements.formats.ofx import OFXFormat
from cabinet_finsystem.statements.formats.onec import OneCFormat
from cabinet_finsystem.statements.formats.table import TableFormat
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import Note, ParsedFile, ParsedLine, ParsedStatement, StatementCheck
from cabinet_finsystem.statements.sniff import choose_format
from cabinet_finsystem.statements.tables.guide import NO_GUIDE, TableGuide
from cabinet_finsystem.texts import _

OWN_FORMATS: tuple[IStatementFormat, ...] = (OneCFormat(), MT940Format(), CamtFormat(), OFXFormat(), TableFormat())
_CHUNK = 1 << 20

log = logging.getLogger(__name__)


class StatementReader:
    """One statement file being read. Iterate ``lines()`` once, to its end, before asking for ``result()``.

    Nothing may be written before the last line has come: a file may prove itself truncated only there.
    """

    def __init__(
        self,
        source: bytes | BinaryIO,
        formats: Sequence[IStatementFormat] = OWN_FORMATS,
        limits: ReadingLimits | None = None,
        guide: TableGuide = NO_GUIDE,
    ) -> None:
        """``source``: the bytes, or a seekable binary stream, read from its start and left open. ``guide``: for tables.

        Measures and hashes the file and chooses its format. Raises `StatementRefusedError` (``empty``, ``too_large``,
        ``unknown_format``).
        """
        self._limits = limits or ReadingLimits()
        self._stream = BytesIO(source) if isinstance(source, bytes) else source
        self.sha256, self.size = self._measure()
        self._stream.seek(0)
        self._format, self._notes = choose_format(self._stream.read(HEAD), formats)
        self.format: str = self._format.id
        self.facts = FileFacts(limits=self._limits, guide=guide)
        self._checks: list[StatementCheck] | None = None

    def lines(self) -> Iterator[ParsedLine]:
        """Every line of the file, once. Raises `StatementRefusedError` at any point, the very end included."""
        facts = self.facts
        limit = self._limits.max_lines
        tallies: list[StatementTally] = []
        self._stream.seek(0)
        at = -1
        for count, line in enumerate(self._yielded()):
            if count >= limit:
                raise StatementRefusedError(
                    "too_large",
                    _("The file holds more than ${limit} operations", mapping={"limit": limit}),
                    {"limit": limit},
                )
            if line.statement != at:
                at = line.statement
                tallies += [StatementTally() for _new in range(at + 1 - len(tallies))]
                tally, its_facts = tallies[at], facts.statements[at]
            tally.add(line, its_facts)
            yield line
        tallies += [StatementTally() for _silent in range(len(facts.statements) - len(tallies))]
        self._checks = [tally.check(its) for tally, its in zip(tallies, facts.statements, strict=True)]
        if facts.end_missing:
            self._judge_missing_end(self._checks)
        if not facts.statements:
            raise StatementRefusedError("empty", _("The file holds no account, no balance and no operation"))

    def _yielded(self) -> Iterator[ParsedLine]:
        """What the format yields; where it breaks instead of refusing, that is a refusal with its name."""
        try:
            yield from self._format.lines(self._stream, self.facts)
        except StatementRefusedError:
            raise
        except Exception as error:
            log.exception("the statement format %s broke while reading a file", self.format)
            raise StatementRefusedError(
                "format_failed",
                _(
                    "The file looks like ${format}, and reading it as such failed. It is no fault of yours: tell who looks after the site",
                    mapping={"format": self._format.title},
                ),
                {"format": self.format, "error": type(error).__name__},
            ) from error

    def result(self) -> ParsedFile:
        """The file as it turned out to be, without its lines."""
        return self._file([()] * len(self.facts.statements))

    def whole(self) -> ParsedFile:
        """Read everything and keep it: the file with its lines, each statement's in the order of the file."""
        lines: dict[int, list[ParsedLine]] = {}
        for line in self.lines():
            lines.setdefault(line.statement, []).append(line)
        for its in lines.values():
            its.sort(key=lambda line: line.position)
        return self._file([lines.get(index, ()) for index in range(len(self.facts.statements))])

    def _file(self, lines: Sequence[Sequence[ParsedLine]]) -> ParsedFile:
        if self._checks is None:
            raise RuntimeError("the lines of the file were not read to their end")
        facts = self.facts
        statements = tuple(
            ParsedStatement(
                account=its.account,
                currency=its.currency,
                period_from=its.period_from,
                period_to=its.period_to,
                opening=its.opening,
                closing=its.closing,
                turnover_in=its.turnover_in,
                turnover_out=its.turnover_out,
                check=check,
                lines=tuple(own),
                holder=its.holder,
                aliases=its.aliases,
                interim=its.interim,
            )
            for its, check, own in zip(facts.statements, self._checks, lines, strict=True)
        )
        return ParsedFile(self.format, facts.encoding, self.sha256, self.size, statements, (*self._notes, *facts.notes))

    def _measure(self) -> tuple[str, int]:
        digest, size = sha256(), 0
        self._stream.seek(0)
        while chunk := self._stream.read(_CHUNK):
            size += len(chunk)
            if size > self._limits.max_bytes:
                limit = self._limits.max_bytes
                raise StatementRefusedError(
                    "too_large", _("The file is larger than ${limit} bytes", mapping={"limit": limit}), {"limit": limit}
                )
            digest.update(chunk)
        if not size:
            raise StatementRefusedError("empty", _("The file is empty"))
        return digest.hexdigest(), size

    def _judge_missing_end(self, checks: list[StatementCheck]) -> None:
        # A file cut between two operations looks whole; only its figures can tell.
        if not any(check.lines or check.gap is not None for check in checks):
            raise StatementRefusedError("truncated", _("The file ends in its header"))
        if any(check.lines_missing for check in checks):
            text = _("The file ends without its end marker, and its balances show that operations are missing")
            raise StatementRefusedError("truncated", text)
        self.facts.notes.append(
            Note(
                "end_missing",
                _("The file ends without its end marker; it ends between two operations, look whether all are there"),
                blocking=True,
            )
        )


def read_statement(
    source: bytes | BinaryIO, formats: Sequence[IStatementFormat] = OWN_FORMATS, limits: ReadingLimits | None = None
) -> ParsedFile:
    """Read a statement file whole. Raises `StatementRefusedError`."""
    return StatementReader(source, formats, limits).whole()
