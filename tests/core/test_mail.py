import asyncio
import smtplib
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select
from zope.interface.verify import verifyObject

from cabinet.errors import ConflictError
from cabinet.identity.models import Client
from cabinet.interfaces import IFileStore, IJobs, IMailer, IMailSender
from cabinet.jobs.models import Job
from cabinet.jobs.runner import claim, run, run_pending
from cabinet.jobs.worker import sweep
from cabinet.notify.fakes import FakeSender
from cabinet.notify.mail import render_mail
from cabinet.notify.models import OutgoingMail
from cabinet.notify.senders import (
    MailDeferredError,
    MailNotConfiguredError,
    MailRefusedError,
    NullSender,
    SMTPSender,
)
from cabinet.notify.services import MailAddressError, MailHeaderError, check_address
from cabinet.settings import MailSettings

SENDER = "Кабинет <cabinet@example.org>"
LETTER = {"to": "anna@example.org", "subject": "Счёт № 7", "text": "Здравствуйте!\n", "html": "<p>Здравствуйте!</p>"}


class Mailbox:
    """A handler of aiosmtpd that answers as told: each entry of ``answers`` serves one letter, then all is well."""

    def __init__(self, answers=()):
        self.answers = list(answers)
        self.letters = []
        self.bytes = []
        self.server = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "take"
        if answer == "drop":
            server.transport.abort()
            return "250 never heard"
        if answer != "take" and not answer.startswith("take "):
            return answer
        self.bytes.append(envelope.content)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def smtp():
    """``smtp(*answers)`` starts a server and returns (settings for it, its mailbox)."""
    running = []

    def start(*answers, **options):
        box = Mailbox(answers)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return MailSettings(host="127.0.0.1", port=port, security="none", sender=SENDER), box

    yield start
    for controller in running:
        controller.stop()


def letter(**headers):
    message = EmailMessage()
    for name, value in {"From": "a@example.org", "To": "b@example.org", "Subject": "Hi", **headers}.items():
        message[name] = value
    message.set_content("Hi")
    return message


@pytest.fixture
def sender(registry, monkeypatch):
    """Let the site send through a fake; its errors can be set."""
    fake = FakeSender()
    monkeypatch.setattr(registry, "cabinet_mail_sender", fake, raising=False)
    monkeypatch.setitem(
        registry.settings,
        "cabinet.settings",
        registry.settings["cabinet.settings"].model_copy(update={"mail": MailSettings(host="mail", sender=SENDER)}),
    )
    return fake


@pytest.fixture
def post(unit_of_work):
    def queue(**changes):
        with unit_of_work() as request:
            return request.find_service(IMailer).queue(**{**LETTER, **changes})

    return queue


@pytest.fixture
def row(unit_of_work):
    def find(mail):
        with unit_of_work() as request:
            return request.db.scalars(select(OutgoingMail).where(OutgoingMail.id == mail.id)).one()

    return find


@pytest.fixture
def hurry(unit_of_work):
    """Let jobs that wait for another try be due now."""

    def now():
        with unit_of_work() as request:
            for job in request.db.scalars(select(Job)):
                job.run_at = datetime.now(UTC) - timedelta(seconds=1)

    return now


@pytest.mark.parametrize("way", [NullSender(), FakeSender(), SMTPSender(MailSettings(host="h", sender="a@b"))])
def test_every_way_out_looks_the_same(way):
    assert verifyObject(IMailSender, way)


def test_a_site_without_a_mail_server_says_so(unit_of_work):
    with unit_of_work() as request:
        mailer = request.find_service(IMailer)
        verifyObject(IMailer, mailer)
        assert mailer.configured is False
        with pytest.raises(MailNotConfiguredError, match="mail server"):
            mailer.queue(**LETTER)
    with pytest.raises(MailNotConfiguredError):
        NullSender().send(letter())


def test_a_mail_server_without_a_sender_is_a_mistake_in_the_settings():
    with pytest.raises(ValidationError, match="sender"):
        MailSettings(host="smtp.example.org")


