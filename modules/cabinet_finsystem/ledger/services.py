"""Writing to the ledger: post, reverse, close a period. Nothing is ever changed or removed."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import chunks, insert_rows, take_ids
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.errors import (
    AlreadyReversedError,
    EntryNotFoundError,
    PeriodClosedError,
    RepeatedFactError,
    UnbalancedEntryError,
)
from cabinet_finsystem.interfaces import IArticles, ILedger
from cabinet_finsystem.ledger.accounts import account_ids
from cabinet_finsystem.ledger.chain import entry_digest
from cabinet_finsystem.ledger.models import Account, Entry, PeriodClose, Posting
from cabinet_finsystem.ledger.months import ACCRUAL, CASH, Deltas, PnlCell, month_of
from cabinet_finsystem.ledger.pending import Batch, Pending
from cabinet_finsystem.ledger.values import MONEY, PNL, AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.texts import _

MODULE = "finsystem"
_TEXT = 500
REVERSAL = "reversal"


@implementer(ILedger)
class Ledger:
    """The ledger of one transaction."""

    def __init__(
        self, session: Session, clock: IClock, audit: IAuditLog, articles: IArticles, user_id: int | None = None
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._articles = articles
        self._user_id = user_id

    def post(self, entries: Sequence[NewEntry]) -> list[int]:
        """Write ``entries`` in bulk; their ids, in order. UnbalancedEntryError, PeriodClosedError, RepeatedFactError."""
        if not entries:
            return []
        for entry in entries:
            _check_entry(entry)
        self._check_open(min(entry.date for entry in entries))
        self._check_facts(entry.fact for entry in entries if entry.fact is not None)
        batch, entry_rows, posting_rows = self._rows(entries)
        self._write(entry_rows, posting_rows)
        Pending.of(self._session).add(batch)
        return [row["id"] for row in entry_rows]

    def reverse(
        self,
        entry_ids: Sequence[int],
        *,
        text: str | None = None,
        date: datetime.date | None = None,
        since: datetime.date = datetime.date.min,
    ) -> list[int]:
        """Answer each of ``entry_ids`` with its exact negation; ids of the reversals, in order.

        ``text``: None means each entry's own. ``date``: None means each entry's own date, or today where that is closed, but no day
        before ``since``.
        """
        originals = self._load(entry_ids)
        open_days = {day: max(self.open_day(day), since) for day in {entry.date for entry, _postings in originals}}
        reversals = [
            NewEntry(
                date=date or open_days[entry.date],
                kind=REVERSAL,
                source=(MODULE, "entry", entry.id),
                text=entry.text if text is None else text,
                legal_entity_id=entry.legal_entity_id,
                postings=tuple(
                    NewPosting(ref, -posting.minor, posting.article_id, posting.client_id, posting.contract_id)
                    for posting, ref in postings
                ),
                reverses_id=entry.id,
            )
            for entry, postings in originals
        ]
        return self.post(reversals)

    def closed_through(self) -> datetime.date | None:
        """The last closed day, or None."""
        statement = select(PeriodClose.closed_through).order_by(PeriodClose.id.desc()).limit(1)
        return self._session.execute(statement).scalar_one_or_none()

    def open_day(self, date: datetime.date) -> datetime.date:
        """``date`` itself, or today where ``date`` lies in a closed period."""
        closed = self.closed_through()
        return date if closed is None or date > closed else self._clock.today()

    def require_open(self, date: datetime.date) -> None:
        """That ``date`` lies in no closed period: a document of it may be issued though it posts nothing. PeriodClosedError."""
        self._check_open(date)

    def close_through(self, date: datetime.date, *, reason: str) -> None:
        """Close all days up to ``date``. Re-opening is ``reopen``: closing never moves back."""
        closed = self.closed_through()
        if closed is not None and date <= closed:
            raise PeriodClosedError(
                "period_closed_already",
                _("The books are closed through ${date} already.", mapping={"date": f"{closed:%d.%m.%Y}"}),
            )
        self._set_closed(date, reason)
        self._audit.record(
            "finsystem.period.closed",
            kind="period",
            public_id=date.isoformat(),
            after={"through": date.isoformat(), "reason": reason},
        )

    def reopen(self, through: datetime.date | None, *, reason: str) -> None:
        """Open all days after ``through`` (None: all days) again."""
        closed = self.closed_through()
        if closed is None or (through is not None and through >= closed):
            raise PeriodClosedError("period_not_closed", _("These days are open already."))
        self._set_closed(through, reason)
        self._audit.record(
            "finsystem.period.reopened",
            kind="period",
            public_id=closed.isoformat(),
            before={"through": closed.isoformat()},
            after={"through": through.isoformat() if through else None, "reason": reason},
        )

    def _set_closed(self, through: datetime.date | None, reason: str) -> None:
        if self._session.get_bind().dialect.name == "postgresql":
            # Whoever is posting into the period right now finishes first; whoever comes later sees it closed.
            self._session.connection().execute(text("LOCK TABLE finsystem_entry IN SHARE ROW EXCLUSIVE MODE"))
        self._session.add(
            PeriodClose(closed_through=through, at=self._clock.now(), reason=reason, user_id=self._user_id)
        )
        self._session.flush()

    def _check_open(self, earliest: datetime.date) -> None:
        closed = self.closed_through()
        if closed is not None and earliest <= closed:
            raise PeriodClosedError(
                "period_closed",
                _(
                    "${date} lies in a closed period: the books are closed through ${closed}. Choose a later date, or ask the head of"
                    " the firm to open the period.",
                    mapping={"date": f"{earliest:%d.%m.%Y}", "closed": f"{closed:%d.%m.%Y}"},
                ),
                {"date": earliest.isoformat(), "closed_through": closed.isoformat()},
            )

    def _check_facts(self, facts: Iterable[str]) -> None:
        for some in chunks(facts):
            known = self._session.execute(select(Entry.fact).where(Entry.fact.in_(some)).limit(1)).scalar_one_or_none()
            if known is not None or len(set(some)) < len(some):
                raise RepeatedFactError("fact_repeated", _("This is in the books already."), {"fact": known or some[0]})

    def _rows(self, entries: Sequence[NewEntry]) -> tuple[Batch, list[dict[str, Any]], list[dict[str, Any]]]:
        accounts = account_ids(self._session, {posting.account for entry in entries for posting in entry.postings})
        entry_ids = take_ids(self._session, _table(Entry), len(entries))
        posting_ids = iter(take_ids(self._session, _table(Posting), sum(len(entry.postings) for entry in entries)))
        batch_id = Pending.of(self._session).batch_id or entry_ids[0]
        now = self._clock.now()
        batch = Batch()
        entry_rows: list[dict[str, Any]] = []
        posting_rows: list[dict[str, Any]] = []
        for entry_id, entry in zip(entry_ids, entries, strict=True):
            row = _entry_row(entry_id, entry, now, batch_id)
            postings = [
                _posting_row(next(posting_ids), row, posting, accounts[posting.account]) for posting in entry.postings
            ]
            row["digest"] = batch.digests[entry_id] = entry_digest(row, postings)
            self._count(batch.deltas, entry, postings)
            entry_rows.append(row)
            posting_rows += postings
        return batch, entry_rows, posting_rows

    def _count(self, deltas: Deltas, entry: NewEntry, rows: Sequence[dict[str, Any]]) -> None:
        month = month_of(entry.date)
        moves_money = any(posting.account.kind in MONEY for posting in entry.postings)
        for posting, row in zip(entry.postings, rows, strict=True):
            deltas.post(row["account_id"], month, posting.minor)
            kind = posting.account.kind
            article_id = posting.article_id
            if kind is AccountKind.CLIENT and moves_money:
                # Money of a client: an advance until an allocation spreads it over the articles of an invoice.
                article_id = self._articles.system_id("advances")
            elif kind not in PNL:
                continue
            assert article_id is not None
            for basis in _bases(kind, moves_money=moves_money):
                cell = PnlCell(
                    basis,
                    row["currency"],
                    month,
                    entry.legal_entity_id,
                    article_id,
                    row["client_id"] or 0,
                    posting.contract_id or 0,
                )
                deltas.pnl(cell, -posting.minor)

    def _write(self, entry_rows: list[dict[str, Any]], posting_rows: list[dict[str, Any]]) -> None:
        insert_rows(self._session, _table(Posting), posting_rows)
        try:
            insert_rows(self._session, _table(Entry), entry_rows)
        except IntegrityError as error:
            # The checks above passed, so somebody was faster. The transaction is lost; the caller hears why.
            if "reverses_id" in str(error.orig):
                raise _already_reversed() from error
            if "period is closed" in str(error.orig):
                raise PeriodClosedError(
                    "period_closed", _("The period was closed a moment ago. Choose a later date.")
                ) from error
            if "fact" in str(error.orig):
                raise RepeatedFactError("fact_repeated", _("This is in the books already.")) from error
            raise

    def _load(self, entry_ids: Sequence[int]) -> list[tuple[Entry, list[tuple[Posting, AccountRef]]]]:
        entries: dict[int, Entry] = {}
        postings: defaultdict[int, list[tuple[Posting, AccountRef]]] = defaultdict(list)
        for some in chunks(entry_ids):
            entries |= {entry.id: entry for entry in self._session.scalars(select(Entry).where(Entry.id.in_(some)))}
            if self._session.execute(select(Entry.id).where(Entry.reverses_id.in_(some)).limit(1)).first():
                raise _already_reversed()
            rows = self._session.execute(
                select(Posting, Account)
                .join(Account, Account.id == Posting.account_id)
                .where(Posting.entry_id.in_(some))
                .order_by(Posting.id)
            )
            for posting, account in rows:
                postings[posting.entry_id].append((posting, _ref(account)))
        if missing := set(entry_ids) - entries.keys():
            raise EntryNotFoundError("entry_not_found", _("There is no such entry."), {"ids": sorted(missing)})
        if any(entry.reverses_id for entry in entries.values()):
            raise _already_reversed()
        return [(entries[entry_id], postings[entry_id]) for entry_id in entry_ids]


def _table(model: type[Entry | Posting]) -> Any:
    return model.__table__


def _already_reversed() -> AlreadyReversedError:
    return AlreadyReversedError("already_reversed", _("This was reversed before."))


def _bases(kind: AccountKind, *, moves_money: bool) -> tuple[str, ...]:
    if kind is AccountKind.CLIENT:
        return (CASH,)
    return (ACCRUAL, CASH) if moves_money else (ACCRUAL,)


def _ref(account: Account) -> AccountRef:
    owner = account.client_id or account.bank_account_id or account.legal_entity_id or account.gateway
    return AccountRef(AccountKind(account.kind), account.currency, owner)


def _entry_row(entry_id: int, entry: NewEntry, now: datetime.datetime, batch_id: int) -> dict[str, Any]:
    *module, source_type, source_id = entry.source
    return {
        "id": entry_id,
        "public_id": uuid.uuid4(),
        "date": entry.date,
        "recorded_at": now,
        "kind": entry.kind,
        "source_module": module[0] if module else MODULE,
        "source_type": source_type,
        "source_id": source_id,
        "text": entry.text[:_TEXT],
        "legal_entity_id": entry.legal_entity_id,
        "reverses_id": entry.reverses_id,
        "fact": entry.fact,
        "batch_id": batch_id,
    }


def _posting_row(posting_id: int, entry: dict[str, Any], posting: NewPosting, account_id: int) -> dict[str, Any]:
    account = posting.account
    return {
        "id": posting_id,
        "entry_id": entry["id"],
        "account_id": account_id,
        "date": entry["date"],
        "minor": posting.minor,
        "currency": account.currency,
        "article_id": posting.article_id,
        "client_id": account.owner if account.kind is AccountKind.CLIENT else posting.client_id,
        "contract_id": posting.contract_id,
    }


def _check_entry(entry: NewEntry) -> None:
    sums: defaultdict[str, int] = defaultdict(int)
    for posting in entry.postings:
        if type(posting.minor) is not int or posting.minor == 0:
            raise UnbalancedEntryError("posting_amount", _("A posting needs a whole amount other than zero."))
        if (posting.account.kind in PNL) != (posting.article_id is not None):
            raise UnbalancedEntryError(
                "posting_article", _("Income and expense carry an article, other accounts do not.")
            )
        sums[posting.account.currency] += posting.minor
    if len(entry.postings) < 2 or any(sums.values()):
        raise UnbalancedEntryError(
            "entry_unbalanced", _("The postings of an entry must sum to zero."), {"sums": dict(sums)}
        )


def ledger_factory(_context: Any, request: Any) -> Ledger:
    """``ILedger`` of a request."""
    from cabinet.origin import origin_of

    return Ledger(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IArticles),
        origin_of(request).user_id,
    )
