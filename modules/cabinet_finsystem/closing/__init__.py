"""Closing periods: what stands in the way of it, who closed and opened what, and why."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.closing.services import periods_factory
    from cabinet_finsystem.interfaces import IPeriods

    config.register_service_factory(periods_factory, IPeriods)
