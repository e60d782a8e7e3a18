"""Pictures and files of an article: whoever finds the article finds them."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from cabinet.interfaces import IAttachments
from cabinet.security.policy import PUBLIC
from cabinet.web.areas import public_id
from cabinet.web.downloads import attachment_response
from cabinet.web.paths import path_here
from cabinet_news.interfaces import Article
from cabinet_news.services import KIND, READ, VIEW


@view_config(route_name="news.my.file", request_method="GET", permission=READ)
@view_config(route_name="news.office.file", request_method="GET", permission=VIEW)
@view_config(route_name="news.public.file", request_method="GET", permission=PUBLIC)
def file(request: Any) -> Response:
    """One file."""
    key = public_id(request.matchdict["file"])
    found = request.find_service(IAttachments).find(KIND, request.context.subject.id, key)
    return attachment_response(request, found)


def below(request: Any, row: Article) -> str:
    """The address below which they are, for who reads here."""
    return path_here(request, "news.file", article=row.public_id.hex, file="")


def hanging(request: Any, row: Article) -> Any:
    """All of them."""
    return request.find_service(IAttachments).of(KIND, [row.id]).get(row.id, [])
