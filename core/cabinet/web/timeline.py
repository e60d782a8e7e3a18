"""The audit trail of a thing as its page shows it: who did what, and what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cabinet.audit.services import AuditEntry
from cabinet.web.changes import about, actor_of, changes, told

_USUAL = "pencil"


def timeline(
    request: Any, entries: Iterable[AuditEntry], icons: Mapping[str, str], *, of_one: bool = False
) -> list[dict[str, Any]]:
    """Events for the macro ``timeline``. ``icons``: kind of the thing → icon; ``of_one``: all of one thing, whose name need not be said."""
    translate = request.localizer.translate
    return [
        {
            "text": _text(translate(entry.title), "" if of_one else about(request, entry)),
            "time": request.fmt.datetime(entry.at),
            "iso": entry.at.isoformat(timespec="seconds"),
            "icon": icons.get(entry.kind, _USUAL),
            "note": " · ".join(filter(None, (actor_of(request, entry), _changes(request, entry)))),
        }
        for entry in entries
    ]


def _text(title: str, thing: str) -> str:
    return f"{title}: {thing}" if thing else title


def _changes(request: Any, entry: AuditEntry) -> str:
    """What was replaced by what, field by field; only what people have a name for. What an act adds is seen on the page itself."""
    return told(c for c in changes(request, entry) if c.named and c.before is not None)
