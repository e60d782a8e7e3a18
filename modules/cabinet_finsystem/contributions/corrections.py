"""What corrections of invoices bring."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditAction, JobKind, NoticeKind, SearchSource
from cabinet_finsystem.texts import _


def audit_actions() -> list[AuditAction]:
    """What is done to them."""
    return [
        AuditAction("finsystem.correction.drafted", _("Correction of an invoice drafted")),
        AuditAction("finsystem.correction.changed", _("Draft of a correction changed")),
        AuditAction("finsystem.correction.discarded", _("Draft of a correction thrown away")),
        AuditAction("finsystem.correction.issued", _("Invoice corrected")),
        AuditAction("finsystem.correction.voided", _("Correction of an invoice voided")),
        AuditAction("finsystem.correction.sent", _("Correction of an invoice sent by mail")),
    ]


def notice_kinds() -> list[NoticeKind]:
    """The client is told."""
    from cabinet_finsystem.corrections.notices import KINDS

    return list(KINDS)


def job_kinds() -> list[JobKind]:
    """They are printed in the background."""
    from cabinet_finsystem.jobs import print_correction

    return [JobKind("finsystem.print_correction", _("Print a correction of an invoice"), print_correction, own=False)]


def search_sources() -> list[SearchSource]:
    """All of them for the office; his own for a client."""
    from cabinet_finsystem.views import finding_corrections

    return [
        SearchSource(
            "office", _("Corrections of invoices"), "finsystem:invoice:view", finding_corrections.corrections, 36
        ),
        SearchSource(
            "my", _("Corrections of invoices"), "finsystem:invoice:own", finding_corrections.own_corrections, 36
        ),
    ]
