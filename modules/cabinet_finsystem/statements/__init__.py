"""Bank statements, from the bytes a bank gives to proven, fingerprinted lines. Pure code: no database, no request.

``reading.read_statement`` is the front door; ``formats`` holds what each bank format knows; ``checks`` proves balances;
``tables`` reads those that are CSV or XLSX; ``fingerprint`` tells whether a line was met before; ``writing`` makes 1C files.
"""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Formats of the site, what people said of tables, what the owner decides of matching."""
    config.include("cabinet_finsystem.statements.offered")
    config.include("cabinet_finsystem.statements.mappings")
    config.include("cabinet_finsystem.statements.care")
