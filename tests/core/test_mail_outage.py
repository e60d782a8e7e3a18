"""The mail server away for hours: no letter is given up for it, all leave in their order when it is back."""

from __future__ import annotations

import itertools
import socket
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select
from zope.interface.verify import verifyObject

from cabinet.errors import NotYetError
from cabinet.interfaces import IMailer, IMailOutages
from cabinet.jobs.models import Job
from cabinet.jobs.runner import claim, run, run_pending
from cabinet.notify import outage, services
from cabinet.notify.models import MailOutage, OutgoingMail
from cabinet.notify.senders import MailDeferredError, MailRefusedError, MailServerAwayError, SMTPSender
from cabinet.settings import MailSettings

SENDER = "Cabinet <cabinet@example.org>"


@pytest.fixture
def module_names() -> list[str]:
    return []


class Post:
    """A mail server's handler: keeps what it took; refuses the addresses of ``refused``, and any sender where ``no_sender``."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refused: set[str] = set()
        self.no_sender = ""

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.no_sender:
            return self.no_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=default)["Subject"])
        return "250 taken"


@pytest.fixture
def post(registry, monkeypatch):
    """The site's mail server; ``post.server(up=False)`` takes it away, ``options`` are aiosmtpd's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box, running = Post(), []

    def server(*, up: bool, **options: Any) -> None:
        while running:
            running.pop().stop()
        if up:
            running.append(Controller(box, hostname="127.0.0.1", port=port, **options))
            running[0].start()

    def settings(**changes: Any) -> None:
        mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, **changes}
        known = registry.settings["cabinet.settings"]
        changed = known.model_copy(update={"mail": MailSettings(**mail)})
        monkeypatch.setitem(registry.settings, "cabinet.settings", changed)

    box.server, box.settings = server, settings
    settings()
    yield box
    server(up=False)


@pytest.fixture
def write(unit_of_work):
    """``write("a@x.ru", "b@x.ru")``: a letter to each, its number the subject."""
    numbers = itertools.count(1)

    def queue(*addresses: str) -> None:
        with unit_of_work() as request:
            for address in addresses:
                request.find_service(IMailer).queue(to=address, subject=f"{next(numbers)}", text="Hi", html="<p>Hi</p>")

    return queue


@pytest.fixture
def letters(unit_of_work):
    """(state, attempts, error) of every letter, in order."""

    def read() -> list[tuple[str, int, str]]:
        with unit_of_work() as request:
            rows = request.db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
            return [(row.state, row.attempts, row.error) for row in rows]

    return read


def away(unit_of_work) -> Any:
    with unit_of_work() as request:
        return request.find_service(IMailOutages).now()


def test_the_service_is_what_its_interface_says(unit_of_work) -> None:
    with unit_of_work() as request:
        assert verifyObject(IMailOutages, request.find_service(IMailOutages))


def live_through(registry, still_clock, *, hours: float = 1, step: int = 300) -> int:
    """Let the time pass in steps of so many seconds, with a worker at hand; how many runs there were."""
    runs = 0
    for _step in range(int(hours * 3600 / step)):
        still_clock.advance(seconds=step)
        runs += run_pending(registry, raising=False)
    return runs


def test_hours_without_the_server_costs_no_letter_and_all_leave_in_their_order(
    registry, post, write, letters, unit_of_work, still_clock
) -> None:
    write("a@x.ru", "b@x.ru", "a@x.ru", "c@x.ru")
    run_pending(registry, raising=False)
    began = away(unit_of_work)
    assert began.failures == 1
    assert "refused" in began.answer.lower()
    runs = live_through(registry, still_clock, hours=4, step=600)
    assert runs <= 4 * 6 * 4, "one tries every ten minutes, the others look whether it is time"
    assert letters() == [("queued", 0, "")] * 4, "no letter was tried, so none used a try up"
    still = away(unit_of_work)
    assert still.since == began.since
    assert still.next_try_at - still_clock.now() <= outage.LONGEST
    write("d@x.ru")
    post.server(up=True)
    live_through(registry, still_clock)
    assert post.taken == ["1", "2", "3", "4", "5"]
    assert {state for state, _attempts, _error in letters()} == {"sent"}
    assert away(unit_of_work) is None


def test_without_the_breaker_the_same_outage_ends_in_dead_letters(
    registry, post, write, letters, still_clock, monkeypatch
) -> None:
    """The control of the test before."""
    monkeypatch.setattr(services, "MailServerAwayError", type("NeverRaised", (Exception,), {}))
    write("a@x.ru")
    live_through(registry, still_clock, hours=4)
    assert [(state, attempts) for state, attempts, _error in letters()] == [("failed", 8)]


