"""The forum's pages. The same ones stand in both areas: ``in_both`` names their routes, ``Paths`` leads among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.view import view_config

from cabinet.web.paths import path_here

TEMPLATES = "cabinet_forum:templates"
WRITE, MODERATE, MANAGE = "forum:post:write", "forum:post:moderate", "forum:board:edit"


def in_both(route: str, **options: Any) -> Callable[[Any], Any]:
    """One view for the same page of both areas."""

    def decorate(view: Any) -> Any:
        for area in ("my", "office"):
            view = view_config(route_name=f"forum.{area}.{route}", _depth=1, **options)(view)
        return view

    return decorate


class Paths:
    """Ways among the pages of the area of ``request``."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def __call__(self, page: str, _query: Any = None, **parts: Any) -> str:
        """Path of a page, as its route is called there; a part is a row with a public id, or text."""
        ids = {name: getattr(part, "public_id", part) for name, part in parts.items()}
        named = {name: getattr(id_, "hex", id_) for name, id_ in ids.items()}
        return path_here(self._request, f"forum.{page}", _query=_query, **named)

    def files(self, post: Any) -> str:
        """Address below which the files of a post are."""
        return self("post.file", post=post, file="")


def client_id(request: Any) -> int | None:
    """For whom the person reads and writes here; None in the office."""
    client = request.context.client
    return None if client is None else int(client.id)
