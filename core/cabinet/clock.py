"""The time: the system's, and one that tests set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from zope.interface import implementer

from cabinet.interfaces import IClock


@implementer(IClock)
class SystemClock:
    """The machine's time; dates are those of ``zone``, where the firm is."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The firm's calendar date."""
        return self.now().astimezone(self.zone).date()


@implementer(IClock)
class FakeClock:
    """A clock that stands at ``instant`` (aware) until a test moves it."""

    def __init__(self, instant: datetime, zone: tzinfo | None = None) -> None:
        self.zone = zone or ZoneInfo("Europe/Moscow")
        self.set(instant)

    def set(self, instant: datetime) -> None:
        """Travel to ``instant``."""
        if instant.tzinfo is None:
            raise ValueError("an instant must be aware")
        self._instant = instant.astimezone(UTC)

    def advance(self, **step: float) -> None:
        """Go on by a timedelta given in its keywords (``hours=2``)."""
        self._instant += timedelta(**step)

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._instant

    def today(self) -> date:
        """The firm's calendar date."""
        return self._instant.astimezone(self.zone).date()


def clock_factory(_context: Any, request: Any) -> SystemClock:
    """``IClock`` of a request."""
    return SystemClock(ZoneInfo(request.registry.settings["cabinet.settings"].site.timezone))


def includeme(config: Any) -> None:
    """Bind the clock."""
    config.register_service_factory(clock_factory, IClock)
