"""A year of the made-up firm, in the order in which it happened: sell, issue, be paid, pay, load the statement, decide, go on."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from cabinet.db.paging import ListQuery
from cabinet_finsystem.demo import books
from cabinet_finsystem.demo.agreeing import reconcile
from cabinet_finsystem.demo.bank import Bank
from cabinet_finsystem.demo.correcting import correct
from cabinet_finsystem.demo.costs import PURCHASES, Costs
from cabinet_finsystem.demo.deeds import write_acts
from cabinet_finsystem.demo.lately import act_lately
from cabinet_finsystem.demo.market import customers, first_day, next_month, periods, season, workday
from cabinet_finsystem.demo.movements import Movement, OfClient
from cabinet_finsystem.demo.parties import firm
from cabinet_finsystem.demo.payers import Issued, Payers
from cabinet_finsystem.demo.prices import write_prices
from cabinet_finsystem.demo.purposes import vat
from cabinet_finsystem.demo.reminding import remind
from cabinet_finsystem.demo.sales import CALLS, Sale, Sales
from cabinet_finsystem.demo.support import agree_on_services
from cabinet_finsystem.demo.waiting import IN_CASH, ON_CALL, STAR, Waiting
from cabinet_finsystem.interfaces import IInvoiceBook, ILedger, IPayments
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.vat_rates import rates_on
from cabinet_finsystem.payments.values import NewAllocation

_PAID_BY_HOLDING = 34
_MONTH_OF_MISTAKE = 5
_KEPT_ON_PURCHASES = 90_000_00
_LATELY = 20
"""Days within which each invoice is issued on its own day; before, those of a week together."""
_CASH_SHARE = 0.6
"""How much the month's bills follow the money that came, the rest follows what was sold."""


