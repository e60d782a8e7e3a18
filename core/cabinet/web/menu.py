"""The menu of an area for the person who looks: entries he may open, with what waits behind each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cabinet.identity.viewing import Viewing
from cabinet.interfaces import ISettings
from cabinet.plugins.contributions import MenuItem
from cabinet.preferences import effective
from cabinet.preferences.brand import COLOR, LOGO
from cabinet.texts import _
from cabinet.web import guard
from cabinet.web.areas import OFFICE, AreaContext, MyArea
from cabinet.web.bell import bell, unread
from cabinet.web.paths import path_here
from cabinet.web.slots import open_now

BOTTOM_SIZE = 5
_SOUGHT = {
    "my": _("Invoice, payment, contract"),
    "office": _("Client, INN, invoice, contract"),
    "site": _("Person, module"),
}
_QUOTED = re.compile(r"[«“\"](.*\w.*)[»”\"]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A drawn entry."""

    title: str
    href: str
    icon: str
    count: int | None
    hot: bool
    current: bool
    bottom: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one heading; the first has none."""

    title: str
    items: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Who:
    """The person or the company at the corner of the page."""

    name: str
    initials: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """Another client or area the person may go to. To a client he goes by posting to ``href``: his choice is remembered."""

    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Searching:
    """Where the search of an area is, and what it looks for, in the reader's words."""

    url: str
    hint: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """All that surrounds a page."""

    sections: Sequence[Section]
    bottom: Sequence[Entry]
    user: Who | None
    brand: str
    sign_url: str | None
    colors_url: str | None
    client: Who | None
    switches: Sequence[Switch]
    search: Searching | None
    home: str
    lang: str
    theme: str
    viewing: Viewing | None = None
    notices_url: str | None = None
    unread: int = 0

    @property
    def several_clients(self) -> bool:
        """Whether who is in a client's cabinet has another client to go to."""
        return self.client is not None and len(self.switches) > 1


def navigation(request: Any) -> Navigation:
    """The surroundings of the page that ``request`` asks for."""
    context = getattr(request, "context", None)
    if not isinstance(context, AreaContext):
        context = None
    identity = request.identity
    # Before the door there is no menu; behind it the public area holds everybody's own account.
    inside = context is not None and (context.area != "public" or identity is not None)
    entries = _entries(request, context) if context is not None and inside else []
    sections = [
        Section(title, [entry for _title, entry in group])
        for title, group in groupby(entries, key=lambda pair: pair[0])
    ]
    everything = [entry for _title, entry in entries]
    notices_url = bell(request, context)
    return Navigation(
        sections=sections,
        bottom=sorted(everything, key=lambda entry: not entry.bottom)[: BOTTOM_SIZE - 1],
        user=Who(identity.name, initials(identity.name), identity.email) if identity else None,
        brand=effective(request).site.name,
        sign_url=_sign_url(request),
        colors_url=_colors_url(request),
        client=_client(context),
        switches=_switches(request, context),
        search=_search(request, context),
        home=everything[0].href if everything else request.route_path("cabinet.public.home"),
        viewing=identity.viewing if identity else None,
        lang=request.locale_name,
        theme=request.cookies.get("cabinet_theme", "")
        if request.cookies.get("cabinet_theme") in {"light", "dark"}
        else "",
        notices_url=notices_url,
        unread=unread(request) if notices_url is not None else 0,
    )


def _search(request: Any, context: AreaContext | None) -> Searching | None:
    hint = _SOUGHT.get(context.area) if context is not None else None
    if context is None or hint is None:
        return None
    return Searching(path_here(request, "cabinet.search"), request.localizer.translate(hint))


def _sign_url(request: Any) -> str | None:
    """The firm's own sign; another picture has another address, so that a browser may keep it."""
    file_id = request.find_service(ISettings).get(LOGO)
    return request.route_path("cabinet.public.sign", _query={"v": file_id}) if file_id else None


def _colors_url(request: Any) -> str | None:
    book = request.find_service(ISettings)
    if not book.own(COLOR):
        return None
    url: str = request.route_path("cabinet.public.colors", _query={"v": book.get(COLOR)[1:]})
    return url


def initials(name: str) -> str:
    """Two letters that stand for a name; of a company, those of what stands in quotation marks."""
    quoted = _QUOTED.search(name)
    name = quoted[1] if quoted else name
    letters = [
        word[0] for word in name.replace("«", " ").replace("»", " ").replace('"', " ").split() if word[0].isalnum()
    ]
    return "".join(letters[:2]).upper() or "?"


def _entries(request: Any, context: AreaContext) -> list[tuple[str, Entry]]:
    items: tuple[MenuItem, ...] = request.registry.cabinet_contributions.menu
    mine = [
        i for i in open_now(request, items) if i.area == context.area and request.has_permission(i.permission, context)
    ]
    titles = list(dict.fromkeys(i.section for i in mine))
    mine.sort(key=lambda item: titles.index(item.section))
    translate = request.localizer.translate
    hrefs = {item.route: _href(request, item, context) for item in mine}
    current = _current(request, hrefs)
    with guard.Region(request) as region:
        counts = {item.route: region.call(item, item.badge, request) for item in mine if item.badge}
        named = [
            (item, region.call(item, item.title, request) if callable(item.title) else item.title) for item in mine
        ]
    return [
        (
            translate(item.section) if item.section else "",
            Entry(
                title=translate(title),
                href=hrefs[item.route],
                icon=item.icon,
                count=None if counts.get(item.route) is guard.FAILED else counts.get(item.route),
                hot=item.hot,
                current=item.route == current,
                bottom=item.bottom,
            ),
        )
        for item, title in named
        if title is not guard.FAILED
    ]


def _href(request: Any, item: MenuItem, context: AreaContext) -> str:
    parts = {"client": context.client.public_id.hex} if context.client is not None else {}
    path: str = request.route_path(item.route, **parts)
    return path


def _current(request: Any, hrefs: dict[str, str]) -> str | None:
    """The route whose path is the longest beginning of the page's own, unless the view has said ``request.menu_route``."""
    chosen = getattr(request, "menu_route", None)
    if chosen in hrefs:
        return str(chosen)
    path = request.script_name + request.path_info
    fitting = [
        (len(href), route) for route, href in hrefs.items() if path == href or path.startswith(href.rstrip("/") + "/")
    ]
    return max(fitting)[1] if fitting else None


def _client(context: AreaContext | None) -> Who | None:
    if context is None or context.client is None:
        return None
    return Who(context.client.name, initials(context.client.name))


def _switches(request: Any, context: AreaContext | None) -> list[Switch]:
    """The person's other clients; for our side, the other area he may work in."""
    if isinstance(context, MyArea) and context.client is not None:
        return [
            Switch(
                m.client.name,
                request.route_path("cabinet.my.enter", client=m.client.public_id.hex),
                m.client is context.client,
            )
            for m in context.memberships
        ]
    if request.identity is None or not (request.identity.roles & OFFICE and "owner" in request.identity.roles):
        return []
    translate = request.localizer.translate
    area = context.area if context is not None else ""
    return [
        Switch(translate(_("Office")), request.route_path("cabinet.office.home"), area == "office"),
        Switch(translate(_("Site")), request.route_path("cabinet.site.home"), area == "site"),
    ]
