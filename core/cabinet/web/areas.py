"""The four areas of a site and the contexts that guard them. Whoever has the context in hand has passed the area's door."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound

from cabinet.db.scope import ALL, set_scope
from cabinet.identity import sessions
from cabinet.identity.models import Client, Membership

Loader = Callable[[Any, "AreaContext"], Any]

PREFIXES = {"public": "", "my": "/my/{client}", "office": "/office", "site": "/site"}
STAFF = frozenset({"manager", "head"})


class AreaContext:
    """What a view stands on: the area, the client of its path (area ``my``) and the subject its route names."""

    area: ClassVar[str] = "public"
    roles: frozenset[str] = frozenset()
    client: Client | None = None
    memberships: tuple[Membership, ...] = ()

    def __init__(self, request: Any) -> None:
        set_scope(request.db, frozenset())
        self.subject: Any = None


class PublicArea(AreaContext):
    """Open to everybody; sees no client's data."""


class MyArea(AreaContext):
    """A client's own place. The path names the client and a live membership admits; nothing else may."""

    area = "my"
    roles = frozenset({"client"})

    def __init__(self, request: Any) -> None:
        identity = _someone(request)
        self.memberships = tuple(sessions.memberships(request.db, identity.user_id))
        wanted = public_id(request.matchdict["client"])
        found = next(
            (m for m in self.memberships if m.client.public_id == wanted and m.client.archived_at is None), None
        )
        if found is None:
            raise HTTPNotFound
        self.client = found.client
        set_scope(request.db, {found.client_id})
        self.subject = None


class OfficeArea(AreaContext):
    """Managers and the head."""

    area = "office"

    def __init__(self, request: Any) -> None:
        identity = _someone(request)
        self.roles = identity.roles & STAFF
        if not self.roles:
            raise HTTPForbidden
        set_scope(request.db, ALL)
        self.subject = None


class SiteArea(AreaContext):
    """The owner of the site; sees no client's data."""

    area = "site"

    def __init__(self, request: Any) -> None:
        identity = _someone(request)
        self.roles = identity.roles & {"owner"}
        if not self.roles:
            raise HTTPForbidden
        set_scope(request.db, frozenset())
        self.subject = None


CONTEXTS: dict[str, type[AreaContext]] = {"public": PublicArea, "my": MyArea, "office": OfficeArea, "site": SiteArea}


def _someone(request: Any) -> sessions.Identity:
    identity: sessions.Identity | None = request.identity
    if identity is None:
        raise HTTPForbidden
    return identity


def public_id(text: str) -> uuid.UUID:
    """The public id in a path; anything else does not exist."""
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        raise HTTPNotFound from None


@contextmanager
def area_routes(config: Any, area: str) -> Iterator[Any]:
    """Within this block, ``config.add_area_route`` adds routes of ``area``."""
    config.registry.cabinet_area = area
    try:
        with config.route_prefix_context(PREFIXES[area]):
            yield config
    finally:
        del config.registry.cabinet_area


def add_area_route(config: Any, name: str, pattern: str, *, load: Loader | None = None) -> None:
    """Directive: a route of the area being configured.

    ``name``: ``<module>.<area>.<thing>[.<verb>]``. ``load(request, context)`` returns the route's subject or raises 404; it runs
    inside the client's scope, before the permission is asked.
    """
    area = config.registry.cabinet_area
    if name.split(".")[1:2] != [area]:
        raise ValueError(f"route {name} must be named <module>.{area}.<thing>")
    context_class = CONTEXTS[area]

    def factory(request: Any) -> AreaContext:
        context = context_class(request)
        if load is not None:
            context.subject = load(request, context)
            if context.subject is None:
                raise HTTPNotFound
        return context

    config.add_route(name, pattern, factory=factory)
    config.registry.cabinet_routes[name] = area


def home_route(identity: sessions.Identity) -> str | None:
    """The route where a person of our side belongs; None for a client's contact, whose home depends on the client."""
    for role, route in (
        ("head", "cabinet.office.home"),
        ("manager", "cabinet.office.home"),
        ("owner", "cabinet.site.home"),
    ):
        if role in identity.roles:
            return route
    return None


def includeme(config: Any) -> None:
    """The directive and the default context."""
    config.registry.cabinet_routes = {}
    config.add_directive("add_area_route", add_area_route)
    config.set_root_factory(PublicArea)
