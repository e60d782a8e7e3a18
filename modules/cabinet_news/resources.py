"""What the routes of news stand on: an article that the reader finds, else there is no such page."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IAudiences, ISettings
from cabinet.web.areas import public_id
from cabinet_news.interfaces import INews

EDIT = "news:article:edit"
OPEN = "news.for_guests"
"""The setting that opens public news to guests."""


def article(request: Any, context: Any) -> Any:
    """The article of the path, as far as it is shown and for the reader; who writes finds it in every state."""
    news, key = request.find_service(INews), public_id(request.matchdict["article"])
    if context.area == "office" and request.has_permission(EDIT, context):
        return news.any(key)
    return news.find(key, request.find_service(IAudiences).reader(context))


def open_to_guests(request: Any, _context: Any) -> Any:
    """Something where the owner lets guests read public news, else nothing."""
    return request.find_service(ISettings).get(OPEN) or None


def public_article(request: Any, context: Any) -> Any:
    """A public article, where guests may read."""
    return article(request, context) if open_to_guests(request, context) else None
