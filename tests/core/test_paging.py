"""Pages by key: nothing is lost, nothing comes twice, whatever is sorted by."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cabinet.db import PrimaryId, module_base
from cabinet.db.engine import make_engine
from cabinet.db.paging import ListQuery, contains, decode_cursor, encode_cursor, paginate

Base = module_base("pagingtest")


class Row(Base):
    __tablename__ = "pagingtest_row"
    id: Mapped[PrimaryId]
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(50))


@pytest.fixture
def session():
    engine = make_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Row.__table__])
    with Session(engine) as session:
        yield session
    engine.dispose()


def walk(session: Session, sort: str, size: int) -> list[int]:
    seen, after = [], ""
    while True:
        page = paginate(
            session,
            select(Row),
            ListQuery(sort=sort, after=after, size=size),
            sorts={"rank": Row.rank, "name": Row.name},
            default="rank",
            key=Row.id,
        )
        seen += [row.id for row in page.rows]
        if not page.more:
            return seen
        after = page.more


@given(st.lists(st.integers(0, 3), max_size=30), st.sampled_from(["rank", "-rank", "name", "-name"]), st.integers(1, 7))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_walking_the_pages_shows_every_row_once_in_order(session, ranks, sort, size) -> None:
    session.query(Row).delete()
    session.add_all(Row(rank=rank, name=str(rank)) for rank in ranks)
    session.flush()
    seen = walk(session, sort, size)
    assert len(seen) == len(set(seen)) == len(ranks)
    whole = paginate(
        session,
        select(Row),
        ListQuery(sort=sort, size=0),
        sorts={"rank": Row.rank, "name": Row.name},
        default="rank",
        key=Row.id,
    )
    assert seen == [row.id for row in whole.rows]


@given(st.text(max_size=60))
def test_a_damaged_cursor_shows_the_first_page(text) -> None:
    decode_cursor(text)


@given(st.one_of(st.integers(), st.text()), st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_cursor_comes_back_as_it_was(value, key) -> None:
    assert decode_cursor(encode_cursor(value, key)) == (value, key)


def test_an_unknown_sort_is_the_default_one(session) -> None:
    session.add_all([Row(rank=2, name="a"), Row(rank=1, name="b")])
    session.flush()
    assert walk(session, "password_hash", 10) == walk(session, "rank", 10)


def test_a_page_and_the_count_of_all_rows_are_one_statement(session) -> None:
    session.add_all(Row(rank=n, name="x") for n in range(5))
    session.flush()
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    page = paginate(session, select(Row), ListQuery(size=2), sorts={"rank": Row.rank}, default="rank", key=Row.id)
    assert (len(page.rows), page.count) == (2, 5)
    assert len(asked) == 1, asked


def test_the_count_is_told_past_the_last_row_too(session) -> None:
    session.add_all(Row(rank=n, name="x") for n in range(3))
    session.flush()
    query = ListQuery(after=encode_cursor(99, 99))
    page = paginate(session, select(Row), query, sorts={"rank": Row.rank}, default="rank", key=Row.id)
    assert (page.rows, page.count, page.more) == ([], 3, "")


def test_the_count_is_capped(session, monkeypatch) -> None:
    monkeypatch.setattr("cabinet.db.paging.COUNT_CAP", 3)
    session.add_all(Row(rank=n, name="x") for n in range(7))
    session.flush()
    page = paginate(session, select(Row), ListQuery(size=2), sorts={"rank": Row.rank}, default="rank", key=Row.id)
    assert page.count == 4


def test_wildcards_of_a_search_are_taken_literally(session) -> None:
    session.add_all([Row(rank=1, name="50% off"), Row(rank=2, name="500 off")])
    session.flush()
    assert [r.name for r in session.scalars(select(Row).where(contains(Row.name, "50%")))] == ["50% off"]


@pytest.mark.parametrize("search", ["ёлка", "ЁЛКА", "елка", "Елка"])
def test_a_search_minds_neither_case_nor_yo_of_any_alphabet(session, search) -> None:
    session.add_all([Row(rank=1, name="ООО «Ёлка»"), Row(rank=2, name="ООО «Ель»")])
    session.flush()
    assert [r.rank for r in session.scalars(select(Row).where(contains(Row.name, search)))] == [1]


@pytest.mark.parametrize("sort", ["rank", "name"])
@pytest.mark.parametrize(
    "place",
    [
        '["x", 1]',
        "[null, 1]",
        "[1, 1e400]",
        f"[1, {10**30}]",
        f"[{10**30}, 1]",
        '["\\u0000", 1]',
        '["\\ud800", 1]',
        "[[1], 1]",
        '[{"a": 1}, true]',
        '["1", "1"]',
        '{"a": 1}',
        "[" * 5000,
        "[NaN, 1]",
        "[1, 1, 1]",
    ],
)
def test_a_cursor_that_we_never_made_breaks_nothing(session, sort, place) -> None:
    import base64

    session.add(Row(rank=1, name="a"))
    session.flush()
    query = ListQuery(sort=sort, after=base64.urlsafe_b64encode(place.encode()).decode())
    paginate(session, select(Row), query, sorts={"rank": Row.rank, "name": Row.name}, default="rank", key=Row.id)
