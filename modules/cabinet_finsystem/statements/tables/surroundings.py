"""What a bank writes above and below its table: the account, its currency, the period, balances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from cabinet_finsystem.statements.tables.cells import account_number, looks_like_sum, read_day, sum_minor
from cabinet_finsystem.statements.tables.mapping import fold
from cabinet_finsystem.statements.tables.words import LABELS, TOTALS
from cabinet_finsystem.statements.values import read_currency

_MARGIN_DAYS = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_LABEL_DATES = re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_RUSSIAN_ACCOUNT = re.compile(r"(?<!\d)\d{20}(?!\d)")
_ACCOUNTS = 50
"""Numbers that are remembered; of more than one none is believed."""
_PERIOD = ("период", "period", "zeitraum", "periodo", "periode")


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row without a date sums up: it begins with a word for that, or one of its cells is such a word."""
    words = [fold(cell) for cell in cells if cell]
    if not words:
        return False
    return words[0].split(" ")[0] in TOTALS or label_of(words[0]) is not None or any(word in TOTALS for word in words)


def label_of(text: str) -> str | None:
    """What figure a text is the label of; a date in it, as in "Balance on 01.02.2026", is passed over."""
    folded = fold(_LABEL_DATES.sub("", text))
    for label, words in LABELS.items():
        if folded in words or any(folded == f"{word} на" for word in words):
            return label
    return None


@dataclass(slots=True)
class Surroundings:
    """Gathered from the rows around the table. Of a figure told twice the first stands, closing figures the last."""

    texts: dict[str, str] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    period: tuple[date, date] | None = None
    _above: dict[int, str] = field(default_factory=dict)

    def add(self, cells: Sequence[str]) -> None:
        """Look at one row."""
        labels = {place: label for place, cell in enumerate(cells) if cell and (label := _label_in(cell))}
        if self._above and not labels:
            for place, label in self._above.items():
                if place < len(cells) and cells[place]:
                    self._keep(label, cells[place])
        self._above = labels if len(labels) > 1 else {}
        for place, label in labels.items():
            value = _after(cells, place)
            if value:
                self._keep(label, value)
        for cell in cells:
            if len(self.accounts) < _ACCOUNTS:
                self.accounts.update(_RUSSIAN_ACCOUNT.findall(cell.replace(" ", "")))
            if self.period is None and fold(cell).startswith(_PERIOD):
                self._find_period(" ".join(cells))

    @property
    def account(self) -> str:
        """The account the whole table is of; empty where the file names none, or several."""
        said = account_number(self.texts.get("account", ""))
        if said:
            return said
        return next(iter(self.accounts)) if len(self.accounts) == 1 else ""

    @property
    def currency(self) -> str:
        """The currency of the whole table, empty where it is not told."""
        return read_currency(self.texts.get("currency", "")) or ""

    def figure(self, label: str, currency: str) -> int | None:
        """``opening``, ``closing``, ``turnover_in`` or ``turnover_out`` in minor units; turnovers are positive."""
        text = self.texts.get(label)
        minor = None if text is None else sum_minor(text, currency, ",")
        return abs(minor) if minor is not None and label.startswith("turnover") else minor

    def days(self) -> tuple[date, date] | None:
        """The period the bank states."""
        since, until = (read_day(self.texts.get(label, "")) for label in ("period_from", "period_to"))
        return (since, until) if since and until and since <= until else self.period

    def _keep(self, label: str, value: str) -> None:
        if label in ("opening", "closing", "turnover_in", "turnover_out") and not looks_like_sum(value):
            return
        if label == "closing" or label not in self.texts:
            self.texts[label] = value

    def _find_period(self, text: str) -> None:
        days = [day for found in _MARGIN_DAYS.findall(text) if (day := read_day(found))]
        if len(days) == 2 and days[0] <= days[1]:
            self.period = (days[0], days[1])


def around(rows: Iterable[tuple[int, list[str]]]) -> Surroundings:
    """What ``rows`` tell."""
    found = Surroundings()
    for _number, cells in rows:
        found.add(cells)
    return found


def _label_in(cell: str) -> str | None:
    return label_of(cell.partition(":")[0]) if len(cell) < 200 else None


def _after(cells: Sequence[str], place: int) -> str:
    """What stands after a label: behind its colon, else in the next cell that holds anything and is no label itself."""
    _label, _colon, behind = cells[place].partition(":")
    if behind.strip():
        return behind.strip()
    following = next((cell for cell in cells[place + 1 :] if cell), "")
    return "" if label_of(following) else following
