"""Module switches: which installed module is on for the site, and for a client."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the switches, ``request.switches``, ``request.find_optional``, and the guard that keeps writes out of what is switched off."""
    from cabinet.interfaces import ISwitches
    from cabinet.switches.optional import find_optional
    from cabinet.switches.services import switches_factory, write_guard

    config.register_service_factory(switches_factory, ISwitches)
    config.add_request_method(lambda request: request.find_service(ISwitches), "switches", reify=True)
    config.add_request_method(find_optional)
    config.registry.cabinet_write_guard = write_guard
