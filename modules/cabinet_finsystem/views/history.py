"""The audit trail of an invoice or a payment as a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cabinet.audit.services import AuditEntry
from cabinet.web.changes import actor_of
from cabinet_finsystem.texts import _

_ICONS = {
    "drafted": ("file-plus", ""),
    "changed": ("pencil", ""),
    "issued": ("receipt", "acc"),
    "voided": ("x", "bad"),
    "sent": ("mail-forward", ""),
    "entered": ("cash", "good"),
    "allocated": ("arrows-split-2", "good"),
    "undone": ("receipt-refund", "warn"),
    "reversed": ("receipt-refund", "bad"),
    "agreed": ("circle-check", "good"),
    "disputed": ("message-report", "warn"),
    "answered": ("message-reply", ""),
    "withdrawn": ("x", "bad"),
    "superseded": ("replace", ""),
    "downloaded": ("download", ""),
}


def timeline(request: Any, entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Events for the macro ``timeline``."""
    found = []
    for entry in entries:
        icon, tone = _ICONS.get(entry.action.rpartition(".")[2], ("history", ""))
        found.append(
            {
                "text": request.localizer.translate(entry.title),
                "time": request.fmt.datetime(entry.at),
                "iso": entry.at.isoformat(timespec="seconds"),
                "icon": icon,
                "tone": tone,
                "note": " · ".join(filter(None, (actor_of(request, entry), _facts(request, entry)))),
            }
        )
    return found


def _facts(request: Any, entry: AuditEntry) -> str:
    """What is worth saying of the act: an amount, a reason, an address."""
    facts = {**(entry.before or {}), **(entry.after or {})}
    minor, currency = facts.get("minor", facts.get("total")), facts.get("currency")
    said = [
        request.fmt.amount(minor, currency) if isinstance(minor, int) and currency else "",
        str(facts.get("reason", "")),
        str(facts.get("to", "")),
        request.localizer.translate(_("a copy of ${number}", mapping={"number": facts["copy_of"]}))
        if facts.get("copy_of")
        else "",
    ]
    return ", ".join(filter(None, said))
