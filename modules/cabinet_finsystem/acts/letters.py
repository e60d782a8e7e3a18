"""Sending an act by mail: the letter goes through the outbox, with the PDF that was issued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zope.interface import implementer

from cabinet.interfaces import IAuditLog, IMailer
from cabinet.notify.mail import RenderedMail
from cabinet_finsystem.acts.models import ISSUED
from cabinet_finsystem.errors import ActStateError
from cabinet_finsystem.interfaces import IActBook, IActLetters
from cabinet_finsystem.texts import _

ABOUT = "finsystem.act"


@implementer(IActLetters)
class ActLetters:
    """Letters about acts, of one transaction."""

    def __init__(self, mailer: IMailer, audit: IAuditLog, acts: IActBook) -> None:
        self._mailer = mailer
        self._audit = audit
        self._acts = acts

    @property
    def configured(self) -> bool:
        """Whether this site can send letters at all."""
        return bool(self._mailer.configured)

    def send(self, act: Any, *, to: str, letter: RenderedMail, page: str = "") -> None:
        """Queue ``letter`` with the act's PDF. ActStateError for a draft or a void one; errors of IMailer.

        ``page``: path of the page that shows how it went: who sends it is told there when nobody took it.
        """
        if act.state != ISSUED:
            raise ActStateError("act_not_sent", _("Only an issued document can be sent."), {"state": act.state})
        mail = self._mailer.queue(
            to=to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            about_kind=ABOUT,
            about_id=str(act.public_id),
            client_id=act.client_id,
            attachments=[self._acts.pdf(act)],
            page=page,
        )
        self._audit.record(
            "finsystem.act.sent",
            kind="act",
            public_id=act.public_id,
            title=act.number,
            client_id=act.client_id,
            after={"to": mail.to_address},
        )

    def of(self, act: Any) -> Sequence[Any]:
        """Letters about an act, the newest first: OutgoingMail rows."""
        return self._mailer.about(ABOUT, str(act.public_id))  # type: ignore[no-any-return]


def act_letters_factory(_context: Any, request: Any) -> ActLetters:
    """``IActLetters`` of a request."""
    return ActLetters(request.find_service(IMailer), request.find_service(IAuditLog), request.find_service(IActBook))
