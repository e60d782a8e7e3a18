"""Balances and debts of all clients: as they are, and as they stood at the end of any day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from cabinet.db.paging import ListQuery
from cabinet.identity.models import User
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.models import Account, Posting
from cabinet_finsystem.payments.models import Allocation
from cabinet_finsystem.reports.values import Ages


def ages_by_hand(d, on: date) -> dict[int, list[int]]:
    """Client → what he owes by age, invoice by invoice."""
    found: defaultdict[int, list[int]] = defaultdict(lambda: [0] * 5)
    paid: defaultdict[int, int] = defaultdict(int)
    for allocation in d.b.session.scalars(select(Allocation)):
        if allocation.date <= on:
            paid[allocation.invoice_id] += allocation.minor
    for invoice in d.b.session.scalars(select(Invoice)):
        left = invoice.total - paid[invoice.id]
        if invoice.date <= on and left:
            late = (on - invoice.due).days
            found[invoice.client_id][0 if late <= 0 else 1 + sum(late > age for age in (30, 60, 90))] += left
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), on=st.dates(date(2025, 10, 31), date(2026, 6, 30)))
def test_debts_by_age_are_those_of_the_invoices(passing_deals, happenings, data, on: date) -> None:
    with passing_deals() as d:
        d.happen(data.draw(happenings))
        expected = ages_by_hand(d, on)
        found = {row.client_id: row.ages for row in d.receivables.clients(on)}
        assert found == {client: Ages("RUB", *parts) for client, parts in expected.items()}
        together = [sum(parts) for parts in zip(*expected.values(), strict=True)]
        assert d.receivables.totals(on) == ([Ages("RUB", *together)] if expected else [])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), on=st.dates(date(2025, 10, 31), date(2026, 4, 30)))
def test_balances_at_a_date_are_those_of_the_ledger(passing_deals, happenings, data, on: date) -> None:
    with passing_deals() as d:
        d.happen(data.draw(happenings))
        expected: defaultdict[int, int] = defaultdict(int)
        for posting, account in d.b.session.execute(select(Posting, Account).join(Account)):
            if account.kind == "client" and posting.date <= on:
                expected[account.client_id] -= posting.minor
        found = {row.client_id: row.minor for row in d.balances.all(on)}
        assert {client: minor for client, minor in found.items() if minor} == {c: m for c, m in expected.items() if m}
        assert found == {row.client_id: row.minor for row in d.b.balances.clients(on=on) if row.client_id in found}
        for total in d.balances.totals(on):
            assert total.ours == sum(minor for minor in found.values() if minor > 0)
            assert total.theirs == sum(minor for minor in found.values() if minor < 0)
            assert total.minor == sum(found.values())


def test_a_debt_grows_older(deals, day) -> None:
    with deals() as d:
        d.invoice(date(2025, 11, 1), [("sales", 100)], due=date(2025, 12, 1))
        d.invoice(day(1, 1), [("sales", 20)], due=day(1, 31), client=2)
        d.pay(day(2, 10), 5, client=2, onto=d.b.session.scalars(select(Invoice).where(Invoice.client_id == 2)).one())

    def at(on: date) -> list[Ages]:
        with deals() as d:
            return d.receivables.totals(on)

    assert at(date(2025, 10, 31)) == []
    assert at(date(2025, 12, 1)) == [Ages("RUB", 100, 0, 0, 0, 0)]
    assert at(date(2025, 12, 2)) == [Ages("RUB", 0, 100, 0, 0, 0)]
    assert at(date(2025, 12, 31)) == [Ages("RUB", 0, 100, 0, 0, 0)]
    assert at(day(1, 1)) == [Ages("RUB", 20, 0, 100, 0, 0)]
    assert at(day(2, 9)) == [Ages("RUB", 0, 20, 0, 100, 0)]
    assert at(day(3, 1)) == [Ages("RUB", 0, 15, 0, 100, 0)]
    assert at(day(3, 2)) == [Ages("RUB", 0, 15, 0, 0, 100)]
    assert at(day(3, 10)) == at(day(3, 10) + timedelta(days=0)) == [Ages("RUB", 0, 0, 15, 0, 100)]


def test_a_void_invoice_was_a_debt_until_it_was_voided(deals, day) -> None:
    with deals() as d:
        invoice = d.invoice(day(1, 5), [("sales", 100)], due=day(1, 20))
        [charge] = d.post(d.charge(day(1, 5), 100, source=("invoice", invoice.id)))
        [reversal] = d.b.ledger.reverse([charge], text="void", date=day(2, 1))
        invoice.state, invoice.void_entry_id = "void", reversal
        d.b.session.flush()
        assert [ages.total for ages in d.receivables.totals(day(1, 31))] == [100]
        assert d.receivables.totals(day(2, 1)) == d.receivables.totals() == []


def test_debtors_come_page_by_page_the_latest_payers_first(deals, day) -> None:
    with deals() as d:
        d.invoice(day(1, 1), [("sales", 100)], due=day(3, 20))
        d.invoice(day(1, 1), [("sales", 30)], due=day(3, 1), client=2)
        d.invoice(day(1, 1), [("sales", 50)], due=day(2, 1), client=3)
    with deals() as d:
        first = d.receivables.page(ListQuery(size=2), "RUB")
        rest = d.receivables.page(ListQuery(size=2, after=first.more), "RUB")
        names = [row.name for row in (*first.rows, *rest.rows)]
        assert (names, first.count, rest.more) == (["Client 3", "Client 2", "Client 1"], 3, "")
        assert d.receivables.page(ListQuery(sort="-total"), "RUB").rows[0].name == "Client 1"
        assert [row.name for row in d.receivables.page(ListQuery(search="nt 2"), "RUB").rows] == ["Client 2"]
        manager = d.b.session.get(User, 1).public_id.hex
        assert d.receivables.page(ListQuery(filters={"manager": manager}), "RUB").count == 2
        assert d.receivables.page(ListQuery(filters={"manager": "nobody"}), "RUB").count == 0
        assert d.receivables.page(ListQuery(), "USD").rows == []
        by_manager = d.receivables.by_manager("RUB")
        assert {manager: (ages.not_due, ages.overdue) for manager, ages in by_manager.items()} == {
            1: (100, 30),
            None: (0, 50),
        }


def test_balances_come_page_by_page_the_largest_debt_first(deals, day) -> None:
    with deals() as d:
        d.post(d.charge(day(1, 5), 100), d.charge(day(1, 5), 300, client=2))
        d.pay(day(1, 6), 40, client=3)
        assert [(row.name, row.minor) for row in d.balances.page(ListQuery(size=2), "RUB").rows] == [
            ("Client 2", -300),
            ("Client 1", -100),
        ]
        ours = d.balances.page(ListQuery(filters={"side": "ours"}), "RUB")
        assert [(row.name, row.minor) for row in ours.rows] == [("Client 3", 40)]
        assert d.balances.page(ListQuery(filters={"side": "theirs"}), "RUB").count == 2
        assert d.balances.page(ListQuery(search="CLIENT 1"), "RUB", day(1, 4)).rows == []
        assert [row.minor for row in d.balances.page(ListQuery(search="CLIENT 1"), "RUB", day(1, 5)).rows] == [-100]


def test_a_page_costs_one_query(deals, day) -> None:
    with deals() as d:
        d.invoice(day(1, 5), [("sales", 100)])
        d.pay(day(1, 6), 40, client=3)
    with deals() as d:
        asked = []
        event.listen(d.b.session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
        d.receivables.page(ListQuery(), "RUB")
        d.receivables.page(ListQuery(), "RUB", day(1, 31))
        d.balances.page(ListQuery(), "RUB", day(1, 31))
    assert len(asked) == 3


def test_debts_of_now_are_as_old_for_a_manager_as_in_the_list(deals, day) -> None:
    with deals() as d:
        for late in (-1, 0, 1, 30, 31, 60, 61, 90, 91):
            d.invoice(day(1, 1), [("sales", 1_000 + late)], due=day(3, 10) - timedelta(late))
        d.invoice(day(1, 1), [("sales", 7_000)], due=day(3, 1), charges="act")  # no act has charged anything yet
        assert d.receivables.by_manager("RUB") == {1: d.receivables.totals()[0]}
        assert sum(debt.asked - debt.minor for debt in d.receivables.open_now("RUB")) == 7_000
        assert [one.ages for one in d.receivables.latest("RUB", 3)] == d.receivables.totals()
        assert sum(debt.minor for debt in d.receivables.open_now("RUB")) == d.receivables.totals()[0].total
