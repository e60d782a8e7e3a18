"""Many writers at once: nothing is lost, nothing is reversed twice, nobody locks anybody out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import func, select, text

from cabinet_finsystem.errors import AlreadyReversedError, PeriodClosedError, RepeatedFactError
from cabinet_finsystem.ledger import months
from cabinet_finsystem.ledger import services as ledger_services
from cabinet_finsystem.ledger.models import ChainLink, Entry, MonthBalance
from cabinet_finsystem.ledger.values import AccountRef, NewEntry, NewPosting
from cabinet_finsystem.ledger.verify import verify

THREADS = 8
BANK = AccountRef.bank(1, "RUB")


def paid(day, minor: int, client_id: int = 1, fact: str | None = None) -> NewEntry:
    postings = (NewPosting(BANK, minor), NewPosting(AccountRef.client(client_id, "RUB"), -minor))
    return NewEntry(day, "payment", ("line", 1), "", 1, postings, fact=fact)


def at_once(act: Callable[[int], object], numbers: Iterable[int]) -> list[object]:
    """What ``act`` returns, or the DomainError it raises, for each of ``numbers``, on several threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(act, numbers))


def post_in_parallel(books, engine, day, count: int) -> None:
    def post(n: int) -> None:
        with books() as b:
            b.ledger.post([paid(day(3, 1 + n % 5), n + 1, client_id=1 + n % 3)])

    at_once(post, range(count))
    with books() as b:
        assert b.balances.account(BANK) == count * (count + 1) // 2
        assert b.session.scalars(select(ChainLink.id).order_by(ChainLink.id)).all() == list(range(1, count + 1))
    assert verify(engine).problems == []


