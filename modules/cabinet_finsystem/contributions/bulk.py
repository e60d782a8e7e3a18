"""What bulk issue brings: its job and the acts that the trail tells."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, AuditField, JobKind
from cabinet_finsystem.texts import _


def audit_actions() -> list[AuditAction]:
    """Acts upon invoices that are issued together."""
    return [
        AuditAction("finsystem.bulk.asked", _("Issuing to many clients begun")),
        AuditAction("finsystem.bulk.issued", _("Invoices issued to many clients")),
        AuditAction("finsystem.bulk.voided", _("Invoices issued together voided")),
    ]


def audit_fields() -> list[AuditField]:
    """What these acts record."""

    def sums(request: Any, value: Any, _facts: Any) -> str:
        return ", ".join(str(request.fmt.amount(minor, currency)) for currency, minor in sorted(value.items()))

    return [
        AuditField("finsystem.bulk.invoices", _("Invoices")),
        AuditField("finsystem.bulk.sums", _("Total"), show=sums),
        AuditField("finsystem.bulk.letters", _("Letters")),
    ]


def job_kinds() -> list[JobKind]:
    """Issuing, which sees the clients that its person sees."""
    from cabinet_finsystem.bulk.services import JOB
    from cabinet_finsystem.jobs import issue_to_many

    def page(request: Any, job: Any) -> str | None:
        path: str = request.route_path("finsystem.office.bulk", bulk=job.args["bulk"])
        return path

    def told(request: Any, job: Any) -> str:
        result = job.result or {}
        if result.get("refused"):
            return str(request.localizer.translate(_("Nothing was issued: see why.")))
        text = request.fmt.plural(
            int(result.get("invoices", 0)), "${n} invoice is issued.", "${n} invoices are issued.", "cabinet_finsystem"
        )
        return str(text)

    return [JobKind(JOB, _("Issuing invoices to many clients"), issue_to_many, page=page, tells=told)]
