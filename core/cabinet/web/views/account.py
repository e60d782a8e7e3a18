"""A person's own page: profile, address and password, live sign-ins."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.identity import sessions
from cabinet.identity.links import LinkDeadError
from cabinet.interfaces import IClock, IEntrance, IMailer, IOwnAccount, IPeople, IRateLimiter, ISecondFactor
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.texts import LANGUAGES, _
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.devices import device_of
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.letters import link_url, send_letter, warn
from cabinet.web.proving import PASSWORD_TRIES, myself
from cabinet.web.views.doors import visitor_of
from cabinet.web.zones import zone_choices, zone_title

EMAIL_CHANGES = {"limit": 5, "per_seconds": 24 * 3600}
SECURITY = "cabinet:templates/account_security.pt"


class ProfileForm(Form):
    """What a person may change about himself."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    locale = SelectField(_("Language"), choices=[])
    timezone = SelectField(_("Time zone"), choices=[])

    def __init__(self, request: Any, *, user: Any, **kw: Any) -> None:
        super().__init__(request, obj=user, **kw)
        translate = request.localizer.translate
        clock = request.find_service(IClock)
        ours = zone_title(str(clock.zone), request.locale_name, clock.now())
        self.locale.choices = [
            SelectChoice("", translate(_("As the browser says"))),
            *(SelectChoice(code, title) for code, title in LANGUAGES.items()),
        ]
        self.timezone.choices = [
            SelectChoice("", translate(_("As the site: ${zone}", mapping={"zone": ours}))),
            *(SelectChoice(*one) for one in zone_choices(request.locale_name, clock.now(), user.timezone)),
        ]


class EmailForm(Form):
    """Another address; the password, to know it is he."""

    email = EmailField(_("New e-mail"), [InputRequired(), Length(max=254)])
    email_password = PasswordField(_("Password"), [InputRequired(), Length(max=1024)])


class BeginForm(Form):
    """The password, to know it is he."""

    own_password = PasswordField(_("Password"), [InputRequired(), Length(max=1024)])


class ProofForm(Form):
    """Both things that prove it is he."""

    proof_password = PasswordField(_("Password"), [InputRequired(), Length(max=1024)])
    code = StringField(_("Code"), [InputRequired(), Length(max=40)])


class PasswordForm(Form):
    """The old password, to know it is he; the new one."""

    current = PasswordField(_("Current password"), [InputRequired(), Length(max=1024)])
    password = PasswordField(_("New password"), [InputRequired(), Length(max=1024)])


@view_config(
    route_name="cabinet.public.account", request_method="GET", permission=ENTER, renderer="cabinet:templates/account.pt"
)
def profile(request: Any) -> dict[str, Any]:
    """Name, language, time zone."""
    user = myself(request)
    return {"form": ProfileForm(request, user=user), "user": user}


@view_config(
    route_name="cabinet.public.account",
    request_method="POST",
    permission=ENTER,
    renderer="cabinet:templates/account.pt",
)
def change_profile(request: Any) -> Any:
    """Save them."""
    user = myself(request)
    form = ProfileForm(request, user=user)
    if form.submitted():
        request.find_service(IOwnAccount).change_profile(
            user, name=form.name.data, locale=form.locale.data or None, timezone=form.timezone.data or None
        )
        say(request, _("Saved."))
        return HTTPSeeOther(request.route_path("cabinet.public.account"))
    return {"form": form, "user": user}


@view_config(route_name="cabinet.public.account.security", request_method="GET", permission=ENTER, renderer=SECURITY)
def security(request: Any) -> dict[str, Any]:
    """How the person comes in: address, password."""
    return security_page(request)


def security_page(request: Any, **forms: Form) -> dict[str, Any]:
    """The variables of the page; ``forms``: the one that was sent and is wrong."""
    user = myself(request)
    return {
        "user": user,
        "second": request.find_service(ISecondFactor).state(user),
        "beginning": BeginForm(request, formdata=None),
        "proof": ProofForm(request, formdata=None),
        "emails": EmailForm(request, formdata=None),
        "passwords": PasswordForm(request, formdata=None),
        "mail": request.find_service(IMailer).configured,
        **forms,
    }


@view_config(route_name="cabinet.public.account.password", request_method="POST", permission=ENTER, renderer=SECURITY)
def change_password(request: Any) -> Any:
    """A new password; every other session ends, this one goes on under a new cookie."""
    wait = request.find_service(IRateLimiter).hit("password", str(request.identity.user_id), **PASSWORD_TRIES)
    if wait:
        return error_page(request, 429, retry_after=wait)
    form = PasswordForm(request)
    if form.submitted():
        user = myself(request)
        with form.catching():
            request.find_service(IOwnAccount).change_password(user, form.current.data, form.password.data)
            warn(request, user, _("Your password was changed"))
            say(request, _("The password is changed. All other sessions are ended."))
            return renewed(request, user, "cabinet.public.account.security")
    return security_page(request, passwords=form)


