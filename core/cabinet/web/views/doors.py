"""Coming in and going out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from cabinet.errors import DomainError
from cabinet.i18n.negotiation import COOKIE
from cabinet.identity import sessions
from cabinet.identity.entrance import Arrival, Visitor
from cabinet.interfaces import IAuditLog, IEntrance, IPeople, IViewing
from cabinet.security import known_devices
from cabinet.security.hosts import address_of
from cabinet.security.policy import PUBLIC, cookie_headers, cookie_name
from cabinet.security.sign_in import SignInThrottle
from cabinet.texts import _
from cabinet.web.areas import home_route
from cabinet.web.devices import device_of
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.paths import own_path
from cabinet.web.trace import Trace, leave_trace

REFUSED = "core.session.refused"
# Key of the visitor's signed cookie: who has given his password and owes the second step.
OWED = "owed"
LANGUAGE_LIVES = timedelta(days=365)


class SignInForm(Form):
    """Address and password."""

    email = EmailField(_("E-mail"), [InputRequired(), Length(max=254)])
    password = PasswordField(_("Password"), [InputRequired(), Length(max=1024)])


@view_config(route_name="cabinet.public.home", request_method="GET", permission=PUBLIC)
def home(request: Any) -> Any:
    """Everybody to his own door."""
    return HTTPSeeOther(home_path(request, request.identity))


@view_config(
    route_name="cabinet.public.sign_in",
    request_method="GET",
    permission=PUBLIC,
    renderer="cabinet:templates/sign_in.pt",
)
def sign_in_page(request: Any) -> Any:
    """The form; somebody who is in already goes home."""
    if request.identity is not None:
        return HTTPSeeOther(home_path(request, request.identity))
    return {"form": SignInForm(request), "next": request.GET.get("next", ""), "replaced": replaced_by(request)}


@view_config(
    route_name="cabinet.public.sign_in",
    request_method="POST",
    permission=PUBLIC,
    renderer="cabinet:templates/sign_in.pt",
)
def sign_in(request: Any) -> Any:
    """One answer for every reason to refuse: nobody learns who is a client here."""
    form = SignInForm(request)
    target = request.POST.get("next", "")
    if form.submitted():
        email = form.email.data.strip().lower()
        throttle = SignInThrottle(request, email)
        if wait := throttle.wait():
            return error_page(request, 429, retry_after=wait)
        arrival = request.find_service(IEntrance).by_password(email, form.password.data, visitor_of(request))
        if arrival is not None:
            throttle.forgive()
            return let_in(request, arrival, target)
        note_refusal(request, email)
        form.refuse(_("The e-mail or the password is wrong. After ten attempts you will have to wait five minutes."))
    return {"form": form, "next": target, "replaced": None}


def note_refusal(request: Any, email: str) -> None:
    """Have the attempt recorded. An unknown address is masked: people type their password into the wrong field."""
    user = request.find_service(IPeople).by_email(email)
    name, _at, host = email.partition("@")
    if user is None:
        leave_trace(request, Trace(REFUSED, "user", "-", f"{name[:1]}…@{host}" if host else f"{name[:1]}…"))
    else:
        leave_trace(request, Trace(REFUSED, "user", str(user.public_id), user.email))


@view_config(route_name="cabinet.public.sign_out", request_method="POST", permission=PUBLIC)
def sign_out(request: Any) -> Any:
    """End this session at once."""
    if request.identity is not None:
        request.find_service(IAuditLog).record(
            "core.session.ended", kind="user", public_id=request.identity.public_id, title=request.identity.email
        )
        request.find_service(IViewing).end(request.identity.session_id)
        sessions.end(request.db, request.identity.session_id)
    request.session.invalidate()
    from pyramid.security import forget

    return HTTPSeeOther(request.route_path("cabinet.public.sign_in"), headers=forget(request))


def home_path(request: Any, identity: sessions.Identity | None) -> str:
    """Where a person belongs after coming in."""
    if identity is None:
        path: str = request.route_path("cabinet.public.sign_in")
        return path
    if identity.viewing is not None:
        path = request.route_path("cabinet.my.home", client=identity.viewing.client)
        return path
    route = home_route(identity)
    if route is not None:
        path = request.route_path(route)
        return path
    mine = sessions.memberships(request.db, identity.user_id)
    chosen = [(membership.chosen_at, membership.id, membership) for membership in mine if membership.chosen_at]
    if len(mine) > 1 and not chosen:
        path = request.route_path("cabinet.public.clients")
        return path
    if mine:
        last = max(chosen)[2] if chosen else mine[0]
        path = request.route_path("cabinet.my.home", client=last.client.public_id.hex)
        return path
    path = request.route_path("cabinet.public.account")
    return path


def replaced_by(request: Any) -> dict[str, Any] | None:
    """Why this browser is at the door: a sign-in elsewhere ended its own (device, address, at). None where it was not so."""
    token = request.cookies.get(request.registry.cabinet_cookie)
    found = sessions.replaced(request.db, token[:200]) if token else None
    if found is None:
        return None
    return {"device": device_of(found.user_agent), "address": found.address, "at": found.at}


def visitor_of(request: Any) -> Visitor:
    """What a sign-in keeps of the browser that asks."""
    return Visitor(user_agent=request.user_agent or "", address=address_of(request))


def let_in(request: Any, arrival: Arrival, target: str) -> Any:
    """Hand the cookie over and lead on to ``target``, or home; or to the second step, which is owed first."""
    from pyramid.security import remember

    request.session.invalidate()
    if not arrival.complete:
        request.session[OWED] = {
            "token": arrival.token,
            "user": str(arrival.user.public_id),
            "email": arrival.user.email,
            "next": target,
        }
        return HTTPSeeOther(request.route_path("cabinet.public.second_step"))
    where = target if own_path(target) else request.route_path("cabinet.public.home")
    headers = [*remember(request, arrival.token), *known_devices.remember(request, arrival.user.email)]
    return HTTPSeeOther(where, headers=headers)


@view_config(route_name="cabinet.public.language", request_method="POST", permission=PUBLIC)
def language(request: Any) -> Any:
    """Speak another language: remembered for the person, and for this browser."""
    lang = request.matchdict["lang"]
    from cabinet.texts import LANGUAGES

    if lang not in LANGUAGES:
        raise DomainError("unknown_language", _("There is no such language here."))
    if request.identity is not None:
        request.find_service(IPeople).get(request.identity.user_id).locale = lang
    back = request.POST.get("back", "")
    name = cookie_name(COOKIE, request.registry.settings["cabinet.settings"])
    headers = cookie_headers(request, name, lang, lives=LANGUAGE_LIVES)
    return HTTPSeeOther(back if own_path(back) else request.route_path("cabinet.public.home"), headers=headers)
