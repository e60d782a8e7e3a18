"""What the lists of this module share: filters as people read them."""

from __future__ import annotations

from typing import Any

from cabinet.contracts.clients import IClientBook
from cabinet.tables import parse_date
from cabinet.web.areas import public_id
from cabinet.web.listing import Listing
from cabinet_finsystem.interfaces import IClientMoney


def shown_filters(request: Any, listing: Listing) -> dict[str, str]:
    """Typed value → shown value of the filters ``client``, ``from`` and ``to``."""
    shown = {}
    if wanted := listing.filters.get("client"):
        client_id = request.find_service(IClientBook).by_public_id(public_id(wanted))
        names = request.find_service(IClientMoney).names([client_id]) if client_id is not None else {}
        shown[wanted] = names[client_id][1] if client_id in names else "—"
    for name in ("from", "to"):
        if typed := listing.filters.get(name):
            try:
                shown[typed] = request.fmt.date(parse_date(typed))
            except ValueError:
                shown[typed] = typed
    return shown
