"""Routes of finsystem, area by area."""

from __future__ import annotations

from typing import Any

from cabinet.web.proving import password_asked, password_if_given
from cabinet_finsystem import resources
from cabinet_finsystem.views.office.tables import BALANCES, INVOICES


def office(config: Any) -> None:
    """Money as managers and the head work with it."""
    _invoices(config)
    _corrections(config.add_area_route)
    _acts(config.add_area_route)
    _payments(config)
    _statements(config.add_area_route)
    _reconciliations(config.add_area_route)
    _periods(config.add_area_route)
    _reports(config.add_area_route)
    _articles(config.add_area_route)
    _items(config.add_area_route)
    _recurring(config.add_area_route)
    _dunning(config.add_area_route)
    _write_offs(config.add_area_route)


def my(config: Any) -> None:
    """What a client owes, has paid, and has with us."""
    add = config.add_area_route
    add("finsystem.my.invoices", "/invoices")
    add("finsystem.my.payments", "/invoices/payments")
    add("finsystem.my.account", "/invoices/account")
    add("finsystem.my.pay", "/invoices/pay")
    _own_reconciliations(add)
    add("finsystem.my.acts", "/invoices/acts")
    add("finsystem.my.act", "/invoices/acts/{act}", load=resources.own_act)
    add("finsystem.my.act.pdf", "/invoices/acts/{act}/pdf", load=resources.own_act)
    add("finsystem.my.correction.pdf", "/invoices/corrections/{correction}/pdf", load=resources.own_correction)
    add("finsystem.my.invoice", "/invoices/{invoice}", load=resources.own_invoice)
    add("finsystem.my.invoice.pdf", "/invoices/{invoice}/pdf", load=resources.own_invoice)


def _invoices(config: Any) -> None:
    add = config.add_area_route
    add("finsystem.office.invoices", "/invoices")
    add("finsystem.office.invoices.issue", "/invoices/issue")
    add("finsystem.office.invoices.many", "/invoices/many")
    add("finsystem.office.bulk", "/invoices/many/{bulk}", load=resources.bulk)
    add("finsystem.office.bulk.void", "/invoices/many/{bulk}/void", load=resources.bulk)
    config.add_table_pages(INVOICES, "/invoices")
    add("finsystem.office.invoice.new", "/invoices/new")
    add("finsystem.office.invoice.sums", "/invoices/sums")
    add("finsystem.office.invoice.terms", "/invoices/terms")
    add("finsystem.office.invoice.clients", "/invoices/clients")
    add("finsystem.office.invoice.items", "/invoices/items")
    add("finsystem.office.invoice.line", "/invoices/line")
    add("finsystem.office.invoice", "/invoices/{invoice}", load=resources.invoice)
    add("finsystem.office.invoice.edit", "/invoices/{invoice}/edit", load=resources.invoice)
    add("finsystem.office.invoice.issue", "/invoices/{invoice}/issue", load=resources.invoice)
    add("finsystem.office.invoice.copy", "/invoices/{invoice}/copy", load=resources.invoice)
    add("finsystem.office.invoice.write_off", "/invoices/{invoice}/write_off", load=resources.invoice)
    add("finsystem.office.invoice.discard", "/invoices/{invoice}/discard", load=resources.invoice)
    add("finsystem.office.invoice.void", "/invoices/{invoice}/void", load=resources.invoice)
    add("finsystem.office.invoice.pay", "/invoices/{invoice}/pay", load=resources.invoice)
    add("finsystem.office.invoice.send", "/invoices/{invoice}/send", load=resources.invoice)
    add("finsystem.office.invoice.pdf", "/invoices/{invoice}/pdf", load=resources.invoice)


def _corrections(add: Any) -> None:
    add("finsystem.office.correction.new", "/invoices/{invoice}/correction", load=resources.invoice)
    add("finsystem.office.correction.effect", "/invoices/{invoice}/correction/effect", load=resources.invoice)
    add("finsystem.office.correction", "/invoices/corrections/{correction}", load=resources.correction)
    for verb in ("edit", "issue", "discard", "void", "send", "pdf"):
        path = f"/invoices/corrections/{{correction}}/{verb}"
        add(f"finsystem.office.correction.{verb}", path, load=resources.correction)


