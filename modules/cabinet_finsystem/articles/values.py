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

    ``direction``: in, out or any. ``purpose``: words, any of several parted by commas. ``counterparty``: a name, a tax number or an
    account. ``amount_from`` and ``amount_to``: absolute minor units, both included.
    """

    direction: str
    article_id: int
    purpose: str = ""
    counterparty: str = ""
    amount_from: int | None = None
    amount_to: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in its place: the first that holds decides."""

    id: int
    public_id: uuid.UUID
    position: int
    conditions: NewRule


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What a change of the rules would do to a line: its article by the rules as they are, and as they would be. None: unsorted."""

    position: int
    before: int | None
    after: int | None
