"""Fragments on pages of others."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import PageSlot

SLOTS = "cabinet_finsystem:templates/slots"
CARD = "client_manager.client_card"


def page_slots() -> list[PageSlot]:
    """Money on the card of a client."""
    view = "finsystem:invoice:view"

    def slot(place: str, name: str, weight: int, load: str, right: str = view, template: str = "") -> PageSlot:
        def loaded(request: Any, subject: Any) -> Any:
            from cabinet_finsystem.views import cards

            return getattr(cards, load)(request, subject)

        return PageSlot(f"{CARD}.{place}", f"finsystem.{name}", weight, right, f"{SLOTS}/{template or name}.pt", loaded)

    return [
        slot("figures", "card_figures", 10, "card_figures"),
        slot("state", "card_state", 10, "card_state"),
        slot("acts", "card_acts", 10, "card_acts", "finsystem:invoice:edit"),
        slot("tabs", "card_invoices", 10, "card_invoices_tab", template="card_tab"),
        slot("tabs", "card_payments", 20, "card_payments_tab", "finsystem:payment:view", template="card_tab"),
        slot("main", "card_debts", 30, "card_debts"),
    ]
