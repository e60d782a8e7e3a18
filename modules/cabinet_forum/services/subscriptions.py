"""Who follows a board or a topic."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet_forum.interfaces import ISubscriptions
from cabinet_forum.models import Board, Subscription, Topic


@implementer(ISubscriptions)
class Subscriptions:
    """The subscriptions of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def follows(self, user_id: int, *, board: Board | None = None, topic: Topic | None = None) -> bool:
        """Whether the person follows it."""
        return self._session.scalar(select(Subscription.id).where(*_named(user_id, board, topic))) is not None

    def follow(
        self, user_id: int, client_id: int | None, *, board: Board | None = None, topic: Topic | None = None
    ) -> None:
        """The person follows it from now on."""
        if self.follows(user_id, board=board, topic=topic):
            return
        row = Subscription(
            user_id=user_id,
            client_id=client_id,
            board_id=board.id if board is not None else None,
            topic_id=topic.id if topic is not None else None,
        )
        try:
            with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:  # in another tab at the same moment
            return

    def leave(self, user_id: int, *, board: Board | None = None, topic: Topic | None = None) -> None:
        """The person does not follow it any more."""
        gone = delete(Subscription).where(*_named(user_id, board, topic))
        self._session.execute(gone.execution_options(synchronize_session=False))

    def of(self, topic: Topic) -> set[tuple[int, int | None]]:
        """Who follows the topic or its board, and behind which door."""
        here = or_(Subscription.topic_id == topic.id, Subscription.board_id == topic.board_id)
        found = select(Subscription.user_id, Subscription.client_id).where(here)
        return {(user_id, client_id) for user_id, client_id in self._session.execute(found)}


def _named(user_id: int, board: Board | None, topic: Topic | None) -> list[ColumnElement[bool]]:
    on = Subscription.topic_id == topic.id if topic is not None else Subscription.board_id == (board and board.id)
    return [Subscription.user_id == user_id, on]


def subscriptions_factory(_context: Any, request: Any) -> Subscriptions:
    """``ISubscriptions`` of a request."""
    return Subscriptions(request.db)
