"""Taking a module's data away: looked at before, kept as a copy, gone whole or not at all."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.erasing.services import eraser_factory
    from cabinet.interfaces import IModuleEraser

    config.register_service_factory(eraser_factory, IModuleEraser)
