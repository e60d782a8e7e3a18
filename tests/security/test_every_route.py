"""What holds for every route there is, asked of the site itself: nobody has to remember a new one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyramid.interfaces import IRoutesMapper
from sqlalchemy import insert

from cabinet.numbering.models import Sequence
from cabinet.security import csrf, headers
from cabinet.security.csrf import SessionCSRF
from cabinet.testing.matrix import ADMIN, OWN, Cell, View, World, contents, views
from cabinet.web import errors, requests
from cabinet.web.areas import RouteDoor

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])
PASSWORD = "a phrase long enough to keep"
SECRET = "canary: Traceback /srv/cabinet SELECT password_hash FROM core_user; Pyramid/2.1"
TARGETS = (
    *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:/evil.example"),
    *("https:///evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example", "\x0b/evil.example"),
    *("javascript:alert(1)", "//evil.example@localhost", "http://localhost@evil.example", "///evil.example"),
    *("/\r\nLocation: //evil.example", "data:text/html,x", "evil.example", "http:evil.example"),
)


def who_may(world: World, view: View) -> str:
    """Somebody who gets a view."""
    allowed = world.allowed(view)
    return next(
        role for role in (ADMIN, "manager", "head", "owner", "other", "nobody", *sorted(allowed)) if role in allowed
    )


def of_method(world: World, method: str) -> Iterator[tuple[View, str]]:
    for view in views(world.registry):
        if view.method == method:
            yield view, who_may(world, view)


def asked(world: World, view: View, role: str, method: str, **more: Any) -> Any:
    """The answer to who may, with whatever else comes along."""
    world.app.reset()
    sent = {"Cookie": world.cookies[role], **more.pop("headers", {})}
    path = world.path(Cell(view, role, OWN)) + more.pop("query", "")
    return world.app.request(path, method=method, headers=sent, expect_errors=True, **more)


# No unsafe request without the token of its own session, and none that another site began

FORGERIES: tuple[tuple[str, str | None, dict[str, str]], ...] = (
    ("no token", None, {}),
    ("a token of another session", "other", {}),
    ("from another site", "own", {"Sec-Fetch-Site": "cross-site"}),
    ("from a neighbour", "own", {"Sec-Fetch-Site": "same-site"}),
    ("of another origin", "own", {"Origin": "https://evil.example"}),
    ("of no origin", "own", {"Origin": "null"}),
)


def forged(world: World) -> list[str]:
    """Unsafe routes that took a request which was not meant."""
    taken = []
    for number, (view, role) in enumerate(of_method(world, "POST")):
        # Who leaves the token out is tried everywhere; of the other ways, which are checked beside it, every route gets one.
        for what, whose, sent in (FORGERIES[0], FORGERIES[1 + number % (len(FORGERIES) - 1)]):
            another = "head" if role == "manager" else "manager"
            token = {None: None, "own": world.tokens[role], "other": world.tokens[another]}[whose]
            answer = asked(world, view, role, "POST", headers=sent, POST={"csrf_token": token} if token else {})
            if answer.status_int != 403:
                taken.append(f"{view.name}: {what}: {answer.status}")
    return taken


@on_sqlite
def test_no_unsafe_route_takes_a_forged_request_and_none_is_exempt(world: World, monkeypatch: Any) -> None:
    before = contents(world.registry)
    assert forged(world) == []
    assert contents(world.registry) == before
    others = {view.method for view in views(world.registry)}
    assert others == {"GET", "POST"}, "other methods would have to be asked, too"
    monkeypatch.setattr(csrf, "_check_fetch_site", lambda _request: None)
    first = next(view for view, _role in of_method(world, "POST") if view.route == "cabinet.public.language")
    sent = {"Origin": "https://evil.example"}
    answer = asked(world, first, "manager", "POST", headers=sent, POST={"csrf_token": world.tokens["manager"]})
    assert answer.status_int == 303, "the control: the origin"
    monkeypatch.setattr(SessionCSRF, "check_csrf_token", lambda *_arguments: True)
    assert asked(world, first, "manager", "POST", POST={}).status_int == 303, "the control: the token"


# Looking changes nothing, and whoever may look may ask for the head alone


DRAWN_ONCE = {
    "finsystem.my.correction.pdf",
    "finsystem.my.act.pdf",
    "finsystem.my.invoice.pdf",
    "finsystem.office.act.pdf",
    "finsystem.office.correction.pdf",
    "finsystem.office.invoice.pdf",
}
"""The paper of an issued invoice is drawn when somebody first looks, and is the same for ever: kept then, and never changed."""


def looked_at(world: World, only: str = "") -> tuple[list[str], list[str]]:
    """(what was changed by looking, answers whose head is not that of the page)."""
    for view, role in of_method(world, "GET"):
        if view.route in DRAWN_ONCE:
            asked(world, view, role, "GET")
    before, other = contents(world.registry), []
    for view, role in of_method(world, "GET"):
        if only in {"", view.route}:
            page, head = (asked(world, view, role, method) for method in ("GET", "HEAD"))
            if head.status_int != page.status_int or head.body:
                other.append(f"{view.name}: {page.status} and {head.status}")
            stranger = asked(world, view, "nobody", "HEAD").status_int
            if stranger != 303 and not (view.area == "public" and stranger == 200):
                other.append(f"{view.name}: HEAD by nobody: {stranger}")
    after = contents(world.registry)
    return sorted(name for name in after if after[name] != before[name]), other


@on_sqlite
def test_looking_at_every_page_changes_nothing(world: World, monkeypatch: Any) -> None:
    assert looked_at(world) == ([], [])
    first = next(of_method(world, "GET"))[0].route
    door = world.registry.getUtility(IRoutesMapper).get_route(first).factory

    def note(request: Any) -> None:
        row = insert(Sequence).values(kind=request.method, scope=str(id(request)), year=0, value=1)
        with world.registry.cabinet_engine.begin() as connection:
            connection.execute(row)

    def noting(request: Any, _context: Any) -> str:
        request.add_finished_callback(note)  # behind the reading, which would keep it waiting
        return "something"

    monkeypatch.setattr(door, "_load", noting)
    assert looked_at(world, only=first)[0] == ["core_sequence"], "the control"


# Headers on every answer, and no way off the site

ALWAYS = {
    "Content-Security-Policy": re.compile(r"default-src 'none'|sandbox; default-src 'none'"),
    "X-Content-Type-Options": re.compile("nosniff"),
    "Referrer-Policy": re.compile("same-origin"),
    "Cross-Origin-Opener-Policy": re.compile("same-origin"),
    "Cross-Origin-Resource-Policy": re.compile("same-origin"),
    "Permissions-Policy": re.compile("camera=\\(\\)"),
    "X-Request-ID": re.compile(r"[0-9a-f]{16}"),
}
KEPT_BY_BROWSERS = {"cabinet.public.sign", "cabinet.public.colors"}


def bareheaded(name: str, answer: Any, *, kept: bool = False) -> list[str]:
    """What is wrong with the headers of an answer."""
    wanted = dict(ALWAYS)
    if not kept:
        wanted |= {"Cache-Control": re.compile("no-store"), "Vary": re.compile("Cookie")}
    wrong = [header for header, value in wanted.items() if not value.search(answer.headers.get(header, ""))]
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong += [word for word in ("unsafe-inline", "unsafe-eval", "http:", "*") if word in policy]
    if "Content-Disposition" in answer.headers and "sandbox" not in policy:
        wrong.append("a file without its sandbox")
    return [f"{name} ({answer.status}): {one}" for one in wrong]


@on_sqlite
def test_every_answer_carries_the_headers_and_no_redirect_leaves_the_site(world: World, monkeypatch: Any) -> None:
    problems, statuses = [], set()
    for view, role in [*of_method(world, "GET"), *of_method(world, "POST")]:
        for one in {role, "nobody"}:
            sent = {"Referer": "http://localhost//evil.example/"}
            answer = asked(
                world, view, one, view.method, headers=sent, query="?next=//evil.example&back=//evil.example"
            )
            statuses.add(answer.status_int)
            problems += bareheaded(f"{view.name} by {one}", answer, kept=view.route in KEPT_BY_BROWSERS)
            if urlsplit(answer.headers.get("Location", "")).netloc not in {"", "localhost", "localhost:80"}:
                problems.append(f"{view.name} by {one}: leads to {answer.headers['Location']}")
    static = re.findall(r'(?:href|src)="(/theme/[^"]+)"', world.app.get("/sign-in").text)
    for path in static:
        problems += bareheaded(path, world.app.get(path), kept=True)
    assert problems == []
    assert static
    assert {200, 303, 403} <= statuses
    monkeypatch.delitem(headers._FIXED, "Referrer-Policy")
    assert bareheaded("sign-in", world.app.get("/sign-in")) == ["sign-in (200 OK): Referrer-Policy"], "the control"


@on_sqlite
def test_no_word_in_a_form_leads_off_the_site(world: World, monkeypatch: Any) -> None:
    def led_off(targets: tuple[str, ...]) -> list[str]:
        found = []
        for target in targets:
            world.app.reset()
            form = next(f for f in world.app.get("/sign-in").forms.values() if "email" in f.fields)
            token = form["csrf_token"].value
            sent = {"csrf_token": token, "back": target, "next": target, "email": "head@x.ru", "password": PASSWORD}
            answers = [world.app.post("/language/en", sent)]
            if target in {TARGETS[0], TARGETS[3]}:
                answers.append(world.app.post("/sign-in", sent))
            for answer in answers:
                where = urlsplit(answer.headers["Location"].replace("\\", "/"))
                if where.netloc not in {"", "localhost", "localhost:80"} or where.scheme not in {"", "http"}:
                    found.append(target)
        return found

    assert led_off(TARGETS) == []
    monkeypatch.setattr("cabinet.web.views.doors.own_path", lambda _target: True)
    assert led_off(TARGETS[3:4]) == [TARGETS[3]] * 2, "the control"


# A defect tells nobody how the site is made


@on_sqlite
def test_a_defect_of_any_route_tells_no_more_than_a_number(world: World, monkeypatch: Any) -> None:
    def broken(*_arguments: Any) -> Any:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(RouteDoor, "__call__", broken)

    def told() -> list[str]:
        found = []
        for view in views(world.registry):
            answer = asked(world, view, "manager", view.method, **({"POST": {}} if view.method == "POST" else {}))
            body = answer.text + str(answer.headers)
            words = ("canary", "Traceback", "RuntimeError", 'File "', "SELECT ", "site-packages", "pyramid", "waitress")
            if answer.status_int != 500 or any(word in body for word in words):
                found.append(view.name)
            found += bareheaded(view.name, answer)
        return found

    assert told() == []
    monkeypatch.setattr(errors, "_TEXTS", {500: (SECRET, "")})
    assert len(told()) == len(views(world.registry)), "the control"


# No body is larger than its route takes


@on_sqlite
def test_no_route_takes_more_than_it_needs(world: World, monkeypatch: Any) -> None:
    """Forms with files are found on the pages: each leads to a route that takes as much as the site lets a file be."""
    uploads, mapper = set(), world.registry.getUtility(IRoutesMapper)
    for view, role in of_method(world, "GET"):
        page = asked(world, view, role, "GET")
        if page.status_int == 200 and page.content_type == "text/html":
            for form in page.html.find_all("form"):
                if form.find("input", type="file"):
                    action = urlsplit(form.get("action") or world.path(Cell(view, role, OWN))).path
                    request = world.registry.cabinet_request_factory.blank(action)
                    uploads.add(mapper(request)["route"].name)
    assert uploads
    assert uploads <= world.registry.cabinet_uploads
    for view, role in of_method(world, "POST"):
        expected = 413 if view.route not in world.registry.cabinet_uploads else 403
        answer = asked(
            world, view, role, "POST", body=b"a=" + b"x" * 2**20, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_int == expected, view.name
    many = b"&".join(b"a=1" for _n in range(requests.MAX_FIELDS + 2))
    form = {"content_type": "application/x-www-form-urlencoded"}
    first = next(of_method(world, "POST"))
    assert asked(world, *first, "POST", body=many, **form).status_int == 413
    parts = b"".join(
        b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _n in range(requests.MAX_FIELDS + 2)
    )
    form = {"content_type": 'multipart/form-data; boundary="xx"'}
    assert asked(world, *first, "POST", body=parts + b"--xx--\r\n", **form).status_int == 413
    monkeypatch.setattr(requests, "MAX_FIELDS", 10**9)
    assert asked(world, *first, "POST", body=parts + b"--xx--\r\n", **form).status_int == 403, "the control"
