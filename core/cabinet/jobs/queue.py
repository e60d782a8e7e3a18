"""The queue: carries ids of jobs to workers, and the progress of running ones to whoever watches. Nothing in it is the truth.

Progress does not go through the business database: there it could not be written while the job's own transaction is open on
SQLite, and would wait for a disk several times a second.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from huey import Huey
from huey.consumer import Consumer
from huey.exceptions import HueyException
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import EmptyData, MemoryStorage, SqliteStorage

from cabinet.db.engine import wal_is_safe

log = logging.getLogger(__name__)

_NAME = "cabinet"
_BEAT = "worker-lives"
_POLL_SECONDS = 0.5
_BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. ``total`` is None where nobody can know; ``note``: a packed text."""

    done: int = 0
    total: int | None = None
    note: Any = None

    @property
    def share(self) -> int | None:
        """Per cent done, 0 to 100, or None where it cannot be told."""
        return min(100, 100 * self.done // self.total) if self.total else None


class QueueError(RuntimeError):
    """The settings name a queue that cannot be used."""


class _JSONMessages(Serializer):  # type: ignore[misc]
    """Huey pickles its messages; whoever can write into the queue could then run code in a worker. Ours are JSON."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data) if isinstance(data, Message) else data).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(bytes(data)))


class JobQueue:
    """A way to wake workers, of this process or of others."""

    def __init__(self, location: str) -> None:
        """``location``: a file, ``postgresql://…``, ``redis://…``, or ``memory://`` for workers of this process only."""
        self.location = location
        self._huey = Huey(_NAME, results=False, serializer=_JSONMessages(), **_storage(location))
        self._run: Callable[[int], None] | None = None
        self._task = self._huey.task(name="run_job")(self._on_message)

    def wake(self, job_id: int) -> None:
        """Tell a worker of a job. Never fails: a sweep finds the job later."""
        try:
            self._task(job_id)
        except Exception:
            log.exception("the queue did not take job %s; a sweep will", job_id)

    def tell_progress(self, job_id: int, progress: Progress) -> None:
        """Remember how far a running job is. Never fails."""
        packed = json.dumps([progress.done, progress.total, progress.note]).encode()
        try:
            self._huey.storage.put_data(_key(job_id), packed)
        except Exception:
            log.exception("the queue did not take the progress of job %s", job_id)

    def progress(self, job_id: int) -> Progress | None:
        """What was last told of a job, or None."""
        try:
            packed = self._huey.storage.peek_data(_key(job_id))
        except Exception:
            log.exception("the queue did not tell the progress of job %s", job_id)
            return None
        return None if packed is EmptyData else Progress(*json.loads(bytes(packed)))

    def forget_progress(self, job_id: int) -> None:
        """Drop what was told of a job that ended. Never fails."""
        try:
            self._huey.storage.pop_data(_key(job_id))
        except Exception:
            log.exception("the queue kept the progress of job %s", job_id)

    def beat(self, at: datetime) -> None:
        """Leave word that a worker lives. Never fails."""
        try:
            self._huey.storage.put_data(_BEAT, at.isoformat().encode())
        except Exception:
            log.exception("the queue did not take a worker's sign of life")

    def last_beat(self) -> datetime | None:
        """When a worker last said that it lives, or None."""
        try:
            packed = self._huey.storage.peek_data(_BEAT)
        except Exception:
            log.exception("the queue did not tell of its workers")
            return None
        return None if packed is EmptyData else datetime.fromisoformat(bytes(packed).decode())

    def consumer(self, run: Callable[[int], None], threads: int) -> Consumer:
        """A consumer that calls ``run(job_id)`` in its threads. Start it once."""
        self._run = run
        self._huey.on_shutdown("close")(self._huey.storage.close)  # each thread of a consumer may hold a connection
        return _QuietConsumer(
            self._huey, workers=threads, periodic=False, max_delay=_POLL_SECONDS, scheduler_interval=60
        )

    def close(self) -> None:
        """Give up the connection."""
        self._huey.storage.close()

    def _on_message(self, job_id: int) -> None:
        if self._run is None:
            raise HueyException("no consumer was made of this queue")
        self._run(job_id)


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """Leaves the process's signals alone: they belong to the server or the command around it."""

    def _set_signal_handlers(self) -> None:
        pass


def queue_of(registry: Any) -> JobQueue:
    """The queue of a site, opened at first use."""
    settings = registry.settings["cabinet.settings"]
    location = settings.resolve(settings.jobs.queue)
    queue: JobQueue | None = getattr(registry, "cabinet_queue", None)
    if queue is None or queue.location != location:
        queue = registry.cabinet_queue = JobQueue(location)
    return queue


def _storage(location: str) -> dict[str, Any]:
    if location.startswith("memory://"):
        return {"storage_class": MemoryStorage}
    if location.startswith(("redis://", "rediss://")):
        from huey.storage import RedisStorage

        return {"storage_class": RedisStorage, "url": location}
    if location.startswith(("postgresql://", "postgresql+psycopg://")):
        from huey.storage import PostgresStorage

        dsn = location.replace("+psycopg", "", 1)
        return {"storage_class": PostgresStorage, "dsn": dsn, "table_prefix": "queue"}
    if "://" in location:
        raise QueueError(f"jobs.queue: {location.partition('://')[0]}:// is no queue we know")
    Path(location).parent.mkdir(parents=True, exist_ok=True)
    return {
        "storage_class": SqliteStorage,
        "filename": location,
        "journal_mode": "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate",
        "timeout": _BUSY_SECONDS,
    }


def _key(job_id: int) -> str:
    return f"progress-{job_id}"
