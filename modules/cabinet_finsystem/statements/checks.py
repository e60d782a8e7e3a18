"""The proof of a statement: opening plus the lines is the closing balance. The only independent oracle of the signs."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabinet_finsystem.statements.parsed import ParsedLine, StatementCheck, StatementFacts

_NAMED = 20  # positions kept for showing; the counts are complete


@dataclass(slots=True)
class StatementTally:
    """Sums up the lines of one statement as they pass by."""

    lines: int = 0
    invalid: int = 0
    sum_in: int = 0
    sum_out: int = 0
    outside: int = 0
    invalid_positions: list[int] = field(default_factory=list)
    outside_positions: list[int] = field(default_factory=list)
    last_invalid: ParsedLine | None = None

    def add(self, line: ParsedLine, facts: StatementFacts) -> None:
        """Count ``line``; ``facts`` may still be incomplete but for the period."""
        self.lines += 1
        amount = line.amount_minor
        if line.status == "info" or (line.status == "pending" and not facts.interim):
            return  # no money of this statement, and no part of its figures
        if amount is None:
            self.invalid += 1
            self.last_invalid = line
            if len(self.invalid_positions) < _NAMED:
                self.invalid_positions.append(line.position)
        elif amount >= 0:
            self.sum_in += amount
        else:
            self.sum_out -= amount
        booked = line.booking_date
        if booked is not None and (
            (facts.period_from is not None and booked < facts.period_from)
            or (facts.period_to is not None and booked > facts.period_to)
        ):
            self.outside += 1
            if len(self.outside_positions) < _NAMED:
                self.outside_positions.append(line.position)

    def check(self, facts: StatementFacts) -> StatementCheck:
        """The verdict, when the last line has passed."""
        expected = None if facts.opening is None else facts.opening + self.sum_in - self.sum_out
        turnover_ok = None
        if facts.turnover_in is not None and facts.turnover_out is not None:
            turnover_ok = (self.sum_in, self.sum_out) == (facts.turnover_in, facts.turnover_out)
        gap = self._gap(facts, expected)
        # Turnovers prove as well as balances do, where a file states only those.
        balance_ok = turnover_ok if facts.closing is None or expected is None else gap == 0
        return StatementCheck(
            lines=self.lines,
            invalid=self.invalid,
            sum_in=self.sum_in,
            sum_out=self.sum_out,
            balance_ok=balance_ok,
            expected_closing=expected,
            gap=gap,
            explained_by=self._explanation(gap),
            turnover_ok=turnover_ok,
            invalid_positions=tuple(self.invalid_positions),
            outside_period=self.outside,
            outside_positions=tuple(self.outside_positions),
        )

    def _gap(self, facts: StatementFacts, expected: int | None) -> int | None:
        if facts.closing is not None and expected is not None:
            return facts.closing - expected
        if facts.turnover_in is not None and facts.turnover_out is not None:
            return (facts.turnover_in - facts.turnover_out) - (self.sum_in - self.sum_out)
        return None

    def _explanation(self, gap: int | None) -> int | None:
        line = self.last_invalid
        if not gap or self.invalid != 1 or line is None or line.invalid_reason is None:
            return None
        if line.direction is not None and (line.direction == "in") != (gap > 0):
            return None
        magnitude = line.invalid_reason.magnitude
        return line.position if magnitude is None or magnitude == abs(gap) else None
