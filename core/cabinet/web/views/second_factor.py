"""The second step: asked for at the door, turned on and off on a person's own page."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.view import view_config
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from cabinet.errors import ConflictError
from cabinet.identity import totp
from cabinet.identity.links import LinkDeadError
from cabinet.identity.second_factor import WrongCodeError
from cabinet.interfaces import IEntrance, IOwnAccount, IPeople, IRateLimiter, ISecondFactor
from cabinet.pdf.qr import QUIET_ZONE, symbol
from cabinet.preferences import effective
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.texts import _
from cabinet.web.answers import say
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.letters import warn
from cabinet.web.proving import PASSWORD_TRIES, myself
from cabinet.web.second_step import BEGIN, demanded, owed
from cabinet.web.trace import Trace, leave_trace
from cabinet.web.views.account import (
    SECURITY,
    BeginForm,
    ProofForm,
    renewed,
    security_page,
)
from cabinet.web.views.doors import OWED, let_in, visitor_of

CODE_TRIES = (
    ("second-step", {"limit": 5, "per_seconds": 300}),
    ("second-step-hour", {"limit": 20, "per_seconds": 3600}),
    ("second-step-day", {"limit": 50, "per_seconds": 24 * 3600}),
)
"""A code is one of a million: a guess an hour finds none, a thousand would."""

SECTION = "cabinet.public.account.security"
"""The entry of the menu that these pages belong to."""

STEP = "cabinet:templates/second_step.pt"
FIRST = "cabinet:templates/second_step_first.pt"
ENROL = "cabinet:templates/second_factor.pt"
CODES = "cabinet:templates/recovery_codes.pt"
_TOO_LATE = _("That took too long. Start again with the password.")


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField(_("Code"), [InputRequired(), Length(max=40)])


def wait_for_code(request: Any, user: str) -> int:
    """Seconds until ``user`` (public id) may give another code; counts this one. Before the request's first write."""
    limiter = request.find_service(IRateLimiter)
    waits: list[int] = [limiter.hit(bucket, user, **limits) for bucket, limits in CODE_TRIES]
    return max(waits)


def forgive_code(request: Any, user: str) -> None:
    """The code was right: it does not count."""
    limiter = request.find_service(IRateLimiter)
    for bucket, _limits in CODE_TRIES:
        limiter.forgive(request.db, bucket, user)


@view_config(route_name="cabinet.public.second_step", request_method="GET", permission=PUBLIC, renderer=STEP)
def second_step_page(request: Any) -> Any:
    """The form, for who has given his password a short while ago."""
    owed = request.session.get(OWED)
    try:
        request.find_service(IEntrance).waiting(owed["token"] if owed else "")
    except LinkDeadError:
        return HTTPSeeOther(request.route_path("cabinet.public.sign_in"))
    return _step(request, CodeForm(request))


@view_config(route_name="cabinet.public.second_step", request_method="POST", permission=PUBLIC, renderer=STEP)
def second_step(request: Any) -> Any:
    """Come in by the code."""
    owed = request.session.get(OWED)
    if not owed:
        return HTTPSeeOther(request.route_path("cabinet.public.sign_in"))
    form = CodeForm(request)
    if form.submitted():
        if wait := wait_for_code(request, owed["user"]):
            return error_page(request, 429, retry_after=wait)
        try:
            arrival = request.find_service(IEntrance).by_code(owed["token"], form.code.data, visitor_of(request))
        except LinkDeadError as error:
            request.session.invalidate()
            say(request, _TOO_LATE, kind="bad")
            raise HTTPSeeOther(request.route_path("cabinet.public.sign_in")) from error
        except WrongCodeError as error:
            leave_trace(request, Trace("core.session.code_refused", "user", owed["user"], owed["email"]))
            form.refuse(error.message, "code")
        else:
            forgive_code(request, owed["user"])
            if arrival.by_recovery_code:
                warn(request, arrival.user, _("A recovery code was used to sign in"))
            return let_in(request, arrival, owed["next"])
    return _step(request, form)


def _step(request: Any, form: CodeForm) -> dict[str, Any]:
    path = request.route_path("cabinet.public.second_step")
    recovery = "recovery" in request.GET
    by_recovery = request.route_path("cabinet.public.second_step", _query={"recovery": "1"})
    here, other = (by_recovery, path) if recovery else (path, by_recovery)
    return {"form": form, "recovery": recovery, "here": here, "other": other}


@view_config(route_name=BEGIN, request_method="GET", permission=ENTER, renderer=FIRST)
def begin_page(request: Any) -> Any:
    """What is asked for before anything else opens; who owes nothing turns it on on the page of his sign-in."""
    if not owed(request):
        return HTTPSeeOther(request.route_path("cabinet.public.account.security"))
    return {"form": BeginForm(request)}


