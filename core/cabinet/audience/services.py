"""Keeping audiences, and the one criterion by which a reader finds what is for him."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager, joinedload
from zope.interface import implementer

from cabinet.audience.models import AudienceClient, AudienceGroup, StoredAudience
from cabinet.audience.values import (
    CHOSEN,
    CLIENTS,
    GUEST,
    PUBLIC,
    STAFF,
    TITLES,
    Answer,
    Audience,
    GroupChoice,
    Reader,
    Readers,
    of_client,
    of_staff,
)
from cabinet.db.memo import once
from cabinet.db.scope import ALL, Chosen, ClientScope, in_scope, scope_of
from cabinet.identity.models import Client, CustomRole, Membership, User
from cabinet.identity.roles import STAFF as OF_OFFICE
from cabinet.identity.roles import member_holds, role_holds, roles_of, staff_holds
from cabinet.interfaces import IAccess, IAudiences, ISwitches
from cabinet.plugins.contributions import Permission
from cabinet.texts import _

_NO_RIGHT = _("The role of this person does not open this section.")


@dataclass(frozen=True, slots=True)
class Source:
    """An AudienceGroups of a module that is on. ``members()``: selects (internal id of a client, key of a group)."""

    name: str
    title: str
    choices: Callable[[], Sequence[tuple[str, str]]]
    members: Callable[[], Select[Any]]


@implementer(IAudiences)
class Audiences:
    """The audiences of one transaction."""

    def __init__(
        self,
        session: Session,
        access: IAccess,
        switches: ISwitches,
        permissions: Mapping[str, Permission],
        sources: Sequence[Source],
    ) -> None:
        self._session = session
        self._access = access
        self._switches = switches
        self._permissions = permissions
        self._sources = sources

    # Keeping

    def keep(self, audience: Audience) -> int:
        """The id of ``audience``, equal ones alike."""
        plain = audience.plain
        if (found := self._find(plain)) is not None:
            return found
        try:
            with self._session.begin_nested():
                return self._add(plain)
        except IntegrityError:
            # Somebody else kept the same, in a transaction that ended while we waited for it.
            found = self._find(plain)
            assert found is not None
            return found

    def get(self, audience_id: int) -> Audience:
        """The Audience behind an id; KeyError."""
        return once(self._session, ("core.audience", audience_id), lambda: self._read(audience_id))

    def _find(self, audience: Audience) -> int | None:
        return self._session.scalar(select(StoredAudience.id).where(StoredAudience.digest == audience.digest))

    def _add(self, audience: Audience) -> int:
        row = StoredAudience(digest=audience.digest, reach=audience.reach)
        self._session.add(row)
        self._session.flush()
        self._session.add_all(AudienceClient(audience_id=row.id, client_id=one) for one in sorted(audience.clients))
        self._session.add_all(
            AudienceGroup(audience_id=row.id, source=source, key=key) for source, key in sorted(audience.groups)
        )
        self._session.flush()
        return row.id

    def _read(self, audience_id: int) -> Audience:
        row = self._session.get(StoredAudience, audience_id)
        if row is None:
            raise KeyError(audience_id)
        if row.reach != CHOSEN:
            return Audience(row.reach)  # type: ignore[arg-type] # as it was kept
        clients = self._session.scalars(
            select(AudienceClient.client_id).where(AudienceClient.audience_id == audience_id)
        )
        groups = self._session.execute(
            select(AudienceGroup.source, AudienceGroup.key).where(AudienceGroup.audience_id == audience_id)
        )
        return Audience(CHOSEN, frozenset(clients), frozenset((source, key) for source, key in groups))

    # Reading

    def reader(self, context: Any) -> Reader:
        """The Reader who stands in an area's context."""
        if context.area == "my":
            return of_client(context.client.id)
        return of_staff(scope_of(self._session)) if context.area == "office" else GUEST

    def visible(self, column: Any, reader: Reader) -> ColumnElement[bool]:
        """A criterion for any statement: that ``column``, an id of an audience, is one that ``reader`` is in."""
        if reader.everywhere:
            return true()
        inside: ColumnElement[bool] = column.in_(select(StoredAudience.id).where(self._holds(reader)))
        return inside

    def sees(self, audience_id: int, reader: Reader) -> bool:
        """Whether ``reader`` is in the audience."""
        found = select(StoredAudience.id).where(StoredAudience.id == audience_id)
        return self._session.scalar(found.where(self.visible(StoredAudience.id, reader))) is not None

    def _holds(self, reader: Reader) -> ColumnElement[bool]:
        """That an audience, a row of ``core_audience``, holds ``reader``."""
        plainly = StoredAudience.reach.in_(sorted(reader.reaches))
        if reader.clients == frozenset():
            return plainly
        named = select(AudienceClient.audience_id).where(_of(AudienceClient.client_id, reader.clients))
        by_group = [self._audiences_by(source, reader.clients) for source in self._sources]
        of_theirs = or_(*(StoredAudience.id.in_(chosen) for chosen in (named, *by_group)))
        return or_(plainly, and_(StoredAudience.reach == CHOSEN, of_theirs))

    def _audiences_by(self, source: Source, clients: ClientScope) -> Select[Any]:
        """Audiences that name a group of ``source`` in which one of ``clients`` is."""
        members = source.members().subquery()
        client_id, key = members.c
        return (
            select(AudienceGroup.audience_id)
            .join(members, AudienceGroup.key == key)
            .where(AudienceGroup.source == source.name, _of(client_id, clients))
        )

    # Telling

    def clients(self, audience: Audience, permission: str = "") -> list[int]:
        """Internal ids of the clients in ``audience`` who are served today and within the session's scope."""
        statement = select(Client.id).where(self._served_in(audience)).order_by(Client.id)
        found = self._session.scalars(statement).all()
        closed = self._switches.closed_for(_module(permission), found)
        return [client_id for client_id in found if client_id not in closed]

    def readers(self, audience: Audience, permission: str = "") -> Readers:
        """How many clients are in ``audience``, and how many of their people can come in and hold ``permission``."""
        known = self._permissions.get(permission)
        enters = and_(Membership.client_id == Client.id, Membership.user.has(User.disabled_at.is_(None)))
        rows = self._session.execute(
            select(Client.id, Membership.user_id, Membership.role, CustomRole.permissions)
            .outerjoin_from(Client, Membership, enters)
            .outerjoin(Membership.custom_role)
            .where(self._served_in(audience))
        ).all()
        closed = self._switches.closed_for(_module(permission), {client_id for client_id, *_member in rows})
        open_to = [row for row in rows if row[0] not in closed]
        people = {
            user_id for _id, user_id, role, granted in open_to if user_id and role_holds(role, granted or (), known)
        }
        return Readers(len({row[0] for row in open_to}), len(people))

    def members(self, audience: Audience, permission: str = "") -> list[Membership]:
        """By which the clients' people see what is for ``audience``, by the names of the clients, then theirs."""
        known = self._permissions.get(permission)
        statement = (
            select(Membership)
            .join(Membership.user)
            .join(Membership.client)
            .options(
                contains_eager(Membership.user), contains_eager(Membership.client), joinedload(Membership.custom_role)
            )
            .where(self._served_in(audience), User.disabled_at.is_(None))
            .order_by(Client.name, User.name, User.id)
        )
        found = [row for row in self._session.scalars(statement) if member_holds(row, known)]
        closed = self._switches.closed_for(_module(permission), {row.client_id for row in found})
        return [row for row in found if row.client_id not in closed]

    def colleagues(self, permission: str = "") -> list[User]:
        """Our own people who come into the office and hold ``permission``, by name."""
        known = self._permissions.get(permission)
        statement = (
            select(User)
            .options(joinedload(User.roles), joinedload(User.custom_roles))
            .where(User.disabled_at.is_(None), User.roles.any() | User.custom_roles.any())
            .order_by(User.name, User.id)
        )
        return [user for user in self._session.scalars(statement).unique() if staff_holds(user, known)]

    def _served_in(self, audience: Audience) -> ColumnElement[bool]:
        """That a client, a row of ``core_client``, is in ``audience``, served today and within the scope."""
        criteria = [Client.archived_at.is_(None), *in_scope(self._session, Client.id)]
        if audience.reach == STAFF:
            criteria.append(false())
        if audience.reach == CHOSEN:
            named = Client.id.in_(sorted(audience.clients))
            criteria.append(or_(named, *(Client.id.in_(self._clients_by(s, audience)) for s in self._sources)))
        return and_(*criteria)

    def _clients_by(self, source: Source, audience: Audience) -> Select[Any]:
        """Clients in one of the groups of ``source`` that ``audience`` names."""
        members = source.members().subquery()
        client_id, key = members.c
        return select(client_id).where(key.in_(sorted(k for name, k in audience.groups if name == source.name)))

    def choices(self) -> list[GroupChoice]:
        """The groups of clients that an audience may be chosen of, source by source."""
        return [
            GroupChoice(source.name, key, title, source.title)
            for source in self._sources
            for key, title in source.choices()
        ]

    def told(self, audience_id: int) -> list[str]:
        """An audience in words, groups before clients."""
        return self.told_many([audience_id])[audience_id]

    def told_many(self, audience_ids: Collection[int]) -> dict[int, list[str]]:
        """The same for a list, at the cost of one."""
        ids = sorted(set(audience_ids))
        reaches = self._session.execute(
            select(StoredAudience.id, StoredAudience.reach).where(StoredAudience.id.in_(ids))
        ).all()
        told = {key: [TITLES[reach]] if reach != CHOSEN else [] for key, reach in reaches}
        chosen = [key for key, words in told.items() if not words]
        if not chosen:
            return told
        titles = {(choice.source, choice.key): choice.title for choice in self.choices()}
        groups = select(AudienceGroup).where(AudienceGroup.audience_id.in_(chosen))
        for group in self._session.scalars(groups.order_by(AudienceGroup.source, AudienceGroup.key)):
            told[group.audience_id].append(titles.get((group.source, group.key), group.key))
        clients = (
            select(AudienceClient.audience_id, Client.name)
            .join(Client, Client.id == AudienceClient.client_id)
            .where(AudienceClient.audience_id.in_(chosen), *in_scope(self._session, Client.id))
        )
        for key, name in self._session.execute(clients.order_by(Client.name)):
            told[key].append(name)
        return told

    # Who sees this?

    def answer(self, audience_id: int, user: User | None, *, my: str = "", office: str = "") -> Answer:
        """Whether ``user``, or a guest, sees what is for an audience, and why: by the clients that who asks sees himself."""
        reach = self.get(audience_id).reach
        if reach == PUBLIC:
            return _yes(_("It is public: everybody sees it, also without signing in."))
        if user is None:
            return _no(_("A guest sees only what is public."))
        if user.disabled_at is not None:
            return _no(_("This person cannot sign in: the account is switched off."))
        if user.is_staff:
            return self._answer_of_ours(audience_id, user, office)
        return self._answer_of_theirs(audience_id, user, my)

    def seeing(self, user: User, *, my: str = "", office: str = "") -> Callable[[int], bool]:
        """For many things at once, as for what is kept about a person."""
        return cache(lambda audience_id: self.answer(audience_id, user, my=my, office=office).sees)

    def _answer_of_ours(self, audience_id: int, user: User, permission: str) -> Answer:
        if not roles_of(user) & OF_OFFICE:
            return _no(_("This person looks after the site and does not enter the office."))
        known = self._permissions.get(permission)
        if not staff_holds(user, known):
            return _no(_NO_RIGHT)
        scope = self._access.clients_seen_by(user)
        if known is not None and known.whole and scope is not ALL:
            return _no(_NO_RIGHT)
        if not self.sees(audience_id, of_staff(scope)):
            return _no(_("None of the clients that this person looks after is among those chosen."))
        return _yes(_("One of our people: they see what is for clients, and what is for them alone."))

    def _answer_of_theirs(self, audience_id: int, user: User, permission: str) -> Answer:
        rows = self._session.scalars(
            select(Membership)
            .options(joinedload(Membership.client), joinedload(Membership.custom_role))
            .where(Membership.user_id == user.id, *in_scope(self._session, Membership.client_id))
            .order_by(Membership.client_id)
        ).all()
        known = self._permissions.get(permission)
        closed = self._switches.closed_for(_module(permission), [row.client_id for row in rows])
        inside = [row for row in rows if self.sees(audience_id, of_client(row.client_id))]
        open_to = [row for row in inside if row.client_id not in closed]
        able = [row for row in open_to if member_holds(row, known)]
        if able:
            return _yes(self._why(audience_id, able[0].client))
        if open_to:
            return _no(_NO_RIGHT)
        if inside:
            off = _("This section is switched off for ${client}.", mapping={"client": inside[0].client.name})
            return _no(off)
        if not rows:
            return _no(_("This person has access to no client."))
        if self.get(audience_id).reach == STAFF:
            return _no(_("It is for our own people only."))
        names = ", ".join(row.client.name for row in rows)
        return _no(_("Not among those chosen: ${clients}.", mapping={"clients": names}))

    def _why(self, audience_id: int, client: Client) -> Any:
        audience = self.get(audience_id)
        if audience.reach == CLIENTS:
            return _("All clients see it, ${client} among them.", mapping={"client": client.name})
        if client.id in audience.clients:
            return _("${client} is chosen by name.", mapping={"client": client.name})
        titles = {(choice.source, choice.key): choice.title for choice in self.choices()}
        group = next(
            titles.get((source.name, key), key)
            for source in self._sources
            for _client, key in self._session.execute(_only(source.members(), client.id))
            if (source.name, key) in audience.groups
        )
        return _("${client} is in the group “${group}”.", mapping={"client": client.name, "group": group})


