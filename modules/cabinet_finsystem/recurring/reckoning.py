"""Which periods of a service wait for their bill, and what each comes to. Reads rows, writes none."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cabinet_finsystem.invoicing.amounts import line_amounts
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.invoicing.vat_rates import rate_for
from cabinet_finsystem.items.values import item_price
from cabinet_finsystem.recurring.periods import (
    AFTER,
    Part,
    Period,
    Step,
    billed_on,
    part_amount,
    parts_of,
    period_of,
)
from cabinet_finsystem.recurring.values import Charge, Coming, DueInvoice, DueKey
from cabinet_finsystem.recurring.wording import line_text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A period of a service that is not billed: the day on which it is, and its served parts."""

    period: Period
    date: datetime.date
    parts: Sequence[Part]


def waiting(service: Any, billed: Collection[datetime.date]) -> Iterator[Waiting]:
    """Periods of a RecurringService that are not billed, in order; without an end where the service has none.

    ``billed``: first days of the periods that are.
    """
    steps = [Step(step.since, step.active, step.price) for step in service.steps]
    last = steps[-1]
    period = period_of(steps[0].since, service.period)
    while service.ends is None or period.first <= service.ends:
        if not last.active and period.first >= last.since:
            return
        parts = () if period.first in billed else parts_of(period, steps, until=service.ends)
        if parts:
            yield Waiting(period, _date(service, period, parts[0].first), parts)
        if period.last.year >= datetime.MAXYEAR - 1:
            return
        period = period_of(period.last + datetime.timedelta(1), service.period)


def _date(service: Any, period: Period, served_from: datetime.date) -> datetime.date:
    """What begins within a period is billed no sooner than it begins."""
    day = billed_on(period, service.period, service.billed, service.day)
    return day if service.billed == AFTER or served_from == period.first else max(day, served_from)


def lines_of(service: Any, item: Any, one: Waiting, language: str) -> list[LineData]:
    """The lines of one period: a part of it is a line of its own that tells its days."""
    quantity, discount = Decimal(service.quantity_milli).scaleb(-3), Decimal(service.discount).scaleb(-2)
    rate = rate_for(None if service.vat_rate is None else Decimal(service.vat_rate).scaleb(-2), one.date)
    about: dict[str, Any] = {"vat_rate": rate, "article_id": service.article_id, "item_id": service.item_id}
    lines = []
    for part in one.parts:
        price = part.price
        if price is None:
            price = item_price(item, one.date, vat_included=service.vat_included)
        text = line_text(service.text or item.name, part, service.period, language)
        if part.is_whole:
            lines.append(LineData(text, price, quantity=quantity, unit=service.unit, discount=discount, **about))
        else:
            lines.append(LineData(text, part_amount(part, quantity, price, discount), **about))
    return lines


def total_of(lines: Sequence[LineData], *, vat_included: bool) -> int:
    """What lines come to, as an invoice rounds them."""
    return sum(
        line_amounts(
            int(line.quantity.scaleb(3)),
            line.price,
            discount=int(line.discount.scaleb(2)),
            vat_rate=None if line.vat_rate is None else int(line.vat_rate.scaleb(2)),
            vat_included=vat_included,
        ).total
        for line in lines
    )


def coming(service: Any, item: Any, billed: Collection[datetime.date]) -> Coming | None:
    """The next period to be billed."""
    following = next(waiting(service, billed), None)
    if following is None:
        return None
    lines = lines_of(service, item, following, "ru")
    return Coming(following.date, following.period, total_of(lines, vat_included=service.vat_included))


def due_invoices(
    services: Sequence[Any],
    billed: Mapping[int, Collection[datetime.date]],
    items: Mapping[int, Any],
    languages: Mapping[int, str],
    until: datetime.date,
) -> list[DueInvoice]:
    """Invoices of ``services`` up to day ``until``, one for all services of a contract that are billed alike, by date."""
    groups: dict[DueKey, list[Charge]] = {}
    for service in services:
        item = items.get(service.item_id)
        for one in waiting(service, billed.get(service.id, ())):
            if billed_on(one.period, service.period, service.billed, service.day) > until:
                break
            if one.date > until:
                continue
            lines = lines_of(service, item, one, languages.get(service.client_id, "ru"))
            key = DueKey(
                service.contract_id,
                one.date,
                one.period,
                service.currency,
                service.vat_included,
                service.payment_days,
                service.issues,
                service.with_act,
            )
            minor = total_of(lines, vat_included=service.vat_included)
            groups.setdefault(key, []).append(Charge(service, lines, minor))
    found = [
        DueInvoice(key, charges[0].service.client_id, charges, sum(one.minor for one in charges))
        for key, charges in groups.items()
    ]
    return sorted(found, key=lambda due: (due.key.date, due.key.contract_id, due.key.period))
