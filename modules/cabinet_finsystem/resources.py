"""What the routes of finsystem stand on: loaded within the client's scope, else there is no such page."""

from __future__ import annotations

from typing import Any

from cabinet.contracts.parties import ILegalEntities
from cabinet.web.areas import public_id
from cabinet_client_manager.interfaces import IClientCards, IContracts
from cabinet_finsystem.interfaces import (
    IActBook,
    IArticleRules,
    IArticles,
    IBulkIssues,
    IColumnMappings,
    ICorrectionBook,
    IDunning,
    IInvoiceBook,
    IMatchingCare,
    IPayments,
    IPriceList,
    IReconciliations,
    IRecurringServices,
    IStatementDesk,
    IStatementQueue,
    IWriteOffs,
)

_DRAFT = "draft"


def invoice(request: Any, _context: Any) -> Any:
    """The Invoice of the office's path with its lines."""
    return request.find_service(IInvoiceBook).find(public_id(request.matchdict["invoice"]))


def own_invoice(request: Any, _context: Any) -> Any:
    """The Invoice of the client's path. A draft is nobody's but ours."""
    found = request.find_service(IInvoiceBook).find(public_id(request.matchdict["invoice"]))
    return None if found is None or found.state == _DRAFT else found


def act(request: Any, _context: Any) -> Any:
    """The Act of the office's path with its lines."""
    return request.find_service(IActBook).find(public_id(request.matchdict["act"]))


def own_act(request: Any, _context: Any) -> Any:
    """The Act of the client's path. A draft is nobody's but ours."""
    found = request.find_service(IActBook).find(public_id(request.matchdict["act"]))
    return None if found is None or found.state == _DRAFT else found


def correction(request: Any, _context: Any) -> Any:
    """The Correction of the office's path with its lines."""
    return request.find_service(ICorrectionBook).find(public_id(request.matchdict["correction"]))


def own_correction(request: Any, _context: Any) -> Any:
    """The Correction of the client's path. A draft is nobody's but ours."""
    found = request.find_service(ICorrectionBook).find(public_id(request.matchdict["correction"]))
    return None if found is None or found.state == _DRAFT else found


def bulk(request: Any, _context: Any) -> Any:
    """BulkIssue of the office's path, all of whose invoices the person sees."""
    return request.find_service(IBulkIssues).find(public_id(request.matchdict["bulk"]))


def payment(request: Any, _context: Any) -> Any:
    """The Payment of the path with its allocations."""
    return request.find_service(IPayments).find(public_id(request.matchdict["payment"]))


def statement_file(request: Any, _context: Any) -> Any:
    """StatementFile of the office's path."""
    return request.find_service(IStatementDesk).find(public_id(request.matchdict["file"]))


def mapping(request: Any, _context: Any) -> Any:
    """TableMapping of the office's path."""
    return request.find_service(IColumnMappings).find(public_id(request.matchdict["mapping"]))


def line(request: Any, _context: Any) -> Any:
    """StatementLine of the office's path."""
    return request.find_service(IStatementQueue).find(public_id(request.matchdict["line"]))


def payer(request: Any, _context: Any) -> Any:
    """LearnedPayer of the office's path."""
    return request.find_service(IMatchingCare).find(public_id(request.matchdict["payer"]))


def article(request: Any, _context: Any) -> Any:
    """ArticleNode of the office's path."""
    return request.find_service(IArticles).by_public_id(public_id(request.matchdict["article"]))


def item(request: Any, _context: Any) -> Any:
    """Item of the office's path, an archived one too."""
    return request.find_service(IPriceList).find(public_id(request.matchdict["item"]))


def recurring(request: Any, _context: Any) -> Any:
    """RecurringService of the office's path."""
    return request.find_service(IRecurringServices).find(public_id(request.matchdict["recurring"]))


def recurring_bill(request: Any, _context: Any) -> Any:
    """RecurringBill of the office's path."""
    return request.find_service(IRecurringServices).find_bill(public_id(request.matchdict["bill"]))


def contract(request: Any, _context: Any) -> Any:
    """ContractRow of the office's path."""
    return request.find_service(IContracts).by_public_id(public_id(request.matchdict["contract"]))


def rule(request: Any, _context: Any) -> Any:
    """Rule of the office's path."""
    return request.find_service(IArticleRules).by_public_id(public_id(request.matchdict["rule"]))


def removed_rule(request: Any, _context: Any) -> Any:
    """Rule of the office's path that is asked no more."""
    return request.find_service(IArticleRules).by_public_id(public_id(request.matchdict["rule"]), removed=True)


def reconciliation(request: Any, _context: Any) -> Any:
    """The Reconciliation of the path: within the client's scope on his side."""
    return request.find_service(IReconciliations).find(public_id(request.matchdict["reconciliation"]))


def dunning_step(request: Any, _context: Any) -> Any:
    """DunningStep of the office's path, a removed one too."""
    return request.find_service(IDunning).find(public_id(request.matchdict["step"]))


def our_currencies(request: Any) -> list[str]:
    """Currencies that we have accounts in, or a rule of writing off, ours first."""
    entities = request.find_service(ILegalEntities).all()
    ours = [entities[0].currency, *(account.currency for entity in entities for account in entity.accounts)]
    return list(dict.fromkeys([*ours, *(rule.currency for rule in request.find_service(IWriteOffs).rules())]))


def currency(request: Any, _context: Any) -> str | None:
    """One of our currencies by its code."""
    code: str = request.matchdict["currency"]
    return code if code in our_currencies(request) else None


def client(request: Any, _context: Any) -> Any:
    """ClientCard of the office's path."""
    return request.find_service(IClientCards).by_public_id(public_id(request.matchdict["client"]))
