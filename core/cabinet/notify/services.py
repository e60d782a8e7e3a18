"""The outbox: letters recorded with the business act, composed and sent by a job after it."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, cast
from urllib.parse import urlsplit

from sqlalchemy import Table, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import take_ids
from cabinet.db.memo import once
from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.db.scope import may_see
from cabinet.errors import ConflictError, DomainError, NotYetError, ScopeError
from cabinet.interfaces import (
    IClock,
    IFileStore,
    IJobs,
    IMailer,
    IMailOutages,
    IMailSender,
    INotices,
    ISettings,
    ISwitches,
)
from cabinet.notify.headers import LetterPolicy
from cabinet.notify.letters import NoticeLetter, notice_letter
from cabinet.notify.mail import SIGN, shows_sign, without_sign
from cabinet.notify.models import DROPPED, FAILED, QUEUED, SENT, MailAttachment, Notice, OutgoingMail
from cabinet.notify.outage import SEND_MAIL
from cabinet.notify.senders import (
    MailDeferredError,
    MailNotConfiguredError,
    MailRefusedError,
    MailServerAwayError,
)
from cabinet.origin import Origin, origin_of
from cabinet.preferences import effective
from cabinet.preferences.brand import LOGO
from cabinet.settings import Settings
from cabinet.texts import _

LETTER_FAILED = "core.letter.failed"

_SUBJECT_LENGTH = 300
# A letter that waits for an earlier one to the same address is woken when that one has left or failed; this is for a wake that got lost.
_ASK_AGAIN = timedelta(seconds=30)
UNWRITTEN = "could not be written"
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_POLICY = LetterPolicy()


class MailAddressError(DomainError):
    """Not the address of one mailbox."""


class UnwrittenError(Exception):
    """The words of a letter could not be made: a defect of whose notice it is. ``__cause__`` is what happened."""


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
        switches: ISwitches,
        write: Callable[[Notice], NoticeLetter | None],
        sign: Callable[[], int | None],
    ) -> None:
        """``write``: makes the letter of a notice; None where nobody is to get it any more. ``sign``: the file of the firm's sign."""
        self._session = session
        self._clock = clock
        self._jobs = jobs
        self._files = files
        self._sender = sender
        self._settings = settings
        self._origin = origin
        self._switches = switches
        self._write = write
        self._sign = sign

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
        page: str = "",
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
            message_id=self._message_id(),
            state=QUEUED,
            about_kind=about_kind,
            about_id=str(about_id),
            client_id=client_id,
            user_id=self._origin.user_id,
            page=page,
            created_at=self._clock.now(),
            attachments=[MailAttachment(position=n, file_id=stored.id) for n, stored in enumerate(attachments)],
        )
        self._session.add(mail)
        self._session.flush()
        self._send_later(mail)
        return mail

    def queue_notices(
        self, addresses: Sequence[str], *, about_kind: str, about_id: str, client_id: int | None
    ) -> list[int]:
        """Record the letters of notices, one to each of ``addresses``, with the jobs that send them; their ids in order."""
        ids = take_ids(self._session, cast(Table, OutgoingMail.__table__), len(addresses))
        now = self._clock.now()
        self._session.add_all(
            OutgoingMail(
                id=id_,
                to_address=address,
                subject="",
                text="",
                html="",
                message_id=self._message_id(),
                state=QUEUED,
                about_kind=about_kind,
                about_id=about_id,
                client_id=client_id,
                user_id=self._origin.user_id,
                page="",
                created_at=now,
            )
            for id_, address in zip(ids, addresses, strict=True)
        )
        self._session.flush()
        module = about_kind.partition(".")[0]
        jobs = [(_key(id_), {"mail": id_}) for id_ in ids]
        self._jobs.enqueue_many(SEND_MAIL, jobs, client_id=client_id, module=module)
        return ids

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

    def retry_all(self) -> int:
        """Try every failed letter again, in the order in which they were written; how many."""
        failed = self._session.scalars(
            select(OutgoingMail).where(OutgoingMail.state == FAILED).order_by(OutgoingMail.id)
        ).all()
        for mail in failed:
            self.retry(mail)
        return len(failed)

    def find(self, public_id: uuid.UUID) -> OutgoingMail | None:
        """A letter, whoever's client it is about: the site's owner sees that it was sent, not what it says."""
        return self._session.scalar(select(OutgoingMail).where(OutgoingMail.public_id == public_id))

    def page(self, query: ListQuery) -> Page:
        """A page of all letters for the owner, the newest first. Filter ``state``. Searched: addresses."""
        statement = select(OutgoingMail)
        if state := query.filters.get("state"):
            statement = statement.where(OutgoingMail.state == state)
        if query.search:
            statement = statement.where(contains(OutgoingMail.to_address, query.search))
        sorts = {"at": OutgoingMail.created_at}
        return paginate(self._session, statement, query, sorts=sorts, default="-at", key=OutgoingMail.id)

    def counts(self) -> dict[str, int]:
        """How many letters there are by state."""

        def read() -> dict[str, int]:
            rows = self._session.execute(select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state))
            return {row[0]: row[1] for row in rows}

        return once(self._session, "core.mail.counts", read)

    def compose(self, mail_id: int) -> EmailMessage | None:
        """The letter as it goes out; None where it has gone already, or nobody is to get it any more.

        NotYetError where an earlier letter to the same address has not left: they arrive in the order in which they were written.
        UnwrittenError.
        """
        mail = self._session.get_one(OutgoingMail, mail_id)
        if mail.state not in (QUEUED, FAILED):
            return None
        mail.state = QUEUED  # its job was started anew by hand
        first = self._first_waiting(mail.to_address)
        if first is not None and first < mail.id and mail.error != UNWRITTEN:
            raise NotYetError(self._clock.now() + _ASK_AGAIN)
        if mail.notice is not None and not self._word(mail):
            mail.state = DROPPED
            self._let_next_go(mail)
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
        if mail.notice is not None:
            message["List-Unsubscribe"] = f"<{self._settings.site.url.rstrip('/')}/account/notices>"
        message.set_content(mail.text)
        if mail.html:
            self._add_html(message, mail.html)
        for attachment in mail.attachments:
            stored = self._files.get(attachment.file_id)
            if stored is None:
                raise MailRefusedError("mail_attachment", _("A file of the letter is not this client's."))
            main, _slash, sub = stored.media_type.partition("/")
            message.add_attachment(self._files.read(stored), maintype=main, subtype=sub, filename=stored.name)
        return message

    def _add_html(self, message: EmailMessage, html: str) -> None:
        """The HTML part, with the firm's sign as it is now; without its place where the firm has none any more."""
        file_id = self._sign()
        stored = self._files.get(file_id) if file_id and shows_sign(html) else None
        message.add_alternative(html if stored is not None else without_sign(html), subtype="html")
        if stored is not None:
            main, _slash, sub = stored.media_type.partition("/")
            content, part = self._files.read(stored), message.get_body(("html",))
            assert part is not None
            part.add_related(content, maintype=main, subtype=sub, cid=f"<{SIGN}>", disposition="inline")

    def mark_sent(self, mail_id: int) -> None:
        """The server took the letter."""
        mail = self._session.get_one(OutgoingMail, mail_id)
        mail.state, mail.error, mail.sent_at = SENT, "", self._clock.now()
        self._let_next_go(mail)

    def note_error(self, mail_id: int, answer: str) -> None:
        """Keep what the server said; the letter stays queued."""
        self._session.get_one(OutgoingMail, mail_id).error = answer

    def let_others_pass(self, mail_id: int) -> None:
        """The letter cannot be written: it is tried again, and what is queued to the same address does not wait for it."""
        mail = self._session.get_one(OutgoingMail, mail_id)
        mail.error = UNWRITTEN
        self._let_next_go(mail)

    def not_tried(self, mail_id: int) -> None:
        """The server was not there: that was no try of this letter."""
        self._session.get_one(OutgoingMail, mail_id).attempts -= 1

    def mark_failed(self, mail_id: int) -> OutgoingMail | None:
        """Nobody will try any more: the letter, where that is so."""
        mail = self._session.get_one(OutgoingMail, mail_id)
        if mail.state != QUEUED:
            return None
        mail.state = FAILED
        self._let_next_go(mail)
        return mail

    def _first_waiting(self, address: str) -> int | None:
        """The letter to ``address`` that is to leave next. One whose module is off, or cannot write it, waits itself, and holds up none."""
        queued = self._session.execute(
            select(OutgoingMail.id, OutgoingMail.about_kind, OutgoingMail.client_id)
            .where(OutgoingMail.state == QUEUED, OutgoingMail.to_address == address, OutgoingMail.error != UNWRITTEN)
            .order_by(OutgoingMail.id)
        )
        for mail_id, about_kind, client_id in queued:
            owner, clients = _owner(about_kind), [] if client_id is None else [client_id]
            if self._switches.on(owner) and not self._switches.closed_for(owner, clients):
                return int(mail_id)
        return None

    def _let_next_go(self, mail: OutgoingMail) -> None:
        """Wake the next letter to the same address: it may have waited for this one."""
        self._session.flush()
        following = self._first_waiting(mail.to_address)
        if following is not None and not self._session.get_one(OutgoingMail, following).error:
            self._jobs.hurry(_key(following))

    def _word(self, mail: OutgoingMail) -> bool:
        """Write the letter of a notice when it is first sent, to the address of that day; False where nobody is to get it any more."""
        try:
            written = self._write(mail.notice) if mail.notice is not None else None
            unsaid = written is not None and (written.afresh or not mail.html)
            files = list(written.files()) if written is not None and unsaid else []
        except (DomainError, SQLAlchemyError, ScopeError):
            raise
        except Exception as error:
            raise UnwrittenError(mail.about_kind) from error
        if written is None:
            return False
        mail.to_address = check_address(written.to or mail.to_address)
        if unsaid:
            mail.subject, mail.text, mail.html = written.letter.subject, written.letter.text, written.letter.html
            owner = _owner(mail.about_kind)
            kept = [self._files.put(f.content, name=f.name, media_type=f.media_type, module=owner) for f in files]
            self._session.flush()
            mail.attachments = [MailAttachment(position=n, file_id=stored.id) for n, stored in enumerate(kept)]
        return True

    def _message_id(self) -> str:
        return f"<{uuid.uuid4().hex}@{urlsplit(self._settings.site.url).hostname}>"

    def _send_later(self, mail: OutgoingMail) -> None:
        self._jobs.enqueue(
            SEND_MAIL,
            {"mail": mail.id},
            unique_key=_key(mail.id),
            client_id=mail.client_id,
            module=_owner(mail.about_kind),
        )


