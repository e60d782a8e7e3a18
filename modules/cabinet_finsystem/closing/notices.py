"""The owner is told when closed days are opened again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cabinet.plugins.contributions import NoticeKind
from cabinet_finsystem.texts import _

REOPENED = "finsystem.period.reopened"


def _line(fmt: Any, facts: Mapping[str, Any]) -> Any:
    mapping = {"closed": fmt.date(date.fromisoformat(facts["closed"])), "reason": facts["reason"]}
    if facts["through"] is None:
        return _("The books, closed through ${closed}, are open again: ${reason}", mapping=mapping)
    mapping["through"] = fmt.date(date.fromisoformat(facts["through"]))
    return _("The books, closed through ${closed}, are open again after ${through}: ${reason}", mapping=mapping)


def _page(request: Any, _notice: Any) -> str:
    path: str = request.route_path("cabinet.site.audit", _app_url="")
    return path


KINDS = (
    NoticeKind(
        REOPENED,
        _("A closed period is opened again"),
        "owner",
        "core:audit:view",
        _line,
        _page,
        icon="lock-open",
        act=_("See the log"),
    ),
)
