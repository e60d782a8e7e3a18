"""What other modules may ask of this one, and what its own pages do."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit as pages show it. ``done_at``: when it was made, None while it is open."""

    public_id: uuid.UUID
    client_id: int
    client_name: str
    subject: str
    text: str
    due: datetime.date | None
    created_at: datetime.datetime
    done_at: datetime.datetime | None


class IVisits(Interface):
    """Visits about clients."""

    def add(client_id, *, subject, text="", due=None):
        """Write a visit down: its VisitRow. EmptyVisitError where ``subject`` is empty."""

    def close(public_id):
        """Put a visit away. NotFoundError; ConflictError where that was done already."""

    def by_public_id(public_id):
        """The VisitRow; NotFoundError where there is none, or it is not of a client in the scope."""

    def page(query):
        """A Page of VisitRow by ``cabinet.db.paging.ListQuery``. Filter: ``state`` (open, done)."""

    def open_count():
        """How many visits are open."""
