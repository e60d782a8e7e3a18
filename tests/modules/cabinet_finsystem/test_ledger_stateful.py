"""Any sequence of acts with money, against an oracle of dictionaries that knows no database."""

from __future__ import annotations

import itertools
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from cabinet_client_manager.testing import a_client, a_contract, account_of
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.corrections.values import Became, CorrectionData
from cabinet_finsystem.errors import (
    ActStateError,
    AllocationError,
    CorrectionDataError,
    CorrectionStateError,
    FinsystemError,
    InvoiceStateError,
    PeriodClosedError,
    RepeatedFactError,
    UnbalancedEntryError,
)
from cabinet_finsystem.interfaces import (
    IActBook,
    IArticles,
    IBalances,
    ICorrectionBook,
    IInvoiceBook,
    ILedger,
    IPayments,
    IStatementDesk,
    IStatementQueue,
    IWriteOffs,
)
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.ledger import chain, months, pending
from cabinet_finsystem.ledger import services as ledger_services
from cabinet_finsystem.ledger.models import PnlMonth
from cabinet_finsystem.ledger.services import Ledger
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments import allocating
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import open_books
from cabinet_finsystem.write_offs.values import RuleData

NUMBERS = itertools.count(10)
DAYS = st.dates(date(2025, 11, 1), date(2026, 4, 15))
SUMS = st.integers(1, 300_000)
NTH = st.integers(0, 99)


