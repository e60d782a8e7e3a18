"""Which screens there are: every GET view of the site with sample parts for its path, found by following links as each role."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request

from cabinet.config import configure
from cabinet.plugins import discovery
from cabinet.settings import load_settings

NO_SCREENS = {
    "cabinet.public.health.live": "a word for machines",
    "cabinet.public.health.ready": "a word for machines",
    "cabinet.public.home": "leads on to where a person belongs",
    "cabinet.public.link": "opened from an invitation, told in a story",
    "cabinet.public.email": "opened from a letter",
    "cabinet.public.second_step": "asked after the password: an act",
    "cabinet.public.account.second.begin": "asked where a second step is demanded: an act",
    "cabinet.public.account.second": "stands between a password and a first code: an act",
    "cabinet.public.join": "opened from an invitation",
    "cabinet.public.clients": "asked of who has several clients and has chosen none",
    "cabinet.public.account.data.file": "a file",
    "cabinet.public.draft.file": "a file",
    "cabinet.public.colors": "a style sheet",
    "cabinet.public.sign": "a picture",
    "cabinet.office.audience": "part of a form",
    "faq.my.file": "a file",
    "faq.office.file": "a file",
    "faq.public.file": "a file",
    "news.my.file": "a file",
    "news.office.file": "a file",
    "news.public.file": "a file",
    "news.public.feed": "a feed for programs",
    "cabinet.site.health.report": "a text to send on",
    "cabinet.site.role": "the form of a new role, filled in",
    "client_manager.office.login.role": "part of a page",
    "client_manager.office.company.check": "part of a page",
    "client_manager.site.company.check": "part of a page",
    "client_manager.office.company.picture": "a picture",
    "client_manager.site.company.picture": "a picture",
    "forum.my.board.people": "part of a page",
    "forum.office.board.people": "part of a page",
    "forum.my.post.file": "a file",
    "forum.office.post.file": "a file",
    "finsystem.office.invoice.clients": "part of a page",
    "finsystem.office.invoice.items": "part of a page",
    "finsystem.office.invoice.sums": "part of a page",
    "finsystem.office.invoice.terms": "part of a page",
    "finsystem.office.invoice.pdf": "a paper",
    "finsystem.my.invoice.pdf": "a paper",
    "finsystem.my.reconciliation.pdf": "a paper",
    "finsystem.office.reconciliation.pdf": "a paper",
    "finsystem.office.act.pdf": "a paper",
    "finsystem.my.act.pdf": "a paper",
    "finsystem.office.correction.pdf": "a paper",
    "finsystem.office.correction.edit": "there only while one is written, which the demo has not",
    "finsystem.office.correction.effect": "part of a page",
    "finsystem.my.correction.pdf": "a paper",
}
"""Views that answer GET with something else than a screen of their own."""
_NEVER = re.compile(r"export=|/pdf|/picture|\.(png|svg|css|js|woff2)(\?|$)")
_SAMPLES = 1


@dataclass(frozen=True, slots=True)
class Screen:
    """A page to look at. ``act``: name of what is done there first (`acts`), or empty."""

    role: str
    name: str
    path: str
    act: str = ""


class SiteMap:
    """The routes of a site and which of them answer GET."""

    def __init__(self, config: Path) -> None:
        settings = load_settings(config)
        self._config = configure(settings, discovery.load(discovery.installed(), settings.modules.disabled))
        self._mapper = self._config.registry.queryUtility(IRoutesMapper)

    def name_of(self, path: str) -> str | None:
        """The route that answers ``path``."""
        found = self._mapper(Request.blank(path))["route"]
        return None if found is None or found.name.startswith("__") else str(found.name)

    def readable(self) -> set[str]:
        """Names of routes with a view that answers GET."""
        found = set()
        for item in self._config.introspector.get_category("views") or ():
            view = item["introspectable"]
            methods = view["request_methods"]
            if view.get("route_name") in self._config.registry.cabinet_routes and (not methods or "GET" in methods):
                found.add(str(view["route_name"]))
        return found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.found.append(str(given["href"]))
        if tag == "form" and (given.get("method") or "get").lower() == "get" and given.get("action"):
            self.found.append(str(given["action"]))


@dataclass
class Crawl:
    """What a role reaches: route → paths, the first found first."""

    reached: dict[str, list[str]] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)

    def screens(self, role: str) -> Iterator[Screen]:
        """One for each route."""
        for route, paths in sorted(self.reached.items()):
            module, area, *rest = route.split(".")
            for path in paths[:_SAMPLES]:
                yield Screen(role, ".".join([area, *([module] if module == "cabinet" else []), *rest]), path)


def crawl(context: Any, starts: Iterable[str], site: SiteMap, base: str) -> Crawl:
    """Follow links from ``starts`` as the person of ``context``; each route is opened a few times only."""
    result, waiting, seen = Crawl(), deque(starts), set()
    while waiting:
        path = waiting.popleft()
        route = site.name_of(urlsplit(path).path)
        if path in seen or route is None or route in NO_SCREENS or len(result.reached.get(route, ())) > _SAMPLES:
            continue
        seen.add(path)
        answer = context.request.get(base + path, max_redirects=5)
        if answer.status >= 400:
            result.dead.append(f"{answer.status} {path}")
            continue
        refused = "/sign-in" in answer.url and "/sign-in" not in path
        if refused or "text/html" not in answer.headers.get("content-type", ""):
            continue
        arrived = answer.url.removeprefix(base)
        result.reached.setdefault(site.name_of(urlsplit(arrived).path) or route, []).append(arrived)
        links = _Links()
        links.feed(answer.text())
        for link in links.found:
            target = urlsplit(urljoin(base + arrived, link))
            if f"{target.scheme}://{target.netloc}" == base and not _NEVER.search(link) and not link.startswith("#"):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return result


def unreached(site: SiteMap, screens: Iterable[Screen]) -> list[str]:
    """Routes that answer GET and that none of ``screens`` shows."""
    got = {site.name_of(urlsplit(screen.path).path) for screen in screens}
    return sorted(site.readable() - got - NO_SCREENS.keys())
