"""What is left for whoever opens the demo: the sales that today hangs on, and one line of each kind that a person decides."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cabinet_finsystem.demo import costs, sales
from cabinet_finsystem.demo.market import Customer
from cabinet_finsystem.demo.movements import Movement, OfClient
from cabinet_finsystem.demo.parties import account, firm, inn
from cabinet_finsystem.demo.payers import Issued
from cabinet_finsystem.demo.purposes import vat
from cabinet_finsystem.demo.sales import Sale
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.invoicing.vat_rates import rates_on
from cabinet_finsystem.statements.parsed import Counterparty

STAR, OFF_BY_A_KOPECK, TWINS, OLD_NUMBER, OTHER_INN, EXACT, REFUNDED, ON_CALL = 0, 2, (3, 4), 5, 6, 7, 8, 9
IN_CASH = 27
"""Places of clients among the demo's parties."""
_STAR_PART, _STAR_ADVANCE = 20_000_00, 6_150_00
_KOPECK = 64_900_00
_SMALL = 20_000_00


class Waiting:
    """Writes the last days. ``market``: all customers in the order in which they were written down."""

    def __init__(self, demo: Any, market: Sequence[Customer], articles: dict[str, int]) -> None:
        self._today = demo.today
        self._market = market
        self._articles = articles

    def _ago(self, days: int) -> datetime.date:
        day: datetime.date = self._today - datetime.timedelta(days)
        return day

    def sales(self) -> list[Sale]:
        """Invoices that wait for a line which the demo writes by itself, or for nobody."""
        goods, calls = self._articles[sales.GOODS], self._articles[sales.CALLS]
        star = self._market[STAR]
        filters = (
            LineData("Фильтр карманный F7 592×592×600, 6 карманов", 2_614_25, Decimal(10), "шт", article_id=goods),
            LineData(
                "Замена фильтров в двух приточных установках, офис на Садовой", 16_208_00, unit="усл", article_id=calls
            ),
        )
        pump = LineData("Насос циркуляционный с обвязкой и монтажом", 64_900_00, unit="компл", article_id=goods)
        blowing = LineData("Чистка сплит-систем, 6 внутренних блоков", 5_580_00, Decimal(6), "шт", article_id=calls)
        visit = LineData("Чистка и заправка сплит-системы", 6_400_00, unit="усл", article_id=calls)
        return [
            self._sale(star, self._ago(3), filters, "Замена фильтров, офис на Садовой", star.supply),
            self._sale(self._market[OFF_BY_A_KOPECK], self._ago(11), (pump,), "", self._market[OFF_BY_A_KOPECK].supply),
            self._sale(self._market[EXACT], self._ago(12), (blowing,), "", None),
            self._sale(self._market[IN_CASH], self._ago(5), (visit,), "", None),
        ]

    def _sale(self, customer: Customer, day: datetime.date, lines: tuple[LineData, ...], text: str, deal: Any) -> Sale:
        rate = rates_on(day)[0]
        rated = tuple(
            LineData(line.text, line.price, line.quantity, line.unit, vat_rate=rate, article_id=line.article_id)
            for line in lines
        )
        data = InvoiceData(customer.client_id, day, rated, contract_id=deal.id if deal else None, text=text)
        return Sale(customer, data, sales.GOODS, parts=0)

    def left(self, paid: Sequence[Movement]) -> list[Movement]:
        """``paid``, the last bill of the delivery service left undecided: people have always put it under transport."""
        bills = [one for one in paid if one.party == costs.DELIVERY.party]
        last = max(bills, key=lambda movement: movement.day, default=None)
        return [replace(one, truth=None) if one is last else one for one in paid]

    def lines(self, issued: Sequence[Issued], paid: Sequence[Movement]) -> Iterator[Movement]:
        """Lines of the last statement. ``issued``: all invoices; ``paid``: the usual payments of the last days."""
        yield from self._of_the_star(issued)
        yield self._repeat(paid)
        rate = int(rates_on(self._today)[0])

        def client(place: int, days: int, minor: int, purpose: str, side: Counterparty | None = None) -> Movement:
            party = side or self._market[place].side
            return Movement(self._ago(days), minor, party, purpose, str(70 + place * 3), self._market[place].bank)

        twins = self._market[TWINS[0]].side._replace(kpp="", account=account(41))
        stranger = self._market[OTHER_INN].side._replace(inn=inn(97), kpp="", account=account(42))
        yield client(
            OFF_BY_A_KOPECK, 4, _KOPECK + 1, f"Оплата за насос циркуляционный с монтажом. {vat(_KOPECK, rate)}"
        )
        yield client(
            TWINS[0], 3, 46_200_00, f"За обслуживание климатического оборудования. {vat(46_200_00, rate)}", twins
        )
        yield client(
            OLD_NUMBER, 6, 27_300_00, f"Оплата по счету {self._old_number(issued)} за материалы. {vat(27_300_00, rate)}"
        )
        yield client(OTHER_INN, 6, 51_000_00, f"Аванс за материалы, {vat(51_000_00, rate, 1)}", stranger)
        yield client(EXACT, 5, 33_480_00, f"Оплата за чистку сплит-систем. {vat(33_480_00, rate)}")
        yield client(ON_CALL, 3, 88_250_00, f"Оплата за оборудование, {vat(88_250_00, rate, 3)}")
        yield client(
            REFUNDED, 5, -2_990_00, f"Возврат излишне перечисленных средств по письму б/н. {vat(2_990_00, rate)}"
        )
        yield from self._of_nobody()

    def _of_the_star(self, issued: Sequence[Issued]) -> Iterator[Movement]:
        """His managing company pays both his invoices; he himself has paid a part of one, and something in advance."""
        star = self._market[STAR]
        service, filters = [one for one in issued if one.customer is star and not one.sale.parts][-2:]
        rate, deal = filters.rate, star.service.number if star.service else ""

        def own(days: int, minor: int, purpose: str, number: str) -> Movement:
            truth = OfClient(star.client_id)
            return Movement(self._ago(days), minor, star.side, f"{purpose} {vat(minor, rate)}", number, truth=truth)

        yield own(14, _STAR_ADVANCE, f"Авансовый платеж по договору {deal}.", "305")
        yield own(2, _STAR_PART, f"Частичная оплата по счету № {filters.number} от {filters.sale.day:%d.%m.%Y}.", "318")
        payer = firm("ООО «Управляющая компания „Береговая линия“»", 43)._replace(kpp="780101001")
        owed = service.total + filters.total - _STAR_PART
        serial = service.number.rpartition("-")[2].lstrip("0")
        yield Movement(
            self._ago(1),
            owed,
            payer,
            f"Оплата за ООО Березовый мыс по сч. {serial} и {filters.number} от {filters.sale.day:%d.%m.%Y}"
            f" по дог {deal} за обслуживание климатического оборудования, фильтры. {vat(owed, rate)}",
            "74",
        )

    def _repeat(self, paid: Sequence[Movement]) -> Movement:
        """A payment of the last days once more, alike in every field: sent twice, or shown twice?"""
        plain = [one for one in paid if isinstance(one.truth, OfClient) and len(one.truth.invoices) == 1]
        last = max(plain, key=lambda movement: (movement.minor < _SMALL, movement.day))
        return Movement(last.day, last.minor, last.party, last.purpose, last.number, last.account, last.kind)

    def _old_number(self, issued: Sequence[Issued]) -> str:
        """The short number of an invoice of the year before, which another client has in this one."""
        old = [
            one
            for one in issued
            if one.customer is self._market[OLD_NUMBER] and one.sale.day.year < issued[-1].sale.day.year
        ]
        found = old[0] if old else next(one for one in issued if one.customer is self._market[OLD_NUMBER])
        return found.number.rpartition("-")[2].lstrip("0")

    def _of_nobody(self) -> Iterator[Movement]:
        rate = int(rates_on(self._today)[0])
        person = Counterparty(
            "Физическое лицо, С. В. П.", "", "", "40817810900000000417", "044030999", "АО «Заречный банк»"
        )
        roof = firm("ООО «Кровля и водосток»", 44)
        stranger = firm("ООО «Парк аттракционов „Радуга“»", 45)
        dated = f"от {self._ago(9):%d.%m.%Y}"
        yield Movement(self._ago(4), 12_000_00, person, "За ремонт, Петров", "1104")
        yield Movement(
            self._ago(5), 73_500_00, stranger, f"Оплата за вентиляцию кассового павильона. {vat(73_500_00, rate)}", "19"
        )
        yield Movement(
            self._ago(2),
            8_400_00,
            costs.COLD_SPRING.party,
            f"Возврат за поставленный товар по претензии № 7. {vat(8_400_00, rate)}",
            "2206",
            costs.PURCHASES,
        )
        yield Movement(
            self._ago(4),
            -18_700_00,
            roof,
            f"Оплата по счету № 61 {dated} за ремонт кровли над венткамерой. {vat(18_700_00, rate)}",
            "917",
        )
        yield Movement(
            self._ago(3),
            -4_830_00,
            costs.TELECOM.party,
            f"Оплата по счету № 11877 {dated} за услуги связи и перенос номера. {vat(4_830_00, rate)}",
            "918",
        )