def test_a_letter_leaves_after_the_commit_and_shows_that_it_did(registry, unit_of_work, sender, post, row):
    mail = post(about_kind="finsystem.invoice", about_id="42")
    assert (row(mail).state, sender.sent) == ("queued", [])
    run_pending(registry)
    (sent,) = sender.sent
    assert (sent["To"], sent["Subject"], sent["Message-ID"]) == ("anna@example.org", "Счёт № 7", mail.message_id)
    assert sent["From"] == SENDER
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent.get_body(("plain",)).get_content().strip() == "Здравствуйте!"
    assert "<p>Здравствуйте!</p>" in sent.get_body(("html",)).get_content()
    with unit_of_work() as request:
        (shown,) = request.find_service(IMailer).about("finsystem.invoice", 42)
    assert (shown.state, shown.attempts, shown.error) == ("sent", 1, "")
    assert shown.sent_at is not None


def test_a_rolled_back_act_sends_nothing(registry, unit_of_work, sender):
    def vetoed():
        with unit_of_work() as request:
            request.find_service(IMailer).queue(**LETTER)
            raise RuntimeError("veto")

    with pytest.raises(RuntimeError, match="veto"):
        vetoed()
    run_pending(registry)
    assert sender.sent == []


def test_stored_files_travel_as_attachments(registry, unit_of_work, sender):
    with unit_of_work() as request:
        stored = request.find_service(IFileStore).put(
            b"%PDF-1.7", name="Счёт 7.pdf", media_type="application/pdf", module="test"
        )
        request.find_service(IMailer).queue(**LETTER, attachments=[stored])
    run_pending(registry)
    (part,) = sender.sent[0].iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "Счёт 7.pdf",
        "application/pdf",
        b"%PDF-1.7",
    )


def test_a_file_of_another_client_never_leaves(registry, unit_of_work, sender, row):
    with unit_of_work() as request:
        clients = [Client(name=name, external_id=name, created_at=datetime.now(UTC)) for name in ("a", "b")]
        request.db.add_all(clients)
        request.db.flush()
        stored = request.find_service(IFileStore).put(
            b"secret", name="b", media_type="text/plain", module="test", client_id=clients[1].id
        )
        mail = request.find_service(IMailer).queue(**LETTER, client_id=clients[0].id, attachments=[stored])
    run_pending(registry, raising=False)
    assert sender.sent == []
    assert row(mail).state == "failed"


def test_a_server_that_asks_to_come_again_gets_the_same_letter_later(registry, sender, post, row, hurry):
    sender.errors = [MailDeferredError("451 try later"), MailDeferredError("421 busy")]
    mail = post()
    run_pending(registry, raising=False)
    assert (row(mail).state, row(mail).error) == ("queued", "451 try later")
    for _try in range(2):
        hurry()
        run_pending(registry, raising=False)
    assert (row(mail).state, row(mail).attempts, row(mail).error) == ("sent", 3, "")
    assert [sent["Message-ID"] for sent in sender.sent] == [mail.message_id]


def test_a_refused_letter_fails_at_once_and_can_be_tried_again(registry, unit_of_work, sender, post, row):
    sender.errors = [MailRefusedError("mail_refused", "550 no such user")]
    mail = post()
    with pytest.raises(MailRefusedError):
        run_pending(registry)
    assert (row(mail).state, row(mail).error) == ("failed", "550 no such user")
    with unit_of_work() as request:
        request.find_service(IMailer).retry(request.db.get(OutgoingMail, mail.id))
    run_pending(registry)
    assert row(mail).state == "sent"
    with unit_of_work() as request, pytest.raises(ConflictError):
        request.find_service(IMailer).retry(request.db.get(OutgoingMail, mail.id))


def test_a_letter_nobody_takes_is_given_up_in_the_end(registry, sender, post, row, hurry):
    sender.errors = [MailDeferredError("no route")] * 20
    mail = post()
    for _try in range(8):
        run_pending(registry, raising=False)
        hurry()
    assert run_pending(registry) == 0
    assert (row(mail).state, row(mail).attempts, row(mail).error) == ("failed", 8, "no route")


