"""Who is told: the one place that knows who holds a permission, on our side and among a client's people.

Asked when a notice is sent, and again when its letter leaves: who lost his role, his access or his account in between gets nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from cabinet.db.bulk import chunks
from cabinet.db.scope import ALL
from cabinet.identity.models import Client, Membership, User
from cabinet.identity.roles import member_holds, roles_of, staff_holds
from cabinet.interfaces import IAccess
from cabinet.plugins.contributions import NoticeKind, Permission

AREAS = {"contacts": "my", "manager": "office", "staff": "office", "owner": "site", "person": ""}
"""To whom → behind which door it is shown."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to tell."""

    user_id: int
    email: str


class Audiences:
    """Asks the database, within one transaction."""

    def __init__(self, session: Session, permissions: Mapping[str, Permission], access: IAccess) -> None:
        self._session = session
        self._permissions = permissions
        self._access = access

    def of(self, kind: NoticeKind, client_id: int | None, among: Collection[int] | None = None) -> list[Recipient]:
        """Who is to be told of something of ``kind``, in the order of their ids; ``among``: nobody but these users."""
        if kind.to == "contacts":
            return [] if client_id is None else self._contacts(kind.permission, client_id, among)
        users = [user for user in self._users(kind, among) if self._sees(user, kind, client_id)]
        if kind.to == "manager":
            users = self._in_charge(users, client_id)
        return [Recipient(user.id, user.email) for user in users]

    def kinds_of(self, user: User, kinds: Collection[NoticeKind]) -> list[NoticeKind]:
        """Those of ``kinds`` that the person can be told of at all."""
        memberships = self._session.scalars(
            select(Membership).options(joinedload(Membership.custom_role)).where(Membership.user_id == user.id)
        ).all()
        return [
            kind
            for kind in kinds
            if kind.to == "person"
            or (kind.to == "contacts" and any(self._as_member(one, kind.permission) for one in memberships))
            or (kind.to != "contacts" and self._as_one_of_us(user, kind))
        ]

    def contacts_of_many(self, permission: str, client_ids: Collection[int]) -> dict[int, list[Recipient]]:
        """Client → his people who may know what ``permission`` opens; at a cost that grows by hundreds of clients."""
        found: dict[int, list[Recipient]] = {}
        for some in chunks(list(client_ids)):
            for row in self._memberships(some):
                if self._as_member(row, permission):
                    found.setdefault(row.client_id, []).append(Recipient(row.user.id, row.user.email))
        return found

    def _contacts(self, permission: str, client_id: int, among: Collection[int] | None) -> list[Recipient]:
        rows = self._memberships([client_id], among)
        return [Recipient(row.user.id, row.user.email) for row in rows if self._as_member(row, permission)]

    def _memberships(self, client_ids: Sequence[int], among: Collection[int] | None = None) -> list[Membership]:
        """Of clients that are served, and of people who can come in."""
        statement = (
            select(Membership)
            .join(Membership.user)
            .join(Membership.client)
            .options(contains_eager(Membership.user), joinedload(Membership.custom_role))
            .where(Membership.client_id.in_(client_ids), Client.archived_at.is_(None), User.disabled_at.is_(None))
            .order_by(User.id)
        )
        if among is not None:
            statement = statement.where(User.id.in_(set(among)))
        return list(self._session.scalars(statement))

    def _users(self, kind: NoticeKind, among: Collection[int] | None) -> list[User]:
        if kind.to == "person" and among is None:
            return []
        statement = (
            select(User)
            .options(joinedload(User.roles), joinedload(User.custom_roles))
            .where(User.disabled_at.is_(None))
            .order_by(User.id)
        )
        if among is not None:
            statement = statement.where(User.id.in_(set(among)))
        if kind.to != "person":
            statement = statement.where(User.roles.any() | User.custom_roles.any())
        found = self._session.scalars(statement).unique()
        return [user for user in found if kind.to == "person" or self._as_one_of_us(user, kind)]

    def _sees(self, user: User, kind: NoticeKind, client_id: int | None) -> bool:
        """Whether one of us may know of it who is limited to some clients: of these alone, and of nothing over the whole firm."""
        if kind.to not in ("manager", "staff"):
            return True
        if client_id is not None:
            return bool(self._access.sees(user, client_id))
        known = self._permissions.get(kind.permission)
        return known is None or not known.whole or self._access.clients_seen_by(user) is ALL

    def _in_charge(self, holders: list[User], client_id: int | None) -> list[User]:
        """The client's manager where he is among ``holders``, else those of them who are heads."""
        client = self._session.get(Client, client_id) if client_id is not None else None
        mine = [user for user in holders if client is not None and user.id == client.manager_id]
        return mine or [user for user in holders if "head" in roles_of(user)]

    def _as_member(self, membership: Membership, permission: str) -> bool:
        return member_holds(membership, self._permissions.get(permission))

    def _as_one_of_us(self, user: User, kind: NoticeKind) -> bool:
        """Whether ``user`` holds the permission of ``kind`` behind its door."""
        return staff_holds(user, self._permissions.get(kind.permission), owner=kind.to == "owner")
