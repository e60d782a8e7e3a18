"""How the site was during the last day: samples of what the page of health shows."""

from __future__ import annotations

from typing import Any

from cabinet.history.services import history_factory


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet.interfaces import IHealthHistory

    config.register_service_factory(history_factory, IHealthHistory)
