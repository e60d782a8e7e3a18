"""Places in the menu."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import MenuItem
from cabinet_finsystem.texts import _


def menu_items() -> list[MenuItem]:
    """Money of the office, and a client's own."""

    def waiting(request: Any) -> int | None:
        from cabinet_finsystem.interfaces import IStatementQueue

        return request.find_service(IStatementQueue).counts()[0] or None

    def unpaid(request: Any) -> int | None:
        from cabinet_finsystem.views.cards import unpaid_count

        return unpaid_count(request)

    def own_money(request: Any) -> str:
        from cabinet_finsystem.views.my import section_title

        return section_title(request)

    money, right = _("Money"), "finsystem:statement:view"
    reports, view, debt = _("Reports"), "finsystem:report:view", "finsystem:debt:view"
    pnl, debts, balances = (f"finsystem.office.reports.{name}" for name in ("pnl", "receivables", "balances"))
    revenue = "finsystem.office.reports.revenue"
    cash = "finsystem.office.reports.money"
    articles, arrange = "finsystem.office.articles", "finsystem:article:edit"
    statements, queue = "finsystem.office.statements", "finsystem.office.queue"
    invoices, payments, own = "finsystem.office.invoices", "finsystem.office.payments", "finsystem.my.invoices"
    return [
        MenuItem(
            "office", _("Invoices"), invoices, "receipt", 100, "finsystem:invoice:view", section=money, bottom=True
        ),
        MenuItem("office", _("Payments"), payments, "cash", 110, "finsystem:payment:view", section=money),
        MenuItem(
            "my",
            own_money,
            own,
            "receipt",
            10,
            "finsystem:invoice:own",
            badge=unpaid,
            hot=True,
            bottom=True,
        ),
        MenuItem("office", _("Statements"), statements, "building-bank", 120, right, section=money, bottom=True),
        MenuItem(
            "office",
            _("Matching"),
            queue,
            "arrows-split-2",
            130,
            right,
            section=money,
            badge=waiting,
            hot=True,
            bottom=True,
        ),
        MenuItem("office", _("Income and costs"), pnl, "report-analytics", 20, view, section=reports, bottom=True),
        MenuItem("office", _("Money and forecast"), cash, "wallet", 25, view, section=reports),
        MenuItem("office", _("Receivables"), debts, "calendar-due", 30, debt, section=reports),
        MenuItem("office", _("Revenue"), revenue, "chart-bar", 35, view, section=reports),
        MenuItem("office", _("Balances"), balances, "scale", 40, debt, section=reports),
        MenuItem("office", _("Articles and rules"), articles, "list-tree", 910, arrange, section=_("Settings")),
    ]
