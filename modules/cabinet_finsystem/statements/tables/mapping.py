"""What the columns of one header are: given by a preset, or confirmed by a person and kept by the header's key."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cabinet_finsystem.statements.parsed import Direction, Status

ROLES = (
    "date",
    "started",
    "value_date",
    "doc_date",
    "amount",
    "debit",
    "credit",
    "direction",
    "fee",
    "debit_fee",
    "currency",
    "debit_currency",
    "credit_currency",
    "balance",
    "status",
    "own_account",
    "name",
    "inn",
    "kpp",
    "account",
    "bic",
    "bank",
    "payer_name",
    "payer_inn",
    "payer_kpp",
    "payer_account",
    "payer_bic",
    "payer_bank",
    "payee_name",
    "payee_inn",
    "payee_kpp",
    "payee_account",
    "payee_bic",
    "payee_bank",
    "purpose",
    "doc_number",
    "doc_kind",
    "bank_ref",
)
"""What a column may be. ``started``: when an operation was made, where the bank books it (``date``) later: one without the second is
not booked yet. ``debit_…`` and ``credit_…`` go with money out and in; ``payer_…`` and ``payee_…`` are both parties, one of them we."""

SIGNS = ("signed", "unsigned_out", "negated")
FEES = ("", "minus", "plus")
ORDERS = ("", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How a table is read. ``columns``: role → places of its columns; of several the first that holds anything, all for a purpose.

    ``signs``: ``signed``; ``unsigned_out``: a sum without a plus is money out; ``negated``: money out is the positive one.
    ``fee``: ``minus``, the fee is taken besides the amount; ``plus``, the same with its own sign. ``order``: of day and month where
    slashes or dashes part them, ``""`` told by the column. ``statuses`` and ``directions``: folded words of the file.
    ``exchanges``: words instead of a direction that say it went from one account of ours to another, both told in the row.
    ``held_refs``: a bank's id with one of these in it is of an operation that is only held.
    """

    columns: Mapping[str, tuple[int, ...]]
    order: str = ""
    signs: str = "signed"
    fee: str = ""
    statuses: Mapping[str, Status] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    held_refs: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    preset: str = ""

    def problems(self) -> list[str]:
        """Codes of what keeps it from reading anything: ``date``, ``money``."""
        found = [] if self.columns.get("date") else ["date"]
        has = self.columns.keys()
        if "amount" not in has and not {"debit", "credit"} <= has:
            found.append("money")
        return found

    def to_json(self) -> dict[str, Any]:
        """For storage."""
        return {
            "columns": {role: list(places) for role, places in self.columns.items()},
            "order": self.order,
            "signs": self.signs,
            "fee": self.fee,
            "statuses": dict(self.statuses),
            "directions": dict(self.directions),
            "held_refs": list(self.held_refs),
            "exchanges": list(self.exchanges),
            "preset": self.preset,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ColumnMapping:
        """What ``to_json`` gave."""
        return cls(
            **{
                **stored,
                "columns": {role: tuple(places) for role, places in stored["columns"].items()},
                "held_refs": tuple(stored["held_refs"]),
                "exchanges": tuple(stored.get("exchanges", ())),
            }
        )


_UNMARKED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that are no others with marks on them, and are written without."""


@lru_cache(maxsize=4096)  # the names that banks give their columns are few, and compared with every file
def fold(text: str) -> str:
    """A word of a table as words are compared: letters and digits, case folded, without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    bare = bare.casefold().translate(_UNMARKED)
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def header_key(header: Sequence[str]) -> str:
    """The key of a header: its names in their order, however they are capitalised, spaced and encoded."""
    names = [fold(name) for name in header]
    while names and not names[-1]:
        names.pop()
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()