def reverse_twice_in_parallel(books, engine, day, count: int) -> None:
    with books() as b:
        entries = b.ledger.post([paid(day(3, 1), 100) for _ in range(count)])

    def reverse(n: int) -> str:
        try:
            with books() as b:
                b.ledger.reverse([entries[n // 2]], text=f"by {n % 2}")
        except AlreadyReversedError:
            return "late"
        return "done"

    outcomes = at_once(reverse, range(2 * count))
    assert sorted(outcomes) == ["done"] * count + ["late"] * count
    with books() as b:
        assert b.session.scalar(select(func.count()).select_from(Entry).where(Entry.reverses_id.is_not(None))) == count
        assert b.balances.account(BANK) == 0
    assert verify(engine).problems == []


def test_parallel_postings_all_count(books, engine, day) -> None:
    post_in_parallel(books, engine, day, 40)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_test_of_parallel_postings_finds_a_lost_update(books, engine, day, monkeypatch) -> None:
    """The control: were a month read, raised and written back, some of the postings would be lost."""

    def read_and_write_back(session, rows) -> None:
        for account_id, month, debit, credit in rows:
            known = session.get(MonthBalance, (account_id, month))
            if known is None:
                session.add(MonthBalance(account_id=account_id, month=month, debit=debit, credit=credit))
            else:
                known.debit, known.credit = known.debit + debit, known.credit + credit
            session.flush()

    with books() as b:
        b.ledger.post([paid(day(3, 1), 1, client_id=n) for n in (1, 2, 3)])
    monkeypatch.setattr(months, "_add_balances", read_and_write_back)
    with pytest.raises(AssertionError):
        post_in_parallel(books, engine, day, 40)
    assert "months" in {problem.check for problem in verify(engine).problems}


@pytest.mark.long
def test_two_hundred_parallel_postings_all_count(books, engine, day) -> None:
    post_in_parallel(books, engine, day, 200)


def test_of_two_reversals_at_once_one_wins(books, engine, day) -> None:
    reverse_twice_in_parallel(books, engine, day, 30)


@pytest.mark.long
def test_of_five_hundred_double_reversals_five_hundred_win(books, engine, day) -> None:
    reverse_twice_in_parallel(books, engine, day, 500)


def test_a_fact_told_by_two_at_once_enters_the_books_once(books, engine, day) -> None:
    def tell(n: int) -> str:
        try:
            with books() as b:
                b.ledger.post([paid(day(3, 1), 7, fact=f"line {n // 4}")])
        except RepeatedFactError:
            return "late"
        return "done"

    outcomes = at_once(tell, range(40))
    assert (outcomes.count("done"), outcomes.count("late")) == (10, 30)
    with books() as b:
        assert b.balances.account(BANK) == 70


def test_closing_waits_for_those_who_post_and_stops_the_rest(books, engine, day) -> None:
    def act(n: int) -> str:
        try:
            with books() as b:
                b.clock.advance(milliseconds=1)
                if n == 12:
                    b.ledger.close_through(day(3, 1), reason="filed")
                    return "closed"
                b.ledger.post([paid(day(3, 1), 1)])
        except PeriodClosedError:
            return "refused"
        return "posted"

    outcomes = at_once(act, range(40))
    assert outcomes.count("closed") == 1
    with books() as b:
        assert b.balances.account(BANK, on=day(3, 1)) == outcomes.count("posted")
        with pytest.raises(PeriodClosedError):
            b.ledger.post([paid(day(3, 1), 1)])
    assert verify(engine).problems == []


def test_what_a_closing_saw_stays_what_it_saw_in_twenty_races(books, engine, day) -> None:
    """The one who closes reads the balance in the same transaction: nobody books into those days after that."""
    seen = {}

    def act(n: int) -> None:
        round_, who = divmod(n, 5)
        with suppress(PeriodClosedError), books() as b:
            if who == 2:
                b.ledger.close_through(day(1, 1 + round_), reason="filed")
                seen[round_] = b.balances.account(BANK, on=day(1, 1 + round_))
            else:
                b.ledger.post([paid(day(1, 1 + round_), 1)])

    for round_ in range(20):
        at_once(act, range(5 * round_, 5 * round_ + 5))
    with books() as b:
        assert {n: b.balances.account(BANK, on=day(1, 1 + n)) for n in range(20)} == seen
    assert verify(engine).problems == []


def test_without_its_lock_a_closing_is_booked_into(books, engine, day, monkeypatch) -> None:
    """The control. SQLite has one writer at a time by itself."""
    if engine.dialect.name == "sqlite":
        pytest.skip("a transaction that writes is alone on SQLite")
    posted, closed = threading.Event(), threading.Event()
    monkeypatch.setattr(ledger_services, "text", lambda _lock: text("SELECT 1"))
    seen = []

    def act(n: int) -> None:
        with books() as b:
            if n:
                posted.wait(timeout=20)
                b.ledger.close_through(day(1, 1), reason="filed")
                seen.append(b.balances.account(BANK, on=day(1, 1)))
            else:
                b.ledger.post([paid(day(1, 1), 1)])
                posted.set()
                closed.wait(timeout=20)
        closed.set()

    at_once(act, range(2))
    with books() as b:
        assert b.balances.account(BANK, on=day(1, 1)) == 1 != seen[0]


def test_two_who_touch_the_same_accounts_crosswise_do_not_lock_each_other_out(books, engine, day) -> None:
    """On PostgreSQL both are inside at once; on SQLite the second begins when the first has ended."""
    with books() as b:
        b.ledger.post([paid(day(3, 1), 1, client_id=n) for n in (1, 2)])
    met = threading.Barrier(2)

    def post(n: int) -> None:
        with books() as b:
            b.ledger.post([paid(day(3, 1), 10, client_id=1 + n)])
            if engine.dialect.name == "postgresql":
                met.wait(timeout=20)
            b.ledger.post([paid(day(3, 1), 10, client_id=2 - n)])

    at_once(post, range(2))
    with books() as b:
        assert [row.minor for row in b.balances.clients()] == [21, 21]
    assert verify(engine).problems == []
