"""What corrections of invoices bring."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditAction
from cabinet_finsystem.texts import _


def audit_actions() -> list[AuditAction]:
    """What is done to them."""
    return [
        AuditAction("finsystem.correction.drafted", _("Correction of an invoice drafted")),
        AuditAction("finsystem.correction.changed", _("Draft of a correction changed")),
        AuditAction("finsystem.correction.discarded", _("Draft of a correction thrown away")),
        AuditAction("finsystem.correction.issued", _("Invoice corrected")),
        AuditAction("finsystem.correction.voided", _("Correction of an invoice voided")),
    ]
