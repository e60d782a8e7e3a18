"""Twenty requests let go at once: of all that may happen once, it happens once, in every round."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from webtest import TestApp

from cabinet.errors import ConflictError
from cabinet.identity import entrance, links, passwords, second_factor, totp, users
from cabinet.identity.models import User, UserRole
from cabinet.interfaces import IClock, IPeople, ISecondFactor, IUsers
from cabinet.security import sign_in
from cabinet.testing.people import PASSWORD
from cabinet.web.views import links as link_views
from cabinet.web.views import second_factor as code_views

ROUNDS = [pytest.param(8, 2, id="short"), pytest.param(20, 100, id="full", marks=pytest.mark.long)]
"""(how many at once, how often)"""

SESSION = re.compile(r"\bcabinet=[^;]{20,}")
NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)

Shot = Callable[[], Any]
"""One request; its answer."""


def race(shots: Sequence[Shot]) -> list[Any]:
    """The answers to ``shots``, all let go at the same moment."""
    start, answers, broken = threading.Barrier(len(shots)), [], []

    def run(shot: Shot) -> None:
        start.wait()
        try:
            answers.append(shot())
        except Exception as error:  # noqa: BLE001 - told by who waits for the threads
            broken.append(error)

    threads = [threading.Thread(target=run, args=(shot,)) for shot in shots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken, broken
    assert max(answer.status_int for answer in answers) < 500, "who comes second is refused, not met with a defect"
    return answers


@pytest.fixture(autouse=True)
def _nothing_else_holds_them_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No throttle stands before the guard that is looked at."""
    monkeypatch.setitem(link_views.USES, "limit", 100_000)
    monkeypatch.setitem(sign_in.ALL_ATTEMPTS, "limit", 100_000)
    for _bucket, limits in code_views.CODE_TRIES:
        monkeypatch.setitem(limits, "limit", 100_000)
    with time_machine.travel(NOON, tick=True):
        yield


class Pack:
    """What the races need of a site."""

    runners = 8

    def __init__(self, unit_of_work: Any, person: Any, browser: Any) -> None:
        self.unit_of_work = unit_of_work
        self.person = person
        self.browser: Callable[[], TestApp] = browser
        self._people = 0

    def somebody(self, *roles: str) -> Any:
        """A new user."""
        self._people += 1
        return self.person(f"p{self._people}@example.org", *roles)

    def at_the_door(self, user: Any) -> tuple[TestApp, Any]:
        """A browser of ``user`` and the answer to his password."""
        app = self.browser()
        door = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        door["email"], door["password"] = user.email, PASSWORD
        return app, door.submit(expect_errors=True)


def entered(answers: Sequence[Any]) -> int:
    """How many of ``answers`` gave a session."""
    return sum(any(SESSION.match(cookie) for cookie in answer.headers.getall("Set-Cookie")) for answer in answers)


@pytest.fixture
def pack(unit_of_work: Any, person: Any, browser: Any) -> Pack:
    return Pack(unit_of_work, person, browser)


def by_link(pack: Pack, purpose: str) -> int:
    """Everybody opens the same link and sets a password."""
    user = pack.somebody("manager")
    with pack.unit_of_work() as request:
        people = request.find_service(IPeople)
        mine = request.db.get(User, user.id)
        token = people.reset_link(mine) if purpose == links.RESET else people.invite_link(mine)
    shots = []
    for n in range(pack.runners):
        app = pack.browser()
        form = app.get(f"/welcome/{token}").forms
        fill = next(f for f in form.values() if "password" in f.fields)
        fill["password"] = f"another phrase, number {n}"
        shots.append(lambda fill=fill: fill.submit(expect_errors=True))
    return entered(race(shots))


def by_code(pack: Pack, kind: str) -> int:
    """Who stole password and code comes in beside their owner, from many places."""
    user = pack.somebody("manager")
    with pack.unit_of_work() as request:
        service, mine = request.find_service(ISecondFactor), request.db.get(User, user.id)
        service.begin(mine)
        secret = service.waiting_secret(mine)
        codes = service.confirm(mine, totp.code_at(secret, totp.step_at(datetime.now(UTC)) - 1))
    code = totp.code_at(secret, totp.step_at(datetime.now(UTC))) if kind == "code" else codes[0]
    shots = []
    for _n in range(pack.runners):
        step = pack.at_the_door(user)[1].follow()
        fill = next(f for f in step.forms.values() if "code" in f.fields)
        fill["code"] = code
        shots.append(lambda fill=fill: fill.submit(expect_errors=True))
    return entered(race(shots))


