"""Ways out for letters: an SMTP server, or none."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from zope.interface import implementer

from cabinet.errors import DomainError
from cabinet.interfaces import IMailSender
from cabinet.preferences import effective
from cabinet.settings import MailSettings
from cabinet.texts import _

_TIMEOUT_SECONDS = 20.0
_TOO_LARGE = 552


class MailNotConfiguredError(DomainError):
    """The site has no mail server."""

    def __init__(self) -> None:
        super().__init__(
            "mail_not_configured",
            _("This site sends no mail: no mail server is named in its settings (section [mail])."),
        )


class MailRefusedError(DomainError):
    """The server will never take this letter."""


class MailDeferredError(Exception):
    """The letter could not be handed over this time: no connection, or the server asks to come again."""


class MailServerAwayError(MailDeferredError):
    """The server cannot be reached, does not let us in or sends nothing for us: no letter's own fault."""


@implementer(IMailSender)
class NullSender:
    """No way out."""

    configured = False

    def send(self, message: EmailMessage) -> None:  # noqa: ARG002 - the interface's signature
        """Nothing can be sent."""
        raise MailNotConfiguredError


@implementer(IMailSender)
class SMTPSender:
    """One SMTP server, one connection a letter. TLS certificates are verified; a password never travels unless settings say so."""

    configured = True

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, message: EmailMessage) -> None:
        """Hand ``message`` to the server. MailRefusedError, MailDeferredError, MailServerAwayError."""
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerAwayError(_said(error)) from error
        try:
            server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            if _is_of_the_server(error):
                raise MailServerAwayError(_said(error)) from error
            if _is_final(error):
                raise MailRefusedError(
                    "mail_refused", _("The mail server refused the letter: ${answer}", mapping={"answer": _said(error)})
                ) from error
            raise MailDeferredError(_said(error)) from error
        finally:
            # The letter is taken or not by now: how the server says goodbye changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        mail = self._settings
        local = parseaddr(mail.sender)[1].rpartition("@")[2] or "localhost"
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, local, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, local, timeout=_TIMEOUT_SECONDS)
        try:
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.username:
                server.login(mail.username, mail.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


def sender_factory(_context: Any, request: Any) -> Any:
    """``IMailSender`` of a request. A test puts its own at ``registry.cabinet_mail_sender``."""
    given = getattr(request.registry, "cabinet_mail_sender", None)
    if given is not None:
        return given
    mail = effective(request).mail
    return SMTPSender(mail) if mail.host and mail.sender else NullSender()


def _is_final(error: Exception) -> bool:
    """Whether the server's answer is a 5xx about this letter. A refused sign-in is a matter of settings: they may be mended."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _is_of_the_server(error: Exception) -> bool:
    """Whether the server sends nothing for us at all. Being too large is the letter's own fault."""
    return isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != _TOO_LARGE


def _said(error: Exception) -> str:
    """What the other side said, on one line."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return " ".join(f"{type(error).__name__}: {error}".split())
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join(f"{code} {words}".split())
