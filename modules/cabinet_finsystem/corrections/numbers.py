"""How corrections are numbered: a row of numbers of their own, per legal entity and year."""

from __future__ import annotations

SEQUENCE = "finsystem.correction"
_PATTERNS = {"ru": "КС-{year}-{n:05}", "en": "COR-{year}-{n:05}"}


def pattern_of(locale: str) -> str:
    """The pattern of numbers on a site whose language is ``locale``."""
    return _PATTERNS.get(locale, _PATTERNS["en"])
