"""For whom something is: one mechanism for articles, questions, boards and whatever else is not one client's own."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.audience.services import audiences_factory
    from cabinet.interfaces import IAudiences

    config.register_service_factory(audiences_factory, IAudiences)
