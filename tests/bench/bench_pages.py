"""List pages of fifty rows, signed in, against a bare Pyramid page with a Chameleon template and three queries. On both engines.

    python tests/bench/bench_pages.py [--engine sqlite|postgresql] [--requests 200]

The site has 1,000 clients, 1,000 invoices and a statement of 1,000 lines. A page is asked for within the process, ours and the bare one
in turns, and the rate is told in processor seconds of the process and the database together: whatever else the machine does is not ours.
The bare page asks the same database for a session, a user and fifty rows, and renders them into a table within a layout; it knows no
rights, no languages, no menu and no filters.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_import import SEED, write_files  # beside this file
from limits import told
from pyramid.config import Configurator
from pyramid.request import Request
from sites import Processor, Servers, run
from sqlalchemy import Engine, text
from webtest import TestApp

from cabinet.db.session import unit_of_work
from cabinet.interfaces import IPeople

ENGINES = ("sqlite", "postgresql")
ROWS, SITE = 50, 1000
_AT_A_TIME = 10
PAGES = {"clients": "/office/clients", "invoices": "/office/invoices", "bank lines": "/office/statements/lines"}
MOST_MS = {"sqlite": 3.0, "postgresql": 6.0}
EMAIL, PASSWORD = "bench@example.org", "a phrase long enough to keep"
_TEMPLATE = """<!DOCTYPE html>
<html lang="ru"><head><title>${title}</title><link rel="stylesheet" href="/static/page.css"></head>
<body><header><a href="/">${title}</a> <span>${user}</span></header>
<main><h1>${title}</h1><table><thead><tr><th>Number</th><th>Date</th><th>Due</th><th>State</th><th>Total</th></tr></thead>
<tbody><tr tal:repeat="row rows"><td><a href="/invoices/${row.id}">${row.number}</a></td><td>${row.date}</td><td>${row.due}</td>
<td><span class="badge ${row.state}">${row.state}</span></td><td class="num">${row.total}</td></tr></tbody></table></main></body></html>
"""


def bare_app(engine: Engine, folder: Path) -> Any:
    """The least that such a page could be."""
    (folder / "page.pt").write_text(_TEMPLATE, "utf-8")

    def page(_request: Any) -> dict[str, Any]:
        with engine.connect() as connection:
            connection.execute(text("SELECT id, user_id FROM core_session ORDER BY id DESC LIMIT 1")).one()
            user = connection.execute(text("SELECT id, name FROM core_user WHERE id = :id"), {"id": 1}).one()
            rows = connection.execute(
                text(
                    "SELECT id, number, date, due, state, total FROM finsystem_invoice ORDER BY date DESC, id DESC LIMIT :n"
                ),
                {"n": ROWS},
            ).all()
        return {"title": "Invoices", "user": user.name, "rows": rows}

    with Configurator(settings={}) as config:
        config.include("pyramid_chameleon")
        config.add_route("page", "/")
        config.add_view(page, route_name="page", renderer=str(folder / "page.pt"))
        return config.make_wsgi_app()


def measure(servers: Servers, engine_name: str, requests: int) -> None:
    """Measure one engine and print."""
    folder = servers.folder / f"pages-{engine_name}"
    folder.mkdir()
    write_files(folder, random.Random(SEED), SITE, SITE)
    site = servers.make(engine_name)
    run(["client", "import", "clients.csv"], folder, site)
    run(["invoice", "import", "invoices.csv", "--issue"], folder, site)
    run(["statement", "import", "statement.txt", "--account", "all"], folder, site)
    with servers.copy(site) as context:
        from cabinet.app import make_app

        app = make_app(context.settings)
        registry = app.registry
        processor = Processor(registry.cabinet_engine)
        with unit_of_work(registry) as request:
            request.find_service(IPeople).add(email=EMAIL, name="Bench", roles=("head",), password=PASSWORD)
        cookies = sign_in(app, context.settings.site.url)
        bare = bare_app(registry.cabinet_engine, folder)
        print(f"{engine_name}: {SITE} clients, invoices and lines; {requests} requests each, in turns")
        for name, path in PAGES.items():
            ours = asking(app, context.settings.site.url, path, cookies)
            tell(engine_name, name, in_turns(asking(bare, "http://localhost", "/", ""), ours, requests, processor))
        registry.cabinet_engine.dispose()


def sign_in(app: Any, url: str, email: str = EMAIL) -> str:
    """The cookies of somebody who came in by the form."""
    browser = TestApp(app, extra_environ={"HTTP_HOST": url.partition("://")[2]})
    form = next(form for form in browser.get("/sign-in").forms.values() if "email" in form.fields)
    form["email"], form["password"] = email, PASSWORD
    answer = form.submit()
    if answer.status_int != 303:
        raise SystemExit("the sign-in form refused")
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def asking(app: Any, url: str, path: str, cookies: str) -> Callable[[], int]:
    """A function that asks ``app`` for a page; the length of the answer."""

    def ask() -> int:
        request = Request.blank(path, base_url=url, headers={"Cookie": cookies} if cookies else {})
        answer = request.get_response(app)
        if answer.status_int != 200:
            raise SystemExit(f"{path} answers {answer.status}: {answer.headers.get('Location', '')}")
        return len(answer.body)

    return ask


@dataclass(frozen=True)
class Asked:
    """Medians of milliseconds by the clock, and processor milliseconds a page, of the bare page and of ours; kilobytes of ours."""

    bare: float
    ours: float
    bare_cpu: float
    ours_cpu: float
    size: float


def in_turns(bare: Callable[[], int], ours: Callable[[], int], requests: int, processor: Processor) -> Asked:
    """Ask both, ten at a time."""
    pages = (bare, ours)
    clock: tuple[list[float], list[float]] = ([], [])
    cpu = [0.0, 0.0]
    for _warm in range(_AT_A_TIME):
        bare()
        size = ours()
    for _turn in range(max(1, requests // _AT_A_TIME)):
        for which, ask in enumerate(pages):
            began = processor.seconds()
            for _time in range(_AT_A_TIME):
                started = time.perf_counter()
                ask()
                clock[which].append((time.perf_counter() - started) * 1000)
            cpu[which] += processor.seconds() - began
    each = [1000 * spent / len(clock[0]) for spent in cpu]
    return Asked(statistics.median(clock[0]), statistics.median(clock[1]), *each, size / 1024)


def tell(engine: str, name: str, asked: Asked) -> None:
    """Print a page beside its limits."""
    print(
        f"  {name}: {asked.size:.0f} KB; bare page {asked.bare:.1f} ms, of the processor {asked.bare_cpu:.1f} ms;"
        f" ours {asked.ours:.1f} ms, of the processor {asked.ours_cpu:.1f} ms"
    )
    print("    " + told("rate of the bare page", 100 * asked.bare_cpu / asked.ours_cpu, 50, " %", at_least=True))
    print("    " + told("p50", asked.ours, MOST_MS[engine], " ms"), flush=True)


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--requests", type=int, default=200)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        servers = Servers(Path(name))
        try:
            for engine in (asked.engine,) if asked.engine else ENGINES:
                measure(servers, engine, asked.requests)
        finally:
            servers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
