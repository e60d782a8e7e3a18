"""Proving the books: everything is recomputed from postings and documents by plain SQL that shares no code with the services.

What it finds it names; nothing is ever mended here.
"""

# ruff: noqa: S608 - the pieces put together are this file's own constants

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Engine, Uuid, text

from cabinet.db.proof import Proof, one_moment
from cabinet_finsystem.ledger import triggers
from cabinet_finsystem.ledger.verify_corrections import corrections
from cabinet_finsystem.ledger.verify_lines import lines
from cabinet_finsystem.ledger.verify_spreads import spreads
from cabinet_finsystem.ledger.verify_write_offs import write_offs

_CHUNK = 5000


@dataclass(slots=True)
class Verification(Proof):
    """The outcome of one run."""

    entries: int = 0
    postings: int = 0
    balanced: bool = True
    month_balances_agree: bool = True
    chain_ok: bool = True

    def as_json(self) -> dict[str, Any]:
        """The document that ``cabinet ledger verify --json`` prints."""
        return {
            "entries": self.entries,
            "postings": self.postings,
            "balanced": self.balanced,
            "month_balances_agree": self.month_balances_agree,
            "chain_ok": self.chain_ok,
            "problems": self.problems_as_json(),
        }


def verify(engine: Engine) -> Verification:
    """Recompute the books of ``engine``'s database as they stand at one moment."""
    result = Verification()
    with one_moment(engine) as connection:
        result.entries = _number(connection, "SELECT count(*) FROM finsystem_entry")
        result.postings = _number(connection, "SELECT count(*) FROM finsystem_posting")
        result.balanced = result.note("sums", _sums(connection))
        result.month_balances_agree = result.note("months", _months(connection))
        result.chain_ok = result.note("chain", _chain(connection))
        for name, check in _OTHERS.items():
            result.note(name, check(connection))
    return result


def _number(connection: Connection, sql: str) -> int:
    return int(connection.execute(text(sql)).scalar_one())


def _sums(connection: Connection) -> Iterator[str]:
    for entry_id, currency, total in connection.execute(
        text(
            "SELECT entry_id, currency, sum(minor) FROM finsystem_posting GROUP BY entry_id, currency HAVING sum(minor) <> 0"
        )
    ):
        yield f"entry {entry_id}: postings in {currency} sum to {total}"
    for entry_id, count in connection.execute(
        text(
            "SELECT e.id, count(p.id) FROM finsystem_entry e LEFT JOIN finsystem_posting p ON p.entry_id = e.id"
            " GROUP BY e.id HAVING count(p.id) < 2"
        )
    ):
        yield f"entry {entry_id}: {count} postings"
    for posting_id, entry_id in connection.execute(
        text(
            "SELECT p.id, p.entry_id FROM finsystem_posting p LEFT JOIN finsystem_entry e ON e.id = p.entry_id WHERE e.id IS NULL"
        )
    ):
        yield f"posting {posting_id}: there is no entry {entry_id}"


def _sides(connection: Connection) -> Iterator[str]:
    wrong = """
        SELECT p.id FROM finsystem_posting p
        JOIN finsystem_entry e ON e.id = p.entry_id JOIN finsystem_account a ON a.id = p.account_id
        WHERE p.date <> e.date OR p.currency <> a.currency OR p.minor = 0
           OR (a.kind IN ('income', 'expense')) <> (p.article_id IS NOT NULL)
           OR (a.kind = 'client' AND (p.client_id IS NULL OR p.client_id <> a.client_id))
    """
    for (posting_id,) in connection.execute(text(wrong)):
        yield f"posting {posting_id}: differs from its entry or account in date, currency, client or article"


def _month(connection: Connection, column: str) -> str:
    if connection.dialect.name == "postgresql":
        return f"CAST(date_trunc('month', {column}) AS date)"
    return f"strftime('%Y-%m-01', {column})"


