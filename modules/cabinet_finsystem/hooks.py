"""What finsystem brings."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, InitialStep, JobKind, MenuItem, Permission
from cabinet.plugins.hookspecs import hookimpl
from cabinet_finsystem.texts import _


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Managers load statements and decide about their lines; so may the head."""
    return [
        Permission("finsystem:statement:view", _("See bank statements"), ("manager", "head")),
        Permission("finsystem:statement:import", _("Load bank statements"), ("manager", "head")),
        Permission("finsystem:statement:decide", _("Decide what a bank line is"), ("manager", "head")),
    ]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon articles, periods, invoices, payments and statements."""
    return [
        AuditAction("finsystem.article.created", _("Article added")),
        AuditAction("finsystem.article.changed", _("Article changed")),
        AuditAction("finsystem.article.archived", _("Article put away")),
        AuditAction("finsystem.article.restored", _("Article offered again")),
        AuditAction("finsystem.article_rule.added", _("Rule for an article added")),
        AuditAction("finsystem.article_rule.changed", _("Rule for an article changed")),
        AuditAction("finsystem.article_rule.removed", _("Rule for an article removed")),
        AuditAction("finsystem.article_rule.moved", _("Rule for an article moved")),
        AuditAction("finsystem.period.closed", _("Period closed")),
        AuditAction("finsystem.period.reopened", _("Period opened again")),
        AuditAction("finsystem.invoice.drafted", _("Invoice drafted")),
        AuditAction("finsystem.invoice.changed", _("Draft of an invoice changed")),
        AuditAction("finsystem.invoice.discarded", _("Draft of an invoice thrown away")),
        AuditAction("finsystem.invoice.issued", _("Invoice issued")),
        AuditAction("finsystem.invoice.voided", _("Invoice voided")),
        AuditAction("finsystem.payment.entered", _("Payment entered by hand")),
        AuditAction("finsystem.payment.opening", _("Opening balance entered")),
        AuditAction("finsystem.payment.written_off", _("Debt written off")),
        AuditAction("finsystem.payment.allocated", _("Payment put onto invoices")),
        AuditAction("finsystem.payment.reversed", _("Payment taken back")),
        AuditAction("finsystem.allocation.undone", _("Money taken back from an invoice")),
        AuditAction("finsystem.statement.received", _("Statement file received")),
        AuditAction("finsystem.statement.refused", _("Statement file refused")),
        AuditAction("finsystem.statement.discarded", _("Loading of a statement called off")),
        AuditAction("finsystem.statement.imported", _("Statement written")),
        AuditAction("finsystem.line.credited", _("Line decided: a client's payment")),
        AuditAction("finsystem.line.sorted", _("Line decided: an article")),
        AuditAction("finsystem.line.transferred", _("Line decided: a transfer of our own")),
        AuditAction("finsystem.line.undone", _("Decision about a line taken back")),
    ]


@hookimpl
def cabinet_initial_data() -> list[InitialStep]:
    """A new site has the usual tree of articles, in the site's language."""

    def fill(request: Any) -> None:
        from cabinet_finsystem.interfaces import IArticles

        request.find_service(IArticles).seed(request.registry.settings["cabinet.settings"].site.locale)

    return [InitialStep(20, fill)]


@hookimpl
def cabinet_jobs() -> list[JobKind]:
    """Invoices are printed, statements read and written in the background."""
    from cabinet_finsystem.jobs import import_statement, preview_statement, print_invoice

    return [
        JobKind("finsystem.print_invoice", _("Print an invoice"), print_invoice),
        JobKind("finsystem.preview_statement", _("Reading the statement"), preview_statement),
        JobKind("finsystem.import_statement", _("Writing the statement"), import_statement),
    ]


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """Money of the office, and a client's own."""

    def waiting(request: Any) -> int | None:
        from cabinet_finsystem.interfaces import IStatementQueue

        return request.find_service(IStatementQueue).counts()[0] or None

    money, right = _("Money"), "finsystem:statement:view"
    statements, queue = "finsystem.office.statements", "finsystem.office.queue"
    return [
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
    ]


@hookimpl
def cabinet_commands() -> list[object]:
    """Invoices, opening balances and statements from the command line."""
    from cabinet_finsystem.commands.balance import balance
    from cabinet_finsystem.commands.invoice import invoice
    from cabinet_finsystem.commands.statement import statement

    return [balance, invoice, statement]
