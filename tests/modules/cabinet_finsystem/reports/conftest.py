"""Deals that make a report worth reading, and an oracle that adds them up one by one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import select

from cabinet.db.migrate import load_models
from cabinet.identity.models import Client, User
from cabinet.notify.fakes import FakeNotices
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.values import MONEY, AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.services import Payments
from cabinet_finsystem.payments.values import NewAllocation, NewPayment
from cabinet_finsystem.reports.balances import ClientBalances
from cabinet_finsystem.reports.cells import Cells
from cabinet_finsystem.reports.pnl import PnlReports
from cabinet_finsystem.reports.receivables import Receivables
from cabinet_finsystem.reports.values import Pnl, PnlQuery

load_models([])  # invoices and statements point at files and jobs of the core

RUB = "RUB"
INCOME, EXPENSE = AccountRef(AccountKind.INCOME, RUB), AccountRef(AccountKind.EXPENSE, RUB)
VAT, BANK = AccountRef(AccountKind.VAT, RUB), AccountRef.bank(1, RUB)
EARNED = ("sales", "Services", "income")
SPENT = ("Materials and goods", "Office wages", "operating", "Taxes and duties", "unsorted")
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["charge", "earn", "spend", "spend", "pay", "pay", "refund", "transfer", "write off", "reverse", "undo"]
        ),
        st.dates(date(2025, 11, 1), date(2026, 3, 10)),
        st.integers(1, 10**9),
        st.integers(1, 3),
        st.integers(0, 9),
    ),
    max_size=14,
)


@dataclass(frozen=True)
class Firm:
    id: int = 1
    currency: str = RUB
    short_name: str = "Firm"
    accounts: tuple[Any, ...] = ()


class Entities:
    """As many firms as are asked for."""

    def default(self) -> Firm:
        return Firm()

    def get(self, entity_id: int) -> Firm:
        return Firm(entity_id)

    def all(self) -> list[Firm]:
        return [Firm(), Firm(2)]


class Cards:
    """Finds clients by a part of the name, as client_manager does."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def find(self, text: str, limit: int) -> list[Any]:
        known = self._session.execute(select(Client.id.label("client_id"), Client.name)).all()
        return [row for row in known if text.casefold() in row.name.casefold()][:limit]


