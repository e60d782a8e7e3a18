import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from zope.interface.verify import verifyObject

from cabinet.clock import SystemClock
from cabinet.errors import ConflictError, DomainError
from cabinet.identity.models import Client
from cabinet.interfaces import IJobs, ISwitches
from cabinet.jobs.models import Job
from cabinet.jobs.queue import JobQueue, Progress, QueueError, queue_of
from cabinet.jobs.runner import JobFailedError, LeaseLostError, claim, run, run_job_now, run_pending
from cabinet.jobs.services import UnknownJobKindError
from cabinet.jobs.worker import Worker, enqueue_periodic, period_key, sweep
from cabinet.plugins.contributions import JobKind, PeriodicJob
from cabinet.texts import _

PATIENCE = 20.0


@pytest.fixture
def kinds(registry, monkeypatch):
    """Job kinds a test adds: ``kinds(name=function)`` or ``kinds(JobKind(...))``."""
    original = registry.cabinet_contributions

    def add(*declared, **functions):
        added = {kind.name: kind for kind in declared}
        added |= {f"test.{name}": JobKind(f"test.{name}", name, function) for name, function in functions.items()}
        monkeypatch.setattr(registry, "cabinet_contributions", replace(original, jobs={**original.jobs, **added}))

    return add


@pytest.fixture
def enqueue(unit_of_work):
    def record(name, args=None, **options):
        with unit_of_work() as request:
            return request.find_service(IJobs).enqueue(f"test.{name}", args or {}, **options)

    return record


@pytest.fixture
def row(unit_of_work):
    def find(job):
        with unit_of_work() as request:
            return request.db.scalars(select(Job).where(Job.id == job.id)).one()

    return find


@pytest.fixture
def age(unit_of_work):
    """Pretend that time has passed for a job's lease, waking or start."""

    def shift(job, **columns):
        with unit_of_work() as request:
            found = request.db.get(Job, job.id)
            for name, delta in columns.items():
                setattr(found, name, datetime.now(UTC) - delta)

    return shift


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_a_job_runs_with_its_arguments_and_keeps_what_it_returned(registry, unit_of_work, kinds, enqueue, row):
    kinds(double=lambda job, _registry: {"twice": job.args["n"] * 2})
    with unit_of_work() as request:
        verifyObject(IJobs, request.find_service(IJobs))
    job = enqueue("double", {"n": 21})
    assert run_pending(registry) == 1
    ended = row(job)
    assert (ended.state, ended.result, ended.attempts, ended.ended) == ("done", {"twice": 42}, 1, True)
    assert ended.started_at <= ended.ended_at
    assert run_pending(registry) == 0


def test_a_rolled_back_transaction_leaves_no_job_and_wakes_nobody(registry, unit_of_work, kinds):
    ran = []
    kinds(note=lambda job, _registry: ran.append(job.id))

    def refused():
        with unit_of_work() as request:
            request.find_service(IJobs).enqueue("test.note", {})
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        refused()
    assert run_pending(registry) == 0
    assert ran == []


def test_a_job_of_an_unknown_kind_is_refused_at_once(unit_of_work):
    with unit_of_work() as request, pytest.raises(UnknownJobKindError):
        request.find_service(IJobs).enqueue("test.nobody", {})


def test_a_job_whose_module_is_gone_waits_for_it(registry, kinds, enqueue, row, monkeypatch):
    kinds(note=lambda _job, _registry: None)
    job = enqueue("note")
    monkeypatch.setattr(registry, "cabinet_contributions", replace(registry.cabinet_contributions, jobs={}))
    assert claim(registry, job.id) is None
    assert row(job).state == "queued"


def test_a_unique_key_admits_one_unfinished_job_and_a_once_key_one_ever(registry, kinds, enqueue):
    kinds(note=lambda _job, _registry: None)
    first = enqueue("note", unique_key="a", once_key="b")
    assert enqueue("note", unique_key="a").id == first.id
    assert enqueue("note", once_key="b").id == first.id
    assert enqueue("note", unique_key="c").id != first.id
    run_pending(registry)
    assert enqueue("note", unique_key="a").id != first.id
    assert enqueue("note", once_key="b").id == first.id


