"""Generated: every page of every area, asked with queries that no honest link has. A new page is covered by itself.

A crawl from the homes finds an address for each route; the pages themselves tell, by what they read of the query, which keys to attack.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import cycle
from math import inf
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from pyramid.interfaces import IRoutesMapper
from webob import Request
from webob.multidict import GetDict
from webtest import TestApp

from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.testing import account_of, inn_of
from cabinet_client_manager.testing import examples as client_papers
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import examples as client_money

HOMES = {"owner": "/site/", "head": "/office/", "manager": "/office/"}
NOWHERE = "0" * 32
MOST = 40
"""Routes that the crawl must reach: with fewer it would prove too little."""


def cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place[0] if len(place) == 1 else place).encode()).decode().rstrip("=")


HOSTILE = [
    "%ff",
    "x%00y",
    "%25ff",
    "x" * 3000,
    "-",
    "99999999999999999999999999",
    "1e999",
    "NaN",
    "%C2%B2",
    "0001-01-01",
    "10000-13-32",
    "31.12.9999",
    "%7B00000000-0000-0000-0000-000000000000%7D",
    "%3Cscript%3E",
    quote("[" * 2000),
]
"""What all keys of a page are set to at once."""

A_PAGE = 5
"""To how many of them in the short form, each page to the next ones."""

UNREAD = HOSTILE[:3]
"""What a page is asked with that reads no key: only how the query is decoded can break it."""

ALONE = ["x", "-1", "9999-12-31", NOWHERE]
"""What each key is set to alone, the others as they were."""

ADDRESSES = 3
"""How many addresses of a page are followed in the short form, each with other keys."""

PAGES_A_KEY = 3
"""On how many pages a key is set alone in the short form."""

CURSORS = [
    cursor("x", 1),
    cursor(None, 1),
    cursor(1, 10**30),
    cursor(10**30, 1),
    cursor("9999-99-99", 1),
    cursor("2026-01-01", "1e5"),
    cursor("2026-01-01", float("inf")),
    cursor("NaN", 1),
    cursor("\x00", 1),
    cursor("\ud800", 1),
    cursor([1], 1),
    cursor({"a": 1}, {"b": 2}),
    cursor("3 characters!"),
]


def a_statement() -> bytes:
    who = Counterparty(name="ООО «Ромашка»", inn=inn_of(77), kpp="770101001", account=account_of(77), bic="044525225")
    day = date(2026, 2, 11)
    lines = [LineToWrite(day, amount, who, "За что-то", str(amount)) for amount in (1_000_00, -500_00)]
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
    return write_onec(StatementToWrite(account_of(1), day, day, 5_000_000, lines, own))


@pytest.fixture
def browsers(
    registry: Any, unit_of_work: Any, core_client: Any, person: Any, signed_in: Callable[[str], TestApp]
) -> dict[str, TestApp]:
    """A firm with something on every page, and a browser of each role; the guest's has nobody in it."""
    client = core_client("canary-alpha")
    person("client@x.ru", client=client)
    for role in HOMES:
        person(f"{role}@x.ru", role)
    with unit_of_work() as request:
        client_papers(request, client)
        client_money(request, client)
    with unit_of_work() as request:
        file_id = request.find_service(IStatementDesk).receive(a_statement(), "kl_to_1c.txt").id
    import_file(partial(open_unit, registry), file_id)
    with unit_of_work() as request:  # and one that waits for its import
        request.find_service(IStatementDesk).receive(a_statement().replace("Ромашка".encode("cp1251"), b"X"), "2.txt")
    HOMES["client"] = f"/my/{client.public_id.hex}/"
    found = {role: signed_in(f"{role}@x.ru") for role in HOMES}
    for kind in ("clients", "contracts"):  # tables that wait for their import
        form = next(
            f for f in found["manager"].get(f"/office/{kind}/import").forms.values() if f.action.endswith("/import")
        )
        form["table"] = ("table.csv", b"Name;Number\nA;1\n")
        form.submit()
    return found


def get_routes(registry: Any) -> set[str]:
    """Routes with a view for GET, those of the theme's files left out."""
    return {
        view["introspectable"]["route_name"]
        for view in registry.introspector.get_category("views") or ()
        if "GET" in (view["introspectable"]["request_methods"] or ())
        and view["introspectable"]["route_name"] in registry.cabinet_routes
    }


