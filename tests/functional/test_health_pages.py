"""Health in plain words for the owner, and in one word for machines."""

from __future__ import annotations

import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from cabinet.audit.models import AuditEvent
from cabinet.db import durability
from cabinet.identity.models import User
from cabinet.interfaces import IAuditLog, IClock, IJobs
from cabinet.jobs.queue import queue_of
from cabinet.jobs.runner import run_pending
from cabinet.jobs.worker import Worker
from cabinet.plugins.contributions import HealthPart, HealthSign, JobKind
from cabinet.web import health
from cabinet.web.views import health as views

pytestmark = pytest.mark.any_engine

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def owner(person, signed_in):
    person("boss@x.ru", "owner")
    return signed_in("boss@x.ru")


@pytest.fixture
def sound(registry, unit_of_work, monkeypatch):
    """A site with nothing to complain of but its mail."""
    queue_of(registry).beat(datetime.now(UTC))
    monkeypatch.setattr(durability, "weaknesses", lambda _connection: ())  # the server of the tests waits for no disk
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100 * 2**30, 60 * 2**30, 40 * 2**30))
    with unit_of_work() as request:
        request.find_service(IAuditLog).record("core.backup.made", kind="site", public_id="site", title="b.tar.gz")


def signs(answer, wanting=True) -> dict[str, str]:
    """Title → text of the rows under one heading."""
    heading = answer.html.select_one("#h-w" if wanting else "#h-g")
    if heading is None:
        return {}
    rows = heading.find_parent("section").select(".c-hl")
    return {row.select_one(".c-t-name").get_text(strip=True): " ".join(row.get_text(" ").split()) for row in rows}


def test_a_sound_site_says_so_part_by_part(sound, owner) -> None:
    page = owner.get("/site/health")
    assert set(signs(page)) == {"Mail"}, "tests have no mail server"
    assert {"Modules", "Database", "Disk", "Worker", "Background work", "Backup", "Audit log", "People"} == set(
        signs(page, wanting=False)
    )
    assert page.html.select_one('progress[aria-label="Disk"]')["value"] == "60"


def test_no_worker_and_no_backup_are_told_with_what_to_do(owner) -> None:
    found = signs(owner.get("/site/health"))
    assert "cabinet worker" in found["Worker"]
    assert "cabinet backup" in found["Backup"]


def test_a_worker_that_fell_silent_is_told(sound, registry, owner) -> None:
    queue_of(registry).beat(datetime.now(UTC) - timedelta(minutes=5))
    assert "silent since" in signs(owner.get("/site/health"))["Worker"]


def test_a_worker_that_runs_is_seen(registry, owner) -> None:
    assert queue_of(registry).last_beat() is None
    worker = Worker(registry, threads=1)
    worker.start()
    worker.stop()
    assert "Worker" in signs(owner.get("/site/health"), wanting=False)


def test_an_old_backup_wants_attention(sound, owner, monkeypatch) -> None:
    monkeypatch.setattr(health, "OLD_BACKUP", timedelta(0))
    assert "the last one" in signs(owner.get("/site/health"))["Backup"]


def test_a_full_disk_wants_attention_and_visitors_elsewhere(sound, owner, browser, monkeypatch) -> None:
    browser().get("/health/ready", status=200)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100 * 2**30, 97 * 2**30, 3 * 2**30))
    assert "3 GB free" in signs(owner.get("/site/health"))["Disk"]
    assert "disk failed" in browser().get("/health/ready", status=503).text


def test_failed_and_late_work_want_attention(sound, registry, owner, browser, unit_of_work, monkeypatch) -> None:
    def crash(_job, _registry):
        raise RuntimeError

    contributions = registry.cabinet_contributions
    jobs = {**contributions.jobs, "test.crash": JobKind("test.crash", "Crash", crash, attempts=1)}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(contributions, jobs=jobs))
    with unit_of_work() as request:
        request.find_service(IJobs).enqueue("test.crash", {})
    run_pending(registry, raising=False)
    assert "failed: 1" in signs(owner.get("/site/health"))["Background work"]
    with unit_of_work() as request:
        late = request.find_service(IClock).now() - timedelta(minutes=20)
        request.find_service(IJobs).enqueue("test.crash", {}, run_at=late)
    assert "the oldest waits since" in signs(owner.get("/site/health"))["Queue"]
    assert "outbox failed" in browser().get("/health/ready", status=503).text


