"""Reading letters before they leave: those of notices are written only then."""

from __future__ import annotations

from typing import Any

from cabinet.notify.letters import notice_letter
from cabinet.notify.mail import RenderedMail


def letter_of(request: Any, mail: Any) -> RenderedMail:
    """What an OutgoingMail row says, or would say if it left now."""
    if mail.notice is None or mail.html:
        return RenderedMail(mail.subject, mail.text, mail.html)
    written = notice_letter(request, mail.notice)
    if written is None:
        raise AssertionError("nobody is to get this letter any more")
    return written.letter
