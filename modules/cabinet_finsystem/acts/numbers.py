"""How acts, waybills and UPD are numbered: a row of numbers each, per legal entity and year."""

from __future__ import annotations

_PATTERNS = {
    "ru": {"act": "АКТ-{year}-{n:05}", "waybill": "ТН-{year}-{n:05}", "upd": "УП-{year}-{n:05}"},
    "en": {"act": "ACT-{year}-{n:05}", "waybill": "WB-{year}-{n:05}", "upd": "UT-{year}-{n:05}"},
}


def pattern_of(kind: str, locale: str) -> str:
    """The pattern of numbers of ``kind`` on a site whose language is ``locale``."""
    return _PATTERNS.get(locale, _PATTERNS["en"])[kind]
