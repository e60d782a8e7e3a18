"""A table of contracts: every row becomes a new contract, a changed one, or one that is as it was."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from cabinet.audit.services import Act
from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import CURRENCIES
from cabinet.db.bulk import chunks, execute_many, insert_rows, take_ids
from cabinet.interfaces import IAuditLog, IClock, IEvents
from cabinet_client_manager import events
from cabinet_client_manager.imports.cells import Cells
from cabinet_client_manager.models import Contract
from cabinet_client_manager.services.contracts import search_text, tidy
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import STATUSES, ContractFacts, changes, with_currency

_CONTRACTS = cast(Table, Contract.__table__)
_MAX_PAYMENT_DAYS = 3650
_STATUSES = {status: status for status in STATUSES} | {
    "черновик": "draft",
    "проект": "draft",
    "действует": "active",
    "действующий": "active",
    "приостановлен": "suspended",
    "истек": "expired",
    "истёк": "expired",
    "расторгнут": "terminated",
    "завершен": "terminated",
    "завершён": "terminated",
    "закрыт": "terminated",
}
_CHARGES = {"invoice": "invoice", "счет": "invoice", "счёт": "invoice", "act": "act", "акт": "act"}
_FACTS = tuple(ContractFacts.__dataclass_fields__)
_WRITTEN = (*_FACTS, "status", "search_text")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class State:
    """A contract as far as a table can say it."""

    facts: ContractFacts
    status: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A contract as it is kept."""

    id: int
    public_id: uuid.UUID
    client_id: int
    state: State