def _owner(about_kind: str) -> str:
    """Id of the module whose letter it is."""
    return about_kind.partition(".")[0] or "core"


def _key(mail_id: int) -> str:
    return f"mail:{mail_id}"


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
        request.find_service(ISwitches),
        lambda notice: notice_letter(request, notice),
        lambda: request.find_service(ISettings).get(LOGO),
    )


def send_mail_job(job: Any, _registry: Any) -> None:
    """The job ``core.send_mail``: compose, send with no transaction open, and note how it went.

    A kill between the server's word and our note sends the letter again, under the same Message-ID. NotYetError while the server is away.
    """
    mail_id, seen = job.args["mail"], 0
    try:
        with job.unit_of_work() as request:
            outages = request.find_service(IMailOutages)
            outages.wait()
            message = request.find_service(IMailer).compose(mail_id)
            if message is None:
                return
            seen = outages.enter()
            sender = request.find_service(IMailSender)
        sender.send(message)
    except UnwrittenError:
        with job.unit_of_work() as request:
            request.find_service(IMailer).let_others_pass(mail_id)
        raise
    except MailServerAwayError as error:
        with job.unit_of_work() as request:
            until = request.find_service(IMailOutages).failed(seen, str(error))
            request.find_service(IMailer).not_tried(mail_id)
        raise NotYetError(until) from error
    except (MailDeferredError, DomainError) as error:
        with job.unit_of_work() as request:
            request.find_service(IMailer).note_error(mail_id, str(error))
            request.find_service(IMailOutages).answered(seen)
        raise
    with job.unit_of_work() as request:
        request.find_service(IMailer).mark_sent(mail_id)
        request.find_service(IMailOutages).answered(seen)
        job.done(request)


def mail_gave_up(job: Any, registry: Any) -> None:
    """A letter whose job failed for good has failed."""
    from cabinet.db.session import unit_of_work

    with unit_of_work(registry, actor=f"job {SEND_MAIL}") as request:
        mail = request.find_service(IMailer).mark_failed(job.args["mail"])
        if mail is not None and mail.page and mail.user_id is not None:
            request.find_service(INotices).send(
                LETTER_FAILED,
                about=mail.public_id,
                client_id=mail.client_id,
                facts={"to": mail.to_address, "subject": mail.subject, "answer": mail.error, "page": mail.page},
                recipients=[mail.user_id],
            )
