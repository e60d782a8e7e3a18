"""Text as it is searched: case, ё and spacing do not count, a phone is found however it is written."""

from __future__ import annotations

import re

_PHONE = re.compile(r"[+()\d\s.-]{7,}")
_PHONE_LENGTH = 10


def fold(text: str) -> str:
    """``text`` in lower case, ё as е, runs of blanks as one, quotation marks gone."""
    folded = text.casefold().replace("ё", "е")
    return " ".join(folded.translate(_QUOTES).split())


def phone_digits(text: str) -> str:
    """The last ten digits of each phone in ``text``: +7 and 8 before them mean the same."""
    found = ("".join(filter(str.isdigit, part)) for part in _PHONE.findall(text))
    return " ".join(digits[-_PHONE_LENGTH:] for digits in found if len(digits) >= _PHONE_LENGTH)


def words(query: str) -> list[str]:
    """What must occur in a row's text for ``query`` to find it. A phone counts as one word."""
    phone = phone_digits(query) if _PHONE.fullmatch(query.strip()) else ""
    return [phone] if phone else fold(query).split()


_QUOTES = str.maketrans(dict.fromkeys("«»\"'“”„‘’", " "))
