"""Pytest fixtures: who comes to a site and what stands at its edges. Loaded by ``cabinet.testing.plugin``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type
from webtest import TestApp

from cabinet.clock import FakeClock, SystemClock
from cabinet.identity import passwords
from cabinet.identity.entrance import Visitor
from cabinet.interfaces import IClientDirectory, IEntrance, IPeople
from cabinet.notify.fakes import FakeSender
from cabinet.testing.matrix import World
from cabinet.testing.twins import make_world

PASSWORD = "a phrase long enough to keep"  # noqa: S105 - of people who exist in tests only


_STRONG = passwords._hasher  # noqa: SLF001 - nothing else of it is replaced
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """What is made slow to try the patience of thieves would try ours: thousands of people sign in here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", _CHEAP)
        yield


@pytest.fixture
def strong_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as a site does."""
    monkeypatch.setattr(passwords, "_hasher", _STRONG)


@pytest.fixture
def browser(wsgi: Any) -> Callable[[], TestApp]:
    """A new browser each time: cookies of its own."""
    return lambda: TestApp(wsgi)


@pytest.fixture
def person(unit_of_work: Any) -> Callable[..., Any]:
    """``person("a@b.ru", "manager")`` or ``person("c@d.ru", client=client, role="buyer")``: a user with the usual password."""

    def make(email: str, *roles: str, client: Any = None, role: str = "admin") -> Any:
        with unit_of_work() as request:
            people = request.find_service(IPeople)
            user = people.by_email(email) or people.add(
                email=email, name=email.partition("@")[0].title(), roles=roles, password=PASSWORD
            )
            if client is not None:
                people.grant(user, client, role)
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
def by_the_form(browser: Callable[[], TestApp]) -> Callable[[str], TestApp]:
    """``by_the_form("a@b.ru")``: a browser whose owner came in as people do; it is known from then on."""

    def come_in(email: str) -> TestApp:
        app = browser()
        form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = email, PASSWORD
        answer = form.submit()
        assert answer.status_int == 303, "the sign-in form refused"
        return app

    return come_in


@pytest.fixture
def signed_in(registry: Any, unit_of_work: Any, browser: Callable[[], TestApp]) -> Callable[[str], TestApp]:
    """``signed_in("a@b.ru")``: the browser of somebody who is in already, past the form: see ``by_the_form``."""

    def come_in(email: str) -> TestApp:
        app = browser()
        with unit_of_work() as request:
            user = request.find_service(IPeople).by_email(email)
            arrival = request.find_service(IEntrance).arrive(user, Visitor())
        assert arrival.complete, "who owes a second step has to come in by the form"
        app.set_cookie(registry.cabinet_cookie, arrival.token)
        return app

    return come_in


@pytest.fixture
def signed_in_as(person: Any, signed_in: Callable[[str], TestApp]) -> Callable[..., TestApp]:
    """``signed_in_as("manager")``, ``signed_in_as(client=client)``: the browser of somebody new who is that."""

    def come_in(*roles: str, client: Any = None) -> TestApp:
        name = "-".join(roles) or f"contact-{client.id}"
        person(f"{name}@example.org", *roles, client=client)
        return signed_in(f"{name}@example.org")

    return come_in


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """A clock that stands, for all who ask ``IClock``; ``still_clock.advance(days=3)`` travels."""
    clock = FakeClock(datetime.now(UTC))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


@pytest.fixture
def letters(registry: Any) -> Iterator[FakeSender]:
    """The site's mail: it takes every letter and keeps it; ``letters.sent`` after the jobs ran."""
    settings = registry.settings["cabinet.settings"]
    mail = settings.mail.model_copy(update={"sender": "Cabinet <cabinet@example.org>"})
    registry.settings["cabinet.settings"] = settings.model_copy(update={"mail": mail})
    registry.cabinet_mail_sender = sender = FakeSender()
    yield sender
    registry.settings["cabinet.settings"] = settings
    del registry.cabinet_mail_sender


@pytest.fixture
def world(registry: Any, unit_of_work: Any, core_client: Any, person: Any, browser: Any, signed_in: Any) -> World:
    """Two clients alike in all but their names, everybody who may come, and something of every kind."""
    return make_world(registry, unit_of_work, core_client, person, browser, signed_in)
