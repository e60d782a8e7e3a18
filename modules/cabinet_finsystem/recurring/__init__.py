"""Services that are billed by themselves, once a period."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.interfaces import IRecurringServices
    from cabinet_finsystem.recurring.services import recurring_services_factory

    config.register_service_factory(recurring_services_factory, IRecurringServices)
