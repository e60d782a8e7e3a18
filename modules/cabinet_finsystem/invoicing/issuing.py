"""Issuing: a number without holes, the parties frozen, the charge posted. For one invoice or ten thousand, set by set."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.audit.services import Act
from cabinet.contracts.parties import ILegalEntities, LegalEntity
from cabinet.db.bulk import chunks
from cabinet.interfaces import IAuditLog, IClock, IEvents, INumbering
from cabinet.numbering.services import read_number, render_number
from cabinet_finsystem.errors import IncompleteRequisitesError, InvoiceDataError, NumberTakenError
from cabinet_finsystem.events import InvoiceIssued
from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.invoicing.drafting import Drafter, search_text
from cabinet_finsystem.invoicing.models import ISSUED, Invoice
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.papers.parties import basis_text, frozen_customer, frozen_issuer
from cabinet_finsystem.texts import _

KIND = "invoice"
SEQUENCE = "finsystem.invoice"
ISSUED_COLUMNS = (
    "number",
    "state",
    "charges",
    "basis",
    "issuer",
    "customer",
    "search_text",
    "entry_id",
    "issued_at",
    "issued_by",
)


@dataclass(frozen=True, slots=True)
class Case:
    """An invoice about to be issued: its columns (with ``id``), which are completed in place, and its lines by column names."""

    row: dict[str, Any]
    lines: Sequence[dict[str, Any]]


class Issuer:
    """Completes rows of drafts to rows of issued invoices and posts what they charge."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        numbering: INumbering,
        ledger: ILedger,
        entities: ILegalEntities,
        drafter: Drafter,
        audit: IAuditLog,
        events: IEvents,
        user_id: int | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._numbering = numbering
        self._ledger = ledger
        self._entities = entities
        self._drafter = drafter
        self._audit = audit
        self._events = events
        self._user_id = user_id

    def issue(self, cases: Sequence[Case], *, complete_only: bool = True) -> None:
        """Complete the rows of ``cases`` and post their charges; the caller writes the rows.

        ``complete_only``: refuse where our requisites lack what the paper must print. IncompleteRequisitesError, NumberTakenError,
        InvoiceDataError, PeriodClosedError.
        """
        self._drafter.prepare(case.row["client_id"] for case in cases)
        for case in cases:
            self._check(case.row, complete_only=complete_only)
        self._number([case.row for case in cases])
        issuers: dict[tuple[int, str], dict[str, Any]] = {}
        now = self._clock.now()
        for case in cases:
            row = case.row
            self._freeze(case, issuers)
            row |= {"state": ISSUED, "issued_at": now, "issued_by": self._user_id, "entry_id": None}
        charged = [case for case in cases if case.row["charges"] == "invoice"]
        for case, entry_id in zip(charged, self._ledger.post([charge(case) for case in charged]), strict=True):
            case.row["entry_id"] = entry_id

    def tell(self, rows: Iterable[dict[str, Any]]) -> None:
        """Record that invoices (by column names) were issued; the caller has written them."""
        issued = list(rows)
        self._audit.record_many(
            "finsystem.invoice.issued",
            "invoice",
            [
                Act(
                    row["public_id"],
                    row["number"],
                    row["client_id"],
                    after={"total": row["total"], "currency": row["currency"], "date": row["date"].isoformat()},
                )
                for row in issued
            ],
        )
        for row in issued:
            self._events.record(InvoiceIssued(row["id"], row["client_id"], row["total"], row["currency"]))

    def _check(self, row: dict[str, Any], *, complete_only: bool) -> None:
        entity: LegalEntity = self._entities.get(row["legal_entity_id"])
        if complete_only and not entity.complete:
            raise IncompleteRequisitesError(
                "requisites_incomplete",
                _("Fill in our requisites first: an invoice prints them, with the bank account."),
                {"legal_entity": str(entity.public_id)},
            )
        if row["total"] <= 0:
            raise InvoiceDataError("total_zero", _("There is nothing to pay."), {"field": "lines"})

    def _freeze(self, case: Case, issuers: dict[tuple[int, str], dict[str, Any]]) -> None:
        row = case.row
        entity = self._entities.get(row["legal_entity_id"])
        contract = self._drafter.contract(row["contract_id"])
        party = self._drafter.party(row["client_id"])
        key = (entity.id, row["currency"])
        if key not in issuers:
            issuers[key] = frozen_issuer(entity, row["currency"])
        row["issuer"] = issuers[key]
        row["customer"] = frozen_customer(party)
        row["charges"] = self._drafter.charges(entity, contract)
        row["basis"] = basis_text(contract, row["language"])
        row["search_text"] = search_text(row, party, (line["text"] for line in case.lines))

    def _number(self, rows: Sequence[dict[str, Any]]) -> None:
        """Give each row its number: the one it brings, else the next of its sequence, in the order of ``rows``."""
        groups: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            groups[row["legal_entity_id"], row["year"]].append(row)
        for (entity_id, year), group in sorted(groups.items()):
            entity: LegalEntity = self._entities.get(entity_id)
            given = [row for row in group if row["number"]]
            self._claim(entity, year, given)
            waiting = [row for row in group if not row["number"]]
            for row, number in zip(waiting, self._next(entity, year, len(waiting)), strict=True):
                row["number"] = number

    def _claim(self, entity: LegalEntity, year: int, rows: Sequence[dict[str, Any]]) -> None:
        """Take given numbers as they are, and move the sequence past those that it would give."""
        if not rows:
            return
        numbers = [row["number"] for row in rows]
        twice = {number for number, times in Counter(numbers).items() if times > 1}
        used = self._used(entity.id, year, numbers, besides={row["id"] for row in rows})
        if taken := sorted(twice | used):
            raise number_taken(taken[0])
        fitting = [n for number in numbers if (n := read_number(entity.invoice_number_pattern, number, year))]
        if fitting:
            self._numbering.advance(SEQUENCE, str(entity.public_id), year, max(fitting))

    def _next(self, entity: LegalEntity, year: int, count: int) -> list[str]:
        """The next ``count`` numbers, passing over those that somebody used by hand."""
        found: list[str] = []
        pattern, scope = entity.invoice_number_pattern, str(entity.public_id)
        while len(found) < count:
            missing = count - len(found)
            first, _text = self._numbering.take(SEQUENCE, scope, year, pattern)
            if missing > 1:
                # The row is ours until the transaction ends: the numbers after the first are nobody else's.
                self._numbering.advance(SEQUENCE, scope, year, first + missing - 1)
            numbers = [render_number(pattern, n, year) for n in range(first, first + missing)]
            used = self._used(entity.id, year, numbers)
            found += [number for number in numbers if number not in used]
        return found

    def _used(
        self, entity_id: int, year: int, numbers: Iterable[str], besides: Collection[int] = frozenset()
    ) -> set[str]:
        used: set[str] = set()
        for some in chunks(numbers):
            rows = self._session.execute(
                select(Invoice.id, Invoice.number).where(
                    Invoice.legal_entity_id == entity_id,
                    Invoice.kind == KIND,
                    Invoice.year == year,
                    Invoice.number.in_(some),
                )
            )
            used |= {number for invoice_id, number in rows if number is not None and invoice_id not in besides}
        return used


