"""Binding the services of identity."""

from __future__ import annotations

from typing import Any

from cabinet.identity.access import Access
from cabinet.identity.account import OwnAccount
from cabinet.identity.colleagues import Colleagues
from cabinet.identity.custom_roles import Roles
from cabinet.identity.directory import ClientDirectory
from cabinet.identity.entrance import Entrance
from cabinet.identity.people import People
from cabinet.identity.second_factor import SecondFactors
from cabinet.identity.users import Users
from cabinet.identity.viewing import Viewings
from cabinet.interfaces import (
    IAccess,
    IAuditLog,
    IClientDirectory,
    IClock,
    IColleagues,
    IEntrance,
    IOwnAccount,
    IPeople,
    IRoles,
    ISecondFactor,
    ISettings,
    IUsers,
    IViewing,
)
from cabinet.keys import derive
from cabinet.origin import origin_of


def people_factory(_context: Any, request: Any) -> People:
    """``IPeople`` of a request."""
    site = request.registry.settings["cabinet.settings"].site
    return People(request.db, request.find_service(IClock), request.find_service(IAuditLog), site.name)


def account_factory(_context: Any, request: Any) -> OwnAccount:
    """``IOwnAccount`` of a request."""
    return OwnAccount(
        request.db, request.find_service(IClock), request.find_service(IAuditLog), request.find_service(IPeople)
    )


def second_factor_factory(_context: Any, request: Any) -> SecondFactors:
    """``ISecondFactor`` of a request."""
    settings = request.registry.settings["cabinet.settings"]
    key = derive(settings, "second-factor")
    return SecondFactors(request.db, request.find_service(IClock), request.find_service(IAuditLog), key)


def entrance_factory(_context: Any, request: Any) -> Entrance:
    """``IEntrance`` of a request."""
    return Entrance(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IPeople),
        request.find_service(ISecondFactor),
    )


def users_factory(_context: Any, request: Any) -> Users:
    """``IUsers`` of a request."""
    return Users(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(ISecondFactor),
        acting=origin_of(request).user_id,
    )


def access_factory(_context: Any, request: Any) -> Access:
    """``IAccess`` of a request."""
    permissions = request.registry.cabinet_contributions.permissions
    return Access(request.db, request.find_service(ISettings), permissions)


def viewing_factory(_context: Any, request: Any) -> Viewings:
    """``IViewing`` of a request."""
    return Viewings(request.db, request.find_service(IClock), request.find_service(IAuditLog))


def roles_factory(_context: Any, request: Any) -> Roles:
    """``IRoles`` of a request."""
    permissions = request.registry.cabinet_contributions.permissions
    return Roles(request.db, request.find_service(IClock), request.find_service(IAuditLog), permissions)


def colleagues_factory(_context: Any, request: Any) -> Colleagues:
    """``IColleagues`` of a request."""
    return Colleagues(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IPeople),
        request.find_service(IRoles),
        request.registry.cabinet_contributions.permissions,
        acting=origin_of(request).user_id,
    )


def directory_factory(_context: Any, request: Any) -> ClientDirectory:
    """``IClientDirectory`` of a request."""
    return ClientDirectory(request.db, request.find_service(IClock))


def includeme(config: Any) -> None:
    """Bind them."""
    config.register_service_factory(people_factory, IPeople)
    config.register_service_factory(account_factory, IOwnAccount)
    config.register_service_factory(second_factor_factory, ISecondFactor)
    config.register_service_factory(entrance_factory, IEntrance)
    config.register_service_factory(users_factory, IUsers)
    config.register_service_factory(access_factory, IAccess)
    config.register_service_factory(viewing_factory, IViewing)
    config.register_service_factory(roles_factory, IRoles)
    config.register_service_factory(colleagues_factory, IColleagues)
    config.register_service_factory(directory_factory, IClientDirectory)