def _acts(add: Any) -> None:
    add("finsystem.office.acts", "/acts")
    add("finsystem.office.acts.issue", "/acts/issue")
    add("finsystem.office.act.new", "/invoices/{invoice}/act", load=resources.invoice)
    add("finsystem.office.act", "/acts/{act}", load=resources.act)
    for verb in ("issue", "discard", "void", "send", "pdf"):
        add(f"finsystem.office.act.{verb}", f"/acts/{{act}}/{verb}", load=resources.act)


def _payments(config: Any) -> None:
    add = config.add_area_route
    add("finsystem.office.payments", "/payments")
    add("finsystem.office.payment.new", "/payments/new")
    add("finsystem.office.payment.opening", "/payments/opening")
    config.add_table_pages(BALANCES, "/payments/opening")
    add("finsystem.office.payment", "/payments/{payment}", load=resources.payment)
    add("finsystem.office.payment.allocate", "/payments/{payment}/allocate", load=resources.payment)
    add("finsystem.office.payment.keep", "/payments/{payment}/keep", load=resources.payment)
    add("finsystem.office.payment.reverse", "/payments/{payment}/reverse", load=resources.payment)
    one = "/payments/{payment}/allocations/{allocation}"
    add("finsystem.office.allocation.undo", f"{one}/undo", load=resources.payment)
    add("finsystem.office.allocation.restore", f"{one}/restore", load=resources.payment)


def _statements(add: Any) -> None:
    add("finsystem.office.statements", "/statements", uploads=True)
    add("finsystem.office.lines", "/statements/lines")
    add("finsystem.office.mappings", "/statements/columns")
    add("finsystem.office.mapping", "/statements/columns/{mapping}", load=resources.mapping)
    add("finsystem.office.mapping.remove", "/statements/columns/{mapping}/remove", load=resources.mapping)
    add("finsystem.office.mapping.restore", "/statements/columns/{mapping}/restore", load=resources.mapping)
    add("finsystem.office.queue", "/statements/queue")
    add("finsystem.office.queue.again", "/statements/queue/again")
    add("finsystem.office.line", "/statements/lines/{line}", load=resources.line)
    add("finsystem.office.line.credit", "/statements/lines/{line}/credit", load=resources.line)
    add("finsystem.office.line.split", "/statements/lines/{line}/split", load=resources.line)
    add("finsystem.office.line.sort", "/statements/lines/{line}/sort", load=resources.line)
    add("finsystem.office.line.transfer", "/statements/lines/{line}/transfer", load=resources.line)
    add("finsystem.office.line.undo", "/statements/lines/{line}/undo", load=resources.line)
    add("finsystem.office.statement", "/statements/{file}", load=resources.statement_file)
    add("finsystem.office.statement.columns", "/statements/{file}/columns", load=resources.statement_file)
    add(
        "finsystem.office.statement.accounts",
        "/statements/{file}/accounts",
        load=resources.statement_file,
        before=password_if_given,
    )
    add("finsystem.office.statement.again", "/statements/{file}/again", load=resources.statement_file)
    add("finsystem.office.statement.import", "/statements/{file}/import", load=resources.statement_file)
    add("finsystem.office.statement.release", "/statements/{file}/release", load=resources.statement_file)
    add("finsystem.office.statement.undo", "/statements/{file}/undo", load=resources.statement_file)
    add("finsystem.office.statement.discard", "/statements/{file}/discard", load=resources.statement_file)


def _periods(add: Any) -> None:
    add("finsystem.office.periods", "/periods")
    add("finsystem.office.periods.close", "/periods/close")
    add("finsystem.office.periods.reopen", "/periods/reopen", before=password_asked)


def _reconciliations(add: Any) -> None:
    add("finsystem.office.reconciliations", "/reconciliations")
    add("finsystem.office.reconciliation.new", "/reconciliations/new")
    add("finsystem.office.reconciliation.send", "/reconciliations/send")
    one = "/reconciliations/{reconciliation}"
    add("finsystem.office.reconciliation", one, load=resources.reconciliation)
    for verb in ("pdf", "withdraw", "restore"):
        add(f"finsystem.office.reconciliation.{verb}", f"{one}/{verb}", load=resources.reconciliation)
    for verb in ("answer", "reopen"):
        path = f"{one}/remarks/{{remark}}/{verb}"
        add(f"finsystem.office.reconciliation.{verb}", path, load=resources.reconciliation)


