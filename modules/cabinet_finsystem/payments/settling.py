"""An invoice asks for less, or for other things, than when it was paid: which of its money goes back, and which is put anew.

Nothing is written here: a person is told beforehand, `IPayments.settling` does it around the change of what the invoice asks.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks
from cabinet_finsystem.corrections.models import DRAFT, Correction
from cabinet_finsystem.payments.allocating import is_live
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.spread import spread
from cabinet_finsystem.payments.values import MOVES_MONEY, WRITE_OFF


@dataclass(frozen=True, slots=True)
class Held:
    """A live allocation on an invoice. ``steps``: what it brought to articles in the cash P&L; ``moves_money``: whether it counts there.

    ``forgiven``: it was written off; ``text`` and ``paid_on``: of its payment.
    """

    id: int
    payment_id: int
    minor: int
    paid_on: datetime.date
    text: str
    moves_money: bool
    forgiven: bool
    steps: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an allocation, or all of it."""

    held: Held
    minor: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """What happens to the money on an invoice. Nothing, where all is empty.

    ``releases``: what the client's balance gets back; ``taken``: allocations that are taken back, ``put``: what of them is put again.
    ``forgiven``: write-offs that are taken back, ``forgiven_again``: what is written off anew.
    """

    releases: tuple[Part, ...] = ()
    taken: tuple[Held, ...] = ()
    put: tuple[Part, ...] = ()
    forgiven: tuple[Held, ...] = ()
    forgiven_again: int = 0

    @property
    def released(self) -> int:
        """Money that goes back to the balance."""
        return sum(release.minor for release in self.releases)

    @property
    def unforgiven(self) -> int:
        """What was written off and is no more."""
        return sum(held.minor for held in self.forgiven) - self.forgiven_again


def held_by(session: Session, invoice_id: int) -> list[Held]:
    """Live allocations on an invoice, in the order they were put. Two queries."""
    rows = session.execute(
        select(Allocation.id, Allocation.payment_id, Allocation.minor, Payment.date, Payment.text, Payment.kind)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.invoice_id == invoice_id, *is_live())
        .order_by(Allocation.id)
    ).all()
    steps: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for allocation_id, article_id, minor in session.execute(
        select(AllocationSpread.allocation_id, AllocationSpread.article_id, AllocationSpread.minor)
        .join(Allocation, Allocation.id == AllocationSpread.allocation_id)
        .where(Allocation.invoice_id == invoice_id)
    ):
        steps[allocation_id][article_id] = minor
    return [
        Held(id_, payment_id, minor, day, text, kind in MOVES_MONEY, kind == WRITE_OFF, steps[id_])
        for id_, payment_id, minor, day, text, kind in rows
    ]


def corrected(session: Session, invoice_ids: Iterable[int]) -> dict[int, datetime.date]:
    """Those of ``invoice_ids`` that a correction has changed, be it void by now → the day of the latest. One query a thousand."""
    statement = select(Correction.invoice_id, func.max(Correction.date)).where(Correction.state != DRAFT)
    return {
        invoice_id: day
        for some in chunks(sorted(set(invoice_ids)))
        for invoice_id, day in session.execute(
            statement.where(Correction.invoice_id.in_(some)).group_by(Correction.invoice_id)
        )
    }


def settlement(held: Sequence[Held], asked: int, nets: Mapping[int, int], vat: int) -> Settlement:
    """What must happen to ``held``, in the order they were put, where their invoice asks ``asked`` from now on: ``nets`` by article, and
    ``vat``.

    The surplus goes from the end, what was forgiven before what was paid. What stays lies on the articles as ``nets`` say: the last
    allocation of money is put anew where it does not.
    """
    forgiven = [one for one in held if one.forgiven]
    paid = [one for one in held if not one.forgiven]
    surplus = max(0, sum(one.minor for one in paid) - asked)
    releases: list[Part] = []
    anew: list[Held] = []
    put: list[Part] = []
    staying = list(paid)
    while surplus:
        last = staying.pop()
        back = min(surplus, last.minor)
        surplus -= back
        releases.append(Part(last, back))
        anew.append(last)
        if last.minor > back:
            put.append(Part(last, last.minor - back))
    spreads_anew = any(one.held.moves_money for one in put)
    moved = [one for one in staying if one.moves_money]
    if moved and not spreads_anew and not _lies_right(moved, nets, vat):
        anew.append(moved[-1])
        put.append(Part(moved[-1], moved[-1].minor))
    if sum(one.minor for one in held) <= asked:
        forgiven = []
    # A write-off stands for what was left when all else was counted: it is made again after that has moved.
    left = asked - sum(one.minor for one in paid) + sum(release.minor for release in releases)
    again = min(left, sum(one.minor for one in forgiven))
    return Settlement(tuple(releases), tuple(anew), tuple(put), tuple(forgiven), again)


def _lies_right(moved: Sequence[Held], nets: Mapping[int, int], vat: int) -> bool:
    """Whether the money that stays lies on the articles as it would were it put now (`payments.spread`)."""
    articles = sorted(nets)
    *wanted, _vat = spread(sum(one.minor for one in moved), [*(nets[a] for a in articles), vat])
    lies: defaultdict[int, int] = defaultdict(int)
    for one in moved:
        for article, minor in one.steps.items():
            lies[article] += minor
    return {a: minor for a, minor in lies.items() if minor} == {
        a: minor for a, minor in zip(articles, wanted, strict=True) if minor
    }
