"""What the price list brings: rights, acts that the trail tells, its place in the menu."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditAction, MenuItem, Permission
from cabinet_finsystem.texts import _

VIEW, EDIT = "finsystem:item:view", "finsystem:item:edit"


def permissions() -> list[Permission]:
    """Who writes invoices sees prices; who may change them is for the owner to say."""
    return [
        Permission(VIEW, _("See the price list"), ("manager", "head")),
        Permission(EDIT, _("Change the price list"), ("manager", "head"), whole=True),
    ]


def audit_actions() -> list[AuditAction]:
    """Acts upon items."""
    return [
        AuditAction("finsystem.item.added", _("Item added to the price list")),
        AuditAction("finsystem.item.changed", _("Item of the price list changed")),
        AuditAction("finsystem.item.archived", _("Item put away")),
        AuditAction("finsystem.item.restored", _("Item offered again")),
    ]


def menu_items() -> list[MenuItem]:
    """Beside invoices."""
    return [
        MenuItem("office", _("Price list"), "finsystem.office.items", "list-details", 140, VIEW, section=_("Money"))
    ]
