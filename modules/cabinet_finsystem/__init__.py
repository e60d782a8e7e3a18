"""Money: the double-entry ledger, invoices, payments, bank statements and the P&L."""

from __future__ import annotations

from typing import Any

from cabinet.plugins import ModuleInfo
from cabinet_finsystem.texts import _

MODULE = ModuleInfo(
    id="finsystem",
    title=_("Finance"),
    version="0.1.0",
    requires=("client_manager",),
    category="money",
    description=_("Ledger, invoices, bank statements, income and costs."),
)


def includeme(config: Any) -> None:
    """Bind the services."""
    from cabinet_finsystem.articles.services import articles_factory
    from cabinet_finsystem.interfaces import IArticles, IBalances, ILedger
    from cabinet_finsystem.ledger.balances import balances_factory
    from cabinet_finsystem.ledger.services import ledger_factory

    config.register_service_factory(articles_factory, IArticles)
    config.register_service_factory(ledger_factory, ILedger)
    config.register_service_factory(balances_factory, IBalances)