def last_owner(pack: Pack) -> int:
    """All owners but one lose the role in the same moment, each by another's hand: how many are left."""
    with pack.unit_of_work() as request:
        for user in request.find_service(IPeople).staff("owner"):
            user.disabled_at = request.find_service(IClock).now()  # those of the rounds before
    owners = [pack.somebody("owner") for _n in range(pack.runners // 2)]
    shots = []
    for n, victim in enumerate(owners):
        acting = owners[(n + 1) % len(owners)]
        app, _answer = pack.at_the_door(acting)
        drawer = app.get(f"/site/users?user={victim.public_id.hex}")
        fill = next(f for f in drawer.forms.values() if f.action.split("?")[0].endswith("/disable"))
        shots.append(lambda fill=fill: fill.submit(expect_errors=True))
    race(shots)
    with pack.unit_of_work() as request:
        return len(request.find_service(IPeople).staff("owner"))


RACES: dict[str, Callable[[Pack], int]] = {
    "invitation": lambda pack: by_link(pack, links.INVITE),
    "reset link": lambda pack: by_link(pack, links.RESET),
    "code": lambda pack: by_code(pack, "code"),
    "recovery code": lambda pack: by_code(pack, "recovery code"),
    "last owner": last_owner,
}


@pytest.mark.parametrize(("runners", "rounds"), ROUNDS)
@pytest.mark.parametrize("what", RACES)
def test_of_all_who_come_at_once_one_succeeds_in_every_round(pack: Pack, what: str, runners: int, rounds: int) -> None:
    pack.runners = runners
    assert [RACES[what](pack) for _n in range(rounds)] == [1] * rounds


def _spend_without_looking(self: Any, link: Any) -> None:
    link.used_at = self._clock.now()
    self._session.flush()


def _count_without_waiting(self: Any, user: Any) -> None:
    others = [owner for owner in _owners(self._session) if owner.id != user.id]
    if not others:
        raise ConflictError("last_owner", "nobody would be left")


def _owners(session: Any) -> list[Any]:
    held = select(UserRole.user_id).where(UserRole.role == "owner")
    return list(session.scalars(select(User).where(User.id.in_(held), User.disabled_at.is_(None))))


GUARDS = {
    "invitation": (links.Links, "spend", _spend_without_looking),
    "reset link": (links.Links, "spend", _spend_without_looking),
    "code": (
        second_factor.SecondFactors,
        "_take",
        lambda self, statement: bool(self._session.execute(statement)) or True,
    ),
    "recovery code": (
        second_factor.SecondFactors,
        "_take",
        lambda self, statement: bool(self._session.execute(statement)) or True,
    ),
    "last owner": (users.Users, "_keep_an_owner", _count_without_waiting),
}


@pytest.mark.parametrize("what", RACES)
def test_with_its_guard_off_a_race_is_lost(
    pack: Pack, registry: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if registry.cabinet_engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one write at a time: there nobody comes between a look and an act")
    monkeypatch.setattr(*GUARDS[what])
    assert any(RACES[what](pack) != 1 for _n in range(20))


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("what", ["changed", "switched off"])
def test_who_comes_in_while_his_password_is_taken_from_him_does_not_stay(
    pack: Pack, registry: Any, monkeypatch: pytest.MonkeyPatch, what: str, guarded: bool
) -> None:
    """It happens in the moment that looking at the password takes. The control: without a second look he is in, and stays."""
    if registry.cabinet_engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one write at a time: there nobody comes between a look and an act")
    user = pack.somebody("manager")

    def slowly(encoded: str | None, password: str) -> bool:
        right = passwords.verify_password(encoded, password)
        with pack.unit_of_work() as request:
            mine = request.db.get(User, user.id)
            if what == "changed":
                request.find_service(IPeople).set_password(mine, "another phrase altogether")
            else:
                request.find_service(IUsers).disable(mine)
        return right

    monkeypatch.setattr(entrance, "verify_password", slowly)
    if not guarded:
        monkeypatch.setattr(entrance.Entrance, "_holds_still", lambda *_arguments: True)
    _app, answer = pack.at_the_door(user)
    with pack.unit_of_work() as request:
        left = request.find_service(IPeople).sessions(request.db.get(User, user.id))
    assert (entered([answer]), len(left)) == ((0, 0) if guarded else (1, 1))
