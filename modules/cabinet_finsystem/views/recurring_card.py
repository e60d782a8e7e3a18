"""Recurring services on the page of a contract."""

from __future__ import annotations

from typing import Any

from cabinet_finsystem.interfaces import IRecurringServices
from cabinet_finsystem.views.recurring_words import EDIT, Words


def contract_services(request: Any, contract: Any) -> dict[str, Any] | None:
    """Services of a ContractRow; who may not add one sees nothing where there are none."""
    rows = request.find_service(IRecurringServices).of_contract(contract.contract_id)
    may_edit = bool(request.has_permission(EDIT))
    if not rows and not may_edit:
        return None
    return {"rows": rows, "may_edit": may_edit, "contract": contract.public_id.hex, "words": Words(request)}
