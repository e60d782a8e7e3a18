"""Loading tables of clients and contracts: what their pages say, and who may."""

from __future__ import annotations

from typing import Any

from cabinet.web.table_pages import TableColumn, TablePages
from cabinet_client_manager.texts import _

IMPORT = "client_manager:client:import"


def _write(fmt: Any, table: Any) -> str:
    n = table.report.created + table.report.updated
    return str(fmt.plural(n, "Write ${n} row", "Write ${n} rows", "cabinet_client_manager"))


_NOTE = _("An empty cell changes nothing. Loading the same table again changes nothing either.")
CLIENTS = TablePages(
    kind="client_manager.clients",
    route="client_manager.office.clients",
    permission=IMPORT,
    home="client_manager.office.clients",
    title=_("Clients"),
    heading=_("Load clients"),
    columns=(
        TableColumn(
            "external_id",
            _("Code of the client in your other system; by it the client is found when the table is loaded again."),
            required=True,
        ),
        TableColumn("name", _("Short name."), required=True),
        TableColumn("inn, kpp, ogrn", _("Their check digits are counted.")),
        TableColumn(
            "account, bic",
            _("One account or several with spaces between: 20 digits or an IBAN. The BIC belongs to the 20 digits."),
        ),
        TableColumn("email, phone, address", _("As you keep them.")),
        TableColumn("manager_email", _("Address of a colleague who works in this cabinet.")),
        TableColumn("full_name, postal_address, language, tags, note", _("If you have them.")),
    ),
    sample=(
        (
            *("external_id", "name", "inn", "kpp", "ogrn", "email", "phone", "address", "account", "bic"),
            "manager_email",
        ),
    ),
    write=_write,
    note=_NOTE,
)
CONTRACTS = TablePages(
    kind="client_manager.contracts",
    route="client_manager.office.contracts",
    permission=IMPORT,
    home="client_manager.office.contracts",
    title=_("Contracts"),
    heading=_("Load contracts"),
    columns=(
        TableColumn(
            "external_id",
            _("Code of the contract in your other system; by it the contract is found when the table is loaded again."),
            required=True,
        ),
        TableColumn("client", _("Code of the client, as in the table of clients."), required=True),
        TableColumn("number, date", _("Number and date of the contract."), required=True),
        TableColumn("valid_to, subject, amount, currency", _("Its last day, what it is about, how much.")),
        TableColumn(
            "kind", _("What you sort contracts by: service, rent, delivery. News can be for clients with one.")
        ),
        TableColumn("status", _("draft, active, suspended, expired or terminated; empty: active.")),
        TableColumn("payment_days, charges", _("Days to pay; invoice or act.")),
    ),
    sample=(("external_id", "client", "number", "date", "valid_to", "subject", "amount", "currency", "status"),),
    write=_write,
    note=_NOTE,
)
