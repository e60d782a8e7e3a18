"""What the switches say to people: one module for the owner, one module for a client."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ModuleState:
    """One loaded module as its owner sees it. ``own``: its own switch; ``on``: its own and those of all it requires.

    ``needs``, ``needed_by``: titles of what it requires and of what requires it, at any remove; ``waits_for``: those it requires that are
    off; ``takes_along``: those that stop and start with it.
    ``clients_off``: how many clients have it off; ``exceptions``: how many have a setting of their own.
    """

    id: str
    info: Any
    own: bool
    on: bool
    clients: str
    needs: tuple[str, ...]
    needed_by: tuple[str, ...]
    waits_for: tuple[str, ...]
    takes_along: tuple[str, ...]
    clients_off: int
    exceptions: int
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientModule:
    """One module of the site for one client. ``differs``: the client's own setting is not the site's default."""

    id: str
    title: str
    on: bool
    own: bool
    default: bool
    waits_for: tuple[str, ...]
    takes_along: tuple[str, ...]
    closed_for_all: bool

    @property
    def differs(self) -> bool:
        """Whether this client is an exception."""
        return self.own != self.default


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A client with a setting of his own, for the owner's page."""

    public_id: uuid.UUID
    name: str
    on: bool
    changed_by: str
    changed_at: datetime
