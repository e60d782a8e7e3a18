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
    from cabinet.interfaces import ITableReader
    from cabinet_client_manager.events import BankAccountAdded, BankAccountRemoved, ClientAdded, ClientChanged
    from cabinet_finsystem.client_money.services import client_money_factory
    from cabinet_finsystem.imports.services import (
        balance_reader_factory,
        book_imports_factory,
        invoice_reader_factory,
    )
    from cabinet_finsystem.interfaces import (
        IBalances,
        IBookImports,
        IClientMoney,
        IInvoiceBook,
        IInvoiceLetters,
        ILedger,
        IPayments,
        IRematching,
        IRuleTrials,
        IStatementDesk,
        IStatementQueue,
    )
    from cabinet_finsystem.invoicing.letters import InvoiceLetters
    from cabinet_finsystem.invoicing.services import invoice_book_factory
    from cabinet_finsystem.ledger.balances import balances_factory
    from cabinet_finsystem.ledger.bank_accounts import keep_account_in_use
    from cabinet_finsystem.ledger.services import ledger_factory
    from cabinet_finsystem.payments.services import payments_factory
    from cabinet_finsystem.statements.desk import desk_factory
    from cabinet_finsystem.statements.queue import queue_factory
    from cabinet_finsystem.statements.rematching import (
        match_when_account_is_ours,
        match_when_payer_is_known,
        rematching_factory,
    )
    from cabinet_finsystem.statements.trial import rule_trials_factory

    config.subscribe(BankAccountRemoved, keep_account_in_use)
    config.subscribe(BankAccountAdded, match_when_account_is_ours)
    config.subscribe(ClientAdded, match_when_payer_is_known)
    config.subscribe(ClientChanged, match_when_payer_is_known)
    config.include("cabinet_finsystem.articles")
    config.register_service_factory(rule_trials_factory, IRuleTrials)
    config.register_service_factory(ledger_factory, ILedger)
    config.register_service_factory(balances_factory, IBalances)
    config.register_service_factory(payments_factory, IPayments)
    config.register_service_factory(desk_factory, IStatementDesk)
    for part in (
        "statements",
        "items",
        "recurring",
        "bulk",
        "reports",
        "reconciliation",
        "closing",
        "dunning",
        "write_offs",
    ):
        config.include(f"cabinet_finsystem.{part}")
    config.register_service_factory(queue_factory, IStatementQueue)
    config.register_service_factory(rematching_factory, IRematching)
    config.register_service_factory(invoice_book_factory, IInvoiceBook)
    config.include("cabinet_finsystem.acts")
    config.include("cabinet_finsystem.corrections")
    config.register_service_factory(client_money_factory, IClientMoney)
    config.register_service_factory(InvoiceLetters.of_request, IInvoiceLetters)
    config.register_service_factory(book_imports_factory, IBookImports)
    config.register_service_factory(invoice_reader_factory, ITableReader, name="finsystem.invoices")
    config.register_service_factory(balance_reader_factory, ITableReader, name="finsystem.balances")
