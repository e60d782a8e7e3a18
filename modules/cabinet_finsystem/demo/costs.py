"""What the made-up firm spends. The bills of a month follow from what it sold and from the result that it aims at."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cabinet_finsystem.demo.market import season, workday
from cabinet_finsystem.demo.movements import Movement, OfArticle
from cabinet_finsystem.demo.parties import BANK, PAYROLL, TREASURY, firm
from cabinet_finsystem.demo.purposes import vat
from cabinet_finsystem.invoicing.vat_rates import rates_on
from cabinet_finsystem.statements.parsed import Counterparty

MATERIALS, MASTERS, SUBCONTRACT, TRANSPORT = "materials", "masters", "subcontract", "transport"
OFFICE, RENT, ADVERTISING, NETWORK = "office", "rent", "advertising", "network"
SOFTWARE, SUNDRIES, FEES, TAXES = "software", "sundries", "fees", "taxes"
MAIN, PURCHASES = 0, 1
_LEAST_MATERIALS = 0.17
_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Supplier:
    """Whom we pay. ``ruled``: there is a rule for him."""

    party: Counterparty
    article: str
    about: str
    ruled: bool = True


COLD_SPRING = Supplier(firm("ООО «Холодный ключ»", 1), MATERIALS, "хладагент и теплообменники")
SUPPLIERS = (
    COLD_SPRING,
    Supplier(firm("ООО «Фильтр и воздух»", 2), MATERIALS, "фильтры, партия на квартал"),
    Supplier(firm("АО «Медный завод Предгорье»", 3), MATERIALS, "трубу медную"),
    Supplier(firm("ООО «Точный датчик»", 4), MATERIALS, "датчики и контроллеры"),
    Supplier(firm("ООО «Лёгкий шум»", 5), MATERIALS, "шумоглушители, решётки"),
    Supplier(firm("ИП Жаров Николай Сергеевич", 6), MATERIALS, "кронштейны и метизы", ruled=False),
    Supplier(firm("ООО «Вентсборка»", 7), MATERIALS, "воздуховоды и вентиляторы"),
)
BUILDERS = Supplier(firm("ООО «Монтажные ремёсла»", 8), SUBCONTRACT, "монтажные работы")
CRANE = Supplier(firm("ИП Ложкин Егор Ильич", 9), SUBCONTRACT, "услуги автовышки", ruled=False)
FUEL = Supplier(firm("ООО «Топливные карты Севера»", 10), TRANSPORT, "топливо по картам")
DELIVERY = Supplier(firm("Служба доставки «Быстрый дом»", 11), TRANSPORT, "доставку оборудования", ruled=False)
LANDLORD = Supplier(firm("ООО «Деловой двор „Заречный“»", 12), RENT, "аренду офиса и склада")
ENERGY = Supplier(firm("АО «Энергосбыт Предгорья»", 13), RENT, "электроэнергию")
TELECOM = Supplier(firm("АО «Телеком Предгорье»", 14), NETWORK, "услуги связи")
MOBILE = Supplier(firm("ПАО «Дальний звонок»", 15), NETWORK, "мобильную связь сотрудников")
BOOKKEEPING = Supplier(firm("ООО «Учёт-онлайн»", 16), SOFTWARE, "доступ к программе учёта")
DRAWING = Supplier(firm("ООО «Чертёж и облако»", 17), SOFTWARE, "лицензии САПР")
BILLBOARDS = Supplier(firm("ООО «Рекламная сеть „Видно“»", 18), ADVERTISING, "рекламу в интернете")
WATER = Supplier(firm("ООО «Чистый родник»", 19), SUNDRIES, "питьевую воду")
STATIONERY = Supplier(firm("ООО «Скрепка и лист»", 20), SUNDRIES, "канцелярские товары")
CLEANING = Supplier(firm("ООО «Чистый понедельник»", 21), SUNDRIES, "уборку помещений")
WITH_RULES = (*(one for one in SUPPLIERS if one.ruled), BUILDERS, FUEL, LANDLORD, ENERGY, MOBILE, BOOKKEEPING, DRAWING,
              BILLBOARDS, WATER, STATIONERY, CLEANING)  # fmt: skip


class Costs:
    """Bills of month after month. ``order`` numbers our payment orders."""

    def __init__(self, demo: Any) -> None:
        self._today = demo.today
        self._chance = demo.random
        self._months = 0
        self._order: int = demo.random.randrange(400, 700)

    def of(self, first: datetime.date, sold: int) -> list[Movement]:
        """Payments of the month that begins on ``first``, when goods and work for ``sold`` (minor units, net) went out."""
        growth = 1 + 0.011 * self._months
        self._months += 1
        found = [*self._wages(first, growth), *self._house(first), *self._bank(first)]
        taxes = round(sold * self._chance.uniform(0.043, 0.051))
        found += self._taxes(first, taxes)
        transport = [*self._transport(first, growth)]
        helped = round(sold * self._chance.uniform(0.03, 0.075))
        builders = [*self._subcontract(first, helped)]
        found += [*transport, *builders]
        margin = self._chance.uniform(0.095, 0.145) - 0.02 * (season(first) < 0.9)
        spent = -sum(movement.minor for movement in found)
        left = max(round(sold * (1 - margin)) - spent, round(sold * _LEAST_MATERIALS))
        found += self._materials(first, left)
        return sorted(found, key=lambda movement: movement.day)

    def between(self, day: datetime.date, minor: int, ours: tuple[Counterparty, Counterparty]) -> list[Movement]:
        """Money moved from the first account of ours to the second: a line of each."""
        number = self._number()
        text = "Перевод собственных средств между счетами. НДС не облагается"
        return [
            Movement(day, -minor, ours[PURCHASES], text, number, MAIN),
            Movement(day, minor, ours[MAIN], text, number, PURCHASES),
        ]

    def pay(self, day: datetime.date, minor: int, to: Supplier, account: int = MAIN, about: str = "") -> Movement:
        """A bill paid."""
        bill = self._chance.randrange(60, 9800)
        dated = day - datetime.timedelta(self._chance.randrange(1, 9))
        rate = int(rates_on(day)[0])
        tail = "Без НДС" if to.party.name.startswith("ИП") else vat(minor, rate)
        text = f"Оплата за {about or to.about} по счету № {bill} от {dated:%d.%m.%Y}. {tail}"
        return Movement(workday(day), -minor, to.party, text, self._number(), account, truth=OfArticle(to.article))

    def _number(self) -> str:
        self._order += 1
        return str(self._order)

    def _around(self, minor: int, spread: float = 0.08) -> int:
        """``minor`` give or take, in kopecks as bills have them."""
        share: float = self._chance.uniform(1 - spread, 1 + spread)
        return round(minor * share)

    def _wages(self, first: datetime.date, growth: float) -> Iterator[Movement]:
        staff = ((MASTERS, "участка", 468_000_00 * (0.88 + 0.12 * season(first))), (OFFICE, "офиса", 304_000_00))
        for article, where, month in staff:
            for day, share, what in ((5, 0.6, "за вторую половину месяца"), (20, 0.4, "за первую половину месяца")):
                minor = round(month * growth * share / 100_00) * 100_00
                text = f"Зарплата {where} {what} по реестру № {self._chance.randrange(20, 400)}. НДС не облагается"
                when = workday(first + datetime.timedelta(day - 1))
                yield Movement(when, -minor, PAYROLL, text, self._number(), truth=OfArticle(article))

    def _house(self, first: datetime.date) -> Iterator[Movement]:
        index = 1 + 0.05 * (first.month < self._today.month or first.year == self._today.year)
        cold = 1.5 - 0.5 * season(first)

        def on(day: int) -> datetime.date:
            return first + datetime.timedelta(day)

        yield self.pay(
            on(3), round(124_000_00 * index), LANDLORD, about="аренду офиса и склада за месяц по договору А-14"
        )
        yield self.pay(on(13), self._around(round(19_400_00 * cold)), ENERGY)
        yield self.pay(on(9), self._around(4_120_00, 0.04), TELECOM)
        yield self.pay(on(9), self._around(7_900_00), MOBILE)
        yield self.pay(on(7), 14_800_00, BOOKKEEPING)
        yield self.pay(on(15), 13_800_00 if first.month % 3 else 19_100_00, DRAWING)
        yield self.pay(on(11), self._around(round(56_000_00 * season(first)), 0.25), BILLBOARDS)
        yield self.pay(on(6), self._around(2_300_00), WATER)
        yield self.pay(on(17), self._around(6_800_00, 0.4), STATIONERY)
        yield self.pay(on(24), 14_500_00, CLEANING)

    def _bank(self, first: datetime.date) -> Iterator[Movement]:
        fees = [
            (27, 2_490_00, "Комиссия за ведение счета"),
            (4, 1_900_00, "Комиссия за зачисление зарплаты по реестру"),
        ]
        fees += [
            (day, self._around(640_00, 0.5), "Комиссия за переводы по системе быстрых платежей") for day in (9, 16, 23)
        ]
        fees += [
            (19, 1_900_00, "Комиссия за зачисление зарплаты по реестру"),
            (14, self._around(1_150_00, 0.4), "Комиссия за платежи"),
        ]
        for day, minor, text in fees:
            when = workday(first + datetime.timedelta(day))
            about = f"{text} за {when:%d.%m.%Y}. НДС не облагается"
            yield Movement(when, -minor, BANK, about, self._number(), kind="Банковский ордер", truth=OfArticle(FEES))

    def _taxes(self, first: datetime.date, minor: int) -> Iterator[Movement]:
        for day, share in ((14, 0.35), (27, 0.65)):
            text = "Единый налоговый платеж"
            when = workday(first + datetime.timedelta(day))
            yield Movement(
                when, -round(minor * share / 100) * 100, TREASURY, text, self._number(), truth=OfArticle(TAXES)
            )

    def _transport(self, first: datetime.date, growth: float) -> Iterator[Movement]:
        for day in (4, 11, 18, 25):
            yield self.pay(first + datetime.timedelta(day), self._around(round(12_600_00 * growth)), FUEL)
        for day in (8, 22):
            yield self.pay(first + datetime.timedelta(day), self._around(6_100_00, 0.2), DELIVERY)

    def _subcontract(self, first: datetime.date, minor: int) -> Iterator[Movement]:
        yield self.pay(first + datetime.timedelta(16), round(minor * 0.8), BUILDERS)
        yield self.pay(first + datetime.timedelta(20), minor - round(minor * 0.8), CRANE)

    def _materials(self, first: datetime.date, minor: int) -> Iterator[Movement]:
        shares = [self._chance.uniform(0.4, 2.2) for _n in range(9)]
        for n, share in enumerate(shares):
            day = first + datetime.timedelta(2 + 3 * n)
            yield self.pay(day, round(minor * share / sum(shares)), SUPPLIERS[n % len(SUPPLIERS)], PURCHASES)