class Deals:
    """Makes things happen in the books ``b`` of one transaction, and reads the reports of it."""

    def __init__(self, b: Any) -> None:
        self.b = b
        self._facts: dict[str, list[Any]] = {}
        self.names = {name: n.id for n in b.articles.tree() for name in (n.name, n.code) if name}
        self.pnl = PnlReports(b.session, b.articles, Entities())
        self.cells = Cells(b.session, b.articles, self.pnl)
        self.receivables = Receivables(b.session, b.clock, Cards(b.session))
        self.balances = ClientBalances(b.session, Cards(b.session))
        self.payments = Payments(b.session, b.clock, b.audit, b.events, b.ledger, b.articles, Entities(), FakeNotices())

    def report(self, query: PnlQuery) -> Pnl:
        return self.pnl.report(query)

    def post(self, *entries: NewEntry) -> list[int]:
        return self.b.ledger.post(entries)

    def entry(self, day: date, kind: str, *postings: NewPosting, firm: int = 1, source=("test", 1)) -> NewEntry:
        return NewEntry(day, kind, source, kind, firm, postings)

    def charge(
        self,
        day: date,
        net: int,
        what: str = "sales",
        client: int = 1,
        vat: int = 0,
        contract=None,
        firm: int = 1,
        source=("test", 1),
    ) -> NewEntry:
        postings = [
            NewPosting(AccountRef.client(client, RUB), net + vat, contract_id=contract),
            NewPosting(INCOME, -net, self.names[what], client, contract),
        ]
        if vat:
            postings.append(NewPosting(VAT, -vat, client_id=client))
        return self.entry(day, "charge", *postings, firm=firm, source=source)

    def spend(
        self, day: date, minor: int, what: str, client: int | None = None, firm: int = 1, source=("test", 1)
    ) -> NewEntry:
        cost = NewPosting(EXPENSE, minor, self.names[what], client)
        return self.entry(day, "expense", cost, NewPosting(BANK, -minor), firm=firm, source=source)

    def earn(self, day: date, minor: int, what: str, firm: int = 1) -> NewEntry:
        return self.entry(
            day, "income", NewPosting(BANK, minor), NewPosting(INCOME, -minor, self.names[what]), firm=firm
        )

    def transfer(self, day: date, minor: int) -> NewEntry:
        return self.entry(day, "transfer", NewPosting(BANK, minor), NewPosting(AccountRef.bank(2, RUB), -minor))

    def write_off(self, day: date, minor: int, client: int) -> NewEntry:
        cost = NewPosting(EXPENSE, minor, self.names["write_offs"], client)
        return self.entry(day, "write_off", cost, NewPosting(AccountRef.client(client, RUB), -minor))

    def invoice(
        self,
        day: date,
        nets: Sequence[tuple[str, int]],
        client: int = 1,
        vat: int = 0,
        contract=None,
        firm: int = 1,
        due: date | None = None,
        item: int | None = None,
        charges: str = "invoice",
    ) -> Invoice:
        """An issued invoice that is charged, unless its acts would; ``item``: of the price list, of all its lines."""
        net = sum(minor for _what, minor in nets)
        number = len(self.b.session.scalars(select(Invoice.id)).all()) + 1
        invoice = Invoice(
            client_id=client,
            legal_entity_id=firm,
            contract_id=contract,
            year=day.year,
            number=str(number),
            date=day,
            due=due or day + timedelta(days=10),
            currency=RUB,
            net=net,
            vat=vat,
            total=net + vat,
            state="issued",
            charges=charges,
            vat_included=False,
            language="en",
            created_at=self.b.clock.now(),
        )
        invoice.lines = [
            InvoiceLine(
                client_id=client,
                position=n,
                text=what,
                quantity_milli=1000,
                price=minor,
                net=minor,
                vat=0,
                total=minor,
                article_id=self.names[what],
                item_id=item,
            )
            for n, (what, minor) in enumerate(nets)
        ]
        invoice.lines[0].vat = vat
        self.b.session.add(invoice)
        self.b.session.flush()
        source = ("invoice", invoice.id)
        for what, minor in nets if charges == "invoice" else ():
            [invoice.entry_id] = self.post(
                self.charge(day, minor, what, client, contract=contract, firm=firm, source=source)
            )
        self.b.session.flush()
        return invoice

    def pay(
        self,
        day: date,
        minor: int,
        client: int = 1,
        firm: int = 1,
        onto: Invoice | None = None,
        part: int | None = None,
        contract: int | None = None,
    ) -> int:
        """Money of a client, put onto an invoice as far as that owes."""
        allocations = ()
        if onto is not None and minor > 0:
            self.b.session.refresh(onto)
            allocated = min(minor, onto.total - onto.paid) if part is None else part
            allocations = (NewAllocation(onto.id, allocated),) if allocated else ()
        new = NewPayment(
            client,
            day,
            minor,
            RUB,
            firm,
            "Payment",
            bank_account_id=1,
            contract_id=contract,
            allocations=allocations,
        )
        return self.payments.book([new])[0]

    def happen(self, happenings: Sequence[tuple[str, date, int, int, int]]) -> None:
        posted: list[int] = []
        payments: list[int] = []
        invoices: dict[int, list[Invoice]] = defaultdict(list)
        for what, day, minor, client, n in happenings:
            firm = 1 + n % 2
            if what == "charge" and n < 5:
                nets = [(EARNED[n % 3], minor), ("Goods", minor // 3 + 1)]
                invoices[client].append(self.invoice(day, nets, client, minor // 5, n or None, firm))
            elif what in {"pay", "refund"}:
                onto = next((i for i in reversed(invoices[client])), None)
                came = minor if what == "pay" else -minor
                payments.append(self.pay(day, came, client, firm, onto, contract=n % 4 or None))
            elif what == "undo":
                live = self.payments.live_allocations(payments)
                if live:
                    self.payments.undo_allocation(live[n % len(live)].id)
                elif payments:
                    self.payments.reverse([payments.pop()], text="mistake")
            elif what == "reverse":
                if posted:
                    self.b.ledger.reverse([posted.pop(n % len(posted))], text="mistake", date=day)
            else:
                posted += self.post(self._happened(what, day, minor, client, n, firm))

    def _happened(self, what: str, day: date, minor: int, client: int, n: int, firm: int) -> NewEntry:
        if what == "charge":
            return self.charge(day, minor, EARNED[n % 3], client, minor // 5, n or None, firm)
        if what == "earn":
            return self.earn(day, minor, EARNED[n % 3], firm)
        if what == "spend":
            return self.spend(day, minor, SPENT[n % 5], client if n > 7 else None, firm)
        return self.transfer(day, minor) if what == "transfer" else self.write_off(day, minor, client)

    def facts(self, basis: str) -> list[tuple[date, int, int, int, int | None, int | None]]:
        """All that happened: day, article, contribution, firm, client, contract. Posting by posting, allocation by allocation."""
        session = self.b.session
        advances = self.names["advances"]
        firms = {e.id: e.legal_entity_id for e in session.scalars(select(Entry))}
        sides = defaultdict(list)
        for p, account in session.execute(select(Posting, Account).join(Account, Account.id == Posting.account_id)):
            sides[p.entry_id].append((p, account))
        found = []
        for entry_id, postings in sides.items():
            by_money = any(account.kind in MONEY for _posting, account in postings)
            for p, account in postings:
                article = advances if basis == "cash" and account.kind == "client" else p.article_id
                if article is not None and (basis == "accrual" or by_money):
                    found.append((p.date, article, -p.minor, firms[entry_id], p.client_id, p.contract_id))
        if basis == "cash":
            invoices = {i.id: i for i in session.scalars(select(Invoice))}
            spreads = defaultdict(list)
            for s in session.scalars(select(AllocationSpread)):
                spreads[s.allocation_id].append((s.article_id, s.minor))
            for a, payment in session.execute(
                select(Allocation, Payment).join(Payment, Payment.id == Allocation.payment_id)
            ):
                of = invoices[a.invoice_id]
                if payment.kind in {"bank", "cash"}:  # it leaves the advances that it came to
                    whose = (payment.legal_entity_id, payment.client_id, payment.contract_id)
                    found.append((a.date, advances, -a.minor, *whose))
                for article, minor in spreads[a.id]:
                    found.append((a.date, article, minor, of.legal_entity_id, of.client_id, of.contract_id))
        return found

    def oracle(self, query: PnlQuery) -> dict[int, int]:
        """Contribution of each article between the days of ``query``. Asked after all has happened."""
        if query.basis not in self._facts:
            self._facts[query.basis] = self.facts(query.basis)
        managers = {1: 1, 2: 1}
        found: defaultdict[int, int] = defaultdict(int)
        for day, article, minor, firm, client, contract in self._facts[query.basis]:
            if (
                query.since <= day <= query.until
                and query.legal_entity_id in (None, firm)
                and query.client_id in (None, client)
                and query.contract_id in (None, contract)
                and query.manager_id in (None, managers.get(client))
            ):
                found[article] += minor
        return found


class _Forget(Exception):  # noqa: N818 - not an error
    """The way out of books in which nothing shall stay."""


@pytest.fixture
def managed(books, clock):
    """Books in which clients 1 and 2 have a manager."""
    with books() as b:
        b.session.add(User(id=1, public_id=uuid.uuid4(), email="m@firm.ru", name="Manager", created_at=clock.now()))
        b.session.flush()
        for client_id in (1, 2):
            b.session.get(Client, client_id).manager_id = 1
    return books


@pytest.fixture
def deals(managed) -> Callable[[], Any]:
    """``with deals() as d:`` the books, kept."""

    @contextmanager
    def open_deals() -> Iterator[Deals]:
        with managed() as b:
            yield Deals(b)

    return open_deals


@pytest.fixture
def passing_deals(managed) -> Callable[[], Any]:
    """``with passing_deals() as d:`` the books, in which nothing stays."""

    @contextmanager
    def open_deals() -> Iterator[Deals]:
        with suppress(_Forget), managed() as b:
            yield Deals(b)
            raise _Forget

    return open_deals


@pytest.fixture
def happenings() -> Any:
    """A strategy of what may happen to a firm."""
    return HAPPENINGS
