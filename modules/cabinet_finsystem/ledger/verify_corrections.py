"""Proving corrections: each stands upon the one before, and what they add lies beside the invoice and its lines, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text


def corrections(connection: Connection) -> Iterator[str]:
    """Corrections that differ from their lines, from their charge or from what was before; invoices that differ from their corrections."""
    sums = """
        SELECT c.id FROM finsystem_correction c LEFT JOIN finsystem_correction_line l ON l.correction_id = c.id
        GROUP BY c.id, c.net, c.vat, c.total
        HAVING coalesce(sum(l.net - l.was_net), 0) <> c.net OR coalesce(sum(l.vat - l.was_vat), 0) <> c.vat
            OR coalesce(sum(l.total - l.was_total), 0) <> c.total OR c.net + c.vat <> c.total
    """
    for (correction_id,) in connection.execute(text(sums)):
        yield f"correction {correction_id}: its lines do not sum to it"
    uneven = """
        SELECT id, correction_id FROM finsystem_correction_line WHERE net + vat <> total OR was_net + was_vat <> was_total
            OR quantity_milli < 0 OR net < 0 OR vat < 0
    """
    for line_id, correction_id in connection.execute(text(uneven)):
        yield f"correction {correction_id}: the sums of its line {line_id} are not each other's"
    charging = """
        SELECT c.id, i.charges FROM finsystem_correction c JOIN finsystem_invoice i ON i.id = c.invoice_id
        WHERE (c.entry_id IS NOT NULL AND (c.state = 'draft' OR i.charges <> 'invoice'))
           OR (c.state <> 'draft' AND i.charges = 'invoice' AND c.entry_id IS NULL AND (c.total <> 0 OR c.vat <> 0))
           OR (c.entry_id IS NOT NULL AND (c.state = 'void') <> (c.void_entry_id IS NOT NULL))
           OR (c.state = 'issued' AND i.state NOT IN ('issued', 'partly_paid', 'paid'))
           OR (c.state <> 'draft') <> (c.number IS NOT NULL AND c.place IS NOT NULL)
    """
    for correction_id, charges in connection.execute(text(charging)):
        yield f"correction {correction_id}: its charge is not what it should be where {charges} charges"
    foreign = """
        SELECT c.id FROM finsystem_correction c JOIN finsystem_invoice i ON i.id = c.invoice_id
        WHERE c.client_id <> i.client_id OR c.currency <> i.currency OR c.legal_entity_id <> i.legal_entity_id
           OR EXISTS (SELECT 1 FROM finsystem_correction_line l JOIN finsystem_invoice_line n ON n.id = l.invoice_line_id
                      WHERE l.correction_id = c.id AND (n.invoice_id <> i.id OR l.client_id <> c.client_id))
    """
    for (correction_id,) in connection.execute(text(foreign)):
        yield f"correction {correction_id}: is of another client, currency or invoice than its lines"
    yield from _beside(connection)
    yield from _upon_each_other(connection)


def _beside(connection: Connection) -> Iterator[str]:
    invoices = """
        SELECT i.id, i.corrected, coalesce(sum(c.total), 0) FROM finsystem_invoice i
        LEFT JOIN finsystem_correction c ON c.invoice_id = i.id AND c.state = 'issued'
        GROUP BY i.id, i.corrected, i.corrected_vat, i.total
        HAVING i.corrected <> coalesce(sum(c.total), 0) OR i.corrected_vat <> coalesce(sum(c.vat), 0)
            OR i.total + i.corrected < 0
    """
    for invoice_id, shown, summed in connection.execute(text(invoices)):
        yield f"invoice {invoice_id}: shows {shown} corrected, its corrections sum to {summed}"
    lines = """
        SELECT n.id, n.invoice_id FROM finsystem_invoice_line n
        LEFT JOIN (SELECT l.invoice_line_id AS line_id, sum(l.quantity_milli - l.was_quantity_milli) AS milli,
                          sum(l.net - l.was_net) AS net, sum(l.vat - l.was_vat) AS vat
                   FROM finsystem_correction_line l JOIN finsystem_correction c ON c.id = l.correction_id
                   WHERE c.state = 'issued' GROUP BY l.invoice_line_id) s ON s.line_id = n.id
        WHERE n.corrected_milli <> coalesce(s.milli, 0) OR n.corrected_net <> coalesce(s.net, 0)
           OR n.corrected_vat <> coalesce(s.vat, 0)
    """
    for line_id, invoice_id in connection.execute(text(lines)):
        yield f"invoice {invoice_id}: its line {line_id} shows another difference than its corrections make"


def _upon_each_other(connection: Connection) -> Iterator[str]:
    """What each says that was is what the one before it left."""
    statement = """
        SELECT c.id, c.invoice_id, c.before, c.total, i.total AS first, l.invoice_line_id AS line_id,
               l.was_quantity_milli, l.was_price, l.was_discount, l.was_vat_rate, l.was_net, l.was_vat,
               l.quantity_milli, l.price, l.discount, l.vat_rate, l.net, l.vat,
               n.quantity_milli AS q, n.price AS p, n.discount AS d, n.vat_rate AS r, n.net AS g, n.vat AS v
        FROM finsystem_correction c JOIN finsystem_invoice i ON i.id = c.invoice_id
        JOIN finsystem_correction_line l ON l.correction_id = c.id JOIN finsystem_invoice_line n ON n.id = l.invoice_line_id
        WHERE c.state = 'issued' ORDER BY c.invoice_id, c.place, l.id
    """
    asks: dict[int, int] = {}
    stands: dict[int, tuple[object, ...]] = {}
    told: set[int] = set()
    for row in connection.execute(text(statement)):
        if row.id not in told:
            told.add(row.id)
            if asks.get(row.invoice_id, row.first) != row.before:
                yield f"correction {row.id}: says that the invoice asked {row.before} before it, which it did not"
            asks[row.invoice_id] = row.before + row.total
        was = (row.was_quantity_milli, row.was_price, row.was_discount, row.was_vat_rate, row.was_net, row.was_vat)
        if stands.get(row.line_id, (row.q, row.p, row.d, row.r, row.g, row.v)) != was:
            yield f"correction {row.id}: line {row.line_id} was not what it says"
        stands[row.line_id] = (row.quantity_milli, row.price, row.discount, row.vat_rate, row.net, row.vat)
