"""Reminders to pay: steps arranged by the head, each told once of an invoice whoever runs when."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audit.services import Act
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.bulk import take_ids
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet.texts import LANGUAGES
from cabinet_finsystem.dunning.models import DunningLeftOut, DunningStep, DunningTold
from cabinet_finsystem.dunning.values import FIRST_STEPS, LONGEST_TEXT, MOST_DAYS, StepData, Told
from cabinet_finsystem.dunning.wording import KIND, unknown_facts
from cabinet_finsystem.errors import DunningError
from cabinet_finsystem.interfaces import IDunning, IPayments
from cabinet_finsystem.invoicing.models import OPEN, Invoice
from cabinet_finsystem.texts import _

_SAMPLE_SUM = 12_200_00


@implementer(IDunning)
class Dunning:
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
        self._session = session
        self._clock = clock
        self._audit = audit
        self._notices = notices
        self._payments = payments
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

    def steps(self) -> list[DunningStep]:
        """Steps by their days."""
        statement = select(DunningStep).where(DunningStep.removed_at.is_(None))
        return list(self._session.scalars(statement.order_by(DunningStep.days, DunningStep.id)))

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

    def left_out(self, client_id: int) -> bool:
        """Whether he is not reminded."""
        return bool(self._session.scalar(select(DunningLeftOut.id).where(DunningLeftOut.client_id == client_id)))

    # Telling

    def due(self, today: datetime.date) -> list[int]:
        """Ids of clients who may have to be told of something today."""
        steps = self._on()
        if not steps:
            return []
        latest = today - datetime.timedelta(steps[0].days)
        out = select(DunningLeftOut.client_id)
        statement = (
            select(Invoice.client_id)
            .where(Invoice.state.in_(OPEN), Invoice.due <= latest, Invoice.client_id.not_in(out))
            .distinct()
            .order_by(Invoice.client_id)
        )
        return list(self._session.scalars(statement))

    def tell(self, client_id: int, today: datetime.date) -> int:
        """Tell a client's people of what has come, in one notice. How many invoices."""
        wanted = [] if self.left_out(client_id) else self._wanted(client_id, today)
        if not wanted:
            return 0
        now = self._clock.now()
        ids = take_ids(self._session, cast(Table, DunningTold.__table__), len(wanted))
        rows = [
            DunningTold(
                id=id_,
                client_id=client_id,
                invoice_id=invoice.id,
                step_id=step.id,
                days=step.days,
                people=0,
                told_at=now,
            )
            for id_, (step, invoice) in zip(ids, wanted, strict=True)
        ]
        nested = self._session.begin_nested()
        try:
            # The rows come first: the database takes each only once, and who comes second tells nobody.
            self._session.add_all(rows)
            self._session.flush()
        except IntegrityError:
            nested.rollback()
            return 0
        facts = _told_facts(wanted)
        only = wanted[0][1].public_id if len(wanted) == 1 else ""
        people = self._notices.send(
            KIND, about=only, client_id=client_id, facts=facts, once_key=f"{KIND}:{client_id}:{today.isoformat()}"
        )
        if not people:
            nested.rollback()
            return 0
        for row in rows:
            row.people = people
        nested.commit()
        self._audit.record_many(
            "finsystem.invoice.reminded",
            "invoice",
            [
                Act(invoice.public_id, invoice.number or "", client_id, after={"days": step.days, "people": people})
                for step, invoice in wanted
            ],
        )
        return len(wanted)

    def current(self, notice: Any) -> dict[str, Any] | None:
        """Facts of a reminder as they are now."""
        if self.left_out(notice.client_id):
            return None
        latest = max(one["due"] for section in notice.facts["sections"] for one in section["invoices"])
        found = self._open_of(notice.client_id, datetime.date.fromisoformat(latest))
        owed = {invoice.public_id.hex: invoice for invoice in self._owed(notice.client_id, found)}
        steps = {step.public_id.hex: step for step in self._session.scalars(select(DunningStep))}
        sections = []
        for section in notice.facts["sections"]:
            invoices = [_invoice_facts(owed[one["id"]]) for one in section["invoices"] if one["id"] in owed]
            if invoices:
                texts = steps[section["step"]].texts if section["step"] in steps else {}
                sections.append({**section, "invoices": invoices, "texts": texts})
        return {"sections": sections} if sections else None

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

    def told_of(self, invoice_id: int) -> list[Told]:
        """What was told of an invoice, the latest first."""
        statement = select(DunningTold).where(DunningTold.invoice_id == invoice_id).order_by(DunningTold.id.desc())
        return [Told(row.days, row.told_at, row.people) for row in self._session.scalars(statement)]

    # Inside

    def _on(self) -> list[DunningStep]:
        return [step for step in self.steps() if step.on_since is not None]

    def _wanted(self, client_id: int, today: datetime.date) -> list[tuple[DunningStep, Invoice]]:
        """(step, invoice): the newest step that has come of each, where neither it nor a later one was told; the latest steps first."""
        steps = self._on()
        if not steps:
            return []
        latest = today - datetime.timedelta(steps[0].days)
        found = self._open_of(client_id, latest)
        told, wanted = self._told(client_id), []
        for invoice in self._owed(client_id, found):
            step = _newest(steps, invoice.due, today)
            if step is not None and told.get(invoice.id, -MOST_DAYS - 1) < step.days:
                wanted.append((step, invoice))
        return sorted(wanted, key=lambda pair: (-pair[0].days, pair[1].due, pair[1].id))

    def _told(self, client_id: int) -> dict[int, int]:
        """Invoice → days of the latest step that it was told by."""
        statement = select(DunningTold.invoice_id, func.max(DunningTold.days)).group_by(DunningTold.invoice_id)
        rows = self._session.execute(statement.where(DunningTold.client_id == client_id))
        return {row[0]: row[1] for row in rows}

    def _open_of(self, client_id: int, latest: datetime.date) -> Sequence[Invoice]:
        """His open invoices up to a due day, as they are in the database now."""
        statement = select(Invoice).where(
            Invoice.client_id == client_id, Invoice.state.in_(OPEN), Invoice.due <= latest
        )
        return self._session.scalars(statement.execution_options(populate_existing=True)).all()

    def _owed(self, client_id: int, invoices: Iterable[Invoice]) -> list[Invoice]:
        """Those of ``invoices`` that his free money does not pay: it came in, though nobody has put it onto them yet."""
        by_currency: defaultdict[str, list[Invoice]] = defaultdict(list)
        for invoice in invoices:
            if invoice.open > 0:
                by_currency[invoice.currency].append(invoice)
        owed = []
        for currency, some in by_currency.items():
            free = self._payments.free_of(client_id, currency)
            for invoice in sorted(some, key=lambda one: (one.due, one.id)):
                if free >= invoice.open:
                    free -= invoice.open
                else:
                    free = 0
                    owed.append(invoice)
        return owed

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


def _newest(steps: Sequence[DunningStep], due: datetime.date, today: datetime.date) -> DunningStep | None:
    """The latest of ``steps`` whose day has come, from the day on that it is on; what it should have said before that is not told late."""
    came = [step for step in steps if due + datetime.timedelta(step.days) <= today]
    if not came:
        return None
    newest = came[-1]
    return newest if newest.on_since is not None and due + datetime.timedelta(newest.days) >= newest.on_since else None


def _told_facts(wanted: Sequence[tuple[DunningStep, Invoice]]) -> dict[str, Any]:
    sections: dict[int, dict[str, Any]] = {}
    for step, invoice in wanted:
        sections.setdefault(step.id, {**_section(step), "invoices": []})["invoices"].append(_invoice_facts(invoice))
    return {"sections": list(sections.values())}


def _section(step: DunningStep) -> dict[str, Any]:
    return {"step": step.public_id.hex, "days": step.days}


def _invoice_facts(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.public_id.hex,
        "number": invoice.number,
        "date": invoice.date.isoformat(),
        "due": invoice.due.isoformat(),
        "minor": invoice.open,
        "currency": invoice.currency,
    }


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
