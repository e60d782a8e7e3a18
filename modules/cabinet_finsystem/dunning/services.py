"""Reminders to pay: steps arranged by the head, each told once of an invoice whoever runs when."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.parties import ILegalEntities
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet.texts import LANGUAGES
from cabinet_finsystem.dunning.models import DunningLeftOut, DunningStep
from cabinet_finsystem.dunning.telling import Telling
from cabinet_finsystem.dunning.values import FIRST_STEPS, LONGEST_TEXT, MOST_DAYS, StepData
from cabinet_finsystem.dunning.wording import unknown_facts
from cabinet_finsystem.errors import DunningError
from cabinet_finsystem.interfaces import IDunning, IPayments
from cabinet_finsystem.texts import _

_SAMPLE_SUM = 12_200_00


@implementer(IDunning)
class Dunning(Telling):
    """Steps and reminders of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        notices: INotices,
        payments: IPayments,
        entities: ILegalEntities,
    ) -> None:
        super().__init__(session, clock, audit, notices, payments)
        self._entities = entities

    # Arranging

    def seed(self) -> None:
        """The usual steps, all off."""
        if self._session.scalar(select(func.count()).select_from(DunningStep)):
            return
        now = self._clock.now()
        self._session.add_all(
            DunningStep(public_id=uuid.uuid4(), days=days, texts={}, created_at=now) for days in FIRST_STEPS
        )
        self._session.flush()

    def find(self, public_id: uuid.UUID) -> DunningStep | None:
        """One step, a removed one too."""
        found: DunningStep | None = self._session.scalar(select(DunningStep).where(DunningStep.public_id == public_id))
        return found

    def add(self, data: StepData) -> DunningStep:
        """A new step, off. DunningError."""
        columns = self._columns(data, None)
        step = DunningStep(public_id=uuid.uuid4(), created_at=self._clock.now(), **columns)
        self._session.add(step)
        self._session.flush()
        self._record("added", step, after=_facts(step))
        return step

    def check(self, data: StepData, step: DunningStep | None = None) -> None:
        """Whether a step may look so. DunningError."""
        self._columns(data, step)

    def change(self, step: DunningStep, data: StepData) -> bool:
        """Other days or words; whether anything is other. DunningError."""
        before, columns = _facts(step), self._columns(data, step)
        kept = {"days": step.days, "texts": step.texts}
        step.days, step.texts = columns["days"], columns["texts"]
        if (after := _facts(step)) == before:
            return False
        step.before = kept
        self._record("changed", step, before=before, after=after)
        self._session.flush()
        return True

    def back(self, step: DunningStep) -> None:
        """As it was before it was changed last. DunningError."""
        if step.before is None:
            raise DunningError("dunning_unchanged", _("The step has not been changed."))
        self.change(step, StepData(step.before["days"], step.before["texts"]))

    def switch(self, step: DunningStep, *, on: bool) -> None:
        """Let it tell from today on, or no more."""
        if on == (step.on_since is not None):
            return
        step.on_since = self._clock.today() if on else None
        self._record("switched_on" if on else "switched_off", step)
        self._session.flush()

    def switch_all(self, *, on: bool) -> None:
        """The same for all."""
        for step in self.steps():
            self.switch(step, on=on)

    def remove(self, step: DunningStep) -> None:
        """Take it away."""
        if step.removed_at is None:
            step.removed_at = self._clock.now()
            self._record("removed", step)
            self._session.flush()

    def restore(self, step: DunningStep) -> None:
        """Take the removal back. DunningError."""
        if step.removed_at is not None:
            self._check_days(step.days, step)
            step.removed_at = None
            self._record("restored", step)
            self._session.flush()

    # Leaving clients out

    def leave_out(self, client_id: int) -> None:
        """Remind this client no more."""
        try:
            with self._session.begin_nested():
                self._session.add(DunningLeftOut(client_id=client_id, since=self._clock.now()))
                self._session.flush()
        except IntegrityError:
            return
        self._record_client("left_out", client_id)

    def take_in(self, client_id: int) -> None:
        """Remind him again."""
        row = self._session.scalar(select(DunningLeftOut).where(DunningLeftOut.client_id == client_id))
        if row is not None:
            self._session.delete(row)
            self._session.flush()
            self._record_client("taken_in", client_id)

    def sample(self, step: DunningStep | StepData) -> dict[str, Any]:
        """What a letter of a step would be made of."""
        today = self._clock.today()
        due = today - datetime.timedelta(step.days)
        date = due - datetime.timedelta(10)
        made_up = {
            "id": uuid.uuid4().hex,
            "number": f"{due.year}-00042",
            "date": date.isoformat(),
            "due": due.isoformat(),
            "minor": _SAMPLE_SUM,
            "currency": self._entities.default().currency,
        }
        return {"sections": [{"days": step.days, "texts": step.texts, "invoices": [made_up]}]}

    # Inside

    def _columns(self, data: StepData, step: DunningStep | None) -> dict[str, Any]:
        if not -MOST_DAYS <= data.days <= MOST_DAYS:
            message = _("A step is at most ${n} days from the due day.", mapping={"n": MOST_DAYS})
            raise DunningError("dunning_days", message, {"field": "days"})
        self._check_days(data.days, step)
        texts = {}
        for language, text in data.texts.items():
            told, field = text.strip().replace("\r\n", "\n"), {"field": f"text_{language}"}
            if language not in LANGUAGES:
                raise DunningError("dunning_language", _("There is no such language."), field)
            if len(told) > LONGEST_TEXT:
                message = _("The text is too long: ${n} characters are allowed.", mapping={"n": LONGEST_TEXT})
                raise DunningError("too_long", message, field)
            if unknown := unknown_facts(told):
                message = _("Nothing is called {${name}} here.", mapping={"name": unknown[0]})
                raise DunningError("dunning_fact", message, field)
            if told:
                texts[language] = told
        return {"days": data.days, "texts": texts}

    def _check_days(self, days: int, step: DunningStep | None) -> None:
        if any(one.days == days and one is not step for one in self.steps()):
            raise DunningError("dunning_twice", _("Another step tells on that day."), {"field": "days"})

    def _record_client(self, verb: str, client_id: int) -> None:
        client = self._session.get_one(Client, client_id)
        self._audit.record(
            f"finsystem.client.{verb}",
            kind="client",
            public_id=client.public_id,
            title=client.name,
            client_id=client_id,
        )

    def _record(self, verb: str, step: DunningStep, **facts: Any) -> None:
        self._audit.record(
            f"finsystem.dunning_step.{verb}",
            kind="dunning_step",
            public_id=step.public_id,
            title=f"{step.days:+}" if step.days else "0",
            **facts,
        )


def _facts(step: DunningStep) -> Mapping[str, Any]:
    """What the audit keeps of a step."""
    return {"days": step.days, **{f"text_{language}": step.texts.get(language, "") for language in LANGUAGES}}


def dunning_factory(_context: Any, request: Any) -> Dunning:
    """``IDunning`` of a request."""
    return Dunning(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(INotices),
        request.find_service(IPayments),
        request.find_service(ILegalEntities),
    )
