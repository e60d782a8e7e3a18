"""The news: what a reader finds, and what those who write do with it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audience.values import CHOSEN, GUEST, STAFF, Reader
from cabinet.audit.differences import differing
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.identity.models import User
from cabinet.interfaces import IAttachments, IAudiences, IAuditLog, IClock, IFullText, IJobs, INotices
from cabinet.origin import Origin, origin_of
from cabinet.richtext import excerpt, plain
from cabinet_news.interfaces import Acceptance, ArticleFacts, ArticleStateError, INews, Line, NewsError, state_of
from cabinet_news.models import Article, Reading
from cabinet_news.texts import _

READ, VIEW = "news:article:read", "news:article:view"
POSTED, POSTED_INSIDE, REMINDED = "news.article.posted", "news.article.posted_inside", "news.article.reminded"
KIND = "news.article"
"""What drafts, files and words of articles are kept under."""

ON_TOP = 10
_WRITTEN = ("title", "body", "appears_at", "ends_at", "pinned", "must_accept", "announce")


@implementer(INews)
class News:
    """The news of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audiences: IAudiences,
        audit: IAuditLog,
        jobs: IJobs,
        notices: INotices,
        texts: IFullText,
        attachments: IAttachments,
        origin: Origin,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audiences = audiences
        self._audit = audit
        self._jobs = jobs
        self._notices = notices
        self._texts = texts
        self._attachments = attachments
        self._origin = origin

    # Reading

    def shown(self, reader: Reader) -> list[ColumnElement[bool]]:
        """What ``reader`` finds now: its time has come and is not over, and it is for him."""
        now = self._clock.now()
        lasts = or_(Article.ends_at.is_(None), Article.ends_at > now)
        return [Article.appears_at <= now, lasts, self._audiences.visible(Article.audience_id, reader)]

    def find(self, public_id: uuid.UUID, reader: Reader) -> Article | None:
        """The Article that ``reader`` finds, or None."""
        found = select(Article).where(Article.public_id == public_id, *self.shown(reader))
        return self._session.scalars(found).one_or_none()

    def any(self, public_id: uuid.UUID) -> Article | None:
        """The Article in whatever state, for those who write; or None."""
        return self._session.scalars(select(Article).where(Article.public_id == public_id)).one_or_none()

    def line(self, article: Article, user_id: int) -> Line:
        """An article that the person has found, as he has it."""
        return _line(article, self._session.get(Reading, (article.id, user_id)))

    def top(self, reader: Reader, user_id: int | None) -> list[Line]:
        """What stands above all others: to be accepted first, then pinned ones."""
        return self._lines(self._of(reader, user_id).where(or_(_owed(), Article.pinned)), ON_TOP)

    def latest(self, reader: Reader, user_id: int | None, limit: int) -> list[Line]:
        """For a card: to be accepted first, then pinned, then the newest."""
        return self._lines(self._of(reader, user_id), limit)

    def page(self, query: ListQuery, reader: Reader, user_id: int | None = None, but: Sequence[Line] = ()) -> Page:
        """A Page of Line, the newest first, without those of ``but``, which stand above it."""
        above = [line.article.id for line in but]
        statement = self._of(reader, user_id).where(Article.id.not_in(above), *self._matching(query.search))
        sorts = {"at": Article.appears_at}
        found = paginate(self._session, statement, query, sorts=sorts, default="-at", key=Article.id, scalars=False)
        return replace(found, rows=[_line(row[0], row[1]) for row in found.rows])

    def feed(self, limit: int) -> Sequence[Article]:
        """The newest articles that guests find."""
        statement = select(Article).where(*self.shown(GUEST)).order_by(Article.appears_at.desc(), Article.id.desc())
        return self._session.scalars(statement.limit(limit)).all()

    def desk(self, query: ListQuery) -> Page:
        """A Page of Article in every state. Filter ``state``: draft, scheduled, shown, over."""
        statement = select(Article).where(*self._matching(query.search))
        if state := query.filters.get("state"):
            statement = statement.where(self._in_state(state))
        sorts = {"at": func.coalesce(Article.appears_at, Article.created_at), "title": Article.title}
        return paginate(self._session, statement, query, sorts=sorts, default="-at", key=Article.id)

    def authors(self, articles: Iterable[Article]) -> dict[int, str]:
        """Article → the name of who wrote it."""
        written = {article.id: article.author_id for article in articles}
        rows = self._session.execute(select(User.id, User.name).where(User.id.in_(set(written.values()) - {None})))
        names = {row.id: row.name for row in rows}
        return {id_: names[author] for id_, author in written.items() if author in names}

    def _of(self, reader: Reader, user_id: int | None) -> Any:
        mine = and_(Reading.article_id == Article.id, Reading.user_id == user_id)
        return select(Article, Reading).outerjoin(Reading, mine).where(*self.shown(reader))

    def _lines(self, statement: Any, limit: int) -> list[Line]:
        first = (case((_owed(), 0), (Article.pinned, 1), else_=2), Article.appears_at.desc(), Article.id.desc())
        return [
            _line(article, mine) for article, mine in self._session.execute(statement.order_by(*first).limit(limit))
        ]

    def _matching(self, text: str) -> list[ColumnElement[bool]]:
        """That an article holds the words of ``text``; nothing is asked for without one."""
        return [Article.id.in_(select(self._texts.matching(KIND, text).subquery().c.item_id))] if text else []

    def _in_state(self, state: str) -> ColumnElement[bool]:
        now = self._clock.now()
        over = and_(Article.appears_at.is_not(None), Article.ends_at <= now)
        lasts = or_(Article.ends_at.is_(None), Article.ends_at > now)
        return {
            "draft": Article.appears_at.is_(None),
            "scheduled": and_(Article.appears_at > now, lasts),
            "over": over,
        }.get(state, and_(Article.appears_at <= now, lasts))

    # Writing

    def add(self, facts: ArticleFacts) -> Article:
        """A new article, shown from ``facts.appears_at`` on."""
        self._check(facts)
        row = Article(author_id=self._origin.user_id, created_at=self._clock.now(), **self._columns(facts))
        self._session.add(row)
        self._session.flush()
        self._texts.put(KIND, row.id, row.title, plain(row.body))
        self._tell(row, "news.article.added", after=self._plain(row))
        self._schedule(row)
        return row

    def change(self, article: Article, facts: ArticleFacts) -> frozenset[str]:
        """Write ``facts`` over what is there; names of the fields that changed."""
        self._check(facts)
        before = self._plain(article)
        for name, value in self._columns(facts).items():
            setattr(article, name, value)
        self._session.flush()
        before, after = differing(before, self._plain(article))
        if after:
            self._texts.put(KIND, article.id, article.title, plain(article.body))
            self._tell(article, "news.article.changed", before=before, after=after)
            self.hide_from_others(article)
            self._schedule(article)
        return frozenset(after)

    def publish(self, article: Article) -> None:
        """Show it from now on."""
        now = self._clock.now()
        if state_of(article, now) not in ("draft", "scheduled") or (article.ends_at and article.ends_at <= now):
            raise ArticleStateError("article_shown", _("The article has changed meanwhile. Look at it again."))
        article.appears_at = now
        self._session.flush()
        self._tell(article, "news.article.published", after=self._plain(article))
        self._schedule(article)

    def withdraw(self, article: Article) -> None:
        """Make it a draft again: nobody but us sees it, nor the word of it."""
        if article.appears_at is None:
            raise ArticleStateError("article_draft", _("This is a draft already."))
        article.appears_at = None
        self._session.flush()
        self._notices.hide((POSTED, POSTED_INSIDE, REMINDED), [article.public_id])
        self._tell(article, "news.article.withdrawn")

    def hide_from_others(self, article: Article) -> None:
        """Whoever an article is not for any more, or not yet, has nothing of it behind his bell."""
        if state_of(article, self._clock.now()) != "shown":
            self._notices.hide((POSTED, POSTED_INSIDE, REMINDED), [article.public_id])
            return
        audience = self._audiences.get(article.audience_id)
        if audience.reach == STAFF:
            self._notices.hide((POSTED, REMINDED), [article.public_id])
        elif audience.reach == CHOSEN:
            self._notices.hide((POSTED, REMINDED), [article.public_id], but=self._audiences.clients(audience))

    def remove(self, article: Article) -> None:
        """Forget a draft that nobody has accepted."""
        accepted = exists().where(Reading.article_id == article.id, Reading.accepted_at.is_not(None))
        if article.appears_at is not None or self._session.scalar(select(accepted)):
            raise ArticleStateError("article_kept", _("Only a draft that nobody has accepted can be removed."))
        self._tell(article, "news.article.removed", before=self._plain(article))
        self._session.execute(delete(Reading).where(Reading.article_id == article.id))
        self._texts.forget(KIND, [article.id])
        self._attachments.forget(KIND, [article.id])
        self._session.delete(article)
        self._session.flush()

    def _check(self, facts: ArticleFacts) -> None:
        if not facts.title.strip():
            raise NewsError("article_without_title", _("News need a title."), {"field": "title"})
        if facts.ends_at is not None and facts.ends_at <= (facts.appears_at or self._clock.now()):
            raise NewsError("article_term", _("It would be over before anybody sees it."), {"field": "ends_on"})

    def _columns(self, facts: ArticleFacts) -> dict[str, Any]:
        title = " ".join(facts.title.split())
        return {
            **{name: getattr(facts, name) for name in _WRITTEN},
            "title": title,
            "audience_id": self._audiences.keep(facts.audience),
        }

    def _schedule(self, article: Article) -> None:
        """Let word of it go out when it appears, and be put away when it is over; the jobs look whether that still holds."""
        key, now = article.public_id.hex, self._clock.now()
        if article.ends_at is not None and article.ends_at > now:
            unique = f"news.end:{key}:{article.ends_at.timestamp():.0f}"
            self._jobs.enqueue("news.end", {"article": key}, unique_key=unique, run_at=article.ends_at)
        if article.announce and article.announced_at is None and article.appears_at is not None:
            at = article.appears_at
            unique = f"news.announce:{key}:{at.timestamp():.0f}"
            self._jobs.enqueue("news.announce", {"article": key}, unique_key=unique, run_at=max(at, now))

    def _plain(self, row: Article) -> dict[str, Any]:
        """What an article says, as the audit trail keeps it."""
        audience = self._audiences.get(row.audience_id)
        return {
            "title": row.title,
            "body": excerpt(row.body, 300),
            "reach": audience.reach,
            "readers": self._audiences.told(row.audience_id) if audience.reach == CHOSEN else [],
            "appears_at": row.appears_at.isoformat() if row.appears_at else None,
            "ends_at": row.ends_at.isoformat() if row.ends_at else None,
            "pinned": row.pinned,
            "must_accept": row.must_accept,
            "announce": row.announce,
        }

    def _tell(self, row: Article, action: str, **facts: Any) -> None:
        self._audit.record(action, kind="article", public_id=row.public_id, title=row.title, **facts)

    # Who has read and accepted

    def mark_read(self, article: Article, user_id: int) -> None:
        """The person has read it."""
        self._reading(article.id, user_id)

    def mark_all_read(self, reader: Reader, user_id: int) -> None:
        """He has read all that is for him."""
        unread = self._of(reader, user_id).where(Reading.user_id.is_(None)).with_only_columns(Article.id)
        now = self._clock.now()
        ids = self._session.scalars(unread).all()
        self._session.add_all(Reading(article_id=id_, user_id=user_id, read_at=now) for id_ in ids)
        self._session.flush()

    def accept(self, article: Article, user_id: int, client_id: int | None = None) -> bool:
        """He takes note of it, once and for all; whether that is new."""
        reading = self._reading(article.id, user_id)
        if not article.must_accept or reading.accepted_at is not None:
            return False
        reading.accepted_at = self._clock.now()
        self._session.flush()
        self._audit.record(
            "news.article.accepted",
            kind="acceptance",
            public_id=article.public_id,
            title=article.title,
            client_id=client_id,
        )
        return True

    def _reading(self, article_id: int, user_id: int) -> Reading:
        found = self._session.get(Reading, (article_id, user_id))
        if found is None:
            found = Reading(article_id=article_id, user_id=user_id, read_at=self._clock.now())
            try:
                with self._session.begin_nested():
                    self._session.add(found)
            except IntegrityError:  # in another tab, at the same moment
                found = self._session.get_one(Reading, (article_id, user_id))
        return found

    def readings_of(self, user: Any) -> list[dict[str, Any]]:
        """What a person has read and accepted, for him to have; of what is not for him any more not what it is called now."""
        found = select(Article, Reading).join(Reading, Reading.article_id == Article.id)
        sees, now = self._audiences.seeing(user, my=READ, office=VIEW), self._clock.now()
        return [
            {
                "title": row.title if state_of(row, now) in ("shown", "over") and sees(row.audience_id) else "",
                "read_at": reading.read_at,
                "accepted_at": reading.accepted_at,
            }
            for row, reading in self._session.execute(found.where(Reading.user_id == user.id))
        ]

    def acceptances(self, article: Article) -> list[Acceptance]:
        """Everybody for whom it is, those who have not accepted first."""
        audience = self._audiences.get(article.audience_id)
        if audience.reach == STAFF:
            people = [(user, "") for user in self._audiences.colleagues(VIEW)]
        else:
            people = [(row.user, row.client.name) for row in self._audiences.members(audience, READ)]
        rows = self._session.scalars(select(Reading).where(Reading.article_id == article.id))
        readings = {row.user_id: row for row in rows}
        found = [
            Acceptance(
                user.id,
                user.name,
                user.email,
                client,
                readings[user.id].read_at if user.id in readings else None,
                readings[user.id].accepted_at if user.id in readings else None,
            )
            for user, client in people
        ]
        return sorted(found, key=lambda one: one.accepted_at is not None)

    def remind(self, article: Article) -> Any:
        """Tell those who have not accepted it, once a day at most."""
        if not article.must_accept or state_of(article, self._clock.now()) != "shown":
            raise ArticleStateError("article_not_owed", _("Nobody has to accept this now."))
        key, day = article.public_id.hex, self._clock.today().isoformat()
        self._tell(article, "news.article.reminded")
        return self._jobs.enqueue("news.remind", {"article": key, "day": day}, unique_key=f"news.remind:{key}:{day}")


def _owed() -> ColumnElement[bool]:
    return and_(Article.must_accept, Reading.accepted_at.is_(None))


def _line(article: Article, mine: Reading | None) -> Line:
    return Line(article, mine is not None, mine.accepted_at if mine is not None else None)


def now_of(request: Any) -> datetime.datetime:
    """The instant, for pages that tell the state of an article."""
    now: datetime.datetime = request.find_service(IClock).now()
    return now


def news_factory(_context: Any, request: Any) -> News:
    """``INews`` of a request."""
    return News(
        request.db,
        request.find_service(IClock),
        request.find_service(IAudiences),
        request.find_service(IAuditLog),
        request.find_service(IJobs),
        request.find_service(INotices),
        request.find_service(IFullText),
        request.find_service(IAttachments),
        origin_of(request),
    )
