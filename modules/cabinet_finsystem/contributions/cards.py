"""Cards of the home pages."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import DashboardCard

SLOTS = "cabinet_finsystem:templates/slots"


def dashboard_cards() -> list[DashboardCard]:
    """What a client owes and has with us; what a manager must see to today."""
    own, balance, view = "finsystem:invoice:own", "finsystem:balance:own", "finsystem:invoice:view"

    def card(home: Any, name: str, weight: int, right: str, load: str, place: Any = "main") -> DashboardCard:
        def loaded(request: Any) -> Any:
            from cabinet_finsystem.views import cards

            return getattr(cards, load)(request)

        return DashboardCard(home, f"finsystem.{name}", weight, right, f"{SLOTS}/{name}.pt", loaded, place)

    def steps(request: Any) -> Any:
        from cabinet_finsystem.views.first_steps import first_steps

        return first_steps(request)

    homes: tuple[Any, ...] = ("manager", "head")
    return [
        card("client", "home_pay", 10, balance, "client_debt", "top"),
        card("client", "home_documents", 40, own, "client_documents"),
        card("client", "home_account", 60, balance, "client_account", "side"),
        card("manager", "home_waiting", 10, view, "waiting", "top"),
        *(
            DashboardCard(home, "finsystem.first_steps", 5, view, f"{SLOTS}/first_steps.pt", steps, "top")
            for home in homes
        ),
        card("manager", "home_overdue", 20, view, "overdue_invoices"),
        *_head_cards(),
    ]


def _head_cards() -> list[DashboardCard]:
    """The result of a period, twelve months, debts by age, managers."""

    def card(name: str, weight: int, place: Any = "main") -> DashboardCard:
        def loaded(request: Any) -> Any:
            from cabinet_finsystem.views import head_cards

            return getattr(head_cards, name)(request)

        template = f"{SLOTS}/head_{name}.pt"
        return DashboardCard("head", f"finsystem.head_{name}", weight, "finsystem:report:view", template, loaded, place)

    return [
        card("result", 10, "top"),
        card("year", 20),
        card("debts", 30),
        card("managers", 40),
        card("forecast", 10, "side"),
    ]
