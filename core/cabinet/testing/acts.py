"""Every act of the site, done as its page offers it: what it wrote, and whether it left a record of itself.

A silent act is one that changes rows in its request's transaction and writes nothing into the audit trail there. ``watch`` finds those of
any requests; ``World`` and ``forms_of`` do all the acts there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pyramid.interfaces import IRoutesMapper
from pyramid.router import Router
from sqlalchemy import event

from cabinet.testing.matrix import ADMIN, OWN, Cell, World, views

TRAIL = "core_audit_event"
UNRECORDED = {
    "cabinet.my.enter": "which of his own clients somebody looks at",
    "cabinet.my.notice": "that a notice was read",
    "cabinet.my.notices.read": "that notices were read",
    "cabinet.office.notice": "that a notice was read",
    "cabinet.office.notices.read": "that notices were read",
    "cabinet.site.notice": "that a notice was read",
    "cabinet.site.notices.read": "that notices were read",
    "cabinet.public.draft": "what somebody is writing and nobody else sees",
    "cabinet.public.draft.discard": "that somebody does not go on writing",
    "cabinet.public.draft.files": "what hangs on a draft that nobody else sees",
    "cabinet.public.language": "the language that somebody reads in",
}
"""Routes whose acts change only how a person himself looks at the cabinet: nobody's data, rights or way in. A module says so of its own
by ``UNRECORDED`` in its ``testing``."""

HANDED_OVER = {"core_job"}
"""Work that waits is no change yet: what it does is recorded when it is done, in the name of who asked for it."""

_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Done:
    """An act that a request did. ``wrote``: the tables in which its own transaction changed rows; ``path``: where it was sent; ``excused``:
    it need not be recorded."""

    route: str
    path: str
    wrote: frozenset[str]
    excused: bool

    @property
    def silent(self) -> bool:
        """Whether it changed something and nobody will ever know."""
        return bool(self.wrote - HANDED_OVER) and TRAIL not in self.wrote and not self.excused


def unrecorded(registry: Any) -> Mapping[str, str]:
    """Route → what its act changes, of those that need not be recorded: the core's, and what each module says of its own."""
    found = dict(UNRECORDED)
    for module in registry.cabinet_modules:
        said: Mapping[str, str] = getattr(module.part("testing"), "UNRECORDED", {})
        found |= {route: what for route, what in said.items() if route.startswith(f"{module.info.id}.")}
    return found


@contextmanager
def watch(
    registry: Any, *, dry: bool = False, look: Callable[[Any], None] = lambda _request: None
) -> Iterator[tuple[Router, list[Done]]]:
    """An application of the site, and the acts that its requests did, growing. ``dry``: whatever they write is thrown away.

    ``look`` is called with each request that did something, while its transaction is still open.
    """
    done: list[Done] = []
    writes: list[tuple[int, str]] = []
    commit_veto = registry.settings["tm.commit_veto"]
    excused = unrecorded(registry)

    def note(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        found = _WRITES.match(statement)
        # Of rows that are handed back, as ids of new ones are, SQLite does not know yet how many there were.
        if found and (cursor.rowcount or " RETURNING " in statement or found[0].lstrip().upper().startswith("INSERT")):
            writes.append((id(connection.connection.dbapi_connection), found[1]))

    def decide(request: Any, response: Any) -> bool:
        from cabinet.web.errors import commit_veto as usual

        thrown_away = usual(request, response)
        if not thrown_away and request.method == "POST" and request.matched_route is not None:
            request.db.flush()
            mine = id(request.db.connection().connection.dbapi_connection)
            wrote = frozenset(table for connection, table in writes if connection == mine)
            name = request.matched_route.name
            done.append(Done(name, request.path, wrote, name in excused))
            look(request)
        return dry or thrown_away

    registry.settings["tm.commit_veto"] = decide
    try:
        app = Router(registry)
    finally:
        registry.settings["tm.commit_veto"] = commit_veto

    def over(connection: Any) -> None:
        mine = id(connection.connection.dbapi_connection)
        writes[:] = [one for one in writes if one[0] != mine]

    listeners: dict[str, Callable[..., None]] = {"after_cursor_execute": note, "commit": over, "rollback": over}
    for name, listener in listeners.items():
        event.listen(registry.cabinet_engine, name, listener)
    try:
        yield app, done
    finally:
        for name, listener in listeners.items():
            event.remove(registry.cabinet_engine, name, listener)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as a page shows it to ``role``.

    ``fields``: what is sent where nothing is typed and no button pressed; ``names``: of all fields and buttons.
    """

    role: str
    fields: Mapping[str, Any]
    names: frozenset[str]


def forms_of(world: World) -> dict[str, list[Filled]]:
    """Route → the forms that lead to it, on the pages of those who may see them."""
    found: dict[str, list[Filled]] = {}
    mapper, blank = world.registry.getUtility(IRoutesMapper), world.registry.cabinet_request_factory.blank
    for view in views(world.registry):
        role = {"my": ADMIN, "site": "owner"}.get(view.area, "head")
        if view.method != "GET" or role not in world.allowed(view):
            continue
        cell = Cell(view, role, OWN)
        page = world.ask(cell)
        if page.status_int == 200 and page.content_type == "text/html":
            for form in page.forms.values():
                if str(form.method).upper() == "POST":
                    action = form.action or world.path(cell)
                    route = mapper(blank(urlsplit(action).path))["route"]
                    names = frozenset(map(str, form.fields))
                    found.setdefault(route.name, []).append(Filled(role, dict(form.submit_fields()), names))
    return found
