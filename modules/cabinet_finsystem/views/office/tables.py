"""Loading tables of invoices and of opening balances: what their pages say, and who may."""

from __future__ import annotations

from typing import Any

from cabinet.web.table_pages import TableColumn, TableOption, TablePages
from cabinet_finsystem.texts import _

IMPORT = "finsystem:table:import"


def _write_invoices(fmt: Any, table: Any) -> str:
    n = table.report.created + table.report.updated
    if table.options.get("issue"):
        return str(fmt.plural(n, "Issue ${n} invoice", "Issue ${n} invoices", "cabinet_finsystem"))
    return str(fmt.plural(n, "Write ${n} invoice", "Write ${n} invoices", "cabinet_finsystem"))


def _write_balances(fmt: Any, table: Any) -> str:
    n = table.report.created
    return str(fmt.plural(n, "Write ${n} balance", "Write ${n} balances", "cabinet_finsystem"))


INVOICES = TablePages(
    kind="finsystem.invoices",
    route="finsystem.office.invoices",
    permission=IMPORT,
    home="finsystem.office.invoices",
    title=_("Invoices"),
    heading=_("Load invoices"),
    columns=(
        TableColumn(
            "external_id",
            _("Code of the invoice in your other system. Rows with one code are lines of one invoice."),
            required=True,
        ),
        TableColumn("client", _("Code of the client, as in the table of clients."), required=True),
        TableColumn("date, price", _("Date of the invoice; price of one unit of the line."), required=True),
        TableColumn("contract, due", _("Code of the contract; the last day to pay.")),
        TableColumn("number", _("Taken as it is. Empty: the next number is given when the invoice is issued.")),
        TableColumn("description", _("What is sold.")),
        TableColumn("quantity, unit", _("How much of it; empty: 1.")),
        TableColumn(
            "vat_rate, vat_included",
            _("Rate in per cent, or “without VAT”; yes where the price holds the tax, else no."),
        ),
        TableColumn("article", _("Article of income. One that is not there is added under Income.")),
        TableColumn("currency", _("Three letters; empty: the currency of your company.")),
    ),
    sample=(
        (
            *("external_id", "client", "contract", "number", "date", "due", "description", "quantity", "unit", "price"),
            *("vat_rate", "vat_included", "article", "currency"),
        ),
    ),
    write=_write_invoices,
    note=_("Loading the same table again brings drafts up to date and leaves issued invoices as they are."),
    options=(
        TableOption(
            "issue",
            _("Issue them at once"),
            _("Numbers are taken, charges are posted on the dates of the invoices. Otherwise they become drafts."),
        ),
        TableOption(
            "tell",
            _("Tell the clients of each"),
            _(
                "Only of invoices that are issued. How many letters that makes, you will see before anything is written."
            ),
        ),
    ),
)
BALANCES = TablePages(
    kind="finsystem.balances",
    route="finsystem.office.openings",
    permission=IMPORT,
    home="finsystem.office.payments",
    title=_("Payments"),
    heading=_("Load opening balances"),
    columns=(
        TableColumn("client", _("Code of the client, as in the table of clients."), required=True),
        TableColumn("date", _("The day that the balance is of, before your first invoices here."), required=True),
        TableColumn(
            "amount",
            _("With a minus: the client owes you. Without: he has paid ahead and you owe him."),
            required=True,
        ),
        TableColumn("currency", _("Three letters; empty: the currency of your company.")),
    ),
    sample=(("client", "currency", "date", "amount"),),
    write=_write_balances,
    note=_("One balance a client and currency. Loading the same table again changes nothing."),
)
