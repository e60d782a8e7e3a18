"""What has been read: a mark a person and board, with exceptions for topics, so that a hundred thousand posts cost a handful of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session
from zope.interface import implementer
from zope.sqlalchemy import mark_changed

from cabinet_forum.interfaces import IReadMarks
from cabinet_forum.models import Board, BoardMark, Topic, TopicMark


@implementer(IReadMarks)
class ReadMarks:
    """The marks of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_to(self, topic: Topic, user_id: int) -> int:
        """Id of the last post of ``topic`` that the person has seen."""
        found: int = self._session.scalar(select(read_to(topic.board_id, topic.id, user_id))) or 0
        return found

    def read(self, topic: Topic, user_id: int, post_id: int) -> None:
        """Seen up to that post, which is no later than the last one there is."""
        upto = min(post_id, topic.last_post_id)
        if upto > self.read_to(topic, user_id):
            self._put(TopicMark, [{"user_id": user_id, "topic_id": topic.id, "post_id": upto}])

    def read_boards(self, boards: Sequence[Board], user_id: int) -> None:
        """Seen to the last post there is; the exceptions are none any more. Three statements, however many boards."""
        ids = [board.id for board in boards]
        last = select(Topic.board_id, func.max(Topic.last_post_id)).where(Topic.board_id.in_(ids))
        rows = [
            {"user_id": user_id, "board_id": board_id, "post_id": post_id}
            for board_id, post_id in self._session.execute(last.group_by(Topic.board_id))
        ]
        if rows:
            self._put(BoardMark, rows)
        topics = select(Topic.id).where(Topic.board_id.in_(ids))
        gone = delete(TopicMark).where(TopicMark.user_id == user_id, TopicMark.topic_id.in_(topics))
        self._session.execute(gone.execution_options(synchronize_session=False))

    def _put(self, model: Any, rows: list[dict[str, int]]) -> None:
        """Raise the marks, in two tabs at once, too."""
        insert: Any = insert_sqlite if self._session.get_bind().dialect.name == "sqlite" else insert_postgresql
        statement = insert(model.__table__)
        higher = statement.excluded.post_id
        keys = [column.name for column in model.__table__.primary_key]
        raised = statement.on_conflict_do_update(
            index_elements=keys, set_={"post_id": higher}, where=model.__table__.c.post_id < higher
        )
        self._session.connection().execute(raised, rows)
        mark_changed(self._session)


def read_to(board_id: Any, topic_id: Any, user_id: int) -> Any:
    """An expression: the last post of a topic that the person has seen. The exception counts before the mark of the board."""
    of_topic = select(TopicMark.post_id).where(TopicMark.topic_id == topic_id, TopicMark.user_id == user_id)
    of_board = select(BoardMark.post_id).where(BoardMark.board_id == board_id, BoardMark.user_id == user_id)
    exception = of_topic.correlate(Topic).scalar_subquery()
    return func.coalesce(exception, of_board.correlate(Topic).scalar_subquery(), 0)


def marks_factory(_context: Any, request: Any) -> ReadMarks:
    """``IReadMarks`` of a request."""
    return ReadMarks(request.db)
