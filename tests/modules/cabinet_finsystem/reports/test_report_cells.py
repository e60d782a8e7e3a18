"""Opening a cell: its rows sum to it, page by page, and each knows the document it comes from."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from cabinet.errors import NotFoundError
from cabinet_finsystem.reports.values import Fact, OpenedCell, PnlQuery
from cabinet_finsystem.statements.models import Statement, StatementFile, StatementLine


def opened_whole(d, query: PnlQuery, key: str, sort: str, size: int) -> tuple[OpenedCell, list[Fact]]:
    first = page = d.cells.open(query, key, sort=sort, size=size)
    rows = list(page.rows)
    while page.more:
        page = d.cells.open(query, key, sort=sort, after=page.more, size=size)
        assert 0 < len(page.rows) <= size
        rows += page.rows
    return first, rows


@pytest.mark.parametrize("cells", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_rows_of_a_cell_sum_to_it(passing_deals, happenings, cells: int) -> None:
    @settings(max_examples=cells // 4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        data=st.data(),
        basis=st.sampled_from(["cash", "accrual"]),
        by=st.sampled_from(["none", "week", "month", "quarter"]),
        narrowed=st.sampled_from(
            [{}, {}, {"client_id": 1}, {"manager_id": 1}, {"contract_id": 2}, {"legal_entity_id": 2}]
        ),
        seed=st.integers(0, 10**6),
    )
    def check(data, basis: str, by: str, narrowed: dict[str, int], seed: int) -> None:
        chance = random.Random(seed)
        with passing_deals() as d:
            d.happen(data.draw(happenings))
            since = date_between(chance)
            query = PnlQuery(since, since + timedelta(days=chance.randrange(120)), by, basis, **narrowed)
            report = d.report(query)
            for _time in range(4):
                row = chance.choice(report.rows)
                period, cell = chance.choice([*zip(report.columns, row.cells, strict=True), (query.period, row.total)])
                sort, size = chance.choice(["-date", "date", "-amount", "amount"]), chance.choice([1, 3, 50])
                opened, rows = opened_whole(d, query.over(period), row.key, sort, size)
                assert sum(fact.minor for fact in rows) == opened.minor == cell.minor
                assert len(rows) == opened.count == len({fact.key for fact in rows})
                assert all(fact.date in period for fact in rows)
                assert sum(c.minor for c in opened.counterparties) + opened.rest == cell.minor
                values = [fact.minor if "amount" in sort else fact.date for fact in rows]
                assert values == sorted(values, reverse=sort.startswith("-"))

    check()


def date_between(chance: random.Random):
    from datetime import date

    return date(2025, 11, 1) + timedelta(days=chance.randrange(100))


def key_of(d, name: str) -> str:
    return next(n.public_id.hex for n in d.b.articles.tree() if name in (n.code, n.name))


def bank_line(d, day, minor: int, name: str, inn: str = "") -> StatementLine:
    """A line of a statement, with nothing booked for it."""
    session = d.b.session
    file = StatementFile(file_id=1, name="s.txt", sha256="0" * 64, state="imported", created_at=d.b.clock.now())
    statement = Statement(
        file=file,
        bank_account_id=1,
        legal_entity_id=1,
        account="40702",
        currency="RUB",
        state="applied",
        lines=1,
        new=1,
        duplicate=0,
        invalid=0,
    )
    number = len(session.identity_map)
    line = StatementLine(
        statement=statement, bank_account_id=1, position=number, booking_date=day, minor=minor, currency="RUB", counterparty_name=name,
        counterparty_inn=inn, counterparty_kpp="", counterparty_account="", counterparty_bic="", counterparty_bank="", purpose="p",
        doc_number="", doc_kind="", bank_ref="", raw="", key=number.to_bytes(16, "big"), occurrence=1, state="applied", kind="", rule="",
        evidence=[], candidates=[],
    )  # fmt: skip
    session.add(line)
    session.flush()
    return line


def test_a_cost_names_its_counterparty_and_its_bank_line(deals, day) -> None:
    with deals() as d:
        stored = d.b.session
        from cabinet.files.models import StoredFile

        stored.add(
            StoredFile(
                id=1,
                sha256="0" * 64,
                size=1,
                name="s",
                media_type="text/plain",
                module="finsystem",
                created_at=d.b.clock.now(),
            )
        )
        stored.flush()
        lines = [
            bank_line(d, day(1, 5), -700, "Acme Ltd", "7700000001"),
            bank_line(d, day(1, 6), -200, "ACME limited", "7700000001"),
            bank_line(d, day(1, 7), -50, "Somebody"),
        ]
        ids = d.post(*(d.spend(x.booking_date, -x.minor, "Materials and goods", source=("line", x.id)) for x in lines))
        d.b.ledger.reverse(ids[2:], text="a mistake")
        cell = d.cells.open(PnlQuery(day(1, 1), day(1, 31)), key_of(d, "Materials and goods"))
        assert [(f.date.day, f.counterparty, f.minor, f.text) for f in cell.rows] == [
            (7, "Somebody", -50, "a mistake"),
            (7, "Somebody", 50, "expense"),
            (6, "ACME limited", 200, "expense"),
            (5, "Acme Ltd", 700, "expense"),
        ]
        assert [fact.document for fact in cell.rows] == [("line", lines[n].public_id) for n in (2, 2, 1, 0)]
        assert [(c.name, c.minor) for c in cell.counterparties] == [("Acme Ltd", 900), ("Somebody", 0)]


def test_income_leads_to_its_invoice_on_both_bases(deals, day) -> None:
    with deals() as d:
        invoice = d.invoice(day(1, 5), [("sales", 1000)], client=2, vat=200)
        d.pay(day(1, 9), 900, client=2, onto=invoice)
        january = PnlQuery(day(1, 1), day(1, 31), basis="accrual")
        [charged] = d.cells.open(january, key_of(d, "sales")).rows
        assert (charged.counterparty, charged.minor, charged.invoice) == ("Client 2", 1000, "1")
        assert charged.document == ("invoice", invoice.public_id)
        [paid] = d.cells.open(PnlQuery(day(1, 1), day(1, 31)), key_of(d, "sales")).rows
        assert (paid.date, paid.counterparty, paid.minor, paid.invoice) == (day(1, 9), "Client 2", 750, "1")
        assert paid.document == ("invoice", invoice.public_id)
        spent, came = d.cells.open(PnlQuery(day(1, 1), day(1, 31)), key_of(d, "advances"), sort="amount").rows
        assert (spent.minor, came.minor) == (-900, 900)
        assert came.document is not None
        assert came.document[0] == "payment"


def test_the_largest_counterparties_are_named_and_the_rest_counted(deals, day) -> None:
    with deals() as d:
        d.post(*(d.charge(day(1, n), 100 * n, client=n) for n in (1, 2, 3)), d.earn(day(1, 4), 5, "sales"))
        cell = d.cells.open(PnlQuery(day(1, 1), day(1, 31), basis="accrual"), "net")
    assert [(c.name, c.minor) for c in cell.counterparties] == [
        ("Client 3", 300),
        ("Client 2", 200),
        ("Client 1", 100),
        ("", 5),
    ]
    assert (cell.others, cell.rest, cell.minor, cell.count) == (0, 0, 605, 4)


def test_a_line_that_is_not_there_is_not_found(deals, day) -> None:
    with deals() as d, pytest.raises(NotFoundError):
        d.cells.open(PnlQuery(day(1, 1), day(1, 31)), "0" * 32)


def test_an_empty_cell_opens(deals, day) -> None:
    with deals() as d:
        cell = d.cells.open(PnlQuery(day(1, 1), day(1, 31)), "net")
    assert (cell.minor, cell.count, list(cell.rows), list(cell.counterparties), cell.more) == (0, 0, [], [], "")


def test_a_cell_costs_as_many_queries_however_many_rows_it_has(deals, day) -> None:
    def counted() -> int:
        with deals() as d:
            asked = []
            event.listen(d.b.session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
            d.cells.open(PnlQuery(day(1, 1), day(1, 31)), "net")
        return len(asked)

    with deals() as d:
        d.pay(day(1, 5), 100, onto=d.invoice(day(1, 2), [("sales", 10**6)]))
    few = counted()
    with deals() as d:
        invoice = d.invoice(day(1, 2), [("sales", 10**6)], client=2)
        for n in range(60):
            d.pay(day(1, 1 + n % 30), 100, client=2, onto=invoice)
            d.post(d.spend(day(1, 1 + n % 30), 7, "Office wages"))
    assert counted() == few <= 8
