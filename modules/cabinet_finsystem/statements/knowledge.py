"""What the books know when a statement comes: whose accounts, which lines we have, who pays, what is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date as Date  # noqa: N812 - beside columns that are called date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import BankAccount, ILegalEntities
from cabinet.db.bulk import among, chunks
from cabinet.interfaces import ISwitches
from cabinet_finsystem.articles.rules import for_matching
from cabinet_finsystem.interfaces import IArticleRules, IInvoiceBook
from cabinet_finsystem.statements import models
from cabinet_finsystem.statements.care import cautions_of
from cabinet_finsystem.statements.continuity import Past, Span
from cabinet_finsystem.statements.fingerprint import Fingerprint
from cabinet_finsystem.statements.matching.book import (
    Book,
    InvoiceState,
    KnownClient,
    KnownContract,
    LearnedPayer,
    Line,
    OpenInvoice,
    Ours,
)
from cabinet_finsystem.statements.matching.expenses import Articles, PastArticle
from cabinet_finsystem.statements.matching.payers import may_pay
from cabinet_finsystem.write_offs.rests import small_rests


class Knowledge:
    """Reads what planning needs, each in a constant number of queries."""

    def __init__(
        self,
        session: Session,
        clients: IClientBook,
        entities: ILegalEntities,
        invoices: IInvoiceBook,
        rules: IArticleRules,
        switches: ISwitches,
    ) -> None:
        self._session = session
        self._clients = clients
        self._entities = entities
        self._invoices = invoices
        self._rules = rules
        self._switches = switches

    def accounts(self) -> dict[str, BankAccount]:
        """Accounts of ours by number."""
        return {account.number: account for entity in self._entities.all() for account in entity.accounts}

    def known(self, bank_account_id: int, keys: Collection[bytes]) -> set[Fingerprint]:
        """Fingerprints among ``keys`` of stored lines of an account that stand."""
        line = models.StatementLine
        found: set[Fingerprint] = set()
        for some in chunks(keys):
            rows = self._session.execute(
                select(line.key, line.occurrence).where(
                    line.bank_account_id == bank_account_id, among(self._session, line.key, some), line.occurrence > 0
                )
            )
            found |= {Fingerprint(key, occurrence) for key, occurrence in rows}
        return found

    def pasts(self, days: Mapping[int, tuple[Date, Date]]) -> dict[int, Past]:
        """What stands of each account of ``days`` (id → first and last day asked about): its statements, and what its lines come to."""
        found = {}
        for account_id, (first, last) in days.items():
            its, line = models.Statement, models.StatementLine
            spans = self._session.execute(
                select(its.period_from, its.period_to, its.opening, its.closing).where(
                    its.bank_account_id == account_id,
                    its.state != models.TAKEN_BACK,
                    its.period_from.is_not(None),
                    its.period_to.is_not(None),
                )
            )
            moved = self._session.execute(
                select(line.booking_date, func.sum(line.minor))
                .where(
                    line.bank_account_id == account_id,
                    line.state != models.TAKEN_BACK,
                    line.minor.is_not(None),
                    line.booking_date.between(first, last),
                )
                .group_by(line.booking_date)
            )
            past = [Span(since or first, until or last, opening, closing) for since, until, opening, closing in spans]
            found[account_id] = Past(past, {day or first: int(minor or 0) for day, minor in moved})
        return found

    def book(self, lines: Sequence[Line]) -> tuple[Book, Articles]:
        """Clients, invoices, contracts, learned payers and article rules, indexed for the matcher of ``lines``.

        Of those who may pay ``lines`` all invoices, since a number of an old one is taken; of others the open and the late ones.
        """
        entities = self._entities.all()
        parties = self._clients.parties()
        learned = self._learned()
        clients = [
            KnownClient(party.client_id, party.full_name or party.name, party.inn, party.kpp, party.accounts)
            for party in parties.values()
        ]
        payable = {row.id: row for row in self._invoices.payable()}
        payable |= {row.id: row for row in self._invoices.settled(may_pay(lines, clients, learned))}
        ours = Ours(
            accounts=frozenset(self.accounts()),
            inns=frozenset(entity.inn for entity in entities if entity.inn),
            names=tuple(name for entity in entities for name in (entity.name, entity.short_name) if name),
        )
        book = Book(
            clients=clients,
            invoices=[
                OpenInvoice(
                    one.id,
                    one.client_id,
                    one.number or "",
                    one.date,
                    one.due,
                    one.total,
                    one.open,
                    one.currency,
                    InvoiceState(one.state),
                    one.legal_entity_id,
                    one.original if one.original != one.total else None,
                )
                for one in payable.values()
            ],
            contracts=[
                KnownContract(contract.id, contract.client_id, contract.number, contract.date)
                for contract in self._clients.contracts()
            ],
            learned=learned,
            ours=ours,
            closed=self._switches.closed_for("finsystem", parties),
            cautions=cautions_of(self._session),
            small=small_rests(self._session),
        )
        return book, Articles(for_matching(self._rules.all()), self._habits())

    def _learned(self) -> list[LearnedPayer]:
        rows = self._session.scalars(select(models.LearnedPayer).where(models.LearnedPayer.forgotten_at.is_(None)))
        return [LearnedPayer(row.account, row.inn, row.client_id, row.times) for row in rows]

    def _habits(self) -> list[PastArticle]:
        """How lines of each counterparty were sorted by people and rules so far."""
        line = models.StatementLine
        rows = self._session.execute(
            select(line.counterparty_inn, line.counterparty_account, line.article_id, func.count())
            .where(line.state == "applied", line.article_id.is_not(None), line.minor < 0)
            .group_by(line.counterparty_inn, line.counterparty_account, line.article_id)
        ).all()
        totals: dict[tuple[str, str], int] = {}
        for inn, account, _article, times in rows:
            totals[inn, account] = totals.get((inn, account), 0) + times
        return [
            PastArticle(inn, account, int(article_id or 0), times, totals[inn, account])
            for inn, account, article_id, times in rows
        ]


def as_matched(line: models.StatementLine, statement: models.Statement) -> Line:
    """A stored line of ``statement`` as the matcher takes it. ``line`` has an amount and a date."""
    assert line.minor is not None
    assert line.booking_date is not None
    return Line(
        position=line.position,
        booking_date=line.booking_date,
        amount_minor=line.minor,
        currency=line.currency,
        purpose=line.purpose,
        counterparty_name=line.counterparty_name,
        counterparty_inn=line.counterparty_inn,
        counterparty_kpp=line.counterparty_kpp,
        counterparty_account=line.counterparty_account,
        counterparty_bic=line.counterparty_bic,
        doc_number=line.doc_number,
        doc_kind=line.doc_kind,
        is_return=line.is_return,
        own_account=statement.account,
        legal_entity_id=statement.legal_entity_id,
        repeat_of=(line.doc_number or str(line.position)) if line.occurrence > 1 else None,
    )


def knowledge_of(request: Any) -> Knowledge:
    """The knowledge of a request's transaction."""
    return Knowledge(
        request.db,
        request.find_service(IClientBook),
        request.find_service(ILegalEntities),
        request.find_service(IInvoiceBook),
        request.find_service(IArticleRules),
        request.find_service(ISwitches),
    )
