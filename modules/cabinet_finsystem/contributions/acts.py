"""What acts, waybills and UPD bring."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, JobKind, MenuItem, PageSlot, SearchSource
from cabinet_finsystem.contributions.slots import CARD, SLOTS
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


def menu_items() -> list[MenuItem]:
    """Their list beside the invoices."""
    view = "finsystem:invoice:view"
    return [
        MenuItem(
            "office", _("Acts and waybills"), "finsystem.office.acts", "file-certificate", 105, view, section=_("Money")
        )
    ]


def search_sources() -> list[SearchSource]:
    """All of them for the office; his own for a client."""
    from cabinet_finsystem.views import finding_acts

    return [
        SearchSource("office", _("Acts and waybills"), "finsystem:invoice:view", finding_acts.acts, 35),
        SearchSource("my", _("Acts and waybills"), "finsystem:invoice:own", finding_acts.own_acts, 35),
    ]


def page_slots() -> list[PageSlot]:
    """A tab of a client's card."""

    def tab(request: Any, subject: Any) -> Any:
        from cabinet_finsystem.views.cards import card_acts_tab

        return card_acts_tab(request, subject)

    view = "finsystem:invoice:view"
    return [PageSlot(f"{CARD}.tabs", "finsystem.card_acts_tab", 15, view, f"{SLOTS}/card_tab.pt", tab)]
