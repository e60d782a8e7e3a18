"""What a caller can do without: a service of a module that may be missing, or switched off."""

from __future__ import annotations

from typing import Any

from pyramid_services import find_service_factory

from cabinet.plugins.faults import owner_of_file


def is_open(request: Any, module_id: str) -> bool:
    """Whether a module is on where ``request`` stands: for the site and, on a client's own pages, for him."""
    client = getattr(getattr(request, "context", None), "client", None)
    switches = request.switches
    return bool(switches.on(module_id) and (client is None or switches.on_for(module_id, client.id)))


def find_optional(request: Any, iface: Any) -> Any:
    """The service ``iface``; None where no module of this site provides it, or the one that does is off (`is_open`).

    The office and jobs stand on no client's pages: who works for one there asks ``request.switches.on_for`` himself.
    """
    try:
        find_service_factory(request, iface)
    except LookupError:
        return None
    owner = _owner(request.registry, iface)
    return request.find_service(iface) if owner is None or is_open(request, owner) else None


def _owner(registry: Any, iface: Any) -> str | None:
    """Id of the module that registered the service; None for the core's own."""
    known: dict[Any, str | None] | None = getattr(registry, "cabinet_service_owners", None)
    if known is None:
        known = registry.cabinet_service_owners = {
            item["introspectable"]["type"]: owner_of_file(
                getattr(item["introspectable"].action_info, "file", ""), registry.cabinet_modules
            )
            for item in registry.introspector.get_category("pyramid_services") or ()
        }
    if iface not in known:  # asked for by an interface that the registered one extends
        known[iface] = next((owner for given, owner in list(known.items()) if given.extends(iface)), None)
    return known[iface]