def test_two_who_enqueue_one_key_at_once_get_one_job(kinds, enqueue):
    kinds(note=lambda _job, _registry: None)
    start, found = threading.Barrier(4), []

    def ask():
        start.wait()
        found.append(enqueue("note", once_key="same").id)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_job_for_later_waits_for_its_hour(registry, kinds, enqueue, row, age):
    kinds(note=lambda _job, _registry: None)
    job = enqueue("note", run_at=datetime.now(UTC) + timedelta(hours=1))
    assert run_pending(registry) == 0
    age(job, run_at=timedelta(seconds=1))
    assert run_pending(registry) == 1
    assert row(job).state == "done"


def test_a_broken_rule_fails_the_job_at_once_with_its_message(registry, kinds, enqueue, row):
    def refuse(_job, _registry):
        raise DomainError("too_late", _("It is ${n} days too late.", mapping={"n": 3}), {"n": 3})

    kinds(refuse=refuse)
    job = enqueue("refuse")
    with pytest.raises(DomainError, match="3 days too late"):
        run_pending(registry)
    failed = row(job)
    assert (failed.state, failed.attempts, failed.error["code"], failed.error["details"]) == (
        "failed",
        1,
        "too_late",
        {"n": 3},
    )
    assert failed.error_text.interpolate() == "It is 3 days too late."
    assert failed.error_text.domain == "cabinet"


def test_an_accident_is_tried_again_later_and_later_until_it_is_given_up(registry, kinds, enqueue, row, age):
    given_up = []

    def stumble(_job, _registry):
        raise OSError("the other side hung up")

    kinds(
        JobKind("test.stumble", "Stumble", stumble, attempts=3, gave_up=lambda job, _registry: given_up.append(job.id))
    )
    job = enqueue("stumble")
    waits = []
    for attempt in (1, 2, 3):
        with pytest.raises(OSError, match="hung up"):
            run_pending(registry)
        after = row(job)
        assert after.attempts == attempt
        assert after.error["code"] == "job_crashed"
        assert "hung up" in after.trace
        assert "hung up" not in after.error_text.interpolate()
        waits.append((after.run_at - datetime.now(UTC)).total_seconds())
        assert run_pending(registry) == 0
        age(job, run_at=timedelta(seconds=1))
    assert 5 < waits[0] < 15 < waits[1] < 60
    assert row(job).state == "failed"
    assert given_up == [job.id]


def test_a_job_that_succeeds_after_an_accident_shows_no_error(registry, kinds, enqueue, row, age):
    def second_time(job, _registry):
        if job.attempt == 1:
            raise OSError("once")
        return "fine"

    kinds(second_time=second_time)
    job = enqueue("second_time")
    assert run_pending(registry, raising=False) == 1
    age(job, run_at=timedelta(seconds=1))
    assert run_pending(registry) == 1
    assert (row(job).state, row(job).error, row(job).trace, row(job).result) == ("done", None, None, "fine")


def test_delivering_a_job_twice_runs_it_once(registry, kinds, enqueue):
    kinds(note=lambda _job, _registry: None)
    job = enqueue("note")
    start, claimed = threading.Barrier(4), []

    def deliver():
        start.wait()
        claimed.append(claim(registry, job.id))

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([handle for handle in claimed if handle is not None]) == 1


def test_a_run_that_lost_its_lease_can_commit_nothing(registry, kinds, enqueue, unit_of_work, row, age):
    """A stalled run wakes up after another one took its job: only the other one's work is kept."""
    stalled = threading.Event()

    def book(job, _registry):
        with job.unit_of_work() as request:
            request.db.add(
                Client(name=f"attempt {job.attempt}", external_id=str(job.attempt), created_at=datetime.now(UTC))
            )
            if job.attempt == 1 and not stalled.is_set():
                stalled.set()
                request.tm.abort()
                request.tm.begin()
                age(job, lease_until=timedelta(seconds=1))
                assert sweep(registry) == 1
                assert run_pending(registry) == 1
                request.db.add(Client(name="a ghost", external_id="ghost", created_at=datetime.now(UTC)))

    kinds(book=book)
    job = enqueue("book")
    handle = claim(registry, job.id)
    assert isinstance(run(registry, handle), LeaseLostError)
    assert (row(job).state, row(job).attempts) == ("done", 2)
    with unit_of_work() as request:
        assert list(request.db.scalars(select(Client.name))) == ["attempt 2"]


