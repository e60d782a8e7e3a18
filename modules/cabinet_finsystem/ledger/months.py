"""The month tables: what a batch of postings, or of allocations, adds to them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from cabinet.db.bulk import upsert_rows
from cabinet_finsystem.ledger.models import MonthBalance, PnlMonth
from cabinet_finsystem.ledger.upsert import dialect_insert

ACCRUAL = "accrual"
CASH = "cash"


def month_of(date: datetime.date) -> datetime.date:
    """The first day of the month of ``date``."""
    return date.replace(day=1)


class PnlCell(NamedTuple):
    """A row of the P&L table but its amount, in the order of the table's key. ``client_id``, ``contract_id``: 0 where there is none."""

    basis: str
    currency: str
    month: datetime.date
    legal_entity_id: int
    article_id: int
    client_id: int
    contract_id: int


class Deltas:
    """Amounts to add to the month tables, summed up before they are written."""

    def __init__(self) -> None:
        self._balances: defaultdict[tuple[int, datetime.date], list[int]] = defaultdict(lambda: [0, 0])
        self._pnl: defaultdict[PnlCell, int] = defaultdict(int)

    def post(self, account_id: int, month: datetime.date, minor: int) -> None:
        """A posting of ``minor`` (debit-positive)."""
        self._balances[account_id, month][minor < 0] += abs(minor)

    def pnl(self, cell: PnlCell, minor: int) -> None:
        """``minor`` more result in ``cell``."""
        self._pnl[cell] += minor

    def add(self, other: Deltas) -> None:
        """Take over all of ``other``."""
        for key, turnover in other._balances.items():
            mine = self._balances[key]
            mine[0] += turnover[0]
            mine[1] += turnover[1]
        for cell, minor in other._pnl.items():
            self._pnl[cell] += minor

    def write(self, session: Session) -> None:
        """Add everything to the tables, one statement a table.

        Rows go in the order of their keys: two transactions that touch the same ones wait for each other, never lock each other out.
        """
        _add_balances(session, sorted((*key, turnover[0], turnover[1]) for key, turnover in self._balances.items()))
        _add_pnl(session, sorted((cell, minor) for cell, minor in self._pnl.items() if minor))


def _add_balances(session: Session, rows: list[tuple[int, datetime.date, int, int]]) -> None:
    statement = dialect_insert(session, MonthBalance.__table__)
    statement = statement.on_conflict_do_update(
        index_elements=["account_id", "month"],
        set_={
            "debit": MonthBalance.debit + statement.excluded.debit,
            "credit": MonthBalance.credit + statement.excluded.credit,
        },
    )
    names = ("account_id", "month", "debit", "credit")
    # Turnovers belong to accounts; whose they are was checked when the postings were written.
    upsert_rows(session, statement, [dict(zip(names, row, strict=True)) for row in rows], client_ids=())


def _add_pnl(session: Session, rows: list[tuple[PnlCell, int]]) -> None:
    statement = dialect_insert(session, PnlMonth.__table__)
    statement = statement.on_conflict_do_update(
        index_elements=[
            "basis",
            "currency",
            "month",
            "legal_entity_id",
            "article_id",
            text("coalesce(client_id, 0)"),
            text("coalesce(contract_id, 0)"),
        ],
        set_={"minor": PnlMonth.minor + statement.excluded.minor},
    )
    parameters = [
        {**cell._asdict(), "client_id": cell.client_id or None, "contract_id": cell.contract_id or None, "minor": minor}
        for cell, minor in rows
    ]
    upsert_rows(session, statement, parameters, client_ids={cell.client_id or None for cell, _ in rows})
