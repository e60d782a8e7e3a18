"""What is proved at start: no open view, no unknown permission, no dead menu entry, no clash of routes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.interfaces import IDefaultPermission, IExceptionResponse, IRoutesMapper, ISecurityPolicy
from pyramid.path import AssetResolver
from pyramid.security import NO_PERMISSION_REQUIRED

from cabinet.errors import DomainError
from cabinet.plugins.faults import Blameworthy, owner_of_file
from cabinet.preferences.kinds import checked
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.texts import _
from cabinet.web.areas import RouteDoor

_PART = re.compile(r"\{(\w+)\}")
_SOMETHING = "0" * 32


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong. ``owner``: the module whose fault it is, or None. ``security``: the site would be open somewhere."""

    text: str
    owner: str | None = None
    security: bool = False


class ProofError(DomainError, Blameworthy):
    """The site would not be safe or whole; it does not start."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        texts = [problem.text for problem in problems]
        super().__init__(
            "proof",
            _("The site cannot start: ${problems}", mapping={"problems": "; ".join(texts)}),
            {"problems": texts},
        )
        self._problems = problems

    def culprits(self) -> set[str]:
        """The modules to leave out; none where a guard is missing, or where something is nobody's fault."""
        if any(problem.security or problem.owner is None for problem in self._problems):
            return set()
        return {problem.owner for problem in self._problems if problem.owner is not None}


def prove(config: Any) -> None:
    """Raise ProofError with everything that is wrong, all at once."""
    problems = [*_policy(config), *_routes(config), *_views(config), *_menu(config), *_permissions(config)]
    problems += [*_shadows(config), *_templates(config), *_settings(config), *_periods(config), *_notices(config)]
    if problems:
        raise ProofError(problems)


def _policy(config: Any) -> list[Problem]:
    registry = config.registry
    problems = []
    if registry.queryUtility(ISecurityPolicy) is None:
        problems.append(Problem("there is no security policy", security=True))
    if registry.queryUtility(IDefaultPermission) is None:
        problems.append(Problem("there is no default permission", security=True))
    return problems


def _routes(config: Any) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    modules = config.registry.cabinet_modules
    owners = {"cabinet", *(module.info.id for module in modules)}
    for item in config.introspector.get_category("routes") or ():
        route = item["introspectable"]
        name, pattern = route["name"], route["pattern"].rstrip("/") or "/"
        if name.startswith("__"):
            continue  # static files of the theme
        owner = _owner(route["object"].factory, route, modules)
        if name not in config.registry.cabinet_routes:
            problems.append(Problem(f"route {name} belongs to no area", owner))
        elif not _guarded(route["object"], owners):
            problems.append(Problem(f"route {name} would stay open when its module is switched off", owner))
        if pattern in seen:
            problems.append(Problem(f"routes {seen[pattern]} and {name} have the pattern {pattern}", owner))
        seen[pattern] = name
    return problems


def _owner(door: Any, introspectable: Any, modules: Sequence[Any]) -> str | None:
    """Whose route or view it is: its door knows, else the file it was written in."""
    if isinstance(door, RouteDoor) and door.module != "cabinet":
        return door.module
    return owner_of_file(getattr(introspectable.action_info, "file", ""), modules)


def _guarded(route: Any, owners: set[str]) -> bool:
    """Whether the route's door knows whose it is, and that is the one its name tells."""
    door = route.factory
    return isinstance(door, RouteDoor) and door.module in owners and route.name.startswith(f"{door.module}.")


def _views(config: Any) -> list[Problem]:
    modules = config.registry.cabinet_modules
    known = set(config.registry.cabinet_contributions.permissions) | {ENTER, PUBLIC}
    problems = []
    for item in config.introspector.get_category("views") or ():
        view = item["introspectable"]
        route = view["route_name"]
        if route is None:
            if not _of_an_error(view):
                text = f"view {view['name'] or view['callable']} has no route: nothing would close it"
                problems.append(Problem(text, security=True))
            continue
        if route.startswith("__"):
            continue  # the theme's static files
        permission = next((i["value"] for i in item["related"] if i.category_name == "permissions"), None)
        where = f"view of {route}"
        if permission is None or permission == NO_PERMISSION_REQUIRED:
            problems.append(Problem(f"{where} names no permission", security=True))
        elif permission not in known:
            problems.append(
                Problem(f"{where} asks for the unknown permission {permission}", _owner(None, view, modules))
            )
        elif permission == PUBLIC and config.registry.cabinet_routes.get(route) != "public":
            problems.append(Problem(f"{where} is public outside the public area", security=True))
        if not view["request_methods"]:
            problems.append(Problem(f"{where} names no method", security=True))
    return problems


