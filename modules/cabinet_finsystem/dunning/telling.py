"""Reminding clients: what has come by a step, each once; what is overdue, when a person asks for it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cabinet.audit.services import Act
from cabinet.db.bulk import take_ids
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet_finsystem.dunning.models import DunningLeftOut, DunningStep, DunningTold
from cabinet_finsystem.dunning.values import MOST_DAYS, Told
from cabinet_finsystem.dunning.wording import KIND
from cabinet_finsystem.errors import DunningError
from cabinet_finsystem.interfaces import IPayments
from cabinet_finsystem.invoicing.models import OPEN, Invoice
from cabinet_finsystem.texts import _


class _Reminder(NamedTuple):
    """Of which invoice by which step; None: by hand. ``days``: of the step, or since the due day."""

    step: DunningStep | None
    days: int
    invoice: Invoice


class Telling:
    """The part of `IDunning` that tells."""

    def __init__(
        self, session: Session, clock: IClock, audit: IAuditLog, notices: INotices, payments: IPayments
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._notices = notices
        self._payments = payments

    def steps(self) -> list[DunningStep]:
        """Steps by their days."""
        statement = select(DunningStep).where(DunningStep.removed_at.is_(None))
        return list(self._session.scalars(statement.order_by(DunningStep.days, DunningStep.id)))

    def left_out(self, client_id: int) -> bool:
        """Whether he is not reminded."""
        return bool(self._session.scalar(select(DunningLeftOut.id).where(DunningLeftOut.client_id == client_id)))

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
        return len(wanted) if self._tell(client_id, today, wanted) else 0

    def overdue(self, client_id: int, today: datetime.date) -> list[Invoice]:
        """Invoices of a client that are late and that his free money does not pay, the earliest due first."""
        found = self._open_of(client_id, today - datetime.timedelta(1))
        return sorted(self._owed(client_id, found), key=lambda invoice: (invoice.due, invoice.id))

    def remind(self, client_id: int, today: datetime.date) -> int:
        """Tell a client's people now of all that is overdue, in one notice. How many people. DunningError."""
        if self.left_out(client_id):
            raise DunningError("dunning_left_out", _("This client is left out of reminders: his card says so."))
        wanted = [_Reminder(None, (today - one.due).days, one) for one in self.overdue(client_id, today)]
        if not wanted:
            raise DunningError("dunning_nothing", _("Nothing of this client is overdue any more."))
        people = self._tell(client_id, today, wanted)
        if not people:
            message = _("Nobody was told: he was reminded today already, or none of his people may see his invoices.")
            raise DunningError("dunning_nobody", message)
        return people

    def words_of(self, client_id: int, today: datetime.date) -> dict[str, Any] | None:
        """Facts of the letter that `remind` would write; None where nothing is overdue."""
        wanted = [_Reminder(None, (today - one.due).days, one) for one in self.overdue(client_id, today)]
        return _told_facts(wanted) if wanted else None

    def last_told(self, client_id: int) -> datetime.datetime | None:
        """When he was reminded of anything last."""
        latest = select(func.max(DunningTold.told_at)).where(DunningTold.client_id == client_id)
        found: datetime.datetime | None = self._session.scalar(latest)
        return found

    def _tell(self, client_id: int, today: datetime.date, wanted: Sequence[_Reminder]) -> int:
        """One notice of all that is ``wanted``, kept as told; how many people, 0: nobody, and nothing is kept."""
        if not wanted:
            return 0
        now = self._clock.now()
        ids = take_ids(self._session, cast(Table, DunningTold.__table__), len(wanted))
        rows = [
            DunningTold(
                id=id_,
                client_id=client_id,
                invoice_id=one.invoice.id,
                step_id=one.step.id if one.step else None,
                days=one.days,
                people=0,
                told_at=now,
            )
            for id_, one in zip(ids, wanted, strict=True)
        ]
        nested = self._session.begin_nested()
        try:
            # The rows come first: the database takes each only once, and who comes second tells nobody.
            self._session.add_all(rows)
            self._session.flush()
        except IntegrityError:
            nested.rollback()
            return 0
        only = wanted[0].invoice.public_id if len(wanted) == 1 else ""
        once_key = f"{KIND}:{client_id}:{today.isoformat()}"
        people: int = self._notices.send(
            KIND, about=only, client_id=client_id, facts=_told_facts(wanted), once_key=once_key
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
                Act(
                    one.invoice.public_id,
                    one.invoice.number or "",
                    client_id,
                    after={"days": one.days, "people": people},
                )
                for one in wanted
            ],
        )
        return people

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

    def told_of(self, invoice_id: int) -> list[Told]:
        """What was told of an invoice, the latest first."""
        statement = select(DunningTold).where(DunningTold.invoice_id == invoice_id).order_by(DunningTold.id.desc())
        return [
            Told(row.days, row.told_at, row.people, row.step_id is None) for row in self._session.scalars(statement)
        ]

    # Inside

    def _on(self) -> list[DunningStep]:
        return [step for step in self.steps() if step.on_since is not None]

    def _wanted(self, client_id: int, today: datetime.date) -> list[_Reminder]:
        """Of each invoice the newest step that has come, where neither it nor a later one was told; the latest steps first."""
        steps = self._on()
        if not steps:
            return []
        latest = today - datetime.timedelta(steps[0].days)
        found = self._open_of(client_id, latest)
        told, wanted = self._told(client_id), []
        for invoice in self._owed(client_id, found):
            step = _newest(steps, invoice.due, today)
            if step is not None and told.get(invoice.id, -MOST_DAYS - 1) < step.days:
                wanted.append(_Reminder(step, step.days, invoice))
        return sorted(wanted, key=lambda one: (-one.days, one.invoice.due, one.invoice.id))

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


def _newest(steps: Sequence[DunningStep], due: datetime.date, today: datetime.date) -> DunningStep | None:
    """The latest of ``steps`` whose day has come, from the day on that it is on; what it should have said before that is not told late."""
    came = [step for step in steps if due + datetime.timedelta(step.days) <= today]
    if not came:
        return None
    newest = came[-1]
    return newest if newest.on_since is not None and due + datetime.timedelta(newest.days) >= newest.on_since else None


def _told_facts(wanted: Sequence[_Reminder]) -> dict[str, Any]:
    """Sections of the letter: one a step, and one of what a person tells of by hand, under the words of the latest of it."""
    sections: dict[int, dict[str, Any]] = {}
    for one in wanted:
        step = one.step
        section = sections.setdefault(
            step.id if step else 0, {"step": step.public_id.hex if step else "", "days": one.days, "invoices": []}
        )
        section["invoices"].append(_invoice_facts(one.invoice))
    return {"sections": list(sections.values())}


def _invoice_facts(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.public_id.hex,
        "number": invoice.number,
        "date": invoice.date.isoformat(),
        "due": invoice.due.isoformat(),
        "minor": invoice.open,
        "currency": invoice.currency,
    }
