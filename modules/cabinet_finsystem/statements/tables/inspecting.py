"""A table as a person is shown it: its columns with what stands in them, what they are taken for, how the first rows would be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from cabinet.tables import TableError
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats.table import open_table
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.heading import Rows
from cabinet_finsystem.statements.tables.mapping import ColumnMapping
from cabinet_finsystem.statements.tables.owners import Owners, accountless
from cabinet_finsystem.statements.tables.proposing import propose
from cabinet_finsystem.statements.tables.rows import Key, Operation, Row, RowReader
from cabinet_finsystem.statements.tables.surroundings import around
from cabinet_finsystem.statements.tables.survey import is_operation, survey

LOOKED_AT = 500
"""Rows that a proposal is made of."""
READ = 5
_ANY = "EUR"
"""A currency of two decimals, for sums of one that is not told yet."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """``rows``: the first below the header. ``mapping``: what a person or a preset said of this header, else what is proposed.
    ``ours``: our accounts with their currencies."""

    header: tuple[str, ...]
    header_row: int
    key: str
    mapping: ColumnMapping
    known: bool
    rows: Rows
    above: Rows
    ours: Mapping[str, str]

    def samples(self, place: int, count: int = 3) -> list[str]:
        """The first different values of a column."""
        found = dict.fromkeys(cells[place] for _number, cells in self.rows if place < len(cells) and cells[place])
        return list(islice(found, count))

    @property
    def unnamed(self) -> bool:
        """Whether nobody named the columns, and they go by their numbers."""
        return self.header == tuple(str(n) for n in range(1, len(self.header) + 1))

    def is_void(self, place: int) -> bool:
        """Whether a column has neither a name nor anything in it: what is left of merged cells."""
        return bool(self.rows) and not self.header[place] and not self.samples(place, 1)

    def read(self, mapping: ColumnMapping, accounts: Mapping[str, str] | None = None) -> list[tuple[int, Operation]]:
        """(row, operation) of the first rows as ``mapping`` would have them; it has no problems. The currency is empty where nothing
        tells it. ``accounts``: currency → our account, as a person has chosen."""
        found = survey(self.rows, self.header, mapping)
        reader = RowReader(self.header, mapping, found.order, found.signs(mapping), found.decimal_mark)
        operations = (
            (number, side)
            for number, row in ((number, reader.row(cells)) for number, cells in self.rows)
            if is_operation(reader, row)
            for side in reader.sides(row)
        )
        owners = Owners(found, around(self.above), TableGuide(accounts=accounts or {}, ours=self.ours))
        return [(number, _read(reader, row, owners)) for number, row in islice(operations, READ)]

    def accountless(self, mapping: ColumnMapping) -> list[str]:
        """Currencies of operations that name no account; one empty where they name no currency either."""
        return accountless(survey(self.rows, self.header, mapping), around(self.above), TableGuide(ours=self.ours))


def _read(reader: RowReader, row: Row, owners: Owners) -> Operation:
    currency = owners.complete(reader.key(row)).currency
    return reader.read(row, Key("", currency or _ANY))._replace(currency=currency)


def inspect_table(stream: BinaryIO, guide: TableGuide) -> Inspection:
    """Look at the beginning of a table. StatementRefusedError where it is none."""
    try:
        opened = open_table(stream, guide)
        rows = list(islice(opened.below, LOOKED_AT))
    except TableError as error:
        raise StatementRefusedError("broken_structure", error.message, error.details) from error
    mapping = opened.mapping or propose(opened.header, rows)
    return Inspection(
        opened.header,
        opened.header_row,
        opened.key,
        mapping,
        opened.mapping is not None,
        rows,
        opened.above,
        guide.ours,
    )
