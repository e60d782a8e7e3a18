"""Running a job: claimed with a lease, kept by a heartbeat, ended exactly once.

A job runs at least once. Its lease is what makes a second delivery harmless: only a queued row can be claimed, and a
transaction opened through ``job.unit_of_work()`` commits only while the lease is its own. A run that died with its process
loses the lease after LEASE and a sweep puts the job back.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cabinet.db.scope import ALL
from cabinet.db.session import unit_of_work
from cabinet.errors import DomainError, ModuleOffError, NotYetError
from cabinet.interfaces import IAccess, IClock, INotices, IPeople, ISwitches
from cabinet.jobs.models import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Job
from cabinet.jobs.queue import Progress, queue_of
from cabinet.origin import act_for
from cabinet.plugins.contributions import JobKind
from cabinet.texts import _, pack_text, unpack_text

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
_HEARTBEAT_SECONDS = 15.0
_PROGRESS_SECONDS = 0.3
_WAIT_SECONDS = 0.2
_BACK_OFF_SECONDS = 10
_BACK_OFF_LIMIT = 3600


class LeaseLostError(RuntimeError):
    """This run was taken for dead and another one has the job: nothing it did may be kept."""


class JobFailedError(DomainError):
    """The job failed elsewhere; code, message and details are those it ended with."""


class JobHandle:
    """A claimed job as its ``run`` sees it. ``args``: what was asked; ``attempt``: 1 at the first try."""

    def __init__(self, registry: Any, job: Job, token: str, last_attempt: bool) -> None:
        self.id: int = job.id
        self.public_id: uuid.UUID = job.public_id
        self.kind: str = job.kind
        self.module: str = job.module
        self.args: dict[str, Any] = dict(job.args)
        self.client_id: int | None = job.client_id
        self.user_id: int | None = job.user_id
        self.attempt: int = job.attempts + 1
        self.last_attempt = last_attempt
        self.token = token
        self.ended = False
        self.said = Progress()
        self.on_progress: Callable[[Progress], None] | None = None
        kind: JobKind = registry.cabinet_contributions.jobs[job.kind]
        self._of_person: bool = kind.own and not kind.whole
        self._registry = registry
        self._queue = queue_of(registry)
        self._told_at = float("-inf")
        self._writing = False
        self._ending: Any = None

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is, as often as you like: the watcher hears of it about three times a second.

        ``note``: a TranslationString for people. May be called inside and outside of a unit of work: it goes through the
        queue, not through the database.
        """
        self.said = Progress(done, total, pack_text(note) or None)
        now = time.monotonic()
        if now - self._told_at < _PROGRESS_SECONDS and done != total:
            return
        self._told_at = now
        self._queue.tell_progress(self.id, self.said)
        if self.on_progress is not None:
            self.on_progress(self.said)

    @contextmanager
    def unit_of_work(self, *, scope: Collection[int] | Any = None) -> Iterator[Any]:
        """A transaction of this job, done for the person who started it; it commits only while the lease is ours.

        ``scope``: client ids or ALL; by default the client of the job, or where it has none whomever the person sees who started it:
        what the site does by itself sees everybody. LeaseLostError.
        """
        if scope is None:
            scope = self.scope()
        try:
            with unit_of_work(self._registry, scope=scope, actor=f"job {self.kind}") as request:
                act_for(request, self.user_id)
                self._writing = True
                yield request
                if self._ending is not request:
                    self._hold(request)
            self.ended = self.ended or self._ending is request
        finally:
            self._writing = False
            self._ending = None

    def scope(self) -> Any:
        """The clients that this job may see by default: `unit_of_work` tells which."""
        if self.client_id is not None:
            return {self.client_id}
        if self.user_id is None or not self._of_person:
            return ALL
        with unit_of_work(self._registry, actor="worker", writing=False) as request:
            user = request.find_service(IPeople).get(self.user_id)
            return request.find_service(IAccess).clients_seen_by(user) if user is not None else frozenset()

    def done(self, request: Any, result: Any = None) -> None:
        """End the job inside ``request``'s transaction, so that its effects and its end are one. LeaseLostError."""
        end(request, self, DONE, result=result)
        self._ending = request

    def keep_alive(self) -> None:
        """Renew the lease from another thread. Not while the job writes on SQLite: nobody can take it from us then."""
        engine = self._registry.cabinet_engine
        if self._writing and engine.dialect.name == "sqlite":
            return
        with unit_of_work(self._registry, actor="worker") as request:
            self._hold(request)

    def _hold(self, request: Any) -> None:
        until = request.find_service(IClock).now() + LEASE
        if not _update_mine(request.db, self, lease_until=until):
            raise LeaseLostError(f"job {self.id} ({self.kind}) belongs to another run now")


