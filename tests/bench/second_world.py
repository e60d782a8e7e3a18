"""A second made-up firm with the statement lines of its banks and the truth of each, to measure a matcher that it knows nothing of.

    world(seed)                  the books on the day the first line is booked
    lines(world, count, seed)    the lines, in the order of the file, each with its ``truth``

The truth is a consequence of how a line was built: the story is chosen first, the text worded last. Half of the stories are as frequent
as in life, half are hostile. What is right for a line counts with the earlier lines of the file: an invoice they paid is closed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from second_desk import Desk, Draft, DryError, Kind
from second_facts import (
    BankAccount,
    Client,
    Contract,
    Entity,
    Invoice,
    Line,
    OwnAccount,
    Payer,
    Treasury,
    Truth,
    Verdict,
    World,
)
from second_firm import make_world
from second_misread import MISREAD
from second_mixups import MIXUPS
from second_traps import TRAPS
from second_usual import USUAL

__all__ = [
    "HOSTILE", "USUAL", "BankAccount", "Client", "Contract", "Entity", "Invoice", "Kind", "Line", "OwnAccount", "Payer",
    "Treasury", "Truth", "Verdict", "World", "lines", "world",
]  # fmt: skip
HOSTILE = (*MISREAD, *MIXUPS, *TRAPS)
_DAYS = 92
"""The file covers a quarter."""


def world(seed: int, clients: int = 5000) -> World:
    """The books of the firm; equal arguments give equal books."""
    return make_world(seed, clients)


def lines(world: World, count: int, seed: int) -> list[Line]:
    """``count`` lines in the order of the file; equal arguments give equal lines.

    :raises DryError: the firm has too few open invoices for so many lines.
    """
    rng = random.Random(f"lines {seed}")
    desk = Desk(world, rng)
    drafted: list[tuple[int, int, Kind, Draft]] = []
    stories = _stories(desk, rng)
    while len(drafted) < count:
        kind, drafts = next(stories)
        begins = len(drafted) * _DAYS // count
        drafted += [(begins + draft.days, len(drafted) + at, kind, draft) for at, draft in enumerate(drafts)]
    drafted.sort(key=lambda row: row[:2])
    made = [_line(world, rng, day, kind, draft) for day, _, kind, draft in drafted[:count]]
    _prove(world, made)
    return made


def _stories(desk: Desk, rng: random.Random) -> Iterator[tuple[Kind, list[Draft]]]:
    """Stories without end, one of the usual and one hostile in turn on the average."""
    halves = [(half, [kind.weight for kind in half]) for half in (USUAL, HOSTILE)]
    made, failed = 0, 0
    while failed < 500 + made // 2:  # beyond it the books are so used up that only lines without invoices would follow
        half, weights = halves[rng.random() < 0.5]
        kind = rng.choices(half, weights)[0]
        try:
            yield kind, kind.make(desk)
            made += 1
        except DryError:
            failed += 1
    raise DryError("too few open invoices for so many lines")


def _line(world: World, rng: random.Random, day: int, kind: Kind, draft: Draft) -> Line:
    allocations = tuple((invoice.id, amount) for invoice, amount in draft.pays)
    kind = USUAL[0] if draft.opening else kind
    assert kind.verdict != "never" or not allocations
    return Line(
        account=draft.account.number,
        booked=world.opens + timedelta(days=day),
        amount=draft.amount,
        currency=draft.account.currency,
        payer=draft.payer,
        purpose=draft.purpose.strip(),
        document=draft.document or str(rng.randint(1, 9999)),
        truth=Truth(kind.sentence, kind.verdict, draft.client, allocations),
    )


def _prove(world: World, made: list[Line]) -> None:
    """The truth holds together: nothing is paid twice, by another's money, in another currency or beyond what the line brings."""
    invoices = {invoice.id: invoice for invoice in world.invoices}
    entities = {account.number: account.entity for account in world.own_accounts}
    left = {invoice.id: invoice.open for invoice in world.invoices}
    for line in made:
        truth = line.truth
        assert sum(amount for _, amount in truth.allocations) <= max(line.amount, 0), line
        assert truth.allocations or truth.verdict != "must", line
        assert len({number for number, _ in truth.allocations}) == len(truth.allocations), line
        for number, amount in truth.allocations:
            invoice = invoices[number]
            assert invoice.client == truth.client, line
            assert (invoice.currency, invoice.entity) == (line.currency, entities[line.account]), line
            assert 0 < amount <= left[number], line
            left[number] -= amount
