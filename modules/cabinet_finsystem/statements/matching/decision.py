"""What matching answers: an outcome, where the money goes, and every piece of evidence that led there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cabinet.contracts.money import Money


class Outcome(StrEnum):
    """``sure`` is applied by itself, ``likely`` waits for a person with a proposal, ``none`` waits unsorted."""

    SURE = "sure"
    LIKELY = "likely"
    NONE = "none"


class Kind(StrEnum):
    """What a line is. Only a payment can be credited to a client without a person."""

    PAYMENT = "payment"
    REFUND = "refund"
    OWN_TRANSFER = "own_transfer"
    AGGREGATOR = "aggregator"
    LOAN = "loan"
    TAX = "tax"
    FEE = "fee"
    CASH = "cash"
    EXPENSE = "expense"
    OTHER = "other"


class Sense(StrEnum):
    """Which way evidence speaks; ``new`` is against, and something a person's choice would teach."""

    FOR = "for"
    AGAINST = "against"
    NEW = "new"


class Field(StrEnum):
    """The part of a line that evidence points at."""

    PURPOSE = "purpose"
    NAME = "counterparty_name"
    INN = "counterparty_inn"
    ACCOUNT = "counterparty_account"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DATE = "booking_date"
    LINE = "line"


Param = str | int | date | Money


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason. ``code`` has its sentence in `texts`; ``span`` is where the purpose says it, where it does."""

    code: str
    sense: Sense
    where: Field
    span: tuple[int, int] | None = None
    params: Mapping[str, Param] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """A form for storage, read back by `from_json`."""
        return {
            "code": self.code,
            "sense": self.sense.value,
            "field": self.where.value,
            "span": list(self.span) if self.span else None,
            "params": {name: _to_json(value) for name, value in self.params.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Evidence:
        """The evidence that `to_json` wrote."""
        span, params = stored.get("span"), stored.get("params")
        return cls(
            code=str(stored["code"]),
            sense=Sense(str(stored["sense"])),
            where=Field(str(stored["field"])),
            span=(int(span[0]), int(span[1])) if isinstance(span, list) else None,
            params={str(k): _from_json(v) for k, v in params.items()} if isinstance(params, Mapping) else {},
        )


def _to_json(value: Param) -> object:
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _from_json(value: object) -> Param:
    if isinstance(value, Mapping):
        if "date" in value:
            return date.fromisoformat(str(value["date"]))
        return Money(int(str(value["minor"])), str(value["currency"]))
    return value if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class Allocation:
    """``minor`` units of the line's money for an invoice."""

    invoice_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer a person may choose in the queue. ``likely`` or, with ``weak``, a mere possibility."""

    kind: Kind
    client_id: int | None = None
    article_id: int | None = None
    allocations: tuple[Allocation, ...] = ()
    advance_minor: int = 0
    weak: bool = True
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The decision on one line.

    ``allocations`` and ``advance_minor`` (what stays on the client's balance) sum to the line's amount where a client
    is credited. For a likely outcome they are the first candidate's, a proposal. ``rule`` names the rule that decided.
    """

    outcome: Outcome
    rule: str
    kind: Kind
    client_id: int | None = None
    allocations: tuple[Allocation, ...] = ()
    advance_minor: int = 0
    article_id: int | None = None
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def speaks_for(code: str, where: Field, span: tuple[int, int] | None = None, **params: Param) -> Evidence:
    """Evidence for an answer."""
    return Evidence(code, Sense.FOR, where, span, params)


def speaks_against(code: str, where: Field, span: tuple[int, int] | None = None, **params: Param) -> Evidence:
    """Evidence against an answer."""
    return Evidence(code, Sense.AGAINST, where, span, params)


def is_new(code: str, where: Field, span: tuple[int, int] | None = None, **params: Param) -> Evidence:
    """Something not met before."""
    return Evidence(code, Sense.NEW, where, span, params)
