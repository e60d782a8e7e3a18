"""Reading the switches once a request, changing them, and the guard before every write.

A module is on where its own switch and those of all it requires are on: switching a module off takes those that need it along, and
switching it on again brings back exactly what was there before. Nothing is kept between requests: the whole state of the site is a
handful of rows, read with one query, so that every process sees a change with its next request.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db import migrate
from cabinet.db.plain import PlainQuery
from cabinet.db.session import reading
from cabinet.errors import ConflictError, ModuleOffError, NotFoundError
from cabinet.identity.models import Client, User
from cabinet.interfaces import IAuditLog, IClock, ISwitches
from cabinet.origin import Origin, origin_of
from cabinet.switches.graph import ModuleGraph
from cabinet.switches.models import EVERYBODY, LISTED, NOBODY, ClientSwitch, ModuleSwitch
from cabinet.switches.reviving import revive
from cabinet.switches.states import ClientModule, Exceptional, ModuleState
from cabinet.texts import _

DEFAULTS = (EVERYBODY, LISTED, NOBODY)
_FEW = 3


@dataclass(frozen=True, slots=True)
class _Site:
    on: bool = True
    clients: str = EVERYBODY
    exceptions: int = 0


@dataclass(slots=True)
class _Read:
    """What one request has read so far."""

    site: dict[str, _Site] | None = None
    of_client: dict[int, dict[str, bool]] = field(default_factory=dict)
    of_module: dict[str, dict[int, bool]] = field(default_factory=dict)


_UNTOUCHED = _Site()
_SITE = PlainQuery(select(ModuleSwitch.module, ModuleSwitch.on, ModuleSwitch.clients, ModuleSwitch.exceptions))


@implementer(ISwitches)
class Switches:
    """The switches of one request."""

    def __init__(
        self,
        reading: Callable[[], Any],
        session: Callable[[], Session],
        graph: ModuleGraph,
        clock: IClock,
        audit: Callable[[], IAuditLog],
        origin: Origin,
        translate: Callable[[str], str] = str,
        revive: Callable[[str], None] = lambda _module_id: None,
        missing: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """``reading``: opens a context with a session to read in; ``session``: that of the transaction, to write in.

        ``revive``: makes the tables of a module that was switched on and has none; ``missing``: ids of modules that have none.
        """
        self.graph = graph
        self._reading = reading
        self._session = session
        self._clock = clock
        self._audit = audit
        self._origin = origin
        self._translate = translate
        self._revive = revive
        self._missing = missing
        self._read = _Read()

    # Asking

    def on(self, module_id: str) -> bool:
        """Whether the module is on for the site, with all it requires. The core, and what is no module, always is."""
        if module_id not in self.graph.infos:
            return True
        site = self._site()
        return all(site.get(key, _UNTOUCHED).on for key in (module_id, *self.graph.needs(module_id)))

    def on_for(self, module_id: str, client_id: int) -> bool:
        """Whether the module is on for the site and for this client."""
        return not self.closed_for(module_id, [client_id])

    def closed_for(self, module_id: str, client_ids: Collection[int]) -> set[int]:
        """Those of ``client_ids`` for whom the module is off; all of them where it is off for the site."""
        wanted = set(client_ids)
        if module_id not in self.graph.infos:
            return set()
        if not self.on(module_id):
            return wanted
        return {client for key in (module_id, *self.graph.needs(module_id)) for client in self._closed_by(key, wanted)}

    def check(self, module_id: str, client_ids: Collection[int] = ()) -> None:
        """ModuleOffError where the module is off for the site or for one of ``client_ids``."""
        if not self.on(module_id):
            raise ModuleOffError(
                "module_off",
                _(
                    "“${module}” is switched off for the site. What it holds is kept; switch it on to go on.",
                    mapping={"module": self._title(module_id)},
                ),
                {"module": module_id},
            )
        if closed := self.closed_for(module_id, client_ids):
            with self._reading() as session:
                name = session.scalar(select(Client.name).where(Client.id == min(closed)))
            raise ModuleOffError(
                "module_off",
                _(
                    "“${module}” is switched off for ${client}. What is there can be read; nothing new is written.",
                    mapping={"module": self._title(module_id), "client": name or ""},
                ),
                {"module": module_id, "clients": len(closed)},
            )

    def gone(self, module_id: str) -> bool:
        """Whether the module is off and what it held was erased: there is nothing to ask it about."""
        return not self.on(module_id) and module_id in self._missing()

    def closed_modules(self) -> list[str]:
        """Ids of loaded modules that are off for the site."""
        return [key for key in self.graph.infos if not self.on(key)]

    # For the owner and the office

    def states(self) -> list[ModuleState]:
        """All loaded modules, in the order of the graph."""
        with self._reading() as session:
            rows = {
                row.module: row
                for row in session.execute(
                    select(ModuleSwitch.module, ModuleSwitch.changed_at, User.name).outerjoin(
                        User, User.id == ModuleSwitch.changed_by
                    )
                )
            }
        off = self._clients_off()
        site = self._site()
        return [
            ModuleState(
                id=key,
                info=info,
                own=site.get(key, _UNTOUCHED).on,
                on=self.on(key),
                clients=site.get(key, _UNTOUCHED).clients,
                needs=tuple(map(self._title, self.graph.needs(key))),
                needed_by=tuple(map(self._title, self.graph.needed_by(key))),
                waits_for=tuple(self._title(n) for n in self.graph.needs(key) if not site.get(n, _UNTOUCHED).on),
                takes_along=tuple(self._title(n) for n in self.graph.needed_by(key) if self._only_by(key, n)),
                clients_off=off[key],
                exceptions=site.get(key, _UNTOUCHED).exceptions,
                changed_by=(rows[key].name or "") if key in rows else "",
                changed_at=rows[key].changed_at if key in rows else None,
            )
            for key, info in self.graph.infos.items()
        ]

    def exceptions(self, module_id: str, limit: int = 50) -> list[Exceptional]:
        """Clients with a setting of their own that says otherwise than the default, by name."""
        clients = self._site().get(module_id, _UNTOUCHED).clients
        statement = (
            select(Client.public_id, Client.name, ClientSwitch.on, User.name, ClientSwitch.changed_at)
            .join(Client, Client.id == ClientSwitch.client_id)
            .outerjoin(User, User.id == ClientSwitch.changed_by)
            .where(ClientSwitch.module == module_id, ClientSwitch.on != (clients == EVERYBODY))
            .order_by(Client.name)
            .limit(limit)
        )
        with self._reading() as session:
            return [Exceptional(uid, name, on, who or "", at) for uid, name, on, who, at in session.execute(statement)]

    def of_client(self, client_id: int) -> list[ClientModule]:
        """The modules of the site as this client has them: those that are on for the site."""
        site = self._site()
        return [
            ClientModule(
                id=key,
                title=info.title,
                on=self.on_for(key, client_id),
                own=self._own(key, client_id),
                default=site.get(key, _UNTOUCHED).clients == EVERYBODY,
                waits_for=tuple(self._title(n) for n in self.graph.needs(key) if not self._own(n, client_id)),
                takes_along=tuple(
                    self._title(n) for n in self.graph.needed_by(key) if self.on(n) and self._own(n, client_id)
                ),
                closed_for_all=site.get(key, _UNTOUCHED).clients == NOBODY,
            )
            for key, info in self.graph.infos.items()
            if self.on(key)
        ]

    # Switching

    def switch(self, module_id: str, on: bool) -> bool:
        """Switch a module for the site; returns whether anything changed. NotFoundError; ConflictError where a requirement is off."""
        self._known(module_id)
        if on:
            self._refuse_without(module_id, [n for n in self.graph.needs(module_id) if not self.on(n)], "")
        row = self._row(module_id)
        if row.on == on:
            return False
        row.on = on
        self._changed(row)
        if on:
            self._revive(module_id)
        self._audit().record(
            f"core.module.switched_{'on' if on else 'off'}", kind="module", public_id=module_id, title=module_id
        )
        return True

    def set_default(self, module_id: str, clients: str) -> bool:
        """Say whom the module is for: ``on``, ``list`` or ``off``; returns whether anything changed. NotFoundError."""
        self._known(module_id)
        if clients not in DEFAULTS:
            raise ValueError(f"no default for clients: {clients!r}")
        row = self._row(module_id)
        if row.clients == clients:
            return False
        before, row.clients = row.clients, clients
        self._changed(row)
        self._audit().record(
            "core.module.default_changed",
            kind="module",
            public_id=module_id,
            title=module_id,
            before={"clients": before},
            after={"clients": clients},
        )
        return True

    def switch_client(self, module_id: str, client_id: int, on: bool) -> bool:
        """Switch a module for one client; returns whether anything changed. NotFoundError; ConflictError where it cannot be on."""
        self._known(module_id)
        session = self._session()
        client = session.get(Client, client_id)
        if client is None:
            raise NotFoundError("no_client", _("There is no such client."))
        row = self._row(module_id)
        if on and row.clients == NOBODY:
            raise ConflictError(
                "module_for_nobody",
                _(
                    "“${module}” is closed for all clients. First open it to clients by list.",
                    mapping={"module": self._title(module_id)},
                ),
            )
        if on:
            needed = [n for n in self.graph.needs(module_id) if not self._own(n, client_id)]
            self._refuse_without(module_id, needed, client.name)
        if self._own(module_id, client_id) == on:
            return False
        self._write(session, module_id, client_id, on)
        count = select(func.count()).where(ClientSwitch.module == module_id).select_from(ClientSwitch)
        row.exceptions = session.scalar(count) or 0
        session.flush()
        self._read = _Read()
        self._audit().record(
            f"core.client_module.switched_{'on' if on else 'off'}",
            kind="module",
            public_id=module_id,
            title=module_id,
            client_id=client_id,
            before={"on": not on},
            after={"on": on},
        )
        return True

    # Inside

    def _title(self, module_id: str) -> str:
        """In the reader's language: it stands inside messages, whose values are not translated any more."""
        return self._translate(self.graph.title(module_id))

    def _site(self) -> dict[str, _Site]:
        if self._read.site is None:
            with self._reading() as session:
                self._read.site = {key: _Site(on, clients, n) for key, on, clients, n in _SITE.ask(session)}
        return self._read.site

    def _own(self, module_id: str, client_id: int, among: Collection[int] = ()) -> bool:
        """The client's own setting, or the default; what the module requires is not asked. ``among``: others who will be asked for."""
        site = self._site().get(module_id, _UNTOUCHED)
        if site.clients == NOBODY:
            return False
        if not site.exceptions:
            return site.clients == EVERYBODY
        found = (
            self._of_module(module_id).get(client_id)
            if len(among) > _FEW
            else self._of_client(client_id).get(module_id)
        )
        return site.clients == EVERYBODY if found is None else found

    def _closed_by(self, module_id: str, client_ids: set[int]) -> Collection[int]:
        """Those of ``client_ids`` for whom the module's own setting is off: all or none of them where no client has one of his own."""
        site = self._site().get(module_id, _UNTOUCHED)
        if site.clients == NOBODY or not site.exceptions:
            return () if site.clients == EVERYBODY else client_ids
        return [client for client in client_ids if not self._own(module_id, client, client_ids)]

    def _of_client(self, client_id: int) -> dict[str, bool]:
        if client_id not in self._read.of_client:
            statement = select(ClientSwitch.module, ClientSwitch.on).where(ClientSwitch.client_id == client_id)
            with self._reading() as session:
                self._read.of_client[client_id] = {row.module: row.on for row in session.execute(statement)}
        return self._read.of_client[client_id]

    def _of_module(self, module_id: str) -> dict[int, bool]:
        if module_id not in self._read.of_module:
            statement = select(ClientSwitch.client_id, ClientSwitch.on).where(ClientSwitch.module == module_id)
            with self._reading() as session:
                self._read.of_module[module_id] = {row.client_id: row.on for row in session.execute(statement)}
        return self._read.of_module[module_id]

    def _clients_off(self) -> dict[str, int]:
        """How many living clients have each module off, the requirements counted in."""
        site = self._site()
        with self._reading() as session:
            living = set(session.scalars(select(Client.id).where(Client.archived_at.is_(None))))
        closed: dict[str, set[int]] = {}
        for key in self.graph.infos:
            state = site.get(key, _UNTOUCHED)
            own = self._of_module(key) if state.exceptions else {}
            if state.clients == NOBODY:
                closed[key] = living
            elif state.clients == LISTED:
                closed[key] = living - {client for client, on in own.items() if on}
            else:
                closed[key] = {client for client, on in own.items() if not on} & living
        return {key: len(closed[key].union(*(closed[n] for n in self.graph.needs(key)))) for key in self.graph.infos}

    def _only_by(self, module_id: str, other: str) -> bool:
        """Whether ``other`` follows ``module_id``: its own switch and all else it requires are on."""
        site = self._site()
        return all(site.get(key, _UNTOUCHED).on for key in (other, *self.graph.needs(other)) if key != module_id)

    def _known(self, module_id: str) -> None:
        if module_id not in self.graph.infos:
            raise NotFoundError(
                "no_module", _("There is no module ${id} that could be switched.", mapping={"id": module_id})
            )

    def _refuse_without(self, module_id: str, needed: list[str], client: str) -> None:
        if not needed:
            return
        facts = {
            "module": self._title(module_id),
            "needed": self._title(needed[0]),
            "client": client,
        }
        raise ConflictError(
            "module_requires",
            _("“${module}” needs “${needed}”, which is off for ${client}. Switch that on first.", mapping=facts)
            if client
            else _("“${module}” needs “${needed}”, which is off. Switch that on first.", mapping=facts),
            {"module": module_id, "requires": needed},
        )

    def _row(self, module_id: str) -> ModuleSwitch:
        """The module's row, locked until the transaction ends: two who switch wait for each other."""
        session = self._session()
        if session.get(ModuleSwitch, module_id) is None:
            try:
                with session.begin_nested():
                    session.add(ModuleSwitch(module=module_id, on=True, clients=EVERYBODY, exceptions=0))
            except IntegrityError:
                pass  # somebody was quicker; his row is as good
        statement = select(ModuleSwitch).where(ModuleSwitch.module == module_id).with_for_update()
        return session.scalars(statement, execution_options={"populate_existing": True}).one()

    def _write(self, session: Session, module_id: str, client_id: int, on: bool) -> None:
        values = {"on": on, "changed_by": self._origin.user_id, "changed_at": self._clock.now()}
        found = session.execute(
            update(ClientSwitch)
            .where(ClientSwitch.module == module_id, ClientSwitch.client_id == client_id)
            .values(**values)
            .execution_options(synchronize_session=False)
            .returning(ClientSwitch.client_id)
        ).first()
        if found is None:
            session.add(ClientSwitch(module=module_id, client_id=client_id, **values))
            session.flush()

    def _changed(self, row: ModuleSwitch) -> None:
        row.changed_by, row.changed_at = self._origin.user_id, self._clock.now()
        self._session().flush()
        self._read = _Read()


def switches_factory(_context: Any, request: Any) -> Switches:
    """``ISwitches`` of a request."""
    graph: ModuleGraph | None = getattr(request.registry, "cabinet_graph", None)
    if graph is None:
        graph = request.registry.cabinet_graph = ModuleGraph(request.registry.cabinet_modules)

    return Switches(
        lambda: reading(request),
        lambda: request.db,
        graph,
        request.find_service(IClock),
        lambda: request.find_service(IAuditLog),
        origin_of(request),
        lambda text: request.localizer.translate(text),  # noqa: PLW0108 - the language is chosen only where a message is made
        partial(revive, request),
        lambda: migrate.missing(request.db.connection(), request.registry.cabinet_modules),
    )


def write_guard(request: Any) -> Callable[[str, Iterable[int]], None]:
    """What a session asks before it writes rows of a module: ``guard(module_id, client_ids)`` raises ModuleOffError."""
    return lambda module_id, client_ids: request.find_service(ISwitches).check(module_id, set(client_ids))
