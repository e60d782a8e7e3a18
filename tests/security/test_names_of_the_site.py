"""Under which names the site answers, what a redirect follows, and what an answer tells when everything else broke."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from cabinet.cli.checking import problems
from cabinet.security import hosts
from cabinet.settings import build_settings
from cabinet.testing.matrix import ADMIN, OWN, Cell, World, views
from cabinet.testing.people import PASSWORD
from cabinet.testing.twins import make_world
from cabinet.web import errors, transport
from cabinet.web.areas import RouteDoor
from cabinet.web.paths import came_from
from cabinet.web.views import doors

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


@on_sqlite
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:80", "10.0.0.1"])
def test_asked_for_under_another_name_the_site_does_not_answer(browser, monkeypatch, host: str) -> None:
    answer = browser().get("/sign-in", headers={"Host": host}, expect_errors=True)
    assert answer.status_int == 421
    assert not answer.forms or all("password" not in form.fields for form in answer.forms.values())
    assert browser().get("/health/live", headers={"Host": host}).status_int == 200, "a balancer asks by address"
    monkeypatch.setattr(hosts, "served_as", lambda _settings, _host: True)
    assert browser().get("/sign-in", headers={"Host": "evil.example"}).status_int == 200, "the control"


@pytest.mark.parametrize("netloc", ["", "[x", "[::2]", "a b", "evil.example#localhost"])
def test_what_is_no_name_is_none_of_the_sites(netloc: str) -> None:
    settings = build_settings({"secret": "k" * 40}, Path())
    assert not hosts.served_as(settings, hosts.host_of(netloc))


@on_sqlite
@pytest.mark.parametrize(
    "site_settings", [{"site": {"url": "https://lk.firm.example"}, "server": {"hosts": ["Old.firm.example"]}}]
)
@pytest.mark.parametrize(
    "host", ["lk.firm.example", "LK.firm.example:443", "lk.firm.example.", "old.firm.example", "127.0.0.1:6543"]
)
def test_under_its_own_names_it_does(browser, host: str) -> None:
    assert browser().get("/sign-in", headers={"Host": host}).status_int == 200


@pytest.fixture
def https_world(registry: Any, unit_of_work: Any, core_client: Any, person: Any, wsgi: Any) -> tuple[World, list[str]]:
    """The world of an https site, and every cookie that it hands out, growing."""
    handed: list[str] = []

    def listening(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            handed.extend(value for name, value in headers if name == "Set-Cookie")
            return start_response(status, headers, *more)

        return wsgi(environ, start)

    def browser() -> TestApp:
        return TestApp(listening, extra_environ={"wsgi.url_scheme": "https"})

    def signed_in(email: str) -> TestApp:
        app = browser()
        form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = email, PASSWORD
        form.submit(status=303)
        return app

    return make_world(registry, unit_of_work, core_client, person, browser, signed_in), handed


def planted_by_others(cookies: list[str]) -> list[str]:
    """Cookies that another host could plant, a script read or another site's form send along."""
    wrong = []
    for cookie in cookies:
        name, _equals, about = cookie.partition("=")
        parts = {part.strip().lower() for part in about.split(";")[1:]}
        needed = {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        if not (name.startswith("__Host-") and needed) or any(part.startswith("domain") for part in parts):
            wrong.append(cookie)
    return wrong


@on_sqlite
@pytest.mark.parametrize("site_settings", [{"site": {"url": "https://lk.firm.example"}}])
def test_cookies_of_an_https_site_are_planted_by_no_other_host(https_world, monkeypatch) -> None:
    """Every cookie that any page or act hands out."""
    world, handed = https_world
    for view in views(world.registry):
        allowed = world.allowed(view)
        role = next(one for one in (ADMIN, "head", "owner", "manager", "nobody", *sorted(allowed)) if one in allowed)
        answer = world.ask(Cell(view, role, OWN))
        assert answer.status_int < 500, view.name
    names = {cookie.partition("=")[0] for cookie in handed}
    assert names == {f"__Host-{name}" for name in ("cabinet", "cabinet-visit", "cabinet-known", "cabinet_lang")}
    assert planted_by_others(handed) == []
    page = world.app.get("/sign-in")
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    handed.clear()
    monkeypatch.setattr(doors, "cookie_name", lambda base, _settings: base)
    language = next(view for view in views(world.registry) if view.route == "cabinet.public.language")
    assert world.ask(Cell(language, "nobody", OWN)).status_int == 303
    assert planted_by_others(handed), "the control"


CLEAR = [
    ({"site": {"url": "http://lk.firm.example"}}, "bad", True),
    ({"site": {"url": "http://127.0.0.1:6543"}, "server": {"hosts": ["192.168.0.7"]}}, "bad", True),
    ({"site": {"url": "http://lk.firm.example"}, "server": {"plain_http": True}}, "warn", False),
    ({"site": {"url": "http://localhost:6543"}}, "", False),
    ({"site": {"url": "https://lk.firm.example"}, "server": {"hosts": ["old.firm.example"]}}, "", False),
]


@on_sqlite
@pytest.mark.parametrize(("site_settings", "tone", "checked"), CLEAR)
def test_a_site_that_is_reached_without_https_says_so_to_its_owner(
    registry, unit_of_work, person, wsgi, tone: str, checked: bool
) -> None:
    with unit_of_work() as request:
        signs = list(transport.connection(request))
    assert [sign.tone for sign in signs] == ([tone] if tone else [])
    context = SimpleNamespace(unchecked_registry=registry, settings=registry.settings["cabinet.settings"])
    assert ("plain_http" in [code for code, _message in problems(context)]) is checked
    told = "The site is reached without https."
    https = registry.settings["cabinet.settings"].secure_cookies
    for email, role, path in (("owner@x.ru", "owner", "/site/"), ("manager@x.ru", "manager", "/office/")):
        person(email, role)
        app = TestApp(wsgi, extra_environ={"wsgi.url_scheme": "https" if https else "http"})
        form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = email, PASSWORD
        form.submit(status=303)
        assert (told in app.get(path)) is (bool(tone) and role == "owner"), role


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://localhost/office/?a=1", "/office/?a=1"),
        ("http://localhost//evil.example/x", ""),
        ("http://localhost/\\evil.example", ""),
        ("http://evil.example/office/", ""),
        ("//localhost/office/", "/office/"),
        ("http://[x/office/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_nobody_is_sent_back_to_a_page_that_is_not_ours(referer: str, path: str) -> None:
    from pyramid.request import Request

    assert came_from(Request.blank("/", base_url="http://localhost", headers={"Referer": referer})) == path


@on_sqlite
def test_where_not_even_an_error_page_can_be_made_the_answer_is_bare_and_keeps_its_headers(
    browser, monkeypatch
) -> None:
    def away(*_arguments: Any, **_more: Any) -> Any:
        raise OperationalError("SELECT canary", {"a": "canary"}, Exception("canary: server closed the connection"))

    monkeypatch.setattr(RouteDoor, "__call__", away)
    answer = browser().get("/sign-in", expect_errors=True)
    assert (answer.status_int, answer.headers["Retry-After"]) == (503, "5")
    assert "busy" in answer.text
    monkeypatch.setattr(errors, "render_to_response", away)
    bare = browser().get("/sign-in", expect_errors=True)
    assert (bare.status_int, bare.headers["Retry-After"]) == (503, "5")
    for one in (answer, bare):
        assert "canary" not in one.text
        assert one.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert one.headers["Cache-Control"] == "no-store"
    monkeypatch.setattr(RouteDoor, "__call__", lambda *_arguments: 1 / 0)
    monkeypatch.setattr(errors, "render_to_response", lambda *_arguments, **_more: 1 / 0)
    assert browser().get("/sign-in", expect_errors=True).text == "500\n"


@on_sqlite
def test_a_one_time_link_is_not_written_into_the_log(browser, monkeypatch, caplog) -> None:
    monkeypatch.setattr(RouteDoor, "__call__", lambda *_arguments: 1 / 0)
    browser().get("/welcome/canary-of-a-token", expect_errors=True)
    assert "ZeroDivisionError" in caplog.text
    assert "/welcome/{token}" in caplog.text
    assert "canary-of-a-token" not in caplog.text
