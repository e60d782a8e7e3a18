"""How money for an invoice spreads over the articles of its lines, to the last minor unit, however many times it is paid in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def spread(paid: int, shares: Sequence[int]) -> list[int]:
    """``paid`` minor units divided over ``shares`` in proportion, by largest remainder: integers that sum to ``paid``.

    Equal remainders go to the first. With ``paid`` equal to the sum of ``shares`` the answer is ``shares``.
    """
    total = sum(shares)
    if total == 0:
        return [0] * len(shares)
    parts = [paid * share // total for share in shares]
    remainders = [paid * share % total for share in shares]
    missing = paid - sum(parts)
    for index in sorted(range(len(shares)), key=lambda i: (-remainders[i], i))[:missing]:
        parts[index] += 1
    return parts


def spread_step(
    minor: int, paid_before: int, nets: Mapping[int, int], vat: int, spread_before: Mapping[int, int]
) -> dict[int, int]:
    """What ``minor`` more for an invoice adds to each article.

    ``nets``: article → net of its lines; ``vat``: the invoice's VAT; ``paid_before`` and ``spread_before``: what the live allocations
    of money have brought so far. Together with those it makes the exact spread of all that is paid: nothing drifts.
    """
    articles = sorted(nets)
    *now, _vat = spread(paid_before + minor, [*(nets[article] for article in articles), vat])
    steps = {article: total - spread_before.get(article, 0) for article, total in zip(articles, now, strict=True)}
    return {article: step for article, step in steps.items() if step}
