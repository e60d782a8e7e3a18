"""The arithmetic of parts of an invoice's line: whole numbers only, and the parts always make up the line.

A part is what the quantity taken so far together with it is worth, less what was taken before: each figure is rounded once, no part is
negative, and the one that takes the last of the quantity takes whatever is left of the sums.
"""

from __future__ import annotations

from cabinet_finsystem.acts.values import Portion
from cabinet_finsystem.invoicing.amounts import round_half_up


def portion(whole: Portion, taken: Portion, quantity_milli: int) -> Portion:
    """What ``quantity_milli`` of ``whole`` is worth after ``taken``. ValueError where there is not as much left, or nothing is wanted."""
    if not 0 < quantity_milli <= whole.quantity_milli - taken.quantity_milli:
        raise ValueError("more than is left of the line")
    reached = taken.quantity_milli + quantity_milli
    return Portion(
        quantity_milli,
        max(0, round_half_up(whole.net * reached, whole.quantity_milli) - taken.net),
        max(0, round_half_up(whole.vat * reached, whole.quantity_milli) - taken.vat),
    )


def rest(whole: Portion, taken: Portion) -> Portion:
    """What is left of ``whole`` after ``taken``."""
    return Portion(whole.quantity_milli - taken.quantity_milli, whole.net - taken.net, whole.vat - taken.vat)
