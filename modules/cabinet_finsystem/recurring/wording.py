"""How a line tells its period, in the language of the document: «за ноябрь 2026», «за 11–30 ноября 2026, 20 из 30 дней»."""

from __future__ import annotations

import datetime

from cabinet_finsystem.recurring.periods import MONTH, MONTHS, QUARTER, Part, Period

_RU = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
_RU_OF = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ROMAN = ("I", "II", "III", "IV")


def line_text(text: str, part: Part, kind: str, language: str) -> str:
    """The text of a line for ``part`` of a period."""
    if part.is_whole:
        told = period_text(part.period, kind, language)
        return f"{text} за {told}" if language == "ru" else f"{text}, {told}"
    days = _days(part.first, part.last, language)
    if language == "ru":
        # «из 31 дня», «из 30 дней»
        word = "дня" if part.period.days % 10 == 1 and part.period.days % 100 != 11 else "дней"
        return f"{text} за {days}, {part.days} из {part.period.days} {word}"
    return f"{text}, {days}, {part.days} of {part.period.days} days"


def period_text(period: Period, kind: str, language: str) -> str:
    """A whole period: «ноябрь 2026», «IV квартал 2026», «2026 год»."""
    month, year = period.first.month, period.first.year
    if kind == MONTH:
        return f"{(_RU if language == 'ru' else _EN)[month - 1]} {year}"
    if kind == QUARTER:
        quarter = (month - 1) // MONTHS[QUARTER]
        return f"{_ROMAN[quarter]} квартал {year}" if language == "ru" else f"Q{quarter + 1} {year}"
    return f"{year} год" if language == "ru" else str(year)


def _days(first: datetime.date, last: datetime.date, language: str) -> str:
    names = _RU_OF if language == "ru" else _EN
    end = f"{last.day} {names[last.month - 1]} {last.year}"
    if first == last:
        return end
    if first.month == last.month:
        return f"{first.day}–{end}"
    return f"{first.day} {names[first.month - 1]} – {end}"
