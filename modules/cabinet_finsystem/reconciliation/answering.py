"""What is said of an act of reconciliation once it is sent: disputed, answered, agreed to; and where it stands by that."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from cabinet.interfaces import IAuditLog, IClock, INotices, IPeople
from cabinet_finsystem.errors import ReconciliationError, ReconciliationStateError
from cabinet_finsystem.reconciliation import notices
from cabinet_finsystem.reconciliation.content import digest_of
from cabinet_finsystem.reconciliation.models import AGREED, ANSWERED, DISPUTED, OPEN, SENT, Reconciliation, Remark
from cabinet_finsystem.texts import _

MOST_TEXT = 4_000
_SHORT = 300


class Answering:
    """The part of `IReconciliations` that both sides use of an act they have. ``user_id``: who acts, or None for a command or a job."""

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        notices: INotices,
        people: IPeople,
        user_id: int | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._notices = notices
        self._people = people
        self._user_id = user_id

    # The client's side

    def dispute(
        self,
        act: Reconciliation,
        *,
        row: str = "",
        text: str,
        date: datetime.date | None = None,
        minor: int | None = None,
    ) -> Remark:
        """His words against a line of the act, or of something that it lacks."""
        act = self._locked(act)
        self._require(act, OPEN, _("This act can no longer be disputed."))
        line = next((one for one in act.content["rows"] if one["key"] == row), None)
        if row and line is None:
            raise ReconciliationError("reconciliation_row", _("There is no such line in the act."))
        remark = Remark(
            client_id=act.client_id,
            row=row,
            date=date,
            minor=minor,
            text=_words(text),
            said_at=self._clock.now(),
            said_by=self._user_id,
            said_name=self._name(),
        )
        act.remarks.append(remark)
        self._settle(act)
        self._record("disputed", act, after={"line": line["document"] if line else "", "text": remark.text[:_SHORT]})
        notices.tell_disputed(self._notices, act, remark)
        return remark

    def take_back(self, remark: Remark) -> None:
        """He does not dispute it any longer."""
        act = self._locked(remark.act)
        self._require(act, OPEN, _("This act can no longer be disputed."))
        self._require_waiting(remark)
        remark.taken_back_at = self._clock.now()
        self._settle(act)
        self._record("remark_taken_back", act, before={"text": remark.text[:_SHORT]})

    def sign(self, act: Reconciliation, *, digest: str) -> None:
        """Agree to what stands there: once, and to nothing else than what was shown."""
        act = self._locked(act)
        if act.state == DISPUTED:
            raise ReconciliationStateError(
                "reconciliation_disputed",
                _("Something in this act waits for an answer: take it back before you agree."),
            )
        self._require(act, (SENT, ANSWERED), _("This act can no longer be agreed to."))
        if not digest or digest != act.digest or digest != digest_of(act.content):
            raise ReconciliationError(
                "reconciliation_differs", _("This is not the act that you were shown. Look at it once more.")
            )
        act.state, act.signed_at, act.signed_by = AGREED, self._clock.now(), self._user_id
        act.signed_name, act.signed_digest = self._name(), digest
        self._session.flush()
        self._record("agreed", act, after={"closing": act.closing, "currency": act.currency, "digest": digest})
        notices.tell_agreed(self._notices, act)

    # Our side

    def answer(self, remark: Remark, *, text: str) -> None:
        """Answer what the client disputes; his people are told."""
        act = self._locked(remark.act)
        self._require(act, OPEN, _("This act can no longer be disputed."))
        self._require_waiting(remark)
        remark.answer, remark.answered_at, remark.answered_by = _words(text), self._clock.now(), self._user_id
        self._settle(act)
        self._record("answered", act, after={"text": remark.answer[:_SHORT]})
        notices.tell_answered(self._notices, act, remark)

    def reopen(self, remark: Remark) -> None:
        """Take an answer back."""
        act = self._locked(remark.act)
        self._require(act, OPEN, _("This act can no longer be disputed."))
        if remark.answered_at is None:
            raise ReconciliationStateError("remark_state", _("There is no answer to take back."))
        before = remark.answer
        remark.answer, remark.answered_at, remark.answered_by = "", None, None
        self._settle(act)
        self._record("answer_taken_back", act, before={"text": before[:_SHORT]})

    # Inside

    def _locked(self, act: Reconciliation) -> Reconciliation:
        """The act as it is now, its row locked until the transaction ends: of two who act at once the second sees what the first did."""
        statement = (
            select(Reconciliation)
            .options(selectinload(Reconciliation.remarks), undefer("*"))
            .where(Reconciliation.id == act.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return self._session.scalars(statement).one()

    def _settle(self, act: Reconciliation) -> None:
        """Where an open act stands follows from what was said of it."""
        if any(remark.waits for remark in act.remarks):
            act.state = DISPUTED
        else:
            act.state = ANSWERED if any(remark.answered_at for remark in act.remarks) else SENT
        self._session.flush()

    def _require(self, act: Reconciliation, states: Sequence[str], message: str) -> None:
        if act.state not in states:
            raise ReconciliationStateError("reconciliation_state", message, {"state": act.state})

    def _require_waiting(self, remark: Remark) -> None:
        if not remark.waits:
            raise ReconciliationStateError("remark_state", _("This was answered or taken back already."))

    def _name(self) -> str:
        return str(self._people.get(self._user_id).name) if self._user_id is not None else ""

    def _record(self, verb: str, act: Reconciliation, **facts: Any) -> None:
        self._audit.record(
            f"finsystem.reconciliation.{verb}",
            kind="reconciliation",
            public_id=act.public_id,
            title=act.number,
            client_id=act.client_id,
            **facts,
        )


def _words(text: str) -> str:
    said = text.strip()
    if not said:
        raise ReconciliationError("reconciliation_words", _("Say it in a few words."), {"field": "text"})
    return said[:MOST_TEXT]