def _only(members: Select[Any], client_id: int) -> Select[Any]:
    rows = members.subquery()
    return select(*rows.c).where(next(iter(rows.c)) == client_id)


def _of(column: Any, clients: ClientScope) -> ColumnElement[bool]:
    """That ``column`` is one of ``clients``, who are not all."""
    inside: ColumnElement[bool] = column.in_(clients.ids if isinstance(clients, Chosen) else sorted(clients))  # type: ignore[arg-type] # never ALL
    return inside


def _module(permission: str) -> str:
    """Whose a permission is; the core is never off."""
    return permission.partition(":")[0]


def _yes(why: str) -> Answer:
    return Answer(sees=True, why=why)


def _no(why: str) -> Answer:
    return Answer(sees=False, why=why)


def audiences_factory(_context: Any, request: Any) -> Audiences:
    """``IAudiences`` of a request."""
    contributions = request.registry.cabinet_contributions
    switches = request.find_service(ISwitches)

    def source(one: Any) -> Source:
        return Source(one.name, one.title, lambda: one.choices(request), lambda: one.members(request))

    brought = contributions.audience_groups.values()
    sources = [source(one) for one in brought if switches.on(contributions.owner_of(one))]
    access = request.find_service(IAccess)
    return Audiences(request.db, access, switches, contributions.permissions, sources)