def test_the_end_of_a_job_can_be_one_with_its_effects(registry, kinds, enqueue, unit_of_work, row):
    """Killed right after the commit, such a job is done, not run again."""

    def book(job, _registry):
        with job.unit_of_work() as request:
            request.db.add(Client(name="booked", external_id="1", created_at=datetime.now(UTC)))
            job.done(request, {"booked": 1})
        raise SystemExit

    kinds(book=book)
    job = enqueue("book")
    with pytest.raises((SystemExit, LeaseLostError)):
        run(registry, claim(registry, job.id))
    assert (row(job).state, row(job).result) == ("done", {"booked": 1})


def test_an_end_that_is_rolled_back_is_no_end(registry, kinds, enqueue, row):
    def book(job, _registry):
        with job.unit_of_work() as request:
            job.done(request, {"booked": 1})
            raise DomainError("no", _("No."))

    kinds(book=book)
    job = enqueue("book")
    run_pending(registry, raising=False)
    assert (row(job).state, row(job).result) == ("failed", None)


def test_a_job_works_for_the_client_and_the_person_who_started_it(registry, kinds, enqueue, unit_of_work):
    seen = []

    def look(job, _registry):
        with job.unit_of_work() as request:
            seen.append((request.environ["cabinet.actor"], request.db.info["cabinet.client_scope"]))

    kinds(look=look)
    with unit_of_work() as request:
        client = Client(name="A", external_id="a", created_at=datetime.now(UTC))
        request.db.add(client)
        request.db.flush()
    enqueue("look", client_id=client.id)
    run_pending(registry)
    assert seen == [("job test.look", frozenset({client.id}))]


def test_progress_can_be_watched_even_while_the_job_writes(registry, kinds, enqueue, unit_of_work, row):
    watched = []

    def count(job, _registry):
        job.progress(1, 4, _("Reading"))
        with job.unit_of_work() as request:
            request.db.execute(text("UPDATE core_job SET attempts = attempts"))
            job._told_at = 0
            job.progress(2, 4)
            with unit_of_work(writing=False) as looker:
                jobs = looker.find_service(IJobs)
                watched.append(jobs.progress(jobs.find(job.public_id)))
        job.progress(4, 4, _("Ready"))

    kinds(count=count)
    job = enqueue("count")
    run_pending(registry)
    assert [(told.done, told.total, told.share) for told in watched] == [(2, 4, 50)]
    kept = row(job)
    assert (kept.progress_done, kept.progress_total, kept.note_text) == (4, 4, "Ready")
    with unit_of_work() as request:
        assert request.find_service(IJobs).progress(kept).share == 100
    assert queue_of(registry).progress(job.id) is None


def test_progress_is_told_a_few_times_a_second_however_often_it_is_said(registry, kinds, enqueue):
    told = []

    def count(job, _registry):
        for n in range(10_000):
            job.progress(n + 1, 10_000)

    kinds(count=count)
    job = enqueue("count")
    run_job_now(registry, job.id, on_progress=told.append)
    assert told[-1] == Progress(10_000, 10_000)
    assert len(told) < 20


def test_a_command_runs_its_job_itself_and_gets_the_very_exception(registry, kinds, enqueue, row):
    class OwnError(DomainError):
        pass

    def refuse(_job, _registry):
        raise OwnError("own", _("My own."))

    kinds(refuse=refuse, fine=lambda job, _registry: job.args)
    assert run_job_now(registry, enqueue("fine", {"n": 1}).id).result == {"n": 1}
    job = enqueue("refuse")
    with pytest.raises(OwnError):
        run_job_now(registry, job.id)
    assert row(job).state == "failed"


