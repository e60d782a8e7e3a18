"""What reading a table found, and what taking it in did: the same answer from every kind of table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say of a cell of an imported table. ``row``: as a spreadsheet numbers it, the header being 1.

    ``message`` is a TranslationString.
    """

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. Nothing is done where there are errors. ``letters``: how many go to clients with it."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    letters: int = 0
    errors: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the table holds a row in error."""
        return bool(self.errors)
