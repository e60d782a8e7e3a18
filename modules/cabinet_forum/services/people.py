"""Whose post it is, as the reader may know it: people of a client learn nothing of other clients that these did not write themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audience.values import CHOSEN, STAFF
from cabinet.db.folding import fold
from cabinet.db.paging import contains
from cabinet.identity.models import Client, Membership, User
from cabinet.interfaces import IAudiences, ISettings
from cabinet_forum.interfaces import Author, IForumPeople
from cabinet_forum.models import Board, Post, Topic

COMPANIES = "forum.show_companies"
"""The owner's setting: whether clients see each other's companies."""

SUGGESTED = 8
_LATELY = 300
"""Posts of a board whose authors may be mentioned in it."""


@implementer(IForumPeople)
class ForumPeople:
    """The people of one transaction."""

    def __init__(self, session: Session, audiences: IAudiences, settings: ISettings) -> None:
        self._session = session
        self._audiences = audiences
        self._settings = settings

    def authors(self, posts: Sequence[Post], client_id: int | None) -> dict[int, Author]:
        """Post id → author, for a reader of the client ``client_id`` or for one of us."""
        names = self._names(User, {post.user_id for post in posts})
        companies = self._names(Client, {post.client_id for post in posts} - {None})
        shown = client_id is None or bool(self._settings.get(COMPANIES))
        found = {}
        for post in posts:
            ours, own = post.client_id is None, post.client_id == client_id
            name = names.get(post.user_id, "")
            company = "" if post.client_id is None or not (shown or own) else companies.get(post.client_id, "")
            found[post.id] = Author(name if client_id is None or ours or own else in_short(name), company, ours)
        return found

    def suggested(self, board: Board, text: str, client_id: int | None) -> list[tuple[User, str]]:
        """Our people, the reader's own colleagues and those who wrote here lately; for one of us also people of the clients chosen."""
        lately = (
            select(Post.user_id)
            .join(Topic, Topic.id == Post.topic_id)
            .where(Topic.board_id == board.id, Topic.deleted_at.is_(None), Post.deleted_at.is_(None))
            .order_by(Post.id.desc())
            .limit(_LATELY)
            .subquery()
        )
        audience = self._audiences.get(board.audience_id)
        known = [User.roles.any(), User.custom_roles.any()]
        if audience.reach != STAFF:
            known.append(User.id.in_(select(lately.c.user_id)))
            theirs = [] if client_id is None else [client_id]
            theirs = self._audiences.clients(audience) if client_id is None and audience.reach == CHOSEN else theirs
            if theirs:
                known.append(User.id.in_(select(Membership.user_id).where(Membership.client_id.in_(theirs))))
        statement = (
            select(User)
            .where(or_(*known), User.disabled_at.is_(None), contains(User.name, text))
            .order_by(User.name, User.id)
            .limit(SUGGESTED)
        )
        found = list(self._session.scalars(statement))
        own = set() if client_id is None else self._of(client_id)
        ours = {user.id for user in found if user.roles or user.custom_roles}
        # A mention stands in the text for everybody to read: of a client's person it says no more than a post would.
        shown = [(user, user.name if user.id in ours | own else in_short(user.name)) for user in found]
        # Nor is anybody found by what is not shown: letter by letter that would tell the rest of a name.
        return [(user, name) for user, name in shown if client_id is None or str(fold(text)) in str(fold(name))]

    def _of(self, client_id: int) -> set[int]:
        return set(self._session.scalars(select(Membership.user_id).where(Membership.client_id == client_id)))

    def _names(self, model: Any, ids: Any) -> dict[int, str]:
        rows = self._session.execute(select(model.id, model.name).where(model.id.in_(ids))) if ids else ()
        return {row.id: row.name for row in rows}


def in_short(name: str) -> str:
    """``Anna Berg`` as ``Anna B.``: enough to tell people of one talk apart."""
    first, *rest = name.split() or [""]
    return f"{first} {rest[0][0]}." if rest else first


def people_factory(_context: Any, request: Any) -> ForumPeople:
    """``IForumPeople`` of a request."""
    find = request.find_service
    return ForumPeople(request.db, find(IAudiences), find(ISettings))
