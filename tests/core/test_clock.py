from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from zope.interface.verify import verifyObject

from cabinet.clock import FakeClock, SystemClock
from cabinet.interfaces import IClock

VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")


@pytest.mark.parametrize("clock", [SystemClock(VLADIVOSTOK), FakeClock(datetime.now(UTC), VLADIVOSTOK)])
def test_a_clock_tells_utc_and_the_date_of_the_firm(clock):
    verifyObject(IClock, clock)
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert clock.today() == now.astimezone(VLADIVOSTOK).date()


def test_the_day_begins_where_the_firm_is_not_in_greenwich():
    clock = FakeClock(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 4, 1)


def test_a_fake_clock_stands_until_it_is_moved():
    clock = FakeClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    clock.advance(hours=2, minutes=5)
    assert clock.now() == datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
    clock.set(datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Moscow")))
    assert clock.now() == datetime(2025, 12, 31, 21, tzinfo=UTC)


def test_a_fake_clock_refuses_an_instant_without_a_zone():
    with pytest.raises(ValueError, match="aware"):
        FakeClock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_clock_of_a_request_follows_the_site_time_zone(unit_of_work):
    with unit_of_work() as request:
        assert request.find_service(IClock).zone == ZoneInfo("Europe/Moscow")
