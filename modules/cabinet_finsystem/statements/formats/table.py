"""Statements as tables: CSV of any separator and encoding, and XLSX."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import BinaryIO

from zope.interface import implementer

from cabinet.tables import Records, TableError, open_records
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import ParsedLine, StatementFacts
from cabinet_finsystem.statements.tables import presets
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.heading import (
    HEADER_WITHIN,
    Heading,
    find_header,
    first_money,
    locate,
    named_by,
)
from cabinet_finsystem.statements.tables.keeping import KeptRows
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, header_key
from cabinet_finsystem.statements.tables.owners import Owners, accountless
from cabinet_finsystem.statements.tables.rows import Key, Operation, RowReader
from cabinet_finsystem.statements.tables.running import RunningBalance
from cabinet_finsystem.statements.tables.surroundings import Surroundings, around
from cabinet_finsystem.statements.tables.survey import Survey, survey
from cabinet_finsystem.texts import _

Row = tuple[int, list[str]]
_REFUSALS = {"table_size": "too_large", "table_unsafe": "too_large"}
_SHEET, _DOCUMENT = b"xl/", b"word/"
_SNIFFED = 16_384
_SURE = {"header": 60, "table": 10, "sheet": 50}


@dataclass(frozen=True, slots=True)
class Opened:
    """A table whose header was found. ``mapping`` is None where nobody knows it; ``below`` are the rows after it, once."""

    records: Records
    header: tuple[str, ...]
    header_row: int
    key: str
    mapping: ColumnMapping | None
    above: Sequence[Row]
    below: Iterator[Row]
    begins: int
    """Rows before those."""

    @property
    def encoding(self) -> str:
        """See `Records`."""
        return self.records.encoding

    def again(self, stream: BinaryIO) -> Iterator[Row]:
        """The rows below the header once more, of the same ``stream``."""
        return islice(open_records(stream, lenient=True, known=self.records).rows, self.begins, None)


def open_table(stream: BinaryIO, guide: TableGuide) -> Opened:
    """Begin to read a table. TableError; StatementRefusedError where it is none."""
    records = open_records(stream, lenient=True)
    first = list(islice(records.rows, HEADER_WITHIN))
    found = _known(first, guide)
    heading = _heading(first, *found) if found else locate(first)
    if heading is None:
        raise StatementRefusedError("unknown_format", _("The file is in none of the known statement formats"))
    return Opened(
        records,
        heading.header,
        first[heading.place][0],
        heading.key or header_key(heading.header),
        found[1] if found else guide.mappings.get(heading.key),
        first[: heading.place],
        chain(first[heading.below :], records.rows),
        heading.below,
    )


def _heading(rows: Sequence[Row], place: int, mapping: ColumnMapping) -> Heading:
    """A bank's own table has no columns but those it names; of one that a person described, the last may have no names."""
    return Heading(tuple(rows[place][1]), place, place + 1, "") if mapping.preset else named_by(rows, place)


def _known(rows: Sequence[Row], guide: TableGuide) -> tuple[int, ColumnMapping] | None:
    """The first row whose columns a person has confirmed, else the first that is a bank's own."""
    for place, (_number, cells) in enumerate(rows):
        if len(cells) > 1 and (mapping := guide.mappings.get(header_key(cells))):
            return place, mapping
    for place, (_number, cells) in enumerate(rows):
        if len(cells) > 1 and (mapping := presets.recognise(cells)):
            return place, mapping
    return None


