"""Workers: threads that take jobs from the queue, and a sweep that sees to it that none is forgotten."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from cabinet.db.session import unit_of_work
from cabinet.interfaces import IClock, IJobs, ISwitches
from cabinet.jobs.models import FAILED, QUEUED, RUNNING, Job
from cabinet.jobs.queue import queue_of
from cabinet.jobs.runner import give_up, run_by_id
from cabinet.plugins.contributions import PeriodicJob
from cabinet.texts import _, pack_text

log = logging.getLogger(__name__)

_SWEEP_SECONDS = 2.0
_BEAT_SECONDS = 15.0
_WAKE_AGAIN = timedelta(seconds=60)
_BATCH = 500
_STOP_SECONDS = 10.0


class Worker:
    """Runs jobs in threads of this process. It leaves signals alone: ``stop`` is for whoever handles them."""

    def __init__(self, registry: Any, threads: int = 2) -> None:
        self._registry = registry
        self._stopping = threading.Event()
        self._consumer = queue_of(registry).consumer(self._run, threads)
        self._consumer.shutdown_timeout = _STOP_SECONDS
        self._sweeper = threading.Thread(target=self._sweep, name="job-sweeper", daemon=True)

    def start(self) -> None:
        """Begin to work; what a crash left behind comes first."""
        self._consumer.start()
        self._sweeper.start()

    def stop(self) -> None:
        """Take nothing new and wait a while for what is running. What does not end in time is run again after its lease."""
        self._stopping.set()
        self._consumer.stop(graceful=True)
        self._sweeper.join(_STOP_SECONDS)

    def _run(self, job_id: int) -> None:
        try:
            run_by_id(self._registry, job_id)
        except Exception:
            # The database was away: the job's lease or its row brings it back.
            log.exception("job %s could not be run", job_id)

    def _sweep(self) -> None:
        first, periods = True, set[str]()
        beaten = float("-inf")
        while not self._stopping.is_set():
            if time.monotonic() - beaten > _BEAT_SECONDS:
                queue_of(self._registry).beat(datetime.now(UTC))
                beaten = time.monotonic()
            try:
                enqueue_periodic(self._registry, periods)
                sweep(self._registry, everything=first)
                first = False
            except Exception:
                log.exception("the sweep failed and will try again")
            self._consumer.check_worker_health()
            self._stopping.wait(_SWEEP_SECONDS)


def sweep(registry: Any, *, everything: bool = False) -> int:
    """Put back jobs whose run died, and wake workers for due jobs nobody seems to know of. Returns how many were woken.

    ``everything``: wake for all due jobs, also those told of a moment ago; right after a start, when the queue may be empty.
    """
    dead, due = _find(registry, everything)
    if not dead and not due:
        return 0
    with unit_of_work(registry, actor="worker") as request:
        now = request.find_service(IClock).now()
        due = [*due, *(job_id for job_id in dead if _put_back(request, registry, job_id, now))]
        if due:
            request.db.execute(
                update(Job)
                .where(Job.id.in_(due), Job.state == QUEUED)
                .values(woken_at=now)
                .execution_options(synchronize_session=False)
            )
    for job_id in due:
        queue_of(registry).wake(job_id)
    return len(due)


def enqueue_periodic(registry: Any, known: set[str]) -> None:
    """Record the jobs of the running periods, each once however many workers ask. ``known``: keys seen before, kept here."""
    jobs: Sequence[PeriodicJob] = registry.cabinet_contributions.periodic
    kinds = registry.cabinet_contributions.jobs
    with unit_of_work(registry, actor="worker") as request:
        clock = request.find_service(IClock)
        switches, owner_of = request.find_service(ISwitches), registry.cabinet_contributions.owner_of
        # The kind may be another module's: what cannot be asked for must not keep the jobs of all others from being.
        here = [job for job in jobs if job.kind in kinds and switches.on(owner_of(kinds[job.kind]))]
        keys = {period_key(job, clock.now(), clock.zone): job for job in here if switches.on(owner_of(job))}
        for key in sorted(keys.keys() - known):
            request.find_service(IJobs).enqueue(keys[key].kind, {"period": key.partition(":")[2]}, once_key=key)
    known.clear()
    known.update(keys)


def period_key(job: PeriodicJob, now: datetime, zone: Any) -> str:
    """``kind:2026-02-11``: names the period that has begun last. A period missed while nothing ran is made up for once."""
    if job.every == "quarter":
        return f"{job.kind}:{now:%Y-%m-%dT%H}:{now.minute // 15 * 15:02}"
    if job.every == "hour":
        return f"{job.kind}:{now:%Y-%m-%dT%H}"
    local = now.astimezone(zone)
    day = local.date() if local.hour >= job.hour_of_day else local.date() - timedelta(days=1)
    return f"{job.kind}:{day.isoformat()}"


def _find(registry: Any, everything: bool) -> tuple[list[int], list[int]]:
    """Ids of running jobs whose lease is over, and of due jobs to wake for. Reads only: most sweeps find nothing."""
    with unit_of_work(registry, actor="worker", writing=False) as request:
        now = request.find_service(IClock).now()
        dead = request.db.scalars(select(Job.id).where(Job.state == RUNNING, Job.lease_until < now).limit(_BATCH))
        due = select(Job.id).where(Job.state == QUEUED, Job.run_at <= now).order_by(Job.id).limit(_BATCH)
        if closed := request.find_service(ISwitches).closed_modules():
            due = due.where(Job.module.not_in(closed))
        if not everything:
            forgotten = Job.woken_at < now - _WAKE_AGAIN
            due = due.where(or_(Job.woken_at.is_(None), Job.woken_at < Job.run_at, forgotten))
        return list(dead), list(request.db.scalars(due))


def _put_back(request: Any, registry: Any, job_id: int, now: datetime) -> bool:
    """Queue a job whose run died, or fail it where it may not be tried again. Whether it was queued."""
    job: Job = request.db.get(Job, job_id)
    kind = registry.cabinet_contributions.jobs.get(job.kind)
    again = kind is None or job.attempts < kind.attempts
    message = _("The server stopped while the work was going on.")
    values: dict[str, Any] = {"state": QUEUED, "run_at": now} if again else {"state": FAILED, "ended_at": now}
    changed = request.db.execute(
        update(Job)
        .where(and_(Job.id == job_id, Job.state == RUNNING, Job.lease_until < now))
        .values(
            lease_token=None,
            lease_until=None,
            error={"code": "job_interrupted", "message": pack_text(message), "details": {}},
            **values,
        )
        .execution_options(synchronize_session=False)
        .returning(Job.id)
    ).first()
    if changed is not None and not again:
        log.error("job %s (%s) died too often and is given up", job.id, job.kind)
        request.tm.get().addAfterCommitHook(lambda ok: give_up(registry, kind, job) if ok else None)
    return changed is not None and again
