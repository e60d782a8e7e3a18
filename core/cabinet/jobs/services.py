"""Asking for work and watching it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import take_ids
from cabinet.db.memo import once
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.db.plain import PlainQuery
from cabinet.db.scope import may_see, visible
from cabinet.errors import ConflictError
from cabinet.interfaces import IClock, IJobs, ISwitches
from cabinet.jobs.models import CANCELLED, DONE, FAILED, QUEUED, RUNNING, UNFINISHED, Job
from cabinet.jobs.queue import JobQueue, Progress, queue_of
from cabinet.jobs.runner import let_go
from cabinet.origin import Origin, origin_of
from cabinet.plugins.contributions import JobKind
from cabinet.texts import _

_KEEP = timedelta(days=30)
_KEEP_FAILED = timedelta(days=90)


_UNFINISHED = PlainQuery(
    select(Job.kind, Job.client_id).where(Job.user_id == bindparam("user"), Job.state.in_(UNFINISHED))
)


class UnknownJobKindError(LookupError):
    """A job of a kind that no module brings: a programming error."""


@implementer(IJobs)
class JobBook:
    """The jobs of one transaction. ``after_commit(function)`` calls it once this transaction is durable."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        kinds: Mapping[str, JobKind],
        owner_of: Callable[[object], str],
        switches: ISwitches,
        queue: JobQueue,
        origin: Origin,
        after_commit: Callable[[Callable[[], None]], None],
        called_off: Callable[[Job], None] = lambda _job: None,
    ) -> None:
        """``called_off``: lets the kind of a job know that it will not be done."""
        self._session = session
        self._clock = clock
        self._kinds = kinds
        self._owner_of = owner_of
        self._switches = switches
        self._queue = queue
        self._origin = origin
        self._after_commit = after_commit
        self._called_off = called_off

    def enqueue(
        self,
        kind: str,
        args: Mapping[str, Any],
        *,
        unique_key: str | None = None,
        once_key: str | None = None,
        client_id: int | None = None,
        run_at: datetime | None = None,
        module: str | None = None,
        own: bool = True,
    ) -> Job:
        """A new queued job, or the one that a key names. UnknownJobKindError, ModuleOffError."""
        if kind not in self._kinds:
            raise UnknownJobKindError(f"no module brings jobs of kind {kind!r}")
        if (found := self._by_key(unique_key, once_key)) is not None:
            return found
        module = module or self._owner_of(self._kinds[kind])
        self._switches.check(module, () if client_id is None else (client_id,))
        now = self._clock.now()
        job = Job(
            kind=kind,
            module=module,
            args=dict(args),
            state=QUEUED,
            unique_key=unique_key,
            once_key=once_key,
            run_at=run_at or now,
            woken_at=now,
            client_id=client_id,
            user_id=self._origin.user_id if own else None,
            created_at=now,
        )
        try:
            with self._session.begin_nested():
                self._session.add(job)
        except IntegrityError:
            # Somebody else was first, in a transaction that ended while we waited for it.
            found = self._by_key(unique_key, once_key)
            if found is None:
                raise
            return found
        if job.run_at <= now:
            job_id = job.id
            self._after_commit(lambda: self._queue.wake(job_id))
        return job

    def enqueue_many(
        self,
        kind: str,
        many: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        client_id: int | None = None,
        module: str | None = None,
    ) -> None:
        """A job for each (unique key, args), at the cost of one. No key may be of a job that waits. UnknownJobKindError, ModuleOffError."""
        if kind not in self._kinds:
            raise UnknownJobKindError(f"no module brings jobs of kind {kind!r}")
        module = module or self._owner_of(self._kinds[kind])
        self._switches.check(module, () if client_id is None else (client_id,))
        now = self._clock.now()
        table = cast(Table, Job.__table__)
        jobs = [
            Job(
                id=job_id,
                kind=kind,
                module=module,
                args=dict(args),
                state=QUEUED,
                unique_key=key,
                run_at=now,
                woken_at=now,
                client_id=client_id,
                user_id=self._origin.user_id,
                created_at=now,
            )
            for job_id, (key, args) in zip(take_ids(self._session, table, len(many)), many, strict=True)
        ]
        self._session.add_all(jobs)
        self._session.flush()
        ids = [job.id for job in jobs]

        def wake() -> None:
            for job_id in ids:
                self._queue.wake(job_id)

        self._after_commit(wake)

    def hurry(self, unique_key: str) -> None:
        """Let the queued job with that key be tried now, if there is one."""
        now = self._clock.now()
        job_id = self._session.scalar(
            update(Job)
            .where(Job.unique_key == unique_key, Job.state == QUEUED)
            .values(run_at=now, woken_at=now)
            .execution_options(synchronize_session=False)
            .returning(Job.id)
        )
        if job_id is not None:
            self._after_commit(lambda: self._queue.wake(job_id))

    def forget_done(self, kind: str, before: datetime) -> None:
        """Delete jobs of ``kind`` that were done before that moment."""
        self._session.execute(
            delete(Job)
            .where(Job.kind == kind, Job.state == DONE, Job.ended_at < before)
            .execution_options(synchronize_session=False)
        )

    def hurry_kind(self, kind: str) -> None:
        """Let every queued job of ``kind`` that waits for its time be tried now, the oldest first. The sweep wakes workers for them."""
        now = self._clock.now()
        self._session.execute(
            update(Job)
            .where(Job.kind == kind, Job.state == QUEUED, Job.run_at > now)
            .values(run_at=now, woken_at=None)
            .execution_options(synchronize_session=False)
        )

    def find(self, public_id: uuid.UUID | str) -> Job | None:
        """The job, unless its client is out of the session's scope."""
        wanted = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(public_id)
        job = self._session.scalar(select(Job).where(Job.public_id == wanted))
        return job if job is not None and may_see(self._session, job.client_id) else None

    def get(self, job_id: int) -> Job | None:
        """The job by internal id, for rows that refer to it; unless its client is out of the session's scope."""
        job = self._session.get(Job, job_id)
        return job if job is not None and may_see(self._session, job.client_id) else None

    def progress(self, job: Job) -> Progress:
        """What a running job last said; of any other, what its row keeps."""
        told = self._queue.progress(job.id) if job.state == RUNNING else None
        return told or Progress(job.progress_done, job.progress_total, job.note)

    def recent(self, *, user_id: int | None = None, limit: int = 50) -> list[Job]:
        """The newest jobs within the session's scope."""
        statement = select(Job).order_by(Job.id.desc()).limit(limit)
        if user_id is not None:
            statement = statement.where(Job.user_id == user_id)
        found = self._session.scalars(statement).all()
        seen = visible(self._session, [job.client_id for job in found])
        return [job for job in found if job.client_id is None or job.client_id in seen]

    def unfinished(self, user_id: int) -> list[str]:
        """The kind of each job of a person that waits or runs, within the session's scope."""
        found = _UNFINISHED.ask(self._session, user=user_id).all()
        seen = visible(self._session, [row.client_id for row in found])
        return [row.kind for row in found if row.client_id is None or row.client_id in seen]

    def cancel(self, job: Job) -> None:
        """Call off a queued job. ConflictError."""
        called_off = self._session.execute(
            update(Job)
            .where(Job.id == job.id, Job.state == QUEUED)
            .values(state=CANCELLED, ended_at=self._clock.now())
            .execution_options(synchronize_session=False)
            .returning(Job.id)
        ).first()
        if called_off is None:
            raise ConflictError("job_started", _("The work has started already and cannot be called off."))
        self._session.refresh(job)
        self._after_commit(lambda: self._called_off(job))

    def find_any(self, public_id: uuid.UUID) -> Job | None:
        """The job whoever's it is: for the owner, who sees that work was done, not what with."""
        return self._session.scalar(select(Job).where(Job.public_id == public_id))

    def page(self, query: ListQuery) -> Page:
        """A page of everybody's jobs for the owner, the newest first. Filters: ``state`` (``active``: not ended), ``kind``."""
        statement = select(Job)
        state, kind = query.filters.get("state", ""), query.filters.get("kind", "")
        if state:
            statement = statement.where(Job.state.in_(UNFINISHED) if state == "active" else Job.state == state)
        if kind:
            statement = statement.where(Job.kind == kind)
        return paginate(self._session, statement, query, sorts={"at": Job.created_at}, default="-at", key=Job.id)

    def counts(self) -> dict[str, int]:
        """How many jobs there are by state."""

        def read() -> dict[str, int]:
            rows = self._session.execute(select(Job.state, func.count()).group_by(Job.state))
            return {row[0]: row[1] for row in rows}

        return once(self._session, "core.jobs.counts", read)

    def retry(self, job: Job) -> None:
        """Queue a job anew that failed or was called off. ConflictError where it did not, or where the same work waits already."""
        now = self._clock.now()
        try:
            with self._session.begin_nested():
                again = self._session.execute(
                    update(Job)
                    .where(Job.id == job.id, Job.state.in_((FAILED, CANCELLED)))
                    .values(
                        state=QUEUED,
                        attempts=0,
                        run_at=now,
                        woken_at=now,
                        started_at=None,
                        ended_at=None,
                        error=None,
                        trace=None,
                        progress_done=0,
                        progress_total=None,
                        note=None,
                    )
                    .execution_options(synchronize_session=False)
                    .returning(Job.id)
                ).first()
        except IntegrityError:
            raise ConflictError("job_waits", _("The same work is waiting already.")) from None
        if again is None:
            raise ConflictError("job_not_ended", _("Only work that failed or was called off can be started again."))
        self._session.refresh(job)
        job_id = job.id
        self._after_commit(lambda: self._queue.wake(job_id))

    def prune(self) -> int:
        """Delete jobs that ended long ago (failed ones are kept longer); returns how many."""
        now = self._clock.now()
        old = or_(Job.ended_at < now - _KEEP_FAILED, (Job.ended_at < now - _KEEP) & (Job.state != FAILED))
        removed = self._session.execute(
            delete(Job)
            .where(Job.state.not_in(UNFINISHED), old)
            .execution_options(synchronize_session=False)
            .returning(Job.id)
        )
        return len(removed.all())

    def _by_key(self, unique_key: str | None, once_key: str | None) -> Job | None:
        named: list[ColumnElement[bool]] = []
        if unique_key is not None:
            named.append((Job.unique_key == unique_key) & Job.state.in_(UNFINISHED))
        if once_key is not None:
            named.append(Job.once_key == once_key)
        return self._session.scalar(select(Job).where(or_(*named)).limit(1)) if named else None


def jobs_factory(_context: Any, request: Any) -> JobBook:
    """``IJobs`` of a request."""

    def after_commit(function: Callable[[], None]) -> None:
        request.tm.get().addAfterCommitHook(lambda committed: function() if committed else None)

    return JobBook(
        request.db,
        request.find_service(IClock),
        request.registry.cabinet_contributions.jobs,
        request.registry.cabinet_contributions.owner_of,
        request.find_service(ISwitches),
        queue_of(request.registry),
        origin_of(request),
        after_commit,
        lambda job: let_go(request.registry, job),
    )


def prune_jobs(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``core.prune_jobs``: forget what ended long ago."""
    with job.unit_of_work() as request:
        return {"removed": request.find_service(IJobs).prune()}
