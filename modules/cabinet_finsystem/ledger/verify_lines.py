"""Proving the money of bank lines: what a line brought stands in the books once and whole, on one payment, on several, or on an entry."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text


def lines(connection: Connection) -> Iterator[str]:
    """Lines whose payments are not their sum, or stand beside another decision, and lines whose payment is gone."""
    sums = """
        SELECT n.id, n.minor, sum(y.minor) FROM finsystem_payment y JOIN finsystem_statement_line n ON n.id = y.line_id
        WHERE y.reversal_id IS NULL GROUP BY n.id, n.minor, n.state, n.entry_id
        HAVING sum(y.minor) <> n.minor OR n.state <> 'applied' OR n.entry_id IS NOT NULL
    """
    for line_id, minor, paid in connection.execute(text(sums)):
        yield f"bank line {line_id}: brought {minor}, and its payments that stand are {paid}, or it is decided otherwise"
    foreign = """
        SELECT y.id, n.id FROM finsystem_payment y JOIN finsystem_statement_line n ON n.id = y.line_id
        WHERE y.reversal_id IS NULL AND (y.currency <> n.currency OR y.bank_account_id <> n.bank_account_id
           OR (n.payment_id IS NOT NULL AND n.payment_id <> y.id))
    """
    for payment_id, line_id in connection.execute(text(foreign)):
        yield f"payment {payment_id}: differs from its bank line {line_id} in currency or account, or the line names another payment"
    lost = """
        SELECT n.id FROM finsystem_statement_line n WHERE n.state = 'applied' AND n.minor <> 0 AND n.entry_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM finsystem_payment y WHERE y.line_id = n.id AND y.reversal_id IS NULL)
    """
    for (line_id,) in connection.execute(text(lost)):
        yield f"bank line {line_id}: is applied, and no payment and no entry holds its money"
