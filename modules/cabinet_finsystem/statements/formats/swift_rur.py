"""Russian texts that went through SWIFT: its Latin letters back into Cyrillic, where that is certain.

The table is that of SWIFT-RUR (RosSWIFT): one letter for one, capitals only; ``'`` switches between the alphabets.
"""

from __future__ import annotations

import re

_TABLE = str.maketrans(
    "ABVGDEoJZIiKLMNOPRSTUFHCcQqxYXeuan",
    "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ№",
)
_OWN_SMALL = frozenset("oicqxeuan")
_SMALL = re.compile(r"[a-z]")
# Words of payments as the table writes them; two of them are no chance.
_WORDS = re.compile(
    r"(?<![A-Za-z])(?:OPLATA|OPLATE|OPLATY|PO|ZA|NA|SCETU|ScETU|ScET|ScETA|DOGOVORU|DOG|DOGOVOR|NDS|V|BEZ|OT|USLUGI|TOVAR|"
    r"PLATEJ|RUB|TcISLE|cISLE|NALOG|OOO|AO|ZAO|OAO|PAO|IP|RABOTY|AVANS|PREDOPLATA|KONTRAKTU|n)(?![A-Za-z])"
)
_PLAIN = re.compile(r"CH|YA|YU|ZH")
"""Sounds of two letters, as people write Russian in Latin ones: the table has one for each, and never these side by side."""
_WHOLE = re.compile(r"'([^']*)'")
_LATIN = re.compile(r"'([^']*)'")


def from_swift_rur(text: str, *, sure: bool = False) -> str:
    """``text`` in Cyrillic where it is a Russian one written so; unchanged where that is not certain.

    ``sure``: something else of the same operation was one, so that a name needs to prove nothing more than its letters.
    """
    if not sure and (whole := _WHOLE.fullmatch(text)) and len(set(_WORDS.findall(whole[1]))) > 1:
        text = whole[1]  # some banks put the sign of Russian letters around all of it
    outside = _LATIN.sub(" ", text)
    if not text.isascii() or not set(_SMALL.findall(outside)) <= _OWN_SMALL or not re.search(r"[A-Z]", outside):
        return text
    if _PLAIN.search(outside) or (not sure and len(set(_WORDS.findall(outside))) < 2):
        return text
    parts = text.split("'")
    return "".join(part if n % 2 else part.translate(_TABLE) for n, part in enumerate(parts))
