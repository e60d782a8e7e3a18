"""Coming in and going out: sign-in, one-time links, forgotten passwords."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from cabinet.errors import DomainError
from cabinet.identity import sessions
from cabinet.identity.services import LinkDeadError
from cabinet.interfaces import IAuditLog, IMailer, IPeople, IRateLimiter
from cabinet.notify.mail import render_mail
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.texts import _
from cabinet.web.areas import home_route
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.trace import Trace, leave_trace

ATTEMPTS = {"limit": 10, "per_seconds": 300}
ALL_ATTEMPTS = {"limit": 1000, "per_seconds": 300}
RESETS = {"limit": 5, "per_seconds": 24 * 3600}
REFUSED = "core.session.refused"


class SignInForm(Form):
    """Address and password."""

    email = EmailField(_("E-mail"), [InputRequired(), Length(max=254)])
    password = PasswordField(_("Password"), [InputRequired(), Length(max=1024)])


class NewPasswordForm(Form):
    """A new password."""

    password = PasswordField(_("New password"), [InputRequired(), Length(max=1024)])


class ForgotForm(Form):
    """Whom to send a link."""

    email = StringField(_("E-mail"), [InputRequired(), Length(max=254)])


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
    return {"form": SignInForm(request), "next": request.GET.get("next", "")}


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
        limiter = request.find_service(IRateLimiter)
        wait = max(
            limiter.hit("sign-in-all", "*", **ALL_ATTEMPTS),
            limiter.hit("sign-in-address", request.client_addr or "?", **ATTEMPTS),
            limiter.hit("sign-in-user", email, **ATTEMPTS),
        )
        if wait:
            return error_page(request, 429, retry_after=wait)
        token = request.find_service(IPeople).sign_in(
            email, form.password.data, user_agent=request.user_agent or "", address=request.client_addr or ""
        )
        if token is not None:
            limiter.forgive(request.db, "sign-in-address", request.client_addr or "?")
            limiter.forgive(request.db, "sign-in-user", email)
            return _let_in(request, token, target)
        _refused(request, email)
        form.form_errors = [
            request.localizer.translate(
                _("The e-mail or the password is wrong. After ten attempts you will have to wait five minutes.")
            )
        ]
    request.response.status_int = 422
    return {"form": form, "next": target}


def _refused(request: Any, email: str) -> None:
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
        sessions.end(request.db, request.identity.session_id)
    request.session.invalidate()
    from pyramid.security import forget

    return HTTPSeeOther(request.route_path("cabinet.public.sign_in"), headers=forget(request))


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
        return {"form": None, "user": None, "purpose": "dead"}
    return {"form": NewPasswordForm(request), "user": user, "purpose": link.purpose}


@view_config(
    route_name="cabinet.public.link",
    request_method="POST",
    permission=PUBLIC,
    renderer="cabinet:templates/new_password.pt",
)
def use_link(request: Any) -> Any:
    """Set the password and come in."""
    form = NewPasswordForm(request)
    wait = request.find_service(IRateLimiter).hit("link", request.client_addr or "?", limit=30, per_seconds=300)
    if wait:
        return error_page(request, 429, retry_after=wait)
    people = request.find_service(IPeople)
    try:
        link, user = people.open_link(request.matchdict["token"])
    except LinkDeadError:
        return {"form": None, "user": None, "purpose": "dead"}
    if form.submitted():
        with form.catching():
            people.use_link(request.matchdict["token"], form.password.data)
            token = sessions.start(
                request.db,
                user,
                sessions.now_of(request),
                user_agent=request.user_agent or "",
                address=request.client_addr or "",
            )
            request.db.flush()
            return _let_in(request, token, "")
    request.response.status_int = 422
    return {"form": form, "user": user, "purpose": link.purpose}


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
    wait = request.find_service(IRateLimiter).hit("forgot", email, **RESETS)
    people = request.find_service(IPeople)
    user = None if wait else people.by_email(email)
    if user is not None and user.disabled_at is None:
        send_link(request, user, people.reset_link(user), "reset")
    return {"form": form, "sent": True, "mail": True}


def send_link(request: Any, user: Any, token: str, purpose: str) -> str:
    """Mail a one-time link where mail is set up; returns the address, made from the configured one, never from the Host header."""
    url = link_url(request, token)
    mailer = request.find_service(IMailer)
    if mailer.configured:
        settings = request.registry.settings["cabinet.settings"]
        letter = render_mail(
            request.registry,
            f"cabinet:templates/mail/{purpose}",
            user.locale or settings.site.locale,
            {"name": user.name, "url": url},
        )
        mailer.queue(
            to=user.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            about_kind="core.user",
            about_id=str(user.public_id),
        )
    return url


def link_url(request: Any, token: str) -> str:
    """The full address of a one-time link, for people to copy."""
    site: str = request.registry.settings["cabinet.settings"].site.url.rstrip("/")
    path: str = request.route_path("cabinet.public.link", token=token, _app_url="")
    return site + path


def home_path(request: Any, identity: sessions.Identity | None) -> str:
    """Where a person belongs after coming in."""
    if identity is None:
        path: str = request.route_path("cabinet.public.sign_in")
        return path
    route = home_route(identity)
    if route is not None:
        path = request.route_path(route)
        return path
    mine = sessions.memberships(request.db, identity.user_id)
    if mine:
        path = request.route_path("cabinet.my.home", client=mine[0].client.public_id.hex)
        return path
    path = request.route_path("cabinet.public.account")
    return path


def _let_in(request: Any, token: str, target: str) -> Any:
    from pyramid.security import remember

    request.session.invalidate()
    where = target if own_path(target) else request.route_path("cabinet.public.home")
    return HTTPSeeOther(where, headers=remember(request, token))


def own_path(target: str) -> bool:
    """Whether ``target`` is a path of this site: one slash, then no slash, backslash, control or blank that a browser folds."""
    return (
        target.startswith("/")
        and target[1:2] not in {"/", "\\"}
        and not any(c in "\\\t\r\n\x0b\x0c" or ord(c) < 32 for c in target)
    )


class ProfileForm(Form):
    """What a person may change about himself."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])


