"""Who may do what: every view × method × role × whose things, read from the site itself and asked of it.

A module declares two things beside its code. ``who_may.txt``: a line a view, ``<route> <METHOD> <role>…``; ``client`` there is everybody
of a client, ``client:buyer`` and the like those of his people, beside his administrator, who has all that is his; ``everybody``: whoever
is signed in. Roles that an owner puts together are not named: they may have what their permissions say, which is looked up at the view,
and where a view asks for none but being in the area, what ``client`` or ``staff:set`` says. And in its ``testing``:
``examples(request, client)``, which makes one object of every kind for ``client`` through the services, each text carrying the client's
name, and returns what stands in the paths of its routes: {beginning of a route's name: {placeholder: value}}, the longest beginning wins;
``<route> POST`` there names the fields of a form that cannot do without, those that stand in its address with a ``?`` before them.
"""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pyramid.interfaces import IRoutesMapper
from sqlalchemy import Connection, Engine, inspect

from cabinet.identity.roles import CLIENT_ROLES
from cabinet.security.policy import ENTER, PUBLIC

SIGNED_OUT = ("nobody", "former")
ADMIN = "client:admin"
CLIENT_SET, STAFF_SET = "client:set", "staff:set"
OF_CLIENT = (*(f"client:{role}" for role in CLIENT_ROLES), CLIENT_SET)
SIGNED_IN = (*OF_CLIENT, "other", "manager", "head", STAFF_SET, "owner")
ROLES = (*SIGNED_OUT, *SIGNED_IN)
"""Who asks. ``client:…``: people of the client whose things they are; ``other``: of its twin; ``former``: his access was withdrawn;
``client:set``, ``staff:set``: who holds nothing but a role that the owner put together."""

ALIKE = (*OF_CLIENT[1:], STAFF_SET)
"""Those who differ from others in permissions alone, which are checked in one place, whatever the database: one engine is enough."""

SHORT = {"client": OF_CLIENT, "everybody": SIGNED_IN, **{role: (role, ADMIN) for role in OF_CLIENT}}

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
"""Whose things: those of the client; the same asked through the asker's own door; things that nobody has."""

# What a request leaves behind whatever it is answered: who was there, and what was refused.
TRACES = frozenset({"core_session", "core_attempt", "core_audit_event", "core_audit_head"})


