"""How many files one person has written for himself at a time: each costs as much as a hundred pages."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Any

from pyramid.httpexceptions import HTTPTooManyRequests
from pyramid.tweens import EXCVIEW

AT_ONCE = 2
"""Files that a process of the server writes for one person at the same moment; whoever asks for more is told to come again."""

_ASKED = "export="
_COME_AGAIN = "10"
_lock = Lock()
_busy: Counter[int] = Counter()


def exports_tween_factory(handler: Any, _registry: Any) -> Any:
    """Around the view: counts those that write a file of a list or a report."""

    def exports_tween(request: Any) -> Any:
        # The query as it came: it is read, and refused where it is no text, only further in.
        identity = request.identity if _ASKED in request.query_string else None
        if identity is None:
            return handler(request)
        with _lock:
            if _busy[identity.user_id] >= AT_ONCE:
                raise HTTPTooManyRequests(headers={"Retry-After": _COME_AGAIN})
            _busy[identity.user_id] += 1
        try:
            return handler(request)
        finally:
            with _lock:
                _busy[identity.user_id] -= 1
                if not _busy[identity.user_id]:
                    del _busy[identity.user_id]

    return exports_tween


def includeme(config: Any) -> None:
    """Put the tween where what it raises becomes a page."""
    config.add_tween("cabinet.web.exports.exports_tween_factory", under=EXCVIEW)
