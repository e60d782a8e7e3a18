"""The sign-in form under attack: one answer and one cost for all reasons, throttles that keep strangers out and nobody else."""

from __future__ import annotations

import itertools
import re
import threading
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy.exc import OperationalError

from cabinet.clock import SystemClock
from cabinet.identity import entrance, passwords, sessions
from cabinet.identity.links import Links
from cabinet.interfaces import IPeople, IUsers
from cabinet.security import known_devices, rate_limit, sign_in
from cabinet.security.hosts import network_of
from cabinet.security.policy import SecurityPolicy
from cabinet.security.rate_limit import RateLimiter
from cabinet.testing.letters import letter_of
from cabinet.web.views import links

PASSWORD = "a phrase long enough to keep"

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


def attempt(app: Any, email: str, password: str = PASSWORD, **environ: str) -> Any:
    form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
    form["email"], form["password"] = email, password
    return form.submit(expect_errors=True, extra_environ=environ)


def without_tokens(answer: Any) -> tuple[str, list[str]]:
    body = re.sub(r'(value|content)="[^"]*"', "", answer.text)
    return body, sorted(name for name, _value in answer.headerlist)


@on_sqlite
def test_whoever_cannot_come_in_gets_one_answer_for_one_hash(browser, person, unit_of_work, monkeypatch) -> None:
    person("known@x.ru", "manager")
    off = person("off@x.ru", "manager")
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        request.find_service(IUsers).disable(people.get(off.id))
        people.add(email="invited@x.ru", name="Not in yet", roles=("manager",))
    hashes: list[str] = []
    verify = passwords._hasher.verify

    class Counting:
        def verify(self, encoded: str, password: str) -> bool:
            hashes.append(encoded)
            return verify(encoded, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    told = []
    for email, password in (
        ("nobody@x.ru", PASSWORD),
        ("known@x.ru", "wrong phrase"),
        ("off@x.ru", PASSWORD),
        ("invited@x.ru", PASSWORD),
    ):
        before = len(hashes)
        answer = attempt(browser(), email, password)
        assert (answer.status_int, len(hashes) - before) == (422, 1), email
        told.append(without_tokens(answer))
    assert all(one == told[0] for one in told)


@on_sqlite
def test_somebody_known_comes_in_while_a_stranger_hammers(browser, person, by_the_form, monkeypatch) -> None:
    person("known@x.ru", "manager")
    mine = by_the_form("known@x.ru")
    mine.set_cookie("cabinet", "gone")
    for number in range(11):
        refused = attempt(browser(), "known@x.ru", "wrong phrase", REMOTE_ADDR=f"203.0.113.{number}")
    assert refused.status_int == 429
    assert attempt(browser(), "known@x.ru", REMOTE_ADDR="203.0.113.99").status_int == 429, (
        "a stranger, even if he is right"
    )
    with monkeypatch.context() as off:
        off.setattr(sign_in, "known", lambda _request, _email: "")
        assert attempt(mine, "known@x.ru").status_int == 429, "the control"
    assert attempt(mine, "known@x.ru").status_int == 303


@on_sqlite
def test_a_known_browser_guesses_no_faster_than_others_and_knows_one_address(browser, person, by_the_form) -> None:
    person("known@x.ru", "manager")
    person("other@x.ru", "manager")
    app = by_the_form("known@x.ru")
    app.set_cookie("cabinet", "gone")
    statuses = [attempt(app, "known@x.ru", "wrong phrase").status_int for _n in range(11)]
    assert statuses == [422] * 10 + [429]
    statuses = [attempt(app, "other@x.ru", "wrong phrase").status_int for _n in range(11)]
    assert statuses == [422] * 10 + [429], "counted like a stranger's"


@on_sqlite
@pytest.mark.parametrize("value", ["", "x", "a" * 32 + ".", "a" * 32 + "." + "0" * 64, "é.é", "." * 150])
def test_a_cookie_of_ones_own_making_makes_nobody_known(registry, value) -> None:
    request = registry.cabinet_request_factory.blank("/")
    request.registry = registry
    request.headers["Cookie"] = f"cabinet-known={value}"
    assert known_devices.known(request, "known@x.ru") == ""


@on_sqlite
def test_one_address_alone_uses_up_neither_an_account_nor_the_throttle_of_all(browser, person, monkeypatch) -> None:
    person("victim@x.ru", "manager")
    monkeypatch.setattr(sign_in, "ALL_ATTEMPTS", {"limit": 12, "per_seconds": 300})
    for number in range(30):
        attempt(browser(), f"n{number}@x.ru", "wrong phrase", REMOTE_ADDR="203.0.113.1")
    assert attempt(browser(), "victim@x.ru", REMOTE_ADDR="198.51.100.7").status_int == 303


@on_sqlite
def test_all_addresses_together_wait_in_the_end(browser, monkeypatch) -> None:
    monkeypatch.setattr(sign_in, "ALL_ATTEMPTS", {"limit": 3, "per_seconds": 300})
    statuses = [
        attempt(browser(), f"n{n}@x.ru", "wrong phrase", REMOTE_ADDR=f"203.0.113.{n}").status_int for n in range(4)
    ]
    assert statuses == [422] * 3 + [429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("?", "?"),
    ],
)
def test_an_ipv6_network_is_one_visitor(address: str, network: str) -> None:
    assert network_of(address) == network


