"""Sending an act by mail."""

from __future__ import annotations

from zope.interface import implementer

from cabinet_finsystem.acts.models import ISSUED
from cabinet_finsystem.errors import ActStateError
from cabinet_finsystem.interfaces import IActBook, IActLetters
from cabinet_finsystem.papers.letters import PaperLetters


@implementer(IActLetters)
class ActLetters(PaperLetters):
    """Letters about acts."""

    kind = "act"
    book = IActBook
    in_force = (ISSUED,)
    refusal = ActStateError
