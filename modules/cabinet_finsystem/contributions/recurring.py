"""What recurring services bring: acts that the trail tells, the daily run, their place in the menu and on the page of a contract."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, JobKind, MenuItem, PageSlot, PeriodicJob
from cabinet_finsystem.texts import _

VIEW, EDIT = "finsystem:invoice:view", "finsystem:invoice:edit"


def audit_actions() -> list[AuditAction]:
    """Acts upon recurring services."""
    return [
        AuditAction("finsystem.recurring.added", _("Recurring service added")),
        AuditAction("finsystem.recurring.changed", _("Recurring service changed")),
        AuditAction("finsystem.recurring.repriced", _("Price of a recurring service changed")),
        AuditAction("finsystem.recurring.paused", _("Recurring service paused")),
        AuditAction("finsystem.recurring.resumed", _("Recurring service resumed")),
        AuditAction("finsystem.recurring.reopened", _("Period of a recurring service to be billed anew")),
    ]


def menu_items() -> list[MenuItem]:
    """Beside invoices."""
    route = "finsystem.office.recurrings"
    return [MenuItem("office", _("Recurring services"), route, "refresh", 105, VIEW, section=_("Money"))]


def page_slots() -> list[PageSlot]:
    """Services of a contract on its page."""

    def loaded(request: Any, subject: Any) -> Any:
        from cabinet_finsystem.views.recurring_card import contract_services

        return contract_services(request, subject)

    template = "cabinet_finsystem:templates/slots/contract_recurring.pt"
    return [PageSlot("client_manager.contract.main", "finsystem.contract_recurring", 10, VIEW, template, loaded)]


def job_kinds() -> list[JobKind]:
    """The run that bills what is due."""
    from cabinet_finsystem.jobs import bill_recurring
    from cabinet_finsystem.recurring.running import JOB

    def page(request: Any, _job: Any) -> str | None:
        path: str = request.route_path("finsystem.office.recurrings")
        return path

    def told(request: Any, job: Any) -> str:
        made, stopped = (int((job.result or {}).get(name, 0)) for name in ("invoices", "stopped"))
        text = request.fmt.plural(made, "${n} invoice is made.", "${n} invoices are made.", "cabinet_finsystem")
        if stopped:
            text += " " + request.fmt.plural(
                stopped, "${n} could not be, see why.", "${n} could not be, see why.", "cabinet_finsystem"
            )
        return str(text)

    return [JobKind(JOB, _("Billing recurring services"), bill_recurring, page=page, tells=told)]


def periodic_jobs() -> list[PeriodicJob]:
    """Early in the morning, before anybody looks."""
    from cabinet_finsystem.recurring.running import JOB

    return [PeriodicJob(JOB, "day", hour_of_day=5)]
