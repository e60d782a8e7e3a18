"""Recurring services as people arrange them: added, changed, repriced, paused. What is billed stays."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cabinet.contracts.clients import IClientBook
from cabinet.db.bulk import chunks
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.errors import RecurringError
from cabinet_finsystem.interfaces import IArticles, IPriceList
from cabinet_finsystem.items.models import Item
from cabinet_finsystem.recurring.models import RecurringBill, RecurringService, RecurringStep
from cabinet_finsystem.recurring.periods import period_of
from cabinet_finsystem.recurring.reckoning import waiting
from cabinet_finsystem.recurring.values import ServiceData
from cabinet_finsystem.recurring.writing import checked, facts_of
from cabinet_finsystem.texts import _


class Arranging:
    """The part of `IRecurringServices` that says what is to be billed."""

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        clients: IClientBook,
        articles: IArticles,
        items: IPriceList,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._clients = clients
        self._articles = articles
        self._items = items

    def add(self, data: ServiceData, *, public_id: uuid.UUID | None = None) -> RecurringService:
        """A new service. RecurringError, NotFoundError; ConflictError where the form was kept already."""
        contract = self._clients.contract(data.contract_id)
        service = RecurringService(
            public_id=public_id or uuid.uuid4(),
            client_id=contract.client_id,
            contract_id=contract.id,
            created_at=self._clock.now(),
            **checked(data, contract, self._item(data.item_id), self._articles),
        )
        step = RecurringStep(client_id=contract.client_id, since=data.starts, active=True, price=data.price)
        service.steps = [step]
        self._renew(service, ())
        try:
            with self._session.begin_nested():
                self._session.add(service)
        except IntegrityError as error:
            raise ConflictError("recurring_twice", _("This service is saved already.")) from error
        self._record("added", service, after=facts_of(service) | {"since": data.starts.isoformat()})
        return service

    def change(self, service: RecurringService, data: ServiceData) -> None:
        """Other terms; what is billed, the prices and the first day stay. RecurringError."""
        service = self._locked(service)
        contract = self._clients.contract(service.contract_id)
        data = replace(data, price=service.steps[-1].price, starts=service.steps[0].since)
        columns, billed = checked(data, contract, self._item(data.item_id), self._articles), self._billed([service.id])
        if billed[service.id] and columns["period"] != service.period:
            message = _("Some of it is billed: end this service and add another one with the other period.")
            raise RecurringError("recurring_period", message, {"field": "period"})
        before = facts_of(service)
        for name, value in columns.items():
            setattr(service, name, value)
        service.problem = None
        self._renew(service, billed[service.id])
        if (after := facts_of(service)) != before:
            self._record("changed", service, before=before, after=after)

    def reprice(self, service: RecurringService, price: int | None, *, since: datetime.date) -> None:
        """Another price from a day on. RecurringError for a day whose period is billed."""
        service = self._locked(service)
        if price is None and service.item_id is None:
            raise RecurringError("recurring_price", _("Write the price."), {"field": "price"})
        before = service.steps[-1].price
        self._step(service, since, active=True, price=price)
        after = {"since": since.isoformat(), "price": price, "currency": service.currency}
        self._record("repriced", service, before={"price": before, "currency": service.currency}, after=after)

    def pause(self, service: RecurringService, *, since: datetime.date) -> None:
        """Serve nothing from a day on. RecurringError."""
        service = self._locked(service)
        if not service.steps[-1].active:
            raise RecurringError("recurring_paused", _("It is paused already."))
        self._step(service, since, active=False, price=service.steps[-1].price)
        self._record("paused", service, after={"since": since.isoformat()})

    def resume(self, service: RecurringService, *, since: datetime.date) -> None:
        """Serve again from a day on, at the price it had. RecurringError."""
        service = self._locked(service)
        last = service.steps[-1]
        if last.active:
            raise RecurringError("recurring_active", _("It is not paused."))
        if since < last.since:
            raise RecurringError("recurring_since", _("It was not paused yet on that day."), {"field": "since"})
        if since == last.since:
            service.steps.remove(last)
            self._session.flush()
        if not service.steps or not service.steps[-1].active:
            self._step(service, since, active=True, price=last.price)
        else:
            self._renew(service, self._billed([service.id])[service.id])
        self._record("resumed", service, after={"since": since.isoformat()})

    def _step(self, service: RecurringService, since: datetime.date, *, active: bool, price: int | None) -> None:
        """From ``since`` on it is so; what was said of later days is said no more."""
        billed = self._billed([service.id])[service.id]
        if since < service.steps[0].since:
            message = _("The service does not begin before ${date}.", mapping={"date": str(service.steps[0].since)})
            raise RecurringError("recurring_since", message, {"field": "since"})
        if any(first >= period_of(since, service.period).first for first in billed):
            message = _("The period of that day is billed, and stays so. Choose a day after it.")
            raise RecurringError("recurring_billed", message, {"field": "since"})
        service.steps[:] = [step for step in service.steps if step.since < since]
        self._session.flush()
        service.problem = None
        service.steps.append(RecurringStep(client_id=service.client_id, since=since, active=active, price=price))
        self._renew(service, billed)

    # Inside

    def _billed(self, service_ids: Iterable[int]) -> defaultdict[int, set[datetime.date]]:
        """First days of the periods of services that are billed."""
        found: defaultdict[int, set[datetime.date]] = defaultdict(set)
        for some in chunks(service_ids):
            rows = select(RecurringBill.recurring_id, RecurringBill.first).where(RecurringBill.recurring_id.in_(some))
            for service_id, first in self._session.execute(rows):
                found[service_id].add(first)
        return found

    def _renew(self, service: RecurringService, billed: Iterable[datetime.date]) -> None:
        following = next(waiting(service, set(billed)), None)
        service.next_on = following.date if following else None
        self._session.flush()

    def _item(self, item_id: int | None) -> Item | None:
        return None if item_id is None else self._items.by_id([item_id]).get(item_id)

    def _locked(self, service: RecurringService) -> RecurringService:
        statement = select(RecurringService).where(RecurringService.id == service.id).with_for_update()
        return self._session.scalars(statement.execution_options(populate_existing=True)).one()

    def _record(self, verb: str, service: RecurringService, **facts: Any) -> None:
        title = service.text
        if not title:
            with suppress(KeyError):
                title = self._items.by_id([service.item_id])[service.item_id].name
        self._audit.record(
            f"finsystem.recurring.{verb}",
            kind="recurring",
            public_id=service.public_id,
            title=title[:200],
            client_id=service.client_id,
            **facts,
        )
