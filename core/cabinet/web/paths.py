"""Ways within the site: to a page of the area where somebody is, and where a redirect may lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def path_here(request: Any, page: str, **parts: Any) -> str:
    """The path of a page that several areas have, in the area where the reader is.

    ``page``: its route without the area, ``faq.question`` for ``faq.my.question`` and ``faq.office.question``; ``parts``: as of
    ``route_path``, without the client of the area.
    """
    context = request.context
    module, _dot, rest = page.partition(".")
    if context.client is not None:
        parts["client"] = context.client.public_id.hex
    path: str = request.route_path(f"{module}.{context.area}.{rest}", **parts)
    return path


def own_path(target: str) -> bool:
    """Whether ``target`` is a path of this site: one slash, then no slash, backslash, control or blank that a browser folds."""
    return (
        target.startswith("/")
        and target[1:2] not in {"/", "\\"}
        and not any(c in "\\\t\r\n\x0b\x0c" or ord(c) < 32 for c in target)
    )


def came_from(request: Any) -> str:
    """The page of this site that the request came from; empty where it cannot be told."""
    try:
        referer = urlsplit(request.referer or "")
    except ValueError:
        return ""
    path = f"{referer.path}?{referer.query}" if referer.query else referer.path
    return path if referer.netloc == urlsplit(request.host_url).netloc and own_path(path) else ""