def crawl(registry: Any, app: TestApp, home: str, most: float) -> dict[str, list[str]]:
    """Route → up to ``most`` addresses of it, each with other keys in its query, found by following what pages refer to."""
    mapper = registry.getUtility(IRoutesMapper)
    wanted = get_routes(registry)
    found: dict[str, dict[tuple[str, ...], str]] = {}
    waiting, seen = [home, "/account"], set()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        route = next((r.name for r in mapper.get_routes() if r.match(parts.path) is not None), None)
        keys = tuple(sorted(dict(parse_qsl(parts.query, keep_blank_values=True))))
        if route not in wanted or (route, keys) in seen or len(found.get(route, ())) >= most:
            continue
        seen.add((route, keys))
        answer = app.get(address, expect_errors=True)
        assert answer.status_int < 500, address
        if answer.status_int >= 400:
            continue
        found.setdefault(route, {})[keys] = address
        if answer.status_int in {302, 303}:
            waiting.append(answer.location.removeprefix("http://localhost"))
        elif "html" in answer.content_type:
            links = re.findall(r'(?:href|hx-get|action|src)="([^"]+)"', answer.text)
            waiting += [html.unescape(link) for link in links if link.startswith("/")]
            waiting += [parts.path + html.unescape(link) for link in links if link.startswith("?")]
    return {route: list(addresses.values()) for route, addresses in found.items()}


@contextmanager
def keys_read() -> Iterator[set[str]]:
    """Keys of the query that pages ask for inside the block."""
    asked: set[str] = set()
    kept = {name: getattr(GetDict, name) for name in ("get", "getall", "__getitem__", "__contains__")}

    def listen(name: str) -> None:
        def reading(self: Any, key: Any, *default: Any) -> Any:
            asked.add(str(key))
            return kept[name](self, key, *default)

        setattr(GetDict, name, reading)

    for name in kept:
        listen(name)
    try:
        yield asked
    finally:
        for name, method in kept.items():
            if name in vars(GetDict):
                delattr(GetDict, name)
            if getattr(GetDict, name) is not method:
                setattr(GetDict, name, method)


def attacks(app: TestApp, address: str, together: list[str], alone: Callable[[str], bool]) -> Iterator[str]:
    """``address`` with all keys that its page reads set to each value of ``together``; besides one key at a time, the others as they
    were, where ``alone`` of the key says so."""
    parts = urlsplit(address)
    usual = dict(parse_qsl(parts.query, keep_blank_values=True))
    with keys_read() as keys:
        app.get(address, expect_errors=True)
    keys = {key for key in keys if re.fullmatch(r"[\w-]+", key)} | {"never-heard-of"}
    for value in together if len(keys) > 1 else UNREAD:
        yield f"{parts.path}?" + "&".join(f"{key}={value}" for key in sorted(keys - {"export"}))
    for key in filter(alone, sorted(keys)):
        rest = urlencode({name: given for name, given in usual.items() if name != key})
        for value in (*(ALONE if key != "never-heard-of" else ALONE[:1]), *(CURSORS if key == "after" else ())):
            yield f"{parts.path}?{rest}{'&' if rest else ''}{key}={value}"
    yield f"{parts.path}?%ff=1"
    yield f"{parts.path}?%00"


def anywhere(registry: Any, routes: set[str], client: str) -> dict[str, tuple[str, str]]:
    """Route → (who asks, an address whose ids name nothing) of routes that no page leads to."""
    mapper = registry.getUtility(IRoutesMapper)
    who = {"my": "client", "office": "head", "site": "owner", "public": "head"}
    found = {}
    for name in routes:
        route = mapper.get_route(name)
        parts = dict.fromkeys(re.findall(r"{(\w+)}", route.pattern), NOWHERE)
        area = registry.cabinet_routes[name]
        found[name] = who[area], route.generate({**parts, "client": client} if area == "my" else parts)
    return found


@pytest.mark.long
def test_no_query_breaks_a_page_key_by_key_on_both_engines(registry: Any, browsers: dict[str, TestApp]) -> None:
    assert_unbroken(registry, browsers, lambda: HOSTILE, alone=lambda _key: True, most=inf)


