"""A sender that keeps letters, for tests."""

from __future__ import annotations

from email.message import EmailMessage

from zope.interface import implementer

from cabinet.interfaces import IMailSender


@implementer(IMailSender)
class FakeSender:
    """Takes every letter; ``errors`` are raised first, one a letter."""

    configured = True

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """Keep ``message``, or raise the next error."""
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(message)
