"""The office's clients: the list, the card, adding and changing."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.interfaces import IAccess, IAuditLog, IClock, IPeople
from cabinet.preferences import effective
from cabinet.web.answers import go, say
from cabinet.web.listing import Column, Listing, chips
from cabinet.web.menu import initials
from cabinet.web.slots import slot
from cabinet_client_manager.forms.clients import ClientForm
from cabinet_client_manager.interfaces import (
    ClientCard,
    DuplicateClientError,
    IClientCards,
    IContacts,
    IContracts,
)
from cabinet_client_manager.texts import _
from cabinet_client_manager.views.answers import to_client
from cabinet_client_manager.views.contracts import STATES
from cabinet_client_manager.views.history import timeline

VIEW = "client_manager:client:view"
EDIT = "client_manager:client:edit"
VIEW_AS = "core:contact:view_as"
SLOT = "client_manager.client_card"
RECENT, ALL = 6, 300

COLUMNS = (
    Column("name", _("Client"), lambda row: row.name, sortable=True),
    Column("external_id", _("Code"), lambda row: row.external_id),
    Column("inn", _("INN"), lambda row: row.inn, sortable=True),
    Column("kpp", _("KPP"), lambda row: row.kpp),
    Column("manager", _("Manager"), lambda row: row.manager_name, sortable=True),
    Column("phone", _("Phone"), lambda row: row.phone),
    Column("email", _("E-mail"), lambda row: row.email),
    Column("contracts", _("Contracts in force"), lambda row: row.contracts, numeric=True),
    Column("tags", _("Tags"), lambda row: ", ".join(row.tags)),
)


@view_config(
    route_name="client_manager.office.clients",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_client_manager:templates/office/clients.pt",
)
def clients(request: Any) -> Any:
    """Everybody served, found by whatever people remember of them."""
    cards = request.find_service(IClientCards)
    listing = Listing(
        request, COLUMNS, cards.page, filters=("manager", "state", "tag"), default="name", file_name="clients"
    )
    if (answer := listing.export()) is not None:
        return answer
    managers = request.find_service(IPeople).staff("manager", "head")
    names = {user.public_id.hex: user.name for user in managers}
    shown = {**names, "none": request.localizer.translate(_("nobody"))}
    return {
        "listing": listing,
        "managers": managers,
        "tags": cards.tags(),
        "chips": chips(listing, {"manager": _("Manager"), "tag": _("Tag")}, shown),
        "initials": initials,
    }


@view_config(
    route_name="client_manager.office.client",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_client_manager:templates/office/client.pt",
)
def client(request: Any) -> dict[str, Any]:
    """The card: what this client is to us, on one page."""
    card: ClientCard = request.context.subject
    contacts = request.find_service(IContacts).of_client(card.client_id)
    return {
        **_frame(request, card, "overview"),
        "contracts": request.find_service(IContracts).of_client(card.client_id),
        "states": STATES,
        "contacts": contacts,
        "may_view_as": request.has_permission(VIEW_AS),
        "with_access": sum(line.access != "none" for line in contacts),
        "main": slot(request, f"{SLOT}.main", card),
        "side": slot(request, f"{SLOT}.side", card),
        "events": timeline(request, request.find_service(IAuditLog).of_client(card.client_id, RECENT)),
    }


@view_config(
    route_name="client_manager.office.client.requisites",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_client_manager:templates/office/client_requisites.pt",
)
def requisites(request: Any) -> dict[str, Any]:
    """All that documents of this client print."""
    card: ClientCard = request.context.subject
    return {
        **_frame(request, card, "requisites"),
        "namesakes": request.find_service(IClientCards).namesakes(card),
    }


@view_config(
    route_name="client_manager.office.client.history",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_client_manager:templates/office/client_history.pt",
)
def history(request: Any) -> dict[str, Any]:
    """Who changed what of this client."""
    card: ClientCard = request.context.subject
    entries = request.find_service(IAuditLog).of_client(card.client_id, ALL)
    return {**_frame(request, card, "history"), "events": timeline(request, entries)}


@view_config(
    route_name="client_manager.office.client.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer="cabinet_client_manager:templates/office/client_form.pt",
)
def new_client(request: Any) -> Any:
    """Write a client down."""
    form = ClientForm(request, _managers_to_be(request), unassigned=_may_be_nobodys(request))
    twin = None
    if request.method == "GET":
        form.manager.data = request.identity.public_id.hex
        form.language.data = effective(request).site.locale
    elif form.submitted():
        with form.catching():
            try:
                card = request.find_service(IClientCards).add(form.facts(), external_id=form.external_id.data or None)
            except DuplicateClientError as error:
                twin = _twin(request, error)
                raise
            say(request, _("${name} is added."), name=card.name)
            _warn_of_accounts(request, form)
            return to_client(request, card.public_id)
    return {"form": form, "client": None, "twin": twin}


@view_config(
    route_name="client_manager.office.client.edit",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer="cabinet_client_manager:templates/office/client_form.pt",
)
def edit_client(request: Any) -> Any:
    """Change what is written down."""
    card: ClientCard = request.context.subject
    managers = request.find_service(IPeople).staff("manager", "head")
    form = ClientForm(request, managers, card.facts)
    del form.external_id
    twin = None
    if request.method == "POST" and form.submitted():
        with form.catching():
            try:
                changed = request.find_service(IClientCards).change(card.client_id, form.facts())
            except DuplicateClientError as error:
                twin = _twin(request, error)
                raise
            say(request, _("Saved.") if changed else _("Nothing had changed."))
            _warn_of_accounts(request, form)
            if request.find_service(IClientBook).by_public_id(card.public_id) is None:
                return go(request, "client_manager.office.clients")  # it is another manager's by now
            return to_client(request, card.public_id)
    return {"form": form, "client": card, "twin": twin}


@view_config(route_name="client_manager.office.client.archive", request_method="POST", permission=EDIT)
def archive(request: Any) -> Any:
    """Put a client away."""
    card: ClientCard = request.context.subject
    request.find_service(IClientCards).archive(card.client_id)
    undo = request.route_path("client_manager.office.client.restore", client=card.public_id.hex)
    say(request, _("${name} is in the archive. People of this client cannot come in."), undo=undo, name=card.name)
    return go(request, "client_manager.office.clients")


@view_config(route_name="client_manager.office.client.restore", request_method="POST", permission=EDIT)
def restore(request: Any) -> Any:
    """Take a client out of the archive."""
    card: ClientCard = request.context.subject
    request.find_service(IClientCards).restore(card.client_id)
    say(request, _("${name} is served again."), name=card.name)
    return to_client(request, card.public_id)


def _managers_to_be(request: Any) -> list[Any]:
    """Whose a new client may be: who sees his own alone writes no clients down for others."""
    people: IPeople = request.find_service(IPeople)
    if request.context.limited:
        return [people.get(request.identity.user_id)]
    staff: list[Any] = people.staff("manager", "head")
    return staff


def _may_be_nobodys(request: Any) -> bool:
    """Whether the person would still see a client that has no manager."""
    return not request.context.limited or bool(request.find_service(IAccess).rules().unassigned)


def _frame(request: Any, card: ClientCard, current: str) -> dict[str, Any]:
    """The head of the card and its tabs, the same on each of its pages."""
    own = (
        ("overview", _("Overview"), "client_manager.office.client"),
        ("requisites", _("Requisites"), "client_manager.office.client.requisites"),
        ("history", _("History"), "client_manager.office.client.history"),
    )
    tabs = [
        {"title": title, "href": request.route_path(route, client=card.public_id.hex), "current": key == current}
        for key, title, route in own
    ]
    others = [dict(fragment.variables) for fragment in slot(request, f"{SLOT}.tabs", card)]
    return {
        "client": card,
        "initials": initials(card.name),
        "tabs": [tabs[0], *others, *tabs[1:]],
        "figures": slot(request, f"{SLOT}.figures", card),
        "state": slot(request, f"{SLOT}.state", card),
        "acts": slot(request, f"{SLOT}.acts", card),
        "may_edit": request.has_permission(EDIT),
        "today": request.find_service(IClock).today(),
    }


def _twin(request: Any, error: DuplicateClientError) -> dict[str, str]:
    """The client who is there already, for a link beside the message."""
    href = request.route_path("client_manager.office.client", client=error.details["client"])
    return {"name": error.details["name"], "href": href}


def _warn_of_accounts(request: Any, form: ClientForm) -> None:
    for warning in form.accounts.warnings:
        say(request, warning, kind="info")
