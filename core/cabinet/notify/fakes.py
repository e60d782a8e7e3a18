"""A sender that keeps letters and a teller that keeps notices, for tests."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

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


class FakeNotices:
    """Keeps what a service wants told: (kind, keyword arguments) in ``sent``. It knows nobody, so reading and choosing are left out."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def send(self, kind: str, **about: Any) -> int:
        """Keep it."""
        self.sent.append((kind, about))
        return 1
