"""Days whose month is a word, in the languages of banks: ``18 Apr 2018``, ``Apr 18, 2018``, ``5 февраля 2026 г.``."""

from __future__ import annotations

import re

_MONTHS = (
    "jan|янв|gen|ene|sty|oca|січ|ian",
    "feb|фев|lut|fev|sub|лют",
    "mar|мар|mrz|mrt|бер",
    "apr|апр|avr|abr|kwi|nis|кві",
    "may|мая|май|mai|maj|mag|mei|тра",
    "jun|июн|juin|giu|cze|haz|чер",
    "jul|июл|juil|lug|lip|tem|лип",
    "aug|авг|aou|ago|sie|agu|сер",
    "sep|сен|set|wrz|eyl|вер",
    "oct|окт|okt|ott|out|paz|eki|жов",
    "nov|ноя|lis|kas|лис",
    "dec|дек|dez|dic|gru|ara|des|déc|гру",
)
_NUMBERS = {stem: number for number, stems in enumerate(_MONTHS, 1) for stem in stems.split("|")}
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.?[\s./-]*([^\W\d_]{3,12})\.?,?[\s./-]*([0-9]{4}|[0-9]{2})(?![0-9])")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.?\s+([0-9]{1,2}),?\s+([0-9]{4})(?![0-9])")


def worded_day(text: str) -> tuple[str, int, str] | None:
    """(year, month, day) of the date ``text`` begins with; None where its month is no word for one."""
    if found := _DAY_FIRST.match(text):
        day, word, year = found.groups()
    elif found := _MONTH_FIRST.match(text):
        word, day, year = found.groups()
    else:
        return None
    folded = word.casefold().replace("ź", "z").replace("û", "u")
    month = _NUMBERS.get(folded[:4]) or _NUMBERS.get(folded[:3])
    return (year, month, day) if month else None
