"""Files: rows in the database, bytes beside it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the file store."""
    from cabinet.files.services import file_store_factory
    from cabinet.interfaces import IFileStore

    config.register_service_factory(file_store_factory, IFileStore)