def test_a_letter_whose_work_was_called_off_has_failed_and_holds_up_no_other(registry, unit_of_work, sender, post, row):
    first, second = post(), post(subject="The second")
    with unit_of_work() as request:
        request.find_service(IJobs).cancel(request.db.scalars(select(Job).order_by(Job.id)).first())
    run_pending(registry)
    assert [sent["Subject"] for sent in sender.sent] == ["The second"]
    assert (row(first).state, row(second).state) == ("failed", "sent")
    with unit_of_work() as request:
        request.find_service(IMailer).retry(request.db.get(OutgoingMail, first.id))
    run_pending(registry)
    assert row(first).state == "sent"


def test_a_sender_killed_after_the_servers_word_sends_the_same_letter_once_more(
    registry, unit_of_work, sender, post, row, monkeypatch
):
    """The one case where a letter goes twice: its Message-ID tells the receiver that it is one."""
    mail = post()
    with unit_of_work() as request:
        job_id = request.db.scalars(select(Job.id)).one()
    handle = claim(registry, job_id)

    def killed(*_arguments):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("cabinet.notify.services.Mailer.mark_sent", killed)
        patch.setattr("cabinet.jobs.runner.end", lambda *_a, **_k: None)  # kill -9 writes nothing down
        with pytest.raises(SystemExit):
            run(registry, handle)
    with unit_of_work() as request:
        request.db.get(Job, job_id).lease_until = datetime.now(UTC) - timedelta(seconds=1)
    sweep(registry)
    run_pending(registry)
    assert row(mail).state == "sent"
    assert [sent["Message-ID"] for sent in sender.sent] == [mail.message_id] * 2


@pytest.mark.parametrize("subject", ["Hi\r\nBcc: all@example.org", "a\nb", "a\x00b", "a\u2028b", "a\x85b"])
def test_a_subject_that_smuggles_headers_is_refused(unit_of_work, sender, subject):
    with unit_of_work() as request, pytest.raises(MailHeaderError):
        request.find_service(IMailer).queue(**{**LETTER, "subject": subject})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("anna@example.org", "anna@example.org"),
        (" Anna.B+x@Example.ORG ", "Anna.B+x@example.org"),
        ("anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_an_address_of_one_mailbox_is_accepted(text, address):
    assert check_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@example.org",
        "anna@",
        "a b@example.org",
        "a@example.org, b@example.org",
        "Anna <a@example.org>",
        "a@example.org\r\nRCPT TO:<b@example.org>",
        "a@b@c.org",
        '"a b"@example.org',
        "анна@example.org",
        "a@-example.org",
        "a@" + "x" * 300 + ".org",
    ],
)
def test_what_is_not_one_mailbox_is_refused(text):
    with pytest.raises(MailAddressError):
        check_address(text)


@given(st.text(max_size=80))
def test_whatever_is_accepted_as_an_address_is_plain(text):
    try:
        address = check_address(text)
    except MailAddressError:
        return
    assert address.isascii()
    assert address.count("@") == 1
    assert not set(address) & set(' ,;<>"\\\r\n\t\x00')


def test_a_letter_reaches_a_real_server_whole(registry, unit_of_work, smtp, monkeypatch):
    settings, box = smtp()
    changed = registry.settings["cabinet.settings"].model_copy(update={"mail": settings})
    monkeypatch.setitem(registry.settings, "cabinet.settings", changed)
    with unit_of_work() as request:
        request.find_service(IMailer).queue(**LETTER)
    run_pending(registry)
    (got,) = box.letters
    assert (got["subject"], got["from"], got["to"]) == ("Счёт № 7", SENDER, "anna@example.org")
    assert got.get_body(("plain",)).get_content().strip() == "Здравствуйте!"


@pytest.mark.parametrize(
    "text",
    [
        "Запись для вас: Договор займа <b>№ 5</b>",
        "Очень длинное имя сайта для наших клиентов и друзей, а также коллег",
        "Общество с ограниченной ответственностью «Научно-производственное объединение климат № 5» (офис)",
        "Счёт СЧ-2026-00815 на 42 350,50 ₽",
    ],
)
def test_no_space_of_a_header_is_lost_or_won_on_the_way(registry, unit_of_work, smtp, monkeypatch, text):
    settings, box = smtp()
    settings = settings.model_copy(update={"sender": str(Address(display_name=text, addr_spec="cabinet@example.org"))})
    changed = registry.settings["cabinet.settings"].model_copy(update={"mail": settings})
    monkeypatch.setitem(registry.settings, "cabinet.settings", changed)
    with unit_of_work() as request:
        request.find_service(IMailer).queue(**{**LETTER, "subject": text})
    run_pending(registry)
    # Read by the older parser: the newer one puts spaces of its own into long names.
    headers = message_from_bytes(box.bytes[0])
    assert str(make_header(decode_header(headers["Subject"]))) == text
    assert str(make_header(decode_header(headers["From"]))) == f"{text} <cabinet@example.org>"


