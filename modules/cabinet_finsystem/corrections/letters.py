"""Sending a correction by mail."""

from __future__ import annotations

from zope.interface import implementer

from cabinet_finsystem.corrections.models import ISSUED
from cabinet_finsystem.errors import CorrectionStateError
from cabinet_finsystem.interfaces import ICorrectionBook, ICorrectionLetters
from cabinet_finsystem.papers.letters import PaperLetters


@implementer(ICorrectionLetters)
class CorrectionLetters(PaperLetters):
    """Letters about corrections."""

    kind = "correction"
    book = ICorrectionBook
    in_force = (ISSUED,)
    refusal = CorrectionStateError
