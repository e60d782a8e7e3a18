"""Codes of units of measure by ОКЕИ (ОК 015-94), for the units that invoices are written in."""

from __future__ import annotations

_CODES = {
    "шт": "796",
    "штука": "796",
    "pcs": "796",
    "компл": "839",
    "комплект": "839",
    "упак": "778",
    "уп": "778",
    "ч": "356",
    "час": "356",
    "hour": "356",
    "дн": "359",
    "день": "359",
    "сут": "359",
    "мес": "362",
    "месяц": "362",
    "month": "362",
    "год": "366",
    "year": "366",
    "кг": "166",
    "kg": "166",
    "г": "163",
    "т": "168",
    "л": "112",
    "м": "006",
    "пог м": "018",
    "м2": "055",
    "м²": "055",
    "м3": "113",
    "м³": "113",
    "усл ед": "876",
    "усл": "876",
}


def okei_code(unit: str) -> str:
    """The code of a unit as people write it (``шт.``, ``мес``); empty where it is none that is known."""
    return _CODES.get(" ".join(unit.lower().replace(".", " ").split()), "")
