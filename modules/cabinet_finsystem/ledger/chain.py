"""The hash chain: one link a transaction, over its entries in the order of their ids.

Canonical form of an entry, which ``verify`` writes by code of its own: the UTF-8 of a JSON array, no spaces, not ASCII-escaped:
``[id, date, recorded_at, kind, source_module, source_type, source_id, text, legal_entity_id, reverses_id, fact, public_id, batch_id,
[[id, account_id, minor, currency, article_id, client_id, contract_id], …]]`` with postings by id, dates ISO 8601, ``recorded_at`` UTC
with microseconds and without zone, ``public_id`` as 32 hex digits, null where there is nothing. Its SHA-256 stands in the entry.
A link's hash is the SHA-256 of the hash before it (32 bytes, zeros before the first) and the SHA-256 of its entries' digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cabinet.db.bulk import insert_rows
from cabinet_finsystem.ledger.models import ChainLink


def entry_digest(entry: Mapping[str, Any], postings: Sequence[Mapping[str, Any]]) -> bytes:
    """SHA-256 of an entry as it is about to be written: rows by column name, postings by id."""
    # Written out, not through json: a general encoder takes four times as long, and every posting passes here.
    sides = ",".join(
        f"[{p['id']},{p['account_id']},{p['minor']},{quoted(p['currency'])},{_number(p['article_id'])},"
        f"{_number(p['client_id'])},{_number(p['contract_id'])}]"
        for p in postings
    )
    fact = "null" if entry["fact"] is None else quoted(entry["fact"])
    instant = entry["recorded_at"].replace(tzinfo=None).isoformat(timespec="microseconds")
    canonical = (
        f'[{entry["id"]},"{entry["date"].isoformat()}","{instant}",{quoted(entry["kind"])},{quoted(entry["source_module"])},'
        f"{quoted(entry['source_type'])},{entry['source_id']},{quoted(entry['text'])},{entry['legal_entity_id']},"
        f'{_number(entry["reverses_id"])},{fact},"{entry["public_id"].hex}",{entry["batch_id"]},[{sides}]]'
    )
    return hashlib.sha256(canonical.encode()).digest()


def _number(value: int | None) -> int | str:
    return "null" if value is None else value


def append_link(session: Session, batch_id: int, digests: Iterable[bytes]) -> None:
    """Write the link of this transaction. The last thing before the commit: from here on other transactions that post wait."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("LOCK TABLE finsystem_chain_link IN SHARE ROW EXCLUSIVE MODE"))
    last = (
        session.connection()
        .execute(select(ChainLink.id, ChainLink.hash).order_by(ChainLink.id.desc()).limit(1))
        .first()
    )
    link_id, before = (last.id, bytes.fromhex(last.hash)) if last else (0, bytes(32))
    every = list(digests)
    link = hashlib.sha256(before + hashlib.sha256(b"".join(every)).digest()).hexdigest()
    row = {"id": link_id + 1, "batch_id": batch_id, "entries": len(every), "hash": link}
    insert_rows(session, ChainLink.__table__, [row])