def _months(connection: Connection) -> Iterator[str]:
    difference = f"""
        SELECT account_id, month, sum(debit), sum(credit) FROM (
            SELECT account_id, {_month(connection, "date")} AS month,
                   CASE WHEN minor > 0 THEN minor ELSE 0 END AS debit, CASE WHEN minor < 0 THEN -minor ELSE 0 END AS credit
            FROM finsystem_posting
            UNION ALL SELECT account_id, month, -debit, -credit FROM finsystem_month_balance
        ) AS d GROUP BY account_id, month HAVING sum(debit) <> 0 OR sum(credit) <> 0
    """
    for account_id, month, debit, credit in connection.execute(text(difference)):
        yield f"account {account_id}, {month}: the month table lacks {debit} of debit and {credit} of credit"


def _pnl(connection: Connection) -> Iterator[str]:
    month = _month(connection, "p.date")
    key = "e.legal_entity_id, {}, coalesce(p.client_id, 0), coalesce(p.contract_id, 0)"
    moves_money = """EXISTS (SELECT 1 FROM finsystem_posting m JOIN finsystem_account b ON b.id = m.account_id
                             WHERE m.entry_id = p.entry_id AND b.kind IN ('bank', 'cash', 'clearing'))"""
    advances = "(SELECT id FROM finsystem_article WHERE code = 'advances')"
    sides = """FROM finsystem_posting p JOIN finsystem_entry e ON e.id = p.entry_id
               JOIN finsystem_account a ON a.id = p.account_id"""
    allocations = """FROM finsystem_allocation l JOIN finsystem_payment y ON y.id = l.payment_id
                     JOIN finsystem_invoice i ON i.id = l.invoice_id"""
    article = key.format("p.article_id")
    difference = f"""
        SELECT basis, currency, month, legal_entity_id, article_id, client_id, contract_id, sum(minor) FROM (
            SELECT 'accrual' AS basis, p.currency AS currency, {month} AS month, e.legal_entity_id AS legal_entity_id,
                   p.article_id AS article_id, coalesce(p.client_id, 0) AS client_id, coalesce(p.contract_id, 0) AS contract_id,
                   -p.minor AS minor
            {sides} WHERE a.kind IN ('income', 'expense')
            UNION ALL
            SELECT 'cash', p.currency, {month}, {article}, -p.minor {sides} WHERE a.kind IN ('income', 'expense') AND {moves_money}
            UNION ALL
            SELECT 'cash', p.currency, {month}, {key.format(advances)}, -p.minor {sides} WHERE a.kind = 'client' AND {moves_money}
            UNION ALL
            SELECT 'cash', y.currency, {_month(connection, "l.date")}, y.legal_entity_id, {advances}, l.client_id,
                   coalesce(y.contract_id, 0), -l.minor
            {allocations} WHERE y.kind IN ('bank', 'cash')
            UNION ALL
            SELECT 'cash', i.currency, {_month(connection, "l.date")}, i.legal_entity_id, s.article_id, l.client_id,
                   coalesce(i.contract_id, 0), s.minor
            {allocations} JOIN finsystem_allocation_spread s ON s.allocation_id = l.id
            UNION ALL
            SELECT basis, currency, month, legal_entity_id, article_id, coalesce(client_id, 0), coalesce(contract_id, 0), -minor
            FROM finsystem_pnl_month
        ) AS d GROUP BY basis, currency, month, legal_entity_id, article_id, client_id, contract_id HAVING sum(minor) <> 0
    """
    for basis, currency, month_, entity, article_id, client, contract, minor in connection.execute(text(difference)):
        yield (
            f"{basis} {month_}, entity {entity}, article {article_id}, client {client}, contract {contract}:"
            f" the P&L table lacks {minor} {currency}"
        )


