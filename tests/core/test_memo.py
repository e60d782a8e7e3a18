"""Asked once where nothing can change the answer, each time where something may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from cabinet.db.memo import once
from cabinet.identity.models import Client
from cabinet.interfaces import IClientDirectory


def names(request: Any) -> list[str]:
    return once(request.db, "test.names", lambda: list(request.db.scalars(select(Client.name).order_by(Client.name))))


def test_a_transaction_that_only_reads_is_asked_once(unit_of_work: Any, count_queries: Any) -> None:
    with unit_of_work() as request:
        request.find_service(IClientDirectory).create(name="Birch")
    with unit_of_work(writing=False) as request, count_queries() as queries:
        assert names(request) == names(request) == ["Birch"]
    assert queries.count == 1


def test_a_transaction_that_may_write_sees_what_it_wrote(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        directory = request.find_service(IClientDirectory)
        directory.create(name="Birch")
        assert names(request) == ["Birch"]
        directory.create(name="Alder")
        assert names(request) == ["Alder", "Birch"]


def test_nothing_is_remembered_into_the_next_transaction(unit_of_work: Any) -> None:
    with unit_of_work(writing=False) as request:
        assert names(request) == []
    with unit_of_work() as request:
        request.find_service(IClientDirectory).create(name="Birch")
    with unit_of_work(writing=False) as request:
        assert names(request) == ["Birch"]


def test_what_depends_on_something_is_remembered_for_it_alone(unit_of_work: Any) -> None:
    with unit_of_work(writing=False) as request:
        assert [once(request.db, ("test.double", n), lambda n=n: n * 2) for n in (1, 2, 1)] == [2, 4, 2]


def test_a_failure_is_not_remembered(unit_of_work: Any) -> None:
    with unit_of_work(writing=False) as request:
        with pytest.raises(ZeroDivisionError):
            once(request.db, "test.failing", lambda: 1 // 0)
        assert once(request.db, "test.failing", lambda: 7) == 7
