"""The act of reconciliation («акт сверки»): what both sides booked in a period, sent to the client, disputed or signed by him."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.interfaces import IReconciliations
    from cabinet_finsystem.reconciliation.services import reconciliations_factory

    config.register_service_factory(reconciliations_factory, IReconciliations)