@dataclass(frozen=True, slots=True)
class View:
    """A page or an act: one method of one route. ``parts``: placeholders of its path, the client of ``/my/{client}`` left out."""

    route: str
    method: str
    area: str
    pattern: str
    permission: str

    @property
    def name(self) -> str:
        """As it is declared."""
        return f"{self.route} {self.method}"

    @property
    def parts(self) -> tuple[str, ...]:
        """What the path names."""
        found = re.findall(r"\{(\w+)\}", self.pattern)
        return tuple(part for part in found if not (self.area == "my" and part == "client"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One question: may ``role`` have ``view`` of ``whose`` things?"""

    view: View
    role: str
    whose: str

    def __str__(self) -> str:
        return f"{self.view.name} by {self.role}, {self.whose}"


def views(registry: Any) -> list[View]:
    """All views of the site, by area and name."""
    mapper = registry.getUtility(IRoutesMapper)
    found = set()
    for item in registry.introspector.get_category("views") or ():
        view = item["introspectable"]
        route = view["route_name"]
        if route in registry.cabinet_routes:
            methods = view["request_methods"]
            asked = next(i["value"] for i in item["related"] if i.category_name == "permissions")
            for method in [methods] if isinstance(methods, str) else methods:
                area, pattern = registry.cabinet_routes[route], mapper.get_route(route).pattern
                found.add(View(route, method, area, pattern if pattern.startswith("/") else f"/{pattern}", asked))
    return sorted((view for view in found if view.method != "HEAD"), key=lambda view: (view.area, view.name))


def declared(packages: Iterable[str]) -> dict[str, frozenset[str]]:
    """``<route> <METHOD>`` → roles, of the ``who_may.txt`` of packages."""
    found: dict[str, frozenset[str]] = {}
    for package in packages:
        for line in (files(package) / "who_may.txt").read_text("utf-8").splitlines():
            words = line.partition("#")[0].split()
            if words:
                route, method, *roles = words
                unknown = set(roles) - {*ROLES, *SHORT}
                if unknown or f"{route} {method}" in found:
                    raise ValueError(f"{package}/who_may.txt: {line}")
                found[f"{route} {method}"] = frozenset(one for role in roles for one in SHORT.get(role, (role,)))
    return found


def expected(cell: Cell, may: frozenset[str]) -> frozenset[str]:
    """What the answer may be: ``ok``, ``sign-in``, ``forbidden`` (403), ``absent`` (404)."""
    if cell.role == "former" and cell.view.method != "GET":
        return frozenset({"sign-in", "forbidden"})  # the token is of a session that ended
    if "nobody" in may:
        return frozenset({"ok", "sign-in"})  # some of these lead there
    if cell.role in SIGNED_OUT:
        return frozenset({"sign-in"})
    if cell.view.area == "my":
        # Who is not of the client does not learn whether it, or anything of it, exists.
        return frozenset({"ok"} if cell.role in may and cell.whose == OWN else {"absent"})
    if cell.role in may:
        return frozenset({"ok"} if cell.whose == OWN else {"absent"})
    return frozenset({"forbidden", "absent"})


def cells(found: Iterable[View]) -> Iterator[Cell]:
    """All questions about views."""
    for view in found:
        for role in ROLES:
            yield Cell(view, role, OWN)
            if view.area == "my" and view.parts and role == "other":
                yield Cell(view, role, FOREIGN)
            # Before the door of an area that is not theirs all people of a client are the same.
            if view.parts and view.area != "public" and (view.area == "my" or role not in OF_CLIENT[1:]):
                yield Cell(view, role, MISSING)


@dataclass(slots=True)
class World:
    """Twins with their things, and everybody who comes.

    ``app``: the site, as a WebTest application without a memory; ``dry``: the same, but whatever a request writes is thrown away.
    ``doors``: whose → public id of the client in the paths of his area: ``client`` or ``other``. ``cookies``, ``tokens``: of each role.
    ``sets``: the permissions in each role that the owner put together. ``canary``: the name that only the client's own may see; ``twin``:
    the one of the other.
    """

    registry: Any
    app: Any
    dry: Any
    doors: Mapping[str, str]
    cookies: Mapping[str, str]
    tokens: Mapping[str, str]
    examples: Mapping[str, Mapping[str, str]]
    may: Mapping[str, frozenset[str]]
    sets: Mapping[str, frozenset[str]]
    canary: str
    twin: str

    def allowed(self, view: View) -> frozenset[str]:
        """Who may have ``view``: as declared, and as the permissions in the owner's own roles say."""
        named = self.may[view.name]
        if view.permission in (ENTER, PUBLIC):
            return named
        counts = {"my": CLIENT_SET, "office": STAFF_SET}.get(view.area, "")
        return (named - self.sets.keys()) | ({counts} if view.permission in self.sets.get(counts, ()) else set())

    def path(self, cell: Cell) -> str:
        """The address that a cell asks for."""
        mapper = self.registry.getUtility(IRoutesMapper)
        values: dict[str, str] = {}
        for part in cell.view.parts:
            value = self.value(cell.view.route, part)
            values[part] = value if cell.whose != MISSING else uuid.uuid4().hex if len(value) == 32 else "nosuch"
        if cell.view.area == "my":
            values["client"] = self.doors["other" if cell.whose == FOREIGN else "client"]
        generated: str = mapper.get_route(cell.view.route).generate(values)
        return generated

    def value(self, route: str, part: str) -> str:
        """What stands for a placeholder of a route. KeyError: no module made an example."""
        for beginning in sorted(self.examples, key=len, reverse=True):
            if route.startswith(beginning) and part in self.examples[beginning]:
                return self.examples[beginning][part]
        raise KeyError(f"no example of {{{part}}} for {route}: tell `examples` of its module")

    def ask(self, cell: Cell, *, dry: bool = False, query: str = "") -> Any:
        """The answer to a cell."""
        app, path = self.dry if dry else self.app, self.path(cell) + query
        app.reset()
        about = {"headers": {"Cookie": self.cookies[cell.role]}, "expect_errors": True}
        if cell.view.method == "GET":
            return app.get(path, **about)
        told = self.examples.get(cell.view.name, {})
        query = urlencode({name[1:]: value for name, value in told.items() if name.startswith("?")})
        fields = {name: value for name, value in told.items() if not name.startswith("?")}
        return app.post(f"{path}?{query}", {"csrf_token": self.tokens[cell.role], **fields}, **about)


def outcome(answer: Any) -> str:
    """What an answer amounts to."""
    if 300 <= answer.status_int < 400 and "/sign-in" in answer.headers.get("Location", ""):
        return "sign-in"
    if answer.status_int >= 500:
        return "broken"
    return {403: "forbidden", 404: "absent"}.get(answer.status_int, "ok")


def text_of(answer: Any) -> str:
    """All that an answer tells, headers and the inside of workbooks and PDFs included."""
    body, kind = answer.body, answer.headers.get("Content-Type", "")
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    elif "pdf" in kind:
        from pypdf import PdfReader

        body = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    return "\n".join([*(f"{name}: {value}" for name, value in answer.headerlist), body.decode("utf-8", "replace")])


def run(world: World, chosen: Callable[[Cell], bool] = lambda _cell: True) -> list[str]:
    """What is wrong, in words: undeclared views, answers that were not to be, things told or changed by who may not."""
    return undeclared(views(world.registry), world.may) + answers(world, chosen)


def undeclared(found: Iterable[View], may: Mapping[str, frozenset[str]]) -> list[str]:
    """Views that no ``who_may.txt`` names, and names there that are no view."""
    names = {view.name for view in found}
    problems = [f"{name}: not declared in who_may.txt" for name in sorted(names - may.keys())]
    return problems + [f"{name}: declared, but there is no such view" for name in sorted(may.keys() - names)]


def answers(world: World, chosen: Callable[[Cell], bool]) -> list[str]:
    """What is wrong with the answers to the ``chosen`` cells."""
    asked = [cell for cell in cells(v for v in views(world.registry) if v.name in world.may) if chosen(cell)]
    refused = [cell for cell in asked if "ok" not in expected(cell, world.allowed(cell.view))]
    problems = _refusals(world, refused)
    for cell in asked:
        if "ok" in expected(cell, world.allowed(cell.view)):
            problems += _granted(world, cell)
    return problems


def _refusals(world: World, refused: list[Cell]) -> list[str]:
    problems = []
    before = contents(world.registry)
    for view in dict.fromkeys(cell.view for cell in refused):
        bodies: dict[str, dict[str, str]] = {}
        for cell in (cell for cell in refused if cell.view == view):
            answer = world.ask(cell)
            if outcome(answer) not in expected(cell, world.allowed(view)):
                problems.append(f"{cell}: {outcome(answer)} ({answer.status})")
            told = text_of(answer)
            if world.canary in told:
                problems.append(f"{cell}: tells of {world.canary}")
            if view.area == "my" and view.parts:
                bodies.setdefault(cell.role, {})[cell.whose] = same(told)
        for role, answers in bodies.items():
            if len(set(answers.values())) > 1:
                problems.append(
                    f"{view.name} by {role}: a thing that is not his to see answers otherwise than a missing one"
                )
        after = contents(world.registry)
        if after != before:
            changed = sorted(name for name in after.keys() | before.keys() if after.get(name) != before.get(name))
            problems.append(f"{view.name}: refused, and yet changed {', '.join(changed)}")
            before = after
    return problems


def _granted(world: World, cell: Cell) -> list[str]:
    queries = [""]
    if cell.view.method == "GET" and cell.view.area == "my" and cell.role == ADMIN:
        queries += ["?export=xlsx", "?export=csv", "?q=canary"]
    problems = []
    for query in queries:
        answer = world.ask(cell, dry=True, query=query)
        if outcome(answer) not in expected(cell, world.allowed(cell.view)):
            problems.append(f"{cell}{query}: {outcome(answer)} ({answer.status})")
        told = text_of(answer)
        if cell.view.area == "my" and world.twin in told:
            problems.append(f"{cell}{query}: tells of {world.twin}")
        shows = cell.view.method == "GET" and answer.status_int == 200 and not query
        if shows and cell.view.area == "my" and world.canary not in told:
            problems.append(f"{cell}: does not show what is its own")
    return problems


def same(told: str) -> str:
    """An answer without what differs from request to request."""
    return re.sub(
        r"<time .*?</time>|Content-Length: .*|[0-9a-f]{32}|[\w-]{43}|Set-Cookie: .*|X-Request-ID: .*", "…", told
    )


def rows_of(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    """All rows of a table, as the driver hands them over: whole databases are read again and again."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"SELECT * FROM {connection.dialect.identifier_preparer.quote(name)}")  # noqa: S608 - a name of ours
        return list(cursor.fetchall())
    finally:
        cursor.close()


def contents(registry: Any) -> dict[str, str]:
    """Table → a digest of its rows, and the files that are kept; without the traces that each request leaves."""
    engine: Engine = registry.cabinet_engine
    found = {}
    with engine.connect() as connection:
        for name in sorted(set(inspect(connection).get_table_names()) - TRACES):
            rows = sorted(map(repr, rows_of(connection, name)))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    kept = Path(registry.settings["cabinet.settings"].files.url.removeprefix("file://"))
    found["files"] = " ".join(sorted(str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()))
    return found
