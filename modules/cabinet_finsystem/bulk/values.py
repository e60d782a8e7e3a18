"""What a bulk issue is told, and what it is about to do. Amounts in minor units."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from cabinet.contracts.clients import Contract
from cabinet_finsystem.invoicing.drafting import Drafted
from cabinet_finsystem.invoicing.values import LineData

RECURRING, CONTRACT, TICKED, TAG = "recurring", "contract", "ticked", "tag"


@dataclass(frozen=True, slots=True)
class BulkData:
    """Whom to bill and for what. ``who``: all with a recurring service of ``item_id``, all with a contract in force, ``client_ids``, or
    all of ``tag``.

    ``due`` None: by the terms of each contract; ``contracted``: who has no contract to name is left out, else his invoice names none.
    ``legal_entity_id`` None: by the contract of each. ``tell``: the clients hear of each.
    """

    who: str
    date: datetime.date
    lines: tuple[LineData, ...]
    currency: str
    item_id: int | None = None
    client_ids: tuple[int, ...] = ()
    tag: str = ""
    due: datetime.date | None = None
    legal_entity_id: int | None = None
    vat_included: bool = True
    text: str = ""
    terms: str = ""
    contracted: bool = False
    tell: bool = False


@dataclass(frozen=True, slots=True)
class PlannedInvoice:
    """An invoice about to be issued. ``contract``: that it names; ``several``: he has more than one in force, and none was named.

    ``by_itself``: something in its lines is also a recurring service of his, which is billed by itself. ``without_inn``: the papers will
    not name his INN, as those of a person usually don't.
    """

    client_id: int
    client_public_id: uuid.UUID
    client_name: str
    contract: Contract | None
    several: bool
    by_itself: bool
    without_inn: bool
    drafted: Drafted

    @property
    def total(self) -> int:
        """What it comes to."""
        return int(self.drafted.header["total"])

    @property
    def due(self) -> datetime.date:
        """By when it must be paid."""
        day: datetime.date = self.drafted.header["due"]
        return day


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A client who was chosen and gets no invoice, and why."""

    client_public_id: uuid.UUID
    client_name: str
    reason: Any


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What issuing would do, by name of the client. ``letters``: how many would leave."""

    data: BulkData
    rows: Sequence[PlannedInvoice]
    left_out: Sequence[LeftOut]
    letters: int

    @property
    def sums(self) -> dict[str, int]:
        """Currency → what the invoices come to."""
        sums: Counter[str] = Counter()
        for row in self.rows:
            sums[row.drafted.header["currency"]] += row.total
        return dict(sums)

    @property
    def digest(self) -> str:
        """Of all that would be written: another plan has another one."""
        rows = [[row.drafted.header, row.drafted.lines] for row in self.rows]
        told = json.dumps([to_json(self.data), rows], default=str, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def to_json(data: BulkData) -> dict[str, Any]:
    """``data`` as a row keeps it."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(data), default=str))
    return kept


def from_json(kept: Mapping[str, Any]) -> BulkData:
    """What `to_json` made of it."""
    lines = tuple(
        LineData(
            **{
                **line,
                **{name: Decimal(line[name]) for name in ("quantity", "discount")},
                "vat_rate": None if line["vat_rate"] is None else Decimal(line["vat_rate"]),
            }
        )
        for line in kept["lines"]
    )
    day = datetime.date.fromisoformat
    about = {
        "lines": lines,
        "client_ids": tuple(kept["client_ids"]),
        "date": day(kept["date"]),
        "due": day(kept["due"]) if kept["due"] else None,
    }
    return BulkData(**{**kept, **about})