def test_a_command_whose_job_a_worker_took_waits_for_its_end(registry, kinds, enqueue):
    go = threading.Event()

    def slow(job, _registry):
        go.wait(PATIENCE)
        if job.args["fail"]:
            raise DomainError("own", _("My ${own}.", mapping={"own": "own"}), {"n": 1})
        return "done by another"

    kinds(slow=slow)
    for fail in (False, True):
        go.clear()
        job = enqueue("slow", {"fail": fail})
        other = threading.Thread(target=run, args=(registry, claim(registry, job.id)))
        other.start()
        threading.Timer(0.3, go.set).start()
        if fail:
            with pytest.raises(JobFailedError, match=r"My own\.") as caught:
                run_job_now(registry, job.id)
            assert (caught.value.code, caught.value.details) == ("own", {"n": 1})
        else:
            assert run_job_now(registry, job.id).result == "done by another"
        other.join()


def test_a_queued_job_can_be_called_off_and_a_running_one_cannot(registry, kinds, enqueue, unit_of_work, row):
    kinds(note=lambda _job, _registry: None)
    queued, running = enqueue("note"), enqueue("note")
    assert claim(registry, running.id) is not None
    with unit_of_work() as request:
        jobs = request.find_service(IJobs)
        jobs.cancel(jobs.find(queued.public_id))
        with pytest.raises(ConflictError):
            jobs.cancel(jobs.find(str(running.public_id)))
    assert (row(queued).state, row(running).state) == ("cancelled", "running")
    assert run_pending(registry) == 0


def test_jobs_of_another_client_are_not_there(kinds, enqueue, unit_of_work):
    kinds(note=lambda _job, _registry: None)
    with unit_of_work() as request:
        clients = [Client(name=name, external_id=name, created_at=datetime.now(UTC)) for name in ("a", "b")]
        request.db.add_all(clients)
        request.db.flush()
    mine, other = (enqueue("note", client_id=client.id) for client in clients)
    with unit_of_work(scope={clients[0].id}) as request:
        jobs = request.find_service(IJobs)
        assert jobs.find(other.public_id) is None
        assert jobs.get(other.id) is None
        assert jobs.get(mine.id).public_id == mine.public_id
        assert [job.id for job in jobs.recent()] == [mine.id]


def test_old_jobs_are_forgotten_failed_ones_later(registry, kinds, enqueue, unit_of_work, age):
    def refuse(_job, _registry):
        raise DomainError("no", _("No."))

    kinds(note=lambda _job, _registry: None, refuse=refuse)
    old, fresh, failed, waiting = (
        enqueue("note"),
        enqueue("note"),
        enqueue("refuse"),
        enqueue("note", run_at=datetime.max.replace(tzinfo=UTC)),
    )
    run_pending(registry, raising=False)
    run_pending(registry, raising=False)
    for job in (old, failed):
        age(job, ended_at=timedelta(days=40))
    with unit_of_work() as request:
        assert request.find_service(IJobs).prune() == 1
        assert set(request.db.scalars(select(Job.id))) == {fresh.id, failed.id, waiting.id}


def test_a_sweep_puts_back_what_died_and_wakes_for_what_was_forgotten(registry, kinds, enqueue, row, age):
    kinds(JobKind("test.note", "Note", lambda _job, _registry: None, attempts=2))
    dead, forgotten, _fresh = enqueue("note"), enqueue("note"), enqueue("note")
    claim(registry, dead.id)
    assert sweep(registry) == 0
    age(dead, lease_until=timedelta(seconds=1))
    age(forgotten, woken_at=timedelta(minutes=2))
    assert sweep(registry) == 2
    assert row(dead).state == "queued"
    assert sweep(registry) == 0
    assert sweep(registry, everything=True) == 3