def _own_reconciliations(add: Any) -> None:
    add("finsystem.my.reconciliations", "/invoices/reconciliations")
    one = "/invoices/reconciliations/{reconciliation}"
    add("finsystem.my.reconciliation", one, load=resources.reconciliation)
    for verb in ("pdf", "sign", "dispute"):
        add(f"finsystem.my.reconciliation.{verb}", f"{one}/{verb}", load=resources.reconciliation)
    back = f"{one}/remarks/{{remark}}/take_back"
    add("finsystem.my.reconciliation.take_back", back, load=resources.reconciliation)


def _reports(add: Any) -> None:
    add("finsystem.office.reports.pnl", "/reports/pnl")
    add("finsystem.office.reports.pnl.letter", "/reports/pnl/letter")
    add("finsystem.office.reports.revenue", "/reports/revenue")
    add("finsystem.office.reports.money", "/reports/money")
    add("finsystem.office.reports.receivables", "/reports/receivables")
    add("finsystem.office.reports.balances", "/reports/balances")


def _articles(add: Any) -> None:
    add("finsystem.office.articles", "/articles")
    add("finsystem.office.article.new", "/articles/new")
    add("finsystem.office.rules", "/articles/rules")
    add("finsystem.office.rule.new", "/articles/rules/new")
    add("finsystem.office.rule", "/articles/rules/{rule}", load=resources.rule)
    for verb in ("place", "switch", "remove", "back"):
        add(f"finsystem.office.rule.{verb}", f"/articles/rules/{{rule}}/{verb}", load=resources.rule)
    add("finsystem.office.rule.restore", "/articles/rules/{rule}/restore", load=resources.removed_rule)
    add("finsystem.office.matching", "/articles/matching")
    add("finsystem.office.matching.caution", "/articles/matching/{caution}")
    for verb in ("forget", "remember"):
        add(f"finsystem.office.payer.{verb}", f"/articles/payers/{{payer}}/{verb}", load=resources.payer)
    add("finsystem.office.article", "/articles/{article}", load=resources.article)
    for verb in ("place", "archive", "restore", "remove"):
        add(f"finsystem.office.article.{verb}", f"/articles/{{article}}/{verb}", load=resources.article)


def _items(add: Any) -> None:
    add("finsystem.office.items", "/items")
    add("finsystem.office.item.new", "/items/new")
    add("finsystem.office.item", "/items/{item}", load=resources.item)
    add("finsystem.office.item.archive", "/items/{item}/archive", load=resources.item)
    add("finsystem.office.item.restore", "/items/{item}/restore", load=resources.item)


def _recurring(add: Any) -> None:
    add("finsystem.office.recurrings", "/recurring")
    add("finsystem.office.recurrings.next", "/recurring/next")
    add("finsystem.office.recurrings.run", "/recurring/run")
    add("finsystem.office.recurring.new", "/recurring/of/{contract}/new", load=resources.contract)
    add("finsystem.office.recurring", "/recurring/{recurring}", load=resources.recurring)
    for verb in ("edit", "price", "pause", "resume"):
        add(f"finsystem.office.recurring.{verb}", f"/recurring/{{recurring}}/{verb}", load=resources.recurring)
    add("finsystem.office.recurring.again", "/recurring/bills/{bill}/again", load=resources.recurring_bill)


def _dunning(add: Any) -> None:
    add("finsystem.office.dunning", "/dunning")
    add("finsystem.office.dunning.switch", "/dunning/switch")
    add("finsystem.office.dunning.step.new", "/dunning/new")
    add("finsystem.office.dunning.step", "/dunning/{step}", load=resources.dunning_step)
    for verb in ("switch", "back", "remove", "restore"):
        add(f"finsystem.office.dunning.step.{verb}", f"/dunning/{{step}}/{verb}", load=resources.dunning_step)
    for verb in ("leave_out", "take_in", "remind"):
        add(f"finsystem.office.dunning.{verb}", f"/dunning/clients/{{client}}/{verb}", load=resources.client)


def _write_offs(add: Any) -> None:
    add("finsystem.office.write_offs", "/write-offs/list")
    add("finsystem.office.write_off_rules", "/write-offs")
    add("finsystem.office.write_off_rule", "/write-offs/rules/{currency}", load=resources.currency)
    for verb in ("switch", "back"):
        add(
            f"finsystem.office.write_off_rule.{verb}", f"/write-offs/rules/{{currency}}/{verb}", load=resources.currency
        )
    for verb in ("leave_out", "take_in"):
        add(f"finsystem.office.write_offs.{verb}", f"/write-offs/clients/{{client}}/{verb}", load=resources.client)
