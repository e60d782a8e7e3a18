"""From what a person wrote to the lines that change: what cannot be is refused, what stays as it was is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from cabinet_finsystem.corrections.models import CorrectionLine
from cabinet_finsystem.corrections.values import Became, Change, CurrentLine, LineState
from cabinet_finsystem.errors import CorrectionDataError
from cabinet_finsystem.invoicing import amounts
from cabinet_finsystem.invoicing.drafting import MAX_MILLI, MAX_MINOR, whole_parts
from cabinet_finsystem.texts import _


def changes_of(current: Sequence[CurrentLine], became: Iterable[Became], *, vat_included: bool) -> list[Change]:
    """The lines of ``current`` that change, in their order. CorrectionDataError; ``field`` names the line by its id."""
    wanted = {one.invoice_line_id: one for one in became}
    if unknown := wanted.keys() - {one.line.id for one in current}:
        raise CorrectionDataError(
            "correction_line",
            _("This line is not of the invoice. What it did not sell is no correction: issue another invoice."),
            {"field": "lines", "ids": sorted(unknown)},
        )
    found = []
    for one in current:
        if one.line.id in wanted:
            state = _state(one, wanted[one.line.id], vat_included=vat_included)
            if state != one.now:
                found.append(Change(one.line, one.now, state))
    if sum(one.now.total for one in current) + sum(change.total for change in found) > MAX_MINOR:
        raise CorrectionDataError("total_large", _("The total is too large."), {"field": "lines"})
    return found


def require_any(changes: Sequence[Change]) -> None:
    """That there is something to correct. CorrectionDataError."""
    if not changes:
        raise CorrectionDataError(
            "correction_empty", _("Nothing changes: write what became of a line."), {"field": "lines"}
        )


def rates_of(changes: Iterable[Change]) -> tuple[amounts.RateTotal, ...]:
    """Differences by rate of VAT: what left a rate is negative, what came to one positive."""
    return amounts.totals_by_rate(
        figures
        for change in changes
        for figures in (
            (change.was.vat_rate, -change.was.net, -change.was.vat),
            (change.became.vat_rate, change.became.net, change.became.vat),
        )
    )


def columns_of(change: Change, position: int) -> dict[str, Any]:
    """A CorrectionLine by column names."""
    was, became = change.was, change.became
    return {
        "client_id": change.line.client_id,
        "invoice_line_id": change.line.id,
        "position": position,
        "text": change.line.text,
        "unit": change.line.unit,
        "article_id": change.line.article_id,
        **{f"was_{name}": getattr(was, name) for name in _FIGURES},
        **{name: getattr(became, name) for name in _FIGURES},
    }


def before_of(row: CorrectionLine) -> LineState:
    """What a line of a correction was."""
    return LineState(**{name: getattr(row, f"was_{name}") for name in LineState.__slots__})


_FIGURES = (*LineState.__slots__, "total")


def _state(one: CurrentLine, became: Became, *, vat_included: bool) -> LineState:
    prefix = f"line-{one.line.id}-"
    quantity = _parts(became.quantity, "quantity", prefix)
    if not 0 <= quantity <= MAX_MILLI:
        raise CorrectionDataError("line_quantity", _("The quantity cannot be so."), {"field": f"{prefix}quantity"})
    if not 0 <= became.price <= MAX_MINOR:
        raise CorrectionDataError("line_price", _("The price cannot be so."), {"field": f"{prefix}price"})
    discount = _parts(became.discount, "discount", prefix)
    if not 0 <= discount <= amounts.WHOLE:
        raise CorrectionDataError(
            "line_discount", _("A discount is from 0 to 100 per cent."), {"field": f"{prefix}discount"}
        )
    rate = None if became.vat_rate is None else _parts(became.vat_rate, "vat_rate", prefix)
    if rate is not None and not 0 <= rate <= amounts.WHOLE:
        raise CorrectionDataError(
            "line_vat", _("A VAT rate is from 0 to 100 per cent."), {"field": f"{prefix}vat_rate"}
        )
    now = one.now
    if (quantity, became.price, discount, rate) == (now.quantity_milli, now.price, now.discount, now.vat_rate):
        return now
    figures = amounts.line_amounts(quantity, became.price, discount=discount, vat_rate=rate, vat_included=vat_included)
    taken = one.taken
    if taken.quantity_milli and quantity == taken.quantity_milli:
        # Parts of a line are rounded each: what is left of it is to the kopeck what its acts have made.
        state = LineState(quantity, became.price, discount, rate, taken.net, taken.vat)
    else:
        state = LineState(quantity, became.price, discount, rate, figures.net, figures.vat)
    require_above_acts(one, state)
    return state


def require_above_acts(one: CurrentLine, state: LineState) -> None:
    """That ``state`` leaves issued acts what they took of the line, at the price they took it at. CorrectionDataError."""
    taken, now, prefix = one.taken, one.now, f"line-{one.line.id}-"
    if not taken.quantity_milli:
        return
    if (state.price, state.discount, state.vat_rate) != (now.price, now.discount, now.vat_rate):
        raise CorrectionDataError(
            "correction_acted",
            _(
                "“${text}” is in ${acts}: its price, discount and rate stay while it is. Void that first, correct the invoice and issue"
                " it again.",
                mapping={"text": one.line.text[:80], "acts": one.acts},
            ),
            {"field": f"{prefix}price", "acts": list(taken.numbers)},
        )
    whole = state.quantity_milli == taken.quantity_milli
    if (
        state.quantity_milli < taken.quantity_milli
        or state.net < taken.net
        or state.vat < taken.vat
        or (whole and (state.net, state.vat) != (taken.net, taken.vat))
    ):
        raise CorrectionDataError(
            "correction_below_acts",
            _(
                "${acts} took ${taken} of “${text}”: less than that cannot become of it. Void that first.",
                mapping={
                    "acts": one.acts,
                    "taken": f"{Decimal(taken.quantity_milli).scaleb(-3).normalize():f}",
                    "text": one.line.text[:80],
                },
            ),
            {"field": f"{prefix}quantity", "acts": list(taken.numbers)},
        )


def _parts(value: Decimal, name: str, prefix: str) -> int:
    parts = whole_parts(value, name)
    if parts is None:
        raise CorrectionDataError(f"line_{name}", _("There are too many decimals."), {"field": f"{prefix}{name}"})
    return parts
