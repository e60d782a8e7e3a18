"""Sending an act by mail."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from cabinet_finsystem.acts.models import ISSUED
from cabinet_finsystem.errors import ActStateError
from cabinet_finsystem.interfaces import IActBook, IActLetters
from cabinet_finsystem.papers.letters import PaperLetters
from cabinet_finsystem.texts import _


@implementer(IActLetters)
class ActLetters(PaperLetters):
    """Letters about acts."""

    kind = "act"
    book = IActBook

    def require_issued(self, paper: Any) -> None:
        """ActStateError."""
        if paper.state != ISSUED:
            raise ActStateError("act_not_sent", _("Only an issued document can be sent."), {"state": paper.state})
