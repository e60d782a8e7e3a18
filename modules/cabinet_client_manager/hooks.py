"""What client_manager brings."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, InitialStep, Permission
from cabinet.plugins.hookspecs import hookimpl
from cabinet_client_manager.texts import _


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Managers keep clients; head and owner keep our own requisites; a client reads his own."""
    return [
        Permission("client_manager:client:view", _("See clients"), ("manager", "head")),
        Permission("client_manager:client:edit", _("Change clients and contacts, give access"), ("manager", "head")),
        Permission("client_manager:client:import", _("Load clients and contracts from tables"), ("manager", "head")),
        Permission("client_manager:contract:view", _("See contracts"), ("manager", "head")),
        Permission("client_manager:contract:edit", _("Change contracts"), ("manager", "head")),
        Permission("client_manager:entity:edit", _("Change our own requisites"), ("owner", "head")),
        Permission("client_manager:own:view", _("See one's own requisites and contracts"), ("client",)),
    ]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon clients, contacts, contracts and legal entities."""
    return [
        AuditAction("client_manager.client.added", _("Client added")),
        AuditAction("client_manager.client.changed", _("Client changed")),
        AuditAction("client_manager.client.archived", _("Client archived")),
        AuditAction("client_manager.client.restored", _("Client taken out of the archive")),
        AuditAction("client_manager.contact.added", _("Contact added")),
        AuditAction("client_manager.contact.changed", _("Contact changed")),
        AuditAction("client_manager.contact.removed", _("Contact removed")),
        AuditAction("client_manager.contact.invited", _("Contact invited to the cabinet")),
        AuditAction("client_manager.contact.access_withdrawn", _("Contact's access withdrawn")),
        AuditAction("client_manager.contract.added", _("Contract added")),
        AuditAction("client_manager.contract.changed", _("Contract changed")),
        AuditAction("client_manager.contract.status", _("Status of a contract changed")),
        AuditAction("client_manager.legal_entity.added", _("Legal entity added")),
        AuditAction("client_manager.legal_entity.changed", _("Our requisites changed")),
        AuditAction("client_manager.table.imported", _("Table imported")),
    ]


@hookimpl
def cabinet_initial_data() -> list[InitialStep]:
    """A new site has one legal entity, its requisites still to be filled in."""

    def fill(request: Any) -> None:
        from cabinet_client_manager.interfaces import ILegalEntityBook

        locale = request.registry.settings["cabinet.settings"].site.locale
        request.find_service(ILegalEntityBook).ensure_default_entity(locale)

    return [InitialStep(10, fill)]
