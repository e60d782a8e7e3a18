"""Purposes of payments as people type them: every client has his way, none of them is the invoice's own."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence

from cabinet_finsystem.demo.sales import MONTHS

_OF_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_TWINS = str.maketrans("АВСЕНКМОРТХ", "ABCEHKMOPTX")
_ONE = (
    "Оплата по счету {n} от {d} за {what}. {vat}",
    "Оплата по счёту {n} от {d} {what} {vat}",
    "Оплата счета {n} от {d} {vat}",
    "опл.по сч.{n} от {d} {vat}",
    "Оплата за {what} по счету на оплату {n} от {d}, {vat}",
    "За {what} согл. сч. {n} от {d} {vat}",
    "ОПЛАТА ПО СЧЕТУ {n} ОТ {d} {vat}",
    "Оплата по сч. {n} от {d} по дог. {c} {vat}",
    "(130.225) Оплата по счету {n} от {d}, контракт {c}. {vat}",
    "Оплата по счету {n}. {vat}",
    "сч.{n} от {d} {vat}",
    "Услуги по договору {c}, счет {n} от {d}, {vat}",
    "Предоплата по счету {n} от {d} за {what}; {vat}",
)
_MANY = (
    "Оплата по счетам {all} {vat}",
    "Оплата по сч. {all} за обслуживание и материалы. {vat}",
    "По счетам {all}, {vat}",
)
_PARTLY = (
    "Аванс 50% по счету {n} от {d} за {what}. {vat}",
    "Частичная оплата по сч. {n} от {d} {vat}",
    "Предоплата по счету {n} от {d} {vat}",
)
_REST = (
    "Окончательный расчет по счету {n} от {d} за {what}. {vat}",
    "Доплата по счету {n} от {d} {vat}",
)
_SILENT = (
    "Оплата за {what} {vat}",
    "Оплата по договору {c} за {month} {vat}",
    "За {what}, {month}. {vat}",
)
_WHAT = {
    "service": "обслуживание климатической системы",
    "projects": "монтажные работы и оборудование",
    "goods": "фильтры и материалы",
    "calls": "ремонт кондиционера",
}


class Purposes:
    """Writes purposes. ``chance``: the demo's own, so that two demos of one day are alike."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def one(self, spelling: int, number: str, day: datetime.date, kind: str, total: int, rate: int, deal: str) -> str:
        """For one invoice paid whole."""
        form = _ONE[spelling % len(_ONE)]
        if not deal and "{c}" in form:
            form = _ONE[0]
        return self._fill(form, spelling, number, day, kind, total, rate, deal)

    def part(
        self, spelling: int, number: str, day: datetime.date, kind: str, paid: int, rate: int, *, last: bool
    ) -> str:
        """For the first or the last part of an invoice."""
        forms = _REST if last else _PARTLY
        return self._fill(forms[spelling % len(forms)], spelling, number, day, kind, paid, rate, "")

    def silent(self, spelling: int, day: datetime.date, kind: str, total: int, rate: int, deal: str) -> str:
        """Without any number of an invoice."""
        form = _SILENT[spelling % len(_SILENT)] if deal else _SILENT[0]
        return self._fill(form, spelling, "", day, kind, total, rate, deal)

    def many(self, spelling: int, invoices: Sequence[tuple[str, datetime.date]], total: int, rate: int) -> str:
        """For several invoices at once."""
        named = [f"{self.number(spelling, number)} от {self.date(spelling, day)}" for number, day in invoices]
        text = _MANY[spelling % len(_MANY)].format(
            all=", ".join(named[:-1]) + (" и " if spelling % 2 else ", ") + named[-1], vat=vat(total, rate, spelling)
        )
        return " ".join(text.split())

    def number(self, spelling: int, number: str) -> str:
        """A number as the client with this ``spelling`` writes it."""
        serial = number.rpartition("-")[2].lstrip("0")
        forms = (
            f"№ {number}",
            f"№{number}",
            f"№ {serial}",
            number.translate(_TWINS),
            f"N {serial}",
            number.lower(),
            f"№ {number.rpartition('-')[2]}",
            f"№{serial}",
        )
        return forms[(spelling * 5 + self._chance.randrange(2)) % len(forms)]

    def date(self, spelling: int, day: datetime.date) -> str:
        """A day as he writes it."""
        forms = (
            f"{day:%d.%m.%Y}",
            f"{day:%d.%m.%Y}г.",
            f"{day:%d.%m.%y}",
            f"{day.day} {_OF_MONTHS[day.month - 1]} {day.year} г.",
            f"{day:%d.%m.%Y} г.",
            f"{day:%d/%m/%Y}",
        )
        return forms[spelling % len(forms)]

    def _fill(
        self, form: str, spelling: int, number: str, day: datetime.date, kind: str, total: int, rate: int, deal: str
    ) -> str:
        text = form.format(
            n=self.number(spelling, number) if number else "",
            d=self.date(spelling, day),
            what=_WHAT[kind],
            c=deal,
            month=f"{MONTHS[day.month - 1]} {day.year}",
            vat=vat(total, rate, spelling),
        )
        return " ".join(text.split())


def vat(total: int, rate: int, spelling: int = 0) -> str:
    """The tail of a purpose: how much of ``total`` (minor units) is VAT."""
    minor = round(total * rate / (100 + rate))
    roubles, kopecks = divmod(minor, 100)
    forms = (
        f"В т.ч. НДС {rate}% - {roubles}.{kopecks:02}",
        f"в том числе НДС ({rate}%) {roubles}-{kopecks:02}",
        f"В том числе НДС {rate} % - {roubles}.{kopecks:02} рублей.",
        f"НДС({rate}%) {roubles}-{kopecks:02}",
    )
    return forms[spelling % len(forms)]
