"""The office's contracts: the list, one contract, writing down and changing, its life."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IAuditLog, IClock
from cabinet.web.answers import go, say
from cabinet.web.listing import Column, Listing
from cabinet.web.slots import slot
from cabinet_client_manager.forms.contracts import ContractForm
from cabinet_client_manager.interfaces import ClientCard, ContractRow, IContracts
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import STATUSES
from cabinet_client_manager.views.history import timeline

VIEW = "client_manager:contract:view"
EDIT = "client_manager:contract:edit"
FORM = "cabinet_client_manager:templates/office/contract_form.pt"

STATES = {
    "draft": ("draft", _("Draft")),
    "active": ("done", _("In force")),
    "suspended": ("part", _("Suspended")),
    "expired": ("off", _("Expired")),
    "terminated": ("off", _("Terminated")),
}
ACTS = {
    "active": _("Put in force"),
    "suspended": _("Suspend"),
    "terminated": _("Terminate"),
}
_DONE = {
    "active": _("The contract is in force."),
    "suspended": _("The contract is suspended."),
    "terminated": _("The contract is terminated."),
}


def _amount(row: ContractRow) -> Money | None:
    return None if row.facts.amount is None else Money(row.facts.amount, row.facts.currency)


COLUMNS = (
    Column("number", _("Number"), lambda row: row.facts.number, sortable=True),
    Column("client", _("Client"), lambda row: row.client_name, sortable=True),
    Column("date", _("Date"), lambda row: row.facts.date, sortable=True),
    Column("valid_to", _("In force until"), lambda row: row.facts.valid_to, sortable=True),
    Column("kind", _("Kind of contract"), lambda row: row.facts.kind),
    Column("subject", _("Subject"), lambda row: row.facts.subject),
    Column("amount", _("Amount"), _amount, numeric=True),
    Column("status", _("Status"), lambda row: row.status),
)


@view_config(
    route_name="client_manager.office.contracts",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_client_manager:templates/office/contracts.pt",
)
def contracts(request: Any) -> Any:
    """All contracts, the newest first."""
    service = request.find_service(IContracts)
    listing = Listing(request, COLUMNS, service.page, filters=("status",), default="-date", file_name="contracts")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("status")
    segments = [
        {"title": STATES[status][1], "href": listing.url(status=status), "current": chosen == status}
        for status in STATUSES
    ]
    everything = {"title": _("All"), "href": listing.url(status=None), "current": chosen is None}
    return {"listing": listing, "states": STATES, "segments": [everything, *segments]}


@view_config(
    route_name="client_manager.office.contract",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_client_manager:templates/office/contract.pt",
)
def contract(request: Any) -> dict[str, Any]:
    """One contract with its life."""
    row: ContractRow = request.context.subject
    entities = {entity.id: entity for entity in request.find_service(ILegalEntities).all()}
    return {
        "contract": row,
        "state": STATES[row.status],
        "our_side": entities.get(row.facts.legal_entity_id),
        "acts": [(status, ACTS[status]) for status in request.find_service(IContracts).next_statuses(row)],
        "may_edit": request.has_permission(EDIT),
        "main": slot(request, "client_manager.contract.main", row),
        "events": timeline(request, request.find_service(IAuditLog).of("contract", row.public_id), of_one=True),
    }


@view_config(
    route_name="client_manager.office.contract.new", request_method=("GET", "POST"), permission=EDIT, renderer=FORM
)
def new_contract(request: Any) -> Any:
    """Write a contract down: as a draft, or in force at once."""
    card: ClientCard = request.context.subject
    entities = request.find_service(ILegalEntities).all()
    form = ContractForm(request, entities)
    if request.method == "GET":
        form.date.data = request.find_service(IClock).today()
        form.currency.data = entities[0].currency if entities else "RUB"
    elif form.submitted():
        with form.catching():
            status = "active" if "activate" in request.POST else "draft"
            row = request.find_service(IContracts).add(card.client_id, form.facts(), status=status)
            say(request, _("Contract ${number} is added."), number=row.facts.number)
            return go(request, "client_manager.office.contract", contract=row.public_id.hex)
    return _form_page(request, form, card.name, card.public_id, None)


@view_config(
    route_name="client_manager.office.contract.edit", request_method=("GET", "POST"), permission=EDIT, renderer=FORM
)
def edit_contract(request: Any) -> Any:
    """Change its terms."""
    row: ContractRow = request.context.subject
    form = ContractForm(request, request.find_service(ILegalEntities).all(), row.facts)
    if form.submitted():
        with form.catching():
            changed = request.find_service(IContracts).change(row.contract_id, form.facts())
            say(request, _("Saved.") if changed else _("Nothing had changed."))
            return go(request, "client_manager.office.contract", contract=row.public_id.hex)
    return _form_page(request, form, row.client_name, row.client_public_id, row)


@view_config(route_name="client_manager.office.contract.status", request_method="POST", permission=EDIT)
def set_status(request: Any) -> Any:
    """Lead a contract on."""
    row: ContractRow = request.context.subject
    status = request.matchdict["status"]
    service = request.find_service(IContracts)
    service.set_status(row.contract_id, status)
    undo = None
    if row.status in service.next_statuses(service.get(row.contract_id)):
        undo = request.route_path(
            "client_manager.office.contract.status", contract=row.public_id.hex, status=row.status
        )
    say(request, _DONE[status], undo=undo)
    return go(request, "client_manager.office.contract", contract=row.public_id.hex)


def _form_page(
    request: Any, form: ContractForm, client_name: str, client_id: Any, row: ContractRow | None
) -> dict[str, Any]:
    kinds = request.find_service(IContracts).kinds()
    return {"form": form, "client_name": client_name, "client_id": client_id, "contract": row, "kinds": kinds}
