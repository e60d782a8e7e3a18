"""Contacts of a client on his card: written down, let in, shut out."""

from __future__ import annotations

import uuid
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.interfaces import IMailer, IRoles
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.letters import send_link
from cabinet.web.proving import prove
from cabinet_client_manager.forms.clients import ContactForm
from cabinet_client_manager.interfaces import ClientCard, IContacts
from cabinet_client_manager.texts import _
from cabinet_client_manager.views.answers import to_client

EDIT = "client_manager:client:edit"
FORM = "cabinet_client_manager:templates/office/contact_form.pt"
ROLE = "cabinet_client_manager:templates/office/access_role.pt"
LINK = "cabinet_client_manager:templates/office/access.pt"


@view_config(
    route_name="client_manager.office.contact.new", request_method=("GET", "POST"), permission=EDIT, renderer=FORM
)
def new_contact(request: Any) -> Any:
    """Write a person down; with the second button, let him in at once."""
    card: ClientCard = request.context.subject
    form = ContactForm(request)
    form.offer_roles(request.find_service(IRoles).of_clients())
    if request.method != "POST":
        form.role.data = request.find_service(IContacts).usual_role(card.client_id)
    if form.submitted():
        with form.catching():
            contacts = request.find_service(IContacts)
            contact_id = contacts.add(card.client_id, form.facts())
            if "invite" in request.POST:
                return _let_in(request, card, contact_id, form.role.data or None)
            say(request, _("${name} is added."), name=form.name.data)
            return to_client(request, card.public_id)
    return {"form": form, "client": card, "contact": None}


@view_config(route_name="client_manager.office.contact", request_method=("GET", "POST"), permission=EDIT, renderer=FORM)
def edit_contact(request: Any) -> Any:
    """Change what is written down."""
    card: ClientCard = request.context.subject
    contacts = request.find_service(IContacts)
    contact_id = _contact_id(request)
    facts = contacts.facts(card.client_id, contact_id)
    form = ContactForm(request, obj=facts)
    if form.submitted():
        with form.catching():
            contacts.change(card.client_id, contact_id, form.facts())
            say(request, _("Saved."))
            return to_client(request, card.public_id)
    return {"form": form, "client": card, "contact": contact_id}


@view_config(route_name="client_manager.office.contact.invite", request_method="GET", permission=EDIT, renderer=ROLE)
def choose_role(request: Any) -> Any:
    """As what to let a contact in."""
    card: ClientCard = request.context.subject
    contacts, contact_id = request.find_service(IContacts), _contact_id(request)
    return {
        "client": card,
        "name": contacts.facts(card.client_id, contact_id).name,
        "roles": request.find_service(IRoles).of_clients(),
        "chosen": contacts.usual_role(card.client_id),
        "giving": True,
    }


@view_config(route_name="client_manager.office.contact.invite", request_method="POST", permission=EDIT, renderer=LINK)
def invite(request: Any) -> Any:
    """Give access, or a new link to somebody who has not come in yet."""
    return _let_in(request, request.context.subject, _contact_id(request), request.POST.get("role") or None)


@view_config(route_name="client_manager.office.login.role", request_method="GET", permission=EDIT, renderer=ROLE)
def role(request: Any) -> Any:
    """What somebody with access may do."""
    card: ClientCard = request.context.subject
    user, held = request.find_service(IContacts).role(card.client_id, public_id(request.matchdict["user"]))
    roles = request.find_service(IRoles).of_clients()
    return {"client": card, "name": user.name, "roles": roles, "chosen": held, "giving": False}


@view_config(route_name="client_manager.office.login.role", request_method="POST", permission=EDIT)
def change_role(request: Any) -> Any:
    """Give another role: who asks proves that it is he."""
    card: ClientCard = request.context.subject
    contacts, user_id = request.find_service(IContacts), public_id(request.matchdict["user"])
    contacts.role(card.client_id, user_id)
    prove(request)
    changed = contacts.change_role(card.client_id, user_id, request.POST.get("role", ""))
    say(request, _("Saved: it holds from the next click on.") if changed else _("Nothing had changed."))
    return to_client(request, card.public_id)


@view_config(route_name="client_manager.office.contact.reset", request_method="POST", permission=EDIT, renderer=LINK)
def reset(request: Any) -> Any:
    """A link where the contact sets a new password."""
    card: ClientCard = request.context.subject
    user, token = request.find_service(IContacts).reset(card.client_id, _contact_id(request))
    return _show_link(request, card, user, token, "reset")


@view_config(route_name="client_manager.office.contact.withdraw", request_method="POST", permission=EDIT)
def withdraw(request: Any) -> Any:
    """Shut a contact out at once."""
    card: ClientCard = request.context.subject
    contact_id = _contact_id(request)
    contacts = request.find_service(IContacts)
    name = contacts.facts(card.client_id, contact_id).name
    contacts.withdraw(card.client_id, contact_id)
    say(request, _("${name} is shut out: sessions are over, links are dead."), name=name)
    return to_client(request, card.public_id)


@view_config(route_name="client_manager.office.login.withdraw", request_method="POST", permission=EDIT)
def withdraw_login(request: Any) -> Any:
    """Shut out a login that no contact was written down for."""
    card: ClientCard = request.context.subject
    request.find_service(IContacts).withdraw_user(card.client_id, public_id(request.matchdict["user"]))
    say(request, _("The access is withdrawn: sessions are over, links are dead."))
    return to_client(request, card.public_id)


@view_config(route_name="client_manager.office.client.sessions", request_method="POST", permission=EDIT)
def sessions(request: Any) -> Any:
    """Whether the client's people may be signed in on several devices at a time."""
    card: ClientCard = request.context.subject
    wanted = {"several": True, "one": False}.get(request.matchdict["several"])
    if wanted is None:
        raise HTTPNotFound
    if request.find_service(IContacts).allow_several_sessions(card.client_id, wanted):
        text = (
            _("People of this client may be signed in on several devices.")
            if wanted
            else _("One device at a time: the next sign-in of a person ends the earlier one.")
        )
        route = "client_manager.office.client.sessions"
        undo = request.route_path(route, client=card.public_id.hex, several="one" if wanted else "several")
        say(request, text, undo=undo)
    return to_client(request, card.public_id)


@view_config(route_name="client_manager.office.contact.remove", request_method="POST", permission=EDIT)
def remove(request: Any) -> Any:
    """Forget a contact."""
    card: ClientCard = request.context.subject
    contact_id = _contact_id(request)
    contacts = request.find_service(IContacts)
    name = contacts.facts(card.client_id, contact_id).name
    contacts.remove(card.client_id, contact_id)
    say(request, _("${name} is removed."), name=name)
    return to_client(request, card.public_id)


def _let_in(request: Any, card: ClientCard, contact_id: uuid.UUID, role: str | None) -> Any:
    user, token = request.find_service(IContacts).invite(card.client_id, contact_id, role)
    if token is None:
        say(request, _("${name} comes in with the password of ${email}."), name=user.name, email=user.email)
        return to_client(request, card.public_id)
    return _show_link(request, card, user, token, "invite")


def _show_link(request: Any, card: ClientCard, user: Any, token: str, purpose: str) -> dict[str, Any]:
    """A page with the link: it is shown once, and mailed where mail is set up."""
    link = send_link(request, user, token, purpose)
    request.override_renderer = LINK
    return {
        "client": card,
        "user": user,
        "link": link,
        "purpose": purpose,
        "mailed": request.find_service(IMailer).configured,
    }


def _contact_id(request: Any) -> uuid.UUID:
    return public_id(request.matchdict["contact"])
