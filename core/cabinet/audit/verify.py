"""Proving the audit trail: every row is hashed again by plain SQL and code that shares nothing with what wrote it.

What it finds it names; nothing is ever mended here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, Uuid, text

from cabinet.audit import triggers
from cabinet.db.proof import Proof, one_moment

_CHUNK = 5000
_SEALED_WITHIN = timedelta(hours=2)  # the hourly job seals what a crash left
_ZEROS = "0" * 64

_ROWS = text(
    'SELECT id, uid, at, user_id, on_behalf_id, actor, action, kind, object_id, title, client_id, CAST("before" AS text) AS old,'
    ' CAST("after" AS text) AS new, address, request_id, digest, seq, hash FROM core_audit_event WHERE seq IS NOT NULL ORDER BY seq'
).columns(uid=Uuid(), at=DateTime(timezone=True))
_OUTSIDE = text(str(_ROWS).replace("seq IS NOT NULL ORDER BY seq", "seq IS NULL ORDER BY id")).columns(
    uid=Uuid(), at=DateTime(timezone=True)
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the trail noted outside of the database: row ``seq`` had ``hash``."""

    seq: int
    hash: str


@dataclass(slots=True)
class Verification(Proof):
    """The outcome of one run. ``unsealed``: rows written a moment ago that wait for their link (PostgreSQL only)."""

    entries: int = 0
    unsealed: int = 0
    anchors: int = 0
    head: Anchor = field(default_factory=lambda: Anchor(0, _ZEROS))

    @property
    def chain_ok(self) -> bool:
        """Whether every row is what was recorded, in the order it was recorded, and none is missing."""
        return all(problem.check == "triggers" for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The document that ``cabinet audit verify --json`` prints."""
        return {
            "entries": self.entries,
            "chain_ok": self.chain_ok,
            "unsealed": self.unsealed,
            "anchors": self.anchors,
            "head": {"seq": self.head.seq, "hash": self.head.hash},
            "problems": self.problems_as_json(),
        }


def verify(engine: Engine, anchors: Iterable[Anchor] = (), now: datetime | None = None) -> Verification:
    """Hash the trail of ``engine``'s database again as it stands at one moment, and hold it to ``anchors``."""
    result = Verification()
    wanted: dict[int, set[str]] = {}
    for anchor in anchors:
        if anchor.seq > 0:
            wanted.setdefault(anchor.seq, set()).add(anchor.hash)
    result.anchors = len(wanted)
    with one_moment(engine) as connection:
        result.entries = int(connection.execute(text("SELECT count(*) FROM core_audit_event")).scalar_one())
        result.note("chain", _chain(connection, result, wanted))
        result.note("chain", _head(connection, result))
        result.note("outside", _outside(connection, result, now or datetime.now(UTC)))
        result.note("anchor", (f"the record with number {seq} that an anchor names is gone" for seq in sorted(wanted)))
        result.note("triggers", (f"{name} is missing or switched off" for name in triggers.missing(connection)))
    return result


def _chain(connection: Connection, result: Verification, wanted: dict[int, set[str]]) -> Iterator[str]:
    """Walk the chain; each broken place is named once, the walk goes on from what the row says of itself."""
    expected, before = 1, _ZEROS
    for row in _streamed(connection, _ROWS):
        if row["seq"] != expected:
            gone = f"{expected}" if row["seq"] == expected + 1 else f"{expected} to {row['seq'] - 1}"
            yield (
                f"records with the numbers {gone} are gone"
                if row["seq"] > expected
                else f"number {row['seq']} is there twice"
            )
        elif _digest(row) != row["digest"]:
            yield f"record {row['id']} (number {row['seq']}) was changed after it was written"
        elif _link(before, row) != row["hash"]:
            yield f"record {row['id']} (number {row['seq']}) does not follow the one before it: moved, replaced or put in"
        if row["seq"] in wanted and wanted.pop(row["seq"]) != {row["hash"]}:
            yield f"record {row['id']} (number {row['seq']}) is not the one that an anchor names: the trail was rewritten"
        expected, before = row["seq"] + 1, row["hash"]
        result.head = Anchor(row["seq"], before)


def _head(connection: Connection, result: Verification) -> Iterator[str]:
    heads = connection.execute(text("SELECT seq, hash FROM core_audit_head")).all()
    if len(heads) != 1:
        yield f"there are {len(heads)} heads of the trail, not one"
    elif heads[0].seq > result.head.seq:
        yield f"the trail is cut: it ends with number {result.head.seq}, but {heads[0].seq} records were sealed"
    elif tuple(heads[0]) != (result.head.seq, result.head.hash):
        yield f"the head of the trail does not fit its last record (number {result.head.seq})"


def _outside(connection: Connection, result: Verification, now: datetime) -> Iterator[str]:
    for row in _streamed(connection, _OUTSIDE):
        if _digest(row) != row["digest"]:
            yield f"record {row['id']} stands outside the chain and was not written by the program"
        elif connection.dialect.name == "sqlite" or _utc(row["at"]) < now - _SEALED_WITHIN:
            yield f"record {row['id']} stands outside the chain"
        else:
            result.unsealed += 1


def _streamed(connection: Connection, statement: Any) -> Iterator[Mapping[str, Any]]:
    for row in connection.execution_options(yield_per=_CHUNK).execute(statement).mappings():
        yield dict(row)


def _digest(row: Mapping[str, Any]) -> str:
    canonical = json.dumps(
        [
            row["uid"].hex,
            _utc(row["at"]).strftime("%Y-%m-%dT%H:%M:%S.%f"),
            *(
                row[k]
                for k in ("user_id", "on_behalf_id", "actor", "action", "kind", "object_id", "title", "client_id")
            ),
            json.loads(row["old"]) if row["old"] is not None else None,
            json.loads(row["new"]) if row["new"] is not None else None,
            row["address"],
            row["request_id"],
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _link(before: str, row: Mapping[str, Any]) -> str:
    try:
        packed = bytes.fromhex(before + row["digest"] + format(row["id"], "016x"))
    except ValueError:
        return ""
    return hashlib.sha256(packed).hexdigest()


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
