"""A module whose data were erased is made anew when it is switched on."""

from __future__ import annotations

from typing import Any

from cabinet.db import migrate


def revive(request: Any, module_id: str) -> None:
    """Make the tables of a module that has none, and put into them what it gives a new site. Anything else stays as it is."""
    registry = request.registry
    connection = request.db.connection()
    if module_id in migrate.missing(connection, registry.cabinet_modules):
        migrate.make(connection, registry.cabinet_modules, module_id)
        contributions = registry.cabinet_contributions
        for step in contributions.initial:
            if contributions.owner_of(step) == module_id:
                step.fill(request)