class ChangePasswordForm(Form):
    """The old password, to know it is he; the new one."""

    current = PasswordField(_("Current password"), [InputRequired(), Length(max=1024)])
    password = PasswordField(_("New password"), [InputRequired(), Length(max=1024)])


@view_config(
    route_name="cabinet.public.account", request_method="GET", permission=ENTER, renderer="cabinet:templates/account.pt"
)
def account(request: Any) -> Any:
    """A person's own page."""
    user = request.find_service(IPeople).get(request.identity.user_id)
    return {
        "form": ProfileForm(request, obj=user),
        "passwords": ChangePasswordForm(request),
        "user": user,
        "home": home_path(request, request.identity),
    }


@view_config(
    route_name="cabinet.public.account",
    request_method="POST",
    permission=ENTER,
    renderer="cabinet:templates/account.pt",
)
def change_profile(request: Any) -> Any:
    """Save the name."""
    user = request.find_service(IPeople).get(request.identity.user_id)
    form = ProfileForm(request)
    if form.submitted():
        request.find_service(IAuditLog).record(
            "core.profile.changed",
            kind="user",
            public_id=user.public_id,
            title=user.email,
            before={"name": user.name},
            after={"name": form.name.data},
        )
        user.name = form.name.data.strip()
        request.session.flash({"kind": "good", "text": request.localizer.translate(_("Saved."))})
        return HTTPSeeOther(request.route_path("cabinet.public.account"))
    request.response.status_int = 422
    return {
        "form": form,
        "passwords": ChangePasswordForm(request, formdata=None),
        "user": user,
        "home": home_path(request, request.identity),
    }


@view_config(
    route_name="cabinet.public.account.password",
    request_method="POST",
    permission=ENTER,
    renderer="cabinet:templates/account.pt",
)
def change_password(request: Any) -> Any:
    """A new password; every other session ends, this one goes on under a new cookie."""
    from pyramid.security import remember

    wait = request.find_service(IRateLimiter).hit("password", str(request.identity.user_id), **ATTEMPTS)
    if wait:
        return error_page(request, 429, retry_after=wait)
    people = request.find_service(IPeople)
    user = people.get(request.identity.user_id)
    form = ChangePasswordForm(request)
    if form.submitted():
        with form.catching():
            people.change_password(user, form.current.data, form.password.data)
            token = sessions.start(
                request.db,
                user,
                sessions.now_of(request),
                user_agent=request.user_agent or "",
                address=request.client_addr or "",
            )
            request.db.flush()
            request.session.flash(
                {
                    "kind": "good",
                    "text": request.localizer.translate(_("The password is changed. All other sessions are ended.")),
                }
            )
            return HTTPSeeOther(request.route_path("cabinet.public.account"), headers=remember(request, token))
    request.response.status_int = 422
    return {
        "form": ProfileForm(request, formdata=None, obj=user),
        "passwords": form,
        "user": user,
        "home": home_path(request, request.identity),
    }


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
    response = HTTPSeeOther(back if own_path(back) else request.route_path("cabinet.public.home"))
    settings = request.registry.settings["cabinet.settings"]
    response.set_cookie(
        "cabinet_lang", lang, max_age=365 * 24 * 3600, secure=settings.secure_cookies, httponly=True, samesite="Lax"
    )
    return response
