"""Reminders on pages of others: whether a client gets them, what was told of an invoice."""

from __future__ import annotations

from typing import Any

from cabinet_finsystem.dunning.values import Told
from cabinet_finsystem.dunning.wording import step_name
from cabinet_finsystem.interfaces import IDunning
from cabinet_finsystem.texts import _


def card_reminders(request: Any, card: Any) -> dict[str, Any] | None:
    """Whether a client is reminded; nothing where nobody is."""
    book = request.find_service(IDunning)
    steps = [step for step in book.steps() if step.on_since is not None]
    left_out = book.left_out(card.client_id)
    if card.archived_at or not (steps or left_out):
        return None
    names = [step_name(request.fmt, step.days) for step in steps]
    return {"left_out": left_out, "steps": names, "client": card.public_id.hex}


def told_rows(request: Any, invoice_id: int) -> list[tuple[Any, str]]:
    """(Told, when it was told) of an invoice, the latest first."""
    return [(one, _told_when(request, one)) for one in request.find_service(IDunning).told_of(invoice_id)]


def _told_when(request: Any, one: Told) -> str:
    name = step_name(request.fmt, one.days)
    return str(request.localizer.translate(_("By hand, ${when}", mapping={"when": name}))) if one.by_hand else name
