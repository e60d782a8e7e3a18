"""What the site keeps about one person, gathered from every module for that person or for the owner who answers him."""

from __future__ import annotations

from typing import Any

from cabinet.personal.services import personal_data_factory


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.interfaces import IPersonalData

    config.register_service_factory(personal_data_factory, IPersonalData)