class Year:
    """The year that the demo remembers."""

    def __init__(self, demo: Any) -> None:
        self._demo = demo
        self._before = first_day(demo.today) - datetime.timedelta(1)
        head, clerks = demo.shared["client_manager.head"], demo.shared["client_manager.managers"]
        self._head, self._clerk = head, clerks[0]
        with demo.on(self._before, by=head) as request:
            self._articles = books.arrange_articles(request)
            books.write_rules(request, self._articles)
            books.write_small_rests_off(request)
            prices = self._prices = write_prices(request, self._articles)
            self._market = customers(request, demo)
            self._openings = books.open_books(request, self._before, self._market)
            self._bank = Bank(demo, request, self._articles, self._clerk)
        self._sales = Sales(demo, self._market, self._articles, prices, self._market[STAR].client_id)
        holding = firm("ООО «Холдинг „Русский лён“»", 46)
        self._payers = Payers(demo, {self._market[_PAID_BY_HOLDING].client_id: holding})
        self._costs = Costs(demo)
        self._waiting = Waiting(demo, self._market, self._articles)
        self._pool: list[Movement] = [*self._old_debts()]
        self._with_free_money = {client_id for client_id, minor in self._openings.items() if minor > 0}
        self._issued: list[Issued] = []
        self._last_earned = 0

    def live(self) -> None:
        """All of it."""
        for n, (first, last) in enumerate(periods(self._demo.today)):
            is_last = last + datetime.timedelta(1) == self._demo.today
            wanted = self._sales.of(first, self._demo.today if is_last else last)
            if is_last:
                wanted = sorted([*wanted, *self._waiting.sales()], key=lambda sale: sale.day)
            issued = self._issue(wanted)
            if n == _MONTH_OF_MISTAKE:
                issued = self._void_one(issued)
            self._issued += issued
            self._pool += [*self._payers.pay(issued), *self._payers.small_sales(first, last)]
            month = first
            while month <= last:
                self._pool += self._spend(month)
                month = next_month(month)
            self._settle(first, last, is_last=is_last)
        self._finish()

    def _settle(self, first: datetime.date, last: datetime.date, *, is_last: bool) -> None:
        due = [movement for movement in self._pool if movement.day <= last]
        self._pool = [movement for movement in self._pool if movement.day > last]
        if is_last:
            due = [*self._waiting.left(due), *self._waiting.lines(self._issued, due)]
        self._bank.state(first, last, due)
        books.write_off_what_waited(self._demo, min(last + datetime.timedelta(1), self._demo.today))
        paid = [(movement.truth, movement.minor) for movement in due if isinstance(movement.truth, OfClient)]
        self._with_free_money |= {
            truth.client_id for truth, minor in paid if minor > sum(part for _invoice_id, part in truth.invoices)
        }

    def _issue(self, wanted: Sequence[Sale]) -> list[Issued]:
        """Draft and issue, each manager his own."""
        found: list[Issued] = []
        for (_key, manager), some in groupby(sorted(wanted, key=self._desk), key=self._desk):
            sales = list(some)
            with self._demo.on(max(sale.day for sale in sales), 10.5, by=manager) as request:
                book = request.find_service(IInvoiceBook)
                pairs = [(sale, book.draft(sale.data)) for sale in sales]
                book.issue_many([invoice for _sale, invoice in pairs])
                for sale, invoice in pairs:
                    used = self._use_free_money(request, invoice) if sale.parts else 0
                    found.append(self._as_issued(sale, invoice, used))
        return sorted(found, key=lambda one: (one.sale.day, one.number))

    def _desk(self, sale: Sale) -> tuple[datetime.date, int]:
        """What is issued in one go: a manager's invoices of a week, lately of a day."""
        lately = sale.day > self._demo.today - datetime.timedelta(_LATELY)
        monday = sale.day - datetime.timedelta(sale.day.weekday())
        return (sale.day if lately else max(monday, sale.day.replace(day=1))), sale.customer.manager_id

    def _as_issued(self, sale: Sale, invoice: Invoice, used: int) -> Issued:
        return Issued(
            sale,
            invoice.id,
            invoice.number or "",
            invoice.due,
            invoice.total,
            invoice.net,
            invoice.total - used,
            int(rates_on(invoice.date)[0]),
        )

    def _use_free_money(self, request: Any, invoice: Invoice) -> int:
        """Put what the client has with us onto the invoice; how much that was."""
        if invoice.client_id not in self._with_free_money:
            return 0
        payments = request.find_service(IPayments)
        rows = payments.listing(ListQuery(size=0), client_id=invoice.client_id).rows
        standing = [payment for payment in rows if payment.reversal_id is None]
        free = min(invoice.total, sum(payment.free for payment in standing))
        used = 0
        for payment in standing:
            part = min(free - used, payment.free)
            if part > 0:
                payments.allocate(payment.id, [NewAllocation(invoice.id, part)])
                used += part
        return used

    def _void_one(self, issued: Sequence[Issued]) -> list[Issued]:
        """An invoice of the month was a mistake."""
        wrong = next(one for one in reversed(issued) if one.sale.kind == CALLS and one.open == one.total)
        with self._demo.on(wrong.sale.day, 16, by=wrong.customer.manager_id) as request:
            book = request.find_service(IInvoiceBook)
            book.void(request.db.get_one(Invoice, wrong.invoice_id), reason="Выставлен по ошибке: случай гарантийный")
        return [one for one in issued if one is not wrong]

    def _spend(self, month: datetime.date) -> Iterator[Movement]:
        """The month's bills, and money for them moved to the account that materials are paid from."""
        earned = self._earned(month)
        if next_month(month) > self._demo.today:
            # The month goes on: it will bring about as much as the last one did.
            earned = max(earned, round(self._last_earned * season(month) / season(month - datetime.timedelta(1))))
        self._last_earned = earned
        bills = self._costs.of(month, earned)
        yield from bills
        needed = -sum(bill.minor for bill in bills if bill.account == PURCHASES)
        missing = needed + _KEPT_ON_PURCHASES - self._bank.money(PURCHASES)
        if missing > 0:
            day = workday(month + datetime.timedelta(1))
            yield from self._costs.between(day, -(-missing // 10_000_00) * 10_000_00, self._bank.ours)

    def _earned(self, month: datetime.date) -> int:
        """What the month brought, without VAT: money and sales, so that neither of the two reports looks odd."""
        sold = sum(one.net for one in self._issued if one.sale.day.replace(day=1) == month)
        came = sum(
            movement.minor * 100 // (100 + int(rates_on(month)[0]))
            for movement in self._pool
            if isinstance(movement.truth, OfClient) and movement.day.replace(day=1) == month
        )
        return round(came * _CASH_SHARE + sold * (1 - _CASH_SHARE))

    def _old_debts(self) -> Iterator[Movement]:
        """Debts from before the books, paid by numbers that nobody here knows."""
        for customer in self._market:
            minor = -self._openings.get(customer.client_id, 0)
            if minor > 0:
                day = workday(self._before + datetime.timedelta(3 + customer.spelling % 9))
                number = f"СЧ-{self._before.year}-{500 + customer.spelling:05}"
                dated = self._before - datetime.timedelta(9 + customer.spelling)
                rate = int(rates_on(dated)[0])
                purpose = f"Оплата по счету № {number} от {dated:%d.%m.%Y}. {vat(minor, rate)}"
                order = self._payers.order(customer.side)
                yield Movement(
                    day, minor, customer.side, purpose, order, customer.bank, truth=OfClient(customer.client_id)
                )

    def _finish(self) -> None:
        """What people did by hand in the last days: cash taken, a draft begun, the books closed."""
        today = self._demo.today
        cash = next(one for one in reversed(self._issued) if one.customer is self._market[IN_CASH])
        with self._demo.on(today - datetime.timedelta(4), 14.3, by=cash.customer.manager_id) as request:
            request.find_service(IPayments).by_hand(
                client_id=cash.customer.client_id,
                date=today - datetime.timedelta(4),
                minor=cash.open,
                currency="RUB",
                text="Наличными мастеру, квитанция № 000418",
                allocations=[NewAllocation(cash.invoice_id, cash.open)],
            )
        star = next(one for one in reversed(self._issued) if one.customer is self._market[STAR])
        with self._demo.on(today, 8.8, by=star.customer.manager_id) as request:
            book = request.find_service(IInvoiceBook)
            book.copy(request.db.get_one(Invoice, star.invoice_id), date=today)
            agree_on_services(request, self._market, self._prices, today)
        write_acts(self._demo, self._issued)
        correct(self._demo, self._issued)
        last_first, _last = list(periods(today))[-1]
        closed = (last_first - datetime.timedelta(1)).replace(day=1) - datetime.timedelta(1)
        with self._demo.on(last_first + datetime.timedelta(6), 18, by=self._head) as request:
            request.find_service(ILedger).close_through(closed, reason="Месяц сверен с банком")
        simple = self._demo.shared["client_manager.simple"]
        other = next(one for one in self._market if one.client_id == simple)
        act_lately(self._demo, self._head, self._market, other, self._articles)
        remind(self._demo, self._head, self._market[IN_CASH])
        reconcile(self._demo, self._market[STAR], other, self._market[ON_CALL])
