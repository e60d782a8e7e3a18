"""Search from anywhere: pages of the menu, and what the sources of all modules find."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.db.folding import fold
from cabinet.plugins.contributions import SearchHit, SearchSource
from cabinet.security.policy import ENTER
from cabinet.texts import _
from cabinet.web import guard
from cabinet.web.slots import open_now

HITS = 8
SHORTEST = 2
TEMPLATE = "cabinet:templates/search.pt"


@view_config(route_name="cabinet.my.search", request_method="GET", permission=ENTER, renderer=TEMPLATE)
@view_config(route_name="cabinet.office.search", request_method="GET", permission=ENTER, renderer=TEMPLATE)
@view_config(route_name="cabinet.site.search", request_method="GET", permission=ENTER, renderer=TEMPLATE)
def search(request: Any) -> dict[str, Any]:
    """What is found in the area where the person is; each source applies its own rights, within the area's scope."""
    text = request.GET.get("q", "").strip()[:200]
    groups: list[tuple[str, list[SearchHit]]] = []
    if len(text) >= SHORTEST:
        if pages := _pages(request, text):
            groups.append((_("Pages"), pages))
        groups += _found(request, text)
    return {"text": text, "groups": groups}


def _pages(request: Any, text: str) -> list[SearchHit]:
    """Entries of the menu, which is what the person may open anyway."""
    wanted = fold(text) or ""
    return [
        SearchHit(entry.title, section.title, entry.href, entry.icon)
        for section in request.nav.sections
        for entry in section.items
        if wanted in (fold(entry.title) or "")
    ][:HITS]


def _hits(source: SearchSource, request: Any, text: str) -> list[SearchHit]:
    """What ``source`` finds, all of it here and now: the page is drawn outside of the guard."""
    hits = list(source.find(request, text, HITS))
    for hit in hits:
        if not isinstance(hit, SearchHit):
            raise TypeError(f"{hit!r} is no SearchHit")
    return hits


def _found(request: Any, text: str) -> list[tuple[str, list[SearchHit]]]:
    found = []
    with guard.Region(request) as region:
        for source in open_now(request, request.registry.cabinet_contributions.search):
            if source.area == request.context.area and request.has_permission(source.permission):
                hits = region.call(source, _hits, source, request, text)
                if hits and hits is not guard.FAILED:
                    found.append((source.title, hits))
    return found
