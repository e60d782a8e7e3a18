"""The number of a request: on the error page, in the log and in the audit trail, so that one leads to the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from cabinet.audit.models import AuditEvent
from cabinet.web.requests import RequestIdFilter

pytestmark = pytest.mark.any_engine

GIVEN = "0af7651916cd43dd8448eb211c80319c"
THROUGH_PROXY = {"X-Forwarded-For": "203.0.113.9", "X-Request-ID": GIVEN}


def test_each_request_has_a_number_of_its_own(browser: Callable[[], TestApp]) -> None:
    app = browser()
    numbers = {app.get("/sign-in").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3
    assert all(len(number) >= 16 for number in numbers)


def test_audit_rows_carry_the_number_that_the_answer_told(
    person: Any, browser: Callable[[], TestApp], unit_of_work: Any
) -> None:
    person("m@x.ru", "manager")
    form = next(f for f in browser().get("/sign-in").forms.values() if "email" in f.fields)
    form["email"], form["password"] = "m@x.ru", "a phrase long enough to keep"
    answer = form.submit()
    with unit_of_work() as request:
        numbers = request.db.scalars(select(AuditEvent.request_id).where(AuditEvent.action == "core.session.started"))
        assert list(numbers) == [answer.headers["X-Request-ID"]]


def test_a_defect_is_quoted_and_logged_by_one_number(
    browser: Callable[[], TestApp], monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: Any) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("cabinet.web.forms.Form.__init__", broken)
    caplog.handler.addFilter(RequestIdFilter())
    answer = browser().get("/sign-in", expect_errors=True)
    number = answer.headers["X-Request-ID"]
    assert answer.status_int == 500
    assert answer.html.find(id="incident")["value"] == number
    [record] = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert number in record.getMessage()
    assert record.request_id == number


def test_outside_of_a_request_the_log_has_no_number() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "", (), None)
    assert RequestIdFilter().filter(record)
    assert record.request_id == "-"


def test_nobody_gives_a_number_to_a_site_without_a_proxy(browser: Callable[[], TestApp]) -> None:
    assert browser().get("/sign-in", headers=THROUGH_PROXY).headers["X-Request-ID"] != GIVEN


class TestBehindAProxy:
    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        return {"server": {"trusted_proxy": "127.0.0.1"}}

    def test_its_number_is_kept(self, browser: Callable[[], TestApp]) -> None:
        assert browser().get("/sign-in", headers=THROUGH_PROXY).headers["X-Request-ID"] == GIVEN

    @pytest.mark.parametrize("number", ["short", "x" * 41, "spaces in it", "<b>12345678</b>"])
    def test_a_number_that_is_none_is_not_taken(self, browser: Callable[[], TestApp], number: str) -> None:
        answer = browser().get("/sign-in", headers={**THROUGH_PROXY, "X-Request-ID": number})
        assert answer.headers["X-Request-ID"] != number

    def test_who_comes_past_the_proxy_gives_none(self, browser: Callable[[], TestApp]) -> None:
        assert browser().get("/sign-in", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] != GIVEN
