"""Where the money is and how it is likely to go on: figures of the postings, estimates apart from what the books know."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.values import MONEY
from cabinet_finsystem.recurring.values import Expected
from cabinet_finsystem.reports.forecast import Forecasts
from cabinet_finsystem.reports.periods import Period
from cabinet_finsystem.reports.position import MoneyPosition
from cabinet_finsystem.reports.position_values import AccountMoney

TODAY = date(2026, 3, 10)  # of the clock of these books
DAY = timedelta(1)


def position(d) -> MoneyPosition:
    return MoneyPosition(d.b.session, d.pnl._entities)


def forecasts(d) -> Forecasts:
    return Forecasts(d.b.session, d.b.clock, d.receivables)


def told(d, period: Period) -> dict[tuple[str, str], tuple[int, ...]]:
    """What the postings say of each account one by one: before, came, went, moved, after."""
    session = d.b.session
    kinds = {entry.id: (entry.kind, entry.reverses_id) for entry in session.query(Entry)}
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for posting, account in session.query(Posting, Account).join(Account):
        if account.kind not in MONEY:
            continue
        sums = found[account.kind, account.key]
        sums[0] += posting.minor if posting.date < period.since else 0
        sums[4] += posting.minor if posting.date <= period.until else 0
        if posting.date in period:
            kind, reverses = kinds[posting.entry_id]
            side = -posting.minor if reverses else posting.minor
            if (kinds[reverses][0] if reverses else kind) == "transfer":
                sums[3] += posting.minor
            elif side > 0:
                sums[1] += posting.minor
            else:
                sums[2] -= posting.minor
    return {key: tuple(sums) for key, sums in found.items()}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), since=st.dates(date(2025, 10, 20), date(2026, 3, 10)), days=st.integers(0, 120))
def test_accounts_move_as_their_postings_say(passing_deals, happenings, data, since: date, days: int) -> None:
    period = Period(since, since + days * DAY)
    with passing_deals() as d:
        d.happen(data.draw(happenings))
        shown = position(d).accounts(period)
        wanted = sorted(told(d, period).values())
        figures = sorted((one.opening, one.came, one.went, one.moved, one.closing) for one in shown)
        assert figures == wanted
        whole = AccountMoney.sum("RUB", shown)
        assert whole.opening + whole.came - whole.went + whole.moved == whole.closing
        everything = told(d, Period(date(2000, 1, 1), date(2999, 1, 1)))
        assert position(d).now("RUB")[0] == sum(sums[4] for sums in everything.values())


def test_what_was_taken_back_neither_came_nor_went(deals, day) -> None:
    with deals() as d:
        wrong, _right = d.post(d.earn(day(2, 5), 700, "sales"), d.spend(day(2, 6), 300, "Office wages"))
        d.b.ledger.reverse([wrong], text="mistake", date=day(2, 7))
        d.post(d.transfer(day(2, 8), 50))
        first, second = position(d).accounts(Period(day(2, 1), day(2, 28)))
        assert sorted([(first.came, first.went, first.moved), (second.came, second.went, second.moved)]) == [
            (0, 0, -50),
            (0, 300, 50),
        ]


def test_invoices_are_awaited_by_their_terms_and_by_the_habits_of_their_payers(deals, day) -> None:
    with deals() as d:
        for n, late in enumerate((2, 4, 9)):  # the median: four days late
            paid = d.invoice(day(1, 1 + n), [("sales", 100)], due=day(1, 10))
            d.pay(day(1, 10) + late * DAY, 100, onto=paid)
        d.invoice(day(3, 1), [("sales", 1_000)], due=day(3, 12))  # on the 16th by habit
        d.invoice(day(2, 1), [("sales", 30)], due=day(3, 8))  # late, but not later than usual: the 12th
        d.invoice(day(2, 1), [("sales", 7)], due=day(2, 20))  # later than ever
        d.invoice(day(3, 1), [("sales", 5)], due=day(5, 20))  # after the last day
        found = forecasts(d).of("RUB", 500, 28)
        assert (found.late, found.late_usual, found.beyond, found.habit) == (37, 30, 5, 4)
        by_day = {one.date: one for one in found.days}
        assert {one.date: one.due for one in found.days if one.due} == {day(3, 12): 1_000}
        assert {one.date: one.usual for one in found.days if one.usual} == {day(3, 12): 30, day(3, 16): 1_000}
        assert [by_day[day(3, 11)].by_terms, by_day[day(3, 12)].by_terms, found.days[-1].by_terms] == [
            500,
            1_500,
            1_500,
        ]
        assert [by_day[day(3, 12)].as_usual, found.days[-1].as_usual] == [530, 1_530]
        assert len(found.days) == 28
        late = forecasts(d).awaited("RUB", None, TODAY - DAY, 1)
        assert (late.minor, late.count, late.rest, late.rows[0].habit) == (37, 2, 30, 4)
        assert [forecasts(d).awaited("RUB", w.since, w.until, 9).minor for w in found.weeks()] == [
            w.due for w in found.weeks()
        ]


def test_who_paid_too_little_to_have_a_habit_is_awaited_as_all_are(deals, day) -> None:
    with deals() as d:
        for client in (1, 2, 3):
            paid = d.invoice(day(1, 1), [("sales", 100)], client, due=day(1, 10))
            d.pay(day(1, 10) + client * DAY, 100, client, onto=paid)
            d.invoice(day(3, 1), [("sales", 10)], client, due=day(3, 15))
        found = forecasts(d).of("RUB", 0, 10)
        assert found.habit == 2
        assert {one.date: one.usual for one in found.days if one.usual} == {day(3, 17): 30}
        assert [row.habit for row in forecasts(d).awaited("RUB", None, None, 9).rows] == [None] * 3


def test_services_expected_are_a_line_of_their_own_and_change_no_other(deals, day) -> None:
    with deals() as d:
        for n in range(3):  # his habit: four days late
            paid = d.invoice(day(1, 1 + n), [("sales", 100)], due=day(1, 10))
            d.pay(day(1, 14), 100, onto=paid)
        d.invoice(day(3, 1), [("sales", 1_000)], due=day(3, 12))
        plain = forecasts(d).of("RUB", 500, 28)
        coming = SimpleNamespace(
            expected=lambda _currency, _until: [Expected(1, day(3, 20), 70), Expected(9, TODAY, 5)]
        )
        with_services = Forecasts(d.b.session, d.b.clock, d.receivables, coming)
        found = with_services.of("RUB", 500, 28, services=True)
        assert {one.date: one.expected for one in found.days if one.expected} == {day(3, 24): 70, TODAY + 4 * DAY: 5}
        assert found.days[-1].with_services == found.days[-1].after_spending + 75 == plain.days[-1].after_spending + 75
        for line in ("due", "usual", "spent", "by_terms", "as_usual", "after_spending"):
            assert [getattr(one, line) for one in found.days] == [getattr(one, line) for one in plain.days]
        assert sum(week.expected for week in found.weeks()) == found.expected == 75
        assert with_services.of("RUB", 500, 28).expected == 0


def test_spending_is_an_average_of_full_months_told_apart(deals, day) -> None:
    with deals() as d:
        for month, year in ((12, 2025), (1, 2026), (2, 2026)):
            d.post(d.spend(date(year, month, 15), 300 + month, "Office wages"), d.transfer(date(year, month, 16), 90))
        d.post(d.spend(date(2026, 1, 31), 60, "Taxes and duties"))
        [wrong] = d.post(d.spend(day(2, 20), 9_000, "Office wages"))
        d.b.ledger.reverse([wrong], text="mistake", date=day(2, 20))
        d.post(d.spend(day(3, 5), 4_000, "Office wages"))  # of a month that is not over
        found = forecasts(d).of("RUB", 1_000, 60)
        assert {one.date: one.spent for one in found.days if one.spent} == {
            day(3, 15): 305,
            day(3, 31): 20,
            day(4, 15): 305,
            day(4, 30): 20,  # April has no 31st
        }
        assert (found.spent_months, found.monthly_spending) == (3, 325)
        assert (found.days[-1].by_terms, found.days[-1].after_spending) == (1_000, 350)
        assert (found.lowest("after_spending").date, found.lowest("by_terms").date) == (day(4, 30), TODAY)
