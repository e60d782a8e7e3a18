"""A person has two files written for him at a time; others are not kept waiting by it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from webtest import TestApp

from cabinet.web import exports, listing

LIST = "/office/clients?export=csv"


def at_once(apps: list[TestApp], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Statuses of exports that all begin before any of those that are let through is done."""
    enough, begun, statuses = threading.Event(), [], []
    write = listing.write_csv

    def slow(*args: Any) -> bytes:
        begun.append(1)
        assert enough.wait(60)
        return write(*args)

    monkeypatch.setattr(listing, "write_csv", slow)

    def ask(app: TestApp) -> None:
        statuses.append(app.get(LIST, expect_errors=True).status_int)

    threads = [threading.Thread(target=ask, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    try:
        for _look in range(6_000):
            if len(begun) + len(statuses) == len(apps):
                break
            enough.wait(0.01)
    finally:
        enough.set()
        for thread in threads:
            thread.join()
    monkeypatch.setattr(listing, "write_csv", write)
    return sorted(statuses)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_person_has_two_files_written_at_a_time_and_nobody_else_waits(
    person: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("one@x.ru", "manager")
    person("two@x.ru", "manager")
    own = [signed_in("one@x.ru") for _n in range(4)]
    other = signed_in("two@x.ru")
    own[0].get(
        "/office/nosuch", status=404
    )  # the page of refusals is compiled: by several threads at once Python cannot always
    assert at_once([*own, other], monkeypatch) == [200, 200, 200, 429, 429]
    assert own[0].get(LIST).status_int == 200, "who was done is counted no more"
    monkeypatch.setattr(exports, "AT_ONCE", 100)
    assert at_once(own, monkeypatch) == [200] * 4, "the control"