@pytest.mark.parametrize("answer", ["451 later", "rcpt 450 greylisted", "421 closing", "drop"])
def test_an_accident_of_the_server_is_worth_another_try(smtp, answer):
    settings, box = smtp(answer)
    with pytest.raises(MailDeferredError):
        SMTPSender(settings).send(letter())
    SMTPSender(settings).send(letter())
    assert len(box.letters) == 1


@pytest.mark.parametrize("answer", ["554 spam", "rcpt 550 no such user"])
def test_a_final_no_of_the_server_is_final(smtp, answer):
    settings, box = smtp(answer)
    with pytest.raises(MailRefusedError) as caught:
        SMTPSender(settings).send(letter())
    assert answer.removeprefix("rcpt ") in str(caught.value)
    assert box.letters == []


def test_a_server_that_hangs_up_after_taking_a_letter_has_taken_it(smtp, monkeypatch):
    def rude(_self):
        raise smtplib.SMTPServerDisconnected("bye")

    monkeypatch.setattr(smtplib.SMTP, "quit", rude)
    settings, box = smtp()
    SMTPSender(settings).send(letter())
    assert len(box.letters) == 1


def test_no_server_at_all_is_an_accident(smtp):
    with pytest.raises(MailDeferredError):
        SMTPSender(MailSettings(host="127.0.0.1", port=1, security="none", sender=SENDER)).send(letter())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_refused_and_one_that_is_trusted_serves(
    smtp, certificate, security, monkeypatch
):
    context, path = certificate
    options = {"tls_context": context} if security == "starttls" else {"ssl_context": context}
    settings, box = smtp(**options)
    secured = settings.model_copy(update={"security": security})
    with pytest.raises(MailDeferredError, match=r"(?i)certificate"):
        SMTPSender(secured).send(letter())
    assert box.letters == []
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    SMTPSender(secured).send(letter())
    assert len(box.letters) == 1


def test_a_server_without_tls_gets_nothing_where_tls_is_wanted(smtp):
    settings, box = smtp()
    with pytest.raises(MailDeferredError):
        SMTPSender(settings.model_copy(update={"security": "starttls"})).send(letter())
    assert box.letters == []


def test_a_slow_server_does_not_hold_a_worker_for_ever(smtp, monkeypatch):
    monkeypatch.setattr("cabinet.notify.senders._TIMEOUT_SECONDS", 0.3)

    settings, box = smtp()

    given_up = threading.Event()

    async def never(*_arguments):
        # Answers only when the sender has given up, or when this test would hang for ever.
        for _waiting in range(600):
            if given_up.is_set():
                break
            await asyncio.sleep(0.1)
        return "250 at last"

    monkeypatch.setattr(box, "handle_DATA", never)
    try:
        with pytest.raises(MailDeferredError):
            SMTPSender(settings).send(letter())
    finally:
        given_up.set()


@pytest.mark.parametrize("name", ["invite", "reset"])
def test_a_letter_has_a_subject_a_text_and_says_why_it_came(unit_of_work, name):
    with unit_of_work() as request:
        facts = {"name": "A <b>", "staff": False, "url": "http://x/go/1"}
        written = render_mail(request, f"cabinet:templates/mail/{name}", "en", facts)
    assert written.subject.endswith("Test")
    assert "\n" not in written.subject
    assert "A <b>" in written.text
    assert "A &lt;b&gt;" in written.html
    assert "http://x/go/1" in written.text
    assert "You got this letter because" in written.text
    assert "<" not in written.text.replace("A <b>", "")
    assert "\n\n\n" not in written.text
