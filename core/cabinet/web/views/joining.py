"""Where an invitation among a client's people leads.

The page is the same whether the address has a login here or not: one field, for the password that the person has or thinks of now. A
weak one is refused alike. Only an invitation that is used up tells which it was, and that is audited.
"""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from cabinet.identity.links import LinkDeadError
from cabinet.identity.passwords import check_new_password
from cabinet.identity.sessions import token_hash
from cabinet.interfaces import IColleagues, IEntrance, IPeople, IRateLimiter
from cabinet.security.hosts import address_of, network_of
from cabinet.security.policy import PUBLIC
from cabinet.security.sign_in import ALL_ATTEMPTS, ATTEMPTS
from cabinet.texts import _
from cabinet.web.answers import go, say
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.proving import myself
from cabinet.web.views.doors import let_in, note_refusal, visitor_of

PAGE = "cabinet:templates/join.pt"


class JoinForm(Form):
    """The password that one has here, or will have."""

    password = PasswordField(_("Password"), [InputRequired(), Length(max=1024)])


@view_config(route_name="cabinet.public.join", request_method="GET", permission=PUBLIC, renderer=PAGE)
def join_page(request: Any) -> dict[str, Any]:
    """Who asks whom. Opening it changes nothing."""
    try:
        invitation = request.find_service(IColleagues).open(request.matchdict["token"])
    except LinkDeadError:
        return {"invitation": None}
    return _page(request, invitation, JoinForm(request))


@view_config(route_name="cabinet.public.join", request_method="POST", permission=PUBLIC, renderer=PAGE)
def join(request: Any) -> Any:
    """Accept: signed in already, or by the password."""
    service, token = request.find_service(IColleagues), request.matchdict["token"]
    limiter = request.find_service(IRateLimiter)
    wait = max(
        limiter.hit("sign-in-all", "*", **ALL_ATTEMPTS),
        limiter.hit("join-address", network_of(address_of(request)), **ATTEMPTS),
        limiter.hit("join", token_hash(token), **ATTEMPTS),
    )
    if wait:
        return error_page(request, 429, retry_after=wait)
    try:
        invitation = service.open(token)
    except LinkDeadError:
        return {"invitation": None}
    if request.identity is not None:
        client = service.join(token, myself(request))
        say(request, _("You have access to ${client} now."), client=client.name)
        return go(request, "cabinet.my.home", client=client.public_id.hex)
    form = JoinForm(request)
    if form.submitted():
        with form.catching():
            check_new_password(form.password.data, invitation.email, invitation.name)
            if request.find_service(IPeople).by_email(invitation.email) is None:
                return _as_new(request, token, form.password.data)
            if (answer := _as_known(request, token, invitation, form.password.data)) is not None:
                return answer
            known = _("This address has a password here, and it is another one. Forgotten? Get a link for a new one.")
            form.refuse(known, "password")
    return _page(request, invitation, form)


def _as_new(request: Any, token: str, password: str) -> Any:
    user, client = request.find_service(IColleagues).join_as_new(token, password)
    arrival = request.find_service(IEntrance).arrive(user, visitor_of(request))
    return let_in(request, arrival, request.route_path("cabinet.my.home", client=client.public_id.hex))


def _as_known(request: Any, token: str, invitation: Any, password: str) -> Any:
    """Sign in and join; who owes a second step comes back here after it. None where the password is wrong."""
    arrival = request.find_service(IEntrance).by_password(invitation.email, password, visitor_of(request))
    if arrival is None:
        note_refusal(request, invitation.email)
        return None
    if not arrival.complete:
        return let_in(request, arrival, request.route_path("cabinet.public.join", token=token))
    client = request.find_service(IColleagues).join(token, arrival.user)
    return let_in(request, arrival, request.route_path("cabinet.my.home", client=client.public_id.hex))


def _page(request: Any, invitation: Any, form: JoinForm) -> dict[str, Any]:
    identity = request.identity
    his = identity is not None and identity.email.lower() == invitation.email.lower()
    return {
        "invitation": invitation,
        "company": invitation.client.name,
        "form": form,
        "signed_in": identity is not None,
        "his": his,
    }
