"""The sign-in form under attack: one answer and one cost for all reasons, throttles that keep strangers out and nobody else."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from cabinet.identity import passwords
from cabinet.interfaces import IPeople, IUsers
from cabinet.security import known_devices, sign_in
from cabinet.security.hosts import network_of
from cabinet.security.rate_limit import RateLimiter
from cabinet.testing.letters import letter_of

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
def test_somebody_known_comes_in_while_a_stranger_hammers(browser, person, signed_in, monkeypatch) -> None:
    person("known@x.ru", "manager")
    mine = signed_in("known@x.ru")
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
def test_a_known_browser_guesses_no_faster_than_others_and_knows_one_address(browser, person, signed_in) -> None:
    person("known@x.ru", "manager")
    person("other@x.ru", "manager")
    app = signed_in("known@x.ru")
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
def test_letters_with_links_are_few_from_one_address(person, browser, unit_of_work) -> None:
    from sqlalchemy import func, select

    from cabinet.notify.models import OutgoingMail

    for number in range(23):
        person(f"m{number}@x.ru", "manager")
    bodies = set()
    for number in range(23):
        form = next(f for f in browser().get("/forgot").forms.values() if "email" in f.fields)
        form["email"] = f"m{number}@x.ru"
        bodies.add(without_tokens(form.submit())[0])
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(OutgoingMail)) == 20
    assert len(bodies) == 1, "who asks learns nothing of it"


@on_sqlite
@pytest.mark.parametrize(("ours", "idle", "absolute"), [(True, 30, 12 * 60), (False, 24 * 60, 14 * 24 * 60)])
def test_a_sign_in_ends_by_the_servers_clock_to_the_minute(
    person, signed_in, core_client, still_clock, ours: bool, idle: int, absolute: int
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
