"""Reading a client's money. A constant number of queries each; nothing is written."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import chunks
from cabinet.db.memo import once
from cabinet.db.paging import PAGE_SIZE, decode_cursor, encode_cursor
from cabinet.db.scope import visible
from cabinet.identity.models import Client
from cabinet.interfaces import IClock
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.articles.models import Article
from cabinet_finsystem.client_money.values import AccountLine, AccountPage, Part, Revenue, Standing
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.interfaces import IClientMoney, IInvoiceBook
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import Debt
from cabinet_finsystem.ledger.models import Account, Entry, MonthBalance, PnlMonth, Posting
from cabinet_finsystem.ledger.months import ACCRUAL, month_of
from cabinet_finsystem.ledger.values import AccountKind, AccountRef
from cabinet_finsystem.payments.models import Allocation, Payment

YEAR = 12


@implementer(IClientMoney)
class ClientMoney:
    """Money of the clients in scope."""

    def __init__(self, session: Session, clock: IClock, invoices: IInvoiceBook) -> None:
        self._session = session
        self._clock = clock
        self._invoices = invoices

    def standing(self, client_id: int) -> list[Standing]:
        """How the client stands in each currency he has anything in, the largest debt first. Two queries."""
        debts: defaultdict[str, list[Debt]] = defaultdict(list)
        for debt in self._invoices.debts(client_id):
            debts[debt.currency].append(debt)
        accounts = self._accounts(client_id)
        found = [
            Standing(currency, debts.get(currency, []), *accounts.get(currency, (0, 0)))
            for currency in sorted(debts.keys() | accounts.keys())
        ]
        return sorted(found, key=lambda one: -one.debt)

    def revenue(self, client_id: int) -> list[Revenue]:
        """What he brought in a year, by accrual, in each currency; the largest first."""
        this_month = month_of(self._clock.today())
        since, before = _months_back(this_month, YEAR - 1), _months_back(this_month, 2 * YEAR - 1)
        now = func.sum(case((PnlMonth.month >= since, PnlMonth.minor), else_=0))
        then = func.sum(case((PnlMonth.month < since, PnlMonth.minor), else_=0))
        rows = self._session.execute(
            select(PnlMonth.currency, now, then)
            .join(Article, Article.id == PnlMonth.article_id)
            .where(
                PnlMonth.basis == ACCRUAL,
                PnlMonth.client_id == client_id,
                PnlMonth.month >= before,
                PnlMonth.month <= this_month,
                Article.kind == "income",
            )
            .group_by(PnlMonth.currency)
        )
        found = [Revenue(currency, int(minor), int(earlier)) for currency, minor, earlier in rows]
        return sorted(found, key=lambda one: -one.minor)

    def counts(self, client_id: int) -> tuple[int, int, int]:
        """How many invoices, payments and acts the client has, drafts among them. One query a page."""
        return once(self._session, ("finsystem.client_money.counts", client_id), lambda: self._counts(client_id))

    def names(self, client_ids: Collection[int]) -> dict[int, tuple[uuid.UUID, str]]:
        """(public id, name) of clients in scope. One query a thousand."""
        wanted = visible(self._session, client_ids)
        found: dict[int, tuple[uuid.UUID, str]] = {}
        for some in chunks(sorted(wanted)):
            rows = self._session.execute(select(Client.id, Client.public_id, Client.name).where(Client.id.in_(some)))
            found |= {client_id: (public_id, name) for client_id, public_id, name in rows}
        return found

    def parts(self, payment_ids: Collection[int]) -> dict[int, list[Part]]:
        """Onto which invoices each payment was put, as it stands now. One query a thousand."""
        undone = select(Allocation.reverses_id).where(Allocation.reverses_id.is_not(None))
        found: defaultdict[int, list[Part]] = defaultdict(list)
        for some in chunks(payment_ids):
            rows = self._session.execute(
                select(
                    Allocation.id,
                    Allocation.public_id,
                    Allocation.payment_id,
                    Allocation.minor,
                    Allocation.date,
                    Invoice.id,
                    Invoice.public_id,
                    func.coalesce(Invoice.number, ""),
                    Invoice.text,
                )
                .join(Invoice, Invoice.id == Allocation.invoice_id)
                .where(Allocation.payment_id.in_(some), Allocation.reverses_id.is_(None), Allocation.id.not_in(undone))
                .order_by(Allocation.id)
            )
            for row in rows:
                found[row.payment_id].append(Part(*row))
        return dict(found)

    def account(
        self,
        client_id: int,
        currency: str,
        *,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        after: str = "",
        size: int = PAGE_SIZE,
    ) -> AccountPage:
        """A page of the personal account, the newest first; ``after``: the cursor of the page before; ``size`` 0: all."""
        account = self._account_id(client_id, currency)
        opening = self._sum(account, Posting.date < since) if since else 0
        came, went = self._turnover(account, since, until)
        closing = opening + came - went
        criteria = [*_within(since, until)]
        balance = closing
        cursor = decode_cursor(after)
        if cursor is not None and (place := _place(cursor)) is not None:
            criteria.append(_before(place))
            balance = self._sum(account, _before(place))
        rows = self._rows(account, criteria, size + 1 if size else None)
        page = rows[:size] if size else rows
        lines = []
        for row in page:
            lines.append(_line(row, balance))
            balance += row.minor
        more = encode_cursor(page[-1].date, page[-1].id) if size and len(rows) > size else ""
        return AccountPage(opening, came, went, closing, lines, more)

    def recent(self, client_id: int, currency: str, limit: int) -> list[AccountLine]:
        """The last movements of the personal account, the newest first; their ``balance`` is not counted. One query."""
        return [_line(row, 0) for row in self._rows(self._account_id(client_id, currency), [], limit)]

    def _account_id(self, client_id: int, currency: str) -> Any:
        key = AccountRef.client(client_id, currency).key
        return select(Account.id).where(Account.key == key).scalar_subquery()

    def _counts(self, client_id: int) -> tuple[int, int, int]:
        invoices = select(func.count()).where(Invoice.client_id == client_id).scalar_subquery()
        payments = select(func.count()).where(Payment.client_id == client_id).scalar_subquery()
        acts = select(func.count()).where(Act.client_id == client_id).scalar_subquery()
        found = self._session.execute(select(invoices, payments, acts)).one()
        return int(found[0]), int(found[1]), int(found[2])

    def _accounts(self, client_id: int) -> dict[str, tuple[int, int]]:
        """Currency → (free, balance) of his accounts. Free: what came and pays nothing, less what went back and what was owed before
        the books began; every payment has been booked on the client's account, so none is missed here.
        """
        free = (
            select(func.sum(Payment.minor - Payment.allocated - Payment.kept))
            .where(Payment.client_id == client_id, Payment.reversal_id.is_(None), Payment.currency == Account.currency)
            .correlate(Account)
            .scalar_subquery()
        )
        rows = self._session.execute(
            select(Account.currency, free, func.sum(MonthBalance.credit - MonthBalance.debit))
            .join(MonthBalance, MonthBalance.account_id == Account.id)
            .where(Account.kind == AccountKind.CLIENT.value, Account.client_id == client_id)
            .group_by(Account.currency)
        )
        return {currency: (max(int(minor or 0), 0), int(balance)) for currency, minor, balance in rows}

    def _sum(self, account: Any, *criteria: ColumnElement[bool]) -> int:
        total = select(func.coalesce(func.sum(Posting.minor), 0)).where(Posting.account_id == account, *criteria)
        return -int(self._session.execute(total).scalar_one())

    def _turnover(self, account: Any, since: datetime.date | None, until: datetime.date | None) -> tuple[int, int]:
        """What came to the client's side in the period and what went, both positive."""
        came = func.coalesce(func.sum(case((Posting.minor < 0, -Posting.minor), else_=0)), 0)
        went = func.coalesce(func.sum(case((Posting.minor > 0, Posting.minor), else_=0)), 0)
        row = self._session.execute(
            select(came, went).where(Posting.account_id == account, *_within(since, until))
        ).one()
        return int(row[0]), int(row[1])

    def _rows(self, account: Any, criteria: list[ColumnElement[bool]], limit: int | None) -> list[Any]:
        statement = (
            select(
                Posting.id,
                Posting.date,
                Posting.minor,
                Entry.kind,
                Entry.text,
                Entry.reverses_id,
                Invoice.public_id.label("invoice"),
                Invoice.number,
                Invoice.text.label("invoice_text"),
                Payment.public_id.label("payment"),
                Act.public_id.label("act"),
                Act.kind.label("act_kind"),
                Act.number.label("act_number"),
                Act.text.label("act_text"),
                Correction.public_id.label("correction"),
                Correction.number.label("correction_number"),
                Correction.text.label("correction_reason"),
            )
            .join(Entry, Entry.id == Posting.entry_id)
            .outerjoin(Act, and_(Entry.source_type == "act", Act.id == Entry.source_id))
            .outerjoin(Correction, and_(Entry.source_type == "correction", Correction.id == Entry.source_id))
            .outerjoin(
                Invoice,
                or_(
                    and_(Entry.source_type == "invoice", Invoice.id == Entry.source_id),
                    Invoice.id == Correction.invoice_id,
                ),
            )
            .outerjoin(Payment, and_(Entry.source_type == "payment", Payment.id == Entry.source_id))
            .where(Posting.account_id == account, *criteria)
            .order_by(Posting.date.desc(), Posting.id.desc())
            .limit(limit)
        )
        return list(self._session.execute(statement))


