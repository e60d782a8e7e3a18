"""Whether a statement goes on where those before it ended: days and money that lie between two files, days that come twice.

Only told, never decided by: a bank may cut its periods anew, and a person knows what is missing from where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from cabinet.contracts.money import Money
from cabinet_finsystem.statements.parsed import Note
from cabinet_finsystem.statements.planning import FilePlan, PlannedStatement
from cabinet_finsystem.texts import _

_TOLD = 10
"""Notes of one file: a year of days with a hole in each is told of by the first of them."""
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """What a statement says of its days. Balances in minor units, None where the bank does not say."""

    since: date
    until: date
    opening: int | None
    closing: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """What the books have of an account. ``moved``: what its lines of each day come to, in minor units."""

    spans: Sequence[Span] = ()
    moved: Mapping[date, int] | None = None


Pasts = Callable[[Mapping[int, tuple[date, date]]], Mapping[int, Past]]
"""What the books have of our accounts: by id, with the first and last day to sum the lines of."""


def told_of(plan: FilePlan, pasts: Pasts) -> list[Note]:
    """What is odd about where the statements of ``plan`` begin and end."""
    placed = [(planned, span) for planned in plan.statements if (span := _span_of(planned)) is not None]
    days: dict[int, tuple[date, date]] = {}
    for planned, span in placed:
        first, last = days.get(planned.account.id, (span.since, span.until))
        days[planned.account.id] = (min(first, span.since), max(last, span.until))
    known = pasts(days) if days else {}
    found: list[Note] = []
    for account_id in days:
        its = [(planned, span) for planned, span in placed if planned.account.id == account_id]
        for note in _of_account(its, known.get(account_id, Past())):
            found.append(note)
            if len(found) == _TOLD:
                return found
    return found


def _span_of(planned: PlannedStatement) -> Span | None:
    parsed = planned.parsed
    if parsed.interim or parsed.period_from is None or parsed.period_to is None:
        return None
    return Span(parsed.period_from, parsed.period_to, parsed.opening, parsed.closing)


def _of_account(its: Sequence[tuple[PlannedStatement, Span]], past: Past) -> Iterator[Note]:
    mine = [span for _planned, span in its]
    for planned, span in sorted(its, key=lambda one: one[1][:2]):
        told = f"…{planned.account.number[-4:]}"
        overlapping = [one for one in past.spans if _overlap(one, span)]
        lined = {line.booking_date for line in planned.parsed.lines if line.amount_minor is not None}
        twice = [day for day in lined if day is not None and any(one.since <= day <= one.until for one in overlapping)]
        if twice:
            yield _days_known(told, min(twice), max(twice))
        if not any(one.since < span.since <= one.until or one.since == span.since for one in overlapping):
            before = [one for one in (*past.spans, *mine) if one.until <= span.since and one.since < span.since]
            if before:
                yield from _joined(told, max(before, key=lambda one: (one.until, one.since)), span, planned)
        after = [one for one in past.spans if one.since > span.until]
        if after and not any(one.until > span.until for one in (*overlapping, *mine)):
            yield from _joined(told, span, min(after, key=lambda one: one.since), planned)
        if past.moved and twice:
            yield from _doubled(told, planned, [one for one, _span in its], past.moved, span)


def _overlap(known: Span, span: Span) -> bool:
    """Whether days are told of in both. Many banks begin a statement on the day that the last one ended: that is a joint."""
    joint = known.until == span.since and known.since < span.since and known.closing == span.opening is not None
    return known.since <= span.until and known.until >= span.since and not joint


def _joined(told: str, before: Span, after: Span, planned: PlannedStatement) -> Iterator[Note]:
    """What lies between two statements that follow one another."""
    currency = planned.account.currency
    facts = {"account": told, "closed": f"{before.until:%d.%m.%Y}", "opened": f"{after.since:%d.%m.%Y}"}
    if before.closing is not None and after.opening is not None:
        if before.closing != after.opening:
            money = {
                "was": _money(before.closing, currency),
                "is": _money(after.opening, currency),
                "missing": _money(after.opening - before.closing, currency),
            }
            yield Note(
                "balance_gap",
                _(
                    "Account ${account}: a statement ended on ${closed} with ${was}, and the next one begins on ${opened} with ${is}."
                    " Operations that come to ${missing} lie between the two and are in neither",
                    mapping=facts | money,
                ),
            )
    elif before.until + _DAY < after.since:
        yield Note(
            "days_missing",
            _(
                "Account ${account}: no statement tells of the days after ${closed} and before ${opened}",
                mapping=facts,
            ),
        )


def _days_known(told: str, first: date, last: date) -> Note:
    if first == last:
        text = _(
            "Account ${account}: ${day} was loaded before. What is known of it is not written again",
            mapping={"account": told, "day": f"{first:%d.%m.%Y}"},
        )
    else:
        text = _(
            "Account ${account}: days from ${first} to ${last} were loaded before. What is known of them is not written again",
            mapping={"account": told, "first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"},
        )
    return Note("days_known", text)


def _doubled(
    told: str,
    planned: PlannedStatement,
    of_account: Collection[PlannedStatement],
    moved: Mapping[date, int],
    span: Span,
) -> Iterator[Note]:
    """An operation that a bank words anew looks like a second one: the balances tell, where the file is proved by its own."""
    check = planned.parsed.check
    if span.opening is None or span.closing is None or check.balance_ok is not True or check.outside_period:
        return
    brought: dict[date, int] = {}
    for one in of_account:
        for line in one.new:
            if line.line.booking_date is not None and line.line.amount_minor is not None:
                day = line.line.booking_date
                brought[day] = brought.get(day, 0) + line.line.amount_minor
    said = span.closing - span.opening
    # The first day may be the last one of the statement before, of which this one has the balance only.
    sums = [
        sum(minor for day, minor in (*moved.items(), *brought.items()) if since <= day <= span.until)
        for since in (span.since, span.since + _DAY)
    ]
    if said in sums:
        return
    currency = planned.account.currency
    yield Note(
        "days_differ",
        _(
            "Account ${account}, ${first} to ${last}: by the bank these days come to ${said}, with this file the books have ${booked}."
            " An operation may be here twice, worded in two ways, or the bank has corrected one: compare these days",
            mapping={
                "account": told,
                "first": f"{span.since:%d.%m.%Y}",
                "last": f"{span.until:%d.%m.%Y}",
                "said": _money(said, currency),
                "booked": _money(sums[0], currency),
            },
        ),
    )


def _money(minor: int, currency: str) -> str:
    whole, point, part = str(Money(abs(minor), currency)).partition(".")
    sign = "\u2212" if minor < 0 else ""
    return sign + f"{int(whole):,}".replace(",", "\u00a0") + point + part + f"\u00a0{currency}"
