"""Recurring services: arranged by people, billed once a period whoever runs when."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.clients import Contract, IClientBook
from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.errors import DomainError
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet.texts import pack_text
from cabinet_finsystem.errors import RecurringError
from cabinet_finsystem.interfaces import IActBook, IArticles, IInvoiceBook, IPriceList, IRecurringServices
from cabinet_finsystem.invoicing.drafting import payment_days
from cabinet_finsystem.invoicing.models import OPEN, PAID, VOID, Invoice
from cabinet_finsystem.invoicing.values import InvoiceData
from cabinet_finsystem.items.models import Item
from cabinet_finsystem.notices import tell_stopped
from cabinet_finsystem.recurring.arranging import Arranging
from cabinet_finsystem.recurring.models import RecurringBill, RecurringService
from cabinet_finsystem.recurring.reckoning import coming, due_invoices
from cabinet_finsystem.recurring.values import DueInvoice, DueKey, Expected, ServiceRow
from cabinet_finsystem.searching import found_by
from cabinet_finsystem.texts import _

_NEVER = datetime.date(9999, 12, 31)


@implementer(IRecurringServices)
class RecurringServices(Arranging):
    """Recurring services of one transaction."""

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        notices: INotices,
        clients: IClientBook,
        articles: IArticles,
        items: IPriceList,
        invoices: IInvoiceBook,
        acts: IActBook,
    ) -> None:
        super().__init__(session, clock=clock, audit=audit, clients=clients, articles=articles, items=items)
        self._notices = notices
        self._invoices = invoices
        self._acts = acts

    # Reading

    def find(self, public_id: uuid.UUID) -> RecurringService | None:
        """One service, within the scope."""
        found: RecurringService | None = self._session.scalar(
            select(RecurringService).where(RecurringService.public_id == public_id)
        )
        return found

    def find_bill(self, public_id: uuid.UUID) -> RecurringBill | None:
        """One billed period, within the scope."""
        found: RecurringBill | None = self._session.scalar(
            select(RecurringBill).where(RecurringBill.public_id == public_id)
        )
        return found

    def of_contract(self, contract_id: int) -> list[ServiceRow]:
        """Services of a contract."""
        services = select(RecurringService).where(RecurringService.contract_id == contract_id)
        return self.rows(list(self._session.scalars(services.order_by(RecurringService.id))))

    def rows(self, services: Sequence[RecurringService]) -> list[ServiceRow]:
        """Services with all around them, in a constant number of queries."""
        clients = {service.client_id for service in services}
        parties = self._clients.parties(clients) if clients else {}
        contracts = {one.id: one for one in self._clients.contracts(clients)} if clients else {}
        items = self._items.by_id(service.item_id for service in services if service.item_id)
        billed = self._billed([service.id for service in services])
        rows = []
        for service in services:
            item, party = items.get(service.item_id or 0), parties[service.client_id]
            rows.append(
                ServiceRow(
                    service,
                    service.text or (item.name if item else ""),
                    party.public_id,
                    party.name,
                    contracts[service.contract_id],
                    coming(service, item, billed[service.id]),
                )
            )
        return rows

    def listing(self, query: ListQuery) -> Page:
        """A page of services."""
        criteria = [
            *found_by(query.search, _says, RecurringService.client_id),
            *self._state(query.filters.get("state")),
        ]
        page = paginate(
            self._session,
            select(RecurringService).join(Client, Client.id == RecurringService.client_id).where(*criteria),
            query,
            sorts={"next": func.coalesce(RecurringService.next_on, _NEVER), "client": Client.name},
            default="next",
            key=RecurringService.id,
        )
        return replace(page, rows=self.rows(page.rows))

    def bills(self, service: RecurringService) -> list[tuple[RecurringBill, Invoice | None]]:
        """What of it is billed, the latest period first."""
        rows = self._session.execute(
            select(RecurringBill, Invoice)
            .outerjoin(Invoice, Invoice.id == RecurringBill.invoice_id)
            .where(RecurringBill.recurring_id == service.id)
            .order_by(RecurringBill.first.desc())
        )
        return [(bill, invoice) for bill, invoice in rows]

    # Billing

    def due(self, until: datetime.date) -> list[DueInvoice]:
        """What is billed up to day ``until``."""
        return self._due(select(RecurringService).where(RecurringService.next_on <= until), until)

    def expected(self, currency: str, until: datetime.date) -> list[Expected]:
        """What will be invoiced up to day ``until`` on contracts in force, by the day on which it will be due."""
        wanted = RecurringService.next_on <= until, RecurringService.currency == currency
        found = self._due(select(RecurringService).where(*wanted), until)
        clients = {one.client_id for one in found}
        contracts = {one.id: one for one in self._clients.contracts(clients)} if clients else {}
        return [
            Expected(one.client_id, one.date + datetime.timedelta(_days_to_pay(one, contract)), one.minor)
            for one in found
            if (contract := contracts[one.key.contract_id]).status == "active"
        ]

    def bill(self, key: DueKey, *, today: datetime.date) -> Invoice | None:
        """Make the invoice that ``key`` names; None where another run has, or it is due no more.

        The services are locked and reckoned anew: what somebody paused or another run billed meanwhile is not billed. What is written
        first is the period of each service, and the database takes each only once.
        """
        statement = select(RecurringService).where(RecurringService.contract_id == key.contract_id)
        locked = statement.order_by(RecurringService.id).with_for_update()
        found = self._due(locked.execution_options(populate_existing=True), today)
        due = next((one for one in found if one.key == key), None)
        if due is None:
            return None
        contract = self._clients.contract(key.contract_id)
        if contract.status != "active":
            message = _("The contract is not in force. Put it in force, or end its recurring services.")
            raise RecurringError("contract_status", message)
        bills = [
            RecurringBill(
                client_id=due.client_id,
                public_id=uuid.uuid4(),
                recurring_id=charge.service.id,
                first=due.period.first,
                last=due.period.last,
                minor=charge.minor,
                created_at=self._clock.now(),
            )
            for charge in due.charges
        ]
        try:
            with self._session.begin_nested():
                self._session.add_all(bills)
                self._session.flush()
        except IntegrityError:
            return None
        invoice: Invoice = self._invoices.draft(_invoice_data(due))
        if key.issues:
            self._invoices.issue(invoice)
        billed = self._billed([charge.service.id for charge in due.charges])
        for charge, row in zip(due.charges, bills, strict=True):
            row.invoice_id = invoice.id
            row.act_on = max(due.period.last, due.date) if key.with_act or invoice.charges == "act" else None
            if (charge.service.problem or {}).get("first") == due.period.first.isoformat():
                charge.service.problem = None
            self._renew(charge.service, billed[charge.service.id])
        self._session.flush()
        return invoice

    def stopped(self, key: DueKey, error: DomainError, *, today: datetime.date) -> None:
        """Keep why an invoice could not be made; the manager hears of each reason once."""
        statement = select(RecurringService).where(RecurringService.contract_id == key.contract_id)
        due = next((one for one in self._due(statement, today) if one.key == key), None)
        if due is not None:
            self._stop([charge.service for charge in due.charges], key.contract_id, key.period.first, error)

    def acts_due(self, today: datetime.date) -> list[int]:
        """Ids of issued invoices whose acts are due, the earliest first."""
        rows = self._session.execute(
            select(RecurringBill.invoice_id, func.min(RecurringBill.act_on))
            .join(Invoice, Invoice.id == RecurringBill.invoice_id)
            .where(
                RecurringBill.act_on <= today,
                RecurringBill.acted_at.is_(None),
                Invoice.state.in_((*OPEN, PAID)),
            )
            .group_by(RecurringBill.invoice_id)
            .order_by(func.min(RecurringBill.act_on), RecurringBill.invoice_id)
        )
        return [invoice_id for invoice_id, _day in rows if invoice_id is not None]

    def issue_acts(self, invoice_id: int, *, today: datetime.date) -> int:
        """Issue the act of an invoice, unless another run has. Errors of `IActBook.issue`."""
        bills = self._acts_of(invoice_id, today)
        if not bills:
            return 0
        [invoice] = self._session.scalars(select(Invoice).where(Invoice.id == invoice_id))
        made = self._acts.issue_rest([invoice], date=max(bill.act_on for bill in bills if bill.act_on))
        for bill in bills:
            bill.acted_at = self._clock.now()
        self._session.flush()
        return len(made)

    def stopped_act(self, invoice_id: int, error: DomainError, *, today: datetime.date) -> None:
        """Keep why an act could not be issued; the manager hears of it once."""
        bills = self._acts_of(invoice_id, today)
        ids = [bill.recurring_id for bill in bills]
        services = list(self._session.scalars(select(RecurringService).where(RecurringService.id.in_(ids))))
        if services:
            self._stop(services, services[0].contract_id, bills[0].first, error)

    def again(self, bill: RecurringBill) -> None:
        """Let a period be billed anew. RecurringError while its invoice stands."""
        invoice = None if bill.invoice_id is None else self._session.get(Invoice, bill.invoice_id)
        if invoice is not None and invoice.state != VOID:
            message = _("Its invoice stands. Void it first, or throw its draft away.")
            raise RecurringError("recurring_stands", message)
        [service] = self._session.scalars(select(RecurringService).where(RecurringService.id == bill.recurring_id))
        facts = {"period": bill.first.isoformat(), "minor": bill.minor, "currency": service.currency}
        self._session.delete(bill)
        self._session.flush()
        self._renew(service, self._billed([service.id])[service.id])
        self._record("reopened", service, before=facts)

    # Inside

    def _due(self, statement: Any, until: datetime.date) -> list[DueInvoice]:
        services = list(self._session.scalars(statement))
        items = self._items.by_id(service.item_id for service in services if service.item_id)
        parties = self._clients.parties({service.client_id for service in services}) if services else {}
        languages = {client_id: party.language for client_id, party in parties.items()}
        return due_invoices(services, self._billed([s.id for s in services]), items, languages, until)

    def _acts_of(self, invoice_id: int, today: datetime.date) -> list[RecurringBill]:
        statement = (
            select(RecurringBill)
            .where(
                RecurringBill.invoice_id == invoice_id, RecurringBill.acted_at.is_(None), RecurringBill.act_on <= today
            )
            .order_by(RecurringBill.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return list(self._session.scalars(statement))

    def _stop(
        self, services: Sequence[RecurringService], contract_id: int, first: datetime.date, error: DomainError
    ) -> None:
        problem = {"code": error.code, "text": pack_text(error.message), "first": first.isoformat()}
        known = all((service.problem or {}).get("code") == error.code for service in services)
        for service in services:
            service.problem = problem
        if not known:
            tell_stopped(self._notices, services[0], self._clients.contract(contract_id).number, problem["text"])

    def _state(self, wanted: str | None) -> list[ColumnElement[bool]]:
        today = self._clock.today()
        over = RecurringService.ends.is_not(None) & (RecurringService.ends < today)
        if wanted == "active":
            return [RecurringService.next_on.is_not(None)]
        if wanted == "stopped":
            return [RecurringService.problem.is_not(None)]
        if wanted == "paused":
            return [RecurringService.next_on.is_(None), ~func.coalesce(over, False)]
        if wanted == "ended":
            return [RecurringService.next_on.is_(None), over]
        return []


def _days_to_pay(due: DueInvoice, contract: Contract) -> int:
    return payment_days(contract) if due.key.payment_days is None else due.key.payment_days


def _invoice_data(due: DueInvoice) -> InvoiceData:
    key = due.key
    pay_by = None if key.payment_days is None else due.date + datetime.timedelta(key.payment_days)
    return InvoiceData(
        client_id=due.client_id,
        date=due.date,
        lines=tuple(line for charge in due.charges for line in charge.lines),
        contract_id=key.contract_id,
        due=pay_by,
        currency=key.currency,
        vat_included=key.vat_included,
    )


def _says(word: str) -> ColumnElement[bool]:
    named = select(Item.id).where(contains(Item.name, word))
    return or_(contains(RecurringService.text, word), func.coalesce(RecurringService.item_id, 0).in_(named))


def recurring_services_factory(_context: Any, request: Any) -> RecurringServices:
    """``IRecurringServices`` of a request."""
    return RecurringServices(
        request.db,
        clock=request.find_service(IClock),
        audit=request.find_service(IAuditLog),
        notices=request.find_service(INotices),
        clients=request.find_service(IClientBook),
        articles=request.find_service(IArticles),
        items=request.find_service(IPriceList),
        invoices=request.find_service(IInvoiceBook),
        acts=request.find_service(IActBook),
    )
