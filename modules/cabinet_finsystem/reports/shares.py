"""Percentages that add up."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 1000
"""A hundred per cent in tenths."""


def apportion(values: Sequence[int], whole: int, parts: int) -> list[int]:
    """Share of each of ``values`` in ``whole`` (positive), in tenths of a per cent, such that they add up to ``parts``.

    Largest remainder: each share is cut down to a tenth, and what is then missing goes, a tenth each, to those that lost most.
    ``parts``: the sum of the exact shares, cut down to a tenth or one more where anything was cut; that always works out.
    """
    cut = [divmod(value * WHOLE, whole) for value in values]
    found = [share for share, _rest in cut]
    missing = parts - sum(found)
    for index in sorted(range(len(cut)), key=lambda i: (-cut[i][1], i))[:missing]:
        found[index] += 1
    return found


def percent_change(now: int, before: int) -> int | None:
    """Change from ``before`` to ``now`` in tenths of a per cent, half away from zero; None where there was nothing."""
    if not before:
        return None
    size, base = abs(now - before) * WHOLE, abs(before)
    rounded = (2 * size + base) // (2 * base)
    return rounded if now >= before else -rounded


def share_of(part: int, whole: int) -> int | None:
    """Share of ``part`` in ``whole`` in tenths of a per cent, half away from zero; None where the whole is nothing or less."""
    return percent_change(whole + part, whole) if whole > 0 else None