def test_a_job_that_kills_its_worker_again_and_again_is_given_up(registry, kinds, enqueue, row, age):
    given_up = []
    gave_up = lambda job, _registry: given_up.append(job.id)  # noqa: E731
    kinds(JobKind("test.deadly", "Deadly", lambda _job, _registry: None, attempts=2, gave_up=gave_up))
    job = enqueue("deadly")
    for _attempt in (1, 2):
        assert claim(registry, job.id) is not None
        age(job, lease_until=timedelta(seconds=1))
        sweep(registry)
    assert (row(job).state, row(job).error["code"]) == ("failed", "job_interrupted")
    assert given_up == [job.id]


def test_the_heartbeat_keeps_long_work_from_being_taken_for_dead(registry, kinds, enqueue, row, age, monkeypatch):
    monkeypatch.setattr("cabinet.jobs.runner._HEARTBEAT_SECONDS", 0.05)

    def slow(job, _registry):
        age(job, lease_until=timedelta(seconds=-1))
        wait_until(lambda: row(job).lease_until > datetime.now(UTC) + timedelta(seconds=30))

    kinds(slow=slow)
    enqueue("slow")
    assert run_pending(registry) == 1


MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("every", "instant", "key"),
    [
        ("quarter", datetime(2026, 2, 11, 23, 14, tzinfo=UTC), "k:2026-02-11T23:00"),
        ("quarter", datetime(2026, 2, 11, 23, 59, tzinfo=UTC), "k:2026-02-11T23:45"),
        ("hour", datetime(2026, 2, 11, 23, 59, tzinfo=UTC), "k:2026-02-11T23"),
        ("day", datetime(2026, 2, 11, 0, 59, tzinfo=UTC), "k:2026-02-10"),
        ("day", datetime(2026, 2, 11, 1, 0, tzinfo=UTC), "k:2026-02-11"),
        ("day", datetime(2026, 2, 11, 21, 30, tzinfo=UTC), "k:2026-02-11"),
    ],
)
def test_a_period_begins_at_its_hour_where_the_firm_is(every, instant, key):
    assert period_key(PeriodicJob("k", every, hour_of_day=4), instant, MOSCOW) == key


