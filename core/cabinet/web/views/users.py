"""The owner's page of users: who works here, invite, change roles, sign out, shut out."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.errors import ConflictError
from cabinet.identity.users import CONTACTS, OFF, ROLES, STAFF
from cabinet.interfaces import IMailer, IOwnAccount, IPeople, IRateLimiter, ISecondFactor, IUsers
from cabinet.texts import _
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.letters import send_link, warn
from cabinet.web.listing import Column, Listing, chips
from cabinet.web.paths import came_from
from cabinet.web.views import names
from cabinet.web.views.account import PASSWORD_TRIES, myself, renewed

RIGHT = "core:users:manage"
TITLES = dict(names.ROLES)
WHAT = {
    "manager": _("Keeps clients, contracts, invoices and statements, answers requests."),
    "head": _("All that a manager does, and the reports: income, costs, debts, who does what."),
    "owner": _("Users, modules, health of the site. Sees no client's data, unless he is a manager or the head too."),
}
STATES = {"active": _("active"), "invited": _("has not come in yet"), "off": _("switched off")}
LISTS = {STAFF: _("Our people"), CONTACTS: _("Contacts of clients"), OFF: _("Disabled")}
LIST = "cabinet:templates/users.pt"
NEW = "cabinet:templates/user_new.pt"
LINK = "cabinet:templates/user_link.pt"


class InviteForm(Form):
    """Who, and as what."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    email = EmailField(_("E-mail"), [InputRequired(), Length(max=254)])
    roles = SelectMultipleField(_("Roles"), [InputRequired()], choices=[SelectChoice(role, role) for role in ROLES])


@view_config(route_name="cabinet.site.users", request_method="GET", permission=RIGHT, renderer=LIST)
def users(request: Any) -> Any:
    """The list, and one of them in the drawer."""
    service = request.find_service(IUsers)
    translate = request.localizer.translate
    roles = {role: translate(title) for role, title in TITLES.items()}
    columns = (
        Column("name", _("Name"), lambda row: row.user.name, sortable=True),
        Column("email", _("E-mail"), lambda row: row.user.email, sortable=True),
        Column("roles", _("Role"), lambda row: ", ".join(roles[role] for role in row.roles)),
        Column("state", _("Sign-in"), lambda row: translate(STATES[row.state])),
        Column("second", _("Second step"), lambda row: translate(_("yes") if row.second_factor else _("no"))),
        Column("seen", _("Last seen"), lambda row: request.fmt.datetime(row.seen_at) if row.seen_at else ""),
    )
    listing = Listing(request, columns, service.page, filters=("show", "role"), default="name", file_name="users")
    if (answer := listing.export()) is not None:
        return answer
    shown = listing.filters.get("show", STAFF)
    counts = service.counts()
    return {
        "listing": listing,
        "chips": chips(listing, {"role": _("Role")}, roles),
        "lists": [
            {"title": title, "href": listing.url(show=key), "count": counts[key], "current": key == shown}
            for key, title in LISTS.items()
        ],
        "shown": shown,
        "roles": roles,
        "what": WHAT,
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
    return _invitation(request, InviteForm(request))


@view_config(route_name="cabinet.site.users.new", request_method="POST", permission=RIGHT, renderer=NEW)
def invite(request: Any) -> dict[str, Any]:
    """A new colleague; the link is shown once, to copy, and mailed where mail is set up."""
    form = InviteForm(request)
    if form.submitted():
        people = request.find_service(IPeople)
        with form.catching():
            user = people.add(email=form.email.data, name=form.name.data, roles=tuple(form.roles.data))
            return _show_link(request, user, people.invite_link(user), "invite")
    request.response.status_int = 422
    return _invitation(request, form)


def _invitation(request: Any, form: InviteForm) -> dict[str, Any]:
    mail = request.find_service(IMailer).configured
    return {"form": form, "roles": TITLES, "what": WHAT, "mail": mail}


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
    if (wait := _count_password(request)) is not None:
        return wait
    user = _user(request)
    _prove(request)
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
    if (wait := _count_password(request)) is not None:
        return wait
    user = _user(request)
    _prove(request)
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


def _count_password(request: Any) -> Any:
    """The answer to too many tries, or None. Before the request's first write."""
    wait = request.find_service(IRateLimiter).hit("password", str(request.identity.user_id), **PASSWORD_TRIES)
    return error_page(request, 429, retry_after=wait) if wait else None


def _prove(request: Any) -> None:
    """WrongPasswordError unless the owner gave his own password."""
    given = request.POST.get("own_password", "")
    request.find_service(IOwnAccount).check_password(myself(request), given[:1024], field="own_password")


def _back(request: Any, user: Any) -> Any:
    """To the list as it was, with the person in the drawer."""
    here = request.route_path("cabinet.site.users")
    origin = came_from(request)
    path = origin if origin.startswith(f"{here}?") else f"{here}?user={user.public_id.hex}"
    return HTTPSeeOther(path)