def charge(case: Case, document: str = "invoice") -> NewEntry:
    """The ledger entry of a document that charges: the client owes it, its articles earned it, the state gets the VAT."""
    row = case.row
    currency, about = row["currency"], {"client_id": row["client_id"], "contract_id": row["contract_id"]}
    nets: defaultdict[int, int] = defaultdict(int)
    for line in case.lines:
        nets[line["article_id"]] += line["net"]
    postings = [NewPosting(AccountRef.client(row["client_id"], currency), row["total"], **about)]
    postings += [
        NewPosting(AccountRef(AccountKind.INCOME, currency), -net, article_id=article_id, **about)
        for article_id, net in sorted(nets.items())
        if net
    ]
    if row["vat"]:
        postings.append(NewPosting(AccountRef(AccountKind.VAT, currency), -row["vat"], **about))
    return NewEntry(
        date=row["date"],
        kind="charge",
        source=(document, row["id"]),
        text=" · ".join(part for part in (row["number"], row["text"]) if part),
        legal_entity_id=row["legal_entity_id"],
        postings=tuple(postings),
        fact=f"{document}:{row['id']}",
    )


def number_taken(number: str) -> NumberTakenError:
    """The refusal of a number that another invoice has."""
    return NumberTakenError(
        "number_taken",
        _("Another invoice of this year has the number ${number}.", mapping={"number": number}),
        {"field": "number", "number": number},
    )


def issuer_of(request: Any, drafter: Drafter) -> Issuer:
    """The issuer of a request."""
    from cabinet.origin import origin_of

    return Issuer(
        request.db,
        request.find_service(IClock),
        request.find_service(INumbering),
        request.find_service(ILedger),
        request.find_service(ILegalEntities),
        drafter,
        request.find_service(IAuditLog),
        request.find_service(IEvents),
        origin_of(request).user_id,
    )