@implementer(IStatementFormat)
class TableFormat:
    """CSV and XLSX."""

    id = "table"
    title = "CSV, XLSX"

    def sniff(self, head: bytes) -> int:
        """Less than any format with a signature of its own: a table is what is left."""
        if head.startswith(b"PK\x03\x04"):
            return _SURE["sheet"] if _SHEET in head and _DOCUMENT not in head else 0
        rows = _first_rows(head)
        if _known(rows, TableGuide()) or find_header(rows) is not None:
            return _SURE["header"]
        # A text with a comma here and there is no table: it takes rows with a day and a sum.
        return _SURE["table"] if first_money(rows) is not None else 0

    def lines(self, stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """Two walks: what the columns tell as a whole, then the operations. See `IStatementFormat`."""
        try:
            yield from _Reading(stream, facts).lines()
        except TableError as error:
            code = _REFUSALS.get(error.code, "broken_structure")
            raise StatementRefusedError(code, error.message, error.details) from error


def _first_rows(head: bytes) -> list[Row]:
    """What can be read of the beginning of a file, which may be cut anywhere."""
    rows: list[Row] = []
    with suppress(TableError):
        for row in islice(open_records(io.BytesIO(_whole_lines(head[:_SNIFFED])), lenient=True).rows, HEADER_WITHIN):
            rows.append(row)  # noqa: PERF402 - those before a broken one are kept
    return rows


def _whole_lines(head: bytes) -> bytes:
    """``head`` without the line it cuts, and with it any letter cut in half."""
    line_end, width = b"\n", 1
    if head.startswith(codecs.BOM_UTF16_LE):
        line_end, width = b"\n\0", 2
    elif head.startswith(codecs.BOM_UTF16_BE):
        line_end, width = b"\0\n", 2
    end = head.rfind(line_end)
    return head[: end + width] if end > 0 else head


class _Reading:
    """One file."""

    def __init__(self, stream: BinaryIO, facts: FileFacts) -> None:
        self._stream = stream
        self._facts = facts
        self._guide = facts.guide
        self._places: dict[Key, int] = {}
        self._running: list[RunningBalance] = []

    def lines(self) -> Iterator[ParsedLine]:
        opened = open_table(self._stream, self._guide)
        self._facts.encoding = opened.encoding
        if opened.mapping is None:
            raise mapping_needed(opened)
        # A spreadsheet takes many times longer to unfold than its rows take to keep; a text is as soon read again.
        kept = KeptRows(opened.below) if opened.encoding == "xlsx" else None
        found = survey(opened.below if kept is None else kept.passing(), opened.header, opened.mapping)
        above = around(opened.above)
        self._judge(found, opened.mapping)
        keys = self._assign(found, above)
        reader = RowReader(opened.header, opened.mapping, found.order, found.signs(opened.mapping), found.decimal_mark)
        raw = _Raw(opened.header, self._facts.limits.max_operation_chars)
        current = next(iter(self._places))
        again = opened.again(self._stream) if kept is None else kept
        for number, cells in again:
            row = reader.row(cells)
            if not found.has_operation(number, reader, row):
                continue
            for side in reader.sides(row):
                if len(keys) > 1:
                    current = keys[reader.key(side)] or current
                place = self._places[current]
                operation = reader.read(side, current)
                if operation.balance is not None and operation.amount is not None and operation.status == "booked":
                    self._running[place].add(operation.amount, operation.balance, operation.booked)
                yield _line(operation, place, number, current, raw.of(cells))
        self._tell_balances()

    def _judge(self, found: Survey, mapping: ColumnMapping) -> None:
        if found.rounded:
            row, column, cell = found.rounded
            raise StatementRefusedError(
                "digits_lost",
                _(
                    "In row ${row} the column “${column}” says ${cell}: a spreadsheet program has rounded the account, and its last digits"
                    " are lost. Take the file from the bank anew and load it without opening it in between",
                    mapping={"row": row, "column": column, "cell": cell},
                ),
                {"row": row, "column": column},
            )
        if not found.operations:
            raise StatementRefusedError("empty", _("The table has a header and no operation below it"))
        if "?" in found.orders and not mapping.order and not found.order:
            raise StatementRefusedError(
                "dates_ambiguous",
                _("The dates can be read in two ways, day or month first, and nothing in the file tells which"),
            )

    def _assign(self, found: Survey, above: Surroundings) -> dict[Key, Key | None]:
        """Row's key → the statement it belongs to; None: to that of the row before it."""
        owners = Owners(found, above, self._guide)
        full = {key: owners.complete(key) for key in found.keys}
        missing = accountless(found, above, self._guide)
        if missing:
            raise StatementRefusedError(
                "own_account_needed",
                _("The file does not say which account of ours it is of"),
                {"currencies": [one for one in missing if one]},
            )
        told = [key for key in full.values() if key.account and key.currency]
        for key in told:
            if key not in self._places:
                if len(self._places) >= self._facts.limits.max_statements:
                    raise StatementRefusedError("too_large", _("The file is of too many accounts"))
                self._places[key] = len(self._places)
                self._facts.statements.append(StatementFacts(key.account, key.currency))
                self._running.append(RunningBalance())
        if len(self._places) == 1:
            self._state(self._facts.statements[0], above, found.around)
        return {key: whole if whole in self._places else None for key, whole in full.items()}

    def _state(self, statement: StatementFacts, above: Surroundings, below: Surroundings) -> None:
        """Figures that stand around a table of one account are of that account."""
        days = above.days() or below.days()
        if days:
            statement.period_from, statement.period_to = days
        for label in ("opening", "closing", "turnover_in", "turnover_out"):
            figure = above.figure(label, statement.currency)
            figure = below.figure(label, statement.currency) if figure is None else figure
            setattr(statement, label, figure)

    def _tell_balances(self) -> None:
        """The ends of the running balances, where the bank states none in so many words."""
        for statement, running in zip(self._facts.statements, self._running, strict=True):
            ends = running.ends()
            if ends and statement.opening is None and statement.closing is None:
                statement.opening, statement.closing = ends


class _Raw:
    """Rows as people read them: each filled cell on a line of its own, behind the name of its column."""

    def __init__(self, header: Sequence[str], limit: int) -> None:
        self._names = [name.replace("%", "%%") for name in header]
        self._limit = limit
        self._form = lru_cache(maxsize=256)(self._form_of)  # the rows of a table have the same cells filled

    def of(self, cells: Sequence[str]) -> str:
        form = self._form(tuple(map(bool, cells)))
        return (form % tuple(filter(None, cells)))[: self._limit]

    def _form_of(self, filled: Sequence[bool]) -> str:
        """With ``%s`` for each cell that is ``filled``. A cell beyond the header goes by its number."""
        beyond = [str(place) for place in range(len(self._names) + 1, len(filled) + 1)]
        return "\n".join(
            [f"{name}: %s" for name, is_filled in zip([*self._names, *beyond], filled, strict=False) if is_filled]
        )


def mapping_needed(opened: Opened) -> StatementRefusedError:
    """The refusal of a table whose header nobody knows."""
    return StatementRefusedError(
        "mapping_needed",
        _(
            "The columns of this table are not known yet. Open the file under Money → Statements and say once what each column is;"
            " such files will then be read by themselves"
        ),
        {"header": list(opened.header)[:50], "row": opened.header_row, "key": opened.key},
    )


def _line(operation: Operation, statement: int, number: int, key: Key, raw: str) -> ParsedLine:
    return ParsedLine(
        statement,
        number,
        operation.booked,
        operation.value,
        operation.amount,
        key.currency,
        operation.direction,
        operation.counterparty,
        operation.purpose,
        operation.doc_number,
        operation.doc_date,
        operation.doc_kind,
        operation.bank_ref,
        raw,
        operation.problem,
        operation.status,
    )
