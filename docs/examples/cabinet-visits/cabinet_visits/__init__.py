"""Visits of our engineers: the office plans them and notes that they were made, a client sees his own."""

from __future__ import annotations

from typing import Any

from cabinet.plugins import ModuleInfo

from cabinet_visits.texts import _

MODULE = ModuleInfo(
    id="visits",
    title=_("Visits"),
    version="0.1.0",
    requires=("finsystem",),
    description=_("Visits of engineers, and statements of a bank that only we have."),
)


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_visits.interfaces import IVisits
    from cabinet_visits.services import visits_factory

    config.register_service_factory(visits_factory, IVisits)
