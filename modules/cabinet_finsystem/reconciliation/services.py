"""Reckoning, sending and withdrawing acts of reconciliation. What an act says is written once; only where it stands changes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IAuditLog, IClock, IFileStore, INotices, INumbering, IPeople
from cabinet_finsystem.errors import ReconciliationError, ReconciliationStateError
from cabinet_finsystem.interfaces import IReconciliations
from cabinet_finsystem.papers.parties import basis_text, frozen_customer, frozen_issuer, signers
from cabinet_finsystem.papers.printing import pictures_of, press_of, store_pdf
from cabinet_finsystem.reconciliation import notices
from cabinet_finsystem.reconciliation.answering import Answering
from cabinet_finsystem.reconciliation.content import digest_of, frozen
from cabinet_finsystem.reconciliation.listing import ActReader
from cabinet_finsystem.reconciliation.models import (
    OPEN,
    SENT,
    SUPERSEDED,
    WITHDRAWN,
    Reconciliation,
    Remark,
)
from cabinet_finsystem.reconciliation.reading import AccountReader
from cabinet_finsystem.reconciliation.values import Changes, Reckoning, Scope
from cabinet_finsystem.texts import _

if TYPE_CHECKING:
    from cabinet.pdf.press import PDFPress

SEQUENCE = "finsystem.reconciliation"
PATTERNS = {"ru": "АС-{year}-{n:04}", "en": "RA-{year}-{n:04}"}
NAMES = {"ru": "Акт сверки {number}.pdf", "en": "Reconciliation {number}.pdf"}


@implementer(IReconciliations)
class Reconciliations(Answering):
    """Acts of the clients in scope. ``user_id``: who acts, or None for a command or a job."""

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        numbering: INumbering,
        files: IFileStore,
        notices: INotices,
        people: IPeople,
        clients: IClientBook,
        entities: ILegalEntities,
        press: Callable[[], PDFPress],
        user_id: int | None,
    ) -> None:
        super().__init__(session, clock=clock, audit=audit, notices=notices, people=people, user_id=user_id)
        self._numbering = numbering
        self._files = files
        self._clients = clients
        self._entities = entities
        self._press = press
        self._books = AccountReader(session)
        self._acts = ActReader(session)

    # The books

    def reckon(
        self,
        scope: Scope,
        since: datetime.date,
        until: datetime.date,
        *,
        known_at: datetime.datetime | None = None,
    ) -> Reckoning:
        """What happened in a period, as the books have it or had it at ``known_at``. ReconciliationError."""
        return self._books.read(scope, since, until, known_at=known_at)

    def currencies(self, client_id: int) -> list[str]:
        """In which the client has an account."""
        return self._books.currencies(client_id)

    def legal_entities(self, client_id: int, currency: str) -> list[int]:
        """Ids of our companies that anything on that account was booked for."""
        return self._books.legal_entities(client_id, currency)

    def draft(self, reckoning: Reckoning, language: str) -> dict[str, Any]:
        """The content of an act that nobody has sent: no number, today's date."""
        return self._content(reckoning, self._entity(reckoning.scope, asked=False), "", language)

    def print_draft(self, content: Mapping[str, Any]) -> bytes:
        """Its paper, without stamp and signature."""
        return self._print(content)

    # Sending

    def send(self, scope: Scope, since: datetime.date, until: datetime.date) -> Reconciliation:
        """Number it, freeze it, print it, tell the client's people. ReconciliationError."""
        known_at, today = self._clock.now(), self._clock.today()
        entity = self._entity(scope, asked=True)
        language = self._clients.party(scope.client_id).language
        scope = replace(scope, legal_entity_id=entity.id)
        replaced = self._same(scope, entity.id, since, until)
        reckoning = self._books.read(scope, since, until)
        _n, number = self._numbering.take(
            SEQUENCE, str(entity.public_id), today.year, PATTERNS.get(language, PATTERNS["en"])
        )
        content = self._content(reckoning, entity, number, language)
        name = NAMES.get(language, NAMES["en"]).format(number=number)
        stored = store_pdf(self._files, self._print(content), name=name, client_id=scope.client_id)
        act = Reconciliation(
            client_id=scope.client_id,
            legal_entity_id=entity.id,
            contract_id=scope.contract_id,
            currency=scope.currency,
            since=since,
            until=until,
            year=today.year,
            number=number,
            date=today,
            language=language,
            opening=reckoning.opening,
            debit=reckoning.debit,
            credit=reckoning.credit,
            closing=reckoning.closing,
            known_at=known_at,
            content=content,
            digest=digest_of(content),
            pdf_file_id=stored.id,
            sent_at=known_at,
            sent_by=self._user_id,
            supersedes_id=replaced[-1].id if replaced else None,
        )
        for old in replaced:
            old.state = SUPERSEDED
        self._session.add(act)
        self._session.flush()
        for old in replaced:
            self._record("superseded", old, after={"by": number})
        self._record(
            "sent",
            act,
            after={
                "since": since.isoformat(),
                "until": until.isoformat(),
                "closing": act.closing,
                "currency": act.currency,
                "digest": act.digest,
            },
        )
        notices.tell_sent(self._notices, act)
        return act

    def withdraw(self, act: Reconciliation, *, reason: str) -> None:
        """It is no longer asked to be agreed to."""
        act = self._locked(act)
        self._require(act, OPEN, _("Only an act that is still open can be withdrawn."))
        before = act.state
        act.state, act.withdrawn_at, act.reason = WITHDRAWN, self._clock.now(), reason.strip()[:500]
        self._session.flush()
        self._record("withdrawn", act, before={"state": before}, after={"reason": act.reason})

    def restore(self, act: Reconciliation) -> None:
        """Take a withdrawal back: it stands where it stood."""
        act = self._locked(act)
        self._require(act, (WITHDRAWN,), _("This act is not withdrawn."))
        scope = Scope(act.client_id, act.currency, act.legal_entity_id, act.contract_id)
        if self._same(scope, act.legal_entity_id, act.since, act.until):
            raise ReconciliationStateError(
                "reconciliation_replaced", _("Another act of this period was sent meanwhile: withdraw that one first.")
            )
        act.state, act.withdrawn_at, act.reason = SENT, None, ""
        self._settle(act)
        self._record("restored", act, after={"state": act.state})

    # Reading

    def find(self, public_id: uuid.UUID) -> Reconciliation | None:
        """An act with what was said of it, within the scope."""
        return self._acts.find(public_id)

    def remark(self, act: Reconciliation, public_id: uuid.UUID) -> Remark | None:
        """What was said of it, by public id."""
        return next((one for one in act.remarks if one.public_id == public_id), None)

    def listing(self, query: ListQuery, *, client_id: int | None = None) -> Page:
        """Acts with their clients' names, the latest first."""
        return self._acts.listing(query, client_id=client_id)

    def of_client(self, client_id: int, limit: int) -> Sequence[Reconciliation]:
        """The latest acts of a client."""
        return self._acts.of_client(client_id, limit)

    def agreed_until(self, client_id: int, currency: str, contract_id: int | None = None) -> datetime.date | None:
        """The last day that an agreed act covers, or None."""
        return self._acts.agreed_until(client_id, currency, contract_id)

    def content(self, act: Reconciliation) -> dict[str, Any]:
        """What it says, as it was frozen."""
        return act.content

    def paper(self, act: Reconciliation) -> bytes:
        """The bytes of its PDF, as they were sent."""
        stored = self._files.get(act.pdf_file_id)
        content: bytes = self._files.read(stored)
        return content

    def changes(self, act: Reconciliation) -> Changes:
        """What the books say otherwise by now: lines that were written later, and what that did to the figures."""
        scope = Scope(act.client_id, act.currency, act.legal_entity_id, act.contract_id)
        known = {row["key"] for row in act.content["rows"]}
        opening = self._books.opening(scope, act.since)
        lines = self._books.lines(scope, act.since, act.until)
        earlier = []
        if opening != act.opening:
            last = act.since - datetime.timedelta(1)
            earlier = self._books.lines(scope, None, last, recorded_after=act.known_at)
        closing = opening + sum(line.minor for line in lines)
        added = [*earlier, *(line for line in lines if line.key not in known)]
        return Changes(added, opening - act.opening, closing - act.closing)

    # Inside

    def _entity(self, scope: Scope, *, asked: bool) -> Any:
        """The company of ours that the act is made by."""
        if scope.legal_entity_id is not None:
            return self._entities.get(scope.legal_entity_id)
        known = self._books.legal_entities(scope.client_id, scope.currency)
        if asked and len(known) > 1:
            raise ReconciliationError(
                "reconciliation_entity",
                _("Several companies of ours stand in this account: choose the one that the act is made by."),
                {"field": "entity"},
            )
        return self._entities.get(known[0]) if len(known) == 1 else self._entities.default()

    def _content(self, reckoning: Reckoning, entity: Any, number: str, language: str) -> dict[str, Any]:
        scope = reckoning.scope
        contract = self._clients.contract(scope.contract_id) if scope.contract_id else None
        return frozen(
            reckoning,
            number=number,
            date=self._clock.today().isoformat(),
            language=language,
            issuer=frozen_issuer(entity, scope.currency),
            customer=frozen_customer(self._clients.party(scope.client_id)),
            contract=basis_text(contract, language).partition(" ")[2],
        )

    def _print(self, content: Mapping[str, Any]) -> bytes:
        from cabinet_finsystem.pdf.reconciliation import ReconciliationPaper, render_reconciliation

        pictures = content["issuer"]["pictures"] if content["number"] else {}
        shown = pictures_of(self._files, pictures, signed=True)
        return render_reconciliation(ReconciliationPaper(content, signers(content["issuer"]), shown), self._press())

    def _same(self, scope: Scope, entity_id: int, since: datetime.date, until: datetime.date) -> list[Reconciliation]:
        """Acts of the same period and part that are still open, locked."""
        statement = (
            select(Reconciliation)
            .where(
                Reconciliation.client_id == scope.client_id,
                Reconciliation.currency == scope.currency,
                Reconciliation.legal_entity_id == entity_id,
                Reconciliation.contract_id.is_(None)
                if scope.contract_id is None
                else Reconciliation.contract_id == scope.contract_id,
                Reconciliation.since == since,
                Reconciliation.until == until,
                Reconciliation.state.in_(OPEN),
            )
            .order_by(Reconciliation.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return list(self._session.scalars(statement))


def reconciliations_factory(_context: Any, request: Any) -> Reconciliations:
    """``IReconciliations`` of a request."""
    from cabinet.origin import origin_of

    return Reconciliations(
        request.db,
        clock=request.find_service(IClock),
        audit=request.find_service(IAuditLog),
        numbering=request.find_service(INumbering),
        files=request.find_service(IFileStore),
        notices=request.find_service(INotices),
        people=request.find_service(IPeople),
        clients=request.find_service(IClientBook),
        entities=request.find_service(ILegalEntities),
        press=lambda: press_of(request.registry),
        user_id=origin_of(request).user_id,
    )
