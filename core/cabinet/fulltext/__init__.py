"""Search by words: the same words are found on SQLite and on PostgreSQL, in whatever form they are typed."""

from __future__ import annotations

from typing import Any

from cabinet.fulltext.services import full_text_factory


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.interfaces import IFullText

    config.register_service_factory(full_text_factory, IFullText)
