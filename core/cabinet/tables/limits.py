"""What a table may be, and the refusal of what is none."""

from __future__ import annotations

from cabinet.errors import DomainError

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_LINE = 2**18
"""Characters of one line of a CSV."""
MAX_RECORD = 2**20
"""Characters of one row of a CSV, whose quoted cells may go over several lines."""


class TableError(DomainError):
    """The file is no table we can read, or lacks columns; nothing of it was used."""