def test_records_outside_the_chain_want_attention(sound, registry, owner) -> None:
    with registry.cabinet_sessions(bind=registry.cabinet_engine) as session:
        session.info["cabinet.client_scope"] = frozenset()
        user = session.query(User).first()
        session.add(
            AuditEvent(
                at=datetime.now(UTC) - timedelta(hours=3),
                user_id=user.id,
                action="core.session.started",
                kind="user",
                object_id="x",
                digest="0" * 64,
            )
        )
        session.commit()
    assert "cabinet audit verify" in signs(owner.get("/site/health"))["Audit log"]


def test_a_module_adds_its_own_check_and_a_broken_one_is_named(sound, registry, owner, monkeypatch) -> None:
    def broken(_request):
        raise ValueError("insides")

    added = (
        HealthPart("test.fine", "Exchange", 1, lambda _request: [HealthSign("good", "Exchange", "the last at noon")]),
        HealthPart("test.broken", "Gateway", 2, broken),
    )
    contributions = registry.cabinet_contributions
    monkeypatch.setattr(registry, "cabinet_contributions", replace(contributions, health=contributions.health + added))
    owner.get("/site/health", status=500)  # development and tests hear of it at once
    settings = registry.settings["cabinet.settings"]
    lenient = settings.model_copy(update={"modules": settings.modules.model_copy(update={"on_error": "quarantine"})})
    monkeypatch.setitem(registry.settings, "cabinet.settings", lenient)
    page = owner.get("/site/health")
    assert "could not be asked" in signs(page)["Gateway"]
    assert "insides" not in page.text
    assert "the last at noon" in signs(page, wanting=False)["Exchange"]


def test_what_the_modules_own_checks_find_is_shown(sound, registry, owner) -> None:
    assert "Checks" not in owner.get("/site/health").text
    name = "core_audit_event_no_delete"
    on = " ON core_audit_event" if registry.cabinet_engine.dialect.name == "postgresql" else ""
    with registry.cabinet_engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    assert name in signs(owner.get("/site/health"))["Checks"]


def test_a_module_that_did_not_start_is_named(sound, registry, owner, monkeypatch) -> None:
    left_out = namedtuple("LeftOut", "id info")("sms", None)
    monkeypatch.setattr(registry, "cabinet_broken", (left_out,), raising=False)
    assert "sms" in signs(owner.get("/site/health"))["Modules"]


def test_a_machine_is_told_in_a_word_and_without_figures(sound, browser) -> None:
    assert browser().get("/health/ready").text == "database ok\ndisk ok\noutbox ok\n"


def test_a_database_that_is_away_is_not_ready_but_the_process_lives(browser, monkeypatch) -> None:
    def away(_request):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(views, "readiness", away)
    answer = browser().get("/health/ready", status=503)
    assert answer.text == "database failed\n"
    assert browser().get("/health/live").text == "ok\n"


def test_asking_whether_it_lives_asks_nothing_of_the_database(browser, count_queries) -> None:
    with count_queries() as queries:
        browser().get("/health/live")
    assert queries.statements == []
    with count_queries() as queries:
        browser().get("/health/ready")
    assert queries.statements, "the control: being ready does"


def test_health_is_the_owners(person, signed_in) -> None:
    person("m@x.ru", "manager")
    signed_in("m@x.ru").get("/site/health", status=403)


def test_the_report_for_support_tells_the_site_and_neither_client_nor_secret(
    registry, owner, unit_of_work, core_client, monkeypatch
) -> None:
    client = core_client("canary-client")
    settings = registry.settings["cabinet.settings"]
    loud = settings.model_copy(
        update={
            "mail": settings.mail.model_copy(update={"password": SecretStr("canary-password")}),
            "files": settings.files.model_copy(update={"url": "memory://key:canary-key@bucket"}),
        }
    )
    monkeypatch.setitem(registry.settings, "cabinet.settings", loud)
    with unit_of_work() as request:
        job = request.find_service(IJobs).enqueue("core.prune_jobs", {"text": "canary-client"}, client_id=client.id)
        job.state, job.attempts = "failed", 3
        job.error = {"code": "boom", "message": "canary-client is wrong", "details": {"incident": "INC42"}}
    answer = owner.get("/site/health/report.txt")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    text = answer.text
    assert "canary" not in text
    assert settings.secret.get_secret_value() not in text
    for told in (
        "cabinet ",
        "Python ",
        "mail.password = (set)",
        "files.url = memory://(hidden)",
        "core.prune_jobs",
        "INC42",
    ):
        assert told in text


def test_mail_that_is_not_set_up_leads_to_where_it_is(owner) -> None:
    link = owner.get("/site/health").html.select_one('a[href*="core__mail_host"]')
    assert owner.get(link["href"].partition("#")[0]).status_int == 200
