"""Services that the made-up firm will bill by itself from the next month on."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cabinet_finsystem.demo.market import Customer, next_month
from cabinet_finsystem.interfaces import IRecurringServices
from cabinet_finsystem.recurring.periods import AFTER, MONTH, QUARTER
from cabinet_finsystem.recurring.values import ServiceData

DISPATCHER = "Дежурный диспетчер, круглосуточно"
_HOW_MANY = 6
_PAUSED = 4
_TERMS: Sequence[dict[str, Any]] = (
    {"text": DISPATCHER, "issues": True},
    {"text": "Удалённый контроль температуры, 12 датчиков", "price": 4_880_00, "billed": AFTER, "with_act": True},
    {"text": "Расходные материалы по графику", "price": 36_600_00, "period": QUARTER, "unit": "компл", "discount": Decimal(5)},
)  # fmt: skip


def agree_on_services(request: Any, market: Sequence[Customer], items: dict[str, int], today: datetime.date) -> None:
    """Fees beside those of the year: by the month and by the quarter, by the price list and of their own; one is paused."""
    services = request.find_service(IRecurringServices)
    first = next_month(today.replace(day=1))
    served = [one for one in market if one.service is not None and one.service.status == "active"]
    for n, customer in enumerate(served[:_HOW_MANY]):
        assert customer.service is not None
        terms = {"period": MONTH, "unit": "мес", "vat_rate": Decimal(22), **_TERMS[n % len(_TERMS)]}
        # The second half of them begins on the 11th, so that the first period is a part of one.
        starts = first if n < _HOW_MANY // 2 else first.replace(day=11)
        item_id = items.get(terms["text"])
        made = services.add(ServiceData(customer.service.id, starts, item_id=item_id, **terms))
        if n == _PAUSED:
            services.pause(made, since=starts)