@on_sqlite
def test_the_header_of_a_stranger_is_not_his_address(browser, person) -> None:
    """Behind a proxy that only adds to X-Forwarded-For, its first word is what the visitor wrote."""
    person("known@x.ru", "manager")
    form_of = itertools.count()
    statuses = []
    for number in range(11):
        app = browser()
        form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = f"n{next(form_of)}@x.ru", "wrong phrase"
        headers = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.1", "X-Real-IP": f"203.0.113.{number}"}
        statuses.append(form.submit(headers=headers, expect_errors=True).status_int)
    assert statuses[-1] == 429


@on_sqlite
def test_where_attempts_cannot_be_counted_nobody_tries_and_pages_are_read(
    person, signed_in, browser, monkeypatch
) -> None:
    person("known@x.ru", "manager")
    inside, outside = signed_in("known@x.ru"), browser()
    outside.get("/sign-in")

    def gone(*_arguments: Any, **_more: Any) -> int:
        raise OperationalError("select", {}, Exception("the store is away"))

    form = next(f for f in outside.get("/sign-in").forms.values() if "email" in f.fields)
    form["email"], form["password"] = "known@x.ru", PASSWORD
    with monkeypatch.context() as away:
        away.setattr(RateLimiter, "hit", gone)
        answer = form.submit(expect_errors=True)
        assert answer.status_int == 503
        assert "cabinet" not in outside.cookies
        assert inside.get("/office/").status_int == 200
        assert inside.get("/site/", expect_errors=True).status_int == 403, "a refusal that cannot be counted is one"
    assert form.submit().status_int == 303


@on_sqlite
@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])
def test_a_password_set_by_a_link_is_told_to_its_owner(person, browser, unit_of_work) -> None:
    from sqlalchemy import select

    from cabinet.notify.models import OutgoingMail

    user = person("m@x.ru", "manager")
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        token = people.reset_link(people.get(user.id))
    form = next(f for f in browser().get(f"/welcome/{token}").forms.values() if "password" in f.fields)
    form["password"] = "another phrase to remember"
    assert form.submit().status_int == 303
    with unit_of_work() as request:
        (letter,) = request.db.scalars(select(OutgoingMail))
        assert letter.to_address == "m@x.ru"
        assert "Your password was changed" in letter_of(request, letter).text


@on_sqlite
@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])
def test_letters_with_links_are_few_from_one_address(person, browser, unit_of_work, monkeypatch) -> None:
    from sqlalchemy import func, select

    from cabinet.notify.models import OutgoingMail

    def written() -> int:
        with unit_of_work() as request:
            return request.db.scalar(select(func.count()).select_from(OutgoingMail))

    def ask(number: int) -> str:
        form = next(f for f in browser().get("/forgot").forms.values() if "email" in f.fields)
        form["email"] = f"m{number}@x.ru"
        return without_tokens(form.submit())[0]

    for number in range(23):
        person(f"m{number}@x.ru", "manager")
    bodies = {ask(number) for number in range(23)}
    assert written() == 20
    assert len(bodies) == 1, "who asks learns nothing of it"
    monkeypatch.setitem(links.ASKED, "limit", 1_000)
    ask(22)
    assert written() == 21, "the control"
    for _time in range(6):
        ask(0)
    assert written() == 25, "five a day for one person"
    monkeypatch.setitem(links.RESETS, "limit", 1_000)
    ask(0)
    assert written() == 26, "the control"


