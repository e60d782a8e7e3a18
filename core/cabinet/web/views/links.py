"""One-time links: invitations, forgotten passwords."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from cabinet.identity.links import RESET, LinkDeadError
from cabinet.interfaces import IEntrance, IMailer, IPeople, IRateLimiter
from cabinet.keys import veil
from cabinet.security.hosts import address_of, network_of
from cabinet.security.policy import PUBLIC
from cabinet.texts import _
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.letters import send_link, warn
from cabinet.web.views.doors import let_in, visitor_of
from cabinet.web.views.names import own_name

RESETS = {"limit": 5, "per_seconds": 24 * 3600}
ASKED = {"limit": 20, "per_seconds": 3600}
USES = {"limit": 30, "per_seconds": 300}


class NewPasswordForm(Form):
    """A new password."""

    password = PasswordField(_("New password"), [InputRequired(), Length(max=1024)])


class ForgotForm(Form):
    """Whom to send a link."""

    email = StringField(_("E-mail"), [InputRequired(), Length(max=254)])


@view_config(
    route_name="cabinet.public.link",
    request_method="GET",
    permission=PUBLIC,
    renderer="cabinet:templates/new_password.pt",
)
def link_page(request: Any) -> Any:
    """Where an invitation or a reset leads. Opening it changes nothing: mail programs open links too."""
    try:
        link, user = request.find_service(IPeople).open_link(request.matchdict["token"])
    except LinkDeadError:
        return {"form": None, "user": None, "name": "", "purpose": "dead"}
    return {
        "form": NewPasswordForm(request),
        "user": user,
        "name": own_name(request, user.name),
        "purpose": link.purpose,
    }


@view_config(
    route_name="cabinet.public.link",
    request_method="POST",
    permission=PUBLIC,
    renderer="cabinet:templates/new_password.pt",
)
def use_link(request: Any) -> Any:
    """Set the password and come in."""
    form = NewPasswordForm(request)
    wait = request.find_service(IRateLimiter).hit("link", network_of(address_of(request)), **USES)
    if wait:
        return error_page(request, 429, retry_after=wait)
    people = request.find_service(IPeople)
    try:
        link, user = people.open_link(request.matchdict["token"])
    except LinkDeadError:
        return {"form": None, "user": None, "name": "", "purpose": "dead"}
    if form.submitted():
        with form.catching():
            people.use_link(request.matchdict["token"], form.password.data)
            if link.purpose == RESET:
                warn(request, user, _("Your password was changed"))
            return let_in(request, request.find_service(IEntrance).arrive(user, visitor_of(request)), "")
    return {"form": form, "user": user, "name": own_name(request, user.name), "purpose": link.purpose}


@view_config(
    route_name="cabinet.public.forgot", request_method="GET", permission=PUBLIC, renderer="cabinet:templates/forgot.pt"
)
def forgot_page(request: Any) -> Any:
    """Ask for a link by mail, or learn whom to ask where the site sends none."""
    return {"form": ForgotForm(request), "sent": False, "mail": request.find_service(IMailer).configured}


@view_config(
    route_name="cabinet.public.forgot", request_method="POST", permission=PUBLIC, renderer="cabinet:templates/forgot.pt"
)
def forgot(request: Any) -> Any:
    """The same answer whether or not the address is known."""
    form = ForgotForm(request)
    mailer = request.find_service(IMailer)
    if not form.submitted() or not mailer.configured:
        return {"form": form, "sent": False, "mail": mailer.configured}
    email = form.email.data.strip().lower()
    limiter = request.find_service(IRateLimiter)
    wait = limiter.hit("forgot-address", network_of(address_of(request)), **ASKED) or limiter.hit(
        "forgot", veil(request.registry.settings["cabinet.settings"], email), **RESETS
    )
    people = request.find_service(IPeople)
    user = None if wait else people.by_email(email)
    if user is not None and user.disabled_at is None:
        send_link(request, user, people.reset_link(user), "reset")
    return {"form": form, "sent": True, "mail": True}
