"""Notices: written with the business act for everybody who may know of it, with a letter where he wants one."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import among, chunks, take_ids
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.db.plain import PlainQuery
from cabinet.db.scope import in_scope, may_see
from cabinet.errors import ScopeError
from cabinet.identity.models import User
from cabinet.interfaces import IAccess, IAuditLog, IClock, IMailer, INotices, ISwitches
from cabinet.notify.audience import AREAS, Audiences, Recipient
from cabinet.notify.models import Notice, NoticeChoice
from cabinet.origin import Origin, origin_of
from cabinet.plugins.contributions import NoticeKind

APP, MAIL = "app", "mail"
CHANNELS = (APP, MAIL)


class UnknownNoticeKindError(LookupError):
    """A notice of a kind that no module brings: a programming error."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of notice as one person has it. ``on``: the channels it comes by."""

    kind: NoticeKind
    owner: str
    on: frozenset[str]


@implementer(INotices)
class Notices:
    """The notices of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        switches: ISwitches,
        mailer: IMailer,
        kinds: Mapping[str, NoticeKind],
        owner_of: Callable[[object], str],
        audiences: Audiences,
        origin: Origin,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._switches = switches
        self._mailer = mailer
        self._kinds = kinds
        self._owner_of = owner_of
        self._audiences = audiences
        self._origin = origin

    # Sending

    def send(
        self,
        kind: str,
        *,
        about: Any = "",
        client_id: int | None = None,
        facts: Mapping[str, Any] | None = None,
        recipients: Collection[int] | None = None,
        once_key: str | None = None,
    ) -> int:
        """Tell everybody who may know, but not who did it; how many were told. The cost does not grow with their number."""
        known = self._known(kind)
        told = self._to_tell(known, client_id, recipients)
        if once_key is None:
            return self._tell(known, told, str(about), client_id, facts or {}, None)
        told = self._not_told(told, once_key)
        try:
            with self._session.begin_nested():
                return self._tell(known, told, str(about), client_id, facts or {}, once_key)
        except IntegrityError:
            # Somebody else told of the same, in a transaction that ended while we waited for it.
            return self._tell(known, self._not_told(told, once_key), str(about), client_id, facts or {}, once_key)

    def _tell(
        self,
        kind: NoticeKind,
        told: Sequence[Recipient],
        about: str,
        client_id: int | None,
        facts: Mapping[str, Any],
        once_key: str | None,
    ) -> int:
        wanted = self._wanted(kind, [one.user_id for one in told])
        told = [one for one in told if wanted[one.user_id]]
        if not told:
            return 0
        now = self._clock.now()
        mails = self._queue([one for one in told if MAIL in wanted[one.user_id]], kind.name, about, client_id)
        ids = take_ids(self._session, cast(Table, Notice.__table__), len(told))
        rows = [
            Notice(
                mail_id=mails.get(one.user_id),
                id=id_,
                kind=kind.name,
                user_id=one.user_id,
                area=AREAS[kind.to],
                client_id=client_id,
                about_id=about,
                facts=dict(facts),
                shown=APP in wanted[one.user_id],
                once_key=once_key,
                created_at=now,
            )
            for id_, one in zip(ids, told, strict=True)
        ]
        self._session.add_all(rows)
        self._session.flush()
        return len(told)

    def hide(self, kinds: Collection[str], about: Iterable[Any], *, but: Collection[int] = ()) -> None:
        """No bell shows any more what was told of the objects ``about`` by ``kinds``, except to people of the clients in ``but``."""
        others = or_(Notice.client_id.is_(None), Notice.client_id.not_in(sorted(but)))
        told = update(Notice).where(Notice.kind.in_(sorted(kinds)), others).values(shown=False)
        for some in chunks(map(str, about)):
            of_these = told.where(among(self._session, Notice.about_id, some))
            self._session.execute(of_these.execution_options(synchronize_session=False))

    def letters(self, kind: str, client_ids: Sequence[int]) -> int:
        """How many letters ``send`` would write if it were called for each of ``client_ids``, of a kind that is for contacts."""
        times = Counter(client_ids)
        return sum(times[client_id] * len(people) for client_id, people in self._letters_to(kind, set(times)).items())

    def letters_to(self, kind: str, client_id: int) -> list[str]:
        """Addresses of the letters that ``send`` would write for one client, of a kind that is for contacts."""
        return [one.email for people in self._letters_to(kind, {client_id}).values() for one in people]

    def _letters_to(self, kind: str, client_ids: Collection[int]) -> dict[int, list[Recipient]]:
        known = self._known(kind)
        module = self._owner_of(known)
        if not client_ids or not self._mailer.configured or not self._switches.on(module):
            return {}
        open_to = set(client_ids) - set(self._switches.closed_for(module, set(client_ids)))
        told = self._audiences.contacts_of_many(known.permission, open_to)
        own = {self._origin.user_id, self._origin.on_behalf_id}
        wanted = self._wanted(known, list({one.user_id for people in told.values() for one in people} - own))
        return {
            client_id: [one for one in people if MAIL in wanted.get(one.user_id, ())]
            for client_id, people in told.items()
        }

    def may_still_know(self, notice: Notice) -> Recipient | None:
        """Whom the letter of ``notice`` goes to, at his address of today; None where he may not know of it any more, or wants no letter."""
        kind = self._kinds.get(notice.kind)
        if kind is None:
            return None
        found = self._audiences.of(kind, notice.client_id, [notice.user_id])
        if not found or MAIL not in self._wanted(kind, [notice.user_id])[notice.user_id]:
            return None
        return found[0]

    # Reading

    def page(self, query: ListQuery, *, user_id: int, area: str, kinds: Collection[str]) -> Page:
        """A page of what the person was told of, the newest first. Filter ``show``: ``unread``."""
        statement = select(Notice).where(*self._of(user_id, area, kinds))
        if query.filters.get("show") == "unread":
            statement = statement.where(Notice.read_at.is_(None))
        return paginate(self._session, statement, query, sorts={"at": Notice.created_at}, default="-at", key=Notice.id)

    def unread(self, *, user_id: int, area: str, kinds: Collection[str]) -> int:
        """How much of that he has not read."""
        waiting = _UNREAD.where(*self._of_clients_in_scope()).ask(self._session, user=user_id, area=area)
        return sum(row.unread for row in waiting if row.kind in kinds)

    def find(self, public_id: uuid.UUID, *, user_id: int, area: str) -> Notice | None:
        """A notice of the person behind one door, of any kind."""
        found: Notice | None = self._session.scalar(
            select(Notice).where(*self._of(user_id, area), Notice.public_id == public_id)
        )
        return found

    def read(self, notice: Notice) -> None:
        """It is read from now on."""
        notice.read_at = notice.read_at or self._clock.now()

    def read_all(self, *, user_id: int, area: str, kinds: Collection[str]) -> None:
        """All of it is read."""
        self._session.execute(
            update(Notice)
            .where(*self._of(user_id, area, kinds), Notice.read_at.is_(None))
            .values(read_at=self._clock.now())
            .execution_options(synchronize_session=False)
        )

    # Choosing

    def choices(self, user: User) -> list[Choice]:
        """Every kind that the person can be told of, with the channels it comes by; kinds of modules that are off are left out."""
        kinds = [k for k in self._kinds.values() if self._switches.on(self._owner_of(k))]
        mine = self._audiences.kinds_of(user, kinds)
        said = self._said([user.id])
        return [Choice(k, self._owner_of(k), _channels(k, said.get((user.id, k.name), {}))) for k in mine]

    def choose(self, user: User, wanted: Collection[tuple[str, str]]) -> None:
        """Let the person be told by exactly the (kind, channel) of ``wanted``; mandatory kinds and others' kinds stay as they are."""
        free = [one for one in self.choices(user) if not one.kind.mandatory]
        before = {(one.kind.name, channel) for one in free for channel in one.on}
        asked = {(one.kind.name, channel) for one in free for channel in CHANNELS}
        after = asked & set(wanted)
        if after == before:
            return
        names = [one.kind.name for one in free]
        self._session.execute(delete(NoticeChoice).where(NoticeChoice.user_id == user.id, NoticeChoice.kind.in_(names)))
        defaults = {(one.kind.name, channel) for one in free for channel in one.kind.channels}
        self._session.add_all(
            NoticeChoice(user_id=user.id, kind=kind, channel=channel, on=(kind, channel) in after)
            for kind, channel in sorted(after ^ defaults)
        )
        self._audit.record(
            "core.notices.chosen",
            kind="user",
            public_id=user.public_id,
            title=user.email,
            before={"notices": _told(before - after)},
            after={"notices": _told(after - before)},
        )

    # Inside

    def _queue(self, told: Sequence[Recipient], kind: str, about: str, client_id: int | None) -> dict[int, int]:
        """User → id of the letter he gets; nobody gets one where the site sends no mail."""
        if not told or not self._mailer.configured:
            return {}
        ids = self._mailer.queue_notices(
            [one.email for one in told], about_kind=kind, about_id=about, client_id=client_id
        )
        return {one.user_id: mail_id for one, mail_id in zip(told, ids, strict=True)}

    def _known(self, kind: str) -> NoticeKind:
        try:
            return self._kinds[kind]
        except KeyError:
            raise UnknownNoticeKindError(f"no module brings notices of kind {kind!r}") from None

    def _to_tell(
        self, kind: NoticeKind, client_id: int | None, recipients: Collection[int] | None
    ) -> Sequence[Recipient]:
        if client_id is not None and not may_see(self._session, client_id):
            raise ScopeError("a notice about a client outside the scope")
        module = self._owner_of(kind)
        if not self._switches.on(module) or (client_id is not None and not self._switches.on_for(module, client_id)):
            return []
        found = self._audiences.of(kind, client_id, recipients)
        if kind.mandatory:
            return found
        own = {self._origin.user_id, self._origin.on_behalf_id}
        return [one for one in found if one.user_id not in own]

    def _not_told(self, found: Sequence[Recipient], once_key: str) -> list[Recipient]:
        told = set(self._session.scalars(select(Notice.user_id).where(Notice.once_key == once_key)))
        return [one for one in found if one.user_id not in told]

    def _wanted(self, kind: NoticeKind, user_ids: Sequence[int]) -> dict[int, frozenset[str]]:
        """User → the channels by which he is told of ``kind``."""
        if kind.mandatory or not user_ids:
            return {user_id: frozenset(kind.channels) for user_id in user_ids}
        said: dict[tuple[int, str], dict[str, bool]] = {}
        for some in chunks(user_ids):
            said |= self._said(some, kind.name)
        return {user_id: _channels(kind, said.get((user_id, kind.name), {})) for user_id in user_ids}

    def _said(self, user_ids: Sequence[int], kind: str = "") -> dict[tuple[int, str], dict[str, bool]]:
        statement = select(NoticeChoice).where(NoticeChoice.user_id.in_(user_ids))
        if kind:
            statement = statement.where(NoticeChoice.kind == kind)
        said: dict[tuple[int, str], dict[str, bool]] = {}
        for row in self._session.scalars(statement):
            said.setdefault((row.user_id, row.kind), {})[row.channel] = row.on
        return said

    def _of(self, user_id: int, area: str, kinds: Collection[str] | None = None) -> list[ColumnElement[bool]]:
        """What a person sees behind one door: of clients in scope only."""
        criteria = [Notice.user_id == user_id, Notice.shown.is_(True), Notice.area.in_(("", area))]
        if kinds is not None:
            criteria.append(Notice.kind.in_(sorted(kinds)))
        return [*criteria, *self._of_clients_in_scope()]

    def _of_clients_in_scope(self) -> list[ColumnElement[bool]]:
        return [or_(Notice.client_id.is_(None), here) for here in in_scope(self._session, Notice.client_id)]


_UNREAD = PlainQuery(
    select(Notice.kind, func.count().label("unread"))
    .where(
        Notice.user_id == bindparam("user"),
        Notice.shown.is_(True),
        or_(Notice.area == "", Notice.area == bindparam("area")),
        Notice.read_at.is_(None),
    )
    .group_by(Notice.kind)
)
"""Of one person, behind one door: how much of each kind waits. Every page asks."""


def _channels(kind: NoticeKind, said: Mapping[str, bool]) -> frozenset[str]:
    """By which channels it comes to somebody who ``said`` that much of it."""
    if kind.mandatory:
        return frozenset(kind.channels)
    return frozenset(channel for channel in CHANNELS if said.get(channel, channel in kind.channels))


def _told(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{kind} ({channel})" for kind, channel in sorted(pairs)]


def notices_factory(_context: Any, request: Any) -> Notices:
    """``INotices`` of a request."""
    contributions = request.registry.cabinet_contributions
    return Notices(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(ISwitches),
        request.find_service(IMailer),
        contributions.notices,
        contributions.owner_of,
        Audiences(request.db, contributions.permissions, request.find_service(IAccess)),
        origin_of(request),
    )
