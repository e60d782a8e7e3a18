"""Time zones are called in the reader's language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from cabinet.web.zones import zone_choices, zone_title

NOW = datetime(2026, 2, 11, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "ru", "en"),
    [
        ("Europe/Moscow", "Москва, UTC+03:00", "Moscow, UTC+03:00"),
        ("Europe/Kiev", "Киев, UTC+02:00", "Kyiv, UTC+02:00"),
        ("Asia/Calcutta", "Калькутта, UTC+05:30", "Kolkata, UTC+05:30"),
        ("America/New_York", "Нью-Йорк, UTC\u221205:00", "New York, UTC\u221205:00"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_a_zone_is_told_by_its_city_and_its_distance(zone: str, ru: str, en: str) -> None:
    assert zone_title(zone, "ru", NOW) == ru
    assert zone_title(zone, "en", NOW) == en


def test_no_zone_on_offer_keeps_its_english_name_in_russian() -> None:
    titles = [title.replace("UTC", "") for _zone, title in zone_choices("ru", NOW)]
    assert [title for title in titles if re.search("[A-Za-z]", title)] == []
