"""What the module does for its pages, and what it refuses."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from zope.interface import Interface

from cabinet.audience.values import Audience
from cabinet.errors import ConflictError, DomainError
from cabinet_news.models import Article

__all__ = ["Acceptance", "Article", "ArticleFacts", "ArticleStateError", "INews", "Line", "NewsError", "state_of"]

# ruff: noqa: N805 - zope.interface methods have no self


class NewsError(DomainError):
    """Base of this module's refusals. ``details["field"]`` names the field that is wrong."""


class ArticleStateError(NewsError, ConflictError):
    """What is asked cannot be done with the article as it stands."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What people write of an article. ``appears_at``: None for a draft; ``ends_at``: from then on nobody but us sees it."""

    title: str
    body: str
    audience: Audience
    appears_at: datetime.datetime | None = None
    ends_at: datetime.datetime | None = None
    pinned: bool = False
    must_accept: bool = False
    announce: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """An article as one person has it: ``owed``, it waits to be accepted by him."""

    article: Article
    read: bool
    accepted_at: datetime.datetime | None

    @property
    def owed(self) -> bool:
        """Whether he has yet to accept it."""
        return self.article.must_accept and self.accepted_at is None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody for whom an article is. ``client``: through whom he sees it, empty for one of us."""

    user_id: int
    name: str
    email: str
    client: str
    read_at: datetime.datetime | None
    accepted_at: datetime.datetime | None


class INews(Interface):
    """The news. A reader is a ``cabinet.audience.values.Reader``; he finds what is shown now and is for him, and nothing else."""

    def shown(reader):
        """Criteria for a statement of Article: what ``reader`` finds now."""

    def find(public_id, reader):
        """The Article that ``reader`` finds, or None."""

    def any(public_id):
        """The Article in whatever state, for those who write; or None."""

    def line(article, user_id):
        """The Line of an article that the person has found."""

    def top(reader, user_id):
        """Line of each article that stands above all others: to be accepted by ``user_id`` first, then pinned ones."""

    def page(query, reader, user_id=None, but=()):
        """A Page of Line, the newest first, without the lines of ``but``, which stand above it."""

    def latest(reader, user_id, limit):
        """Lines for a card: to be accepted first, then pinned, then the newest."""

    def feed(limit):
        """The newest articles that guests find."""

    def desk(query):
        """A Page of Article in every state. Filter ``state``: draft, scheduled, shown, over."""

    def authors(articles):
        """Article's internal id → the name of who wrote it."""

    def add(facts):
        """A new Article from ArticleFacts. NewsError."""

    def change(article, facts):
        """Write ``facts`` over what is there; names of the fields that changed. NewsError."""

    def publish(article):
        """Show a draft, or one that waits, from now on. ArticleStateError."""

    def withdraw(article):
        """Make it a draft again: nobody but us sees it, nor the word of it. ArticleStateError."""

    def hide_from_others(article):
        """Leave nothing of it behind the bells of those whom it is not for any more, or not yet."""

    def remove(article):
        """Forget a draft that nobody has accepted. ArticleStateError."""

    def mark_read(article, user_id):
        """The person has read it."""

    def mark_all_read(reader, user_id):
        """He has read all that is for him."""

    def accept(article, user_id, client_id=None):
        """He takes note of it, once and for all; whether that is new."""

    def readings_of(user):
        """Dicts of title (empty where it is not for him any more), read_at and accepted_at: what a User has read."""

    def acceptances(article):
        """Acceptance of everybody for whom the article is, those who have not accepted first."""

    def remind(article):
        """Tell those who have not accepted it, once a day at most; the Job. ArticleStateError."""


def state_of(article: Article, now: datetime.datetime) -> str:
    """draft, scheduled, shown or over."""
    if article.appears_at is None:
        return "draft"
    if article.ends_at is not None and article.ends_at <= now:
        return "over"
    return "scheduled" if article.appears_at > now else "shown"
