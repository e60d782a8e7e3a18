"""What finsystem offers to other modules and to its own pages, by part."""

from cabinet_finsystem.interfaces.acts import IActBook, IActLetters
from cabinet_finsystem.interfaces.articles import IArticleRules, IArticles, IRuleTrials
from cabinet_finsystem.interfaces.bulk import IBulkIssues
from cabinet_finsystem.interfaces.corrections import ICorrectionBook, ICorrectionLetters
from cabinet_finsystem.interfaces.dunning import IDunning
from cabinet_finsystem.interfaces.invoices import IInvoiceBook, IInvoiceLetters
from cabinet_finsystem.interfaces.items import IPriceList
from cabinet_finsystem.interfaces.ledger import IBalances, ILedger
from cabinet_finsystem.interfaces.money import IForecast, IMoneyPosition
from cabinet_finsystem.interfaces.month_letters import IMonthLetters
from cabinet_finsystem.interfaces.payments import IBookImports, IClientMoney, IPayments
from cabinet_finsystem.interfaces.periods import IPeriods
from cabinet_finsystem.interfaces.reconciliation import IReconciliations
from cabinet_finsystem.interfaces.recurring import IRecurringServices
from cabinet_finsystem.interfaces.reports import ICells, IClientBalances, IOfficeWork, IOverview, IPnl, IReceivables
from cabinet_finsystem.interfaces.revenue import IRevenue
from cabinet_finsystem.interfaces.statements import (
    IColumnMappings,
    IMatchingCare,
    IRematching,
    IStatementDesk,
    IStatementFormats,
    IStatementQueue,
)
from cabinet_finsystem.interfaces.write_offs import IWriteOffs

__all__ = [
    "IActBook",
    "IActLetters",
    "IArticleRules",
    "IArticles",
    "IBalances",
    "IBookImports",
    "IBulkIssues",
    "ICells",
    "IClientBalances",
    "IClientMoney",
    "IColumnMappings",
    "ICorrectionBook",
    "ICorrectionLetters",
    "IDunning",
    "IForecast",
    "IInvoiceBook",
    "IInvoiceLetters",
    "ILedger",
    "IMatchingCare",
    "IMoneyPosition",
    "IMonthLetters",
    "IOfficeWork",
    "IOverview",
    "IPayments",
    "IPeriods",
    "IPnl",
    "IPriceList",
    "IReceivables",
    "IReconciliations",
    "IRecurringServices",
    "IRematching",
    "IRevenue",
    "IRuleTrials",
    "IStatementDesk",
    "IStatementFormats",
    "IStatementQueue",
    "IWriteOffs",
]
