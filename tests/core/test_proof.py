"""What a start refuses: each hole is planted and must be found."""

from __future__ import annotations

from typing import Any

import pytest
from pyramid.response import Response

from cabinet import config as building
from cabinet.plugins.contributions import MenuItem
from cabinet.plugins.hookspecs import hookimpl
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.testing.plugin import test_settings as make_settings
from cabinet.web.areas import area_routes
from cabinet.web.proof import ProofError


def view(_request: Any) -> Response:
    return Response("ok")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """``start(plant)``: configure a site of the core alone, with ``plant(config)`` run before the proof."""

    def run(plant) -> None:
        def planted(config: Any, _settings: Any, _modules: Any) -> None:
            plant(config)

        steps = [*building.STEPS[:-1], planted, building.STEPS[-1]]
        monkeypatch.setattr(building, "STEPS", tuple(steps))
        building.configure(make_settings(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path, {}), [])

    return run


def route(config: Any, area: str, name: str, pattern: str) -> None:
    with area_routes(config, area):
        config.add_area_route(name, pattern)


def test_a_site_without_planted_holes_starts(start) -> None:
    start(lambda config: None)


def test_a_view_without_a_method_is_refused(start) -> None:
    def plant(config: Any) -> None:
        route(config, "office", "cabinet.office.thing", "/thing")
        config.add_view(view, route_name="cabinet.office.thing", permission=ENTER)

    with pytest.raises(ProofError, match="names no method"):
        start(plant)


def test_an_unknown_permission_is_refused(start) -> None:
    def plant(config: Any) -> None:
        route(config, "office", "cabinet.office.thing", "/thing")
        config.add_view(view, route_name="cabinet.office.thing", permission="x:thing:see", request_method="GET")

    with pytest.raises(ProofError, match="unknown permission x:thing:see"):
        start(plant)


def test_a_view_that_opts_out_of_permissions_is_refused(start) -> None:
    from pyramid.security import NO_PERMISSION_REQUIRED

    def plant(config: Any) -> None:
        route(config, "office", "cabinet.office.thing", "/thing")
        config.add_view(
            view, route_name="cabinet.office.thing", permission=NO_PERMISSION_REQUIRED, request_method="GET"
        )

    with pytest.raises(ProofError, match="names no permission"):
        start(plant)


def test_a_public_view_outside_the_public_area_is_refused(start) -> None:
    def plant(config: Any) -> None:
        route(config, "my", "cabinet.my.thing", "/thing")
        config.add_view(view, route_name="cabinet.my.thing", permission=PUBLIC, request_method="GET")

    with pytest.raises(ProofError, match="public outside the public area"):
        start(plant)


def test_two_routes_with_one_pattern_are_refused_by_name(start) -> None:
    def plant(config: Any) -> None:
        route(config, "office", "cabinet.office.one", "/thing")
        route(config, "office", "cabinet.office.two", "/thing")

    with pytest.raises(ProofError, match=r"cabinet\.office\.one and cabinet\.office\.two"):
        start(plant)


def test_a_route_outside_the_areas_is_refused(start) -> None:
    with pytest.raises(ProofError, match="belongs to no area"):
        start(lambda config: config.add_route("loose", "/loose"))


def test_a_route_that_no_switch_would_close_is_refused(start) -> None:
    def plant(config: Any) -> None:
        config.add_route("cabinet.public.loose", "/loose")
        config.registry.cabinet_routes["cabinet.public.loose"] = "public"

    with pytest.raises(ProofError, match="would stay open when its module is switched off"):
        start(plant)


def test_a_view_without_a_route_is_refused(start) -> None:
    with pytest.raises(ProofError, match="has no route"):
        start(lambda config: config.add_view(view, name="loose", permission=PUBLIC, request_method="GET"))


def test_a_module_cannot_add_a_route_under_the_name_of_another(start) -> None:
    def plant(config: Any) -> None:
        with area_routes(config, "office", "mine"):
            config.add_area_route("theirs.office.thing", "/thing")

    with pytest.raises(ValueError, match="must be named mine"):
        start(plant)


def test_a_menu_entry_that_leads_nowhere_is_refused_with_its_owner(start, monkeypatch) -> None:

    class Bad:
        @hookimpl
        def cabinet_menu_items(self) -> list[MenuItem]:
            return [MenuItem("office", "Nowhere", "cabinet.office.nowhere", "home", 1, ENTER)]

    real = building.plugin_manager
    monkeypatch.setattr(building, "plugin_manager", lambda modules, extra: real(modules, [*extra, ("bad", Bad())]))
    with pytest.raises(ProofError, match="Nowhere of bad leads to"):
        start(lambda config: None)


def test_a_route_must_be_named_after_its_area(start) -> None:
    with pytest.raises(ValueError, match="must be named"):
        start(lambda config: route(config, "office", "cabinet.my.thing", "/thing"))
