"""What write-offs bring: rights, acts that the trail tells, the daily run, their place in the menu and on a card."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, JobKind, MenuItem, PageSlot, PeriodicJob, Permission
from cabinet_finsystem.contributions.slots import CARD, SLOTS
from cabinet_finsystem.texts import _

ARRANGE = "finsystem:write_off:arrange"
MAKE = "finsystem:write_off:make"
VIEW = "finsystem:payment:view"
_HOUR = 8


def permissions() -> list[Permission]:
    """The head arranges the rules; whoever enters payments writes off within them."""
    return [
        Permission(ARRANGE, _("Arrange what small differences are written off"), ("head",), whole=True),
        Permission(MAKE, _("Write small differences off within the rules"), ("manager", "head")),
    ]


def audit_actions() -> list[AuditAction]:
    """Acts upon rules and clients left out."""
    return [
        AuditAction("finsystem.write_off_rule.changed", _("Rule of writing off changed")),
        AuditAction("finsystem.write_off_rule.switched_on", _("Rule of writing off switched on")),
        AuditAction("finsystem.write_off_rule.switched_off", _("Rule of writing off switched off")),
        AuditAction("finsystem.client.spared_write_offs", _("Nothing of the client is written off by itself")),
        AuditAction("finsystem.client.takes_write_offs", _("Of the client, too, is written off by itself")),
    ]


def job_kinds() -> list[JobKind]:
    """The run that writes off what has waited."""
    from cabinet_finsystem.jobs import write_off
    from cabinet_finsystem.write_offs.running import JOB

    return [JobKind(JOB, _("Writing small differences off"), write_off, own=False, whole=True)]


def periodic_jobs() -> list[PeriodicJob]:
    """Before reminders are sent: nobody is reminded of a few kopecks."""
    from cabinet_finsystem.write_offs.running import JOB

    return [PeriodicJob(JOB, "day", hour_of_day=_HOUR)]


def menu_items() -> list[MenuItem]:
    """Beside the articles."""
    route = "finsystem.office.write_off_rules"
    return [MenuItem("office", _("Small differences"), route, "receipt-refund", 906, ARRANGE, section=_("Settings"))]


def page_slots() -> list[PageSlot]:
    """Whether anything of a client is written off by itself, on his card."""

    def loaded(request: Any, card: Any) -> Any:
        from cabinet_finsystem.views.write_offs_card import card_write_offs

        return card_write_offs(request, card)

    name, template = "finsystem.card_write_offs", f"{SLOTS}/card_write_offs.pt"
    return [PageSlot(f"{CARD}.main", name, 55, ARRANGE, template, loaded)]
