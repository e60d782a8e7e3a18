"""Tables that people load: kept, looked through, taken in once. What is in them is the business of whoever reads that kind."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the kept tables."""
    from cabinet.imports.services import imported_tables_factory
    from cabinet.interfaces import IImportedTables

    config.register_service_factory(imported_tables_factory, IImportedTables)
