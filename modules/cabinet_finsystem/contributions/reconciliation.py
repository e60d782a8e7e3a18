"""Acts of reconciliation and the closing of periods: rights, acts that the trail tells, places in the menu and on the card of a client."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, MenuItem, PageSlot, Permission
from cabinet_finsystem.contributions.slots import CARD, SLOTS
from cabinet_finsystem.texts import _

VIEW, SEND = "finsystem:debt:view", "finsystem:reconciliation:send"
SIGN = "finsystem:reconciliation:sign"


def permissions() -> list[Permission]:
    """Managers send acts, the client's accountant answers."""
    return [
        Permission(SEND, _("Send reconciliations to clients and answer what they dispute"), ("manager", "head")),
        Permission(SIGN, _("Agree to reconciliations or dispute them"), ("client:accountant",)),
    ]


def audit_actions() -> list[AuditAction]:
    """What happens to an act."""
    return [
        AuditAction("finsystem.reconciliation.sent", _("Reconciliation sent")),
        AuditAction("finsystem.reconciliation.superseded", _("Reconciliation replaced by another")),
        AuditAction("finsystem.reconciliation.withdrawn", _("Reconciliation withdrawn")),
        AuditAction("finsystem.reconciliation.restored", _("Withdrawal of a reconciliation taken back")),
        AuditAction("finsystem.reconciliation.disputed", _("Reconciliation disputed")),
        AuditAction("finsystem.reconciliation.remark_taken_back", _("Remark on a reconciliation taken back")),
        AuditAction("finsystem.reconciliation.answered", _("Remark on a reconciliation answered")),
        AuditAction("finsystem.reconciliation.answer_taken_back", _("Answer on a reconciliation taken back")),
        AuditAction("finsystem.reconciliation.agreed", _("Reconciliation agreed to")),
    ]


def menu_items() -> list[MenuItem]:
    """The list of acts."""
    return [
        MenuItem(
            "office",
            _("Reconciliations"),
            "finsystem.office.reconciliations",
            "file-check",
            115,
            VIEW,
            section=_("Money"),
        ),
    ]


def page_slots() -> list[PageSlot]:
    """The latest acts on the card of a client."""

    def loaded(request: Any, card: Any) -> Any:
        from cabinet_finsystem.views.office.reconciliation import card_acts

        return card_acts(request, card)

    return [
        PageSlot(f"{CARD}.main", "finsystem.card_reconciliations", 40, VIEW, f"{SLOTS}/card_reconciliations.pt", loaded)
    ]
