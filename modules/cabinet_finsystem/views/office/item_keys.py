"""Items of the price list as forms name them, by public id."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from cabinet_finsystem.interfaces import IPriceList

_FIELD = re.compile(r"lines-\d{1,4}-item")


def items_of(request: Any, item_ids: Iterable[int | None] = ()) -> dict[str, int]:
    """Public id → id of the items in the lines that were sent, or of those that ``item_ids`` names. No query where there are none."""
    prices = request.find_service(IPriceList)
    if request.method == "POST":
        sent = {value for name, value in request.POST.items() if _FIELD.fullmatch(name) and value}
        keys = [key for value in sent if (key := _uuid(value)) is not None]
        return {key.hex: item_id for key, item_id in prices.ids(keys).items()} if keys else {}
    wanted = [item_id for item_id in item_ids if item_id is not None]
    return {item.public_id.hex: item.id for item in prices.by_id(wanted).values()} if wanted else {}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return None
