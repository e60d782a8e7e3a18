"""One bank line that is money of several clients: a treasury pays for its schools, a holding for its firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cabinet_finsystem.errors import AllocationError
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.texts import _

SPLIT = "split"
"""Kind of a line that several payments come from. The line names none of their clients: whoever sees one does not see it."""


@dataclass(frozen=True, slots=True)
class NewPart:
    """What of a line is money of one client, in minor units with the line's sign, and onto which of his invoices it goes."""

    client_id: int
    minor: int
    allocations: tuple[NewAllocation, ...] = ()


def check_parts(minor: int, parts: Sequence[NewPart]) -> None:
    """That ``parts`` are a line of ``minor`` units, whole and exactly, each of another client. AllocationError."""
    if len(parts) < 2:
        raise AllocationError("parts_too_few", _("A payment is split between two clients at least."))
    if len({part.client_id for part in parts}) < len(parts):
        raise AllocationError("parts_repeat", _("A client stands there twice: give him one part."))
    if any(part.minor == 0 or (part.minor > 0) != (minor > 0) for part in parts):
        raise AllocationError("part_empty", _("Each client needs a part that is more than nothing."))
    if (left := minor - sum(part.minor for part in parts)) != 0:
        raise AllocationError(
            "parts_differ", _("The parts do not add up to the payment."), {"left": left, "total": minor}
        )


def part_text(line: dict[str, Any]) -> Any:
    """What each client reads of his part: the bank's document, by which he can ask us. A TranslationString.

    Never the purpose, nor who paid: the one names the others, the other may be one of them.
    """
    day = f"{line['doc_date'] or line['booking_date']:%d.%m.%Y}"
    if not line["doc_number"]:
        return _("Bank payment of ${date}", mapping={"date": day})
    return _("Bank payment № ${number} of ${date}", mapping={"number": line["doc_number"], "date": day})
