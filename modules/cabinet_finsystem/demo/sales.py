"""What the made-up firm sells in a month, as invoices still to be written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cabinet_finsystem.demo.market import Customer, next_month, season, workday
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.invoicing.vat_rates import rates_on

SERVICE, PROJECTS, GOODS, CALLS = "service", "projects", "goods", "calls"
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
SUPPORT = "Обслуживание климатической системы"
_INDEXED_SINCE = datetime.date(2026, 1, 1)
"""When fees grew with the rate of VAT."""
STOCK = (
    ("Фильтр карманный G4 592×592×360", "шт", 1_940_00, (2, 14)),
    ("Фильтр кассетный F7 490×592×48", "шт", 3_280_00, (1, 8)),
    ("Фильтр HEPA H13 610×610×292", "шт", 11_650_00, (1, 3)),
    ("Ремень клиновой приточной установки", "шт", 1_215_50, (1, 4)),
    ("Хладагент R410A, баллон 11,3 кг", "шт", 9_870_00, (1, 3)),
    ("Дренажный насос для кондиционера", "шт", 4_390_00, (1, 5)),
    ("Труба медная 3/8″", "м", 486_40, (8, 40)),
    ("Датчик температуры канальный", "шт", 2_140_00, (2, 12)),
    ("Жидкость для промывки теплообменников", "л", 712_30, (3, 15)),
)
PROJECT_WORKS = (
    ("Монтаж приточно-вытяжной установки", 118_000_00, 310_000_00),
    ("Монтаж мультизональной системы кондиционирования", 96_000_00, 286_000_00),
    ("Модернизация автоматики тепловых завес", 62_000_00, 148_000_00),
    ("Проект вентиляции помещений, стадия Р", 54_000_00, 126_000_00),
    ("Замена чиллера с пусконаладкой", 142_000_00, 365_000_00),
)
_EQUIPMENT = (
    "Вентиляционное оборудование и воздуховоды по спецификации",
    "Оборудование и материалы по спецификации № 1",
    "Автоматика, кабель и крепёж",
)
CALL_WORKS = (
    ("Выезд мастера и диагностика кондиционера", 2_900_00, 4_800_00),
    ("Чистка и заправка сплит-системы", 4_600_00, 9_800_00),
    ("Замена вентилятора наружного блока", 8_900_00, 16_400_00),
    ("Аварийный выезд в выходной день", 7_500_00, 14_000_00),
)


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice to write. ``parts``: in how many payments it is settled; 0: it waits for a line that the demo writes by itself."""

    customer: Customer
    data: InvoiceData
    kind: str
    parts: int = 1

    @property
    def day(self) -> datetime.date:
        """The invoice's date."""
        return self.data.date


