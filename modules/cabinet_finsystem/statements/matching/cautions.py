"""What the owner wants to be asked about first, though it is proven. A caution only ever turns a posting into a question."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from enum import StrEnum

from .decision import Field, Kind, Match, Outcome, speaks_against


class Caution(StrEnum):
    """A way of paying that a person is to see before it is posted."""

    PART = "part"
    OVER = "over"
    SEVERAL = "several"
    UNDATED = "undated"
    SHORT = "short"
    ACCOUNT = "account"
    LEARNED = "learned"


def asked_first(match: Match, wanted: Collection[Caution]) -> Match:
    """``match``, as a question where one of the ``wanted`` cautions is of it; it says which."""
    if not wanted or match.outcome is not Outcome.SURE or match.kind is not Kind.PAYMENT:
        return match
    held = tuple(speaks_against(f"asked-{one}", Field.LINE) for one in Caution if one in wanted and _HOLDS[one](match))
    if not held:
        return match
    first, *others = match.candidates
    return replace(
        match,
        outcome=Outcome.LIKELY,
        evidence=(*match.evidence, *held),
        candidates=(replace(first, evidence=(*first.evidence, *held)), *others),
    )


def _says(code: str) -> Callable[[Match], bool]:
    return lambda match: any(piece.code == code for piece in match.evidence)


_HOLDS: dict[Caution, Callable[[Match], bool]] = {
    Caution.PART: lambda match: _says("amount-part")(match) or _says("amount-as-said")(match),
    Caution.OVER: _says("amount-over"),
    Caution.SEVERAL: lambda match: len(match.allocations) > 1,
    Caution.UNDATED: lambda match: not _says("invoice-date")(match),
    Caution.SHORT: _says("invoice-short-number"),
    Caution.ACCOUNT: _says("payer-account"),
    Caution.LEARNED: lambda match: match.rule == "learned-payer",
}
