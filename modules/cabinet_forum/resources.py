"""What the forum's routes stand on: found by who may read the board, else there is no such page."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IAudiences, IRateLimiter
from cabinet.web.areas import public_id
from cabinet_forum.interfaces import IBoards, ITopics

MODERATE = "forum:post:moderate"
POSTS = {"limit": 20, "per_seconds": 600}
"""Of one person: quicker than anybody writes, slower than a script."""

WAIT = "forum.wait"
"""In the environment of the request: how many seconds its writer is to wait."""


def board(request: Any, context: Any) -> Any:
    """Board of the path."""
    return request.find_service(IBoards).find(_id(request, "board"), _reader(request, context))


def topic(request: Any, context: Any) -> Any:
    """Topic of the path; who moderates finds one that was taken away, too."""
    find = request.find_service(ITopics).find
    return find(_id(request, "topic"), _reader(request, context), deleted=_moderates(request, context))


def post(request: Any, context: Any) -> Any:
    """Post of the path; the same."""
    find = request.find_service(ITopics).find_post
    return find(_id(request, "post"), _reader(request, context), deleted=_moderates(request, context))


def posting_counted(request: Any) -> None:
    """``before`` of what writes: counted ahead of the transaction. The page says no by itself, so that the text is not lost."""
    key = str(request.identity.user_id)
    request.environ[WAIT] = request.find_service(IRateLimiter).hit("forum.post", key, **POSTS)


def _id(request: Any, part: str) -> Any:
    return public_id(request.matchdict[part])


def _reader(request: Any, context: Any) -> Any:
    return request.find_service(IAudiences).reader(context)


def _moderates(request: Any, context: Any) -> bool:
    return bool(request.has_permission(MODERATE, context))
