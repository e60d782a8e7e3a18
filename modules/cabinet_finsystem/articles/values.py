"""Articles and rules as callers see them: frozen data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleNode:
    """An article in its place. ``path``: names from the root down to the article itself; ``kind``: income, expense or unsorted."""

    id: int
    public_id: uuid.UUID
    parent_id: int | None
    section: str
    kind: str
    code: str | None
    name: str
    path: tuple[str, ...]
    archived: bool

    @property
    def depth(self) -> int:
        """0 for a section."""
        return len(self.path) - 1


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as a person writes it. Empty conditions hold for every line; at least one must be given.

    ``counterparty``: a part of the name, or a whole tax number or account. Amounts: absolute minor units of ``currency``.
    """

    direction: str
    article_id: int
    purpose: str = ""
    counterparty: str = ""
    currency: str | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force, in its place among the others."""

    id: int
    public_id: uuid.UUID
    position: int
    conditions: NewRule


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a rule looks at in a bank line. ``minor``: signed, positive in; ``article_id``: what it has now, or None."""

    id: int
    purpose: str
    counterparty_name: str
    counterparty_inn: str
    counterparty_account: str
    minor: int
    currency: str
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What a change of the rules would do to a line. Articles by id; None: unsorted."""

    line_id: int
    before: int | None
    after: int | None
