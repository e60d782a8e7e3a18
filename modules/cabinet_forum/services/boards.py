"""Boards and what is new in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audience.values import CHOSEN, STAFF, Audience, Reader
from cabinet.audit.differences import differing
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.interfaces import IAudiences, IAuditLog, IClock, INotices
from cabinet_forum.interfaces import TO_CLIENTS, BoardLine, IBoards
from cabinet_forum.models import Board, BoardMark, Topic, TopicMark

UNREAD_CAP = 100


@implementer(IBoards)
class Boards:
    """The boards of one transaction."""

    def __init__(
        self, session: Session, clock: IClock, audiences: IAudiences, audit: IAuditLog, notices: INotices
    ) -> None:
        self._session = session
        self._clock = clock
        self._audiences = audiences
        self._audit = audit
        self._notices = notices

    def find(self, public_id: uuid.UUID, reader: Reader) -> Board | None:
        """The board, if it is for the reader."""
        found = select(Board).where(Board.public_id == public_id, self._audiences.visible(Board.audience_id, reader))
        return self._session.scalar(found)

    def visible(self, reader: Reader) -> list[Board]:
        """Boards for the reader, in order."""
        found = select(Board).where(self._audiences.visible(Board.audience_id, reader))
        return list(self._session.scalars(found.order_by(Board.position, Board.id)))

    def lines(self, reader: Reader, user_id: int, query: ListQuery) -> Page:
        """A page of boards for the reader with what is new; counted no further than a hundred."""
        newest = (
            select(func.max(Topic.last_post_id))
            .where(Topic.board_id == Board.id, Topic.deleted_at.is_(None))
            .correlate(Board)
            .scalar_subquery()
        )
        statement = select(Board, _unread(user_id), newest).where(self._audiences.visible(Board.audience_id, reader))
        sorts = {"position": Board.position}
        page = paginate(self._session, statement, query, sorts=sorts, default="position", key=Board.id, scalars=False)
        written = select(Topic).where(Topic.last_post_id.in_([row[2] for row in page.rows if row[2]]))
        last = {topic.last_post_id: topic for topic in self._session.scalars(written)}
        return Page([BoardLine(row[0], row[1], last.get(row[2])) for row in page.rows], page.count, page.more)

    def add(self, title: str, description: str, audience: Audience, position: int = 0) -> Board:
        """A new board."""
        board = Board(
            title=title,
            description=description,
            audience_id=self._audiences.keep(audience),
            position=position,
            created_at=self._clock.now(),
        )
        self._session.add(board)
        self._session.flush()
        self._record("forum.board.added", board, after=_said(board))
        return board

    def change(self, board: Board, title: str, description: str, audience: Audience, position: int = 0) -> None:
        """Change it, and who finds it."""
        before = _said(board)
        board.title, board.description, board.position = title, description, position
        board.audience_id = self._audiences.keep(audience)
        self._session.flush()
        before, after = differing(before, _said(board))
        if after:
            self._record("forum.board.changed", board, before=before, after=after)
        if "audience_id" in after:
            topics = self._session.scalars(select(Topic.public_id).where(Topic.board_id == board.id))
            hide_from_others(self._audiences, self._notices, board, topics)

    def _record(self, action: str, board: Board, **what: Any) -> None:
        self._audit.record(action, kind="board", public_id=board.public_id, title=board.title, **what)


def hide_from_others(audiences: IAudiences, notices: INotices, board: Board, topics: Iterable[uuid.UUID]) -> None:
    """Clients who do not find ``board`` have nothing of its ``topics`` behind their bells."""
    audience = audiences.get(board.audience_id)
    if audience.reach in (STAFF, CHOSEN):
        theirs = audiences.clients(audience) if audience.reach == CHOSEN else ()
        notices.hide(TO_CLIENTS, topics, but=theirs)


def _unread(user_id: int) -> Any:
    """An expression: how many topics of a board hold something new, a hundred at most."""
    mark = (
        select(BoardMark.post_id)
        .where(BoardMark.board_id == Board.id, BoardMark.user_id == user_id)
        .correlate(Board)
        .scalar_subquery()
    )
    seen = select(TopicMark.topic_id).where(
        TopicMark.topic_id == Topic.id, TopicMark.user_id == user_id, TopicMark.post_id >= Topic.last_post_id
    )
    new = (
        select(Topic.id)
        .where(
            Topic.board_id == Board.id,
            Topic.deleted_at.is_(None),
            Topic.last_post_id > func.coalesce(mark, 0),
            ~seen.correlate(Topic).exists(),
        )
        .limit(UNREAD_CAP)
        .correlate(Board)
        .subquery()
    )
    return select(func.count()).select_from(new).scalar_subquery()


def _said(board: Board) -> dict[str, Any]:
    return {
        "title": board.title,
        "description": board.description,
        "position": board.position,
        "audience_id": board.audience_id,
    }


def boards_factory(_context: Any, request: Any) -> Boards:
    """``IBoards`` of a request."""
    find = request.find_service
    return Boards(request.db, find(IClock), find(IAudiences), find(IAuditLog), find(INotices))
