"""Reports as the command line tells of them: plain documents, ready for JSON."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from cabinet.contracts.money import Money
from cabinet_finsystem.reports.receivables import PARTS
from cabinet_finsystem.reports.values import Ages, BalanceRow, BalanceTotal, ClientAges, Pnl, PnlCell, PnlRow

Translate = Callable[[str], str]


def pnl_json(report: Pnl, translate: Translate) -> dict[str, Any]:
    """The P&L. Costs are positive, and unsorted money that went out; ``change`` is null where there is nothing to compare with."""
    return {
        "from": report.query.since.isoformat(),
        "to": report.query.until.isoformat(),
        "basis": report.query.basis,
        "by": report.query.by,
        "compare": report.query.compare,
        "currency": report.currency,
        "columns": [{"from": p.since.isoformat(), "to": p.until.isoformat()} for p in report.columns],
        "rows": [_row(report, row, translate) for row in report.rows],
        "result": [_money(minor, report.currency) for minor in report.result],
        "total_result": _money(report.section("net").total.minor, report.currency),
    }


def balances_json(on: datetime.date, rows: Sequence[BalanceRow], totals: Sequence[BalanceTotal]) -> dict[str, Any]:
    """Balances of clients, by their external ids; positive: we owe the client."""
    return {
        "date": on.isoformat(),
        "clients": [
            {
                "client": row.external_id,
                "name": row.name,
                "currency": row.currency,
                "balance": _money(row.minor, row.currency),
            }
            for row in rows
        ],
        "total": [{"currency": total.currency, "balance": _money(total.minor, total.currency)} for total in totals],
    }


def receivables_json(on: datetime.date, rows: Sequence[ClientAges], totals: Sequence[Ages]) -> dict[str, Any]:
    """Debts of clients by age: days past the due date."""
    return {
        "date": on.isoformat(),
        "clients": [{"client": row.external_id, "name": row.name, **_ages(row.ages)} for row in rows],
        "total": [_ages(total) for total in totals],
    }


def _row(report: Pnl, row: PnlRow, translate: Translate) -> dict[str, Any]:
    cells = (*row.cells, row.total)
    changes = [_change(cell, report.currency) for cell in cells]
    return {
        "article": translate(row.name),
        "path": [translate(name) for name in row.path],
        "kind": row.kind,
        "code": row.code,
        "group": row.group,
        "own": row.own,
        "amounts": [_money(cell.minor, report.currency) for cell in row.cells],
        "share_of_income": [_percent(cell.share) for cell in row.cells],
        "change": [money for money, _percentage in changes[:-1]],
        "change_percent": [percentage for _money, percentage in changes[:-1]],
        "total": _money(row.total.minor, report.currency),
        "total_share_of_income": _percent(row.total.share),
        "total_change": changes[-1][0],
        "total_change_percent": changes[-1][1],
    }


def _change(cell: PnlCell, currency: str) -> tuple[str | None, float | None]:
    change = cell.change
    return (None, None) if change is None else (_money(change.minor, currency), _percent(change.tenths))


def _percent(tenths: int | None) -> float | None:
    """Per cent with one decimal. A share is no money: a JSON number says it exactly enough and adds up."""
    return None if tenths is None else tenths / 10


def _ages(ages: Ages) -> dict[str, Any]:
    return {
        "currency": ages.currency,
        "total": _money(ages.total, ages.currency),
        "overdue": _money(ages.overdue, ages.currency),
        **{part: _money(getattr(ages, part), ages.currency) for part in PARTS},
    }


def _money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))
