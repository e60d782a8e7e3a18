"""What acts upon reconciliations record, in words."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditField
from cabinet.web.changes import date, money
from cabinet_finsystem.texts import _

STATES = {
    "sent": _("waits for the client"),
    "disputed": _("disputed"),
    "answered": _("answered"),
}
FIELDS = (
    AuditField("finsystem.reconciliation.since", _("From"), show=date),
    AuditField("finsystem.reconciliation.until", _("To"), show=date),
    AuditField("finsystem.reconciliation.closing", _("Owed to us at the end"), show=money),
    AuditField("finsystem.reconciliation.digest", _("Checksum")),
    AuditField("finsystem.reconciliation.by", _("Replaced by")),
    AuditField("finsystem.reconciliation.state", _("State"), words=STATES),
    AuditField("finsystem.reconciliation.line", _("Line")),
    AuditField("finsystem.reconciliation.text", _("Words")),
)
