"""Letters that the core's own pages send: one-time links, and word of what happened to an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabinet.interfaces import IClock, IMailer, INotices
from cabinet.notify.mail import render_mail
from cabinet.preferences import effective
from cabinet.security.hosts import address_of
from cabinet.texts import pack_text
from cabinet.web.devices import device_of


def send_letter(request: Any, user: Any, template: str, variables: Mapping[str, Any], *, to: str | None = None) -> bool:
    """Queue ``cabinet:templates/mail/<template>`` for ``user``, in his language, where the site sends mail: whether it does.

    ``to``: another address than the one he signs in with.
    """
    mailer = request.find_service(IMailer)
    if not mailer.configured:
        return False
    locale = user.locale or effective(request).site.locale
    letter = render_mail(
        request, f"cabinet:templates/mail/{template}", locale, {"name": user.name, "staff": user.is_staff, **variables}
    )
    mailer.queue(
        to=to or user.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        about_kind="core.user",
        about_id=str(user.public_id),
    )
    return True


def send_link(request: Any, user: Any, token: str, purpose: str) -> str:
    """Mail a one-time link where mail is set up; returns the address."""
    url = link_url(request, token)
    send_letter(request, user, purpose, {"url": url})
    return url


def send_invitation(request: Any, invitation: Any, token: str) -> str:
    """Mail the link of an invitation among a client's people where mail is set up; returns the address.

    In the site's language and to the name that was typed: what the addressee's own login says is none of who invites.
    """
    url = link_url(request, token, "cabinet.public.join")
    mailer = request.find_service(IMailer)
    if mailer.configured:
        variables = {"name": invitation.name, "company": invitation.client.name, "url": url}
        letter = render_mail(request, "cabinet:templates/mail/join", effective(request).site.locale, variables)
        mailer.queue(
            to=invitation.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            about_kind="core.invitation",
            about_id=str(invitation.public_id),
            client_id=invitation.client_id,
        )
    return url


def warn(request: Any, user: Any, what: str, *, to: str | None = None) -> None:
    """Tell a person ``what`` (a TranslationString) was done to his account and from where: he may not have done it himself.

    ``to``: another address than the one he signs in with.
    """
    at = request.find_service(IClock).now()
    where = {"device": device_of(request.user_agent or "").name, "address": address_of(request)}
    facts = {"what": pack_text(what), "at": at.isoformat(), **where}
    notices = request.find_service(INotices)
    if to is None:
        notices.send("core.account.changed", about=user.public_id, facts=facts, recipients=[user.id])
    else:
        send_letter(request, user, "warning", {"what": what, "at": at, **where}, to=to)


def link_url(request: Any, token: str, route: str = "cabinet.public.link") -> str:
    """The full address of a one-time link, made from the configured one, never from the Host header."""
    site: str = request.registry.settings["cabinet.settings"].site.url.rstrip("/")
    path: str = request.route_path(route, token=token, _app_url="")
    return site + path