def _documents(connection: Connection) -> Iterator[str]:
    """The personal accounts hold what the documents say, no more and no less."""
    for name, amount, taken_back in (
        ("payment", "-d.minor", "d.reversal_id"),
        ("invoice", "d.total", "d.void_entry_id"),
        ("act", "d.total", "d.void_entry_id"),
        ("correction", "d.total", "d.void_entry_id"),
    ):
        wrong = f"""
            SELECT d.id FROM finsystem_{name} d
            LEFT JOIN finsystem_posting s ON s.entry_id = d.entry_id OR s.entry_id = {taken_back}
            LEFT JOIN finsystem_account a ON a.id = s.account_id AND a.kind = 'client' AND a.client_id = d.client_id
            WHERE d.entry_id IS NOT NULL
            GROUP BY d.id, {amount}, {taken_back}
            HAVING sum(CASE WHEN a.id IS NULL THEN 0 ELSE s.minor END) <> CASE WHEN {taken_back} IS NULL THEN {amount} ELSE 0 END
        """
        for (document_id,) in connection.execute(text(wrong)):
            yield f"{name} {document_id}: its entries put something else on the client's account"
        stray = f"""
            SELECT e.id FROM finsystem_entry e LEFT JOIN finsystem_{name} d ON d.id = e.source_id AND d.entry_id = e.id
            WHERE e.source_module = 'finsystem' AND e.source_type = '{name}' AND d.id IS NULL
        """
        for (entry_id,) in connection.execute(text(stray)):
            yield f"entry {entry_id}: no {name} owns it"
        unknown = f"""
            SELECT d.id, r.id FROM finsystem_{name} d JOIN finsystem_entry r ON r.reverses_id = d.entry_id
            WHERE {taken_back} IS NULL OR {taken_back} <> r.id
        """
        for document_id, entry_id in connection.execute(text(unknown)):
            yield f"{name} {document_id}: does not know that entry {entry_id} took it back"


def _acts(connection: Connection) -> Iterator[str]:
    """Acts take no more of an invoice than it has, sum to their lines, and charge where, and only where, the invoice does not."""
    charging = """
        SELECT a.id, i.charges FROM finsystem_act a JOIN finsystem_invoice i ON i.id = a.invoice_id
        WHERE (a.state <> 'draft' AND i.charges = 'act') <> (a.entry_id IS NOT NULL) OR (a.state = 'void' AND a.entry_id IS NOT NULL)
           <> (a.void_entry_id IS NOT NULL) OR (a.entry_id IS NOT NULL AND i.entry_id IS NOT NULL)
           OR (a.state = 'issued' AND i.state NOT IN ('issued', 'partly_paid', 'paid'))
    """
    for act_id, charges in connection.execute(text(charging)):
        yield f"act {act_id}: its charge is not what it should be where {charges} charges"
    sums = """
        SELECT a.id FROM finsystem_act a LEFT JOIN finsystem_act_line l ON l.act_id = a.id
        GROUP BY a.id, a.net, a.vat, a.total
        HAVING coalesce(sum(l.net), 0) <> a.net OR coalesce(sum(l.vat), 0) <> a.vat OR a.net + a.vat <> a.total
            OR coalesce(sum(l.total), 0) <> a.total
    """
    for (act_id,) in connection.execute(text(sums)):
        yield f"act {act_id}: its lines do not sum to it"
    more = """
        SELECT n.id, n.invoice_id FROM finsystem_invoice_line n JOIN finsystem_act_line l ON l.invoice_line_id = n.id
        JOIN finsystem_act a ON a.id = l.act_id AND a.state = 'issued'
        GROUP BY n.id, n.invoice_id, n.quantity_milli + n.corrected_milli, n.net + n.corrected_net, n.vat + n.corrected_vat
        HAVING sum(l.quantity_milli) > n.quantity_milli + n.corrected_milli
            OR sum(l.net) > n.net + n.corrected_net OR sum(l.vat) > n.vat + n.corrected_vat
            OR (sum(l.quantity_milli) = n.quantity_milli + n.corrected_milli
                AND (sum(l.net) <> n.net + n.corrected_net OR sum(l.vat) <> n.vat + n.corrected_vat))
    """
    for line_id, invoice_id in connection.execute(text(more)):
        yield f"invoice {invoice_id}: acts took more of its line {line_id} than it has, or not all of its sum"
    foreign = """
        SELECT l.id FROM finsystem_act_line l JOIN finsystem_act a ON a.id = l.act_id
        JOIN finsystem_invoice_line n ON n.id = l.invoice_line_id JOIN finsystem_invoice i ON i.id = a.invoice_id
        WHERE n.invoice_id <> a.invoice_id OR a.client_id <> i.client_id OR l.client_id <> a.client_id OR a.currency <> i.currency
    """
    for (line_id,) in connection.execute(text(foreign)):
        yield f"line {line_id} of an act: is of another invoice or client"