def claim(registry: Any, job_id: int, *, due_only: bool = True) -> JobHandle | None:
    """Take a queued job that is due; None where somebody else has it, it is not due, or its module is not here or is off."""
    with unit_of_work(registry, actor="worker") as request:
        now = request.find_service(IClock).now()
        job = request.db.get(Job, job_id)
        if job is None or job.state != QUEUED or (due_only and job.run_at > now):
            return None
        kind: JobKind | None = registry.cabinet_contributions.jobs.get(job.kind)
        if kind is None or not may_run(request, job):
            return None
        handle = JobHandle(registry, job, secrets.token_hex(16), last_attempt=job.attempts + 1 >= kind.attempts)
        taken = request.db.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == QUEUED, Job.attempts == job.attempts)
            .values(
                state=RUNNING,
                attempts=job.attempts + 1,
                started_at=now,
                lease_token=handle.token,
                lease_until=now + LEASE,
            )
            .execution_options(synchronize_session=False)
            .returning(Job.id)
        ).first()
    return handle if taken is not None else None


def may_run(request: Any, job: Any) -> bool:
    """Whether the module that ``job`` works for is on, for the site and for the job's client."""
    switches = request.find_service(ISwitches)
    return bool(switches.on(job.module) and (job.client_id is None or switches.on_for(job.module, job.client_id)))


def run(registry: Any, handle: JobHandle) -> Exception | None:
    """Run a claimed job to its end, its next try or its loss; returns what went wrong, after it was written down."""
    kind: JobKind = registry.cabinet_contributions.jobs[handle.kind]
    try:
        with _heartbeat(handle):
            result = kind.run(handle, registry)
        if not handle.ended:
            with unit_of_work(registry, actor="worker") as request:
                end(request, handle, DONE, result=result)
    except LeaseLostError as error:
        log.warning("%s", error)
        return error
    except NotYetError as error:
        _wait(registry, handle, error.until)
    except Exception as error:  # noqa: BLE001 - written down with its trace, and returned
        _write_down(registry, handle, kind, error)
        return error
    except BaseException:
        with unit_of_work(registry, actor="worker") as request:
            end(request, handle, CANCELLED)
        raise
    finally:
        queue_of(registry).forget_progress(handle.id)
    return None


def run_by_id(registry: Any, job_id: int) -> None:
    """What a worker does with an id from the queue."""
    handle = claim(registry, job_id)
    if handle is not None:
        run(registry, handle)


def run_job_now(registry: Any, job_id: int, on_progress: Callable[[Progress], None] | None = None) -> Job:
    """Run a committed job in this process, once, for a command that waits for it; returns its ended row.

    Raises what the job raised. Where a worker was quicker, waits for that one: JobFailedError has its message.
    """
    handle = claim(registry, job_id, due_only=False)
    if handle is not None:
        handle.last_attempt = True
        handle.on_progress = on_progress
        error = run(registry, handle)
        if error is not None and not isinstance(error, LeaseLostError):
            raise error
    while not (job := _row(registry, job_id)).ended:
        _refuse_to_wait(registry, job)
        time.sleep(_WAIT_SECONDS)
        told = queue_of(registry).progress(job_id)
        if told is not None and on_progress is not None:
            on_progress(told)
    if job.state != DONE:
        failure = job.error or {
            "code": "job_cancelled",
            "message": pack_text(_("The work was called off.")),
            "details": {},
        }
        raise JobFailedError(failure["code"], unpack_text(failure["message"]), failure["details"])
    return job


def _refuse_to_wait(registry: Any, job: Job) -> None:
    """ModuleOffError where nobody will run ``job`` until its module is switched on."""
    if job.state == QUEUED:
        with unit_of_work(registry, actor="worker", writing=False) as request:
            request.find_service(ISwitches).check(job.module, () if job.client_id is None else (job.client_id,))


def run_pending(registry: Any, *, raising: bool = True) -> int:
    """Run every due job, one after another, until none is left: for tests. Returns how many ran.

    ``raising``: raise what a job raises, after it was written down.
    """
    count = 0
    while True:
        with unit_of_work(registry, actor="worker") as request:
            now = request.find_service(IClock).now()
            due = select(Job).where(Job.state == QUEUED, Job.run_at <= now).order_by(Job.id)
            known = due.where(Job.kind.in_(list(registry.cabinet_contributions.jobs)))
            job_id = next((job.id for job in request.db.scalars(known) if may_run(request, job)), None)
        handle = claim(registry, job_id) if job_id is not None else None
        if handle is None:
            return count
        error = run(registry, handle)
        count += 1
        if error is not None and raising:
            raise error


def end(request: Any, handle: JobHandle, state: str, **values: Any) -> None:
    """Write the end of a run in ``request``'s transaction. LeaseLostError."""
    ended = {
        "state": state,
        "ended_at": request.find_service(IClock).now(),
        "lease_token": None,
        "lease_until": None,
        "progress_done": handle.said.done,
        "progress_total": handle.said.total,
        "note": handle.said.note,
        "error": None,
        "trace": None,
        **values,
    }
    if not _update_mine(request.db, handle, **ended):
        raise LeaseLostError(f"job {handle.id} ({handle.kind}) belongs to another run now")


