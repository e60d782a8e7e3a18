"""A worker that sends notices through a real mail server is killed again and again; every notice arrives, in order, to whom it is for."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections import defaultdict
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from cabinet.identity.models import User
from cabinet.interfaces import IClientDirectory, IMailer, IMailOutages, INotices, IPeople
from cabinet.notify.models import OutgoingMail
from cabinet.settings import MailSettings

PATIENCE = 600.0
SENDER = "Кабинет <cabinet@example.org>"
KIND = "core.job.failed"  # any kind will do whose words are in both languages

WORKER = """
import json, sys, threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cabinet.config import configure
from cabinet.jobs import runner, worker
from cabinet.notify import outage, services
from cabinet.settings import build_settings

runner.LEASE, runner._HEARTBEAT_SECONDS, worker._SWEEP_SECONDS = timedelta(seconds=1), 0.3, 0.1
runner._BACK_OFF_SECONDS, runner._BACK_OFF_LIMIT = 0.2, 1
services._ASK_AGAIN = timedelta(seconds=1)
outage.FIRST, outage.LONGEST, outage.PROBE = timedelta(seconds=0.2), timedelta(seconds=1), timedelta(seconds=2)

registry = configure(build_settings(json.loads(sys.argv[1]), Path(sys.argv[2])), []).registry
kinds = {name: replace(kind, attempts=1000) for name, kind in registry.cabinet_contributions.jobs.items()}
registry.cabinet_contributions = replace(registry.cabinet_contributions, jobs=kinds, periodic=())
worker.Worker(registry, threads=2).start()
print("up", flush=True)
threading.Event().wait()
"""


class Post:
    """A mail server's handler: keeps what it took, in order; refuses for good the addresses of ``refused``; ``slow``: seconds a letter."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, object]] = []
        self.refused: set[str] = set()
        self.on_taken = lambda: None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        self.on_taken()
        return "250 taken"

    def to(self, address):
        return [message for to, message in self.taken if to == address]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def post(port):
    """``post.server(up=True)`` starts or stops it; what it took stays."""
    box = Post()
    running = []

    def server(*, up):
        while running:
            running.pop().stop()
        if up:
            controller = Controller(box, hostname="127.0.0.1", port=port)
            controller.start()
            running.append(controller)

    box.server = server
    server(up=True)
    yield box
    server(up=False)


@pytest.fixture
def start_worker(registry, start_process, port, monkeypatch):
    settings = registry.settings["cabinet.settings"]
    mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER}
    monkeypatch.setitem(
        registry.settings, "cabinet.settings", settings.model_copy(update={"mail": MailSettings(**mail)})
    )
    values = {
        "secret": settings.secret.get_secret_value(),
        "database": {"url": registry.cabinet_engine.url.render_as_string(hide_password=False)},
        "files": {"url": settings.files.url},
        "jobs": {"queue": settings.jobs.queue},
        "site": {"url": "http://cabinet.example.org", "name": "Test", "locale": "en"},
        "mail": mail,
    }
    return lambda: start_process(WORKER, values)


@pytest.fixture
def readers(unit_of_work, start_worker):
    """Four people of two clients, two of each language, who all want letters: id by address."""
    ids = {}
    with unit_of_work() as request:
        people, directory = request.find_service(IPeople), request.find_service(IClientDirectory)
        for client in ("alpha", "omega"):
            made = directory.create(name=client)
            for locale in ("ru", "en"):
                user = people.add(email=f"{client}.{locale}@x.ru", name=f"{client} {locale}", roles=("manager",))
                user.locale = locale
                people.grant(user, made)
                request.find_service(INotices).choose(user, [(KIND, "mail")])
                ids[user.email] = user.id
    return ids


def tell(unit_of_work, readers, count, first=0):
    """Tell each of ``count`` things, one after another; whose client it is stands in its words."""
    for n in range(first, first + count):
        for address, user_id in readers.items():
            with unit_of_work() as request:
                facts = {"title": f"{address.partition('.')[0]}-{n:03}"}
                request.find_service(INotices).send(KIND, facts=facts, recipients=[user_id])


def wait_until(unit_of_work, *states):
    """Wait until every letter is in one of ``states``."""
    end = time.monotonic() + PATIENCE
    while True:
        with unit_of_work(writing=False) as request:
            counts = dict(
                request.db.execute(select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)).all()
            )
        if set(counts) <= set(states):
            return counts
        assert time.monotonic() < end, counts
        time.sleep(0.2)


