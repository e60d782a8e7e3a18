"""Another axis of the matrix: managers who see their own clients alone, asked of their own things and of another manager's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cabinet.testing.matrix import MISSING, OWN, Cell, View, World, contents, outcome, same, text_of, views

MANAGER = "manager"
QUERIES = ("", "?export=xlsx", "?export=csv", "?q=canary")


@dataclass(frozen=True, slots=True)
class Portfolios:
    """``world``: its manager is the client's; ``cookie`` and ``token``: of the manager of the twin. The rule is on for both."""

    world: World
    cookie: str
    token: str

    def rival(self) -> World:
        """The world as the other manager goes through it: his own client is the twin."""
        return replace(
            self.world,
            cookies={**self.world.cookies, MANAGER: self.cookie},
            tokens={**self.world.tokens, MANAGER: self.token},
        )


def run_portfolios(portfolios: Portfolios, route: str = "") -> list[str]:
    """What is wrong, in words: what a manager is refused of his own client, told or let do of another's. ``route``: of one alone."""
    world, rival = portfolios.world, portfolios.rival()
    asked = [
        (view, over_the_whole_firm(world.registry, view))
        for view in views(world.registry)
        if view.area == "office" and MANAGER in world.may.get(view.name, ()) and route in {"", view.route}
    ]
    problems = [problem for view, whole in asked for problem in _own(world, view, whole=whole)]
    before = contents(world.registry)
    for view, whole in asked:
        problems += _of_another(rival, view, whole=whole)
        if (after := contents(world.registry)) != before:
            problems.append(f"{view.name}: another's manager changed something")
            before = after
    return problems


def over_the_whole_firm(registry: Any, view: View) -> bool:
    """Whether the view asks for a right that nobody has who is limited to some clients."""
    permissions = registry.cabinet_contributions.permissions
    for item in registry.introspector.get_category("views") or ():
        found = item["introspectable"]
        methods = found["request_methods"]
        if found["route_name"] == view.route and view.method in ([methods] if isinstance(methods, str) else methods):
            asked = next(one["value"] for one in item["related"] if one.category_name == "permissions")
            return bool(asked in permissions and permissions[asked].whole)
    raise LookupError(view.name)


def _own(world: World, view: View, *, whole: bool) -> Iterator[str]:
    answer = world.ask(Cell(view, MANAGER, OWN), dry=True)
    wanted = {"forbidden"} if whole else {"ok"}
    if outcome(answer) not in wanted and not (whole and outcome(answer) == "absent"):
        yield f"{view.name} by the client's own manager: {outcome(answer)} ({answer.status})"
    if not whole and world.twin in text_of(answer):
        yield f"{view.name} by the client's own manager: tells of {world.twin}"


def _of_another(rival: World, view: View, *, whole: bool) -> Iterator[str]:
    refused = whole or view.parts
    # A form may name whose it is about instead of the path: another's client is not there for it either.
    named = {"absent"} if any(not key.startswith("?") for key in rival.examples.get(view.name, ())) else set()
    for query in QUERIES if view.method == "GET" and not refused else ("",):
        answer = rival.ask(Cell(view, MANAGER, OWN), dry=not refused, query=query)
        wanted = {"forbidden", "absent"} if whole else {"absent"} if view.parts else {"ok"} | named
        if outcome(answer) not in wanted:
            yield f"{view.name}{query} by another's manager: {outcome(answer)} ({answer.status})"
        if rival.canary in text_of(answer):
            yield f"{view.name}{query} by another's manager: tells of {rival.canary}"
    if view.parts and not whole:
        missing = rival.ask(Cell(view, MANAGER, MISSING))
        if same(text_of(missing)) != same(text_of(answer)):
            yield f"{view.name}: answers otherwise for another's thing than for a missing one"
