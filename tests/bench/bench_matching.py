"""Matching against two truth tables: how many lines of each kind are posted by themselves, and whether any is wrong.

The first firm is made below; the second (`second_measure`) was made up by somebody who had not seen how lines are matched.

    python tests/bench/bench_matching.py [--lines 100000] [--seed 1] [--write docs/matching.md] [--show KIND]

CABINET_SAMPLES adds the purposes of the sample statements, read in place.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules"), str(Path(__file__).parent)]

import matching_texts as texts  # noqa: E402
import matching_world  # noqa: E402
import second_measure  # noqa: E402
from matching_cases import ROWS, Maker, Truth  # noqa: E402

from cabinet_finsystem.statements.matching.book import Line  # noqa: E402
from cabinet_finsystem.statements.matching.decision import Kind, Match, Outcome  # noqa: E402
from cabinet_finsystem.statements.matching.engine import match  # noqa: E402

_MARKS = ("<!-- measured by tests/bench/bench_matching.py -->", "<!-- end of measured -->")
_SECOND_MARKS = (
    "<!-- the second firm, measured by tests/bench/bench_matching.py -->",
    "<!-- end of the second firm -->",
)


@dataclass
class Row:
    """The count of one kind of line."""

    lines: int = 0
    applied: int = 0
    right: int = 0
    provable: int = 0
    provable_right: int = 0
    failures: list[tuple[Line, Truth, Match]] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return self.applied - self.right


@dataclass
class Result:
    """The table and the time it took."""

    rows: dict[str, Row]
    seconds: float
    least: float
    lines: int
    clients: int
    invoices: int
    samples: int

    @property
    def wrong(self) -> int:
        """Lines posted by themselves and not as the truth has it."""
        return sum(row.wrong for row in self.rows.values())

    @property
    def holds(self) -> bool:
        """Nothing wrong, and all that can be proven is posted but for a few in a hundred."""
        return self.wrong == 0 and self.recall("one ") >= 0.97 and self.recall("several ") >= 0.9

    def recall(self, beginning: str) -> float:
        """The share of provable lines, of the kinds whose names begin so, that were posted right."""
        rows = [row for name, row in self.rows.items() if name.startswith(beginning)]
        return sum(row.provable_right for row in rows) / max(1, sum(row.provable for row in rows))


def run(lines: int, seed: int) -> Result:
    """Make a world and about ``lines`` lines, match them, and compare with the truth."""
    world = matching_world.build(seed, clients=max(30, lines // 10), invoices=lines)
    make = Maker(world)
    cases: list[tuple[str, Line, Truth]] = []
    weights = [weight for weight, _ in ROWS.values()]
    names = list(ROWS)
    while len(cases) < lines:
        name = world.rng.choices(names, weights)[0]
        cases.extend((name, line, truth) for line, truth in ROWS[name][1](make))
    cases = [(name, line, settled) for name, line, truth in cases if (settled := make.settled(truth)) is not None]
    all_lines = [line for _, line, _ in cases]
    started = time.perf_counter()
    answers = match(all_lines, world.book())
    seconds = time.perf_counter() - started
    rows = {name: Row() for name in ROWS}
    left = {invoice.id: invoice.open_minor for invoice in world.invoices}
    for (name, line, truth), answer in zip(cases, answers, strict=True):
        if answer.outcome is Outcome.SURE:
            for allocation in answer.allocations:
                left[allocation.invoice_id] -= allocation.minor
        _count(rows[name], line, truth, answer)
    if min(left.values()) < 0:
        raise AssertionError("an invoice was paid more than it owed")
    baseline = least(all_lines, world)
    return Result(rows, seconds, baseline, len(cases), len(world.clients), len(world.invoices), len(make.samples))


def _count(row: Row, line: Line, truth: Truth, answer: Match) -> None:
    applied = answer.outcome is Outcome.SURE and answer.kind is not Kind.OWN_TRANSFER
    right = applied and _is_true(truth, answer)
    row.lines += 1
    row.applied += applied
    row.right += right
    if truth.expect == "apply":
        row.provable += 1
        row.provable_right += right
    if (applied and not right) or (truth.expect == "apply" and not right):
        row.failures.append((line, truth, answer))


def _is_true(truth: Truth, answer: Match) -> bool:
    if truth.expect == "ask":
        return False
    allocations = {allocation.invoice_id: allocation.minor for allocation in answer.allocations}
    return (answer.client_id, allocations, answer.advance_minor) == (
        truth.client_id,
        truth.allocations,
        truth.advance,
    )


def table(result: Result) -> str:
    """The table in Markdown."""
    head = "| kind of line | lines | applied | right | wrong | asked | provable | applied of provable |"
    out = [head, "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for name, row in result.rows.items():
        share = f"{100 * row.provable_right / row.provable:.1f} %" if row.provable else "–"
        out.append(
            f"| {name} | {row.lines} | {row.applied} | {row.right} | {row.wrong} | {row.lines - row.applied}"
            f" | {row.provable} | {share} |"
        )
    rows = result.rows.values()
    out.append(
        f"| **all** | {result.lines} | {sum(r.applied for r in rows)} | {sum(r.right for r in rows)} | **{result.wrong}**"
        f" | {result.lines - sum(r.applied for r in rows)} | {sum(r.provable for r in rows)} | |"
    )
    return "\n".join(out)


def least(lines: Sequence[Line], world: matching_world.World) -> float:
    """Seconds of the least that matching could be: one pass for digits, the payer and his number by dictionary."""
    payers = {client.inn: client.id for client in world.clients}
    numbers = {(invoice.client_id, invoice.number): invoice for invoice in world.invoices}
    digits = re.compile(r"[0-9]+")
    started = time.perf_counter()
    for line in lines:
        payer = payers.get(line.counterparty_inn)
        found = [numbers.get((payer, run)) for run in digits.findall(line.purpose.lower())]
        any(invoice is not None and invoice.open_minor == line.amount_minor for invoice in found)
    return time.perf_counter() - started


def report(result: Result) -> str:
    """The table with what it was measured on, for the docs."""
    naming = len(texts.DATED) + len(texts.UNDATED) + len(texts.WITH_CONTRACT)
    seeming = len(texts.NOT_INVOICES) + len(texts.NOT_NUMBERS)
    made = (
        f"{result.lines} lines, {result.clients} clients, {result.invoices} invoices of every state; {naming} texts that"
        f" name an invoice, {seeming} that only seem to, and {result.samples} of the samples."
    )
    found = (
        f"**{result.wrong} wrong.** One own open invoice by number: {result.recall('one '):.2%} applied."
        f" Several: {result.recall('several '):.2%}."
    )
    return f"{made}\n\n{found}\n\n{table(result)}"


def write(path: Path, marks: tuple[str, str], text: str) -> None:
    """Put ``text`` between the marks of a document."""
    before, rest = path.read_text("utf-8").split(marks[0])
    after = rest.split(marks[1])[1]
    path.write_text(f"{before}{marks[0]}\n{text}\n{marks[1]}{after}", "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, and fail where a posting is wrong or too little is posted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="put the tables into this document, between their marks")
    parser.add_argument("--show", help="print failures of kinds whose name contains this")
    parser.add_argument("--most", type=int, default=12)
    options = parser.parse_args(argv)
    result = run(options.lines, options.seed)
    print(report(result))
    a_line, times = result.seconds / result.lines, result.seconds / result.least
    print(f"\n{a_line * 1e6:.0f} µs a line, {times:.0f} times the least pass (payer and digits by dictionary)")
    second = second_measure.run(options.lines, options.seed)
    print(f"\nThe second firm: {second_measure.report(second)}")
    if options.write is not None:
        write(options.write, _MARKS, report(result))
        write(options.write, _SECOND_MARKS, second_measure.report(second))
    if options.show is not None:
        show(result, options.show, options.most)
        second_measure.show(second, options.show, options.most)
    return 0 if result.holds and second.holds else 1


def show(result: Result, kind: str, most: int) -> None:
    """Print what failed: the line, the truth and the answer."""
    for name, row in result.rows.items():
        if kind in name:
            for line, truth, answer in row.failures[:most]:
                print(f"\n[{name}] {line.purpose!r} {line.amount_minor}")
                print("  truth ", truth)
                print("  answer", answer.outcome.value, answer.rule, answer.allocations, answer.advance_minor)
                for piece in answer.candidates[0].evidence if answer.candidates else answer.evidence:
                    print("    ", piece.sense.value, piece.code, dict(piece.params), piece.span)


if __name__ == "__main__":
    sys.exit(main())
