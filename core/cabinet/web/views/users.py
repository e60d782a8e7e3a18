"""The owner's page of users: who works here, invite, change roles, sign out, shut out."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.errors import ConflictError
from cabinet.identity.second_factor import DEMANDED_OF_CLIENTS, DEMANDED_OF_STAFF
from cabinet.identity.users import BARE, CONTACTS, OFF, STAFF
from cabinet.interfaces import IMailer, IPeople, IRoles, ISecondFactor, ISettings, IUsers
from cabinet.texts import _
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.forms import Form
from cabinet.web.letters import send_link, warn
from cabinet.web.listing import Column, Listing, chips
from cabinet.web.paths import came_from
from cabinet.web.proving import count_password, prove
from cabinet.web.views import names
from cabinet.web.views.account import renewed

RIGHT = "core:users:manage"
TITLES = dict(names.ROLES)
STATES = {"active": _("active"), "invited": _("has not come in yet"), "off": _("switched off")}
LISTS = {STAFF: _("Our people"), CONTACTS: _("Contacts of clients"), OFF: _("Disabled")}
LIST = "cabinet:templates/users.pt"
NEW = "cabinet:templates/user_new.pt"
LINK = "cabinet:templates/user_link.pt"


class InviteForm(Form):
    """Who, and as what."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    email = EmailField(_("E-mail"), [InputRequired(), Length(max=254)])
    roles = SelectMultipleField(_("Roles"), [InputRequired()], choices=[])


@view_config(route_name="cabinet.site.users", request_method="GET", permission=RIGHT, renderer=LIST)
def users(request: Any) -> Any:
    """The list, and one of them in the drawer."""
    service = request.find_service(IUsers)
    translate = request.localizer.translate
    roles = {role: translate(title) for role, title in TITLES.items()}
    columns = (
        Column("name", _("Name"), lambda row: row.user.name, sortable=True),
        Column("email", _("E-mail"), lambda row: row.user.email, sortable=True),
        Column(
            "roles",
            _("Role"),
            lambda row: ", ".join([*(roles[role] for role in row.roles), *(role.title for role in row.custom)]),
        ),
        Column("state", _("Sign-in"), lambda row: translate(STATES[row.state])),
        Column("second", _("Second step"), lambda row: translate(_("yes") if row.second_factor else _("no"))),
        Column("seen", _("Last seen"), lambda row: request.fmt.datetime(row.seen_at) if row.seen_at else ""),
    )
    listing = Listing(
        request, columns, service.page, filters=("show", "role", "second"), default="name", file_name="users"
    )
    if (answer := listing.export()) is not None:
        return answer
    shown = listing.filters.get("show", STAFF)
    counts = service.counts()
    # Of whom the shown list is made, and whether a second step is demanded of them.
    name = {STAFF: DEMANDED_OF_STAFF, CONTACTS: DEMANDED_OF_CLIENTS}.get(shown)
    demanded = name is not None and bool(request.find_service(ISettings).get(name))
    return {
        "listing": listing,
        "chips": chips(listing, {"role": _("Role"), "second": _("Second step")}, {**roles, "none": translate(_("no"))}),
        "demanded": demanded,
        "bare": counts[BARE[shown]] if demanded else 0,
        "lists": [
            {"title": title, "href": listing.url(show=key), "count": counts[key], "current": key == shown}
            for key, title in LISTS.items()
        ],
        "shown": shown,
        "roles": roles,
        "choices": _choices(request) if request.GET.get("user") else [],
        "states": STATES,
        "opened": _opened(request),
        "me": request.identity.user_id,
    }


def _opened(request: Any) -> dict[str, Any] | None:
    """What the drawer shows of the user whom the URL names; None where it names none."""
    wanted = request.GET.get("user")
    if not wanted:
        return None
    user = request.find_service(IPeople).by_public_id(public_id(wanted))
    line = request.find_service(IUsers).lines([user])[0]
    return {
        "line": line,
        "sessions": request.find_service(IPeople).sessions(user),
        "second": request.find_service(ISecondFactor).state(user),
    }


@view_config(route_name="cabinet.site.users.new", request_method="GET", permission=RIGHT, renderer=NEW)
def new_user(request: Any) -> dict[str, Any]:
    """Whom to invite."""
    return _invitation(request, _form(request))


@view_config(route_name="cabinet.site.users.new", request_method="POST", permission=RIGHT, renderer=NEW)
def invite(request: Any) -> dict[str, Any]:
    """A new colleague; the link is shown once, to copy, and mailed where mail is set up."""
    form = _form(request)
    if form.submitted():
        people, chosen = request.find_service(IPeople), form.roles.data
        with form.catching():
            user = people.add(
                email=form.email.data, name=form.name.data, roles=tuple(role for role in chosen if role in TITLES)
            )
            request.find_service(IUsers).change_roles(user, chosen)
            return _show_link(request, user, people.invite_link(user), "invite")
    return _invitation(request, form)


