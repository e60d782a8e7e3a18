"""Time zones to choose from: where the product's readers live, by the hour, in their language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location

ZONES = (
    *("Europe/" + city for city in ("Kaliningrad", "Moscow", "Samara", "Saratov", "Volgograd", "Minsk", "Kiev")),
    *("Europe/" + city for city in ("Chisinau", "Istanbul", "London", "Berlin", "Paris", "Belgrade", "Athens")),
    *("Asia/" + city for city in ("Yekaterinburg", "Omsk", "Novosibirsk", "Krasnoyarsk", "Irkutsk", "Yakutsk")),
    *("Asia/" + city for city in ("Vladivostok", "Magadan", "Kamchatka", "Almaty", "Tashkent", "Bishkek", "Dushanbe")),
    *("Asia/" + city for city in ("Ashgabat", "Baku", "Tbilisi", "Yerevan", "Dubai", "Jerusalem", "Shanghai")),
    *("Asia/" + city for city in ("Tokyo", "Singapore", "Calcutta", "Bangkok")),
    *("America/" + city for city in ("New_York", "Chicago", "Denver", "Los_Angeles", "Sao_Paulo")),
    "Australia/Sydney",
    "UTC",
)


def zone_choices(locale: str, now: datetime, *also: str | None) -> list[tuple[str, str]]:
    """(name, what people read) of each zone, from west to east; ``also``: zones that somebody chose already."""
    found = {zone: now.astimezone(ZoneInfo(zone)) for zone in {*ZONES, *filter(None, also)}}
    named = [(instant.utcoffset(), zone_title(zone, locale, now), zone) for zone, instant in found.items()]
    return [(zone, title) for _offset, title, zone in sorted(named)]


def zone_title(zone: str, locale: str, now: datetime) -> str:
    """``Москва, UTC+03:00``."""
    offset = f"{now.astimezone(ZoneInfo(zone)):%z}"
    clock = "UTC" if zone == "UTC" else f"UTC{offset[:3]}:{offset[3:]}".replace("-", "\u2212")
    return clock if zone == "UTC" else f"{_city(zone, locale)}, {clock}"


def _city(zone: str, locale: str) -> str:
    # Babel asks the locale by the newest name of a zone, and CLDR keeps its cities by the oldest: Kyiv has no Russian name there.
    known = Locale.parse(locale).time_zones.get(zone) or {}
    return str(known.get("city") or get_timezone_location(zone, locale=locale, return_city=True))
