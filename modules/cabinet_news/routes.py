"""Routes of news, area by area."""

from __future__ import annotations

from typing import Any

from cabinet_news import resources


def public(config: Any) -> None:
    """Public news, for guests where the owner wants, and as a feed."""
    add = config.add_area_route
    add("news.public.articles", "/news", load=resources.open_to_guests)
    add("news.public.feed", "/news/feed.atom", load=resources.open_to_guests)
    add("news.public.article", "/news/{article}", load=resources.public_article)
    add("news.public.file", "/news/{article}/files/{file}", load=resources.public_article)


def my(config: Any) -> None:
    """A client's people read, and accept what must be accepted."""
    add = config.add_area_route
    add("news.my.articles", "/news")
    add("news.my.articles.read", "/news/read")
    add("news.my.article", "/news/{article}", load=resources.article)
    add("news.my.article.read", "/news/{article}/read", load=resources.article)
    add("news.my.article.accept", "/news/{article}/accept", load=resources.article)
    add("news.my.file", "/news/{article}/files/{file}", load=resources.article)


def office(config: Any) -> None:
    """Our people write, publish and see who has accepted."""
    add = config.add_area_route
    add("news.office.articles", "/news")
    add("news.office.article.new", "/news/new", uploads=True)
    add("news.office.article", "/news/{article}", load=resources.article)
    add("news.office.article.edit", "/news/{article}/edit", load=resources.article, uploads=True)
    add("news.office.article.publish", "/news/{article}/publish", load=resources.article)
    add("news.office.article.withdraw", "/news/{article}/withdraw", load=resources.article)
    add("news.office.article.remove", "/news/{article}/remove", load=resources.article)
    add("news.office.article.accept", "/news/{article}/accept", load=resources.article)
    add("news.office.article.acceptances", "/news/{article}/acceptances", load=resources.article)
    add("news.office.article.remind", "/news/{article}/remind", load=resources.article)
    add("news.office.file", "/news/{article}/files/{file}", load=resources.article)
