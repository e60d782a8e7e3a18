"""Generated: every route of a client's area, asked by another client, by a stranger, by nobody. A new route is covered by itself.

Each module with client routes has ``testing.client_examples(request, client)``: it makes one object of every kind for ``client`` through
the services and returns {route: parts of its path}. Every text it plants carries ``canary`` of the client's name.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from cabinet.contracts.clients import IClientBook  # noqa: F401 - the module under test must provide it

CANARY = re.compile(r"canary-[a-z]+")


def client_routes(registry: Any) -> list[str]:
    return sorted(name for name, area in registry.cabinet_routes.items() if area == "my")


def examples(registry: Any, unit_of_work: Any, client: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"cabinet.my.home": {}}
    for module in registry.cabinet_modules:
        if module.part("testing") is not None and hasattr(module.part("testing"), "client_examples"):
            with unit_of_work() as request:
                found |= importlib.import_module(f"{module.name}.testing").client_examples(request, client)
    return found


@pytest.fixture
def twins(registry, unit_of_work, core_client, person):
    """Two clients alike in everything but their canaries, each with a contact."""
    made = {}
    for name in ("alpha", "omega"):
        client = core_client(f"canary-{name}")
        person(f"{name}@x.ru", client=client)
        made[name] = (client, examples(registry, unit_of_work, client))
    return made


def url(app, registry, route, client, parts) -> str:
    from pyramid.interfaces import IRoutesMapper

    mapper = registry.getUtility(IRoutesMapper)
    return mapper.get_route(route).generate({"client": client.public_id.hex, **parts})


def methods_of(registry, route) -> set[str]:
    found: set[str] = set()
    for item in registry.introspector.get_category("views") or ():
        view = item["introspectable"]
        if view["route_name"] == route:
            found |= set(
                [view["request_methods"]] if isinstance(view["request_methods"], str) else view["request_methods"]
            )
    return found - {"HEAD"}


def test_every_client_route_has_an_example(registry, twins) -> None:
    _client, made = twins["alpha"]
    assert set(client_routes(registry)) <= set(made), "tell client_examples of the module about the new route"


def test_a_client_sees_his_own_and_nothing_else(registry, twins, signed_in) -> None:
    app = signed_in("alpha@x.ru")
    client, made = twins["alpha"]
    for route in client_routes(registry):
        if "GET" not in methods_of(registry, route):
            continue
        answer = app.get(url(app, registry, route, client, made[route]))
        assert answer.status_int in {200, 303}, route
        assert set(CANARY.findall(answer.text if "text" in answer.content_type else "")) <= {"canary-alpha"}, route


def test_another_client_gets_404_by_every_path(registry, twins, signed_in, browser) -> None:
    app = signed_in("omega@x.ru")
    alpha, of_alpha = twins["alpha"]
    omega, _made = twins["omega"]
    token = next(f for f in app.get("/account").forms.values() if "csrf_token" in f.fields)["csrf_token"].value
    for route in client_routes(registry):
        for method in methods_of(registry, route):
            body = {"csrf_token": token} if method == "POST" else {}
            call = app.post if method == "POST" else app.get
            through_the_door = call(url(app, registry, route, alpha, of_alpha[route]), body, expect_errors=True)
            assert through_the_door.status_int == 404, f"{method} {route}"
            if of_alpha[route]:
                through_his_own = call(url(app, registry, route, omega, of_alpha[route]), body, expect_errors=True)
                assert through_his_own.status_int == 404, f"{method} {route} with a foreign id"
                assert "canary-alpha" not in through_his_own.text


def test_a_client_is_not_named_by_query_body_header_or_cookie(registry, twins, signed_in) -> None:
    app = signed_in("omega@x.ru")
    alpha, _ = twins["alpha"]
    omega, made = twins["omega"]
    foreign = alpha.public_id.hex
    app.set_cookie("client", foreign)
    for route in client_routes(registry):
        if "GET" not in methods_of(registry, route):
            continue
        answer = app.get(
            url(app, registry, route, omega, made[route]),
            {"client": foreign, "client_id": str(alpha.id)},
            headers={"X-Client": foreign},
        )
        assert "canary-alpha" not in answer.text if "text" in answer.content_type else True


def test_nobody_gets_in_without_signing_in(registry, twins, browser) -> None:
    app = browser()
    client, made = twins["alpha"]
    for route in client_routes(registry):
        if "GET" in methods_of(registry, route):
            answer = app.get(url(app, registry, route, client, made[route]), expect_errors=True)
            assert answer.status_int == 303, route
            assert "/sign-in" in answer.location


def test_with_the_scope_switched_off_the_check_would_be_red(registry, twins, signed_in, monkeypatch) -> None:
    """Control: the guard is what makes the tests above green."""
    from cabinet.db.scope import ALL
    from cabinet.web import areas

    monkeypatch.setattr(
        areas, "set_scope", lambda session, _scope: session.info.setdefault("cabinet.client_scope", ALL)
    )
    app = signed_in("omega@x.ru")
    _alpha, of_alpha = twins["alpha"]
    omega, _made = twins["omega"]
    leaked = [
        route
        for route in client_routes(registry)
        if of_alpha[route]
        and "GET" in methods_of(registry, route)
        and app.get(url(app, registry, route, omega, of_alpha[route]), expect_errors=True).status_int == 200
    ]
    assert leaked, "no route of the client's area depends on the scope: the tests above prove nothing"
