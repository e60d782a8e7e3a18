"""The words of a notice: one line for the bell, a letter for the post, each in the language and the time zone of who reads it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cabinet.identity.models import User
from cabinet.interfaces import INotices
from cabinet.notify.mail import RenderedMail, reader, render_mail
from cabinet.notify.models import Notice
from cabinet.plugins.contributions import LetterFile, NoticeKind
from cabinet.preferences import effective
from cabinet.texts import _, told

_LINE = 300


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """A letter and the address it goes to. ``to``: None where it is the one it was queued for: word of what somebody did to an account must
    not follow him to the address that he has put there."""

    to: str | None
    letter: RenderedMail
    files: Callable[[], Iterable[LetterFile]] = tuple
    """Makes what goes with it."""
    afresh: bool = False
    """Whether it says how things are now, so that every try writes it anew."""


def notice_line(kind: NoticeKind, fmt: Any, translate: Any, facts: Any) -> str:
    """What a notice says, on one line: whatever people have typed into its facts cannot break it."""
    text = told(kind.line(fmt, facts), translate)
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join(plain.split(" ")).strip()[:_LINE]


def notice_letter(request: Any, notice: Notice) -> NoticeLetter | None:
    """The letter of ``notice``; None where its reader may not know of it any more, or there is nothing left to tell. Links are made from
    the configured address alone."""
    recipient = request.find_service(INotices).may_still_know(notice)
    if recipient is None:
        return None
    site = effective(request).site
    kind: NoticeKind = request.registry.cabinet_contributions.notices[notice.kind]
    facts = notice.facts if kind.current is None else kind.current(request, notice)
    if facts is None:
        return None
    user = request.db.get_one(User, notice.user_id)
    locale = user.locale or site.locale
    zone = user.timezone or site.timezone
    fmt, translate = reader(request, locale, zone)
    path = kind.path(request, notice) if kind.path is not None else None
    root = site.url.rstrip("/")
    variables = {
        "line": notice_line(kind, fmt, translate, facts),
        "rows": [
            (told(title, translate), told(value, translate))
            for title, value in (kind.rows(fmt, facts) if kind.rows is not None else ())
        ],
        "facts": facts,
        "url": root + path if path else None,
        "act": translate(kind.act),
        "name": user.name,
        "why": translate(_why(kind, notice)),
        "choices_url": None
        if kind.mandatory
        else root + request.route_path("cabinet.public.account.notices", _app_url=""),
    }
    to = None if kind.mandatory else recipient.email
    make = kind.files

    def files() -> Iterable[LetterFile]:
        return make(request, fmt, facts) if make is not None else ()

    return NoticeLetter(
        to, render_mail(request, kind.template, locale, variables, zone=zone), files, kind.current is not None
    )


def _why(kind: NoticeKind, notice: Notice) -> Any:
    """Why this person of all people gets the letter."""
    if kind.mandatory and kind.to == "owner":
        return _("You get this letter because you look after the site. It cannot be turned off.")
    if kind.mandatory:
        return _("You get this letter because it is about the safety of your account. It cannot be turned off.")
    if kind.to == "contacts" and notice.client is not None:
        return _(
            "You get this letter because you have access to the cabinet of ${client}.",
            mapping={"client": notice.client.name},
        )
    if kind.to == "owner":
        return _("You get this letter because you look after the site.")
    return _("You get this letter because you work with clients here.")