def arrived(post, readers, count):
    """Check what everybody got; how many letters came more than once."""
    doubles = 0
    for address in readers:
        seen: dict[str, str] = {}
        order = []
        for message in post.to(address):
            identity, subject = message["Message-ID"], message["Subject"]
            doubles += identity in seen
            if identity not in seen:
                order.append(subject)
            assert seen.setdefault(identity, subject) == subject, "the same letter in the same words"
        begin = "Не получилось: " if ".ru@" in address else "It did not work out: "
        client = address.partition(".")[0]
        assert order == [f"{begin}{client}-{n:03}" for n in range(count)], address
    return doubles


def kill_and_check(unit_of_work, start_worker, post, readers, letters, kills, seed):
    tell(unit_of_work, readers, letters)
    chance, killed = random.Random(seed), 0
    target: dict[str, object] = {}

    def die_with_the_servers_word():
        # Half of the kills come the moment the server has the letter, before the worker can have written that down.
        if target and chance.random() < 0.3:
            os.kill(target.pop("pid"), signal.SIGKILL)

    post.on_taken = die_with_the_servers_word
    while killed < kills:
        worker = start_worker()
        target["pid"] = worker.pid
        try:
            worker.wait(chance.uniform(0.05, 0.8))
        except subprocess.TimeoutExpired:
            target.clear()
            worker.kill()
            worker.wait()
        killed += 1
    target.clear()
    start_worker()
    assert wait_until(unit_of_work, "sent") == {"sent": letters * len(readers)}
    assert arrived(post, readers, letters) <= kills * 2, "two threads: two letters at most are in the server's hands"


def test_every_notice_arrives_once_and_in_order_however_often_the_sender_is_killed(
    unit_of_work, start_worker, post, readers
):
    kill_and_check(unit_of_work, start_worker, post, readers, letters=5, kills=4, seed=11)


@pytest.mark.long
def test_every_notice_of_hundreds_arrives_once_and_in_order_over_fifty_kills(unit_of_work, start_worker, post, readers):
    kill_and_check(unit_of_work, start_worker, post, readers, letters=125, kills=50, seed=12)


def test_a_server_that_was_away_gets_everything_in_its_order(unit_of_work, start_worker, post, readers):
    post.server(up=False)
    start_worker()
    tell(unit_of_work, readers, 2)
    end = time.monotonic() + PATIENCE
    met = None
    while met is None:
        assert time.monotonic() < end
        time.sleep(0.2)
        with unit_of_work(writing=False) as request:
            met = request.find_service(IMailOutages).now()
    tell(unit_of_work, readers, 1, first=2)
    assert post.taken == []
    post.server(up=True)
    wait_until(unit_of_work, "sent")
    assert arrived(post, readers, 3) == 0


def test_a_final_no_is_shown_with_the_servers_words_and_holds_nobody_up(unit_of_work, start_worker, post, readers):
    bad, *good = readers
    post.refused = {bad}
    start_worker()
    tell(unit_of_work, readers, 2)
    assert wait_until(unit_of_work, "sent", "failed") == {"failed": 2, "sent": 2 * len(good)}
    with unit_of_work() as request:
        mailer = request.find_service(IMailer)
        failed = request.db.scalars(select(OutgoingMail).where(OutgoingMail.state == "failed")).all()
        assert {(mail.to_address, mail.error) for mail in failed} == {
            (bad, "The mail server refused the letter: 550 no such user here")
        }
        post.refused = set()
        assert mailer.retry_all() == 2
    wait_until(unit_of_work, "sent")
    assert arrived(post, readers, 2) == 0


def test_who_lost_his_account_while_the_server_was_away_gets_nothing(unit_of_work, start_worker, post, readers):
    post.server(up=False)
    tell(unit_of_work, readers, 1)
    gone, *_others = readers
    with unit_of_work() as request:
        user = request.db.get(User, readers[gone])
        user.disabled_at = user.created_at
    post.server(up=True)
    start_worker()
    wait_until(unit_of_work, "sent", "dropped")
    sent = defaultdict(int)
    for to, _message in post.taken:
        sent[to] += 1
    assert gone not in sent
    assert set(sent.values()) == {1}