def _allocations(connection: Connection) -> Iterator[str]:
    for name, whole, kept in (("payment", "d.minor", "allocated"), ("invoice", "d.total + d.corrected", "paid")):
        wrong = f"""
            SELECT d.id, d.{kept}, coalesce(sum(l.minor), 0), {whole} FROM finsystem_{name} d
            LEFT JOIN finsystem_allocation l ON l.{name}_id = d.id
            GROUP BY d.id, d.{kept}, {whole}
            HAVING d.{kept} <> coalesce(sum(l.minor), 0) OR coalesce(sum(l.minor), 0) < 0
                OR (d.{kept} <> 0 AND d.{kept} > {whole})
        """
        for document_id, shown, allocated, of in connection.execute(text(wrong)):
            yield f"{name} {document_id}: shows {shown} allocated of {of}, its allocations sum to {allocated}"
    states = """
        SELECT id, state FROM finsystem_invoice WHERE state <> CASE
            WHEN state IN ('draft', 'void') AND paid = 0 THEN state
            WHEN paid = total + corrected AND (paid > 0 OR total > 0 OR state = 'paid') THEN 'paid'
            WHEN paid > 0 THEN 'partly_paid' ELSE 'issued' END
    """
    for invoice_id, state in connection.execute(text(states)):
        yield f"invoice {invoice_id}: its state is {state}, its allocations say otherwise"
    inexact = """
        SELECT u.id FROM finsystem_allocation u LEFT JOIN finsystem_allocation o ON o.id = u.reverses_id
        WHERE u.reverses_id IS NOT NULL
          AND (o.id IS NULL OR o.minor <> -u.minor OR o.payment_id <> u.payment_id OR o.invoice_id <> u.invoice_id
               OR o.reverses_id IS NOT NULL)
    """
    for (allocation_id,) in connection.execute(text(inexact)):
        yield f"allocation {allocation_id}: does not negate what it undoes"
    for allocation_id, times in connection.execute(
        text(
            "SELECT reverses_id, count(*) FROM finsystem_allocation WHERE reverses_id IS NOT NULL"
            " GROUP BY reverses_id HAVING count(*) > 1"
        )
    ):
        yield f"allocation {allocation_id}: undone {times} times"


def _reversals(connection: Connection) -> Iterator[str]:
    for original, count in connection.execute(
        text(
            "SELECT reverses_id, count(*) FROM finsystem_entry WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1"
        )
    ):
        yield f"entry {original}: reversed {count} times"
    inexact = """
        SELECT r.id FROM finsystem_entry r JOIN finsystem_posting p ON p.entry_id = r.id OR p.entry_id = r.reverses_id
        WHERE r.reverses_id IS NOT NULL
        GROUP BY r.id, p.account_id, p.currency, p.article_id, p.client_id, p.contract_id HAVING sum(p.minor) <> 0
    """
    for (entry_id,) in connection.execute(text(inexact)):
        yield f"entry {entry_id}: does not negate what it reverses"
    twofold = """
        SELECT r.id FROM finsystem_entry r JOIN finsystem_entry o ON o.id = r.reverses_id WHERE o.reverses_id IS NOT NULL
    """
    for (entry_id,) in connection.execute(text(twofold)):
        yield f"entry {entry_id}: reverses a reversal"


