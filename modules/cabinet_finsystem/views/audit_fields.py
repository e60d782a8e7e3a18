"""What acts upon articles, periods, invoices, payments and statements record, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabinet.plugins.contributions import AuditField
from cabinet.web.changes import date, money, path, place
from cabinet_finsystem.forms.recurring import BILLED, PERIODS
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.dunning_fields import FIELDS as OF_REMINDERS
from cabinet_finsystem.views.reconciliation_fields import FIELDS as OF_RECONCILIATIONS
from cabinet_finsystem.views.states import ACT_KINDS
from cabinet_finsystem.views.write_off_fields import FIELDS as OF_WRITE_OFFS

DIRECTIONS = {"out": _("money out"), "in": _("money in"), "any": _("both")}
REFUSED = {
    "account_unknown": _("an account that is not ours"),
    "binary_content": _("no text file"),
    "broken_structure": _("a damaged file"),
    "currency_differs": _("another currency than the account’s"),
    "dates_ambiguous": _("dates that can be read in two ways"),
    "digits_lost": _("an account rounded by a spreadsheet program"),
    "empty": _("an empty file"),
    "format_failed": _("the format failed"),
    "mapping_needed": _("a table whose columns are not known"),
    "no_account": _("no account is named"),
    "own_account_needed": _("no account of ours is named"),
    "payment_orders": _("payment orders, no statement"),
    "preview": _("other columns or accounts"),
    "too_large": _("too large"),
    "truncated": _("the file is cut off"),
    "undecodable": _("an unknown encoding"),
    "unknown_format": _("an unknown format"),
}


def _limit(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """A limit of a rule: it holds in any currency, and is written and read in that of our company."""
    from cabinet.contracts.parties import ILegalEntities

    return str(request.fmt.amount(value, request.find_service(ILegalEntities).default().currency))


def _allocations(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    return "; ".join(f"{one['invoice']} \u2014 {request.fmt.amount(one['minor'], one['currency'])}" for one in value)


def _parts(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """Clients a payment was split between, each with his part and the invoices it went onto."""
    told = []
    for one in value:
        onto = _allocations(request, one.get("allocations", ()), {})
        amount = request.fmt.amount(one["minor"], one["currency"])
        told.append(f"{one['client']} \u2014 {amount}" + (f" ({onto})" if onto else ""))
    return "; ".join(told)


def _columns(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    from cabinet_finsystem.forms.columns import ROLE_TITLES

    return "; ".join(
        f"{request.localizer.translate(ROLE_TITLES[role])} \u2014 {name}"
        for role, name in value.items()
        if role in ROLE_TITLES
    )


def _period(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """How often, or which one: by its first day."""
    known = PERIODS.get(value)
    return str(request.localizer.translate(known)) if known else date(request, value, _facts)


def _rule(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    from cabinet_finsystem.statements.matching.texts import decided_by
    from cabinet_finsystem.statements.queue import BY_HAND

    return str(request.localizer.translate(_("by a person") if value == BY_HAND else decided_by(value)))


FIELDS = (
    AuditField("finsystem.date", _("Date"), show=date),
    AuditField("finsystem.total", _("Amount"), show=money),
    AuditField("finsystem.minor", _("Amount"), show=money),
    AuditField("finsystem.currency", _("Currency")),
    AuditField("finsystem.reason", _("Reason")),
    AuditField("finsystem.article", _("Article")),
    AuditField("finsystem.client", _("Client")),
    AuditField("finsystem.invoice", _("Invoice")),
    AuditField("finsystem.allocations", _("Went onto invoices"), show=_allocations),
    AuditField("finsystem.parts", _("Parts of the payment"), show=_parts),
    AuditField("finsystem.article.name", _("Name")),
    AuditField("finsystem.article.parent", _("Part of")),
    AuditField("finsystem.article.path", _("Place among the articles"), show=path),
    AuditField("finsystem.article_rule.direction", _("Which money"), words=DIRECTIONS),
    AuditField("finsystem.article_rule.purpose", _("Words in the purpose")),
    AuditField("finsystem.article_rule.counterparty", _("Counterparty")),
    AuditField("finsystem.article_rule.amount_from", _("Amount from"), show=_limit),
    AuditField("finsystem.article_rule.amount_to", _("Amount up to"), show=_limit),
    AuditField("finsystem.article_rule.active", _("Switched on")),
    AuditField("finsystem.article_rule.position", _("Place in the order"), show=place),
    AuditField("finsystem.item.code", _("Code")),
    AuditField("finsystem.item.name", _("Name")),
    AuditField("finsystem.item.kind", _("Kind"), words={"service": _("service"), "goods": _("goods")}),
    AuditField("finsystem.item.unit", _("Unit")),
    AuditField("finsystem.item.price", _("Price"), show=money),
    AuditField("finsystem.item.vat_rate", _("VAT, %")),
    AuditField("finsystem.recurring.since", _("From"), show=date),
    AuditField("finsystem.recurring.text", _("What for")),
    AuditField("finsystem.recurring.unit", _("Unit")),
    AuditField("finsystem.recurring.quantity", _("Quantity")),
    AuditField("finsystem.recurring.discount", _("Discount, %")),
    AuditField("finsystem.recurring.vat_rate", _("VAT, %")),
    AuditField("finsystem.recurring.price", _("Price"), show=money),
    AuditField("finsystem.recurring.period", _("Billed"), show=_period),
    AuditField("finsystem.recurring.billed", _("When"), words=BILLED),
    AuditField("finsystem.recurring.day", _("On day")),
    AuditField("finsystem.recurring.ends", _("Until"), show=date),
    AuditField("finsystem.recurring.payment_days", _("Days to pay")),
    AuditField("finsystem.recurring.issues", _("Issue the invoice by itself")),
    AuditField("finsystem.recurring.with_act", _("Issue the act at the end of the period")),
    AuditField("finsystem.period.through", _("Closed through"), show=date),
    AuditField("finsystem.act.kind", _("Document"), words=ACT_KINDS),
    AuditField("finsystem.act.to", _("Sent to")),
    AuditField("finsystem.correction.asks", _("The invoice asks for"), show=money),
    AuditField("finsystem.correction.released", _("Went back to the balance"), show=money),
    AuditField("finsystem.invoice.copy_of", _("Copy of invoice")),
    AuditField("finsystem.invoice.paid", _("Went back to the balance"), show=money),
    AuditField("finsystem.invoice.to", _("Sent to")),
    AuditField("finsystem.invoices.issue", _("Issue them at once")),
    AuditField("finsystem.invoices.tell", _("Tell the clients of each")),
    AuditField("finsystem.table_mapping.columns", _("Columns"), show=_columns),
    AuditField("finsystem.statement.code", _("What was wrong"), words=REFUSED),
    AuditField("finsystem.statement.new", _("New lines")),
    AuditField("finsystem.statement.duplicate", _("Lines known before")),
    AuditField("finsystem.statement.lines", _("Lines")),
    AuditField("finsystem.statement.payments", _("Payments")),
    AuditField("finsystem.statement.decided", _("Decided by people")),
    AuditField("finsystem.line.learned", _("The payer’s account is remembered")),
    AuditField("finsystem.line.rule", _("Was decided"), show=_rule),
    AuditField("finsystem.lines.looked", _("Looked through")),
    AuditField("finsystem.lines.applied", _("Decided")),
    AuditField("finsystem.lines.waiting", _("Still wait")),
    *OF_RECONCILIATIONS,
    *OF_REMINDERS,
    *OF_WRITE_OFFS,
)
