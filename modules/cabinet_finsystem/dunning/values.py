"""What steps of reminding are made of, and which there are at first."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_DAYS = 365
LONGEST_TEXT = 2000
FACTS = ("invoices", "sum", "due")
"""Names that stand in words of a step for what the letter is about."""

FIRST_STEPS = (-3, 0, 7)
"""The steps of a new site, all off: days from the due day."""


@dataclass(frozen=True, slots=True)
class StepData:
    """A step as it is arranged. ``days``: from the due day on, negative before it; ``texts``: language → words, where they are not the
    usual ones."""

    days: int
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A client was told of an invoice. ``days``: of the step, or since the due day where a person told ``by_hand``; ``people``: whom."""

    days: int
    at: datetime.datetime
    people: int
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class RemindResult:
    """What a run did: ``clients`` told, of so many ``invoices``."""

    clients: int
    invoices: int
