"""What the site's owner does with users: who there is, which roles they hold, who is shut out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.errors import ConflictError
from cabinet.identity import sessions
from cabinet.identity.links import Links
from cabinet.identity.models import CustomRole, LoginSession, Membership, SecondFactor, User, UserCustomRole, UserRole
from cabinet.identity.roles import find_custom_role
from cabinet.interfaces import IAuditLog, IClock, ISecondFactor, IUsers
from cabinet.texts import _

OWNER = "owner"
ROLES = ("manager", "head", OWNER)
STAFF, CONTACTS, OFF, ALL = "staff", "contacts", "off", "all"
"""Which users a list shows: our side, contacts of clients, those who are shut out, all of these."""
BARE = {STAFF: "staff_bare", CONTACTS: "contacts_bare"}
"""Of those lists, by their names in ``counts``: who has no second step."""


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user in the owner's list. ``state``: active, invited (has not come in yet) or off; ``roles``: in the order of ROLES.

    ``custom``: those that the owner put together, by title.
    """

    user: User
    roles: tuple[str, ...]
    state: str
    seen_at: datetime | None
    second_factor: bool
    custom: tuple[CustomRole, ...] = ()

    @property
    def contact(self) -> bool:
        """Whether he holds no role of our side."""
        return not self.roles and not self.custom