@view_config(route_name=BEGIN, request_method="POST", permission=ENTER, renderer=SECURITY)
def begin(request: Any) -> Any:
    """A new secret to show to the app; asks the password first."""
    who = str(request.identity.user_id)
    form = BeginForm(request)
    if form.submitted():
        if wait := request.find_service(IRateLimiter).hit("password", who, **PASSWORD_TRIES):
            return error_page(request, 429, retry_after=wait)
        user = myself(request)
        with form.catching():
            request.find_service(IOwnAccount).check_password(user, form.own_password.data, field="own_password")
            request.find_service(ISecondFactor).begin(user)
            return HTTPSeeOther(request.route_path("cabinet.public.account.second"))
    if owed(request):
        request.override_renderer = FIRST
        return {"form": form}
    return security_page(request, beginning=form)


@view_config(route_name="cabinet.public.account.second", request_method="GET", permission=ENTER, renderer=ENROL)
def enrol_page(request: Any) -> Any:
    """The secret as a QR code and as text, and where the first code is typed."""
    secret = request.find_service(ISecondFactor).waiting_secret(myself(request))
    if secret is None:
        return HTTPSeeOther(request.route_path(BEGIN))
    return _enrolment(request, secret, CodeForm(request))


@view_config(route_name="cabinet.public.account.second", request_method="POST", permission=ENTER, renderer=ENROL)
def confirm(request: Any) -> Any:
    """The first code turns it on. The recovery codes are shown; every other session ends."""
    form = CodeForm(request)
    who = str(request.identity.public_id)
    if form.submitted() and (wait := wait_for_code(request, who)):
        return error_page(request, 429, retry_after=wait)
    service, user = request.find_service(ISecondFactor), myself(request)
    secret = service.waiting_secret(user)
    if secret is None:
        return HTTPSeeOther(request.route_path(BEGIN))
    if form.submitted():
        with form.catching():
            codes = service.confirm(user, form.code.data)
            forgive_code(request, who)
            warn(request, user, _("The second step of signing in was turned on"))
            return _codes(request, user, codes, fresh=True)
    return _enrolment(request, secret, form)


@view_config(
    route_name="cabinet.public.account.second.codes", request_method="POST", permission=ENTER, renderer=SECURITY
)
def new_codes(request: Any) -> Any:
    """Other recovery codes; asks password and code."""

    def make(user: Any) -> Any:
        codes = request.find_service(ISecondFactor).new_recovery_codes(user)
        warn(request, user, _("New recovery codes were made"))
        return _codes(request, user, codes, fresh=False)

    return _proved(request, make)


@view_config(route_name="cabinet.public.account.second.off", request_method="POST", permission=ENTER, renderer=SECURITY)
def turn_off(request: Any) -> Any:
    """The password alone is enough again; asks password and code."""

    def act(user: Any) -> Any:
        if demanded(request):
            raise ConflictError("second_step_demanded", _("This site asks for a second step: it stays on."))
        request.find_service(ISecondFactor).turn_off(user)
        warn(request, user, _("The second step of signing in was turned off"))
        say(request, _("The second step is off."))
        return renewed(request, user, "cabinet.public.account.security")

    return _proved(request, act)


def _proved(request: Any, act: Any) -> Any:
    """Do ``act(user)`` if password and code are right; else the page with the reason."""
    form = ProofForm(request)
    if form.submitted():
        limiter, who = request.find_service(IRateLimiter), str(request.identity.public_id)
        tries = limiter.hit("password", str(request.identity.user_id), **PASSWORD_TRIES)
        if wait := max(tries, wait_for_code(request, who)):
            return error_page(request, 429, retry_after=wait)
        user = myself(request)
        with form.catching():
            account = request.find_service(IOwnAccount)
            account.check_password(user, form.proof_password.data, field="proof_password")
            request.find_service(ISecondFactor).check(user, form.code.data)
            forgive_code(request, who)
            return act(user)
    return security_page(request, proof=form)


def _codes(request: Any, user: Any, codes: list[str], *, fresh: bool) -> Any:
    """The page that shows them this once. It keeps its session, since its forms carry the token of it."""
    if fresh:
        request.find_service(IPeople).end_sessions(user, but=request.identity.session_id)
    request.menu_route = SECTION
    return render_to_response(CODES, {"codes": codes, "fresh": fresh}, request=request)


def _enrolment(request: Any, secret: bytes, form: CodeForm) -> dict[str, Any]:
    site = effective(request).site
    address = totp.address(secret, account=request.identity.email, issuer=site.name)
    drawn = symbol(address.encode())
    request.menu_route = SECTION
    return {
        "form": form,
        "path": drawn.svg_path(),
        "size": drawn.size + 2 * QUIET_ZONE,
        "key": totp.as_text(secret),
        "address": address,
        "must": owed(request),
    }
