"""Periods as people read them, in both languages."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from cabinet.i18n.formatting import Formatter
from cabinet_finsystem.reports.periods import Period, before, columns
from cabinet_finsystem.reports.words import Words


def words(locale: str) -> Words:
    localizer = SimpleNamespace(translate=lambda text: text.interpolate() if hasattr(text, "interpolate") else text)
    return Words(Formatter(locale, dt.UTC, dt.datetime(2026, 2, 12, tzinfo=dt.UTC), localizer), localizer)


def period(since: str, until: str) -> Period:
    return Period(dt.date.fromisoformat(since), dt.date.fromisoformat(until))


def plain(texts: list[str]) -> list[str]:
    return [text.replace("\u00a0", " ") for text in texts]


@pytest.mark.parametrize(
    ("unit", "since", "until", "russian", "english"),
    [
        (
            "month",
            "2025-11-10",
            "2026-02-28",
            ["10–30 ноя 2025", "дек", "янв 2026", "фев"],
            ["10–30 Nov 2025", "Dec", "Jan 2026", "Feb"],
        ),
        ("quarter", "2025-10-01", "2026-03-31", ["Q4 2025", "Q1 2026"], ["Q4 2025", "Q1 2026"]),
        ("year", "2025-01-01", "2026-02-12", ["2025", "1 янв – 12 фев"], ["2025", "1 Jan – 12 Feb"]),
        ("week", "2026-01-28", "2026-02-08", ["28 янв – 1 фев", "2–8 фев"], ["28 Jan – 1 Feb", "2–8 Feb"]),
        ("day", "2026-05-01", "2026-05-02", ["1 мая", "2 мая"], ["1 May", "2 May"]),
        ("none", "2025-08-01", "2026-01-31", ["август 2025 – январь 2026"], ["August 2025 – January 2026"]),
        ("none", "2026-05-05", "2026-05-05", ["5 мая 2026"], ["5 May 2026"]),
    ],
)
def test_columns_are_headed_by_their_days(
    unit: str, since: str, until: str, russian: list[str], english: list[str]
) -> None:
    cut = columns(period(since, until), unit)
    assert plain(words("ru").columns(cut, unit)) == russian
    assert plain(words("en").columns(cut, unit)) == english


def test_a_comparison_is_said_in_short() -> None:
    half, month = period("2025-08-01", "2026-01-31"), period("2026-01-01", "2026-01-31")
    assert words("en").compared(half, before(half)) == "the 6 months before"
    assert plain([words("en").compared(month, before(month))]) == ["December 2025"]
    assert words("en").period(period("2025-01-01", "2025-12-31")) == "2025"


def test_shares_are_written_with_one_decimal() -> None:
    assert [words("ru").percent(tenths) for tenths in (444, -15, 0, 12345, None)] == [
        "44,4",
        "−1,5",
        "0,0",
        "1 234,5".replace(" ", "\u00a0"),
        "–",
    ]
    assert (words("ru").share(130), words("en").share(130), words("en").share(None)) == ("13,0\u00a0%", "13.0%", "–")
