"""Contracts: written down, changed, led through their life."""

from __future__ import annotations

import datetime
import secrets
import uuid
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.money import exponent
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.db.scope import in_scope
from cabinet.errors import ConflictError, NotFoundError
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClock, IEvents
from cabinet_client_manager import events
from cabinet_client_manager.folding import fold, words
from cabinet_client_manager.interfaces import ClientManagerError, ContractStatusError, IContracts
from cabinet_client_manager.models import Contract
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import STATUSES, ContractFacts, ContractRow, changes, with_currency

CHARGES = ("", "invoice", "act")
_FACTS = tuple(ContractFacts.__dataclass_fields__)
_MAX_PAYMENT_DAYS = 3650
_LIFE = ("active", "suspended", "draft", "expired", "terminated")
# Where a contract may go from where it is. One that ran out goes on when its term is made longer.
_NEXT = {
    "draft": ("active", "terminated"),
    "active": ("suspended", "terminated"),
    "suspended": ("active", "terminated"),
    "expired": ("terminated",),
    "terminated": ("active",),
}


@implementer(IContracts)
class Contracts:
    """The contracts of one transaction."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, happened: IEvents) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._events = happened

    def add(
        self, client_id: int, facts: ContractFacts, *, external_id: str | None = None, status: str = "draft"
    ) -> ContractRow:
        """A new contract; without ``external_id`` its number serves. ClientManagerError, ConflictError."""
        facts = tidy(facts)
        check(facts, status)
        if external_id and self._taken(external_id):
            raise ConflictError(
                "external_id_taken", _("There is a contract with the id ${id} already.", mapping={"id": external_id})
            )
        row = Contract(
            client_id=client_id,
            external_id=external_id or f"~{secrets.token_hex(8)}",
            status=status,
            search_text=search_text(facts),
            created_at=self._clock.now(),
            **asdict(facts),
        )
        self._session.add(row)
        self._session.flush()
        if not external_id:
            self._number(row)
        self._tell(row, "client_manager.contract.added", after={**_plain(facts), "status": status})
        self._events.record(events.ContractAdded(client_id, row.id))
        return self.get(row.id)

    def change(self, contract_id: int, facts: ContractFacts) -> frozenset[str]:
        """Write ``facts`` over what is stored; returns names of the fields that changed."""
        row = self._row(contract_id)
        facts = tidy(facts)
        check(facts, row.status)
        former = _facts(row)
        before, after = changes(former, facts)
        if not after:
            return frozenset()
        for name in after:
            setattr(row, name, getattr(facts, name))
        row.search_text = search_text(facts)
        self._session.flush()
        self._tell(
            row,
            "client_manager.contract.changed",
            before=with_currency(before, former),
            after=with_currency(after, facts),
        )
        self._events.record(events.ContractChanged(row.client_id, row.id, frozenset(after)))
        return frozenset(after)

    def set_status(self, contract_id: int, status: str) -> None:
        """Move on. ContractStatusError where the contract cannot go there from where it is."""
        row = self._row(contract_id)
        if status not in _NEXT[effective_status(row.status, row.valid_to, self._clock.today())]:
            raise ContractStatusError("contract_status", _("The contract has changed meanwhile. Look at it again."))
        if status == "active" and row.valid_to is not None and row.valid_to < self._clock.today():
            raise ContractStatusError("contract_expired", _("The term is over: set a later date first."))
        before, row.status = row.status, status
        self._session.flush()
        self._tell(row, "client_manager.contract.status", before={"status": before}, after={"status": status})
        self._events.record(events.ContractChanged(row.client_id, row.id, frozenset({"status"})))

    def next_statuses(self, row: ContractRow) -> tuple[str, ...]:
        """Statuses that the contract may go to."""
        return _NEXT[row.status]

    def get(self, contract_id: int) -> ContractRow:
        """By internal id; NotFoundError."""
        return self._one(Contract.id == contract_id)

    def by_public_id(self, public_id: uuid.UUID) -> ContractRow:
        """By the id of URLs; NotFoundError."""
        return self._one(Contract.public_id == public_id)

    def of_client(self, client_id: int) -> list[ContractRow]:
        """Contracts of one client: those in force first, ended ones last, the newest first."""
        rows = self._session.execute(
            self._select().where(Contract.client_id == client_id).order_by(Contract.date.desc(), Contract.id.desc())
        )
        found = [self._contract_row(contract, client) for contract, client in rows]
        return sorted(found, key=lambda row: _LIFE.index(row.status))

    def page(self, query: ListQuery) -> Page:
        """A Page of ContractRow."""
        sorts = {
            "date": Contract.date,
            "number": Contract.number,
            "client": Client.name,
            "valid_to": func.coalesce(Contract.valid_to, literal(datetime.date.max)),
        }
        statement = self._select().where(*self._wanted(query))
        found = paginate(self._session, statement, query, sorts=sorts, default="-date", key=Contract.id, scalars=False)
        return replace(found, rows=[self._contract_row(row[0], row[1]) for row in found.rows])

    def find(self, text: str, limit: int) -> list[ContractRow]:
        """Contracts whose number or subject ``text`` finds, the newest first."""
        rows = self._session.execute(
            self._select().where(*_matching(text)).order_by(Contract.date.desc(), Contract.id.desc()).limit(limit)
        )
        return [self._contract_row(contract, client) for contract, client in rows]

    def kinds(self) -> list[str]:
        """The kinds that contracts within the scope are of, by name."""
        used = select(Contract.kind).where(Contract.kind != "").distinct().order_by(Contract.kind)
        return list(self._session.scalars(used))

    def of_kinds(self) -> Select[*tuple[Any, ...]]:
        """Selects (client, kind) of each contract in force as of today: a client with two of a kind stands there twice."""
        of_a_kind = select(Contract.client_id, Contract.kind).where(Contract.kind != "")
        return of_a_kind.where(self.status_is("active"))

    def ending(self, days: int) -> list[ContractRow]:
        """Active contracts whose last day comes within ``days``, the soonest first."""
        today = self._clock.today()
        soon = Contract.valid_to.between(today, today + datetime.timedelta(days))
        rows = self._session.execute(
            self._select().where(Contract.status == "active", soon).order_by(Contract.valid_to, Contract.id)
        )
        return [self._contract_row(contract, client) for contract, client in rows]

    def status_is(self, status: str) -> ColumnElement[bool]:
        """The criterion of a list: contracts that are ``status`` as of today."""
        run_out = and_(Contract.status == "active", Contract.valid_to < self._clock.today())
        return case((run_out, "expired"), else_=Contract.status) == status

    def _wanted(self, query: ListQuery) -> list[ColumnElement[bool]]:
        criteria = _matching(query.search)
        if status := query.filters.get("status", ""):
            criteria.append(self.status_is(status))
        return criteria

    def _select(self) -> Select[*tuple[Any, ...]]:
        return (
            select(Contract, Client)
            .join(Client, Client.id == Contract.client_id)
            .where(*in_scope(self._session, Client.id))
        )

    def _one(self, criterion: ColumnElement[bool]) -> ContractRow:
        row = self._session.execute(self._select().where(criterion)).first()
        if row is None:
            raise _no_contract()
        return self._contract_row(row[0], row[1])

    def _row(self, contract_id: int) -> Contract:
        row: Contract | None = self._session.scalar(select(Contract).where(Contract.id == contract_id))
        if row is None:
            raise _no_contract()
        return row

    def _number(self, row: Contract) -> None:
        """Give a contract its own number for an id; where it is taken, maybe by a contract that this session must not see, a longer one."""
        try:
            with self._session.begin_nested():
                row.external_id = str(row.id)
        except IntegrityError:
            row.external_id = f"{row.id}-{secrets.token_hex(3)}"
            self._session.flush()

    def _taken(self, external_id: str) -> bool:
        return self._session.scalar(select(Contract.id).where(Contract.external_id == external_id)) is not None

    def _contract_row(self, row: Contract, client: Client) -> ContractRow:
        today = self._clock.today()
        status = effective_status(row.status, row.valid_to, today)
        lives = status in {"active", "suspended"} and row.valid_to is not None
        return ContractRow(
            contract_id=row.id,
            public_id=row.public_id,
            external_id=row.external_id,
            client_id=row.client_id,
            client_public_id=client.public_id,
            client_name=client.name,
            facts=_facts(row),
            status=status,
            days_left=(row.valid_to - today).days if lives and row.valid_to else None,
        )

    def _tell(self, row: Contract, action: str, **facts: Any) -> None:
        self._audit.record(
            action, kind="contract", public_id=row.public_id, title=row.number, client_id=row.client_id, **facts
        )


def effective_status(status: str, valid_to: datetime.date | None, today: datetime.date) -> str:
    """The status as of ``today``: an active contract past its last day is expired, without anybody saying so."""
    return "expired" if status == "active" and valid_to is not None and valid_to < today else status


def tidy(facts: ContractFacts) -> ContractFacts:
    """``facts`` as they are stored."""
    return replace(
        facts,
        number=" ".join(facts.number.split()),
        subject=" ".join(facts.subject.split()),
        kind=" ".join(facts.kind.split()),
    )


def check(facts: ContractFacts, status: str) -> None:
    """ClientManagerError for the first thing that cannot be right."""
    if not facts.number:
        raise ClientManagerError("contract_without_number", _("A contract needs a number."), {"field": "number"})
    if facts.valid_to is not None and facts.valid_to < facts.date:
        raise ClientManagerError("contract_term", _("The contract ends before it begins."), {"field": "valid_to"})
    if facts.amount is not None and facts.amount < 0:
        raise ClientManagerError("contract_amount", _("The amount is less than nothing."), {"field": "amount"})
    if facts.payment_days is not None and not 0 <= facts.payment_days <= _MAX_PAYMENT_DAYS:
        raise ClientManagerError(
            "payment_days", _("Write a number of days, for example 10."), {"field": "payment_days"}
        )
    if status not in STATUSES:
        raise ClientManagerError("contract_status", _("There is no such status."), {"field": "status"})
    if facts.charges not in CHARGES:
        raise ClientManagerError(
            "contract_charges", _("A charge comes with the invoice or with the act."), {"field": "charges"}
        )
    try:
        exponent(facts.currency)
    except ValueError:
        raise ClientManagerError(
            "currency", _("A currency has three capital letters, for example RUB."), {"field": "currency"}
        ) from None


def search_text(facts: ContractFacts) -> str:
    """All that a contract is searched by."""
    return fold(f"{facts.number}\n{facts.kind}\n{facts.subject}")


def _matching(text: str) -> list[ColumnElement[bool]]:
    return [Contract.search_text.contains(word, autoescape=True) for word in words(text)]


def _facts(row: Contract) -> ContractFacts:
    return ContractFacts(**{name: getattr(row, name) for name in _FACTS})


def _plain(facts: ContractFacts) -> dict[str, Any]:
    nothing = ContractFacts(number="", date=datetime.date.min)
    return with_currency(changes(nothing, facts)[1], facts)


def _no_contract() -> NotFoundError:
    return NotFoundError("no_contract", _("There is no such contract."))


def contracts_factory(_context: Any, request: Any) -> Contracts:
    """``IContracts`` of a request."""
    return Contracts(
        request.db, request.find_service(IClock), request.find_service(IAuditLog), request.find_service(IEvents)
    )