class Oracle:
    """What must be true. Amounts in minor units; a day that is closed sends whatever is taken back to ``today``."""

    def __init__(self, today: date) -> None:
        self.today, self.closed = today, date.min
        self.account: list[tuple[date, int]] = []  # what the client sees
        self.pnl: Counter[tuple[str, str, date]] = Counter()  # (basis, article, month)
        self.invoices: dict[int, dict[str, Any]] = {}
        self.payments: dict[int, dict[str, Any]] = {}
        self.allocations: dict[int, dict[str, Any]] = {}
        self.loaded = 0  # bank lines
        self.lines: list[tuple[int, date, int]] = []  # those that wait for a decision
        self.acts: dict[int, dict[str, Any]] = {}
        self.corrections: dict[int, dict[str, Any]] = {}

    def open_day(self, day: date) -> date:
        return day if day > self.closed else self.today

    def earn(self, basis: str, article: str, day: date, minor: int) -> None:
        self.pnl[basis, article, day.replace(day=1)] += minor

    def charge(self, document: dict[str, Any], day: date, sign: int) -> None:
        """An invoice where it charges, else an act of it; of the other one nothing is posted."""
        if document["charges"]:
            self.account.append((day, -sign * document["total"]))
            for article, net in document["nets"].items():
                self.earn("accrual", article, day, sign * net)

    def charged(self, invoice: dict[str, Any]) -> int:
        acts = sum(act["total"] for act in self.acts.values() if act["invoice"] is invoice)
        return invoice["total"] if invoice["charges"] else acts

    def parts(self, invoice: dict[str, Any], quantity: int) -> list[tuple[int, int, int, int]]:
        """(place of the line, thousandths of it, net, VAT) that an act may take now: each figure reached, less what acts have."""
        found = []
        for place, line in enumerate(invoice["lines"]):
            live = [
                part
                for act in self.acts.values()
                if act["invoice"] is invoice
                for part in act["parts"]
                if part[0] == place
            ]
            taken = sum(part[1] for part in live)
            wanted = min(quantity, line["milli"] - taken)
            if wanted:
                share = Fraction(taken + wanted, line["milli"])
                reached = [int(figure * share + Fraction(1, 2)) for figure in (line["net"], line["vat"])]
                had = [sum(part[which] for part in live) for which in (2, 3)]
                found.append((place, wanted, *(max(0, now - before) for now, before in zip(reached, had, strict=True))))
        return found

    def pay(self, payment: dict[str, Any], day: date, sign: int) -> None:
        self.account.append((day, sign * payment["minor"]))
        if payment["money"]:
            self.earn("cash", "advances", day, sign * payment["minor"])
        elif payment["article"]:
            self.earn("accrual", payment["article"], day, -sign * payment["minor"])

    def taken(self, invoice: dict[str, Any], place: int) -> tuple[int, int, int]:
        """Thousandths, net and VAT that acts took of a line."""
        live = [p for act in self.acts.values() if act["invoice"] is invoice for p in act["parts"] if p[0] == place]
        return sum(part[1] for part in live), sum(part[2] for part in live), sum(part[3] for part in live)

    def allocate(
        self, key: int, payment: dict[str, Any], invoice: dict[str, Any], minor: int, since: date = date.min
    ) -> None:
        payment["allocated"] += minor
        invoice["paid"] += minor
        parts = {}
        if payment["money"]:
            invoice["money"] += minor
            whole = largest_remainder(invoice["money"], [*invoice["nets"].values(), invoice["vat"]])
            parts = {a: n - invoice["spread"][a] for a, n in zip(invoice["nets"], whole[:-1], strict=True)}
        day = max(self.open_day(payment["day"]), since)
        self.allocations[key] = {"payment": payment, "invoice": invoice, "minor": minor, "parts": parts, "day": day}
        self.move(self.allocations[key], day, 1)

    def undo(self, key: int, since: date = date.min) -> None:
        gone = self.allocations.pop(key)
        gone["payment"]["allocated"] -= gone["minor"]
        gone["invoice"]["paid"] -= gone["minor"]
        gone["invoice"]["money"] -= gone["minor"] if gone["payment"]["money"] else 0
        self.move(gone, max(self.open_day(gone["day"]), since), -1)

    def follow(self, invoice: dict[str, Any]) -> None:
        """What the rule forgave of an invoice goes with money that is taken off it."""
        for key, facts in list(self.allocations.items()):
            if facts["invoice"] is invoice and facts["payment"]["by_rule"]:
                self.undo(key)
                self.take_back(facts["payment"])

    def take_back(self, payment: dict[str, Any], since: date = date.min) -> None:
        self.pay(payment, max(self.open_day(payment["day"]), since), -1)
        self.payments = {key: other for key, other in self.payments.items() if other is not payment}

    def ask(self, invoice: dict[str, Any], lines: list[dict[str, Any]], day: date) -> None:
        """The invoice asks for ``lines`` from now on; what that adds is charged on ``day``."""
        old, total = invoice["nets"], invoice["total"]
        invoice["lines"], invoice["nets"] = lines, dict.fromkeys(old, 0)
        for line in lines:
            invoice["nets"][line["article"]] += line["net"]
        invoice["vat"] = sum(line["vat"] for line in lines)
        invoice["total"] = sum(invoice["nets"].values()) + invoice["vat"]
        nets = {article: net - old[article] for article, net in invoice["nets"].items()}
        self.charge({"charges": invoice["charges"], "total": invoice["total"] - total, "nets": nets}, day, 1)

    def settle(self, invoice: dict[str, Any], since: date) -> tuple[list[tuple[dict[str, Any], int]], int]:
        """Take back what is too much or lies wrong, from the end, what was forgiven first; (what is put again, what is forgiven again)."""
        mine = [(key, one) for key, one in sorted(self.allocations.items()) if one["invoice"] is invoice]
        forgiven = [one for one in mine if not one[1]["payment"]["money"]]
        money = [one for one in mine if one[1]["payment"]["money"]]
        over = invoice["paid"] > invoice["total"]
        surplus = sum(one["minor"] for _key, one in money) - invoice["total"]
        gone, put = [], []
        while surplus > 0:
            gone.append(money.pop())
            surplus -= gone[-1][1]["minor"]
            put += [(gone[-1][1]["payment"], -surplus)] if surplus < 0 else []
        stays = sum(one["minor"] for _key, one in money)
        lies: Counter[str] = Counter()
        for _key, one in money:
            lies.update(one["parts"])
        if money and not put:
            wanted = largest_remainder(stays, [*invoice["nets"].values(), invoice["vat"]])[:-1]
            if any(lies[article] != part for article, part in zip(invoice["nets"], wanted, strict=True)):
                gone.append(money.pop())
                put.append((gone[-1][1]["payment"], gone[-1][1]["minor"]))
        forgiven = forgiven if over else []
        left = invoice["total"] - sum(o["minor"] for _k, o in money) - sum(minor for _payment, minor in put)
        again = min(left, sum(one["minor"] for _key, one in forgiven))
        for key, one in forgiven:
            self.undo(key, since)
            self.take_back(one["payment"], since)
        for key, _one in gone:
            self.undo(key, since)
        return put, again

    def move(self, allocation: dict[str, Any], day: date, sign: int) -> None:
        if allocation["payment"]["money"]:
            self.earn("cash", "advances", day, -sign * allocation["minor"])
        for article, part in allocation["parts"].items():
            allocation["invoice"]["spread"][article] += sign * part
            self.earn("cash", article, day, sign * part)


def largest_remainder(amount: int, shares: list[int]) -> list[int]:
    exact = [Fraction(amount * share, sum(shares)) for share in shares]
    parts = [int(part) for part in exact]
    order = sorted(range(len(shares)), key=lambda i: parts[i] - exact[i])
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def crash_if(*, wanted: bool) -> None:
    if wanted:
        raise ZeroDivisionError


