"""Sending a correction by mail."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from cabinet_finsystem.corrections.models import ISSUED
from cabinet_finsystem.errors import CorrectionStateError
from cabinet_finsystem.interfaces import ICorrectionBook, ICorrectionLetters
from cabinet_finsystem.papers.letters import PaperLetters
from cabinet_finsystem.texts import _


@implementer(ICorrectionLetters)
class CorrectionLetters(PaperLetters):
    """Letters about corrections."""

    kind = "correction"
    book = ICorrectionBook

    def require_issued(self, paper: Any) -> None:
        """CorrectionStateError."""
        if paper.state != ISSUED:
            raise CorrectionStateError(
                "correction_not_sent", _("Only an issued document can be sent."), {"state": paper.state}
            )