def _invitation(request: Any, form: InviteForm) -> dict[str, Any]:
    mail = request.find_service(IMailer).configured
    return {"form": form, "choices": _choices(request), "mail": mail}


def _form(request: Any) -> InviteForm:
    form = InviteForm(request)
    form.roles.choices = [SelectChoice(key, title) for key, title, _what in _choices(request)]
    return form


def _choices(request: Any) -> list[tuple[str, str, str]]:
    """(key, title, what it is for) of each role of our side: those of the house, then the owner's own."""
    own = [line.role for line in request.find_service(IRoles).lines() if line.role.side == "staff"]
    note = _("A role of your own making.")
    return [
        *((name, title, names.WHAT[name]) for name, title in names.ROLES),
        *((role.public_id.hex, role.title, note) for role in own),
    ]


def _show_link(request: Any, user: Any, token: str, purpose: str) -> dict[str, Any]:
    request.override_renderer = LINK
    link = send_link(request, user, token, purpose)
    return {"user": user, "link": link, "purpose": purpose, "mailed": request.find_service(IMailer).configured}


@view_config(route_name="cabinet.site.user.link", request_method="POST", permission=RIGHT, renderer=LINK)
def new_link(request: Any) -> dict[str, Any]:
    """A new one-time link for a colleague. Not for a client's contact: it would open the client's data to the owner."""
    people, user = request.find_service(IPeople), _user(request)
    if not user.is_staff:
        raise ConflictError(
            "is_contact", _("A contact of a client gets a link on the client's card, from his manager.")
        )
    if user.disabled_at is not None:
        raise ConflictError("user_disabled", _("${email} is switched off.", mapping={"email": user.email}))
    if user.password_hash is None:
        return _show_link(request, user, people.invite_link(user), "invite")
    return _show_link(request, user, people.reset_link(user), "reset")


@view_config(route_name="cabinet.site.user.roles", request_method="POST", permission=RIGHT)
def change_roles(request: Any) -> Any:
    """Other roles, from the next request on; asks the owner's own password."""
    if (wait := count_password(request)) is not None:
        return wait
    user = _user(request)
    prove(request)
    request.find_service(IUsers).change_roles(user, request.POST.getall("roles"))
    say(request, _("Saved. The person signs in anew."))
    if user.id == request.identity.user_id:
        return renewed(request, user, "cabinet.public.home")
    return _back(request, user)


@view_config(route_name="cabinet.site.user.sign_out", request_method="POST", permission=RIGHT)
def sign_out(request: Any) -> Any:
    """End every sign-in of the person; one's own page goes on."""
    user = _user(request)
    mine = request.identity.session_id if user.id == request.identity.user_id else None
    request.find_service(IPeople).end_sessions(user, but=mine)
    say(request, _("Signed out everywhere."))
    return _back(request, user)


@view_config(route_name="cabinet.site.users.sign_out", request_method="POST", permission=RIGHT)
def sign_everybody_out(request: Any) -> Any:
    """End every sign-in of the site but the owner's own one here."""
    ended = request.find_service(IUsers).sign_everybody_out(but=request.identity.session_id)
    told = request.fmt.plural(ended, "Everybody is signed out: ${n} device.", "Everybody is signed out: ${n} devices.")
    request.session.flash({"kind": "good", "text": told})
    return HTTPSeeOther(request.route_path("cabinet.site.users"))


@view_config(route_name="cabinet.site.user.second_step", request_method="POST", permission=RIGHT)
def reset_second_step(request: Any) -> Any:
    """For somebody who lost telephone and codes; asks the owner's own password and tells the person."""
    if (wait := count_password(request)) is not None:
        return wait
    user = _user(request)
    prove(request)
    request.find_service(IUsers).reset_second_factor(user)
    warn(request, user, _("The site's owner turned the second step of your sign-in off"))
    say(request, _("The second step is off. The password alone lets in now."))
    return _back(request, user)


@view_config(route_name="cabinet.site.user.disable", request_method="POST", permission=RIGHT)
def disable(request: Any) -> Any:
    """Shut somebody out at once."""
    user = _user(request)
    request.find_service(IUsers).disable(user)
    back = request.route_path("cabinet.site.user.enable", user=user.public_id.hex)
    say(request, _("Switched off, and signed out everywhere."), undo=back)
    return _back(request, user)


@view_config(route_name="cabinet.site.user.enable", request_method="POST", permission=RIGHT)
def enable(request: Any) -> Any:
    """Let him in again."""
    user = _user(request)
    request.find_service(IUsers).enable(user)
    say(request, _("Switched on: the password and the roles are as before."))
    return _back(request, user)


def _user(request: Any) -> Any:
    return request.find_service(IPeople).by_public_id(public_id(request.matchdict["user"]))


def _back(request: Any, user: Any) -> Any:
    """To the list as it was, with the person in the drawer."""
    here = request.route_path("cabinet.site.users")
    origin = came_from(request)
    path = origin if origin.startswith(f"{here}?") else f"{here}?user={user.public_id.hex}"
    return HTTPSeeOther(path)
