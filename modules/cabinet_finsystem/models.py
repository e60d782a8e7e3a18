"""All tables of finsystem, so that one import makes them known to migrations."""

from cabinet_finsystem.acts.models import Act, ActLine
from cabinet_finsystem.articles.models import Article, ArticleRule
from cabinet_finsystem.base import Base
from cabinet_finsystem.bulk.models import BulkIssue
from cabinet_finsystem.corrections.models import Correction, CorrectionLine
from cabinet_finsystem.dunning.models import DunningLeftOut, DunningStep, DunningTold
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.items.models import Item
from cabinet_finsystem.ledger import triggers
from cabinet_finsystem.ledger.models import Account, ChainLink, Entry, MonthBalance, PeriodClose, PnlMonth, Posting
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.reconciliation.models import Reconciliation, Remark
from cabinet_finsystem.recurring.models import RecurringBill, RecurringService, RecurringStep
from cabinet_finsystem.statements.models import (
    Breakdown,
    LearnedPayer,
    MatchingCaution,
    Statement,
    StatementFile,
    StatementLine,
)
from cabinet_finsystem.write_offs.models import WriteOff, WriteOffLeftOut, WriteOffRule

__all__ = [
    "Account",
    "Act",
    "ActLine",
    "Allocation",
    "AllocationSpread",
    "Article",
    "ArticleRule",
    "Base",
    "Breakdown",
    "BulkIssue",
    "ChainLink",
    "Correction",
    "CorrectionLine",
    "DunningLeftOut",
    "DunningStep",
    "DunningTold",
    "Entry",
    "Invoice",
    "InvoiceLine",
    "Item",
    "LearnedPayer",
    "MatchingCaution",
    "MonthBalance",
    "Payment",
    "PeriodClose",
    "PnlMonth",
    "Posting",
    "Reconciliation",
    "RecurringBill",
    "RecurringService",
    "RecurringStep",
    "Remark",
    "Statement",
    "StatementFile",
    "StatementLine",
    "WriteOff",
    "WriteOffLeftOut",
    "WriteOffRule",
    "triggers",
]