class Money(RuleBasedStateMachine):
    """One client whose books are kept by the services on one side and by the oracle on the other."""

    unit_of_work: Any
    engine: Any

    def __init__(self) -> None:
        super().__init__()
        with self.unit_of_work() as request:
            if request.find_service(ILedger).closed_through():
                request.find_service(ILedger).reopen(None, reason="next example")
            card = a_client(request, next(NUMBERS))
            self.client, self.contract = card.client_id, a_contract(request, card, charges="act").contract_id
            self.articles = {node.code or node.name: node.id for node in request.find_service(IArticles).tree()}
            self.today = request.find_service(ILedger)._clock.today()
        self.oracle = Oracle(self.today)

    @initialize(days=st.tuples(DAYS, DAYS, DAYS, DAYS), sums=st.tuples(SUMS, SUMS, SUMS, SUMS))
    def begin(self, days: tuple[date, ...], sums: tuple[int, ...]) -> None:
        """Something to act upon, however few kinds of acts the example is made of."""
        self.issue(days[0], [(sums[0], "sales", 22), (sums[1], "Goods", 10), (7, "Services", None)])
        self.issue(days[1], [(sums[1], "Goods", 0)])
        self.issue(days[2], [(sums[3], "sales", 22), (sums[0], "Goods", None)], acts=True)
        self.pay(days[2], sums[2], back=False)
        self.pay(days[3], sums[3], back=False)
        self.spend(days[1], sums[1], "savepoint")

    def picked(self, rows: dict[int, Any], n: int) -> tuple[int, Any]:
        return list(rows.items())[n % len(rows)]

    @rule(
        day=DAYS,
        lines=st.lists(
            st.tuples(SUMS, st.sampled_from(["sales", "Services", "Goods"]), st.sampled_from([None, 0, 10, 22])),
            min_size=1,
            max_size=3,
        ),
        acts=st.booleans(),
    )
    def issue(self, day: date, lines: list[tuple[int, str, int | None]], acts: bool = False) -> None:
        data = InvoiceData(
            self.client,
            day,
            tuple(
                LineData(
                    "x", price, vat_rate=None if rate is None else Decimal(rate), article_id=self.articles_of(article)
                )
                for price, article, rate in lines
            ),
            contract_id=self.contract if acts else None,
        )
        try:
            with self.unit_of_work() as request:
                book = request.find_service(IInvoiceBook)
                invoice = book.draft(data)
                book.issue(invoice)
                key, vat = invoice.id, invoice.vat
        except PeriodClosedError:
            assert day <= self.oracle.closed
            return
        assert acts or day > self.oracle.closed
        nets: defaultdict[str, int] = defaultdict(int)
        figures = []
        for price, article, rate in lines:
            part = Decimal(price * (rate or 0)) / (100 + (rate or 0))
            tax = int(part.quantize(Decimal(1), "ROUND_HALF_UP"))
            nets[article] += price - tax
            figures.append(
                {"article": article, "milli": 1000, "price": price, "rate": rate, "net": price - tax, "vat": tax}
            )
        total = sum(price for price, _article, _rate in lines)
        assert vat == total - sum(nets.values())
        # Largest remainders that are equal go to the article that was made first.
        nets = dict(sorted(nets.items(), key=lambda item: self.articles_of(item[0])))
        self.oracle.invoices[key] = {
            "total": total,
            "paid": 0,
            "money": 0,  # of what is paid
            "nets": nets,
            "vat": vat,
            "spread": Counter(),
            "day": day,
            "charges": not acts,
            "lines": figures,
            "asked": False,  # whether a person wants the rest after all
        }
        self.oracle.charge(self.oracle.invoices[key], day, 1)

    @precondition(lambda self: self.oracle.invoices)
    @rule(n=NTH, day=DAYS, quantity=st.sampled_from([1000, 500, 333, 1]))
    def write_act(self, n: int, day: date, quantity: int) -> None:
        key, invoice = self.picked(self.oracle.invoices, n)
        parts = self.oracle.parts(invoice, quantity)
        total = sum(net + vat for _place, _quantity, net, vat in parts)
        if not total:
            return
        try:
            with self.unit_of_work() as request:
                acts, row = request.find_service(IActBook), request.db.get(Invoice, key)
                wanted = [ActPart(row.lines[place].id, milli) for place, milli, _net, _vat in parts]
                act = acts.draft_of(row, date=day, parts=wanted)
                acts.issue(act)
                act_id = act.id
        except PeriodClosedError:
            assert day <= self.oracle.closed
            return
        assert day > self.oracle.closed
        nets: Counter[str] = Counter()
        for place, _milli, net, _vat in parts:
            nets[invoice["lines"][place]["article"]] += net
        act = {
            "invoice": invoice,
            "day": day,
            "total": total,
            "nets": nets,
            "parts": parts,
            "charges": not invoice["charges"],
        }
        self.oracle.acts[act_id] = act
        self.oracle.charge(act, day, 1)

    @precondition(lambda self: self.oracle.acts)
    @rule(n=NTH)
    def void_act(self, n: int) -> None:
        key, act = self.picked(self.oracle.acts, n)
        onto = [facts["payment"] for facts in self.oracle.allocations.values() if facts["invoice"] is act["invoice"]]
        forgiven = act["charges"] and not all(payment["money"] for payment in onto)
        try:
            self.do(lambda request: request.find_service(IActBook).void(request.db.get(Act, key), reason="mistake"))
        except ActStateError:
            assert forgiven
            return
        assert not forgiven
        self.oracle.charge(act, self.oracle.open_day(act["day"]), -1)
        del self.oracle.acts[key]

    def articles_of(self, name: str) -> int:
        russian = {"Services": "Услуги", "Goods": "Товары"}
        return self.articles[russian.get(name, name)]

    @rule(day=DAYS, minor=SUMS, back=st.sampled_from([False, False, False, True]))
    def pay(self, day: date, minor: int, back: bool) -> None:
        minor = -minor if back else minor
        try:
            with self.unit_of_work() as request:
                paid = request.find_service(IPayments).by_hand(
                    client_id=self.client, date=day, minor=minor, currency="RUB", text="x"
                )
                key = paid.id
        except PeriodClosedError:
            assert day <= self.oracle.closed
            return
        assert day > self.oracle.closed
        payment = {"by_rule": False, "minor": minor, "allocated": 0, "day": day, "money": True, "article": None}
        self.oracle.payments[key] = payment
        self.oracle.pay(payment, day, 1)

    @precondition(lambda self: self.oracle.payments and self.oracle.invoices)
    @rule(
        n=NTH,
        m=NTH,
        part=st.sampled_from([1, 1, 2, 3, 7]),
        more=st.sampled_from([0, 0, 0, 1]),
        crash=st.sampled_from([False, False, True]),
    )
    def allocate(self, n: int, m: int, part: int, more: int, crash: bool) -> None:
        payment_id, payment = self.picked(self.oracle.payments, n)
        invoice_id, invoice = self.picked(self.oracle.invoices, m)
        free, owed = payment["minor"] - payment["allocated"], invoice["total"] - invoice["paid"]
        minor = max(min(free, owed) // part + more, 1)
        try:
            with self.unit_of_work() as request:
                [key] = request.find_service(IPayments).allocate(payment_id, [NewAllocation(invoice_id, minor)])
                crash_if(wanted=crash)
        except ZeroDivisionError:
            assert minor <= min(free, owed)
        except AllocationError:
            assert minor > min(free, owed)
        else:
            assert minor <= min(free, owed)
            self.oracle.allocate(key, payment, invoice, minor)

    @precondition(lambda self: self.oracle.payments and self.oracle.invoices)
    @rule(n=NTH, m=NTH, undone=st.lists(NTH, max_size=2))
    def pay_in_parts(self, n: int, m: int, undone: list[int]) -> None:
        """What a busy client does: a part, something taken back, the next part."""
        for part in (3, 2, 1):
            if self.oracle.payments:  # what was written off goes altogether with what is undone of it
                self.allocate(n, m, part, 0, crash=False)
            if undone and self.oracle.allocations:
                self.undo_allocation(undone.pop())

    @precondition(lambda self: self.oracle.allocations)
    @rule(n=NTH)
    def undo_allocation(self, n: int) -> None:
        key, facts = self.picked(self.oracle.allocations, n)
        self.do(lambda request: request.find_service(IPayments).undo_allocation(key))
        self.oracle.undo(key)
        if facts["payment"]["money"]:
            self.oracle.follow(facts["invoice"])
        else:
            self.oracle.take_back(facts["payment"])
            facts["invoice"]["asked"] |= facts["payment"]["by_rule"]
        self.straightened(facts["invoice"])
        with pytest.raises(FinsystemError):
            self.do(lambda request: request.find_service(IPayments).undo_allocation(key))

    @precondition(lambda self: self.oracle.loaded < 4)
    @rule(
        day=DAYS,
        sums=st.lists(SUMS, min_size=1, max_size=3),
        then=st.sampled_from(["once", "once", "again", "crash"]),
    )
    def load(self, day: date, sums: list[int], then: str) -> None:
        """A statement of somebody unknown: all of it or nothing, and nothing more when it is loaded again."""
        lines = [(day, minor, f"{self.client}-{self.oracle.loaded + n}") for n, minor in enumerate(sums)]
        try:
            written = self.import_lines(lines, crash=then == "crash")
        except ZeroDivisionError:
            return
        except PeriodClosedError:
            assert day <= self.oracle.closed
            return
        assert day > self.oracle.closed
        assert len(written) == len(sums)
        if then == "again":
            assert self.import_lines(lines, crash=False, copy=True) == []
        self.oracle.loaded += len(sums)
        self.oracle.lines += [(key, day, minor) for key, minor in zip(written, sums, strict=True)]

    def import_lines(self, lines: list[tuple[date, int, str]], *, crash: bool, copy: bool = False) -> list[int]:
        rows = [LineToWrite(day, minor, Counterparty(f"Nobody {n}"), f"For {n}", n) for day, minor, n in lines]
        day = lines[0][0]
        content = write_onec(StatementToWrite(account_of(1), day, day, 0, rows, OwnSide("We", "7700000016")))
        with self.unit_of_work() as request:
            desk = request.find_service(IStatementDesk)
            file = desk.receive(content + b"\r\n" * copy, "kl_to_1c.txt")  # the bank has made it anew
            [statement] = desk.write(file, desk.plan(file, confirmed=True))
            found = (
                select(StatementLine).where(StatementLine.statement_id == statement.id).order_by(StatementLine.position)
            )
            written = list(request.db.scalars(found))
            assert {line.state for line in written} <= {"unsorted", "proposed"}
            crash_if(wanted=crash)
            return [line.id for line in written]

    @precondition(lambda self: self.oracle.lines)
    @rule(n=NTH)
    def decide(self, n: int) -> None:
        """One of the lines is the client's money after all."""
        key, day, minor = self.oracle.lines.pop(n % len(self.oracle.lines))
        with self.unit_of_work() as request:
            line = request.db.get(StatementLine, key)
            request.find_service(IStatementQueue).credit(line, self.client, [])
            paid = line.payment_id
        day = self.oracle.open_day(day)
        payment = {
            "by_rule": False,
            "minor": minor,
            "allocated": 0,
            "day": day,
            "money": True,
            "article": None,
            "line": key,
        }
        self.oracle.payments[paid] = payment
        self.oracle.pay(payment, day, 1)

    @rule(day=DAYS, minor=SUMS)
    def pay_twice_by_one_form(self, day: date, minor: int) -> None:
        """The answer got lost, the form is sent again: it is booked once."""
        if day <= self.oracle.closed:
            return
        once = {
            "client_id": self.client,
            "date": day,
            "minor": minor,
            "currency": "RUB",
            "text": "x",
            "key": secrets.token_hex(8),
        }
        with self.unit_of_work() as request:
            key = request.find_service(IPayments).by_hand(**once).id
        with pytest.raises(RepeatedFactError):
            self.do(lambda request: request.find_service(IPayments).by_hand(**once))
        payment = {"by_rule": False, "minor": minor, "allocated": 0, "day": day, "money": True, "article": None}
        self.oracle.payments[key] = payment
        self.oracle.pay(payment, day, 1)

    @rule(minor=SUMS, more=st.sampled_from([1, -1, 100]))
    def post_what_does_not_balance(self, minor: int, more: int) -> None:
        bank, account = AccountRef.bank(1, "RUB"), AccountRef.client(self.client, "RUB")
        entry = NewEntry(
            self.today, "payment", ("test", 1), "x", 1, (NewPosting(bank, minor), NewPosting(account, -minor - more))
        )
        with pytest.raises(UnbalancedEntryError):
            self.do(lambda request: request.find_service(ILedger).post([entry]))

    @precondition(lambda self: self.oracle.payments)
    @rule(n=NTH)
    def take_payment_back(self, n: int) -> None:
        key, payment = self.picked(self.oracle.payments, n)
        if line := payment.get("line"):
            self.do(lambda r: r.find_service(IStatementQueue).undo(r.db.get(StatementLine, line)))
        else:
            self.do(lambda request: request.find_service(IPayments).reverse([key], text="mistake"))
        lighter = []
        for allocation, facts in list(self.oracle.allocations.items()):
            if facts["payment"] is payment:
                self.oracle.undo(allocation)
                lighter.append(facts["invoice"])
                facts["invoice"]["asked"] |= payment["by_rule"]
                if payment["money"]:
                    self.oracle.follow(facts["invoice"])
        self.oracle.take_back(payment)
        for invoice in lighter:
            self.straightened(invoice)

    @precondition(lambda self: self.oracle.invoices)
    @rule(n=NTH)
    def void(self, n: int) -> None:
        key, invoice = self.picked(self.oracle.invoices, n)

        def act(request: Any) -> None:
            request.find_service(IInvoiceBook).void(request.db.get(Invoice, key), reason="mistake")

        if any(written["invoice"] is invoice for written in self.oracle.acts.values()):
            with pytest.raises(InvoiceStateError):
                self.do(act)
            return
        self.do(act)
        for allocation, facts in list(self.oracle.allocations.items()):
            if facts["invoice"] is invoice:
                self.oracle.undo(allocation)
                if not facts["payment"]["money"]:
                    self.oracle.take_back(facts["payment"])
        live = [one for one in self.oracle.corrections.items() if one[1]["invoice"] is invoice]
        for correction_id, correction in reversed(live):
            self.oracle.ask(invoice, correction["was"], self.oracle.open_day(correction["day"]))
            del self.oracle.corrections[correction_id]
        self.oracle.charge(invoice, self.oracle.open_day(invoice["day"]), -1)
        del self.oracle.invoices[key]

    @precondition(lambda self: self.oracle.invoices)
    @rule(
        n=NTH,
        m=NTH,
        day=DAYS,
        milli=st.sampled_from([None, 0, 333, 500, 1000, 2500]),
        price=st.one_of(st.none(), SUMS),
        crash=st.sampled_from([False, False, True]),
    )
    def correct(self, n: int, m: int, day: date, milli: int | None, price: int | None, crash: bool) -> None:
        key, invoice = self.picked(self.oracle.invoices, n)
        place = m % len(invoice["lines"])
        was = invoice["lines"][place]
        now = {**was, "milli": was["milli"] if milli is None else milli, "price": price or was["price"]}
        amount = Fraction(now["price"] * now["milli"], 1000)
        total = int(amount + Fraction(1, 2))
        now["vat"] = int(Fraction(total * (was["rate"] or 0), 100 + (was["rate"] or 0)) + Fraction(1, 2))
        now["net"] = total - now["vat"]
        taken = self.oracle.taken(invoice, place)
        if taken[0] and now["milli"] == taken[0]:
            now["net"], now["vat"] = taken[1:]
        if (now["milli"], now["price"]) == (was["milli"], was["price"]):
            now = was
        mine = [one for one in self.oracle.corrections.values() if one["invoice"] is invoice]
        refused = now == was or any(day < before for before in (invoice["day"], *(one["day"] for one in mine)))
        refused |= self.under_acts(now, was, taken)
        try:
            with self.unit_of_work() as request:
                row = request.db.get(Invoice, key)
                became = Became(
                    row.lines[place].id,
                    Decimal(now["milli"]).scaleb(-3),
                    now["price"],
                    vat_rate=None if now["rate"] is None else Decimal(now["rate"]),
                )
                book = request.find_service(ICorrectionBook)
                correction = book.draft(row, CorrectionData(day, "agreed", (became,)))
                book.issue(correction)
                correction_id = correction.id
                crash_if(wanted=crash)
        except CorrectionDataError:
            assert refused
            return
        except PeriodClosedError:
            assert day <= self.oracle.closed
            return
        except ZeroDivisionError:
            return
        assert not refused
        assert day > self.oracle.closed
        facts = {"invoice": invoice, "was": invoice["lines"], "day": day, "place": place}
        self.oracle.corrections[correction_id] = facts
        invoice["corrected_on"] = day  # and stays so, should it be void
        self.oracle.ask(invoice, [now if at == place else line for at, line in enumerate(invoice["lines"])], day)
        self.settled(key, invoice, day)

    @precondition(lambda self: self.oracle.corrections)
    @rule(n=NTH)
    def void_correction(self, n: int) -> None:
        key, correction = self.picked(self.oracle.corrections, n)
        invoice, place = correction["invoice"], correction["place"]
        last = [one for one in self.oracle.corrections.values() if one["invoice"] is invoice][-1]
        taken, now = self.oracle.taken(invoice, place), invoice["lines"][place]
        refused = last is not correction or self.under_acts(correction["was"][place], now, taken)
        try:
            self.do(lambda r: r.find_service(ICorrectionBook).void(r.db.get(Correction, key), reason="mistake"))
        except CorrectionStateError:
            assert refused
            return
        assert not refused
        del self.oracle.corrections[key]
        day = self.oracle.open_day(correction["day"])
        self.oracle.ask(invoice, correction["was"], day)
        [invoice_id] = [known for known, one in self.oracle.invoices.items() if one is invoice]
        self.settled(invoice_id, invoice, day)

    def under_acts(self, now: dict[str, Any], was: dict[str, Any], taken: tuple[int, int, int]) -> bool:
        """Whether acts took more of a line than would be left of it, or at another price."""
        figures = (now["milli"], now["net"], now["vat"])
        less = any(one < other for one, other in zip(figures, taken, strict=True))
        return bool(taken[0]) and (
            less or now["price"] != was["price"] or (now["milli"] == taken[0] and figures != taken)
        )

    def straightened(self, invoice: dict[str, Any]) -> None:
        """What is left of the money on an invoice that was corrected lies on its lines as they are now."""
        if "corrected_on" in invoice:
            [invoice_id] = [known for known, one in self.oracle.invoices.items() if one is invoice]
            self.settled(invoice_id, invoice, invoice["corrected_on"])

    def settled(self, invoice_id: int, invoice: dict[str, Any], since: date) -> None:
        """What the correction made of the money on its invoice; the ids are the database's."""
        mine = [one["payment"] for _key, one in sorted(self.oracle.allocations.items()) if one["invoice"] is invoice]
        put, again = self.oracle.settle(invoice, since)
        with self.unit_of_work() as request:
            live = sorted(request.find_service(IPayments).paid_by(invoice_id), key=lambda pair: pair[0].id)
            new = [(a.id, p.id) for a, p in live if a.id not in self.oracle.allocations]
        assert len(new) == len(put) + bool(again)
        for (key, _payment_id), (payment, minor) in zip(new, put, strict=False):
            self.oracle.allocate(key, payment, invoice, minor, since)
        if again:
            key, payment_id = new[-1]
            day = max(self.forgiven_on(payment_id), date.min)
            last = [payment for payment in mine if not payment["money"]][-1]
            facts = {"by_rule": last["by_rule"] and again <= 1_00, "article": last["article"]}
            payment = {"minor": again, "allocated": 0, "day": day, "money": False, **facts}
            self.oracle.payments[payment_id] = payment
            self.oracle.pay(payment, day, 1)
            self.oracle.allocate(key, payment, invoice, again)

    def forgiven_on(self, payment_id: int) -> date:
        with self.unit_of_work() as request:
            return request.db.get(Payment, payment_id).date

    @rule(n=NTH, day=DAYS)
    def write_off(self, n: int, day: date) -> None:
        owing = {key: invoice for key, invoice in self.oracle.invoices.items() if invoice["paid"] < invoice["total"]}
        if not owing or day <= self.oracle.closed:
            return
        key, invoice = self.picked(owing, n)
        if self.oracle.charged(invoice) < invoice["total"]:
            with pytest.raises(AllocationError), self.unit_of_work() as request:
                request.find_service(IPayments).write_off(request.db.get(Invoice, key), date=day, text="small")
            return
        with self.unit_of_work() as request:
            payments = request.find_service(IPayments)
            payment_id = payments.write_off(request.db.get(Invoice, key), date=day, text="small").id
            [allocation] = payments.live_allocations([payment_id])
        minor = invoice["total"] - invoice["paid"]
        payment = {
            "by_rule": False,
            "minor": minor,
            "allocated": 0,
            "day": day,
            "money": False,
            "article": "write_offs",
        }
        self.oracle.payments[payment_id] = payment
        self.oracle.pay(payment, day, 1)
        self.oracle.allocate(allocation.id, payment, invoice, minor)

    @rule(n=NTH, day=DAYS, rest=st.integers(1, 130))
    def pay_almost(self, n: int, day: date, rest: int) -> None:
        """Up to 1.00 that is missing is forgiven by the rule, once an invoice: then it goes with the money that it rests upon."""
        owing = {key: invoice for key, invoice in self.oracle.invoices.items() if invoice["paid"] < invoice["total"]}
        if not owing or day <= self.oracle.closed:
            return
        key, invoice = self.picked(owing, n)
        minor = max(invoice["total"] - invoice["paid"] - rest, 1)
        rest = invoice["total"] - invoice["paid"] - minor
        with self.unit_of_work() as request:
            offs = request.find_service(IWriteOffs)
            offs.arrange("RUB", RuleData(1_00, self.articles["bank_fees"], self.articles["bank_fees"]))
            offs.switch("RUB", on=True)
            paid = request.find_service(IPayments).by_hand(
                client_id=self.client,
                date=day,
                minor=minor,
                currency="RUB",
                text="x",
                allocations=[NewAllocation(key, minor)],
            )
            offs.switch("RUB", on=False)
            payments = request.find_service(IPayments)
            [allocation] = payments.live_allocations([paid.id])
            written = [one.id for off, one in offs.of_invoice(key) if off.by_itself and one.id > paid.id]
            given_up = [(payment_id, payments.live_allocations([payment_id])[0].id) for payment_id in written]
            waits = select(func.count()).where(
                StatementLine.state.in_(("unsorted", "proposed")), StatementLine.minor == rest
            )
            awaited = bool(request.db.scalar(waits))
            paid_id, allocation_id = paid.id, allocation.id
        payment = {"by_rule": False, "minor": minor, "allocated": 0, "day": day, "money": True, "article": None}
        self.oracle.payments[paid_id] = payment
        self.oracle.pay(payment, day, 1)
        self.oracle.allocate(allocation_id, payment, invoice, minor)
        small = 0 < rest <= 1_00 and self.oracle.charged(invoice) == invoice["total"]
        # One that stands since before a correction asked for more again.
        stands = any(
            one["invoice"] is invoice and one["payment"]["by_rule"] for one in self.oracle.allocations.values()
        )
        assert len(given_up) == (small and not invoice["asked"] and not awaited and not stands)
        for forgiven_id, onto in given_up:
            forgiven = {
                "by_rule": True,
                "minor": rest,
                "allocated": 0,
                "day": day,
                "money": False,
                "article": "bank_fees",
            }
            self.oracle.payments[forgiven_id] = forgiven
            self.oracle.pay(forgiven, day, 1)
            self.oracle.allocate(onto, forgiven, invoice, rest)

    @rule(day=DAYS, minor=SUMS, then=st.sampled_from(["keep", "reverse", "savepoint", "crash"]))
    def spend(self, day: date, minor: int, then: str) -> None:
        if day <= self.oracle.closed:
            return
        article, client = self.articles["bank_fees"], self.client
        postings = (
            NewPosting(AccountRef(AccountKind.EXPENSE, "RUB"), minor, article_id=article, client_id=client),
            NewPosting(AccountRef.bank(1, "RUB"), -minor),
        )
        entry = NewEntry(day, "expense", ("test", 1), "x", 1, postings)
        with suppress(ZeroDivisionError), self.unit_of_work() as request:
            ledger = request.find_service(ILedger)
            nested = request.db.begin_nested()
            [entry_id] = ledger.post([entry])
            request.find_service(IBalances).clients()  # settles the month tables half-way
            nested.rollback() if then == "savepoint" else nested.commit()
            if then == "reverse":
                ledger.reverse([entry_id], text="mistake")
            crash_if(wanted=then == "crash")
        if then == "keep":
            for basis in ("accrual", "cash"):
                self.oracle.earn(basis, "bank_fees", day, -minor)

    @rule(day=st.dates(date(2025, 10, 20), date(2025, 12, 31)))
    def close_or_open(self, day: date) -> None:
        if day > self.oracle.closed:
            self.do(lambda request: request.find_service(ILedger).close_through(day, reason="filed"))
        elif day < self.oracle.closed:
            self.do(lambda request: request.find_service(ILedger).reopen(day, reason="late paper"))
        self.oracle.closed = day

    @precondition(lambda self: self.oracle.payments and self.oracle.invoices)
    @rule(n=NTH, m=NTH)
    def close_upon_a_payment(self, n: int, m: int) -> None:
        """Put it onto an invoice in part, close its period, go on with it, take a part back."""
        self.allocate(n, m, 3, 0, crash=False)
        before = self.oracle.closed
        # Only days that are over are ever closed (`IPeriods.close`).
        self.close_or_open(min(self.picked(self.oracle.payments, n)[1]["day"], self.today - timedelta(days=1)))
        self.allocate(n, m, 2, 0, crash=False)
        if self.oracle.allocations:
            self.undo_allocation(m)
        if before > date.min:
            self.close_or_open(before)

    def do(self, act: Any) -> None:
        with self.unit_of_work() as request:
            act(request)

    def teardown(self) -> None:
        with self.unit_of_work() as request:
            balances = request.find_service(IBalances)
            for day in (date(2025, 10, 31), date(2025, 12, 31), date(2026, 1, 15), self.today, None):
                expected = sum(minor for at, minor in self.oracle.account if day is None or at <= day)
                assert balances.client(self.client, "RUB", on=day) == expected
            names = {article: name for name, article in self.articles.items()}
            rows = request.db.execute(
                select(PnlMonth.basis, PnlMonth.article_id, PnlMonth.month, func.sum(PnlMonth.minor))
                .where(PnlMonth.client_id == self.client)
                .group_by(PnlMonth.basis, PnlMonth.article_id, PnlMonth.month)
            )
            english = {"Услуги": "Services", "Товары": "Goods"}
            pnl = {(b, english.get(names[a], names[a]), m): int(minor) for b, a, m, minor in rows if minor}
            assert pnl == {cell: minor for cell, minor in self.oracle.pnl.items() if minor}
            for key, invoice in self.oracle.invoices.items():
                row = request.db.get(Invoice, key)
                assert (row.asked, row.paid) == (invoice["total"], invoice["paid"])
            for key, payment in self.oracle.payments.items():
                assert request.db.get(Payment, key).free == payment["minor"] - payment["allocated"]
            mine = StatementLine.purpose.like(f"For {self.client}-%")
            assert request.db.scalar(select(func.count()).where(mine)) == self.oracle.loaded
            owed = sum(self.oracle.charged(invoice) - invoice["paid"] for invoice in self.oracle.invoices.values())
            free = sum(payment["minor"] - payment["allocated"] for payment in self.oracle.payments.values())
            assert balances.client(self.client, "RUB") == free - owed


def run(
    unit_of_work: Any, registry: Any, examples: int, steps: int, phases: Iterable[Phase] = (Phase.generate,)
) -> None:
    with unit_of_work() as request:
        open_books(request)

    class OnThisSite(Money):
        engine = registry.cabinet_engine

    OnThisSite.unit_of_work = staticmethod(unit_of_work)
    run_state_machine_as_test(
        OnThisSite,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    problems = verify(registry.cabinet_engine).problems
    assert problems == []


def test_books_agree_with_the_oracle(unit_of_work, registry) -> None:
    run(unit_of_work, registry, examples=10, steps=30)


@pytest.mark.long
@pytest.mark.parametrize("eighth", range(8))
def test_books_agree_with_the_oracle_for_long(unit_of_work, registry, eighth) -> None:
    """2,000 examples. Each eighth begins with empty books: what the others left would only make it slow."""
    run(unit_of_work, registry, examples=250, steps=50)


def _half_settled(self: Any) -> None:
    self._settled = len(self._batches)


def _post_in_float(self: Any, account: int, month: date, minor: int) -> None:
    kopecks = int(minor / 100 * 100)  # 0.29 is 28.999999999999996 kopecks
    self._balances[account, month][0 if kopecks > 0 else 1] += abs(kopecks)


def _without_its_fact(*arguments: Any) -> dict[str, Any]:
    return {**_entry_row(*arguments), "fact": None}


_entry_row = ledger_services._entry_row

BUGS: dict[str, tuple[Any, str, Any]] = {
    "amounts go through floating point": (months.Deltas, "post", _post_in_float),
    "what must be unique is not looked at": (ledger_services, "_entry_row", _without_its_fact),
    "nobody adds up an entry": (ledger_services, "_check_entry", lambda _entry: None),
    "a savepoint's postings stay": (pending.Pending, "_roll_back", lambda *_: None),
    "month tables forget": (pending.Pending, "settle", _half_settled),
    "credit counts as debit": (
        months.Deltas,
        "post",
        lambda self, account, month, minor: self._balances[account, month].__setitem__(
            0, self._balances[account, month][0] + abs(minor)
        ),
    ),
    "money is spread from the start each time": (
        allocating,
        "spread_step",
        lambda minor, _paid, nets, vat, _spread: {a: minor * n // (sum(nets.values()) + vat) for a, n in nets.items()},
    ),
    "a closed day is posted into": (Ledger, "open_day", lambda _self, day: day),
    "the chain forgets a link": (pending, "append_link", lambda *_: None),
    "the chain hashes half an entry": (
        chain,
        "_number",
        lambda value: "null" if value is None else value + 1,
    ),
}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_found(unit_of_work, registry, monkeypatch, bug) -> None:
    """The control: were the services wrong, the machine, the database or verification would say so."""
    owner, name, wrong = BUGS[bug]
    monkeypatch.setattr(owner, name, wrong)
    # What the examples find ends them; what only verification after the last one finds needs no more than a few.
    examples = 4 if bug.startswith(("the chain", "amounts")) else 60
    # Flaky: the example failed, and again otherwise, since the books it left behind are not those it found.
    with pytest.raises((AssertionError, DBAPIError, Flaky, PeriodClosedError)):
        run(unit_of_work, registry, examples, steps=30)