def test_one_at_a_time_tries_while_the_server_is_away(registry, post, write, unit_of_work, still_clock) -> None:
    post.server(up=False)
    write("a@x.ru", "b@x.ru", "c@x.ru")
    tries = []
    connect = SMTPSender._connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SMTPSender, "_connect", lambda self: (tries.append(still_clock.now()), connect(self))[1])
        live_through(registry, still_clock, step=15)
    assert tries == sorted(set(tries))
    gaps = [(after - before) for before, after in itertools.pairwise(tries)]
    assert all(later >= earlier for earlier, later in itertools.pairwise(gaps)), "later and later"
    assert len(tries) <= 12
    with unit_of_work() as request:
        assert len(request.db.scalars(select(MailOutage)).all()) == 1


def test_several_that_meet_the_outage_at_once_count_once(unit_of_work, still_clock) -> None:
    with unit_of_work() as request:
        seen = [request.find_service(IMailOutages).enter() for _letter in range(3)]
    for one in seen:
        with unit_of_work() as request:
            request.find_service(IMailOutages).failed(one, "no route")
    assert away(unit_of_work).failures == 1
    still_clock.advance(seconds=11)
    with unit_of_work() as request:
        outages = request.find_service(IMailOutages)
        probe = outages.enter()
        with pytest.raises(NotYetError):
            outages.enter()
    with unit_of_work() as request:
        request.find_service(IMailOutages).failed(probe, "no route")
        request.find_service(IMailOutages).failed(probe, "no route")
    assert away(unit_of_work).failures == 2


def test_a_probe_that_died_is_followed_by_another(registry, post, write, letters, unit_of_work, still_clock) -> None:
    write("a@x.ru")
    run_pending(registry, raising=False)
    still_clock.advance(seconds=11)
    with unit_of_work() as request:
        request.find_service(IMailOutages).enter()  # and its process is killed
    post.server(up=True)
    live_through(registry, still_clock)
    assert letters() == [("sent", 1, "")]


def test_a_letter_to_a_wrong_address_dies_alone_also_right_after_an_outage(
    registry, post, write, letters, unit_of_work, still_clock
) -> None:
    write("nobody@x.ru", "a@x.ru")
    run_pending(registry, raising=False)
    post.refused = {"nobody@x.ru"}
    post.server(up=True)
    live_through(registry, still_clock)
    refused, sent = letters()
    assert (refused[0], refused[1], "550 no such user here" in refused[2]) == ("failed", 1, True)
    assert sent == ("sent", 1, "")
    assert away(unit_of_work) is None


def test_a_wrong_password_holds_the_letters_and_the_right_one_sends_them(
    registry, post, write, letters, unit_of_work, still_clock
) -> None:
    def check(_server, _session, _envelope, _mechanism, given) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)

    post.settings(username="cabinet", password="wrong")
    post.server(up=True, authenticator=check, auth_require_tls=False)
    write("a@x.ru", "b@x.ru")
    live_through(registry, still_clock, hours=4, step=1800)
    assert letters() == [("queued", 0, "")] * 2
    assert "535" in away(unit_of_work).answer
    post.settings(username="cabinet", password="right")
    with unit_of_work() as request:
        request.find_service(IMailOutages).try_now()
    run_pending(registry)
    assert [state for state, _attempts, _error in letters()] == ["sent", "sent"], "without waiting for the next try"


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ("550 not your address", MailServerAwayError),
        ("530 sign in first", MailServerAwayError),
        ("552 too large", MailRefusedError),
    ],
)
def test_a_sender_that_the_server_does_not_like_is_no_letters_own_fault(registry, post, answer, raised) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, "a@x.ru", "Hi"
    message.set_content("Hi")
    post.no_sender = answer
    post.server(up=True)
    with pytest.raises(raised):
        SMTPSender(registry.settings["cabinet.settings"].mail).send(message)


def test_a_letter_that_the_server_puts_off_uses_up_its_own_tries(registry, post, write, letters, unit_of_work) -> None:
    write("a@x.ru")
    with unit_of_work() as request:
        job_id = request.db.scalars(select(Job.id)).one()
    with pytest.MonkeyPatch.context() as patch:

        def later(_self, _message) -> None:
            raise MailDeferredError("451 later")

        patch.setattr(SMTPSender, "send", later)
        run(registry, claim(registry, job_id))
    assert letters() == [("queued", 1, "451 later")]
    assert away(unit_of_work) is None


def test_the_sweep_finds_what_an_outage_held_back(registry, post, write, unit_of_work, still_clock) -> None:
    write("a@x.ru", "b@x.ru")
    run_pending(registry, raising=False)
    with unit_of_work() as request:
        assert all(job.run_at > still_clock.now() for job in request.db.scalars(select(Job)))
        request.find_service(IMailOutages).try_now()
        waiting = request.db.scalars(select(Job).order_by(Job.id)).all()
        for job in waiting:
            request.db.refresh(job)
        assert [(job.run_at, job.woken_at) for job in waiting] == [(still_clock.now(), None)] * 2
    assert timedelta(0) < outage.FIRST < outage.LONGEST
