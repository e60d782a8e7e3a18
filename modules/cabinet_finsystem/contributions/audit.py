"""Acts that the trail tells."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditAction
from cabinet_finsystem.texts import _


def audit_actions() -> list[AuditAction]:
    """Acts upon articles, periods, invoices, payments and statements."""
    return [
        AuditAction("finsystem.article.created", _("Article added")),
        AuditAction("finsystem.article.changed", _("Article changed")),
        AuditAction("finsystem.article.archived", _("Article put away")),
        AuditAction("finsystem.article.restored", _("Article offered again")),
        AuditAction("finsystem.article.removed", _("Article removed")),
        AuditAction("finsystem.article_rule.added", _("Rule for an article added")),
        AuditAction("finsystem.article_rule.changed", _("Rule for an article changed")),
        AuditAction("finsystem.article_rule.restored", _("Article rule restored")),
        AuditAction("finsystem.article_rule.removed", _("Rule for an article removed")),
        AuditAction("finsystem.article_rule.moved", _("Rule for an article moved")),
        AuditAction("finsystem.period.closed", _("Period closed")),
        AuditAction("finsystem.period.reopened", _("Period opened again")),
        AuditAction("finsystem.invoice.drafted", _("Invoice drafted")),
        AuditAction("finsystem.invoice.changed", _("Draft of an invoice changed")),
        AuditAction("finsystem.invoice.discarded", _("Draft of an invoice thrown away")),
        AuditAction("finsystem.invoice.issued", _("Invoice issued")),
        AuditAction("finsystem.invoice.voided", _("Invoice voided")),
        AuditAction("finsystem.invoice.sent", _("Invoice sent by mail")),
        AuditAction("finsystem.payment.entered", _("Payment entered by hand")),
        AuditAction("finsystem.payment.opening", _("Opening balance entered")),
        AuditAction("finsystem.payment.written_off", _("Small difference written off")),
        AuditAction("finsystem.payment.allocated", _("Payment put onto invoices")),
        AuditAction("finsystem.payment.reversed", _("Payment taken back")),
        AuditAction("finsystem.allocation.undone", _("Money taken back from an invoice")),
        AuditAction("finsystem.statement.received", _("Statement file received")),
        AuditAction("finsystem.statement.refused", _("Statement file refused")),
        AuditAction("finsystem.statement.resumed", _("Refused statement file read again")),
        AuditAction("finsystem.statement.confirmed", _("Statement looked at, writing it begun")),
        AuditAction("finsystem.statement.discarded", _("Loading of a statement called off")),
        AuditAction("finsystem.statement.imported", _("Statement written")),
        AuditAction("finsystem.statement.asked_back", _("Statement looked at, taking it back begun")),
        AuditAction("finsystem.statement.taken_back", _("Imported statement taken back")),
        AuditAction("finsystem.statement.released", _("Held statement confirmed and applied")),
        AuditAction("finsystem.table_mapping.saved", _("Columns of a bank's table named")),
        AuditAction("finsystem.table_mapping.removed", _("Columns of a bank's table forgotten")),
        AuditAction("finsystem.table_mapping.restored", _("Columns of a bank's table known again")),
        AuditAction("finsystem.caution.asked", _("Matching asks about such payments first")),
        AuditAction("finsystem.caution.trusted", _("Matching applies such payments by itself")),
        AuditAction("finsystem.payer.forgotten", _("Remembered payer forgotten")),
        AuditAction("finsystem.payer.remembered", _("Payer remembered again")),
        AuditAction("finsystem.line.credited", _("Line decided: a client's payment")),
        AuditAction("finsystem.line.split", _("Line decided: a payment for several clients")),
        AuditAction("finsystem.line.sorted", _("Line decided: an article")),
        AuditAction("finsystem.line.transferred", _("Line decided: a transfer of our own")),
        AuditAction("finsystem.lines.rematched", _("Lines that waited matched again")),
        AuditAction("finsystem.line.undone", _("Decision about a line taken back")),
    ]