def renewed(request: Any, user: Any, route: str) -> Any:
    """To ``route`` under a new cookie: every sign-in of the person is over, this one begins anew."""
    from pyramid.security import remember

    token = request.find_service(IEntrance).renew(user, visitor_of(request))
    return HTTPSeeOther(request.route_path(route), headers=remember(request, token))


@view_config(route_name="cabinet.public.account.email", request_method="POST", permission=ENTER, renderer=SECURITY)
def ask_email(request: Any) -> Any:
    """A link to the new address, a word to the old one. The answer does not tell whether somebody has the new one."""
    limiter = request.find_service(IRateLimiter)
    who = str(request.identity.user_id)
    form = EmailForm(request)
    if not request.find_service(IMailer).configured:
        form.refuse(_("This site sends no mail yet."))
    elif form.submitted():
        wait = limiter.hit("password", who, **PASSWORD_TRIES) or limiter.hit("email", who, **EMAIL_CHANGES)
        if wait:
            return error_page(request, 429, retry_after=wait)
        user, account = myself(request), request.find_service(IOwnAccount)
        with form.catching():
            account.check_password(user, form.email_password.data, field="email_password")
            token = account.ask_email(user, form.email.data)
            if token is None:
                send_letter(request, user, "email_taken", {}, to=form.email.data)
            else:
                url = link_url(request, token, "cabinet.public.email")
                send_letter(request, user, "email_confirm", {"url": url}, to=form.email.data)
            warn(request, user, _("Somebody asks to sign in with another e-mail instead of yours"))
            told = _("A letter with a link is on its way to ${email}.", mapping={"email": form.email.data})
            say(request, told)
            return HTTPSeeOther(request.route_path("cabinet.public.account.security"))
    return security_page(request, emails=form)


@view_config(
    route_name="cabinet.public.email",
    request_method="GET",
    permission=PUBLIC,
    renderer="cabinet:templates/email_link.pt",
)
def email_page(request: Any) -> dict[str, Any]:
    """Where the letter leads. Opening it changes nothing: mail programs open links too."""
    try:
        user, email = request.find_service(IOwnAccount).open_email_link(request.matchdict["token"])
    except LinkDeadError:
        return {"state": "dead", "user": None, "email": ""}
    return {"state": "asked", "user": user, "email": email}


@view_config(
    route_name="cabinet.public.email",
    request_method="POST",
    permission=PUBLIC,
    renderer="cabinet:templates/email_link.pt",
)
def confirm_email(request: Any) -> dict[str, Any]:
    """The new address counts from now on; the old one is told."""
    try:
        user, former = request.find_service(IOwnAccount).confirm_email(request.matchdict["token"])
    except LinkDeadError:
        return {"state": "dead", "user": None, "email": ""}
    warn(request, user, _("You sign in with another e-mail from now on"), to=former)
    return {"state": "done", "user": user, "email": user.email}


@view_config(
    route_name="cabinet.public.account.sessions",
    request_method="GET",
    permission=ENTER,
    renderer="cabinet:templates/account_sessions.pt",
)
def own_sessions(request: Any) -> dict[str, Any]:
    """Where the person is signed in; this one first."""
    rows = request.find_service(IPeople).sessions(myself(request))
    rows.sort(key=lambda row: row.id != request.identity.session_id)
    limits = sessions.STAFF_LIMITS if request.identity.is_staff else sessions.CLIENT_LIMITS
    return {"rows": rows, "device_of": device_of, "here": request.identity.session_id, "limits": limits}


@view_config(route_name="cabinet.public.account.sessions.end", request_method="POST", permission=ENTER)
def end_session(request: Any) -> Any:
    """End one of them."""
    request.find_service(IOwnAccount).end_session(myself(request), public_id(request.matchdict["session"]))
    say(request, _("Signed out there."))
    return HTTPSeeOther(request.route_path("cabinet.public.account.sessions"))


@view_config(route_name="cabinet.public.account.sessions.others", request_method="POST", permission=ENTER)
def end_other_sessions(request: Any) -> Any:
    """End all but this one."""
    request.find_service(IPeople).end_sessions(myself(request), but=request.identity.session_id)
    say(request, _("Signed out everywhere else."))
    return HTTPSeeOther(request.route_path("cabinet.public.account.sessions"))