def let_through(registry: Any) -> int:
    """How many of sixteen attempts at the same moment a throttle of five lets go on."""
    start, waits = threading.Barrier(16), []

    def attempt() -> None:
        limiter = RateLimiter(registry.cabinet_engine, SystemClock(UTC))
        start.wait()
        waits.append(limiter.hit("test", "somebody", limit=5, per_seconds=300))

    threads = [threading.Thread(target=attempt) for _n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    RateLimiter(registry.cabinet_engine, SystemClock(UTC)).reset("test", "somebody")
    assert len(waits) == 16
    return waits.count(0)


def test_of_attempts_at_the_same_moment_no_more_go_on_than_one_after_another(registry: Any) -> None:
    assert [let_through(registry) for _round in range(3)] == [5] * 3


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_counted_side_by_side_they_would_be_more(registry: Any, monkeypatch: Any) -> None:
    """The control; SQLite lets one write at a time whoever counts."""
    monkeypatch.setattr(rate_limit, "_count_alone", lambda _connection, _bucket: None)
    assert any(let_through(registry) > 5 for _round in range(20))


@on_sqlite
@pytest.mark.parametrize(("ours", "idle", "absolute"), [(True, 30, 12 * 60), (False, 24 * 60, 14 * 24 * 60)])
def test_a_sign_in_ends_by_the_servers_clock_to_the_minute(
    person, signed_in, core_client, still_clock, monkeypatch, ours: bool, idle: int, absolute: int
) -> None:
    """Without a click, and in all; a minute before it does not."""
    person("m@x.ru", *(["manager"] if ours else []), client=None if ours else core_client("One"))
    app = signed_in("m@x.ru")
    still_clock.advance(minutes=idle - 1)
    assert app.get("/account").status_int == 200
    still_clock.advance(minutes=idle)
    assert app.get("/account", expect_errors=True).status_int == 303
    app = signed_in("m@x.ru")
    step = idle // 2
    for _click in range((absolute - 1) // step):
        still_clock.advance(minutes=step)
        assert app.get("/account").status_int == 200
    still_clock.advance(minutes=(absolute - 1) % step)
    assert app.get("/account").status_int == 200
    still_clock.advance(minutes=1)
    assert app.get("/account", expect_errors=True).status_int == 303
    whose = "STAFF_LIMITS" if ours else "CLIENT_LIMITS"
    monkeypatch.setattr(sessions, whose, replace(getattr(sessions, whose), idle=timedelta(days=9_999)))
    app = signed_in("m@x.ru")
    still_clock.advance(minutes=idle + 1)
    assert app.get("/account").status_int == 200, "the control"


@on_sqlite
@pytest.mark.usefixtures("strong_passwords")
def test_a_weaker_hash_is_made_anew_when_its_owner_comes_in(person, browser, unit_of_work, monkeypatch) -> None:
    user = person("m@x.ru", "manager")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    def kept_after_coming_in() -> str:
        with unit_of_work() as request:
            request.find_service(IPeople).get(user.id).password_hash = weak
        assert attempt(browser(), "m@x.ru").status_int == 303
        with unit_of_work() as request:
            return request.find_service(IPeople).get(user.id).password_hash

    assert kept_after_coming_in().startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    monkeypatch.setattr(entrance, "needs_rehash", lambda _encoded: False)
    assert kept_after_coming_in() == weak, "the control"


@on_sqlite
def test_a_reset_link_dies_when_its_owner_comes_in_with_his_password(
    person, browser, unit_of_work, monkeypatch
) -> None:
    """Whoever asked for it, and whoever reads the letter later."""
    user = person("m@x.ru", "manager")

    def lives_on() -> bool:
        with unit_of_work() as request:
            people = request.find_service(IPeople)
            token = people.reset_link(people.get(user.id))
        assert attempt(browser(), "m@x.ru").status_int == 303
        return any("password" in form.fields for form in browser().get(f"/welcome/{token}").forms.values())

    assert not lives_on()
    monkeypatch.setattr(Links, "kill", lambda *_arguments: None)
    assert lives_on(), "the control"


@on_sqlite
def test_signing_out_takes_along_what_the_browser_kept(person, signed_in, monkeypatch) -> None:
    person("m@x.ru", "manager")

    def dropped() -> str:
        app = signed_in("m@x.ru")
        form = next(f for f in app.get("/account").forms.values() if f.action.endswith("/sign-out"))
        return form.submit().headers.get("Clear-Site-Data", "")

    assert dropped() == '"cache", "storage"'
    monkeypatch.setattr(SecurityPolicy, "forget", lambda *_arguments, **_named: [])
    assert dropped() == "", "the control"
