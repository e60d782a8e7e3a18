"""What the P&L is made of, day by day: each posting or piece of an allocation with its article. The month table holds their sums.

Accrual: postings with an article. Cash: those of entries that move money; money of clients, which is an advance; and what allocations
take out of the advances and bring to the articles of the invoice. Amounts: contribution to the result, income positive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from cabinet.identity.models import Client
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.values import MONEY, PNL, AccountKind, AccountRef
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.values import BANK, CASH
from cabinet_finsystem.reports.periods import Period
from cabinet_finsystem.reports.values import PnlQuery

_SOURCES = 4  # more than there are kinds of facts: id * 4 + kind is unique among all


class Facts:
    """Statements over facts. Each is one query, whatever it is asked. ``advances``: the article of clients' money that pays nothing yet."""

    def __init__(self, advances: int) -> None:
        self._advances = advances

    def day_sums(self, query: PnlQuery, currency: str, periods: Sequence[Period]) -> Select[*tuple[Any, ...]]:
        """(article id, date, sum) of all facts in ``periods``."""
        facts = self.rows(query, currency, periods).subquery()
        return select(facts.c.article_id, facts.c.date, func.sum(facts.c.minor)).group_by(
            facts.c.article_id, facts.c.date
        )

    def rows(
        self, query: PnlQuery, currency: str, periods: Sequence[Period], article_ids: Collection[int] | None = None
    ) -> CompoundSelect[*tuple[Any, ...]] | Select[*tuple[Any, ...]]:
        """Facts in ``periods``, of some articles or of all: key (unique, later ones greater within a kind), date, article_id,
        minor, client_id, contract_id, entry_id or allocation_id."""
        if query.basis == "accrual":
            return self._accrued(query, currency, periods, article_ids)
        return union_all(*self._paid(query, currency, periods, article_ids))

    def _accrued(
        self, query: PnlQuery, currency: str, periods: Sequence[Period], article_ids: Collection[int] | None
    ) -> Select[*tuple[Any, ...]]:
        keys = [AccountRef(kind, currency).key for kind in sorted(PNL)]
        statement = _of_postings(query, periods, Posting.article_id).where(
            Posting.account_id.in_(select(Account.id).where(Account.key.in_(keys)))
        )
        return statement if article_ids is None else statement.where(Posting.article_id.in_(article_ids))

    def _paid(
        self, query: PnlQuery, currency: str, periods: Sequence[Period], article_ids: Collection[int] | None
    ) -> Iterator[Select[*tuple[Any, ...]]]:
        advances = self._advances
        # Accounts of nobody are few: the firm's own banks, desks and sums.
        money = aliased(Posting)
        moving = (
            select(money.entry_id)
            .where(
                money.account_id.in_(
                    select(Account.id).where(Account.client_id.is_(None), Account.kind.in_(_values(MONEY)))
                ),
                within(money.date, periods),
            )
            .scalar_subquery()
        )
        direct = _of_postings(query, periods, Posting.article_id).where(
            Posting.entry_id.in_(moving), Posting.article_id.is_not(None), Posting.currency == currency
        )
        yield direct if article_ids is None else direct.where(Posting.article_id.in_(article_ids))
        yield self._spread(query, currency, periods, article_ids)
        if article_ids is None or advances in article_ids:
            yield (
                _of_postings(query, periods, literal(advances))
                .join(Account, Account.id == Posting.account_id)
                .where(
                    Posting.entry_id.in_(moving), Account.kind == AccountKind.CLIENT.value, Posting.currency == currency
                )
            )
            yield self._spent_advances(query, currency, periods, advances)

    def _spread(
        self, query: PnlQuery, currency: str, periods: Sequence[Period], article_ids: Collection[int] | None
    ) -> Select[*tuple[Any, ...]]:
        statement = (
            select(*_allocated(AllocationSpread.id, 1, AllocationSpread.article_id, AllocationSpread.minor))
            .join(Allocation, Allocation.id == AllocationSpread.allocation_id)
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .where(Invoice.currency == currency, within(Allocation.date, periods), *narrowed(query, Invoice))
        )
        return statement if article_ids is None else statement.where(AllocationSpread.article_id.in_(article_ids))

    def _spent_advances(
        self, query: PnlQuery, currency: str, periods: Sequence[Period], advances: int
    ) -> Select[*tuple[Any, ...]]:
        # What was paid without money, a debt written off or brought over from before the books, never was an advance. Money leaves
        # the advances of the contract and the company that it came to, whatever the invoice belongs to: else a filter would show
        # more spent than ever came.
        return (
            select(*_allocated(Allocation.id, 2, literal(advances), -Allocation.minor, Payment))
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(
                Payment.kind.in_((BANK, CASH)),
                Payment.currency == currency,
                within(Allocation.date, periods),
                *narrowed(query, Payment),
            )
        )


def within(column: Any, periods: Sequence[Period]) -> ColumnElement[bool]:
    """Whether a date lies in one of ``periods``."""
    return or_(*(and_(column >= period.since, column <= period.until) for period in periods))


def narrowed(query: PnlQuery, columns: Any, entity: Any = None) -> list[ColumnElement[bool]]:
    """The filters of ``query`` on whatever has the columns; ``entity``: the column of the legal entity, where it stands elsewhere."""
    found: list[ColumnElement[bool]] = []
    if query.legal_entity_id is not None:
        found.append((columns.legal_entity_id if entity is None else entity) == query.legal_entity_id)
    if query.client_id is not None:
        found.append(columns.client_id == query.client_id)
    if query.contract_id is not None:
        found.append(columns.contract_id == query.contract_id)
    if query.manager_id is not None:
        found.append(columns.client_id.in_(select(Client.id).where(Client.manager_id == query.manager_id)))
    return found


def _of_postings(query: PnlQuery, periods: Sequence[Period], article: Any) -> Select[*tuple[Any, ...]]:
    statement = select(
        (Posting.id * _SOURCES).label("key"),
        Posting.date.label("date"),
        article.label("article_id"),
        (-Posting.minor).label("minor"),
        Posting.client_id.label("client_id"),
        Posting.contract_id.label("contract_id"),
        Posting.entry_id.label("entry_id"),
        null().label("allocation_id"),
    ).where(within(Posting.date, periods), *narrowed(query, Posting, Entry.legal_entity_id))
    return statement if query.legal_entity_id is None else statement.join(Entry, Entry.id == Posting.entry_id)


def _allocated(key: Any, kind: int, article: Any, minor: Any, owner: Any = Invoice) -> list[Any]:
    """Columns of a fact of an allocation; ``owner``: whose contract it counts under, the invoice's or the payment's."""
    return [
        (key * _SOURCES + kind).label("key"),
        Allocation.date.label("date"),
        article.label("article_id"),
        minor.label("minor"),
        owner.client_id.label("client_id"),
        owner.contract_id.label("contract_id"),
        null().label("entry_id"),
        Allocation.id.label("allocation_id"),
    ]


def _values(kinds: Collection[AccountKind]) -> list[str]:
    return sorted(kind.value for kind in kinds)
