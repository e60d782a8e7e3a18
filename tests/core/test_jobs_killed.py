"""A worker is killed again and again; in the end every job has done its work exactly once."""

import random
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from cabinet.identity.models import Client
from cabinet.interfaces import IJobs
from cabinet.jobs.models import Job
from cabinet.plugins.contributions import JobKind

JOBS, ROWS, KILLS = 6, 10, 4
PATIENCE = 60.0

WORKER = """
import json, sys, time, uuid, threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cabinet.config import configure
from cabinet.identity.models import Client
from cabinet.jobs import runner, worker
from cabinet.plugins.contributions import JobKind
from cabinet.settings import build_settings

runner.LEASE, runner._HEARTBEAT_SECONDS, worker._SWEEP_SECONDS = timedelta(seconds=1), 0.3, 0.2


def book(job, registry):
    with job.unit_of_work() as request:
        for row in range(job.args["rows"]):
            request.db.add(Client(name=str(job.id), external_id=uuid.uuid4().hex, created_at=datetime.now(UTC)))
            request.db.flush()
            job.progress(row, job.args["rows"])
            time.sleep(0.02)
        job.done(request, {"attempt": job.attempt})


registry = configure(build_settings(json.loads(sys.argv[1]), Path(sys.argv[2])), []).registry
kinds = {**registry.cabinet_contributions.jobs, "test.book": JobKind("test.book", "Book", book, attempts=100)}
registry.cabinet_contributions = replace(registry.cabinet_contributions, jobs=kinds, periodic=())
worker.Worker(registry, threads=2).start()
print("up", flush=True)
threading.Event().wait()
"""


@pytest.fixture
def start_worker(registry, start_process):
    settings = registry.settings["cabinet.settings"]
    values = {
        "secret": settings.secret.get_secret_value(),
        "database": {"url": registry.cabinet_engine.url.render_as_string(hide_password=False)},
        "files": {"url": settings.files.url},
        "jobs": {"queue": settings.jobs.queue},
    }
    return lambda: start_process(WORKER, values)


def test_no_job_is_lost_or_done_twice_however_often_its_worker_is_killed(
    registry, unit_of_work, start_worker, monkeypatch
):
    known = {**registry.cabinet_contributions.jobs, "test.book": JobKind("test.book", "Book", lambda *_: None)}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(registry.cabinet_contributions, jobs=known))
    with unit_of_work() as request:
        for _job in range(JOBS):
            request.find_service(IJobs).enqueue("test.book", {"rows": ROWS})
    chance = random.Random(7)
    for _kill in range(KILLS):
        worker = start_worker()
        time.sleep(chance.uniform(0.05, 0.6))
        worker.kill()
        worker.wait()
    start_worker()
    end = time.monotonic() + PATIENCE
    states = {"queued"}
    while states != {"done"}:
        assert time.monotonic() < end, states
        time.sleep(0.2)
        with unit_of_work(writing=False) as request:
            states = set(request.db.scalars(select(Job.state)))
    with unit_of_work(writing=False) as request:
        booked = request.db.execute(select(Client.name, func.count()).group_by(Client.name)).all()
    assert len(booked) == JOBS
    assert {count for _name, count in booked} == {ROWS}
