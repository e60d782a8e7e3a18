"""Topics and posts: found by who may, written, changed with what they said before, taken away and brought back with a trace."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audience.values import Reader
from cabinet.db.paging import ListQuery, Page, decode_cursor, encode_cursor, paginate
from cabinet.errors import ConflictError, DomainError
from cabinet.interfaces import IAudiences, IAuditLog, IClock, IFullText, IJobs, INotices
from cabinet.origin import origin_of
from cabinet.richtext import plain
from cabinet_forum.interfaces import NOTICES, POST, ITopics, TopicLine
from cabinet_forum.models import Board, Post, Revision, Topic
from cabinet_forum.services.boards import hide_from_others
from cabinet_forum.services.marks import read_to
from cabinet_forum.texts import _

TELL = "forum.tell_followers"
_PINNED = 20
_ACTS = {
    "pin": ("pinned", True, "forum.topic.pinned"),
    "unpin": ("pinned", False, "forum.topic.unpinned"),
    "lock": ("locked", True, "forum.topic.locked"),
    "unlock": ("locked", False, "forum.topic.unlocked"),
}


class TopicLockedError(DomainError):
    """Nobody but moderators writes in a locked topic."""


@implementer(ITopics)
class Topics:
    """The topics of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audiences: IAudiences,
        index: IFullText,
        audit: IAuditLog,
        jobs: IJobs,
        notices: INotices,
        writer: Callable[[], int | None],
    ) -> None:
        self._session = session
        self._clock = clock
        self._audiences = audiences
        self._index = index
        self._audit = audit
        self._jobs = jobs
        self._notices = notices
        self._writer = writer

    # Reading

    def find(self, public_id: uuid.UUID, reader: Reader, *, deleted: bool = False) -> Topic | None:
        """The topic, if the reader finds its board. ``deleted``: also one that was taken away."""
        found = select(Topic).join(Topic.board).where(Topic.public_id == public_id, self._for(reader))
        return self._session.scalar(found if deleted else found.where(Topic.deleted_at.is_(None)))

    def find_post(self, public_id: uuid.UUID, reader: Reader, *, deleted: bool = False) -> Post | None:
        """The post, by the rights of its topic."""
        found = select(Post).join(Post.topic).join(Topic.board).where(Post.public_id == public_id, self._for(reader))
        here = (Post.deleted_at.is_(None), Topic.deleted_at.is_(None))
        return self._session.scalar(found if deleted else found.where(*here))

    def page(self, board: Board, query: ListQuery, user_id: int, *, deleted: bool = False) -> Page:
        """Topics that are not pinned, those written in last first; ``deleted``: those that were taken away, instead."""
        gone = Topic.deleted_at.is_not(None) if deleted else Topic.deleted_at.is_(None) & Topic.pinned.is_(False)
        page = paginate(
            self._session,
            _with_marks(board, user_id).where(gone),
            query,
            sorts={"last": Topic.last_post_id},
            default="-last",
            key=Topic.id,
            scalars=False,
        )
        return Page([TopicLine(row[0], row[1]) for row in page.rows], page.count, page.more)

    def pinned(self, board: Board, user_id: int) -> list[TopicLine]:
        """The pinned ones, the latest first."""
        statement = _with_marks(board, user_id).where(Topic.pinned.is_(True), Topic.deleted_at.is_(None))
        rows = self._session.execute(statement.order_by(Topic.last_post_id.desc()).limit(_PINNED))
        return [TopicLine(topic, seen) for topic, seen in rows]

    def posts(self, topic: Topic, query: ListQuery) -> Page:
        """Posts of a topic, the oldest first; those taken away among them, for their trace."""
        statement = select(Post).where(Post.topic_id == topic.id)
        return paginate(self._session, statement, query, sorts={"id": Post.id}, default="id", key=Post.id)

    def before(self, post_id: int) -> str:
        """The cursor from which on ``posts`` begins with that post."""
        return encode_cursor(post_id - 1, post_id - 1)

    def last_page(self, topic: Topic, size: int) -> str:
        """The cursor from which on the last ``size`` posts stand."""
        first = select(Post.id).where(Post.topic_id == topic.id).order_by(Post.id.desc()).limit(1).offset(size - 1)
        found = self._session.scalar(first)
        return self.before(found) if found is not None else ""

    def search(self, text: str, query: ListQuery, reader: Reader) -> Page:
        """Posts for the reader that hold all the words, the newest first; ``count`` is of this page."""
        found = self._index.matching(POST, text).subquery()
        place = found.c.place
        statement = (
            select(Post, place)
            .join(found, found.c.item_id == Post.id)
            .join(Post.topic)
            .join(Topic.board)
            .where(self._for(reader), Post.deleted_at.is_(None), Topic.deleted_at.is_(None))
        )
        if (after := decode_cursor(query.after)) is not None:
            statement = statement.where(place < after[1])
        # How many there are is not asked: of a word that stands in every tenth post that would cost more than the page.
        rows = self._session.execute(statement.order_by(place.desc()).limit(query.size + 1)).all()
        shown = rows[: query.size]
        more = encode_cursor(0, shown[-1].place) if len(rows) > query.size else ""
        return Page([row[0] for row in shown], len(shown), more)

    def revisions(self, post: Post) -> Sequence[Revision]:
        """What it said before, the newest first."""
        found = select(Revision).where(Revision.post_id == post.id).order_by(Revision.id.desc())
        return self._session.scalars(found).all()

    # Writing

    def start(self, board: Board, title: str, text: str, client_id: int | None) -> Topic:
        """A new topic with its first post."""
        now = self._clock.now()
        topic = Topic(board=board, title=title, created_at=now, last_at=now)
        self._session.add(topic)
        self._session.flush()
        topic.first_post_id = self._write(topic, text, client_id).id
        self._record("forum.topic.started", topic, after={"board": board.title})
        return topic

    def reply(self, topic: Topic, text: str, client_id: int | None, *, moderator: bool = False) -> Post:
        """A new post. TopicLockedError; ConflictError where the topic was deleted."""
        self._session.refresh(topic, with_for_update={"of": Topic})
        if topic.deleted_at is not None:
            raise ConflictError("topic_deleted", _("This topic is deleted: nothing more can be written in it."))
        if topic.locked and not moderator:
            raise TopicLockedError("topic_locked", _("This topic is locked: nothing more can be written in it."))
        post = self._write(topic, text, client_id)
        self._record("forum.post.written", topic, public_id=post.public_id)
        return post

    def edit(self, post: Post, text: str) -> None:
        """Change what it says."""
        if text == post.text:
            return
        now = self._clock.now()
        self._session.add(Revision(post_id=post.id, text=post.text, user_id=self._writer(), at=now))
        post.text, post.edited_at = text, now
        self._index.put(POST, post.id, self._heading(post), plain(text))
        self._session.flush()
        self._record("forum.post.edited", post.topic, public_id=post.public_id)

    def remove_post(self, post: Post, reason: str) -> None:
        """It is not shown any more, but for its trace."""
        post.deleted_at, post.reason = self._clock.now(), reason
        self._index.forget(POST, [post.id])
        self._session.flush()
        self._record("forum.post.deleted", post.topic, public_id=post.public_id, after={"reason": reason})

    def restore_post(self, post: Post) -> None:
        """It is shown again."""
        post.deleted_at, post.reason = None, ""
        self._index.put(POST, post.id, self._heading(post), plain(post.text))
        self._session.flush()
        self._record("forum.post.restored", post.topic, public_id=post.public_id)

    def moderate(self, topic: Topic, act: str, *, reason: str = "", board: Board | None = None) -> None:
        """One act upon a topic."""
        what: dict[str, Any] = {}
        if act == "move" and board is not None:
            what = {"before": {"board": topic.board.title}, "after": {"board": board.title}}
            topic.board, action = board, "forum.topic.moved"
            hide_from_others(self._audiences, self._notices, board, [topic.public_id])
        elif act == "delete":
            topic.deleted_at, topic.reason, action = self._clock.now(), reason, "forum.topic.deleted"
            what = {"after": {"reason": reason}}
            self._notices.hide(NOTICES, [topic.public_id])
        elif act == "restore":
            topic.deleted_at, topic.reason, action = None, "", "forum.topic.restored"
        else:
            name, value, action = _ACTS[act]
            setattr(topic, name, value)
        self._session.flush()
        self._record(action, topic, **what)

    # Inside

    def _for(self, reader: Reader) -> Any:
        return self._audiences.visible(Board.audience_id, reader)

    def _write(self, topic: Topic, text: str, client_id: int | None) -> Post:
        # Who writes in a board does so one after another: ids grow in the order in which posts appear, so none is skipped by a mark.
        self._session.execute(select(Board.id).where(Board.id == topic.board_id).with_for_update(key_share=True))
        now = self._clock.now()
        post = Post(topic=topic, user_id=self._writer(), client_id=client_id, text=text, created_at=now)
        self._session.add(post)
        self._session.flush()
        topic.posts, topic.last_post_id, topic.last_at = topic.posts + 1, post.id, now
        self._index.put(POST, post.id, topic.title if topic.posts == 1 else "", plain(text))
        self._jobs.enqueue(TELL, {"post": post.public_id.hex}, own=False)
        self._session.flush()
        return post

    def _heading(self, post: Post) -> str:
        """The title is found with the first post alone, not with each."""
        return post.topic.title if post.id == post.topic.first_post_id else ""

    def _record(self, action: str, topic: Topic, *, public_id: uuid.UUID | None = None, **what: Any) -> None:
        kind = "topic" if public_id is None else "post"
        self._audit.record(action, kind=kind, public_id=public_id or topic.public_id, title=topic.title, **what)


def _with_marks(board: Board, user_id: int) -> Any:
    return select(Topic, read_to(board.id, Topic.id, user_id).label("read_to")).where(Topic.board_id == board.id)


def texts_of(request: Any, after: int, limit: int) -> list[tuple[int, str, str]]:
    """Posts for an index that is made anew."""
    first = func.coalesce(Topic.first_post_id, 0) == Post.id
    rows = request.db.execute(
        select(Post.id, Topic.title, first, Post.text)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Post.id > after, Post.deleted_at.is_(None))
        .order_by(Post.id)
        .limit(limit)
    )
    return [(id_, title if begins else "", plain(text)) for id_, title, begins, text in rows]


def topics_factory(_context: Any, request: Any) -> Topics:
    """``ITopics`` of a request."""
    find = request.find_service
    return Topics(
        request.db,
        find(IClock),
        find(IAudiences),
        find(IFullText),
        find(IAuditLog),
        find(IJobs),
        find(INotices),
        lambda: origin_of(request).user_id,
    )