def _of_an_error(view: Any) -> bool:
    context = view["context"]
    return context is IExceptionResponse or (isinstance(context, type) and issubclass(context, BaseException))


def _shadows(config: Any) -> Iterator[Problem]:
    """Routes that would answer in the stead of another's: those of an area come before those of the next one."""
    order = ["cabinet", *(module.info.id for module in config.registry.cabinet_modules)]
    before: list[tuple[Any, str]] = []
    for route in config.registry.getUtility(IRoutesMapper).get_routes():
        if not isinstance(route.factory, RouteDoor) or route.factory.module not in order:
            continue
        owner, path = route.factory.module, "/" + _PART.sub(_SOMETHING, route.pattern).lstrip("/")
        for other, others in before if "{" not in path else ():
            if others != owner and other.match(path) is not None:
                text = f"route {other.name} ({other.pattern}) would answer for {route.name} ({route.pattern})"
                yield Problem(text, max(owner, others, key=order.index))
        before.append((route, owner))


def _templates(config: Any) -> Iterator[Problem]:
    contributions = config.registry.cabinet_contributions
    named = [(item, item.template) for item in (*contributions.cards, *contributions.slots)]
    named += [(kind, f"{kind.template}.pt") for kind in contributions.notices.values()]
    for item, spec in named:
        try:
            there = AssetResolver(None).resolve(spec).exists()
        except (ImportError, ValueError):
            there = False
        if not there:
            owner = contributions.owner_of(item)
            yield Problem(f"{type(item).__name__} of {owner} has no template {spec}", owner)


def _settings(config: Any) -> Iterator[Problem]:
    """Settings of modules that the owner's page, or every page, would stumble over."""
    contributions = config.registry.cabinet_contributions
    file = config.registry.settings["cabinet.settings"]
    for setting in contributions.settings.values():
        owner = contributions.owner_of(setting)
        if owner == "core":
            continue
        section, _dot, key = setting.replaces.partition(".")
        if setting.replaces and key not in getattr(type(getattr(file, section, None)), "model_fields", ()):
            yield Problem(f"setting {setting.name} replaces {setting.replaces}, which is none of cabinet.toml", owner)
        try:
            checked(setting, setting.default(file) if callable(setting.default) else setting.default)
        except Exception as error:  # noqa: BLE001 - whatever a default of somebody else's raises
            yield Problem(f"setting {setting.name} has no default that it may have: {error!r}", owner)


def _periods(config: Any) -> list[Problem]:
    contributions = config.registry.cabinet_contributions
    return [
        Problem(f"{contributions.owner_of(job)} brings no work {job.kind} to do every {job.every}", owner)
        for job in contributions.periodic
        if job.kind not in contributions.jobs and job.kind.startswith(f"{(owner := contributions.owner_of(job))}.")
    ]


def _menu(config: Any) -> list[Problem]:
    contributions = config.registry.cabinet_contributions
    mapper = config.registry.getUtility(IRoutesMapper)
    wanting = [
        Problem(
            f"menu entry {item.title} of {contributions.owner_of(item)} leads to {route.pattern}, and says not to which",
            contributions.owner_of(item),
        )
        for item in contributions.menu
        if (route := mapper.get_route(item.route)) is not None and set(_PART.findall(route.pattern)) - {"client"}
    ]
    return wanting + [
        Problem(
            f"menu entry {item.title} of {contributions.owner_of(item)} leads to {item.route}, which is no route of {item.area}",
            contributions.owner_of(item),
        )
        for item in contributions.menu
        if config.registry.cabinet_routes.get(item.route) != item.area
    ]


def _permissions(config: Any) -> list[Problem]:
    contributions = config.registry.cabinet_contributions
    known = set(contributions.permissions) | {ENTER, PUBLIC}
    wanted = [*contributions.menu, *contributions.cards, *contributions.slots, *contributions.search]
    return [
        Problem(
            f"{type(item).__name__} of {contributions.owner_of(item)} asks for the unknown permission {item.permission}",
            contributions.owner_of(item),
        )
        for item in wanted
        if item.permission not in known
    ]


def _notices(config: Any) -> list[Problem]:
    contributions = config.registry.cabinet_contributions
    known = set(contributions.permissions) | {ENTER}
    return [
        Problem(
            f"notice kind {kind.name} of {contributions.owner_of(kind)} asks for the unknown permission {kind.permission!r}",
            contributions.owner_of(kind),
        )
        for kind in contributions.notices.values()
        if kind.permission not in known and (kind.permission or kind.to != "person")
    ]