def test_a_periodic_job_is_enqueued_once_a_period_by_however_many(registry, kinds, unit_of_work, monkeypatch):
    ran = []
    kinds(tidy=lambda job, _registry: ran.append(job.args["period"]))
    contributions = replace(registry.cabinet_contributions, periodic=(PeriodicJob("test.tidy", "day"),))
    monkeypatch.setattr(registry, "cabinet_contributions", contributions)
    threads = [threading.Thread(target=enqueue_periodic, args=(registry, set())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_pending(registry)
    enqueue_periodic(registry, set())
    assert run_pending(registry) == 0
    assert len(ran) == 1


def test_a_period_of_work_that_is_not_here_or_off_keeps_no_other_from_being_done(
    registry, kinds, unit_of_work, monkeypatch
):
    """The kind may be of another module, which is off or in quarantine."""
    ran = []
    tidy, theirs = (
        JobKind(f"test.{name}", name, lambda job, _registry: ran.append(job.kind)) for name in ("tidy", "theirs")
    )
    kinds(tidy, theirs)
    given = registry.cabinet_contributions
    periodic = tuple(PeriodicJob(f"test.{name}", "day") for name in ("gone", "theirs", "tidy"))
    owners = {**given.owners, id(given.jobs["test.theirs"]): "client_manager"}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(given, periodic=periodic, owners=owners))
    with unit_of_work() as request:
        request.find_service(ISwitches).switch("client_manager", on=False)
    enqueue_periodic(registry, set())
    run_pending(registry)
    assert ran == ["test.tidy"]


def test_two_workers_do_twenty_periods_twenty_times(registry, kinds, monkeypatch):
    ran = []
    kinds(tidy=lambda job, _registry: ran.append(job.args["period"]))
    contributions = replace(registry.cabinet_contributions, periodic=(PeriodicJob("test.tidy", "hour"),))
    monkeypatch.setattr(registry, "cabinet_contributions", contributions)
    hour = [0]
    start = datetime.now(UTC).replace(minute=0) - timedelta(hours=30)
    monkeypatch.setattr(SystemClock, "now", lambda _clock: start + timedelta(hours=hour[0]))
    seen = set(), set()
    for hour[0] in range(20):
        schedulers = [threading.Thread(target=enqueue_periodic, args=(registry, known)) for known in (*seen, set())]
        for thread in schedulers:
            thread.start()
        for thread in schedulers:
            thread.join()
        runners = [threading.Thread(target=run_pending, args=(registry,)) for _worker in range(2)]
        for thread in runners:
            thread.start()
        for thread in runners:
            thread.join()
    assert len(ran) == len(set(ran)) == 20


def test_without_the_key_of_the_period_two_schedulers_do_it_twice(registry, kinds, enqueue):
    """Control: it is the key that makes it once."""
    ran = []
    kinds(tidy=lambda job, _registry: ran.append(job.args["period"]))
    for _scheduler in range(2):
        enqueue("tidy", {"period": "2026-02-11T10"})
    run_pending(registry)
    assert len(ran) == 2


@pytest.fixture
def worker(registry):
    worker = Worker(registry, threads=2)
    yield worker
    worker.stop()


def test_a_worker_runs_what_is_enqueued_and_what_was_left_behind(kinds, enqueue, row, worker, age):
    kinds(note=lambda job, _registry: job.args["n"])
    left = enqueue("note", {"n": 0})
    worker.start()
    later = enqueue("note", {"n": 1})
    wait_until(lambda: row(later).ended)
    wait_until(lambda: row(left).ended)
    assert (row(left).result, row(later).result) == (0, 1)


def test_a_worker_that_is_stopped_waits_for_the_job_in_hand(registry, kinds, enqueue, row):
    begun, go = threading.Event(), threading.Event()

    def slow(_job, _registry):
        begun.set()
        go.wait(PATIENCE)
        return "whole"

    kinds(slow=slow)
    worker = Worker(registry, threads=1)
    worker.start()
    job = enqueue("slow")
    assert begun.wait(PATIENCE)
    threading.Timer(0.3, go.set).start()
    worker.stop()
    assert (row(job).state, row(job).result) == ("done", "whole")


@pytest.mark.parametrize("location", ["file", "memory"])
def test_a_queue_carries_ids_and_progress_and_stores_no_code(tmp_path, location):
    queue = JobQueue(str(tmp_path / "deep" / "q.sqlite3") if location == "file" else "memory://")
    got = []
    consumer = queue.consumer(got.append, 1)
    queue.wake(7)
    if location == "file":
        assert b"run_job" in (tmp_path / "deep" / "q.sqlite3").read_bytes()
        assert b"pickle" not in (tmp_path / "deep" / "q.sqlite3").read_bytes()
    consumer.start()
    wait_until(lambda: got == [7])
    consumer.stop(graceful=True)
    queue.tell_progress(7, Progress(1, 2))
    assert queue.progress(7) == Progress(1, 2)
    queue.forget_progress(7)
    assert queue.progress(7) is None
    queue.close()


def test_a_queue_in_the_database_server_serves_other_processes(registry, engine_name):
    if engine_name != "postgresql":
        pytest.skip("needs a PostgreSQL server")
    url = registry.cabinet_engine.url.render_as_string(hide_password=False)
    sender, receiver, got = JobQueue(url), JobQueue(url), []
    consumer = receiver.consumer(got.append, 1)
    consumer.start()
    sender.wake(7)
    wait_until(lambda: got == [7])
    receiver.tell_progress(7, Progress(1, 2))
    assert sender.progress(7) == Progress(1, 2)
    consumer.stop(graceful=True)
    sender.close()
    receiver.close()


def test_a_queue_of_an_unknown_kind_is_refused_by_name():
    with pytest.raises(QueueError, match="amqp"):
        JobQueue("amqp://user:password@host")


def test_a_broken_queue_delays_a_job_but_loses_none(registry, kinds, enqueue, row, monkeypatch):
    kinds(note=lambda _job, _registry: None)
    monkeypatch.setattr(queue_of(registry), "_task", lambda _id: 1 / 0)
    job = enqueue("note")
    assert row(job).state == "queued"
    assert run_pending(registry) == 1
