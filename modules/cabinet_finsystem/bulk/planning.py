"""Whom a bulk issue reaches, with what, and who is left out of it and why. Reads only, in a constant number of queries a thousand."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.contracts.clients import ClientParty, Contract, IClientBook
from cabinet.db.bulk import chunks
from cabinet.identity.models import Client
from cabinet.interfaces import INotices, ISwitches
from cabinet_finsystem.bulk.values import CONTRACT, RECURRING, TAG, BulkData, BulkPlan, LeftOut, PlannedInvoice
from cabinet_finsystem.errors import BulkError, InvoiceDataError
from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.invoicing.drafting import Drafter
from cabinet_finsystem.invoicing.models import VOID, Invoice, InvoiceLine
from cabinet_finsystem.invoicing.values import InvoiceData
from cabinet_finsystem.notices import ISSUED
from cabinet_finsystem.recurring.models import RecurringBill, RecurringService
from cabinet_finsystem.recurring.periods import MONTH, period_of
from cabinet_finsystem.texts import _

MODULE = "finsystem"
MOST = 5000


class BulkPlanner:
    """Plans of one transaction, within the scope of its session."""

    def __init__(
        self,
        session: Session,
        *,
        clients: IClientBook,
        drafter: Drafter,
        ledger: ILedger,
        switches: ISwitches,
        notices: INotices,
    ) -> None:
        self._session = session
        self._clients = clients
        self._drafter = drafter
        self._ledger = ledger
        self._switches = switches
        self._notices = notices

    def plan(self, data: BulkData) -> BulkPlan:
        """What issuing would do. BulkError, InvoiceDataError, PeriodClosedError."""
        self._ledger.require_open(data.date)
        named = self._chosen(data)
        if len(named) > MOST:
            message = _("At most ${n} clients at once: choose fewer.", mapping={"n": MOST})
            raise BulkError("bulk_many", message, {"field": "who"})
        self._drafter.prepare(named)
        parties = self._clients.parties(named)
        contracts: defaultdict[int, list[Contract]] = defaultdict(list)
        for contract in self._clients.contracts(named):
            if contract.status == "active":
                contracts[contract.client_id].append(contract)
        items = {line.item_id for line in data.lines if line.item_id is not None}
        reasons = self._reasons(data, parties, items)
        by_itself = {service.client_id for service in self._serving(items, data.date)} if items else set()
        rows, left_out = [], []
        for party in sorted(parties.values(), key=lambda party: (party.name.casefold(), party.client_id)):
            contract, several = _basis(contracts[party.client_id], named[party.client_id])
            reason = reasons.get(party.client_id) or self._unfit(data, contract, several=several)
            if reason is not None:
                left_out.append(LeftOut(party.public_id, party.name, reason))
                continue
            drafted = self._drafter.draft(_invoice_data(data, party, contract))
            if drafted.header["total"] <= 0:
                raise InvoiceDataError("total_zero", _("There is nothing to pay."), {"field": "lines"})
            rows.append(
                PlannedInvoice(
                    party.client_id,
                    party.public_id,
                    party.name,
                    contract,
                    several and contract is None,
                    party.client_id in by_itself,
                    not party.inn,
                    drafted,
                )
            )
        letters = self._notices.letters(ISSUED, [row.client_id for row in rows]) if data.tell else 0
        return BulkPlan(data, rows, left_out, letters)

    def recurring_items(self) -> list[int]:
        """Ids of the items of the price list that anybody is billed for by itself."""
        statement = select(RecurringService.item_id).where(RecurringService.item_id.is_not(None)).distinct()
        return [item_id for item_id in self._session.scalars(statement) if item_id is not None]

    def _chosen(self, data: BulkData) -> dict[int, set[int]]:
        """Chosen clients → the contracts they were chosen by, if by any."""
        named: defaultdict[int, set[int]] = defaultdict(set)
        if data.who == RECURRING:
            for service in self._serving({data.item_id}, data.date):
                named[service.client_id].add(service.contract_id)
        elif data.who == CONTRACT:
            for contract in self._clients.contracts():
                if contract.status == "active":
                    named[contract.client_id] |= set()
        else:
            ids = self._clients.tagged(data.tag) if data.who == TAG else data.client_ids
            named |= {client_id: set() for client_id in ids}
        return named

    def _serving(self, item_ids: Collection[int | None], day: datetime.date) -> Iterable[RecurringService]:
        """Services of these items that are rendered on ``day``."""
        statement = select(RecurringService).where(RecurringService.item_id.in_(item_ids))
        for service in self._session.scalars(statement):
            steps = [step for step in service.steps if step.since <= day]
            if steps and steps[-1].active and (service.ends is None or day <= service.ends):
                yield service

    def _reasons(self, data: BulkData, parties: Mapping[int, ClientParty], items: Collection[int]) -> dict[int, Any]:
        """Why clients are left out whatever their contract is."""
        reasons: dict[int, Any] = {}
        for some in chunks(sorted(parties)) if items else ():
            for client_id, number in self._billed(some, items, data.date):
                reasons[client_id] = (
                    _("billed for this already: invoice ${number}", mapping={"number": number})
                    if number
                    else _("billed for this already: there is a draft")
                )
        for some in chunks(sorted(parties)):
            archived = select(Client.id).where(Client.id.in_(some), Client.archived_at.is_not(None))
            reasons |= dict.fromkeys(self._session.scalars(archived), _("he is in the archive"))
        closed = self._switches.closed_for(MODULE, list(parties))
        return reasons | dict.fromkeys(closed, _("invoices are switched off for him"))

    def _billed(self, client_ids: list[int], items: Collection[int], day: datetime.date) -> Iterable[tuple[int, Any]]:
        """(client, number) of invoices that bill these items for the month of ``day``, or for a longer period that holds it."""
        month = period_of(day, MONTH)
        lines = (
            select(Invoice.client_id, Invoice.number)
            .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
            .where(
                Invoice.client_id.in_(client_ids),
                Invoice.state != VOID,
                Invoice.date.between(month.first, month.last),
                InvoiceLine.item_id.in_(items),
            )
        )
        periods = (
            select(RecurringBill.client_id, Invoice.number)
            .join(RecurringService, RecurringService.id == RecurringBill.recurring_id)
            .join(Invoice, Invoice.id == RecurringBill.invoice_id)
            .where(
                RecurringBill.client_id.in_(client_ids),
                RecurringService.item_id.in_(items),
                RecurringBill.first <= day,
                RecurringBill.last >= day,
                Invoice.state != VOID,
            )
        )
        for statement in (lines, periods):
            yield from ((row[0], row[1]) for row in self._session.execute(statement))

    def _unfit(self, data: BulkData, contract: Contract | None, *, several: bool) -> Any:
        """Why nothing can be issued on this contract."""
        if contract is None and data.contracted:
            return _("he has several contracts in force") if several else _("he has no contract in force")
        if contract is not None and contract.currency and contract.currency != data.currency:
            return _("his contract is in ${currency}", mapping={"currency": contract.currency})
        entity = self._drafter.entity(data.legal_entity_id, contract)
        if not entity.complete:
            return _("our requisites are not filled in: ${name}", mapping={"name": entity.short_name})
        return None


def _basis(contracts: list[Contract], named: Collection[int]) -> tuple[Contract | None, bool]:
    """(the contract that an invoice names, whether there are several to choose from): the one he was chosen by, else his only one."""
    several = len(contracts) > 1
    if len(named) == 1:
        contracts = [contract for contract in contracts if contract.id in named] or contracts
    return (contracts[0] if len(contracts) == 1 else None), several


def _invoice_data(data: BulkData, party: ClientParty, contract: Contract | None) -> InvoiceData:
    return InvoiceData(
        client_id=party.client_id,
        date=data.date,
        lines=data.lines,
        contract_id=contract.id if contract else None,
        legal_entity_id=data.legal_entity_id,
        due=data.due,
        currency=data.currency,
        vat_included=data.vat_included,
        text=data.text,
        terms=data.terms,
    )
