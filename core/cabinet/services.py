"""The services of a request: made when they are first asked for, then found in a dictionary. A page asks for some eighty.

pyramid_services keeps who makes what (``config.register_service_factory``). A service knows the request, never the context it stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid_services import find_service_factory

Key = tuple[Any, str]
Factory = Callable[[Any, Any], Any]


def find_service(request: Any, iface: Any, name: str = "") -> Any:
    """The service ``iface`` of ``request``, the same one each time. LookupError where nobody makes it."""
    found: dict[Any, Any] = request.cabinet_services
    key = (iface, name)
    if key not in found:
        found[key] = _made(request, found, key)
    return found[key]


def stand_in(request: Any, iface: Any, service: Any) -> None:
    """Have ``service`` found instead of the one that ``request`` would make: a clock that stands still. Before anybody has asked."""
    request.cabinet_services[iface, ""] = service


def _made(request: Any, found: dict[Any, Any], key: Key) -> Any:
    """A new service, or the one that was made for another interface of the same factory."""
    factories: dict[Key, Factory] = request.registry.cabinet_service_factories
    factory = factories.get(key)
    if factory is None:
        factory = factories[key] = find_service_factory(request, key[0], name=key[1])
    if factory not in found:
        found[factory] = factory(None, request)
    return found[factory]


def includeme(config: Any) -> None:
    """Bind ``request.find_service`` in place of the one that pyramid_services brings."""
    config.include("pyramid_services")
    config.registry.cabinet_service_factories = {}
    config.add_request_method(find_service)
    config.add_request_method(lambda _request: {}, "cabinet_services", reify=True)
