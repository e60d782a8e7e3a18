"""What a payment of each kind posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks
from cabinet_finsystem.articles.defaults import WRITE_OFFS
from cabinet_finsystem.interfaces import IArticles
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import BANK, CASH, KEPT, MOVES_MONEY, OPENING, WRITE_OFF, NewPayment

_KIND = {BANK: "payment", CASH: "payment", OPENING: "opening", WRITE_OFF: "write_off"}
OpeningFacts = Mapping[tuple[int, str], str]


class Entries:
    """Entries of the payments of one transaction."""

    def __init__(self, session: Session, articles: IArticles) -> None:
        self._session = session
        self._articles = articles

    def opening_facts(self, payments: Sequence[NewPayment]) -> OpeningFacts:
        """Names that let a client have one opening balance a currency at a time: one that was taken back makes room for the next."""
        wanted = {(p.client_id, p.currency) for p in payments if p.kind == OPENING}
        times: defaultdict[tuple[int, str], int] = defaultdict(int)
        for some in chunks({client_id for client_id, _currency in wanted}):
            rows = self._session.execute(
                select(Payment.client_id, Payment.currency, func.count())
                .where(Payment.kind == OPENING, Payment.reversal_id.is_not(None), Payment.client_id.in_(some))
                .group_by(Payment.client_id, Payment.currency)
            )
            times |= {(client_id, currency): taken_back for client_id, currency, taken_back in rows}
        return {key: f"opening:{key[0]}:{key[1]}:{times[key]}" for key in wanted}

    def entry(self, payment: NewPayment, payment_id: int, facts: OpeningFacts) -> NewEntry:
        """The entry of ``payment``; ``facts``: of `opening_facts`."""
        fact = facts[payment.client_id, payment.currency] if payment.kind == OPENING else None
        client = NewPosting(
            AccountRef.client(payment.client_id, payment.currency),
            -payment.minor,
            client_id=payment.client_id,
            contract_id=payment.contract_id,
        )
        return NewEntry(
            date=payment.date,
            kind="refund" if payment.minor < 0 and payment.kind in MOVES_MONEY else _KIND[payment.kind],
            source=("payment", payment_id),
            text=payment.text,
            legal_entity_id=payment.legal_entity_id,
            postings=(*self._other_sides(payment), client),
            fact=f"payment:{payment.key}" if payment.key else fact,
        )

    def _other_sides(self, payment: NewPayment) -> tuple[NewPosting, ...]:
        if payment.kind == WRITE_OFF:
            return self._written_off(payment)
        if payment.kind == OPENING:
            account = AccountRef(AccountKind.EQUITY, payment.currency)
        elif payment.bank_account_id is None:
            account = AccountRef.cash(payment.legal_entity_id, payment.currency)
        else:
            account = AccountRef.bank(payment.bank_account_id, payment.currency)
        return (NewPosting(account, payment.minor),)

    def _written_off(self, payment: NewPayment) -> tuple[NewPosting, ...]:
        """Its article; and where the client paid too much, the way of that money from what is his to what is ours."""
        article = self._articles.get(payment.article_id or self._articles.system_id(WRITE_OFFS))
        kind = AccountKind.INCOME if article.kind == "income" else AccountKind.EXPENSE
        given_up = NewPosting(
            AccountRef(kind, payment.currency),
            payment.minor,
            article_id=article.id,
            client_id=payment.client_id,
            contract_id=payment.contract_id,
        )
        if payment.minor > 0:
            return (given_up,)
        way = AccountRef.clearing(KEPT, payment.currency)
        return (given_up, NewPosting(way, payment.minor), NewPosting(way, -payment.minor))
