"""Who acts, and from where: read from a request once, for the audit trail and for jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_USER = "cabinet.user_id"
_ON_BEHALF = "cabinet.on_behalf_id"
_ACTOR = "cabinet.actor"


@dataclass(frozen=True, slots=True)
class Origin:
    """The cause of an act. ``actor`` names a job or a command; ``on_behalf_id``: whose rights were borrowed."""

    user_id: int | None = None
    on_behalf_id: int | None = None
    actor: str = ""
    address: str = ""
    request_id: str = ""


def origin_of(request: Any) -> Origin:
    """The origin of what ``request`` does. A job acts for the person who started it."""
    identity = getattr(request, "identity", None)
    return Origin(
        user_id=request.environ.get(_USER) or getattr(identity, "user_id", None),
        on_behalf_id=request.environ.get(_ON_BEHALF) or getattr(identity, "on_behalf_id", None),
        actor=request.environ.get(_ACTOR, ""),
        address=request.environ.get("REMOTE_ADDR", ""),
        request_id=request.environ.get("cabinet.request_id", ""),
    )


def act_for(request: Any, user_id: int | None, on_behalf_id: int | None = None) -> None:
    """Let what ``request`` does count as done by ``user_id``: for jobs, and for a sign-in that has no identity yet."""
    request.environ[_USER] = user_id
    request.environ[_ON_BEHALF] = on_behalf_id
