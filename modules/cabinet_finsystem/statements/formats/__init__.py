"""Statement formats that come with the module, and what a format is given to fill in.

A format is a small object without state (`IStatementFormat`). A file is read by one walk of ``lines``; what it says
about its statements, its encoding and itself is collected in `FileFacts`, complete when the lines are exhausted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cabinet_finsystem.statements.parsed import Note, StatementFacts
from cabinet_finsystem.statements.tables.guide import NO_GUIDE, TableGuide


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What a file may be before it is refused with ``too_large``."""

    max_bytes: int = 128 * 2**20
    max_lines: int = 500_000
    max_statements: int = 1_000
    max_operation_chars: int = 65_536
    """Text of one operation: a bank's are under five thousand."""


@dataclass(slots=True)
class FileFacts:
    """Filled in by a format while it yields lines."""

    limits: ReadingLimits = field(default_factory=ReadingLimits)
    guide: TableGuide = NO_GUIDE
    """What people have said about tables; nothing to the other formats."""
    encoding: str = ""
    statements: list[StatementFacts] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    end_missing: bool = False
    """The file stops between operations, without its end marker: refused where balances fail, else flagged."""
