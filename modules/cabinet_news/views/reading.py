"""Reading: a client's people behind their door, guests before it, and programs by the feed."""

from __future__ import annotations

import datetime
import re
from typing import Any
from xml.etree import ElementTree as ET

from pyramid.response import Response
from pyramid.view import view_config

from cabinet.audience.values import GUEST, Reader, of_client
from cabinet.db.memo import once
from cabinet.db.paging import ListQuery
from cabinet.interfaces import IAudiences
from cabinet.plugins.contributions import SearchHit
from cabinet.preferences import effective
from cabinet.richtext import excerpt, render
from cabinet.security.policy import PUBLIC
from cabinet.web.answers import go, say
from cabinet.web.listing import Listing
from cabinet.web.viewing import whose_eyes
from cabinet_news.interfaces import Article, INews, Line
from cabinet_news.services import READ
from cabinet_news.texts import _
from cabinet_news.views.files import below, hanging

_FEED = 30
_ON_HOME = 12
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATOM = "http://www.w3.org/2005/Atom"


# A client's people


@view_config(
    route_name="news.my.articles",
    request_method="GET",
    permission=READ,
    renderer="cabinet_news:templates/my/articles.pt",
)
def articles(request: Any) -> dict[str, Any]:
    """What must be accepted first, what is pinned, then the newest."""
    news, reader, user_id = request.find_service(INews), of_client(request.context.client.id), whose_eyes(request)
    return _list(request, news, reader, user_id)


@view_config(
    route_name="news.my.article",
    request_method="GET",
    permission=READ,
    renderer="cabinet_news:templates/my/article.pt",
)
def article(request: Any) -> dict[str, Any]:
    """One article. The page itself says that it was read: asking for it changes nothing."""
    row: Article = request.context.subject
    return {
        **_page(request, row),
        "line": request.find_service(INews).line(row, whose_eyes(request)),
        "looks_only": request.identity.viewing is not None,
    }


@view_config(route_name="news.my.article.read", request_method="POST", permission=READ)
def read(request: Any) -> Response:
    """He has read it."""
    request.find_service(INews).mark_read(request.context.subject, request.identity.user_id)
    return Response(status=204)


@view_config(route_name="news.my.articles.read", request_method="POST", permission=READ)
def read_all(request: Any) -> Any:
    """He has read all of it."""
    client = request.context.client
    request.find_service(INews).mark_all_read(of_client(client.id), request.identity.user_id)
    return go(request, "news.my.articles", client=client.public_id.hex)


@view_config(route_name="news.my.article.accept", request_method="POST", permission=READ)
def accept(request: Any) -> Any:
    """He takes note of it."""
    row, client = request.context.subject, request.context.client
    if request.find_service(INews).accept(row, request.identity.user_id, client.id):
        say(request, _("Thank you: you have accepted it."))
    return go(request, "news.my.article", client=client.public_id.hex, article=row.public_id.hex)


def _list(request: Any, news: Any, reader: Reader, user_id: int | None) -> dict[str, Any]:
    """A list with what stands on top; what is searched for stands in one row with the rest."""
    top = [] if request.GET.get("q", "").strip() else news.top(reader, user_id)
    listing = Listing(
        request, (), lambda query: news.page(query, reader, user_id, top), default="-at", file_name="news"
    )
    return {"listing": listing, "top": top if not listing.after else [], "excerpt": excerpt}


def _page(request: Any, row: Article) -> dict[str, Any]:
    files = below(request, row)
    return {
        "article": row,
        "body": render(row.body, files),
        "files": files,
        "attachments": hanging(request, row),
    }


def lines_for_home(request: Any) -> list[Line]:
    """What the cards of a client's home choose from; asked once for both."""
    reader, user_id = of_client(request.context.client.id), whose_eyes(request)
    found: list[Line] = once(
        request.db, ("news.home", user_id), lambda: request.find_service(INews).latest(reader, user_id, _ON_HOME)
    )
    return found


# Guests


@view_config(
    route_name="news.public.articles",
    request_method="GET",
    permission=PUBLIC,
    renderer="cabinet_news:templates/public/articles.pt",
)
def public_articles(request: Any) -> dict[str, Any]:
    """Public news."""
    return _list(request, request.find_service(INews), GUEST, None)


@view_config(
    route_name="news.public.article",
    request_method="GET",
    permission=PUBLIC,
    renderer="cabinet_news:templates/public/article.pt",
)
def public_article(request: Any) -> dict[str, Any]:
    """One of them."""
    return _page(request, request.context.subject)


@view_config(route_name="news.public.feed", request_method="GET", permission=PUBLIC)
def feed(request: Any) -> Response:
    """Public news by RFC 4287 (Atom), the newest thirty. Its links are made from the configured address alone."""
    site, found = effective(request).site, request.find_service(INews).feed(_FEED)
    root = site.url.rstrip("/")
    here = root + request.route_path("news.public.feed", _app_url="")
    top = ET.Element("feed", xmlns=_ATOM)
    changed = max((row.appears_at for row in found), default=datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC))
    _text(top, "id", here)
    _text(top, "title", f"{site.name}: {request.localizer.translate(_('News'))}")
    _text(top, "updated", changed.isoformat(timespec="seconds"))
    ET.SubElement(top, "link", rel="self", href=here)
    for row in found:
        entry = ET.SubElement(top, "entry")
        page = root + request.route_path("news.public.article", article=row.public_id.hex, _app_url="")
        _text(entry, "id", row.public_id.urn)
        _text(entry, "title", row.title)
        _text(entry, "updated", row.appears_at.isoformat(timespec="seconds"))
        _text(ET.SubElement(entry, "author"), "name", site.name)
        ET.SubElement(entry, "link", rel="alternate", href=page)
        _text(entry, "content", str(render(row.body, f"{page}/files/")), type="html")
    response = Response(ET.tostring(top, encoding="utf-8", xml_declaration=True), content_type="application/atom+xml")
    response.charset = "utf-8"
    return response


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    # What XML cannot hold even escaped would make the whole feed unreadable.
    ET.SubElement(parent, name, attributes).text = _NOT_XML.sub("", text)


# Search


def find_own(request: Any, text: str, limit: int) -> list[SearchHit]:
    """What a client's people find."""
    client = request.context.client
    page = request.find_service(INews).page(ListQuery(search=text, size=limit), of_client(client.id))
    return [
        _hit(
            line.article,
            request.route_path("news.my.article", client=client.public_id.hex, article=line.article.public_id.hex),
            request,
        )
        for line in page.rows
    ]


def find_office(request: Any, text: str, limit: int) -> list[SearchHit]:
    """What our people find: of what is shown, as far as it is for them."""
    reader = request.find_service(IAudiences).reader(request.context)
    page = request.find_service(INews).page(ListQuery(search=text, size=limit), reader)
    return [
        _hit(line.article, request.route_path("news.office.article", article=line.article.public_id.hex), request)
        for line in page.rows
    ]


def _hit(row: Article, url: str, request: Any) -> SearchHit:
    return SearchHit(row.title, f"{request.fmt.date(row.appears_at)} · {excerpt(row.body, 100)}", url, "news")
