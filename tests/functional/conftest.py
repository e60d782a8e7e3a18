"""Pages are asked through WebTest, on both engines, with the real security policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from cabinet.cli import run
from cabinet.interfaces import IClientDirectory, IPeople

PASSWORD = "a phrase long enough to keep"


@pytest.fixture
def browser(wsgi: Any) -> Callable[[], TestApp]:
    """A new browser each time: cookies of its own."""
    return lambda: TestApp(wsgi)


@pytest.fixture
def cabinet(tmp_path: Path, capsys: Any, monkeypatch: Any) -> Callable[..., tuple[int, Any]]:
    """``cabinet("client", "import", path)``: (exit status, JSON) on a new site in ``site`` of the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    assert run(["init", "site", "--json"]) == 0
    capsys.readouterr()

    def command(*arguments: str | Path) -> tuple[int, Any]:
        status = run(["--json", *map(str, arguments), "--config", "site/cabinet.toml"])
        return status, json.loads(capsys.readouterr().out)

    return command


@pytest.fixture
def person(unit_of_work: Any) -> Callable[..., Any]:
    """``person("a@b.ru", "manager")`` or ``person("c@d.ru", client=client)``: a user with the usual password."""

    def make(email: str, *roles: str, client: Any = None) -> Any:
        with unit_of_work() as request:
            people = request.find_service(IPeople)
            user = people.by_email(email) or people.add(
                email=email, name=email.partition("@")[0].title(), roles=roles, password=PASSWORD
            )
            if client is not None:
                people.grant(user, client)
        return user

    return make


@pytest.fixture
def core_client(unit_of_work: Any) -> Callable[[str], Any]:
    """``core_client("Name")``: a client of the core."""

    def make(name: str) -> Any:
        with unit_of_work() as request:
            return request.find_service(IClientDirectory).create(name=name)

    return make


@pytest.fixture
def signed_in(browser: Callable[[], TestApp]) -> Callable[[str], TestApp]:
    """``signed_in("a@b.ru")``: a browser whose owner came in by the form."""

    def come_in(email: str) -> TestApp:
        app = browser()
        form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = email, PASSWORD
        answer = form.submit()
        assert answer.status_int == 303, "the sign-in form refused"
        return app

    return come_in
