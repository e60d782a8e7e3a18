"""Closing periods: the right to it, its place in the menu."""

from __future__ import annotations

from cabinet.plugins.contributions import MenuItem, Permission
from cabinet_finsystem.texts import _

CLOSE = "finsystem:period:close"


def permissions() -> list[Permission]:
    """For the head."""
    return [Permission(CLOSE, _("Close periods of the books and open them again"), ("head",), whole=True)]


def menu_items() -> list[MenuItem]:
    """Beside the articles."""
    return [
        MenuItem(
            "office", _("Closing of periods"), "finsystem.office.periods", "lock", 905, CLOSE, section=_("Settings")
        )
    ]
