"""Whether small differences of a client are written off by themselves, on his card."""

from __future__ import annotations

from typing import Any

from cabinet_finsystem.interfaces import IWriteOffs


def card_write_offs(request: Any, card: Any) -> dict[str, Any] | None:
    """What is so for a client; nothing where no rule writes anything off by itself and he was never left out."""
    if card.archived_at:
        return None
    offs = request.find_service(IWriteOffs)
    rules = [
        rule for rule in offs.rules() if rule.on_since is not None and (rule.short_by_itself or rule.over_by_itself)
    ]
    left_out = offs.left_out(card.client_id) if rules else False
    if not rules:
        return None
    sums = [request.fmt.amount(max(rule.short_most, rule.over_most), rule.currency) for rule in rules]
    return {"left_out": left_out, "sums": sums, "client": card.public_id.hex}