def _closed(connection: Connection) -> Iterator[str]:
    late = """
        SELECT e.id, c.closed_through FROM finsystem_period_close c
        JOIN finsystem_entry e ON e.recorded_at > c.at AND e.date <= c.closed_through
         AND NOT EXISTS (SELECT 1 FROM finsystem_period_close l WHERE l.id > c.id AND l.at < e.recorded_at)
    """
    for entry_id, through in connection.execute(text(late)):
        yield f"entry {entry_id}: posted into a period that was closed through {through}"


def _triggers(connection: Connection) -> Iterator[str]:
    for name in triggers.differences(connection):
        yield f"{name}: missing, altered or switched off"


def _chain(connection: Connection) -> Iterator[str]:
    batches: dict[int, Any] = {}
    counts: dict[int, int] = {}
    for entry, postings in _entries(connection):
        digest = hashlib.sha256(_canonical(entry, postings)).digest()
        if digest != bytes(entry.digest):
            yield f"entry {entry.id}: is not what was written"
        batches.setdefault(entry.batch_id, hashlib.sha256()).update(digest)
        counts[entry.batch_id] = counts.get(entry.batch_id, 0) + 1
    before = bytes(32)
    expected = 1
    for link in connection.execute(text("SELECT id, batch_id, entries, hash FROM finsystem_chain_link ORDER BY id")):
        if link.id != expected:
            yield f"link {expected}: missing"
        expected = link.id + 1
        batch = batches.pop(link.batch_id, None)
        content = batch.digest() if batch else b""
        if counts.get(link.batch_id, 0) != link.entries:
            yield f"link {link.id}: {link.entries} entries were written, {counts.get(link.batch_id, 0)} are there"
        elif hashlib.sha256(before + content).hexdigest() != link.hash:
            yield f"link {link.id}: its entries or the link before it are not what they were"
        before = bytes.fromhex(link.hash)
    for batch_id in batches:
        yield f"entries of batch {batch_id}: no link covers them"


def _entries(connection: Connection) -> Iterator[tuple[Any, list[Any]]]:
    """All entries by id, each with its postings by id, some thousands at a time."""
    entries = text("SELECT * FROM finsystem_entry WHERE id > :last ORDER BY id LIMIT :chunk").columns(
        date=Date, recorded_at=DateTime, public_id=Uuid
    )
    postings = text(
        "SELECT id, entry_id, account_id, minor, currency, article_id, client_id, contract_id FROM finsystem_posting"
        " WHERE entry_id BETWEEN :first AND :last ORDER BY entry_id, id"
    )
    last = 0
    while chunk := connection.execute(entries, {"last": last, "chunk": _CHUNK}).all():
        sides: dict[int, list[Any]] = {}
        for posting in connection.execute(postings, {"first": chunk[0].id, "last": chunk[-1].id}):
            sides.setdefault(posting.entry_id, []).append(posting)
        for entry in chunk:
            yield entry, sides.get(entry.id, [])
        last = chunk[-1].id


def _canonical(entry: Any, postings: list[Any]) -> bytes:
    form = [
        entry.id,
        f"{entry.date:%Y-%m-%d}",
        f"{entry.recorded_at:%Y-%m-%dT%H:%M:%S.%f}",
        entry.kind,
        entry.source_module,
        entry.source_type,
        entry.source_id,
        entry.text,
        entry.legal_entity_id,
        entry.reverses_id,
        entry.fact,
        entry.public_id.hex,
        entry.batch_id,
        [[p.id, p.account_id, p.minor, p.currency, p.article_id, p.client_id, p.contract_id] for p in postings],
    ]
    return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()


_OTHERS: dict[str, Callable[[Connection], Iterator[str]]] = {
    "postings": _sides,
    "pnl": _pnl,
    "documents": _documents,
    "acts": _acts,
    "corrections": corrections,
    "allocations": _allocations,
    "spreads": spreads,
    "reversals": _reversals,
    "lines": lines,
    "write_offs": write_offs,
    "closed_periods": _closed,
    "triggers": _triggers,
}
