"""Proving write-offs: each is a payment without money that does just what its row says, and no more than its rule allowed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text


def write_offs(connection: Connection) -> Iterator[str]:
    """Write-offs that are not what their rows say, that their rules did not allow, or that outlived what they rest upon."""
    for what, sql in _CHECKS.items():
        for (key,) in connection.execute(text(sql)):
            yield what.format(key)


_ROWS = "FROM finsystem_write_off w JOIN finsystem_payment y ON y.id = w.payment_id"
_CHECKS = {
    "payment {}: is a write-off that no row tells of": """
        SELECT y.id FROM finsystem_payment y LEFT JOIN finsystem_write_off w ON w.payment_id = y.id
        WHERE y.kind = 'write_off' AND w.id IS NULL
    """,
    "write-off {}: its payment is another client's, of another kind, or has another sign": f"""
        SELECT w.id {_ROWS} WHERE y.kind <> 'write_off' OR y.client_id <> w.client_id OR y.minor = 0
            OR (y.minor > 0) <> (w.invoice_id IS NOT NULL) OR (y.minor < 0 AND w.cause_id IS NULL)
    """,
    "write-off {}: its entry puts something else under its article": f"""
        SELECT w.id {_ROWS} LEFT JOIN finsystem_posting p ON p.entry_id = y.entry_id AND p.article_id IS NOT NULL
        GROUP BY w.id, w.article_id, y.minor
        HAVING count(p.id) <> 1 OR min(p.article_id) <> w.article_id OR sum(p.minor) <> y.minor
    """,
    "write-off {}: does not lie whole on its invoice": f"""
        SELECT w.id {_ROWS} LEFT JOIN finsystem_allocation l ON l.payment_id = y.id AND l.invoice_id = w.invoice_id
        GROUP BY w.id, w.invoice_id, y.minor, y.reversal_id, y.allocated
        HAVING coalesce(sum(l.minor), 0) <> y.allocated
            OR y.allocated <> CASE WHEN y.reversal_id IS NULL AND w.invoice_id IS NOT NULL THEN y.minor ELSE 0 END
    """,
    "write-off {}: is more than its rule allowed": f"""
        SELECT w.id {_ROWS} WHERE abs(y.minor) > w.most OR (w.by_itself AND w.most IS NULL)
    """,
    "write-off {}: was made by itself and stands, and could be made again": f"""
        SELECT w.id {_ROWS} WHERE y.reversal_id IS NULL AND (w.slot IS NOT NULL) <> w.by_itself
    """,
    "write-off {}: stands by itself, and the payment that it came after does not": f"""
        SELECT w.id {_ROWS} LEFT JOIN finsystem_payment c ON c.id = w.cause_id
        WHERE y.reversal_id IS NULL AND w.by_itself AND (c.id IS NULL OR c.reversal_id IS NOT NULL OR c.client_id <> w.client_id)
    """,
    "payment {}: what was kept of it is not what was written off": """
        SELECT c.id FROM finsystem_payment c LEFT JOIN (
            SELECT w.cause_id AS id, sum(-y.minor) AS minor FROM finsystem_write_off w JOIN finsystem_payment y ON y.id = w.payment_id
            WHERE w.invoice_id IS NULL AND y.reversal_id IS NULL GROUP BY w.cause_id
        ) AS k ON k.id = c.id
        WHERE c.kept <> CASE WHEN c.kind = 'write_off' AND c.minor < 0 AND c.reversal_id IS NULL THEN c.minor ELSE coalesce(k.minor, 0) END
            OR (c.kept > 0 AND c.allocated + c.kept > c.minor)
    """,
}