@implementer(IUsers)
class Users:
    """``acting``: internal id of the user who does it; None for a command."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        second_factor: ISecondFactor,
        acting: int | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._second_factor = second_factor
        self._acting = acting
        self._links = Links(session, clock, audit)

    def page(self, query: ListQuery) -> Page:
        """A page of UserLine. Filters: ``show`` (staff, contacts, off, all; staff without it), ``role``, ``second`` (none: who has no
        second step). Searched: name and address."""
        show, role = query.filters.get("show", STAFF), query.filters.get("role")
        statement = select(User).where(_shown(show))
        if role in ROLES:
            statement = statement.where(_holds(role))
        if query.filters.get("second") == "none":
            statement = statement.where(~_PROTECTED)
        if query.search:
            statement = statement.where(contains(User.name, query.search) | contains(User.email, query.search))
        sorts = {"name": func.lower(User.name), "email": func.lower(User.email), "created": User.created_at}
        page = paginate(self._session, statement, query, sorts=sorts, default="name", key=User.id)
        return replace(page, rows=self.lines(page.rows))

    def counts(self) -> dict[str, int]:
        """How many users each kind of list shows, and how many of them have no second step (``BARE``)."""
        asked = {show: _shown(show) for show in (STAFF, CONTACTS, OFF)}
        asked |= {name: _shown(show) & ~_PROTECTED for show, name in BARE.items()}
        row = self._session.execute(
            select(*(func.count().filter(which) for which in asked.values())).select_from(User)
        ).one()
        return dict(zip(asked, row, strict=True))

    def lines(self, users: Collection[User]) -> list[UserLine]:
        """UserLine of each."""
        seen = self._last_seen(users)
        protected = self._second_factor.users_with()
        of_these = UserRole.user_id.in_([user.id for user in users])
        rows = self._session.execute(select(UserRole.user_id, UserRole.role).where(of_these))
        held = {(user_id, role) for user_id, role in rows}
        made = self._session.execute(
            select(UserCustomRole.user_id, CustomRole)
            .join(CustomRole, CustomRole.id == UserCustomRole.custom_role_id)
            .where(UserCustomRole.user_id.in_([user.id for user in users]))
            .order_by(func.lower(CustomRole.title))
        ).all()
        return [
            UserLine(
                user=user,
                roles=tuple(role for role in ROLES if (user.id, role) in held),
                state="off" if user.disabled_at else "active" if user.password_hash else "invited",
                seen_at=seen.get(user.id),
                second_factor=user.id in protected,
                custom=tuple(role for user_id, role in made if user_id == user.id),
            )
            for user in users
        ]

    def change_roles(self, user: User, roles: Collection[str]) -> None:
        """Give ``user`` exactly ``roles``, names or public ids (hex) of his CustomRole rows; he signs in anew.

        ConflictError for none, for a contact, for the last owner.
        """
        named = set(roles) & set(ROLES)
        custom = {role.id: role for role in (find_custom_role(self._session, k, "staff") for k in set(roles) - named)}
        before, after = {row.role for row in user.roles}, named
        had, has = {role.id: role for role in user.custom_roles}, custom
        if not after and not has:
            raise ConflictError("no_role", _("Choose at least one role. To shut somebody out, switch him off."))
        # Nor does anybody become a colleague by a login whose password a client's people may have set.
        if user.introduced_at or self._session.scalar(select(exists().where(Membership.user_id == user.id))):
            raise ConflictError(
                "is_contact", _("${email} is a contact of a client: no colleague.", mapping={"email": user.email})
            )
        if before == after and had.keys() == has.keys():
            return
        if OWNER in before - after:
            self._keep_an_owner(user)
        user.roles = [row for row in user.roles if row.role in after]
        user.roles += [UserRole(role=role) for role in after - before]
        user.custom_roles = list(has.values())
        self._session.flush()
        sessions.end_all(self._session, user.id)
        was, now = (
            {"roles": [*sorted(names), *sorted(role.title for role in made.values())]}
            for names, made in ((before, had), (after, has))
        )
        self._tell(user, "core.user.roles_changed", before=was, after=now)

    def disable(self, user: User) -> None:
        """Shut ``user`` out: no sign-in, no session, no link. ConflictError for oneself and for the last owner."""
        if user.id == self._acting:
            raise ConflictError("own_account", _("You cannot switch yourself off: ask another owner."))
        if user.disabled_at is not None:
            return
        self._keep_an_owner(user)
        user.disabled_at = self._clock.now()
        sessions.end_all(self._session, user.id)
        self._links.kill(user)
        self._tell(user, "core.user.disabled")

    def enable(self, user: User) -> None:
        """Let ``user`` in again, with the password and the roles he had."""
        if user.disabled_at is not None:
            user.disabled_at = None
            self._tell(user, "core.user.enabled")

    def sign_everybody_out(self, *, but: int | None = None) -> int:
        """End every sign-in of the site except session ``but``; returns how many."""
        ended = sessions.end_everybody(self._session, but=but)
        self._audit.record("core.session.everybody_ended", kind="site", public_id="site", after={"count": ended})
        return ended

    def reset_second_factor(self, user: User) -> None:
        """Turn the second step off for somebody who lost telephone and codes; he signs in anew. ConflictError for oneself."""
        if user.id == self._acting:
            raise ConflictError("own_account", _("Turn your own second step off on the page of your account."))
        self._second_factor.reset(user)
        sessions.end_all(self._session, user.id)

    def _last_seen(self, users: Collection[User]) -> dict[int | None, datetime]:
        """By internal id, when each was here: the last click of who is still signed in, else the last sign-in."""
        signed_in = self._audit.latest("core.session.started", "user", [user.public_id for user in users])
        seen: dict[int | None, datetime] = {
            user.id: signed_in[str(user.public_id)] for user in users if str(user.public_id) in signed_in
        }
        clicks = self._session.execute(
            select(LoginSession.user_id, func.max(LoginSession.seen_at))
            .where(LoginSession.user_id.in_([user.id for user in users]))
            .group_by(LoginSession.user_id)
        )
        for user_id, at in clicks:
            seen[user_id] = max(at, seen.get(user_id, at))
        return seen

    def _keep_an_owner(self, user: User) -> None:
        """ConflictError where nobody would be left who looks after the site.

        Two owners who remove each other at the same moment both find another one still there, unless one waits for the other:
        the rows of the role are locked, and counted by a statement of its own, which sees what the first one has done.
        """
        lock = select(UserRole.user_id).where(UserRole.role == OWNER).order_by(UserRole.user_id).with_for_update()
        if user.id not in set(self._session.scalars(lock)):
            return
        others = select(func.count()).select_from(User).where(_holds(OWNER), User.disabled_at.is_(None))
        if not self._session.scalar(others.where(User.id != user.id)):
            raise ConflictError("last_owner", _("The last owner cannot be switched off or lose the role."))

    def _tell(self, user: User, action: str, **change: dict[str, list[str]]) -> None:
        self._audit.record(action, kind="user", public_id=user.public_id, title=user.email, **change)


_PROTECTED = exists().where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))


def _holds(role: str | None = None) -> ColumnElement[bool]:
    """Whether a user holds ``role``, or any."""
    held = exists().where(UserRole.user_id == User.id)
    return held.where(UserRole.role == role) if role else held | exists().where(UserCustomRole.user_id == User.id)


def _shown(show: str) -> ColumnElement[bool]:
    if show == ALL:
        return true()
    if show == OFF:
        return User.disabled_at.is_not(None)
    return User.disabled_at.is_(None) & (~_holds() if show == CONTACTS else _holds())
