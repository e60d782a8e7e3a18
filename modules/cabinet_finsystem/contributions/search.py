"""Where a search looks."""

from __future__ import annotations

from cabinet.plugins.contributions import SearchSource
from cabinet_finsystem.texts import _


def search_sources() -> list[SearchSource]:
    """Invoices, payments and bank lines for the office; his own for a client."""
    from cabinet_finsystem.views import finding

    return [
        SearchSource("office", _("Invoices"), "finsystem:invoice:view", finding.invoices, 30),
        SearchSource("office", _("Payments"), "finsystem:payment:view", finding.payments, 40),
        SearchSource("office", _("Bank lines"), "finsystem:statement:view", finding.bank_lines, 50),
        SearchSource("my", _("Invoices"), "finsystem:invoice:own", finding.own_invoices, 30),
        SearchSource("my", _("Payments"), "finsystem:balance:own", finding.own_payments, 40),
    ]
