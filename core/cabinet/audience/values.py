"""Audiences, their readers, and what is said of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cabinet.db.scope import ALL, ClientScope
from cabinet.texts import _

Reach = Literal["public", "clients", "chosen", "staff"]
PUBLIC: Reach = "public"
CLIENTS: Reach = "clients"
CHOSEN: Reach = "chosen"
STAFF: Reach = "staff"
REACHES = (PUBLIC, CLIENTS, CHOSEN, STAFF)
"""From the widest on."""

TITLES: Mapping[str, str] = {
    PUBLIC: _("Everybody, also without signing in"),
    CLIENTS: _("All clients"),
    CHOSEN: _("Chosen clients"),
    STAFF: _("Our own people only"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom something is. ``reach``: ``public``, also guests; ``clients``, all of them; ``chosen``, those named and those of the
    groups named; ``staff``, nobody else. Our own people are in every one.

    ``clients``: internal ids; ``groups``: (name of an AudienceGroups, key). Both count only where the reach is ``chosen``.
    """

    reach: Reach
    clients: frozenset[int] = frozenset()
    groups: frozenset[tuple[str, str]] = frozenset()

    @property
    def plain(self) -> Audience:
        """Without what does not count."""
        return self if self.reach == CHOSEN else replace(self, clients=frozenset(), groups=frozenset())

    @property
    def digest(self) -> str:
        """Equal for equal audiences alone."""
        plain = self.plain
        parts = [plain.reach, sorted(plain.clients), sorted(plain.groups)]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a guest, the people of one client behind his own door, or one of us in the office.

    ``clients``: whose ``chosen`` audiences he is in. One of us who is limited to some clients is in those of theirs alone.
    """

    reaches: frozenset[Reach]
    clients: ClientScope

    @property
    def everywhere(self) -> bool:
        """Whether there is no audience that he is not in."""
        return self.clients is ALL


GUEST = Reader(frozenset({PUBLIC}), frozenset())


def of_client(client_id: int) -> Reader:
    """The people of a client, on his own pages."""
    return Reader(frozenset({PUBLIC, CLIENTS}), frozenset({client_id}))


def of_staff(scope: ClientScope) -> Reader:
    """One of us, who sees the clients of ``scope``."""
    return Reader(frozenset({PUBLIC, CLIENTS, STAFF}), scope)


ALL_OF_US = of_staff(ALL)


@dataclass(frozen=True, slots=True)
class Readers:
    """How many will see it."""

    clients: int
    people: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a person sees it; ``why``: a TranslationString, a whole sentence."""

    sees: bool
    why: str


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group of clients to choose: ``title`` of the group, ``of`` what kind of group it is."""

    source: str
    key: str
    title: str
    of: str
