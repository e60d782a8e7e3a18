"""What the owner decides of matching: which proven payments he is asked about first, and which payers are remembered."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.errors import NotFoundError
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.interfaces import IMatchingCare
from cabinet_finsystem.statements.matching.cautions import Caution
from cabinet_finsystem.statements.models import LearnedPayer, MatchingCaution
from cabinet_finsystem.texts import _


def cautions_of(session: Session) -> frozenset[Caution]:
    """What is asked about first."""
    return frozenset(Caution(code) for code in session.scalars(select(MatchingCaution.code)))


@implementer(IMatchingCare)
class MatchingCare:
    """Cautions and remembered payers of one transaction."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def cautions(self) -> frozenset[Caution]:
        """What is asked about first."""
        return cautions_of(self._session)

    def ask_first(self, code: str, *, asked: bool) -> None:
        """Ask about ``code`` first, or trust it again. NotFoundError where there is no such caution."""
        if code not in list(Caution):
            raise NotFoundError("no_caution", _("There is nothing of this name to be asked about."))
        row = self._session.get(MatchingCaution, code)
        if asked and row is None:
            self._session.add(MatchingCaution(code=code, since=self._clock.now()))
            self._audit.record("finsystem.caution.asked", kind="caution", public_id=code, title=code)
        elif not asked and row is not None:
            self._session.delete(row)
            self._audit.record("finsystem.caution.trusted", kind="caution", public_id=code, title=code)
        self._session.flush()

    def payers(self, query: ListQuery) -> Page:
        """Remembered payers, the latest first; search in account and INN."""
        wanted = select(LearnedPayer).where(LearnedPayer.forgotten_at.is_(None))
        for word in query.search.split():
            wanted = wanted.where(or_(contains(LearnedPayer.account, word), contains(LearnedPayer.inn, word)))
        return paginate(
            self._session,
            wanted,
            query,
            sorts={"learned": LearnedPayer.learned_at, "times": LearnedPayer.times},
            default="-learned",
            key=LearnedPayer.id,
        )

    def find(self, public_id: uuid.UUID) -> LearnedPayer | None:
        """One of them, a forgotten one too."""
        found: LearnedPayer | None = self._session.scalar(
            select(LearnedPayer).where(LearnedPayer.public_id == public_id)
        )
        return found

    def forget(self, payer: LearnedPayer) -> None:
        """What was learned of an account is no evidence any more. What was decided by it stays."""
        if payer.forgotten_at is None:
            payer.forgotten_at = self._clock.now()
            self._tell("finsystem.payer.forgotten", payer)

    def remember(self, payer: LearnedPayer) -> None:
        """Take the forgetting back."""
        if payer.forgotten_at is not None:
            payer.forgotten_at = None
            self._tell("finsystem.payer.remembered", payer)

    def _tell(self, action: str, payer: LearnedPayer) -> None:
        self._audit.record(
            action, kind="payer", public_id=payer.public_id, title=payer.account, client_id=payer.client_id
        )


def matching_care_factory(_context: Any, request: Any) -> MatchingCare:
    """``IMatchingCare`` of a request."""
    return MatchingCare(request.db, request.find_service(IClock), request.find_service(IAuditLog))


def includeme(config: Any) -> None:
    """Bind the service."""
    config.register_service_factory(matching_care_factory, IMatchingCare)
