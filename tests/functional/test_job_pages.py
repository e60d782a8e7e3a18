"""Background work on screen: the owner sees all of it, a person his own, nobody reads what belongs to a client."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from cabinet.errors import ConflictError
from cabinet.interfaces import IClock, IJobs
from cabinet.jobs.models import Job
from cabinet.jobs.runner import claim, run_pending
from cabinet.plugins.contributions import JobKind
from cabinet.texts import _


class BrokenError(Exception):
    """What a defect raises."""


@pytest.fixture
def kinds(registry, monkeypatch):
    """Kinds of work: one that ends, one that breaks a rule, one with a defect, one of the site itself."""

    def refuse(_job, _registry):
        raise ConflictError("no_such_thing", _("Page not found"))

    def crash(_job, _registry):
        raise BrokenError("secret insides")

    added = [
        JobKind("test.ok", "Good work", lambda _job, _registry: None, page=lambda _request, _job: "/office/the-result"),
        JobKind("test.refused", "Refused work", refuse, attempts=1),
        JobKind("test.crash", "Broken work", crash, attempts=1),
        JobKind("test.site", "Site's own work", lambda _job, _registry: None, own=False),
    ]
    contributions = registry.cabinet_contributions
    jobs = {**contributions.jobs, **{kind.name: kind for kind in added}}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(contributions, jobs=jobs))


@pytest.fixture
def enqueue(kinds, unit_of_work):
    from cabinet.origin import act_for

    def record(kind, *, by=None, **options):
        with unit_of_work() as request:
            act_for(request, by.id if by else None)
            return request.find_service(IJobs).enqueue(kind, {}, **options)

    return record


@pytest.fixture
def owner(person, signed_in):
    person("boss@x.ru", "owner")
    return signed_in("boss@x.ru")


def rows(answer) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in answer.html.select("tbody tr")]


def act(page, words):
    """Press the button called ``words``."""
    return next(f for f in page.forms.values() if words in f.text).submit()


def test_the_owner_sees_why_work_failed_with_its_code_and_starts_it_again(
    registry, enqueue, owner, unit_of_work
) -> None:
    enqueue("test.refused")
    job = enqueue("test.crash")
    run_pending(registry, raising=False)
    page = owner.get("/site/jobs?state=failed")
    refused, crashed = next(r for r in rows(page) if "Refused" in r), next(r for r in rows(page) if "Broken" in r)
    assert "Page not found" in refused
    assert "no_such_thing" in refused
    assert job.public_id.hex[:8] in crashed
    assert "BrokenError: secret insides" in crashed, "the trace is for the owner"
    act(page, "Start again").follow()
    assert sorted("Waits" in row for row in rows(owner.get("/site/jobs"))) == [False, True]
    assert run_pending(registry, raising=False) == 1
    assert "Background work started again" in owner.get("/site/audit").text


def test_waiting_work_is_called_off_and_running_work_is_not(registry, enqueue, owner) -> None:
    job = enqueue("test.ok")
    page = owner.get("/site/jobs")
    claim(registry, job.id)
    act(page, "Call off").follow()
    assert "Runs" in rows(owner.get("/site/jobs"))[0]
    waiting = enqueue("test.ok")
    act(owner.get("/site/jobs"), "Call off").follow()
    (row,) = (r for r in rows(owner.get("/site/jobs")) if "Called off" in r)
    assert "Good work" in row
    assert claim(registry, waiting.id) is None


def test_the_page_asks_again_only_while_something_goes_on(registry, enqueue, owner) -> None:
    enqueue("test.ok")
    assert owner.get("/site/jobs").html.select("#jobs[hx-get]")
    run_pending(registry)
    assert not owner.get("/site/jobs").html.select("#jobs[hx-get]")


def test_progress_of_running_work_is_shown(registry, enqueue, owner) -> None:
    job = enqueue("test.ok")
    claim(registry, job.id).progress(3, 10)
    page = owner.get("/site/jobs")
    assert "3 / 10" in rows(page)[0]
    assert page.html.select_one("progress")["value"] == "3"


def test_long_work_tells_how_long_it_will_take_yet_once_its_pace_is_known(
    registry, enqueue, person, signed_in, unit_of_work
) -> None:
    maria = person("maria@x.ru", "manager")
    job = enqueue("test.ok", by=maria)
    handle = claim(registry, job.id)
    handle.progress(3, 10)
    app = signed_in("maria@x.ru")
    page = f"/office/jobs/{job.public_id.hex}"
    assert "left" not in app.get(page).html.select_one(".c-job").text, "a moment tells nothing"
    for ago, told in (
        (30, "3 / 10 · about 2 minutes left"),
        (12, "3 / 10 · about 2. seconds left|about 3. seconds left"),
    ):
        with unit_of_work() as request:
            started = request.find_service(IClock).now() - timedelta(seconds=ago)
            request.db.execute(update(Job).where(Job.id == job.id).values(started_at=started))
        assert re.search(told, app.get(page).html.select_one(".c-job").text)


def test_why_a_clients_work_failed_is_not_told_to_the_owner_alone(
    registry, enqueue, owner, core_client, person, signed_in
) -> None:
    client = core_client("ООО «Секрет»")
    enqueue("test.refused", client_id=client.id)
    run_pending(registry, raising=False)
    assert "Page not found" not in rows(owner.get("/site/jobs"))[0]
    person("both@x.ru", "owner", "head")
    assert "Page not found" in rows(signed_in("both@x.ru").get("/site/jobs"))[0]


def test_work_that_waits_already_is_not_queued_twice(registry, enqueue, unit_of_work) -> None:
    first = enqueue("test.refused", unique_key="one")
    run_pending(registry, raising=False)
    enqueue("test.refused", unique_key="one")
    with unit_of_work() as request:
        jobs = request.find_service(IJobs)
        failed, waiting = jobs.get(first.id), jobs.recent()[0]
        with pytest.raises(ConflictError, match="waiting"):
            jobs.retry(failed)
        with pytest.raises(ConflictError, match="failed or was called off"):
            jobs.retry(waiting)


def test_a_person_finds_his_own_work_and_nobody_elses(registry, enqueue, person, signed_in) -> None:
    me, other = person("m@x.ru", "manager"), person("n@x.ru", "manager")
    enqueue("test.ok", by=me)
    enqueue("test.site", by=me)
    enqueue("test.refused", by=other)
    app = signed_in("m@x.ru")
    assert "Waits" in rows(app.get("/office/jobs"))[0]
    run_pending(registry, raising=False)
    page = app.get("/office/jobs")
    assert len(rows(page)) == 1
    assert "Good work" in rows(page)[0]
    assert page.html.select_one('a[href="/office/the-result"]') is not None
    failed = rows(signed_in("n@x.ru").get("/office/jobs"))
    assert len(failed) == 1
    assert "Page not found" in failed[0]


def test_nobody_but_the_owner_manages_background_work(registry, enqueue, person, signed_in) -> None:
    job = enqueue("test.ok")
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    app.get("/site/jobs", status=403)
    token = next(f for f in app.get("/account").forms.values() if "csrf_token" in f.fields)["csrf_token"].value
    app.post(f"/site/jobs/{job.public_id.hex}/cancel", {"csrf_token": token}, status=403)
    app.post(f"/site/jobs/{job.public_id.hex}/retry", {"csrf_token": token}, status=403)
    assert claim(registry, job.id) is not None, "it still waits"


def test_work_that_does_not_exist_is_not_found(owner) -> None:
    token = next(f for f in owner.get("/account").forms.values() if "csrf_token" in f.fields)["csrf_token"].value
    owner.post(f"/site/jobs/{'0' * 32}/retry", {"csrf_token": token}, status=404)


def test_work_of_a_module_that_is_gone_has_no_page_any_more(enqueue, person, signed_in, registry, monkeypatch) -> None:
    job = enqueue("test.ok", by=person("anna@x.ru", "manager"))
    anna, path = signed_in("anna@x.ru"), f"/office/jobs/{job.public_id.hex}"
    anna.get(path)
    left = {name: kind for name, kind in registry.cabinet_contributions.jobs.items() if name != "test.ok"}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(registry.cabinet_contributions, jobs=left))
    anna.get(path, status=404)
