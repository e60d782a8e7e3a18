"""Client scope: what a session of one client can neither read nor write."""

import datetime
import uuid

import pytest
from sqlalchemy import String, create_engine, event, func, select
from sqlalchemy.orm import Mapped, mapped_column, sessionmaker

from cabinet.db import ALL, ClientOwned, FirmOrClientOwned, MaybeClientOwned, PrimaryId, module_base, set_scope
from cabinet.db.bulk import insert_rows
from cabinet.db.paging import ListQuery, paginate
from cabinet.db.scope import Chosen, check_in_scope, in_scope, install_scope, may_see, visible
from cabinet.errors import ScopeError
from cabinet.identity import models as identity

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
Base = module_base("scopetest")


class Note(ClientOwned, Base):
    __tablename__ = "scopetest_note"
    id: Mapped[PrimaryId]
    text: Mapped[str] = mapped_column(String(50))


class Line(MaybeClientOwned, Base):
    __tablename__ = "scopetest_line"
    id: Mapped[PrimaryId]


class Side(FirmOrClientOwned, Base):
    __tablename__ = "scopetest_side"
    id: Mapped[PrimaryId]


@pytest.fixture
def sessions():
    engine = create_engine("sqlite://")
    tables = [t.__table__ for t in (identity.User, identity.Client, Note, Line, Side)]
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


# The clients that a statement chooses: a manager's own


@pytest.fixture
def managed(sessions):
    """Clients 1 to 4: the first two are manager 7's, the third manager 8's, the last nobody's; rows of each, and of nobody."""
    with sessions() as session:
        set_scope(session, ALL)
        for number, manager in ((1, 7), (2, 7), (3, 8), (4, None)):
            client = identity.Client(id=number, external_id=str(number), name=str(number), created_at=NOW)
            client.manager_id = manager
            session.add(client)
        session.add_all([Note(client_id=3, text="of three"), Note(client_id=4, text="of four")])
        session.add_all([cls(client_id=number) for cls in (Line, Side) for number in (1, 3, None)])
        session.commit()
    return sessions


def of_manager(number: int) -> Chosen:
    ids = select(identity.Client.id).where(identity.Client.manager_id == number)
    return Chosen(("manager", number), ids)


def test_each_manager_sees_the_clients_that_the_statement_chooses_for_him(managed) -> None:
    seen = {}
    for number in (7, 8, 7, 9):
        with managed() as session:
            set_scope(session, of_manager(number))
            seen[number] = (
                sorted(session.scalars(select(Note.text))),
                sorted(session.scalars(select(Line.client_id))),
                sorted(session.scalars(select(Side.client_id)), key=lambda one: one or 0),
                sorted(session.scalars(select(identity.Client.id).where(*in_scope(session, identity.Client.id)))),
            )
    assert seen == {
        7: (["of one", "of two"], [1], [None, 1], [1, 2]),
        8: (["of three"], [3], [None, 3], [3]),
        9: ([], [], [None], []),
    }, "what nobody owns yet stays hidden; the firm's own side of the books does not"


def test_a_client_sees_nothing_of_the_firm_s_side(managed) -> None:
    with managed() as session:
        set_scope(session, {1})
        assert session.scalars(select(Side.client_id)).all() == [1]


def test_a_manager_writes_rows_of_his_clients_and_of_the_firm_alone(managed) -> None:
    with managed() as session:
        set_scope(session, of_manager(7))
        session.add_all([Note(client_id=2, text="more"), Side(client_id=None)])
        session.flush()
        check_in_scope(session, [1, 2, None])
        for foreign in (3, 4, 999):
            with pytest.raises(ScopeError):
                check_in_scope(session, [1, foreign])
        session.add(Note(client_id=3, text="planted"))
        with pytest.raises(ScopeError):
            session.flush()


def test_a_client_given_away_is_let_go_with_the_next_transaction(managed) -> None:
    with managed() as session:
        set_scope(session, of_manager(7))
        session.add(Note(client_id=1, text="last"))
        session.flush()
        session.get(identity.Client, 1).manager_id = 8
        session.flush()
        assert session.scalars(select(Note.text).where(Note.client_id == 1)).all() == []
        assert may_see(session, 1), "he finishes what he began"
        session.commit()
    with managed() as session:
        set_scope(session, of_manager(7))
        assert not may_see(session, 1)


def test_ten_thousand_clients_of_one_manager_cost_no_more_statements_than_one(managed) -> None:
    with managed() as session:
        set_scope(session, ALL)
        rows = (
            {"id": n, "external_id": str(n), "name": str(n), "manager_id": 7, "created_at": NOW}
            for n in range(10, 10_010)
        )
        insert_rows(session, identity.Client.__table__, [{"public_id": uuid.uuid4(), **row} for row in rows])
        insert_rows(session, Note.__table__, [{"client_id": n, "text": str(n)} for n in range(10, 10_010)])
        session.commit()
    with managed() as session:
        set_scope(session, of_manager(7))
        asked = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2]))
        assert session.scalar(select(func.count()).select_from(Note)) == 10_002
        assert len(session.scalars(select(Note)).all()) == 10_002
        assert len(asked) == 2
        assert len(visible(session, range(10_010))) == 10_002
