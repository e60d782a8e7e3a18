"""Evidence on a page: the purpose with its marks, and the reasons that carry the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cabinet_finsystem.statements.matching.decision import Field, Sense
from cabinet_finsystem.statements.telling import tell


def reasons(request: Any, evidence: Sequence[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """(mark, tint, sentence) of each piece, as a reader meets them in the purpose; then what stands elsewhere.

    The mark is the number of its place in the purpose, = for what agrees elsewhere, ! for what is new, – for what speaks against.
    """
    found = []
    for stored, number in zip(evidence, numbers(evidence), strict=True):
        sense = Sense(stored["sense"])
        mark = "–" if sense is Sense.AGAINST else str(number) if number else "!" if sense is Sense.NEW else "="
        found.append((number or len(evidence) + 1, mark, _tint(sense, number), tell(request, stored)))
    return [reason[1:] for reason in sorted(found, key=lambda reason: reason[0])]


def pieces(text: str, evidence: Sequence[dict[str, Any]]) -> list[tuple[str, int, int]]:
    """``text`` cut into (piece, number, tint): 0 for plain words, else the number of the evidence that lies there."""
    marks = [
        (*stored["span"], number, _tint(Sense(stored["sense"]), number))
        for stored, number in zip(evidence, numbers(evidence), strict=True)
        if number
    ]
    cut, at = [], 0
    for start, end, number, tint in sorted(marks):
        if start < at:
            continue
        if start > at:
            cut.append((text[at:start], 0, 0))
        cut.append((text[start:end], number, tint))
        at = end
    return [*cut, (text[at:], 0, 0)] if at < len(text) else cut


def numbers(evidence: Sequence[dict[str, Any]]) -> list[int]:
    """For each piece the number of its mark in the purpose, left to right; 0: it has none. What overlaps shares a mark."""
    spans = sorted(
        (*stored["span"], index)
        for index, stored in enumerate(evidence)
        if stored.get("span") and stored["field"] == Field.PURPOSE.value and stored["sense"] != Sense.AGAINST.value
    )
    found, number, at = [0] * len(evidence), 0, 0
    for start, end, index in spans:
        if start >= at:
            number, at = number + 1, end
        found[index] = number
    return found


def _tint(sense: Sense, number: int) -> int:
    """Accent, plum and green in turn; amber for what is new."""
    return 4 if sense is Sense.NEW else max(number - 1, 0) % 3 + 1
