"""A process that makes processes to be killed: each a real worker, or somebody who hands a file in, and dies where it was told to.

It configures the site once and forks, so that a death costs a moment and not a start of Python. Told by lines of JSON on its standard
input, answers by lines of JSON. What is planted stands here alone: the code of the cabinet knows nothing of it.

Usage: python launcher.py FOLDER MODULE…
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

from cabinet.config import configure
from cabinet.db import migrate
from cabinet.db.engine import make_engine
from cabinet.jobs import runner, worker
from cabinet.plugins import discovery
from cabinet.settings import build_settings

PATIENCE = 900
PIECE = 20  # lines that are written at once, where the file is small

DESK, APPLYING, JOBS = (f"cabinet_finsystem.{name}" for name in ("statements.desk", "statements.applying", "jobs"))
PAYMENTS, PENDING = "cabinet_finsystem.payments.services", "cabinet_finsystem.ledger.pending"
TAKING = "cabinet_finsystem.statements.withdrawing"
COMMIT = ("sqlalchemy.engine.default", "DefaultDialect.do_commit")

# Name of a moment: (module, what is called there, at which call, whether before or after it).
MOMENTS = {
    "the file is stored": ("cabinet.files.services", "FileStore.put", 1, "after"),
    "the job is claimed": ("cabinet.jobs.runner", "claim", 1, "after"),
    "the file is planned": (DESK, "StatementDesk.plan", 1, "after"),
    "nobody else may write": (APPLYING, "Applier.lock", 1, "after"),
    "some payments are booked": (PAYMENTS, "Payments.book", 1, "after"),
    "some lines are written": (APPLYING, "Applier._write_lines", 2, "after"),
    "all lines are written": (APPLYING, "Applier.write", 1, "after"),
    "the job is told done": ("cabinet.jobs.runner", "JobHandle.done", 1, "after"),
    "the link is to come": (PENDING, "append_link", 1, "before"),
    "the link is written": (PENDING, "append_link", 1, "after"),
    "the commit is to come": (*COMMIT, 1, "before"),
    "the commit is done": (*COMMIT, 1, "after"),
    "the worker has not heard of it": (JOBS, "import_file", 1, "after"),
    "payments are taken back": (PAYMENTS, "Payments.reverse_booked", 1, "after"),
    "all is taken back": (TAKING, "Withdrawing.take_back", 1, "after"),
}


def spot(module: str, path: str) -> tuple[Any, str]:
    """Whose attribute ``path`` is, and its name."""
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    return owner, name


def plant(module: str, path: str, nth: int, side: str, act: Callable[[], None], *, thread: int | None = None) -> None:
    """Do ``act`` before or after the ``nth`` call of what stands at ``path``, of all calls or of those in ``thread``."""
    owner, name = spot(module, path)
    original, calls = getattr(owner, name), count(1)

    def planted(*arguments: Any, **named: Any) -> Any:
        now = thread in {None, threading.get_ident()} and next(calls) == nth
        if now and side == "before":
            act()
        result = original(*arguments, **named)
        if now and side == "after":
            act()
        return result

    setattr(owner, name, planted)


def die() -> None:
    """At once, with nothing tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment: str) -> None:
    """Plant death at ``moment``. A commit is that of the transaction that has written its link of the books."""
    planted = MOMENTS[moment]
    if planted[:2] == COMMIT:
        plant(PENDING, "append_link", 1, "after", lambda: plant(*planted, die, thread=threading.get_ident()))
    else:
        plant(*planted, die)


def meet(folder: Path, others: int) -> None:
    """Wait until ``others`` are here, too."""
    (folder / str(os.getpid())).touch()
    end = time.monotonic() + PATIENCE
    while len(list(folder.iterdir())) < others and time.monotonic() < end:
        time.sleep(0.005)


def break_guard(guard: str) -> None:
    """Switch one of the guards off that the tests are to prove."""
    if guard == "one transaction":
        for module, path in ((APPLYING, "Applier._write_lines"), (PAYMENTS, "Payments.reverse_booked")):
            owner, name = spot(module, path)
            setattr(owner, name, _committing(getattr(owner, name)))
    elif guard == "the lock":
        owner, name = spot(APPLYING, "Applier.lock")
        setattr(owner, name, lambda _self: None)
    else:
        raise LookupError(guard)


def _committing(original: Callable[..., Any]) -> Callable[..., Any]:
    def act(service: Any, *arguments: Any, **named: Any) -> Any:
        result = original(service, *arguments, **named)
        connection = service._session.connection()
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN")
        return result

    return act


def become(registry: Any, folder: Path, told: dict[str, Any]) -> None:
    """What a forked process does, until it is killed."""
    settings = build_settings(told["settings"], folder)
    registry.settings["cabinet.settings"] = settings
    registry.cabinet_engine = make_engine(settings.database_url)
    if told.get("small"):
        owner, name = spot(APPLYING, "chunks")
        setattr(owner, name, partial(owner.chunks, size=PIECE))
    for guard in told.get("without", ()):
        break_guard(guard)
    for module, path, side in told.get("meeting", ()):
        place = folder / f"met-{path}"
        place.mkdir(exist_ok=True)
        plant(module, path, 1, side, partial(meet, place, 2))
    if told.get("moment"):
        die_at(told["moment"])
    if told.get("hand_in"):
        hand_in(registry, Path(told["hand_in"]).read_bytes())
        os._exit(0)
    worker.Worker(registry, threads=1).start()
    while True:
        signal.pause()


def hand_in(registry: Any, content: bytes) -> None:
    """Hand a statement in, as its page does."""
    from cabinet.db.session import unit_of_work
    from cabinet_finsystem.interfaces import IStatementDesk

    with unit_of_work(registry) as request:
        request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt")


def main(folder: Path, names: list[str]) -> None:
    """Serve until the input ends; whoever still lives then dies."""
    modules = discovery.load_named(names)
    migrate.load_models(modules)
    values = {"secret": "x" * 40, "database": {"url": f"sqlite:///{folder}/unused.sqlite3"}}
    registry = configure(build_settings(values, folder), modules).registry
    brought = registry.cabinet_contributions
    kinds = {name: replace(kind, attempts=1000) for name, kind in brought.jobs.items()}
    registry.cabinet_contributions = replace(brought, jobs=kinds, periodic=())
    runner._BACK_OFF_SECONDS = 0.1
    configure_mappers()  # once here, not in each that is forked
    for module, path, *_rest in MOMENTS.values():
        spot(module, path)
    living: set[int] = set()
    print("up", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        if "wait" in told:
            _pid, status = os.waitpid(told["wait"], 0)
            living.discard(told["wait"])
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if not answer:
                sys.stdin.close()
                signal.alarm(told.get("patience", PATIENCE))
                become(registry, Path(told["folder"]), told)
            living.add(answer)
        print(json.dumps(answer), flush=True)
    for pid in living:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
