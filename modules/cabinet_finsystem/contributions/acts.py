"""What acts, waybills and UPD bring."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditAction, JobKind
from cabinet_finsystem.texts import _


def audit_actions() -> list[AuditAction]:
    """What is done to them."""
    return [
        AuditAction("finsystem.act.drafted", _("Act or waybill drafted")),
        AuditAction("finsystem.act.discarded", _("Draft of an act or waybill thrown away")),
        AuditAction("finsystem.act.issued", _("Act or waybill issued")),
        AuditAction("finsystem.act.voided", _("Act or waybill voided")),
        AuditAction("finsystem.act.sent", _("Act or waybill sent by mail")),
    ]


def job_kinds() -> list[JobKind]:
    """They are printed in the background."""
    from cabinet_finsystem.jobs import print_act

    return [JobKind("finsystem.print_act", _("Print an act or waybill"), print_act, own=False)]
