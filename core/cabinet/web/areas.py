"""The four areas of a site and the contexts that guard them. Whoever has the context in hand has passed the area's door."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound

from cabinet.db.scope import ALL, ClientScope, set_scope
from cabinet.db.session import SAFE_METHODS
from cabinet.identity import sessions
from cabinet.identity.access import ALL_CLIENTS
from cabinet.identity.models import Client, Membership
from cabinet.identity.roles import CUSTOM, granted_through, held_through
from cabinet.interfaces import IAccess
from cabinet.web.second_step import second_step_first
from cabinet.web.viewing import look_only

Loader = Callable[[Any, "AreaContext"], Any]
Before = Callable[[Any], None]

PREFIXES = {"public": "", "my": "/my/{client}", "office": "/office", "site": "/site"}
STAFF = frozenset({"manager", "head"})
OFFICE = STAFF | {CUSTOM}
"""Who enters the office."""


class AreaContext:
    """What a view stands on: the area, the client of its path (area ``my``) and the subject its route names.

    ``roles``: those of the person that count here; ``granted``: permissions he has by roles that the owner put together; ``limited``: he
    sees some clients of the firm, not all.
    """

    area: ClassVar[str] = "public"
    roles: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    limited: bool = False
    client: Client | None = None
    memberships: tuple[Membership, ...] = ()
    module: str = "cabinet"

    def __init__(self, request: Any) -> None:
        set_scope(request.db, frozenset())
        self.subject: Any = None


class PublicArea(AreaContext):
    """Open to everybody; sees no client's data."""


class MyArea(AreaContext):
    """A client's own place. The path names the client and a live membership admits; nothing else may."""

    area = "my"

    def __init__(self, request: Any) -> None:
        identity = _someone(request)
        self.memberships = _memberships(request, identity)
        wanted = public_id(request.matchdict["client"])
        found = next((m for m in self.memberships if m.client.public_id == wanted), None)
        if found is None:
            raise HTTPNotFound
        self.client = found.client
        self.roles, self.granted = held_through(found), granted_through(found)
        set_scope(request.db, {found.client_id})
        self.subject = None


class OfficeArea(AreaContext):
    """Managers, the head, and whoever holds a role that the owner put together for our side."""

    area = "office"

    def __init__(self, request: Any) -> None:
        identity = _someone(request)
        self.roles, self.granted = self.held_by(identity), identity.granted
        if not self.roles:
            raise HTTPForbidden
        scope = ALL if request.has_permission(ALL_CLIENTS, self) else _clients_of(request, identity)
        self.limited = scope is not ALL
        set_scope(request.db, scope)
        self.subject = None

    @staticmethod
    def held_by(identity: sessions.Identity) -> frozenset[str]:
        """The roles of a person that count here."""
        return identity.roles & OFFICE

    @classmethod
    def rights_of(cls, identity: sessions.Identity) -> OfficeArea:
        """A context to ask a person's rights in the office of, from elsewhere; nobody enters by it."""
        context = cls.__new__(cls)
        context.roles, context.granted = cls.held_by(identity), identity.granted
        return context


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


def _memberships(request: Any, identity: sessions.Identity) -> tuple[Membership, ...]:
    """Through which the person acts for clients; who looks through another's eyes has that one's, of the one client."""
    viewing = identity.viewing
    found = sessions.memberships(request.db, viewing.user_id if viewing else identity.user_id)
    return tuple(membership for membership in found if viewing is None or membership.client_id == viewing.client_id)


def _clients_of(request: Any, identity: sessions.Identity) -> ClientScope:
    scope: ClientScope = request.find_service(IAccess).clients_of(identity.user_id)
    return scope


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


class RouteDoor:
    """The factory of every route: the one place where switched-off modules are closed.

    ``module``: id of the owner, or ``cabinet`` for the core's own pages. A module that is off, for the site or for the client in the
    path, has no pages: the answer is that of a page that does not exist, given before anything else is asked.
    """

    def __init__(self, module: str, area: str, load: Loader | None, before: Before | None = None) -> None:
        self.module = module
        self.area = area
        self._load = load
        self._before = before

    def __call__(self, request: Any) -> AreaContext:
        """The context of the request; HTTPNotFound, HTTPForbidden."""
        look_only(request, self.area, OfficeArea.rights_of)
        second_step_first(request)
        if not request.switches.on(self.module):
            raise HTTPNotFound
        if self._before is not None and request.method not in SAFE_METHODS and request.identity is not None:
            self._before(request)
        context = CONTEXTS[self.area](request)
        context.module = self.module
        if context.client is not None and not request.switches.on_for(self.module, context.client.id):
            raise HTTPNotFound
        if self._load is not None:
            context.subject = self._load(request, context)
            if context.subject is None:
                raise HTTPNotFound
        return context


@contextmanager
def area_routes(config: Any, area: str, module: str = "cabinet") -> Iterator[Any]:
    """Within this block, ``config.add_area_route`` adds routes of ``module`` to ``area``."""
    config.registry.cabinet_area = (area, module)
    try:
        with config.route_prefix_context(PREFIXES[area]):
            yield config
    finally:
        del config.registry.cabinet_area


def add_area_route(
    config: Any,
    name: str,
    pattern: str,
    *,
    load: Loader | None = None,
    before: Before | None = None,
    uploads: bool = False,
) -> None:
    """Directive: a route of the area being configured.

    ``name``: ``<module>.<area>.<thing>[.<verb>]``, which tells whose it is. ``load(request, context)`` returns the route's subject or
    raises 404; it runs inside the client's scope, before the permission is asked. ``uploads``: its form holds files, so that it may be as
    large as the site lets one be; any other is a megabyte at most.

    ``before(request)`` runs ahead of all that, where somebody signed in asks for an act: what counts tries does so in a transaction of
    its own, which on SQLite must be over before the request's begins.
    """
    area, module = config.registry.cabinet_area
    if name.split(".")[:2] != [module, area]:
        raise ValueError(f"route {name} must be named {module}.{area}.<thing>")
    config.add_route(name, pattern, factory=RouteDoor(module, area, load, before))
    config.registry.cabinet_routes[name] = area
    if uploads:
        config.registry.cabinet_uploads.add(name)


def home_route(identity: sessions.Identity) -> str | None:
    """The route where a person of our side belongs; None for a client's contact, whose home depends on the client."""
    for role, route in (
        ("head", "cabinet.office.home"),
        ("manager", "cabinet.office.home"),
        (CUSTOM, "cabinet.office.home"),
        ("owner", "cabinet.site.home"),
    ):
        if role in identity.roles:
            return route
    return None


def includeme(config: Any) -> None:
    """The directive and the default context."""
    config.registry.cabinet_routes = {}
    config.registry.cabinet_uploads = set()
    config.add_directive("add_area_route", add_area_route)
    config.set_root_factory(PublicArea)
