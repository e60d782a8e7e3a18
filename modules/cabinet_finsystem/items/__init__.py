"""The price list: what the firm sells, at which price."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.interfaces import IPriceList
    from cabinet_finsystem.items.services import price_list_factory

    config.register_service_factory(price_list_factory, IPriceList)
