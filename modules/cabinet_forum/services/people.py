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
from cabinet.db.scope import ALL, scope_of, visible
from cabinet.identity.models import Client, Membership, User
from cabinet.interfaces import IAudiences, ISettings
from cabinet_forum.interfaces import Author, IForumPeople
from cabinet_forum.models import Board, Post, Topic

COMPANIES = "forum.show_companies"
"""The owner's setting: whether clients see each other's companies."""

SUGGESTED = 8
_LATELY = 300
"""Posts of a board whose authors may be mentioned in it; and people looked through for a suggestion."""


@implementer(IForumPeople)
class ForumPeople:
    """The people of one transaction."""

    def __init__(self, session: Session, audiences: IAudiences, settings: ISettings) -> None:
        self._session = session
        self._audiences = audiences
        self._settings = settings

    def authors(self, posts: Sequence[Post], client_id: int | None) -> dict[int, Author]:
        """Post id → author, for a reader of the client ``client_id`` or for one of us, as far as he sees their clients."""
        seen = visible(self._session, {post.client_id for post in posts}) if client_id is None else {client_id}
        names = self._names(User, {post.user_id for post in posts})
        companies = self._names(Client, {post.client_id for post in posts} - {None})
        all_companies = bool(self._settings.get(COMPANIES))
        found = {}
        for post in posts:
            ours, whole = post.client_id is None, post.client_id in seen
            name = names.get(post.user_id, "")
            company = "" if post.client_id is None or not (all_companies or whole) else companies[post.client_id]
            found[post.id] = Author(name if ours or whole else in_short(name), company, ours)
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
            .limit(_LATELY)
        )
        found = list(self._session.scalars(statement))
        ours = {user.id for user in found if user.roles or user.custom_roles}
        # A mention stands in the text for everybody to read: of a client's person it says no more than a post would.
        shown = [(user, user.name if user.id in ours else in_short(user.name)) for user in found]
        # Nor is anybody found by what is not shown: letter by letter that would tell the rest of a name.
        known_whole = {user.id for user in found} if self._sees_all(client_id) else self._of(found, client_id)
        wanted = [(user, name) for user, name in shown if user.id in known_whole or str(fold(text)) in str(fold(name))]
        return wanted[:SUGGESTED]

    def _sees_all(self, client_id: int | None) -> bool:
        return client_id is None and scope_of(self._session) is ALL

    def _of(self, people: Sequence[User], client_id: int | None) -> set[int]:
        """Those of ``people`` whose client the reader sees: his own, or, of our side, those in the scope."""
        of_whom = select(Membership.user_id, Membership.client_id).where(Membership.user_id.in_([p.id for p in people]))
        rows = self._session.execute(of_whom).all()
        seen = visible(self._session, {row.client_id for row in rows}) if client_id is None else {client_id}
        return {row.user_id for row in rows if row.client_id in seen}

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