def give_up(registry: Any, kind: JobKind | None, handle: Any) -> None:
    """Tell a kind that wants to know, and the person who waits for it, that a job has failed for good."""
    if kind is None:
        return
    try:
        if kind.own and handle.user_id is not None:
            _tell_who_waits(registry, kind, handle)
    except Exception:
        log.exception("nobody could be told that job %s failed", handle.id)
    let_go(registry, handle)


def let_go(registry: Any, handle: Any) -> None:
    """Let the kind of a job that failed for good, or was called off, see to what waits for it."""
    kind: JobKind | None = registry.cabinet_contributions.jobs.get(handle.kind)
    if kind is None or kind.gave_up is None:
        return
    try:
        kind.gave_up(handle, registry)
    except Exception:
        log.exception("gave_up of job kind %s failed", kind.name)


def _tell_who_waits(registry: Any, kind: JobKind, handle: Any) -> None:
    with unit_of_work(registry, actor="worker") as request:
        request.find_service(INotices).send(
            "core.job.failed",
            about=handle.public_id,
            client_id=handle.client_id,
            facts={"title": pack_text(kind.title)},
            recipients=[handle.user_id],
        )


def _write_down(registry: Any, handle: JobHandle, kind: JobKind, error: Exception) -> None:
    """Keep why a run failed. A broken rule fails at once; what may be an accident is tried again, later and later."""
    log.log(
        logging.INFO if isinstance(error, DomainError) else logging.ERROR,
        "job %s (%s) failed at attempt %s",
        handle.id,
        handle.kind,
        handle.attempt,
        exc_info=error,
    )
    if isinstance(error, ModuleOffError) and _put_aside(registry, handle):
        return
    again = not handle.last_attempt and not isinstance(error, DomainError)
    facts = {"error": _describe(handle, error), "trace": "".join(traceback.format_exception(error))}
    try:
        with unit_of_work(registry, actor="worker") as request:
            if again:
                wait = min(_BACK_OFF_LIMIT, _BACK_OFF_SECONDS * 4 ** (handle.attempt - 1))
                jittered = wait * (80 + secrets.randbelow(41)) / 100
                run_at = request.find_service(IClock).now() + timedelta(seconds=jittered)
                end(request, handle, QUEUED, run_at=run_at, ended_at=None, **facts)
            else:
                end(request, handle, FAILED, **facts)
    except LeaseLostError as lost:
        log.warning("%s", lost)
        return
    if not again:
        give_up(registry, kind, handle)


def _wait(registry: Any, handle: JobHandle, until: datetime) -> None:
    """Queue a job again that has nothing to do yet."""
    try:
        with unit_of_work(registry, actor="worker") as request:
            end(request, handle, QUEUED, run_at=until, ended_at=None, attempts=handle.attempt - 1)
    except LeaseLostError as lost:
        log.warning("%s", lost)


def _put_aside(registry: Any, handle: JobHandle) -> bool:
    """Queue a job again whose own module was switched off while it ran: it waits, and the run does not count."""
    try:
        with unit_of_work(registry, actor="worker") as request:
            if may_run(request, handle):
                return False
            end(request, handle, QUEUED, ended_at=None, attempts=handle.attempt - 1)
    except LeaseLostError as lost:
        log.warning("%s", lost)
    return True


def _describe(handle: JobHandle, error: Exception) -> dict[str, Any]:
    if isinstance(error, DomainError):
        return {"code": error.code, "message": pack_text(error.message), "details": error.details}
    code = handle.public_id.hex[:8]
    message = _(
        "The work stopped on an error. The owner of the site finds it by the code ${code}.", mapping={"code": code}
    )
    return {"code": "job_crashed", "message": pack_text(message), "details": {"incident": code}}


def _update_mine(session: Session, handle: JobHandle, **values: Any) -> bool:
    """Change the row if the lease is still ours."""
    changed = session.execute(
        update(Job)
        .where(Job.id == handle.id, Job.state == RUNNING, Job.lease_token == handle.token)
        .values(**values)
        .execution_options(synchronize_session=False)
        .returning(Job.id)
    ).first()
    return changed is not None


def _row(registry: Any, job_id: int) -> Job:
    with unit_of_work(registry, actor="worker") as request:
        job: Job | None = request.db.get(Job, job_id)
    if job is None:
        raise LookupError(f"there is no job {job_id}")
    return job


@contextmanager
def _heartbeat(handle: JobHandle) -> Iterator[None]:
    """Renew the lease while the block runs, so that long work is not taken for dead."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(_HEARTBEAT_SECONDS):
            try:
                handle.keep_alive()
            except LeaseLostError:
                return  # the run finds out by itself at its next commit
            except SQLAlchemyError:
                log.warning("the lease of job %s could not be renewed this time", handle.id, exc_info=True)

    thread = threading.Thread(target=beat, name=f"lease-{handle.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
