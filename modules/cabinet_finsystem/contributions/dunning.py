"""What reminders bring: a right, acts that the trail tells, the daily run, the notice, its place in the menu and on a card."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import (
    AuditAction,
    InitialStep,
    JobKind,
    MenuItem,
    NoticeKind,
    PageSlot,
    PeriodicJob,
    Permission,
)
from cabinet_finsystem.contributions.slots import CARD, SLOTS
from cabinet_finsystem.texts import _

ARRANGE = "finsystem:dunning:arrange"
LEAVE_OUT = "finsystem:invoice:edit"
_HOUR = 9


def permissions() -> list[Permission]:
    """For the head."""
    return [Permission(ARRANGE, _("Arrange reminders to pay"), ("head",), whole=True)]


def audit_actions() -> list[AuditAction]:
    """Acts upon steps, clients left out, and each reminder."""
    return [
        AuditAction("finsystem.dunning_step.added", _("Step of reminding added")),
        AuditAction("finsystem.dunning_step.changed", _("Step of reminding changed")),
        AuditAction("finsystem.dunning_step.switched_on", _("Step of reminding switched on")),
        AuditAction("finsystem.dunning_step.switched_off", _("Step of reminding switched off")),
        AuditAction("finsystem.dunning_step.removed", _("Step of reminding removed")),
        AuditAction("finsystem.dunning_step.restored", _("Step of reminding restored")),
        AuditAction("finsystem.client.left_out", _("Client is not reminded to pay")),
        AuditAction("finsystem.client.taken_in", _("Client is reminded to pay again")),
        AuditAction("finsystem.invoice.reminded", _("Client reminded to pay")),
    ]


def notice_kinds() -> list[NoticeKind]:
    """A reminder, with its invoices."""
    from cabinet_finsystem.dunning import wording

    return [
        NoticeKind(
            wording.KIND,
            _("A reminder to pay"),
            "contacts",
            "finsystem:invoice:own",
            wording.line,
            wording.path,
            icon="bell",
            act=_("See what to pay"),
            template=wording.TEMPLATE,
            files=wording.files,
            current=wording.current,
        )
    ]


def job_kinds() -> list[JobKind]:
    """The run that tells clients."""
    from cabinet_finsystem.dunning.running import JOB
    from cabinet_finsystem.jobs import remind

    return [JobKind(JOB, _("Reminding clients to pay"), remind, own=False, whole=True)]


def periodic_jobs() -> list[PeriodicJob]:
    """In the morning, when people read their mail."""
    from cabinet_finsystem.dunning.running import JOB

    return [PeriodicJob(JOB, "day", hour_of_day=_HOUR)]


def initial_steps() -> list[InitialStep]:
    """The usual steps, all off."""

    def fill(request: Any) -> None:
        from cabinet_finsystem.interfaces import IDunning

        request.find_service(IDunning).seed()

    return [InitialStep(21, fill)]


def menu_items() -> list[MenuItem]:
    """Beside the articles."""
    route = "finsystem.office.dunning"
    return [MenuItem("office", _("Reminders to pay"), route, "bell", 907, ARRANGE, section=_("Settings"))]


def page_slots() -> list[PageSlot]:
    """Whether a client is reminded, on his card."""

    def loaded(request: Any, card: Any) -> Any:
        from cabinet_finsystem.views.reminders_card import card_reminders

        return card_reminders(request, card)

    return [PageSlot(f"{CARD}.main", "finsystem.card_reminders", 50, LEAVE_OUT, f"{SLOTS}/card_reminders.pt", loaded)]
