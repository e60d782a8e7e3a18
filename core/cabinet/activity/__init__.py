"""What our people did, month by month."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.activity.services import activity_factory
    from cabinet.interfaces import IActivity

    config.register_service_factory(activity_factory, IActivity)
