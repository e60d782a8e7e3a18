"""Transfers between two accounts of one file: one document or two, and always one line in each account's statement.

Banks differ. Some write a transfer once, and it moves both accounts; some list each account by itself, so that the same
transfer stands there twice, once as seen from either side. Balances decide between the two readings; without balances,
documents that come in matching halves, one with only the date of charge and one with only the date of credit, do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.onec_lines import LineBuilder, Operation
from cabinet_finsystem.statements.parsed import Note, ParsedLine, StatementFacts
from cabinet_finsystem.texts import _


class _Sides(NamedTuple):
    """Which statements an operation makes a line in."""

    operation: Operation
    payer: bool
    payee: bool


def transfer_lines(builder: LineBuilder, facts: FileFacts, sums: Sequence[int]) -> Iterator[ParsedLine]:
    """The lines of the transfers ``builder`` has set aside. ``sums``: signed totals of all other lines, by statement.

    Where nothing tells the readings apart, a blocking note is left in ``facts``.
    """
    chosen, doubtful = _choose(builder, facts.statements, sums)
    if doubtful:
        text = _("It cannot be told whether the transfers between your accounts stand in the file once or twice each")
        facts.notes.append(Note("transfers_doubtful", text, blocking=True))
    for sides in chosen:
        yield from _lines(builder, sides)


def _choose(
    builder: LineBuilder, statements: Sequence[StatementFacts], sums: Sequence[int]
) -> tuple[list[_Sides], bool]:
    once = [_Sides(operation, payer=True, payee=True) for operation in builder.transfers]
    twice, halves = _seen_from_both_sides(builder.transfers)
    if twice == once:
        return once, False
    provable = _provable(builder.transfers, statements)
    if provable and _closes(builder, once, statements, sums, provable):
        return once, False
    if provable and _closes(builder, twice, statements, sums, provable):
        return twice, False
    return (twice if halves else once), not provable and not halves


def _seen_from_both_sides(transfers: Sequence[Operation]) -> tuple[list[_Sides], bool]:
    """The reading by which a transfer stands there twice, and whether there are matching halves to show for it."""
    groups: dict[tuple[object, ...], list[Operation]] = defaultdict(list)
    for operation in transfers:
        groups[
            operation.payer, operation.payee, operation.says("Сумма"), operation.says("Номер"), operation.says("Дата")
        ].append(operation)
    reading: dict[int, _Sides] = {}
    halves = False
    for group in groups.values():
        charged = [each for each in group if each.has_date("ДатаСписано") and not each.has_date("ДатаПоступило")]
        credited = [each for each in group if each.has_date("ДатаПоступило") and not each.has_date("ДатаСписано")]
        halves = halves or (bool(charged) and bool(credited))
        one_sided = [(each, True, False) for each in charged] + [(each, False, True) for each in credited]
        known = {each.document.position for each, _payer, _payee in one_sided}
        rest = [each for each in group if each.document.position not in known]
        pairs = len(rest) // 2 * 2
        paired = [(each, number % 2 == 0, number % 2 == 1) for number, each in enumerate(rest[:pairs])]
        for each, payer, payee in one_sided + paired + [(each, True, True) for each in rest[pairs:]]:
            reading[each.document.position] = _Sides(each, payer, payee)
    return [reading[operation.document.position] for operation in transfers], halves


def _provable(transfers: Sequence[Operation], statements: Sequence[StatementFacts]) -> set[int]:
    touched = {side for operation in transfers for side in (operation.payer, operation.payee) if side is not None}
    return {side for side in touched if statements[side].opening is not None and statements[side].closing is not None}


def _closes(
    builder: LineBuilder,
    reading: Sequence[_Sides],
    statements: Sequence[StatementFacts],
    sums: Sequence[int],
    provable: set[int],
) -> bool:
    totals = list(sums)
    for sides in reading:
        for line in _lines(builder, sides):
            totals[line.statement] += line.amount_minor or 0
    return all((statements[side].opening or 0) + totals[side] == statements[side].closing for side in provable)


def _lines(builder: LineBuilder, sides: _Sides) -> Iterator[ParsedLine]:
    operation = sides.operation
    assert operation.payer is not None
    assert operation.payee is not None
    if sides.payer:
        yield builder.line(operation, operation.payer, "out")
    if sides.payee:
        yield builder.line(operation, operation.payee, "in")