def _line(row: Any, balance: int) -> AccountLine:
    return AccountLine(
        date=row.date,
        posting_id=row.id,
        kind=row.kind,
        reversal=row.reverses_id is not None,
        minor=-row.minor,
        balance=balance,
        number=row.correction_number or row.number or row.act_number or "",
        text=row.correction_reason or row.invoice_text or row.act_text or row.text or "",
        invoice=row.invoice,
        payment=row.payment,
        act=row.act,
        act_kind=row.act_kind or "",
        correction=row.correction,
    )


def _within(since: datetime.date | None, until: datetime.date | None) -> list[ColumnElement[bool]]:
    """Conditions for the days of a period, both ends included."""
    criteria: list[ColumnElement[bool]] = []
    if since is not None:
        criteria.append(Posting.date >= since)
    if until is not None:
        criteria.append(Posting.date <= until)
    return criteria


def _place(cursor: tuple[Any, int]) -> tuple[datetime.date, int] | None:
    try:
        return datetime.date.fromisoformat(str(cursor[0])), cursor[1]
    except ValueError:
        return None


def _before(place: tuple[datetime.date, int]) -> ColumnElement[bool]:
    """What lies before a place of the account."""
    day, posting_id = place
    return or_(Posting.date < day, and_(Posting.date == day, Posting.id < posting_id))


def _months_back(month: datetime.date, count: int) -> datetime.date:
    """The first day of the month ``count`` months before ``month``."""
    index = month.year * YEAR + month.month - 1 - count
    return datetime.date(index // YEAR, index % YEAR + 1, 1)


def client_money_factory(_context: Any, request: Any) -> ClientMoney:
    """``IClientMoney`` of a request."""
    return ClientMoney(request.db, request.find_service(IClock), request.find_service(IInvoiceBook))
