"""What the bell of a page shows: notices of the kinds that the person may see behind this door, as the switches and his rights are now."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import INotices
from cabinet.notify.audience import AREAS
from cabinet.notify.letters import notice_line
from cabinet.notify.models import Notice
from cabinet.plugins.contributions import NoticeKind
from cabinet.texts import _
from cabinet.web import guard
from cabinet.web.areas import public_id
from cabinet.web.paths import path_here
from cabinet.web.slots import open_now
from cabinet.web.viewing import whose_eyes


def bell(request: Any, context: Any) -> str | None:
    """The page of notices of this area; None where there is no bell: before the door, and on one's own account."""
    if context is None or context.area == "public" or request.identity is None:
        return None
    return address(request)


def address(request: Any, page: str = "notices", **parts: str) -> str:
    """Path of a page of notices in the area of ``request``; ``page``: what its route is called there."""
    return path_here(request, f"cabinet.{page}", **parts)


def seen(request: Any) -> dict[str, Any]:
    """Whose notices, behind which door and of which kinds: the arguments of INotices."""
    context, viewing = request.context, request.identity.viewing
    kinds: tuple[NoticeKind, ...] = tuple(request.registry.cabinet_contributions.notices.values())
    # Who looks through another's eyes sees what is of the client, not what is that person's alone.
    doors = {context.area} if viewing is not None else {"", context.area}
    here = open_now(request, [kind for kind in kinds if AREAS[kind.to] in doors])
    names = [k.name for k in here if not k.permission or request.has_permission(k.permission, context)]
    return {"user_id": whose_eyes(request), "area": context.area, "kinds": names}


def own_notice(request: Any, context: Any) -> Notice | None:
    """The notice that the path names, where it is the person's own and belongs behind this door."""
    found: Notice | None = request.find_service(INotices).find(
        public_id(request.matchdict["notice"]), user_id=whose_eyes(request), area=context.area
    )
    return found


def unread(request: Any) -> int:
    """How many notices wait behind this door: one query."""
    count: int = request.find_service(INotices).unread(**seen(request))
    return count


def line(request: Any, notice: Notice) -> str:
    """What a notice says, in the reader's language."""
    kind = request.registry.cabinet_contributions.notices[notice.kind]
    said: str | None = guard.call(
        request, kind, notice_line, kind, request.fmt, request.localizer.translate, notice.facts
    )
    return said or str(request.localizer.translate(_("What happened cannot be shown just now.")))


def target(request: Any, notice: Notice) -> str | None:
    """The page of what a notice is about."""
    kind = request.registry.cabinet_contributions.notices[notice.kind]
    path: str | None = guard.call(request, kind, kind.path, request, notice) if kind.path is not None else None
    return request.script_name + path if path else None
