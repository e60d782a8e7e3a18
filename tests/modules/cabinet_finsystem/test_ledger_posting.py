"""The ledger: what it takes, what it refuses, what it answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cabinet_finsystem.errors import (
    AlreadyReversedError,
    EntryNotFoundError,
    PeriodClosedError,
    RepeatedFactError,
    UnbalancedEntryError,
)
from cabinet_finsystem.ledger.models import ChainLink, Entry, MonthBalance, PnlMonth, Posting
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting

INCOME = AccountRef(AccountKind.INCOME, "RUB")
VAT = AccountRef(AccountKind.VAT, "RUB")
BANK = AccountRef.bank(1, "RUB")


def charge(b, day: date, net: int, vat: int = 0, client_id: int = 1, **more) -> NewEntry:
    postings = [
        NewPosting(AccountRef.client(client_id, "RUB"), net + vat),
        NewPosting(INCOME, -net, article_id=b.articles.system_id("sales"), client_id=client_id),
    ]
    if vat:
        postings.append(NewPosting(VAT, -vat, client_id=client_id))
    return NewEntry(day, "charge", ("invoice", 1), "Invoice 1", 1, tuple(postings), **more)


def payment(day: date, minor: int, client_id: int = 1, **more) -> NewEntry:
    postings = (NewPosting(BANK, minor), NewPosting(AccountRef.client(client_id, "RUB"), -minor))
    return NewEntry(day, "payment", ("payment", 1), "Payment", 1, postings, **more)


def pnl(b) -> dict[tuple[str, str], int]:
    b.balances.clients()
    rows = b.session.execute(
        select(PnlMonth.basis, PnlMonth.article_id, func.sum(PnlMonth.minor)).group_by(
            PnlMonth.basis, PnlMonth.article_id
        )
    )
    names = {node.id: node.name for node in b.articles.tree()}
    return {(basis, names[article]): int(minor) for basis, article, minor in rows if minor}


def test_a_balance_is_payments_less_charges(books, day) -> None:
    with books() as b:
        b.ledger.post([charge(b, day(3, 1), 10_000, 2_200), payment(day(3, 5), 5_000)])
    with books() as b:
        assert b.balances.client(1, "RUB") == -7_200
        assert b.balances.account(BANK) == 5_000
        assert b.balances.account(INCOME) == -10_000
        assert b.balances.account(VAT) == -2_200
        assert b.balances.client(2, "RUB") == 0


def test_a_balance_is_seen_in_the_transaction_that_posts(books, day) -> None:
    with books() as b:
        b.ledger.post([charge(b, day(3, 1), 10_000)])
        assert b.balances.client(1, "RUB") == -10_000
        b.ledger.post([payment(day(3, 1), 4_000)])
        assert b.balances.client(1, "RUB") == -6_000
    with books() as b:
        assert b.balances.client(1, "RUB") == -6_000


def test_a_balance_is_known_at_any_date(books, day) -> None:
    days = [date(2025, 12, 31), day(1, 1), day(1, 15), day(1, 31), day(2, 1), day(2, 28), day(3, 10)]
    with books() as b:
        b.ledger.post([charge(b, each, 10**n) for n, each in enumerate(days)])
    with books() as b:
        expected = 0
        for n, each in enumerate(days):
            assert b.balances.client(1, "RUB", on=each - timedelta(days=1)) == -expected
            expected += 10**n
            assert b.balances.client(1, "RUB", on=each) == -expected
            assert [row.minor for row in b.balances.clients(on=each)] == [-expected]


def test_a_balance_is_known_as_it_was_known_then(books, clock, day) -> None:
    with books() as b:
        b.ledger.post([charge(b, day(2, 1), 100)])
    then = clock.now()
    clock.advance(hours=1)
    with books() as b:
        b.ledger.post([charge(b, day(2, 1), 5)])
    with books() as b:
        assert b.balances.client(1, "RUB", on=day(2, 1), known_at=then) == -100
        assert b.balances.client(1, "RUB", on=day(1, 31), known_at=then) == 0
        assert b.balances.client(1, "RUB", on=day(2, 1), known_at=clock.now()) == -105


def test_currencies_are_never_mixed(books, day) -> None:
    with books() as b:
        b.ledger.post([payment(day(3, 1), 500)])
        dollars = AccountRef.client(1, "USD")
        b.ledger.post(
            [
                NewEntry(
                    day(3, 1),
                    "payment",
                    ("payment", 2),
                    "",
                    1,
                    (NewPosting(AccountRef.bank(2, "USD"), 7), NewPosting(dollars, -7)),
                )
            ]
        )
        assert [(row.currency, row.minor) for row in b.balances.clients()] == [("RUB", 500), ("USD", 7)]
        mixed = (NewPosting(BANK, 5), NewPosting(dollars, -5))
        with pytest.raises(UnbalancedEntryError):
            b.ledger.post([NewEntry(day(3, 1), "payment", ("payment", 3), "", 1, mixed)])


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (NewPosting(BANK, 5),),
        (NewPosting(BANK, 5), NewPosting(VAT, -4)),
        (NewPosting(BANK, 0), NewPosting(VAT, 0)),
        (NewPosting(BANK, 5), NewPosting(INCOME, -5)),
        (NewPosting(BANK, 5, article_id=1), NewPosting(VAT, -5)),
        (NewPosting(BANK, 5.0), NewPosting(VAT, -5)),
    ],
)
def test_a_malformed_entry_is_refused(books, day, postings) -> None:
    with books() as b, pytest.raises(UnbalancedEntryError):
        b.ledger.post([NewEntry(day(3, 1), "x", ("x", 1), "", 1, postings)])


def test_accrual_counts_documents_and_cash_counts_money(books, day) -> None:
    with books() as b:
        b.ledger.post([charge(b, day(3, 1), 10_000, 2_200), payment(day(3, 5), 12_200)])
        rent = b.articles.system_id("bank_fees")
        fee = (NewPosting(AccountRef(AccountKind.EXPENSE, "RUB"), 300, article_id=rent), NewPosting(BANK, -300))
        b.ledger.post([NewEntry(day(3, 6), "expense", ("line", 1), "", 1, fee)])
        b.ledger.post(
            [
                NewEntry(
                    day(3, 7),
                    "transfer",
                    ("line", 2),
                    "",
                    1,
                    (NewPosting(AccountRef.bank(2, "RUB"), 50), NewPosting(BANK, -50)),
                )
            ]
        )
    with books() as b:
        assert pnl(b) == {
            ("accrual", "Sales"): 10_000,
            ("accrual", "Bank and gateway fees"): -300,
            ("cash", "Advances"): 12_200,
            ("cash", "Bank and gateway fees"): -300,
        }


def test_a_reversal_takes_back_balance_and_result(books, day) -> None:
    with books() as b:
        [first, second] = b.ledger.post([charge(b, day(3, 1), 10_000, 2_200), payment(day(3, 5), 12_200)])
    with books() as b:
        reversals = b.ledger.reverse([first, second], text="entered by mistake")
        assert len(set(reversals)) == 2
    with books() as b:
        assert b.balances.client(1, "RUB") == 0
        assert pnl(b) == {}
        entry = b.session.get(Entry, reversals[0])
        assert (entry.reverses_id, entry.date, entry.kind) == (first, day(3, 1), "reversal")


def test_an_entry_is_reversed_once_and_a_reversal_never(books, day) -> None:
    with books() as b:
        [entry] = b.ledger.post([payment(day(3, 5), 10)])
        [reversal] = b.ledger.reverse([entry], text="")
        for again in (entry, reversal):
            with pytest.raises(AlreadyReversedError):
                b.ledger.reverse([again], text="")
        with pytest.raises(EntryNotFoundError):
            b.ledger.reverse([999_999], text="")


def test_a_closed_period_takes_nothing_until_it_is_opened_again(books, day) -> None:
    with books() as b:
        [old] = b.ledger.post([payment(day(1, 20), 10)])
        b.ledger.close_through(day(1, 31), reason="January is filed")
    with books() as b:
        assert b.ledger.closed_through() == day(1, 31)
        with pytest.raises(PeriodClosedError):
            b.ledger.post([payment(day(2, 5), 10), payment(day(1, 31), 10)])
        [reversal] = b.ledger.reverse([old], text="late")
        assert b.session.get(Entry, reversal).date == b.clock.today()
        with pytest.raises(PeriodClosedError):
            b.ledger.close_through(day(1, 31), reason="again")
        b.ledger.reopen(day(1, 15), reason="a missing act")
    with books() as b:
        assert b.ledger.closed_through() == day(1, 15)
        b.ledger.post([payment(day(1, 16), 10)])
        with pytest.raises(PeriodClosedError):
            b.ledger.post([payment(day(1, 15), 10)])
        b.ledger.reopen(None, reason="all")
        b.ledger.post([payment(date(2020, 1, 1), 10)])
        assert [action for action, _facts in b.audit.acts] == ["finsystem.period.reopened"]


def test_a_fact_from_outside_enters_the_books_once(books, day) -> None:
    with books() as b:
        b.ledger.post([payment(day(3, 1), 10, fact="bank line 7")])
    with books() as b:
        with pytest.raises(RepeatedFactError):
            b.ledger.post([payment(day(3, 1), 10, fact="bank line 7")])
        with pytest.raises(RepeatedFactError):
            b.ledger.post([payment(day(3, 1), 10, fact="twin"), payment(day(3, 1), 10, fact="twin")])


def test_movements_are_read_page_by_page(books, day) -> None:
    with books() as b:
        b.ledger.post([payment(day(3, 1 + n // 4), n + 1) for n in range(20)])
        b.ledger.post([payment(day(3, 1), 777, client_id=2)])
    with books() as b:
        pages, after = [], None
        while page := b.balances.movements(1, "RUB", after=after, limit=7):
            pages += page
            after = (page[-1].date, page[-1].posting_id)
        assert [movement.minor for movement in pages] == list(range(1, 21))
        window = b.balances.movements(1, "RUB", since=day(3, 2), until=day(3, 2))
        assert [movement.minor for movement in window] == [5, 6, 7, 8]


def test_a_client_reads_only_his_own_account(books, day) -> None:
    with books() as b:
        b.ledger.post([payment(day(3, 1), 10, client_id=1), payment(day(3, 1), 20, client_id=2)])
    with books(scope={2}) as b:
        assert b.balances.client(2, "RUB") == 20
        assert b.balances.client(1, "RUB") == 0
        assert [row.client_id for row in b.balances.clients()] == [2]
        assert b.balances.movements(1, "RUB") == []
        assert b.session.scalar(select(func.count()).select_from(Posting)) == 1


def test_each_transaction_adds_one_link_to_the_chain(books, day) -> None:
    with books() as b:
        b.ledger.post([payment(day(3, 1), 10)])
        b.ledger.post([payment(day(3, 1), 20), payment(day(3, 2), 30)])
    with books() as b:
        b.ledger.post([payment(day(3, 1), 40)])
    with books() as b:
        links = b.session.scalars(select(ChainLink).order_by(ChainLink.id)).all()
        assert [(link.id, link.entries) for link in links] == [(1, 3), (2, 1)]
        assert len({link.hash for link in links}) == 2


def test_what_a_savepoint_takes_back_leaves_no_trace(books, day) -> None:
    with books() as b:
        first = b.session.begin_nested()
        b.ledger.post([payment(day(3, 1), 1)])
        first.rollback()
        b.ledger.post([payment(day(3, 1), 10)])
        second = b.session.begin_nested()
        b.ledger.post([payment(day(3, 1), 100)])
        assert b.balances.client(1, "RUB") == 110  # settles within the savepoint
        second.rollback()
        with b.session.begin_nested():
            b.ledger.post([payment(day(3, 1), 1000)])
    with books() as b:
        assert b.balances.client(1, "RUB") == 1010
        assert b.session.scalars(select(ChainLink.entries)).all() == [2]
        assert b.session.scalar(select(func.sum(MonthBalance.debit))) == 1010


def test_a_rolled_back_transaction_leaves_nothing(books, day) -> None:
    def fail_after_posting() -> None:
        with books() as b:
            b.ledger.post([payment(day(3, 1), 1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_posting()
    with books() as b:
        for model in (Entry, Posting, MonthBalance, PnlMonth, ChainLink):
            assert b.session.scalar(select(func.count()).select_from(model)) == 0
