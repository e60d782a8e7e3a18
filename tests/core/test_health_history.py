"""How the site was during the last day: noted every quarter of an hour, drawn hour by hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from zope.interface.verify import verifyObject

from cabinet.clock import FakeClock
from cabinet.history.models import HealthSample
from cabinet.history.services import HOURS, HealthHistory
from cabinet.interfaces import IHealthHistory, IJobs
from cabinet.jobs.runner import run_pending
from cabinet.testing.matrix import contents

NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)


@pytest.fixture
def module_names() -> list[str]:
    return []


@pytest.fixture
def note(unit_of_work) -> Any:
    """``note(timedelta(hours=2), mail="bad")``: what was seen so long before ``NOON``."""

    def keep(before: timedelta, **tones: str) -> None:
        with unit_of_work() as request:
            HealthHistory(request.db, FakeClock(NOON - before)).note(tones)

    return keep


def day_of(unit_of_work, part: str) -> list[str]:
    with unit_of_work() as request:
        return [hour.tone for hour in HealthHistory(request.db, FakeClock(NOON)).last_day().of(part)]


def test_the_service_is_what_its_interface_says(unit_of_work) -> None:
    with unit_of_work() as request:
        assert verifyObject(IHealthHistory, request.find_service(IHealthHistory))


def test_of_an_hour_the_worst_counts_and_where_nobody_looked_nothing_is_claimed(note, unit_of_work) -> None:
    note(timedelta(hours=2), mail="good", disk="good")
    note(timedelta(hours=2, minutes=-15), mail="bad", disk="good")
    note(timedelta(hours=2, minutes=-30), mail="warn", disk="warn")
    note(timedelta(minutes=5), mail="good")
    assert day_of(unit_of_work, "mail") == [""] * (HOURS - 3) + ["bad", "", "good"]
    assert day_of(unit_of_work, "disk") == [""] * (HOURS - 3) + ["warn", "", "good"]
    with unit_of_work() as request:
        day = HealthHistory(request.db, FakeClock(NOON)).last_day()
        assert day.known
        assert [hour.begins for hour in day.of("mail")][-1] == NOON.replace(minute=0)


def test_what_is_older_than_a_day_is_forgotten(note, unit_of_work) -> None:
    note(timedelta(hours=26), mail="bad")
    note(timedelta(hours=24), mail="bad")
    note(timedelta())
    with unit_of_work() as request:
        assert len(request.db.scalars(select(HealthSample)).all()) == 2
    assert "bad" not in day_of(unit_of_work, "mail"), "that hour is not of the last twenty-four"


def test_a_job_notes_what_the_page_shows_and_the_page_notes_nothing(
    registry, unit_of_work, person, signed_in, monkeypatch
) -> None:
    person("boss@x.ru", "owner")
    owner = signed_in("boss@x.ru")
    page = owner.get("/site/health")
    assert page.html.select(".c-day") == []
    assert "how the day went will be drawn here from now on" in page
    with unit_of_work() as request:
        request.find_service(IJobs).enqueue("core.sample_health", {})
    run_pending(registry)
    with unit_of_work() as request:
        (sample,) = request.db.scalars(select(HealthSample))
        assert sample.tones["core.mail"] == "warn", "tests have no mail server"
        assert "core.people" not in sample.tones
        assert "core.database" not in sample.tones, "who writes can ask where the tables stand"
    before = contents(registry)
    page = owner.get("/site/health")
    assert contents(registry) == before
    rows = {row.select_one(".c-t-name").text: row for row in page.html.select(".c-hl")}
    assert "1 hour with trouble" in rows["Mail"].select_one(".c-day")["aria-label"]
    assert "no trouble" in rows["People"].select_one(".c-day")["aria-label"]
    assert len(rows["People"].select("rect")) == HOURS
    assert rows["Disk"].select_one(".c-day") is None, "how full it is, is drawn there"


def test_the_list_of_background_work_does_not_fill_up_with_it(registry, unit_of_work, still_clock) -> None:
    for _quarter in range(8):
        with unit_of_work() as request:
            request.find_service(IJobs).enqueue("core.sample_health", {})
        run_pending(registry)
        still_clock.advance(minutes=15)
    with unit_of_work() as request:
        assert len(request.find_service(IJobs).recent()) == 5
        assert len(request.db.scalars(select(HealthSample)).all()) == 8
