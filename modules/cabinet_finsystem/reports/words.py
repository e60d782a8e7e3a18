"""How a report's periods, lines and figures are said to a reader: the same on screen, in XLSX, CSV and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cabinet.i18n.formatting import currency_sign
from cabinet_finsystem.reports.periods import Period, months_between, unit_of
from cabinet_finsystem.reports.values import Change, PnlRow
from cabinet_finsystem.texts import _

NONE = "\u2013"
"""What stands for a share of no income."""

BASES = {"cash": _("By payment"), "accrual": _("By document")}
UNITS = {
    "none": _("no columns"),
    "day": _("by day"),
    "week": _("by week"),
    "month": _("by month"),
    "quarter": _("by quarter"),
    "year": _("by year"),
}


class Words:
    """The words of one reader. ``fmt``: his Formatter; ``localizer``: his language."""

    def __init__(self, fmt: Any, localizer: Any) -> None:
        self._fmt = fmt
        self.translate = localizer.translate

    def sign(self, currency: str) -> str:
        """The sign of a currency: ``₽``."""
        return currency_sign(currency, self._fmt.locale).unescape()

    # periods

    def columns(self, periods: Sequence[Period], unit: str) -> list[str]:
        """Heads of columns; the year is told where it begins."""
        heads: list[str] = []
        for number, period in enumerate(periods):
            new_year = not number or periods[number - 1].since.year != period.since.year
            heads.append(self._column(period, unit, year=new_year))
        return heads

    def period(self, period: Period) -> str:
        """``август 2025 – январь 2026``, ``2025``, ``1 – 15 февраля 2026``."""
        if period == unit_of(period.since, "year"):
            return str(period.since.year)
        if period.whole_months:
            first, last = self._fmt.month(period.since), self._fmt.month(period.until)
            return first if first == last else f"{first} {NONE} {last}"
        if period.days == 1:
            return str(self._fmt.date_long(period.since))
        return f"{self._fmt.date_long(period.since)} {NONE} {self._fmt.date_long(period.until)}"

    def compared(self, period: Period, earlier: Period) -> str:
        """What a period is compared with, in short: ``декабрь 2025``, ``предыдущие 6 мес.``"""
        months = months_between(period.since, period.until) + 1
        if (
            months > 1
            and period.whole_months
            and earlier.until.year * 12 + earlier.until.month == period.since.year * 12 + period.since.month - 1
        ):
            return str(self.translate(_("the ${n} months before", mapping={"n": months})))
        return self.period(earlier)

    def _column(self, period: Period, unit: str, *, year: bool) -> str:
        whole = unit != "none" and period == unit_of(period.since, unit)
        if unit == "year" and whole:
            return str(period.since.year)
        if unit == "quarter" and whole:
            quarter = (period.since.month + 2) // 3
            return str(self.translate(_("Q${n} ${year}", mapping={"n": quarter, "year": period.since.year})))
        if unit == "month" and whole:
            return str(self._fmt.month_short(period.since, year))
        if unit == "none":
            return self.period(period)
        return self._days(period)

    def _days(self, period: Period) -> str:
        last = str(self._fmt.date_short(period.until))
        if period.days == 1:
            return last
        if (period.since.year, period.since.month) == (period.until.year, period.until.month):
            return f"{period.since.day}{NONE}{last}"
        return f"{self._fmt.date_short(period.since)} {NONE} {last}"

    # lines and figures

    def name(self, row: PnlRow) -> str:
        """The name of a line."""
        name = str(self.translate(row.name))
        return str(self.translate(_("${name}, no sub-article", mapping={"name": name}))) if row.own else name

    def percent(self, tenths: int | None, *, sign: bool = False) -> str:
        """``44,4`` per cent without its sign; a dash for a share of nothing."""
        if tenths is None:
            return NONE
        lead = "+" if sign and tenths > 0 else ""
        return lead + str(self._fmt.number(Decimal(tenths).scaleb(-1), 1))

    def share(self, tenths: int | None) -> str:
        """``44,4 %``, ``44.4%``; a dash for a share of nothing."""
        return NONE if tenths is None else str(self._fmt.percent(Decimal(tenths).scaleb(-1), 1))

    def whole(self, minor: int, currency: str, *, sign: bool = False) -> str:
        """An amount in whole units without the currency: what a cell of the table shows."""
        return str(self._fmt.amount(minor, currency, sign, kopecks=False, symbol=False))

    def grown(self, change: Change | None, *, sign: bool = False) -> str:
        """A change in per cent; without ``sign`` its direction is for an arrow to show."""
        if change is None or change.tenths is None:
            return NONE
        return self.percent(change.tenths if sign else abs(change.tenths), sign=sign)
