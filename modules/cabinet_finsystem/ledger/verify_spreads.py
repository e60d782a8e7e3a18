"""Proving the cash P&L of invoices: what came for each, divided over the articles of its lines, and nothing that was no money."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text


def spreads(connection: Connection) -> Iterator[str]:
    """Each article has in the cash P&L its share, by the net of the lines, of the money that came for an invoice, and of nothing else.

    To the last unit, where nothing was taken back; what is taken back goes as it came, so that each may leave rounding behind.
    """
    wrong = """
        SELECT i.id, n.article_id, n.net, i.total + i.corrected, coalesce(m.minor, 0), coalesce(s.minor, 0)
        FROM finsystem_invoice i
        JOIN (SELECT invoice_id, article_id, sum(net + corrected_net) AS net FROM finsystem_invoice_line
              GROUP BY invoice_id, article_id) AS n
          ON n.invoice_id = i.id
        LEFT JOIN (SELECT l.invoice_id, sum(l.minor) AS minor, count(l.reverses_id) AS undone
                   FROM finsystem_allocation l JOIN finsystem_payment y ON y.id = l.payment_id
                   WHERE y.kind IN ('bank', 'cash') GROUP BY l.invoice_id) AS m ON m.invoice_id = i.id
        LEFT JOIN (SELECT l.invoice_id, s.article_id, sum(s.minor) AS minor FROM finsystem_allocation_spread s
                   JOIN finsystem_allocation l ON l.id = s.allocation_id GROUP BY l.invoice_id, s.article_id) AS s
          ON s.invoice_id = i.id AND s.article_id = n.article_id
        WHERE (i.total + i.corrected > 0 AND abs(coalesce(s.minor, 0) * (i.total + i.corrected) - n.net * coalesce(m.minor, 0))
                                             >= (i.total + i.corrected) * (1 + 2 * coalesce(m.undone, 0)))
           OR (i.total + i.corrected = 0 AND coalesce(s.minor, 0) <> 0)
    """
    for invoice_id, article_id, net, total, money, minor in connection.execute(text(wrong)):
        yield f"invoice {invoice_id}: {money} of {total} came, yet article {article_id}, {net} of it, has {minor} in the cash P&L"
    stray = """
        SELECT s.id FROM finsystem_allocation_spread s JOIN finsystem_allocation l ON l.id = s.allocation_id
        JOIN finsystem_payment y ON y.id = l.payment_id
        WHERE y.kind NOT IN ('bank', 'cash') OR NOT EXISTS (
            SELECT 1 FROM finsystem_invoice_line n WHERE n.invoice_id = l.invoice_id AND n.article_id = s.article_id)
    """
    for (spread_id,) in connection.execute(text(stray)):
        yield f"spread {spread_id}: counts in the cash P&L what is no money, or under an article that its invoice has not"
