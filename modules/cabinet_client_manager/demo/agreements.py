"""Contracts of the made-up clients: service for a monthly fee, deliveries, and one of each state a contract can be in."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from cabinet_client_manager.demo.parties import LARGE, MIDDLE, ON_CALL, SMALL, Party
from cabinet_client_manager.interfaces import ContractFacts

_FEES = {LARGE: (58_000, 112_000), MIDDLE: (21_000, 42_000), SMALL: (7_400, 15_500)}
_STAR_FEE = 86_400
_SUBJECTS = (
    "Техническое обслуживание систем вентиляции и кондиционирования",
    "Обслуживание климатической системы здания",
    "Обслуживание холодильного и климатического оборудования",
    "Обслуживание тепловых завес, приточных установок и кондиционеров",
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A contract to write down. The amount of one with a fee is that of a year."""

    facts: ContractFacts
    status: str = "active"


def agreements_of(demo: Any, n: int, party: Party, joined: datetime.date, *, star: bool) -> list[Agreement]:
    """Contracts of client number ``n`` who came on the day ``joined``."""
    found: list[Agreement] = []
    if party.size != ON_CALL:
        found.append(_service(demo, n, party, joined, star=star))
    if party.supply:
        found.append(_supply(demo, n, joined))
    if star:
        found.append(_finished(joined))
    return found


def _service(demo: Any, n: int, party: Party, joined: datetime.date, *, star: bool) -> Agreement:
    low, high = _FEES[party.size]
    fee = _STAR_FEE if star else demo.random.randrange(low, high, 100)
    facts = ContractFacts(
        number=f"ТО-{n + 18}/{joined:%y}",
        date=joined,
        valid_to=_term(demo, n, star=star),
        kind="Обслуживание",
        subject=_SUBJECTS[n % len(_SUBJECTS)],
        amount=12 * fee * 100,
        payment_days=7 if star else demo.random.choice((5, 5, 7, 10, 10, 14)) if party.size != SMALL else 5,
    )
    return Agreement(facts, "suspended" if n == 36 else "active")


def _term(demo: Any, n: int, *, star: bool) -> datetime.date | None:
    """The last day: some contracts end soon, one ended, most run on or end within the year."""
    today: datetime.date = demo.today
    soon = {2: 24, 7: 5, 17: -20}
    if star or n in soon:
        return today + datetime.timedelta(days=16 if star else soon[n])
    return None if n % 3 else _end_of_month(today + datetime.timedelta(days=demo.random.randrange(50, 360)))


def _supply(demo: Any, n: int, joined: datetime.date) -> Agreement:
    facts = ContractFacts(
        number=f"ПС-{n + 7:02}/{joined:%y}",
        date=joined,
        valid_to=None if n % 2 else _end_of_month(demo.today + datetime.timedelta(days=70 + n)),
        kind="Поставка",
        subject="Поставка фильтров и расходных материалов, отсрочка платежа",
        payment_days=demo.random.choice((10, 10, 14, 21)),
    )
    return Agreement(facts)


def _finished(joined: datetime.date) -> Agreement:
    facts = ContractFacts(
        number=f"МН-02/{joined:%y}",
        date=joined,
        valid_to=joined + datetime.timedelta(days=120),
        kind="Монтаж",
        subject="Монтаж приточной установки ПУ-2",
        amount=1_284_000_00,
        payment_days=5,
    )
    return Agreement(facts, "terminated")


def draft(demo: Any) -> Agreement:
    """A deal that is still talked about."""
    facts = ContractFacts(
        number=f"МН-31/{demo.today:%y}",
        date=demo.today,
        kind="Монтаж",
        subject="Реконструкция вентиляции сборочного цеха",
        amount=3_960_000_00,
    )
    return Agreement(facts, "draft")


def _end_of_month(day: datetime.date) -> datetime.date:
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
