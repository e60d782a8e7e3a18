"""News: what the firm tells its clients and its own people, and who has accepted what must be accepted."""

from __future__ import annotations

from typing import Any

from cabinet.plugins import ModuleInfo
from cabinet_news.texts import _

MODULE = ModuleInfo(
    id="news",
    title=_("News"),
    version="0.1.0",
    category="clients",
    description=_(
        "News for clients, groups of them, everybody or our own people: at once or later, with who has accepted them."
    ),
)


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_news.interfaces import INews
    from cabinet_news.services import news_factory

    config.register_service_factory(news_factory, INews)
