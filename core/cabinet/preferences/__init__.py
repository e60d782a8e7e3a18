"""What the owner sets on a page: typed, declared by hooks, effective with the next request of every process."""

from __future__ import annotations

from typing import Any

from cabinet.preferences.services import effective, settings_factory

__all__ = ["effective"]


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.interfaces import ISettings

    config.register_service_factory(settings_factory, ISettings)