@pytest.mark.parametrize("engine_name", ["postgresql"])  # the stricter of the two; the long form asks both
def test_no_query_breaks_a_page(registry: Any, browsers: dict[str, TestApp]) -> None:
    # Most keys are read by the same code wherever they stand.
    asked: Counter[str] = Counter()
    turns = cycle(range(0, len(HOSTILE), A_PAGE))

    def some_in_turn() -> list[str]:
        first = next(turns)
        return HOSTILE[first : first + A_PAGE]

    def on_some_pages(key: str) -> bool:
        asked[key] += 1
        return asked[key] <= PAGES_A_KEY

    assert_unbroken(registry, browsers, some_in_turn, alone=on_some_pages, most=ADDRESSES)


def assert_unbroken(
    registry: Any,
    browsers: dict[str, TestApp],
    together: Callable[[], list[str]],
    *,
    alone: Callable[[str], bool],
    most: float,
) -> None:
    found: dict[str, tuple[str, str]] = {}
    for role, app in browsers.items():
        for route, addresses in crawl(registry, app, HOMES[role], most).items():
            found.setdefault(route, (role, max(addresses, key=len)))
    assert len(found) >= MOST
    found |= anywhere(registry, get_routes(registry) - found.keys(), HOMES["client"].split("/")[2])
    broken = []
    for route, (role, address) in sorted(found.items()):
        for attack in attacks(browsers[role], address, together(), alone):
            try:
                status = browsers[role].get(attack, expect_errors=True).status_int
            except Exception as error:  # noqa: BLE001 - whatever the page let through
                broken.append(f"{route} {attack[:150]}: {error!r:.200}")
            else:
                broken += [f"{route} {attack[:150]}: {status}"] if status >= 500 else []
    assert not broken, f"{len(broken)}:\n" + "\n".join(broken)


@pytest.mark.parametrize("role", ["guest", "owner", "head", "manager", "client"])
def test_what_is_not_utf_8_is_a_plain_400_for_everybody(
    core_client: Any, person: Any, signed_in: Any, browser: Callable[[], TestApp], wsgi: Any, role: str
) -> None:
    client = core_client("Alpha")
    if role != "guest":
        person("somebody@x.ru", *([] if role == "client" else [role]), client=client if role == "client" else None)
    app = browser() if role == "guest" else signed_in("somebody@x.ru")
    cookies = "; ".join(f"{name}={value}" for name, value in app.cookies.items())
    for path in ("/sign-in", "/nowhere", "/account", "/office/clients", "/site/users", f"/my/{client.public_id.hex}/"):
        _refuses(wsgi, path, cookies)


MULTIPART = "multipart/form-data; boundary=B"


def _part(about: bytes, value: bytes) -> bytes:
    return b"--B\r\nContent-Disposition: form-data; " + about + b"\r\n\r\n" + value + b"\r\n--B--\r\n"


def test_a_multipart_form_that_is_utf_8_is_read_whatever_signs_and_bytes_of_files_it_holds(wsgi: Any) -> None:
    for body in (
        _part(b'name="q"', "Привет, \ufffd 🙂".encode()),
        _part(b'name="q"; filename="kl_to_1c.txt"', "Секция".encode("cp1251")),
    ):
        asked = Request.blank("/sign-in", POST=body, content_type=MULTIPART)
        # Without its token the form is refused further on, by a page of its own.
        assert "The request could not be understood" not in asked.get_response(wsgi).text


def _refuses(wsgi: Any, path: str, cookies: str) -> None:
    def ask(path: str, body: bytes | None = None, kind: str = "application/x-www-form-urlencoded") -> Any:
        # Not through WebTest, which cannot say such paths.
        return Request.blank(path, POST=body, content_type=kind, headers={"Cookie": cookies}).get_response(wsgi)

    asked = [
        ask(f"{path}?q=%ff"),
        ask(f"{path}?%ff=q"),
        ask(f"{path}?q=%00"),
        ask(f"{path}%ff"),
        ask(f"{path}%00"),
        ask(path, b"q=%ff"),
        ask(path, b"%ff=q"),
        ask(path, b"q=a%00b"),
        ask(path, b"x", "multipart/form-data"),
        ask(path, _part(b'name="q"', b"\xcf\xf0\xe8\xe2\xe5\xf2"), MULTIPART),
        ask(path, _part(b'name="\xff"', b"q"), MULTIPART),
        ask(path, _part(b'name="q"', b"a\x00b"), MULTIPART),
    ]
    assert [answer.status_int for answer in asked] == [400] * len(asked)
    for answer in asked:
        assert "The request could not be understood" in answer.text
        assert f'value="{answer.headers["X-Request-ID"]}"' in answer.text
