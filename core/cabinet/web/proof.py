"""What is proved at start: no open view, no unknown permission, no dead menu entry, no clash of routes."""

from __future__ import annotations

from typing import Any

from pyramid.interfaces import IDefaultPermission, ISecurityPolicy
from pyramid.security import NO_PERMISSION_REQUIRED

from cabinet.errors import DomainError
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.texts import _

_FRAMEWORK = ("pyramid.",)


class ProofError(DomainError):
    """The site would not be safe or whole; it does not start."""


def prove(config: Any) -> None:
    """Raise ProofError with everything that is wrong, all at once."""
    problems = [*_policy(config), *_routes(config), *_views(config), *_menu(config), *_permissions(config)]
    if problems:
        raise ProofError(
            "proof",
            _("The site cannot start: ${problems}", mapping={"problems": "; ".join(problems)}),
            {"problems": problems},
        )


def _policy(config: Any) -> list[str]:
    registry = config.registry
    problems = []
    if registry.queryUtility(ISecurityPolicy) is None:
        problems.append("there is no security policy")
    if registry.queryUtility(IDefaultPermission) is None:
        problems.append("there is no default permission")
    return problems


def _routes(config: Any) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for item in config.introspector.get_category("routes") or ():
        route = item["introspectable"]
        name, pattern = route["name"], route["pattern"].rstrip("/") or "/"
        if name.startswith("__"):
            continue  # static files of the theme
        if name not in config.registry.cabinet_routes:
            problems.append(f"route {name} belongs to no area")
        if pattern in seen:
            problems.append(f"routes {seen[pattern]} and {name} have the pattern {pattern}")
        seen[pattern] = name
    return problems


def _views(config: Any) -> list[str]:
    known = set(config.registry.cabinet_contributions.permissions) | {ENTER, PUBLIC}
    problems = []
    for item in config.introspector.get_category("views") or ():
        view = item["introspectable"]
        route = view["route_name"]
        if route is None or route.startswith("__"):
            continue  # error views, and the theme's static files
        permission = next((i["value"] for i in item["related"] if i.category_name == "permissions"), None)
        where = f"view of {route}"
        if permission is None or permission == NO_PERMISSION_REQUIRED:
            problems.append(f"{where} names no permission")
        elif permission not in known:
            problems.append(f"{where} asks for the unknown permission {permission}")
        elif permission == PUBLIC and config.registry.cabinet_routes.get(route) != "public":
            problems.append(f"{where} is public outside the public area")
        if not view["request_methods"]:
            problems.append(f"{where} names no method")
    return problems


def _menu(config: Any) -> list[str]:
    contributions = config.registry.cabinet_contributions
    return [
        f"menu entry {item.title} of {contributions.owner_of(item)} leads to {item.route}, which is no route of {item.area}"
        for item in contributions.menu
        if config.registry.cabinet_routes.get(item.route) != item.area
    ]


def _permissions(config: Any) -> list[str]:
    contributions = config.registry.cabinet_contributions
    known = set(contributions.permissions) | {ENTER, PUBLIC}
    wanted = [*contributions.menu, *contributions.cards, *contributions.slots, *contributions.search]
    return [
        f"{type(item).__name__} of {contributions.owner_of(item)} asks for the unknown permission {item.permission}"
        for item in wanted
        if item.permission not in known
    ]
