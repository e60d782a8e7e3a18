"""What several parts of a page ask, asked of the database once: where the transaction can change nothing, the answer cannot either."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")

_KEY = "cabinet.answers"


def remember_answers(session: Session) -> None:
    """Let `once` remember for as long as ``session`` lives. Only for one whose transaction the database itself keeps from writing."""
    session.info[_KEY] = {}


def once(session: Session, key: Hashable, read: Callable[[], T]) -> T:
    """What ``read()`` answers; asked again each time by a session that may write. ``key``: ``<module>.<what>``, with what it depends on.

    The answer is shared: nobody may change it.
    """
    answers: dict[Hashable, T] | None = session.info.get(_KEY)
    if answers is None:
        return read()
    if key not in answers:
        answers[key] = read()
    return answers[key]
