"""The audit trail as a timeline: who did what, and what was there before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cabinet.audit.services import AuditEntry
from cabinet.web.changes import about, actor_of, changes, told

_ICONS = {
    "client": "building-community",
    "contact": "user",
    "contract": "file-certificate",
    "user": "key",
    "invoice": "receipt",
    "payment": "cash",
    "legal_entity": "building",
}


def timeline(request: Any, entries: Iterable[AuditEntry], *, of_one: bool = False) -> list[dict[str, Any]]:
    """Events for the macro ``timeline``. ``of_one``: all of one object, whose name need not be said."""
    translate = request.localizer.translate
    return [
        {
            "text": _text(translate(entry.title), "" if of_one else about(request, entry)),
            "time": request.fmt.datetime(entry.at),
            "iso": entry.at.isoformat(timespec="seconds"),
            "icon": _ICONS.get(entry.kind, "pencil"),
            "note": " · ".join(filter(None, (actor_of(request, entry), _changes(request, entry)))),
        }
        for entry in entries
    ]


def _text(title: str, thing: str) -> str:
    return f"{title}: {thing}" if thing else title


def _changes(request: Any, entry: AuditEntry) -> str:
    """What was replaced by what, field by field; only what people have a name for. What an act adds is seen on the card itself."""
    return told(c for c in changes(request, entry) if c.named and c.before is not None)
