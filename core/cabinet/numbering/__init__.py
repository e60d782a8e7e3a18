"""Gapless numbers of documents."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the numbering."""
    from cabinet.interfaces import INumbering
    from cabinet.numbering.services import numbering_factory

    config.register_service_factory(numbering_factory, INumbering)
