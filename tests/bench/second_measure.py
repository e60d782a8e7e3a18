"""Matching measured on the second made-up firm, whose author had not seen how lines are matched.

The truth of a line is ``must`` (posted right, or it counts against recall), ``may`` (posted right or asked) or ``never`` (any posting is
wrong). The kinds, their weights and verdicts are told beside the generator; nothing of it was changed to suit the matcher.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import second_world as second

from cabinet_finsystem.statements.formats.swift_rur import from_swift_rur
from cabinet_finsystem.statements.matching.book import (
    Book,
    InvoiceState,
    KnownClient,
    KnownContract,
    LearnedPayer,
    Line,
    OpenInvoice,
    Ours,
)
from cabinet_finsystem.statements.matching.decision import Kind, Match, Outcome
from cabinet_finsystem.statements.matching.engine import match

_STATES = {
    "draft": InvoiceState.DRAFT,
    "issued": InvoiceState.ISSUED,
    "part_paid": InvoiceState.PARTLY_PAID,
    "paid": InvoiceState.PAID,
    "void": InvoiceState.VOID,
}


_OF_SEVERAL = (
    "several invoices in one list, the sum is theirs together",
    "several invoices, each with its sum",
    "a list of numbers, each with a part of its sum",
)


@dataclass
class Row:
    """The count of one kind."""

    verdict: str
    lines: int = 0
    right: int = 0
    wrong: int = 0
    failures: list[tuple[second.Line, Match]] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return self.lines - self.right - self.wrong


@dataclass
class Result:
    """The table, and what it was made of."""

    rows: dict[str, Row]
    lines: int
    clients: int
    invoices: int
    seconds: float

    @property
    def wrong(self) -> int:
        """Lines posted by themselves and not as the truth has it."""
        return sum(row.wrong for row in self.rows.values())

    @property
    def holds(self) -> bool:
        """Nothing wrong, and of what must be posted all but a few in a hundred is."""
        return self.wrong == 0 and self.recall(several=False) >= 0.97 and self.recall(several=True) >= 0.9

    def recall(self, *, several: bool) -> float:
        """The share of lines that must be posted, with one invoice or with ``several``, that were posted right."""
        rows = [row for name, row in self.rows.items() if row.verdict == "must" and (name in _OF_SEVERAL) is several]
        return sum(row.right for row in rows) / max(1, sum(row.lines for row in rows))


def book_of(world: second.World) -> Book:
    """What the matcher knows of the firm."""
    learned = [
        LearnedPayer(client.treasury.account.number, client.treasury.inn, client.id, 3)
        for client in world.clients
        if client.treasury is not None
    ]
    ours = Ours(
        frozenset(account.number for account in world.own_accounts),
        frozenset(entity.inn for entity in world.entities),
        tuple(entity.name for entity in world.entities),
    )
    return Book(
        [
            KnownClient(client.id, client.name, client.inn, client.kpp, tuple(a.number for a in client.accounts))
            for client in world.clients
        ],
        [
            OpenInvoice(
                invoice.id,
                invoice.client,
                invoice.number,
                invoice.issued,
                invoice.due,
                invoice.total,
                invoice.open,
                invoice.currency,
                _STATES[invoice.state],
                invoice.entity,
            )
            for invoice in world.invoices
        ],
        [KnownContract(contract.id, contract.client, contract.number, contract.date) for contract in world.contracts],
        learned,
        ours,
    )


def lines_of(world: second.World, made: Sequence[second.Line]) -> list[Line]:
    """The lines as a statement brings them: what equals an earlier line of its day is told."""
    entities = {account.number: account.entity for account in world.own_accounts}
    seen: dict[tuple[object, ...], int] = {}
    found = []
    for position, line in enumerate(made, 1):
        key = (line.account, line.booked, line.amount, line.payer, line.purpose, line.document)
        earlier = seen.setdefault(key, position)
        found.append(
            Line(
                position=position,
                booking_date=line.booked,
                amount_minor=line.amount,
                currency=line.currency,
                purpose=_as_read(line),
                counterparty_name=line.payer.name,
                counterparty_inn=line.payer.inn,
                counterparty_kpp=line.payer.kpp,
                counterparty_account=line.payer.account,
                counterparty_bic=line.payer.bic,
                doc_number=line.document,
                own_account=line.account,
                legal_entity_id=entities[line.account],
                repeat_of=None if earlier == position else line.document,
            )
        )
    return found


def _as_read(line: second.Line) -> str:
    """The purpose as it comes to matching: what SWIFT made Latin is in its own letters again, as the reader of MT940 puts it."""
    tidy = " ".join(line.purpose.split())
    russian = from_swift_rur(tidy)
    return russian if line.currency == "RUB" and russian != tidy else line.purpose


def run(lines: int, seed: int, clients: int = 5000) -> Result:
    """Make the firm and its lines, match them, compare with the truth."""
    world = second.world(seed, clients)
    made = second.lines(world, lines, seed)
    asked = lines_of(world, made)
    book = book_of(world)
    started = time.perf_counter()
    answers = match(asked, book)
    seconds = time.perf_counter() - started
    rows = {kind.sentence: Row(kind.verdict) for kind in (*second.USUAL, *second.HOSTILE)}
    for line, answer in zip(made, answers, strict=True):
        _count(rows[line.truth.kind], line, answer)
    return Result(rows, len(made), len(world.clients), len(world.invoices), seconds)


def _count(row: Row, line: second.Line, answer: Match) -> None:
    truth = line.truth
    posted = answer.outcome is Outcome.SURE and answer.kind is not Kind.OWN_TRANSFER
    allocations = {allocation.invoice_id: allocation.minor for allocation in answer.allocations}
    right = (
        posted
        and truth.verdict != "never"
        and (answer.client_id, allocations) == (truth.client, dict(truth.allocations))
    )
    row.lines += 1
    row.right += right
    row.wrong += posted and not right
    if (posted and not right) or (truth.verdict == "must" and not right):
        row.failures.append((line, answer))


def report(result: Result) -> str:
    """The table in Markdown."""
    out = [
        f"{result.lines} lines, {result.clients} clients, {result.invoices} invoices of every state.",
        "",
        (
            f"**{result.wrong} wrong.** Of lines that must be posted, with one invoice: {result.recall(several=False):.2%}."
            f" With several: {result.recall(several=True):.2%}."
        ),
        "",
        "| kind of line | verdict | lines | posted right | wrong | asked | posted |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for name, row in result.rows.items():
        if row.lines:
            out.append(
                f"| {name} | {row.verdict} | {row.lines} | {row.right} | {row.wrong} | {row.asked} | {row.right / row.lines:.1%} |"
            )
    return "\n".join(out)


def show(result: Result, kind: str, most: int) -> None:
    """Print what failed: the line, the truth and the answer."""
    for name, row in result.rows.items():
        if kind in name:
            for line, answer in row.failures[:most]:
                print(f"\n[{name}] {line.purpose!r} {line.amount}")
                print("  truth ", line.truth.client, line.truth.allocations)
                print("  answer", answer.outcome.value, answer.rule, answer.allocations, answer.advance_minor)
                for piece in answer.candidates[0].evidence if answer.candidates else answer.evidence:
                    print("    ", piece.sense.value, piece.code, dict(piece.params), piece.span)
