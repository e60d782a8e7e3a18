"""Noting how the parts of the site are, and reading the last day of it, hour by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.history.models import HealthSample
from cabinet.interfaces import IClock, IHealthHistory

HOURS = 24
KEPT = timedelta(hours=HOURS + 1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """``tone``: the worst that was seen of a part in it; empty where nobody looked."""

    begins: datetime
    tone: str


@dataclass(frozen=True, slots=True)
class LastDay:
    """The hours of the last day, the running one last; of each the samples that were taken in it."""

    hours: Sequence[tuple[datetime, Sequence[Mapping[str, str]]]]

    @property
    def known(self) -> bool:
        """Whether anybody looked at all."""
        return any(samples for _begins, samples in self.hours)

    def of(self, part: str) -> list[Hour]:
        """How one part was."""
        return [Hour(begins, _worst(part, samples)) for begins, samples in self.hours]


@implementer(IHealthHistory)
class HealthHistory:
    """The samples of one transaction."""

    def __init__(self, session: Session, clock: IClock) -> None:
        self._session = session
        self._clock = clock

    def note(self, tones: Mapping[str, str]) -> None:
        """Keep how the parts are now, part → tone, and forget what is older than a day."""
        now = self._clock.now()
        said = {part: tone for part, tone in tones.items() if tone != "good"}
        self._session.add(HealthSample(at=now, tones=said))
        self._session.execute(
            delete(HealthSample).where(HealthSample.at < now - KEPT).execution_options(synchronize_session=False)
        )

    def last_day(self) -> LastDay:
        """The last twenty-four hours by the clock: one query."""
        first = self._clock.now().replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * _HOUR
        hours: list[tuple[datetime, list[Mapping[str, str]]]] = [(first + n * _HOUR, []) for n in range(HOURS)]
        for at, tones in self._session.execute(
            select(HealthSample.at, HealthSample.tones).where(HealthSample.at >= first)
        ):
            place = (at - first) // _HOUR
            if place < HOURS:
                hours[place][1].append(tones)
        return LastDay(hours)


def _worst(part: str, samples: Sequence[Mapping[str, str]]) -> str:
    tones = {tones.get(part, "good") for tones in samples}
    return next((tone for tone in ("bad", "warn", "good") if tone in tones), "")


def history_factory(_context: Any, request: Any) -> HealthHistory:
    """``IHealthHistory`` of a request."""
    return HealthHistory(request.db, request.find_service(IClock))
