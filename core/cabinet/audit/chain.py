"""The hash chain of the audit trail: a digest in each row as it is written, a link to the row before it when it is sealed.

Canonical form of a row, which ``verify`` writes by code of its own: the UTF-8 of a JSON array, no spaces, not ASCII-escaped, keys of
objects sorted: ``[uid, at, user_id, on_behalf_id, actor, action, kind, object_id, title, client_id, before, after, address, request_id]``
with ``uid`` as 32 hex digits, ``at`` UTC with microseconds and without zone, null where there is nothing. Its SHA-256 is ``digest``.
``hash`` is the SHA-256 of: the hash of the row with ``seq`` one less (32 bytes, zeros before the first), ``digest`` (32 bytes), and the
row's ``id`` (8 bytes, big-endian). docs/decisions/0006 tells why sealing is a step of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, text, update
from sqlalchemy.orm import Session

from cabinet.audit.models import AuditEvent, AuditHead
from cabinet.db.bulk import chunks

log = logging.getLogger(__name__)

START = "0" * 64
_PLAIN = ("user_id", "on_behalf_id", "actor", "action", "kind", "object_id", "title", "client_id")


def entry_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row by column name, in hexadecimal."""
    canonical = [
        row["uid"].hex,
        row["at"].astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
        *(row[name] for name in _PLAIN),
        _as_stored(row["before"]),
        _as_stored(row["after"]),
        row["address"],
        row["request_id"],
    ]
    return hashlib.sha256(_packed(canonical).encode()).hexdigest()


def link_hash(before: str, digest: str, event_id: int) -> str:
    """The hash of a row behind the one whose hash is ``before``."""
    return hashlib.sha256(bytes.fromhex(before) + bytes.fromhex(digest) + event_id.to_bytes(8, "big")).hexdigest()


class Sealing:
    """Sees to it that what a session's transaction recorded joins the chain: in it on SQLite, right after it on PostgreSQL."""

    def __init__(self, session: Session, manager: Any, engine: Engine) -> None:
        self._session = session
        self._manager = manager
        self._engine = engine
        self._written: dict[str, str] = {}

    def expect(self, row: Mapping[str, Any]) -> None:
        """``row`` has been or will be written by this transaction."""
        if not self._written:
            transaction = self._manager.get()
            if self._engine.dialect.name == "sqlite":
                transaction.addBeforeCommitHook(self._seal_inside)
            else:
                transaction.addAfterCommitHook(self._seal_after)
        self._written[row["uid"].hex] = row["digest"]

    def _seal_inside(self) -> None:
        self._session.flush()
        written, self._written = self._written, {}
        seal(self._session.connection(), written)

    def _seal_after(self, committed: bool) -> None:
        written, self._written = self._written, {}
        if not committed:
            return
        try:
            seal_committed(self._engine, written)
        except Exception:
            log.exception("the audit trail could not be sealed now; the next act or the hourly job does it")


def seal_committed(engine: Engine, written: Mapping[str, str] | None = None) -> int:
    """Seal in a transaction of its own whatever is committed and not sealed yet; returns how many rows."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # A seal that a power cut loses is made again from the same rows: no reason to wait for the disk.
            connection.execute(text("SET LOCAL synchronous_commit = off"))
        return seal(connection, written)


def seal(connection: Connection, written: Mapping[str, str] | None = None) -> int:
    """Append the unsealed rows to the chain in the order of their ids; returns how many.

    ``written``: uid → digest of rows that this process wrote just now. Any other is first proved to be what was recorded: a row that
    somebody put or changed here by hand stays outside, where ``verify`` finds it.
    """
    known = written or {}
    # Locks the head on PostgreSQL: whoever seals next begins behind our last row. On SQLite the writer has the file to himself.
    seq, last = connection.execute(select(AuditHead.seq, AuditHead.hash).with_for_update()).one()
    unsealed = connection.execute(
        select(AuditEvent.id, AuditEvent.uid, AuditEvent.digest).where(AuditEvent.seq.is_(None)).order_by(AuditEvent.id)
    ).all()
    doubtful = [row.id for row in unsealed if known.get(row.uid.hex) != row.digest]
    forged = _forged(connection, doubtful)
    links = []
    for row in unsealed:
        if row.id in forged:
            continue
        seq, last = seq + 1, link_hash(last, row.digest, row.id)
        links.append({"of": row.id, "number": seq, "link": last})
    if links:
        statement = (
            update(AuditEvent.__table__)
            .where(AuditEvent.id == bindparam("of"))
            .values(seq=bindparam("number"), hash=bindparam("link"))
        )
        connection.execute(statement, links)
        connection.execute(update(AuditHead.__table__).values(seq=seq, hash=last))
    return len(links)


def _forged(connection: Connection, ids: list[int]) -> set[int]:
    """Those of ``ids`` whose content does not fit their digest."""
    table = AuditEvent.__table__
    found = set()
    for some in chunks(ids):
        for row in connection.execute(select(table).where(table.c.id.in_(some))).mappings():
            if entry_digest(dict(row)) != row["digest"]:
                found.add(row["id"])
    if found:
        log.error("audit rows that the program did not write stay outside the chain: %s", sorted(found)[:20])
    return found


def _as_stored(value: Any) -> Any:
    """``value`` as the database will hand it back: keys are texts, tuples are lists."""
    return None if value is None else json.loads(json.dumps(value))


def _packed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
