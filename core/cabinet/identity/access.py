"""Who of our side sees which clients: the owner's rule, and the set of clients that follows from it for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.scope import ALL, Chosen, ClientScope
from cabinet.identity.models import Client, User
from cabinet.identity.roles import CUSTOM, roles_of
from cabinet.interfaces import IAccess, ISettings
from cabinet.plugins.contributions import Permission

ALL_CLIENTS = "core:client:all"
"""Whoever has this right sees every client, whatever the rule says."""

MANAGERS_SEE, UNASSIGNED = "core.managers_see", "core.unassigned_clients"
EVERYBODY, OWN = "all", "own"
_OFFICE = {"manager", "head", CUSTOM}


@dataclass(frozen=True, slots=True)
class Rules:
    """``own_clients``: who lacks the right to all clients sees those alone whose manager he is; ``unassigned``: and those without one."""

    own_clients: bool = False
    unassigned: bool = False


@implementer(IAccess)
class Access:
    """The rule as it is now; ``permissions``: of all modules, by name."""

    def __init__(self, session: Session, settings: ISettings, permissions: Mapping[str, Permission]) -> None:
        self._session = session
        self._settings = settings
        self._permissions = permissions

    def rules(self) -> Rules:
        """What the owner has set."""
        return Rules(self._settings.get(MANAGERS_SEE) == OWN, bool(self._settings.get(UNASSIGNED)))

    def clients_of(self, user_id: int) -> ClientScope:
        """The clients of somebody who lacks the right to all of them: a scope for sessions."""
        rules = self.rules()
        if not rules.own_clients:
            return ALL
        criteria = [Client.manager_id == user_id]
        if rules.unassigned:
            criteria.append(Client.manager_id.is_(None))
        return Chosen(("manager", user_id, rules.unassigned), select(Client.id).where(or_(*criteria)))

    def clients_seen_by(self, user: User) -> ClientScope:
        """The clients that ``user`` sees in the office, by the roles he holds now; nobody's where he holds none of our side."""
        roles = roles_of(user)
        if user.disabled_at is not None or not roles & _OFFICE:
            return frozenset()
        granted = {name for role in user.custom_roles for name in role.permissions}
        if roles & set(self._permissions[ALL_CLIENTS].roles) or ALL_CLIENTS in granted:
            return ALL
        return self.clients_of(user.id)

    def sees(self, user: User, client_id: int) -> bool:
        """Whether ``user`` sees the client in the office now: asked before he is told anything of it."""
        return self.covers(self.clients_seen_by(user), client_id)

    def covers(self, scope: ClientScope, client_id: int) -> bool:
        """Whether ``scope`` holds a client, as the rows stand now."""
        if isinstance(scope, Chosen):
            return self._session.scalar(scope.ids.where(Client.id == client_id)) is not None
        return scope is ALL or client_id in scope
