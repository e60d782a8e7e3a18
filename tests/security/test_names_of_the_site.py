"""Under which names the site answers, what a redirect follows, and what an answer tells when everything else broke."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from cabinet.security import hosts
from cabinet.settings import build_settings
from cabinet.web import errors
from cabinet.web.areas import RouteDoor
from cabinet.web.paths import came_from

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


@on_sqlite
@pytest.mark.parametrize("site_settings", [{"site": {"url": "https://lk.firm.example"}}])
def test_cookies_of_an_https_site_are_planted_by_no_other_host(browser, person) -> None:
    person("m@x.ru", "manager")
    app = browser()
    app.extra_environ["wsgi.url_scheme"] = "https"
    set_by = [app.get("/sign-in")]
    form = next(f for f in set_by[0].forms.values() if "email" in f.fields)
    form["email"], form["password"] = "m@x.ru", "a phrase long enough to keep"
    answer = form.submit()
    cookies = [one for page in (*set_by, answer) for one in page.headers.getall("Set-Cookie")]
    assert len(cookies) >= 3
    for cookie in cookies:
        name, _equals, about = cookie.partition("=")
        parts = {part.strip().lower() for part in about.split(";")[1:]}
        assert name.startswith("__Host-"), cookie
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts, cookie
        assert not any(part.startswith("domain") for part in parts), cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


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
