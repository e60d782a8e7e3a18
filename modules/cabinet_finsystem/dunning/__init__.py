"""Reminders to pay: told by steps around the due day, once each."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.dunning.services import dunning_factory
    from cabinet_finsystem.interfaces import IDunning

    config.register_service_factory(dunning_factory, IDunning)
