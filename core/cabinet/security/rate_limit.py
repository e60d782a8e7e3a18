"""Throttles: attempts are rows, so that all processes count together and a restart forgets nothing.

Who counts, counts alone: SQLite lets one write at a time, and on PostgreSQL a lock of the bucket is held to the end of the transaction. A
thousand tries at the same moment are let through no further than one after another.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.identity.models import Attempt
from cabinet.interfaces import IClock, IRateLimiter

_LOCKS = 7_461
"""The first half of the keys of our advisory locks in PostgreSQL; the second is of the bucket."""


@implementer(IRateLimiter)
class RateLimiter:
    """Counts in short transactions of its own. Call it before the request's first write, which on SQLite holds the file."""

    def __init__(self, engine: Engine, clock: IClock) -> None:
        self._engine = engine
        self._clock = clock

    def hit(self, bucket: str, key: str, *, limit: int, per_seconds: int) -> int:
        """Count an attempt of ``key``; returns the seconds to wait, 0 where it may go on."""
        now = self._clock.now()
        since = now - timedelta(seconds=per_seconds)
        mine = (Attempt.bucket == bucket, Attempt.key == key[:200])
        with self._engine.begin() as connection:
            _count_alone(connection, bucket)
            connection.execute(delete(Attempt).where(Attempt.bucket == bucket, Attempt.at < since))
            count, oldest = connection.execute(select(func.count(), func.min(Attempt.at)).where(*mine)).one()
            if count >= limit:
                # SQLite's min() loses the column type; both engines hand back something comparable to UTC.
                oldest = oldest.replace(tzinfo=now.tzinfo) if oldest.tzinfo is None else oldest
                return max(1, int((oldest + timedelta(seconds=per_seconds) - now).total_seconds()) + 1)
            connection.execute(insert(Attempt).values(bucket=bucket, key=key[:200], at=now, failed=True))
        return 0

    def forgive(self, session: Session, bucket: str, key: str) -> None:
        """Take the last attempt of ``key`` back, in the transaction of ``session``: it was right, and must not count against others
        behind the same address."""
        last = select(func.max(Attempt.id)).where(Attempt.bucket == bucket, Attempt.key == key[:200]).scalar_subquery()
        session.execute(delete(Attempt).where(Attempt.id == last).execution_options(synchronize_session=False))

    def reset(self, bucket: str, key: str) -> None:
        """Forget the attempts of ``key``."""
        with self._engine.begin() as connection:
            connection.execute(delete(Attempt).where(Attempt.bucket == bucket, Attempt.key == key[:200]))


def _count_alone(connection: Connection, bucket: str) -> None:
    """Wait for whoever counts in ``bucket``; SQLite has let nobody else write since the transaction began."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCKS, func.hashtext(bucket))))


def includeme(config: Any) -> None:
    """Bind the throttle."""
    config.register_service_factory(
        lambda _context, request: RateLimiter(request.registry.cabinet_engine, request.find_service(IClock)),
        IRateLimiter,
    )