class Sales:
    """Writes the sales of month after month. ``articles``: kind → article; ``items``: of the price list, by name.

    ``star``: on whose dates the last invoices hang.
    """

    def __init__(
        self, demo: Any, market: Sequence[Customer], articles: dict[str, int], items: dict[str, int], star: int
    ) -> None:
        self._demo = demo
        self._chance = demo.random
        self._market = market
        self._articles = articles
        self._items = items
        self._star = star

    def of(self, first: datetime.date, last: datetime.date) -> list[Sale]:
        """Sales from ``first`` to ``last``, in order of date."""
        found: list[Sale] = []
        month = first
        while month <= last:
            found += self._of_month(month, min(last, next_month(month) - datetime.timedelta(1)))
            month = next_month(month)
        return sorted(found, key=lambda sale: sale.day)

    def _of_month(self, first: datetime.date, last: datetime.date) -> Iterator[Sale]:
        busy = season(first)
        days = (next_month(first) - first).days
        for customer in self._market:
            if customer.fee:
                yield from self._fee(customer, first, last)
        for _n in range(round(self._chance.uniform(3.2, 4.4) * busy)):
            yield from self._project(self._day(first, days), last)
        supplied = [customer for customer in self._market if customer.supply]
        for customer in self._chance.sample(supplied, round(len(supplied) * 0.52)):
            yield from self._goods(customer, self._day(first, days), last)
        for _n in range(round(self._chance.uniform(6, 9) * busy)):
            yield from self._call(self._day(first, days), last)

    def _day(self, first: datetime.date, days: int) -> datetime.date:
        return workday(first + datetime.timedelta(self._chance.randrange(2, days - 3)))

    def _fee(self, customer: Customer, first: datetime.date, last: datetime.date) -> Iterator[Sale]:
        day = self._fee_day(customer, first)
        if not customer.is_served(day) or day > last or day < customer.since:
            return
        # Everybody's fee is already today's; before the rate of VAT grew it was smaller.
        fee = customer.fee if day >= _INDEXED_SINCE else round(customer.fee * 0.95 / 10_000) * 10_000
        text = f"{SUPPORT}, {MONTHS[day.month - 1]} {day.year}"
        line = LineData(text, fee, unit="мес", vat_rate=rates_on(day)[0], **self._of(SERVICE, SUPPORT))
        waits = self._is_last_of_star(customer, day)
        yield self._sale(customer, day, (line,), SERVICE, contract=customer.service, parts=0 if waits else 1)

    def _fee_day(self, customer: Customer, first: datetime.date) -> datetime.date:
        """The first working days of a month; the star's fee falls due two days before today."""
        if customer.client_id != self._star:
            return workday(first + datetime.timedelta(customer.spelling % 3))
        days = (next_month(first) - first).days
        return first.replace(day=min(days, self._star_day.day))

    def _is_spared(self, customer: Customer, day: datetime.date) -> bool:
        """The star's last weeks are written elsewhere."""
        spared: datetime.date = self._demo.today - datetime.timedelta(45)
        return customer.client_id == self._star and day > spared

    @property
    def _star_day(self) -> datetime.date:
        day: datetime.date = self._demo.today - datetime.timedelta(9)
        return day

    def _is_last_of_star(self, customer: Customer, day: datetime.date) -> bool:
        return customer.client_id == self._star and day >= self._star_day

    def _project(self, day: datetime.date, last: datetime.date) -> Iterator[Sale]:
        customer = self._chance.choice([one for one in self._market if one.since < day and one.fee > 2_000_000])
        text, low, high = self._chance.choice(PROJECT_WORKS)
        work, goods = self._chance.randrange(low, high, 50_000), self._chance.randrange(low // 3, high // 2, 12_345)
        rate = rates_on(day)[0]
        lines = (
            LineData(text, work, vat_rate=rate, unit="компл", **self._of(PROJECTS, text)),
            LineData(
                self._chance.choice(_EQUIPMENT), goods, unit="компл", vat_rate=rate, article_id=self._articles[GOODS]
            ),
        )
        if day <= last and not self._is_spared(customer, day):
            yield self._sale(customer, day, lines, PROJECTS, due=workday(day + datetime.timedelta(14)), parts=2)

    def _goods(self, customer: Customer, day: datetime.date, last: datetime.date) -> Iterator[Sale]:
        rate = rates_on(day)[0]
        lines = tuple(
            LineData(
                text,
                price,
                Decimal(self._chance.randint(*pieces)),
                unit,
                vat_rate=rate,
                **self._of(GOODS, text),
            )
            for text, unit, price, pieces in self._chance.sample(STOCK, self._chance.choice((1, 2, 2, 3, 4)))
        )
        if customer.since < day <= last and not self._is_spared(customer, day):
            yield self._sale(customer, day, lines, GOODS, contract=customer.supply)

    def _call(self, day: datetime.date, last: datetime.date) -> Iterator[Sale]:
        on_call = [one for one in self._market if one.since < day and one.fee < 2_000_000]
        customer = self._chance.choice(on_call)
        text, low, high = self._chance.choice(CALL_WORKS)
        price = self._chance.randrange(low, high, 10_000)
        line = LineData(text, price, unit="усл", vat_rate=rates_on(day)[0], **self._of(CALLS, text))
        if day <= last:
            yield self._sale(customer, day, (line,), CALLS)

    def _of(self, kind: str, text: str) -> dict[str, Any]:
        """What a line that sells ``text`` is booked on."""
        return {"article_id": self._articles[kind], "item_id": self._items[text]}

    def _sale(
        self,
        customer: Customer,
        day: datetime.date,
        lines: tuple[LineData, ...],
        kind: str,
        *,
        contract: Any = None,
        due: datetime.date | None = None,
        parts: int = 1,
    ) -> Sale:
        data = InvoiceData(
            client_id=customer.client_id,
            date=day,
            lines=lines,
            contract_id=contract.id if contract else None,
            due=due,
            text=lines[0].text if len(lines) == 1 else "" if kind != GOODS else "Фильтры и расходные материалы",
        )
        return Sale(customer, data, kind, parts)
