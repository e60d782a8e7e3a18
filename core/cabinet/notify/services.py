"""The outbox: letters recorded with the business act, composed and sent by a job after it."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.scope import may_see
from cabinet.errors import ConflictError, DomainError
from cabinet.interfaces import IClock, IFileStore, IJobs, IMailer, IMailSender
from cabinet.notify.models import FAILED, QUEUED, SENT, MailAttachment, OutgoingMail
from cabinet.notify.senders import MailDeferredError, MailNotConfiguredError, MailRefusedError
from cabinet.origin import Origin, origin_of
from cabinet.preferences import effective
from cabinet.settings import Settings
from cabinet.texts import _

SEND_MAIL = "core.send_mail"

_SUBJECT_LENGTH = 300
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
# Some servers still cannot carry eight bits: letters are sent in seven.
_POLICY = SMTP.clone(cte_type="7bit")


class MailAddressError(DomainError):
    """Not the address of one mailbox."""


class MailHeaderError(DomainError):
    """A subject with line breaks or control characters: somebody may be smuggling headers."""


def check_address(text: str) -> str:
    """The address ``text`` as SMTP wants it: one mailbox, an international domain in its ASCII form. MailAddressError."""
    local, at, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        ascii_domain = ""
    if not (at and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)) or len(text) > 254:
        shown = "".join(c for c in text if c.isprintable())[:100]
        raise MailAddressError("mail_address", _("“${address}” is not a mail address.", mapping={"address": shown}))
    return f"{local}@{ascii_domain}"


@implementer(IMailer)
class Mailer:
    """The outbox of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        jobs: IJobs,
        files: IFileStore,
        sender: IMailSender,
        settings: Settings,
        origin: Origin,
    ) -> None:
        self._session = session
        self._clock = clock
        self._jobs = jobs
        self._files = files
        self._sender = sender
        self._settings = settings
        self._origin = origin

    @property
    def configured(self) -> bool:
        """Whether this site has a mail server."""
        return bool(self._sender.configured)

    def queue(
        self,
        *,
        to: str,
        subject: str,
        text: str,
        html: str,
        about_kind: str = "",
        about_id: Any = "",
        client_id: int | None = None,
        attachments: Sequence[Any] = (),
    ) -> OutgoingMail:
        """Record a letter and the job that sends it. MailNotConfiguredError, MailAddressError, MailHeaderError, ModuleOffError."""
        if not self.configured:
            raise MailNotConfiguredError
        if about_kind and "." not in about_kind:
            raise ValueError(f"about_kind {about_kind!r} must be <module>.<noun>: it tells whose letter it is")
        address = check_address(to)
        if any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in subject):
            raise MailHeaderError("mail_subject", _("The subject of a letter is one line of text."))
        mail = OutgoingMail(
            to_address=address,
            subject=subject.strip()[:_SUBJECT_LENGTH],
            text=text,
            html=html,
            message_id=f"<{uuid.uuid4().hex}@{urlsplit(self._settings.site.url).hostname}>",
            state=QUEUED,
            about_kind=about_kind,
            about_id=str(about_id),
            client_id=client_id,
            user_id=self._origin.user_id,
            created_at=self._clock.now(),
            attachments=[MailAttachment(position=n, file_id=stored.id) for n, stored in enumerate(attachments)],
        )
        self._session.add(mail)
        self._session.flush()
        self._send_later(mail)
        return mail

    def about(self, kind: str, public_id: Any) -> list[OutgoingMail]:
        """Letters about one object, newest first."""
        statement = (
            select(OutgoingMail)
            .where(OutgoingMail.about_kind == kind, OutgoingMail.about_id == str(public_id))
            .order_by(OutgoingMail.id.desc())
        )
        return [mail for mail in self._session.scalars(statement) if may_see(self._session, mail.client_id)]

    def retry(self, mail: OutgoingMail) -> None:
        """Try a failed letter again. ConflictError where it has not failed."""
        if mail.state != FAILED:
            raise ConflictError("mail_not_failed", _("The letter has not failed: there is nothing to try again."))
        mail.state, mail.error = QUEUED, ""
        self._send_later(mail)

    def compose(self, mail_id: int) -> EmailMessage | None:
        """The letter as it goes out; None where it has gone already."""
        mail = self._session.get_one(OutgoingMail, mail_id)
        if mail.state != QUEUED:
            return None
        mail.attempts += 1
        name, address = parseaddr(self._settings.mail.sender)
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address(display_name=name or self._settings.site.name, addr_spec=address)
        message["To"] = Address(addr_spec=mail.to_address)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        for attachment in mail.attachments:
            stored = self._files.get(attachment.file_id)
            if stored is None:
                raise MailRefusedError("mail_attachment", _("A file of the letter is not this client's."))
            main, _slash, sub = stored.media_type.partition("/")
            message.add_attachment(self._files.read(stored), maintype=main, subtype=sub, filename=stored.name)
        return message

    def mark_sent(self, mail_id: int) -> None:
        """The server took the letter."""
        mail = self._session.get_one(OutgoingMail, mail_id)
        mail.state, mail.error, mail.sent_at = SENT, "", self._clock.now()

    def note_error(self, mail_id: int, answer: str) -> None:
        """Keep what the server said; the letter stays queued."""
        self._session.get_one(OutgoingMail, mail_id).error = answer

    def mark_failed(self, mail_id: int) -> None:
        """Nobody will try any more."""
        mail = self._session.get_one(OutgoingMail, mail_id)
        if mail.state == QUEUED:
            mail.state = FAILED

    def _send_later(self, mail: OutgoingMail) -> None:
        self._jobs.enqueue(
            SEND_MAIL,
            {"mail": mail.id},
            unique_key=f"mail:{mail.id}",
            client_id=mail.client_id,
            module=mail.about_kind.partition(".")[0] or "core",
        )


def mailer_factory(_context: Any, request: Any) -> Mailer:
    """``IMailer`` of a request."""
    return Mailer(
        request.db,
        request.find_service(IClock),
        request.find_service(IJobs),
        request.find_service(IFileStore),
        request.find_service(IMailSender),
        effective(request),
        origin_of(request),
    )


def send_mail_job(job: Any, _registry: Any) -> None:
    """The job ``core.send_mail``: compose, send with no transaction open, and note how it went.

    A kill between the server's word and our note sends the letter again, under the same Message-ID.
    """
    mail_id = job.args["mail"]
    with job.unit_of_work() as request:
        message = request.find_service(IMailer).compose(mail_id)
        sender = request.find_service(IMailSender)
    if message is None:
        return
    try:
        sender.send(message)
    except (MailDeferredError, DomainError) as error:
        with job.unit_of_work() as request:
            request.find_service(IMailer).note_error(mail_id, str(error))
        raise
    with job.unit_of_work() as request:
        request.find_service(IMailer).mark_sent(mail_id)
        job.done(request)


def mail_gave_up(job: Any, registry: Any) -> None:
    """A letter whose job failed for good has failed."""
    from cabinet.db.session import unit_of_work

    with unit_of_work(registry, actor=f"job {SEND_MAIL}") as request:
        request.find_service(IMailer).mark_failed(job.args["mail"])