@dataclass(slots=True)
class ContractPlan:
    """What taking the table in would do. ``created``: (external id, client, contract)."""

    rows: int = 0
    created: list[tuple[str, int, State]] = field(default_factory=list)
    updated: list[tuple[Stored, State]] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A contract as a row of the table wants it. ``given``: only what the row says; an empty cell says nothing."""

    cells: Cells
    external_id: str
    client: str
    given: dict[str, Any]
    status: str


def plan_contracts(session: Session, book: IClientBook, currency: str, rows: Iterable[Cells]) -> ContractPlan:
    """Read ``rows`` and compare them with what is stored. ``currency``: of a new contract that names none."""
    plan = ContractPlan()
    wanted: dict[str, Wanted] = {}
    for cells in rows:
        plan.rows += 1
        row = _read(cells, currency)
        if row.external_id in wanted:
            first = wanted[row.external_id].cells.number
            cells.error("external_id", _("Row ${n} has the same external_id.", mapping={"n": first}))
        wanted.setdefault(row.external_id, row)
    clients = book.by_external_ids({row.client for row in wanted.values()})
    stored = _stored(session, wanted)
    for external_id, row in wanted.items():
        before = stored.get(external_id)
        client_id = clients.get(row.client)
        if not _client_fits(row, client_id, before) or row.cells.wrong or client_id is None:
            continue
        state = _merged(row, before, currency)
        if state.facts.valid_to is not None and state.facts.valid_to < state.facts.date:
            row.cells.error("valid_to", _("The contract ends before it begins."))
        elif before is None:
            plan.created.append((external_id, client_id, state))
        elif state != before.state:
            plan.updated.append((before, state))
        else:
            plan.unchanged += 1
    return plan


def _read(cells: Cells, default: str) -> Wanted:
    currency = cells.text("currency", 3).upper().replace("RUR", "RUB")
    if currency and currency not in CURRENCIES:
        code = {"code": currency}
        cells.error(
            "currency", _("There is no currency ${code}; write its three letters, for example RUB.", mapping=code)
        )
        currency = ""
    amount = cells.amount("amount", currency or default)
    if amount is not None and amount < 0:
        cells.error("amount", _("The amount is less than nothing."))
    given = {
        "number": cells.text("number", 60, required=True),
        "date": cells.date("date", required=True),
        "valid_to": cells.date("valid_to"),
        "subject": cells.text("subject", 500),
        "amount": amount,
        "currency": currency,
        "charges": cells.one_of("charges", _CHARGES),
        "payment_days": cells.whole("payment_days", _MAX_PAYMENT_DAYS),
        "kind": cells.text("kind", 60),
    }
    return Wanted(
        cells,
        cells.text("external_id", 100, required=True),
        cells.text("client", 100, required=True),
        {name: value for name, value in given.items() if value not in (None, "")},
        cells.one_of("status", _STATUSES),
    )


def _client_fits(row: Wanted, client_id: int | None, before: Stored | None) -> bool:
    if client_id is None and row.client:
        row.cells.error("client", _("There is no client ${id}.", mapping={"id": row.client}))
    elif before is not None and before.client_id != client_id and row.client:
        row.cells.error("client", _("This contract belongs to another client; its client cannot be changed."))
    else:
        return True
    return False


def _merged(row: Wanted, before: Stored | None, currency: str) -> State:
    if before is None:
        blank = ContractFacts(number="", date=datetime.date.min, currency=currency)
        return State(tidy(replace(blank, **row.given)), row.status or "active")
    return State(tidy(replace(before.state.facts, **row.given)), row.status or before.state.status)


def _stored(session: Session, external_ids: Iterable[str]) -> dict[str, Stored]:
    columns = [getattr(Contract, name) for name in _FACTS]
    found: dict[str, Stored] = {}
    for chunk in chunks(sorted(set(external_ids))):
        statement = select(
            Contract.id, Contract.public_id, Contract.client_id, Contract.external_id, Contract.status, *columns
        ).where(Contract.external_id.in_(chunk))
        for row in session.execute(statement):
            values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
            facts = ContractFacts(**{name: values[name] for name in _FACTS})
            found[row.external_id] = Stored(row.id, row.public_id, row.client_id, State(facts, row.status))
    return found


class ContractWriter:
    """Writes a plan in bulk: a constant number of statements a thousand rows."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, happened: IEvents) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._events = happened

    def write(self, plan: ContractPlan, progress: Progress) -> None:
        """All of ``plan``; the caller's transaction keeps it or loses it as a whole."""
        done, total = plan.unchanged, plan.rows
        for created in chunks(plan.created):
            self._create(created)
            done += len(created)
            progress(done, total)
        for updated in chunks(plan.updated):
            self._update(updated)
            done += len(updated)
            progress(done, total)

    def _create(self, contracts: list[tuple[str, int, State]]) -> None:
        now = self._clock.now()
        rows = [
            {
                "id": contract_id,
                "public_id": uuid.uuid4(),
                "client_id": client_id,
                "external_id": external_id,
                "created_at": now,
                **_columns(state),
            }
            for contract_id, (external_id, client_id, state) in zip(
                take_ids(self._session, _CONTRACTS, len(contracts)), contracts, strict=True
            )
        ]
        insert_rows(self._session, _CONTRACTS, rows)
        nothing = ContractFacts(number="", date=datetime.date.min)
        acts = [
            Act(
                row["public_id"],
                state.facts.number,
                client_id,
                None,
                {**with_currency(changes(nothing, state.facts)[1], state.facts), "status": state.status},
            )
            for row, (_external_id, client_id, state) in zip(rows, contracts, strict=True)
        ]
        self._audit.record_many("client_manager.contract.added", "contract", acts)
        for row in rows:
            self._events.record(events.ContractAdded(row["client_id"], row["id"]))

    def _update(self, contracts: list[tuple[Stored, State]]) -> None:
        statement = (
            update(_CONTRACTS)
            .where(_CONTRACTS.c.id == bindparam("of"))
            .values({name: bindparam(f"new_{name}") for name in _WRITTEN})
        )
        rows = [
            {"of": stored.id, **{f"new_{name}": value for name, value in _columns(state).items()}}
            for stored, state in contracts
        ]
        execute_many(self._session, statement, rows, client_ids=[stored.client_id for stored, _state in contracts])
        acts = [_change(stored, state) for stored, state in contracts]
        self._audit.record_many(
            "client_manager.contract.changed",
            "contract",
            [
                replace(
                    act,
                    before=with_currency(dict(act.before or {}), stored.state.facts),
                    after=with_currency(dict(act.after or {}), state.facts),
                )
                for act, (stored, state) in zip(acts, contracts, strict=True)
            ],
        )
        for act, (stored, _state) in zip(acts, contracts, strict=True):
            self._events.record(events.ContractChanged(stored.client_id, stored.id, frozenset(act.after or ())))


def _change(stored: Stored, state: State) -> Act:
    before, after = changes(stored.state.facts, state.facts)
    if stored.state.status != state.status:
        before, after = {**before, "status": stored.state.status}, {**after, "status": state.status}
    return Act(stored.public_id, state.facts.number, stored.client_id, before, after)


def _columns(state: State) -> dict[str, Any]:
    return {**asdict(state.facts), "status": state.status, "search_text": search_text(state.facts)}
