"""What the states of statement files and of their lines are called."""

from __future__ import annotations

from typing import Any

from cabinet_finsystem.texts import _

FILE_STATES = {
    "reading": _("Being read"),
    "importing": _("Being read"),
    "preview": _("To review"),
    "imported": _("Imported"),
    "undoing": _("Being taken back"),
    "undone": _("Taken back"),
    "refused": _("Refused"),
    "discarded": _("Called off"),
}
LINE_STATES = {
    "applied": _("Applied to its place"),
    "proposed": _("Needs your decision"),
    "unsorted": _("Not sorted"),
    "invalid": _("Unreadable"),
    "undone": _("Taken back"),
    "duplicate": _("Loaded already"),
    "pending": _("Not booked yet"),
    "info": _("For information"),
}
WAITS_FOR = {
    "mapping_needed": _("Waits: what its columns are"),
    "own_account_needed": _("Waits: which account it is of"),
    "dates_ambiguous": _("Waits: how its dates are written"),
    "account_unknown": _("Waits: whether its account is yours"),
    "currency_differs": _("Waits: an account in its currency"),
}
"""Of a file that nobody refused for good: the answer, or the account of ours, that it is read with. By the code of its problem."""
_SHAPES = {
    "reading": "draft",
    "importing": "draft",
    "preview": "owed",
    "imported": "done",
    "undoing": "draft",
    "undone": "void",
    "refused": "fail",
    "discarded": "void",
}


def file_state(file: Any) -> tuple[str, Any]:
    """(shape, word) of a StatementFile."""
    if file.state == "imported" and any(statement.state == "held" for statement in file.statements):
        return "late", _("Stored, not applied")
    code = (file.problem or {}).get("code") if file.state == "refused" else None
    if code in WAITS_FOR:
        return "owed", WAITS_FOR[code]
    return _SHAPES[file.state], FILE_STATES[file.state]
