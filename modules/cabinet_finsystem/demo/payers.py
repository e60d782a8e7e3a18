"""How the clients of the made-up firm pay: early and late, in parts, several invoices at once, too much, from another's account."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cabinet_finsystem.demo.market import Customer, workday
from cabinet_finsystem.demo.movements import Movement, OfArticle, OfClient
from cabinet_finsystem.demo.parties import QR_CODES
from cabinet_finsystem.demo.purposes import Purposes
from cabinet_finsystem.demo.sales import CALLS, PROJECTS, Sale
from cabinet_finsystem.statements.parsed import Counterparty

_SILENT_SHARE, _TOO_MUCH_SHARE, _TWICE_SHARE = 0.05, 0.015, 0.006
_ROUND = 500_00
_ALMOST, _ALMOST_SHARE, _KEPT_BY_HIS_BANK = 0.4, 0.03, 45
"""Some pay no kopecks, or their banks keep a few: a rest that nobody will ask for."""
_SMALL_SALES = (1_900_00, 2_400_00, 3_200_00, 4_900_00, 6_500_00)


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice that was written. ``net``: without VAT; ``open``: what of ``total`` waits for money."""

    sale: Sale
    invoice_id: int
    number: str
    due: datetime.date
    total: int
    net: int
    open: int
    rate: int

    @property
    def customer(self) -> Customer:
        """Who owes it."""
        return self.sale.customer

    @property
    def contract(self) -> str:
        """The number of its contract, as payers quote it."""
        deal = self.customer.service
        return f"{deal.number} от {deal.date:%d.%m.%Y}" if deal else ""


class Payers:
    """Turns invoices into movements. ``payer_of``: clients for whom somebody else pays."""

    def __init__(self, demo: Any, payer_of: dict[int, Counterparty]) -> None:
        self._chance = demo.random
        self._purposes = Purposes(demo.random)
        self._payer_of = payer_of
        self._orders: dict[str, int] = {}

    def pay(self, issued: Sequence[Issued]) -> Iterator[Movement]:
        """Payments for the invoices of a month, whenever they come."""
        by_customer: dict[int, list[Issued]] = {}
        for one in issued:
            if one.sale.parts and one.open:
                by_customer.setdefault(one.customer.client_id, []).append(one)
        for mine in by_customer.values():
            plain = [one for one in mine if one.sale.kind != PROJECTS]
            for one in mine:
                if one.sale.kind == PROJECTS:
                    yield from self._in_parts(one)
            if mine[0].customer.together and 2 <= len(plain) <= 4:
                yield self._together(plain)
            else:
                for one in plain:
                    yield from self._alone(one)

    def small_sales(self, first: datetime.date, last: datetime.date) -> Iterator[Movement]:
        """People at home pay the master by a QR code; on one day three of them pay alike."""
        days = (last - first).days
        for n in range(self._chance.randrange(3, 7)):
            day = workday(first + datetime.timedelta(self._chance.randrange(days + 1)))
            if day <= last:
                yield _small_sale(day, self._chance.choice(_SMALL_SALES), f"{day:%m%d}{n:02}")
        alike = workday(first + datetime.timedelta(days // 2))
        if alike <= last:
            yield from [_small_sale(alike, 1_900_00, f"{alike:%m%d}77")] * 3

    def order(self, party: Counterparty) -> str:
        """The next number of a payment order of ``party``."""
        self._orders[party.account] = self._orders.get(
            party.account, self._chance.randrange(20, 900)
        ) + self._chance.randrange(1, 9)
        return str(self._orders[party.account])

    def _day(self, one: Issued) -> datetime.date:
        low, high = one.customer.lag
        if one.sale.kind == CALLS:
            low, high = -3, 6
        return workday(
            max(one.sale.day + datetime.timedelta(1), one.due + datetime.timedelta(self._chance.randint(low, high)))
        )

    def _alone(self, one: Issued) -> Iterator[Movement]:
        customer, dice = one.customer, self._chance.random()
        paid = one.open
        deal = one.contract
        if dice < _SILENT_SHARE:
            purpose = self._purposes.silent(customer.spelling, one.sale.day, one.sale.kind, paid, one.rate, deal)
        else:
            if dice < _SILENT_SHARE + _TOO_MUCH_SHARE:
                paid += _ROUND - paid % _ROUND
            elif _ALMOST <= dice < _ALMOST + _ALMOST_SHARE:
                paid -= paid % 100 or _KEPT_BY_HIS_BANK
            purpose = self._purposes.one(
                customer.spelling, one.number, one.sale.day, one.sale.kind, paid, one.rate, deal
            )
        truth = OfClient(customer.client_id, ((one.invoice_id, one.open),), learn=customer.client_id in self._payer_of)
        movement = self._movement(customer, self._day(one), paid, purpose, truth)
        yield movement
        if dice > 1 - _TWICE_SHARE:
            yield self._movement(
                customer, workday(movement.day + datetime.timedelta(2)), paid, purpose, OfClient(customer.client_id)
            )

    def _in_parts(self, one: Issued) -> Iterator[Movement]:
        customer, advance = one.customer, one.open // 2
        for day, minor, last in (
            (one.sale.day + datetime.timedelta(self._chance.randint(1, 5)), advance, False),
            (one.due + datetime.timedelta(self._chance.randint(4, 26)), one.open - advance, True),
        ):
            purpose = self._purposes.part(
                customer.spelling, one.number, one.sale.day, one.sale.kind, minor, one.rate, last=last
            )
            yield self._movement(
                customer, workday(day), minor, purpose, OfClient(customer.client_id, ((one.invoice_id, minor),))
            )

    def _together(self, several: Sequence[Issued]) -> Movement:
        customer = several[0].customer
        total = sum(one.open for one in several)
        purpose = self._purposes.many(
            customer.spelling, [(one.number, one.sale.day) for one in several], total, several[0].rate
        )
        truth = OfClient(customer.client_id, tuple((one.invoice_id, one.open) for one in several))
        return self._movement(customer, max(map(self._day, several)), total, purpose, truth)

    def _movement(self, customer: Customer, day: datetime.date, minor: int, purpose: str, truth: OfClient) -> Movement:
        party = self._payer_of.get(customer.client_id, customer.side)
        if party is not customer.side:
            purpose = f"{purpose} за {customer.name}"
        return Movement(day, minor, party, purpose, self.order(party), customer.bank, truth=truth)


def _small_sale(day: datetime.date, minor: int, number: str) -> Movement:
    return Movement(
        day,
        minor,
        QR_CODES,
        "Зачисление по операции СБП (QR-код): вызов мастера, физическое лицо. НДС не облагается",
        number,
        kind="Банковский ордер",
        truth=OfArticle(CALLS),
    )
