"""Client scope: what a session of one client can neither read nor write."""

import datetime

import pytest
from sqlalchemy import String, create_engine, func, select
from sqlalchemy.orm import Mapped, mapped_column, sessionmaker

from cabinet.db import ALL, ClientOwned, PrimaryId, module_base, set_scope
from cabinet.db.bulk import insert_rows
from cabinet.db.paging import ListQuery, paginate
from cabinet.db.scope import install_scope
from cabinet.errors import ScopeError
from cabinet.identity import models as identity

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
Base = module_base("scopetest")


class Note(ClientOwned, Base):
    __tablename__ = "scopetest_note"
    id: Mapped[PrimaryId]
    text: Mapped[str] = mapped_column(String(50))


@pytest.fixture
def sessions():
    engine = create_engine("sqlite://")
    tables = [identity.User.__table__, identity.Client.__table__, Note.__table__]
    Base.metadata.create_all(engine, tables=tables)
    factory = sessionmaker(engine)
    install_scope(factory)
    with factory() as session:
        set_scope(session, ALL)
        session.add_all([Note(client_id=1, text="of one"), Note(client_id=2, text="of two")])
        session.commit()
    yield factory
    engine.dispose()


def test_a_query_without_a_scope_is_an_error(sessions) -> None:
    with sessions() as session, pytest.raises(ScopeError):
        session.scalars(select(Note)).all()


def test_a_client_sees_only_his_rows_by_list_by_key_and_by_count(sessions) -> None:
    with sessions() as session:
        set_scope(session, {1})
        assert [n.text for n in session.scalars(select(Note))] == ["of one"]
        assert session.get(Note, 2) is None
        assert session.scalar(select(func.count()).select_from(Note)) == 1
        assert session.scalars(select(Note.text)).all() == ["of one"]


def test_the_count_of_a_page_is_of_his_rows_only(sessions) -> None:
    with sessions() as session:
        set_scope(session, {1})
        page = paginate(session, select(Note), ListQuery(), sorts={"text": Note.text}, default="text", key=Note.id)
        assert ([note.text for note in page.rows], page.count) == (["of one"], 1)


def test_a_query_inside_a_query_sees_his_rows_only(sessions) -> None:
    with sessions() as session:
        session.add(identity.Client(id=1, external_id="1", name="One", created_at=NOW))
        session.add(identity.Client(id=2, external_id="2", name="Two", created_at=NOW))
        set_scope(session, {1})
        session.flush()
        notes = select(func.count()).where(Note.client_id == identity.Client.id).correlate(identity.Client)
        rows = session.execute(select(identity.Client.name, notes.scalar_subquery()).order_by(identity.Client.id))
        assert rows.all() == [("One", 1), ("Two", 0)]


def test_an_empty_scope_sees_nothing(sessions) -> None:
    with sessions() as session:
        set_scope(session, frozenset())
        assert session.scalars(select(Note)).all() == []


def test_a_row_of_another_client_cannot_be_written(sessions) -> None:
    with sessions() as session:
        set_scope(session, {1})
        session.add(Note(client_id=2, text="planted"))
        with pytest.raises(ScopeError):
            session.flush()


def test_a_bulk_write_outside_the_scope_is_refused(sessions) -> None:
    with sessions() as session:
        set_scope(session, {1})
        with pytest.raises(ScopeError):
            insert_rows(session, Note.__table__, [{"client_id": 2, "text": "planted"}])


def test_an_orm_update_and_delete_touch_only_the_scope(sessions) -> None:
    from sqlalchemy import delete, update

    with sessions() as session:
        set_scope(session, {1})
        session.execute(update(Note).values(text="changed"))
        session.execute(delete(Note).where(Note.id == 2))
        session.commit()
    with sessions() as session:
        set_scope(session, ALL)
        assert sorted(n.text for n in session.scalars(select(Note))) == ["changed", "of two"]


def test_the_scope_is_set_once(sessions) -> None:
    with sessions() as session:
        set_scope(session, {1})
        set_scope(session, {1})
        with pytest.raises(ScopeError):
            set_scope(session, {2})
        with pytest.raises(ScopeError):
            set_scope(session, ALL)
