"""What the core's acts record, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabinet.identity.roles import CLIENT_TITLES
from cabinet.plugins.contributions import AuditField
from cabinet.texts import LANGUAGES, _
from cabinet.web.changes import size
from cabinet.web.views.modules import WHOM
from cabinet.web.views.names import ROLES
from cabinet.web.zones import zone_title


def _zone(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    from cabinet.interfaces import IClock

    return zone_title(value, request.locale_name, request.find_service(IClock).now())


def _table(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    pages = request.registry.cabinet_table_pages.get(value)
    return str(request.localizer.translate(pages.heading) if pages else value)


def _rights(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    known = request.registry.cabinet_contributions.permissions
    return ", ".join(request.localizer.translate(known[name].title) if name in known else name for name in value)


FIELDS = (
    AuditField("core.user.roles", _("Roles"), words=dict(ROLES)),
    AuditField("core.access.role", _("Role"), words=CLIENT_TITLES),
    AuditField("core.invitation.role", _("Role"), words=CLIENT_TITLES),
    AuditField("core.role.title", _("Name")),
    AuditField("core.role.side", _("For whom"), words={"staff": _("Our people"), "client": _("People of clients")}),
    AuditField("core.role.permissions", _("What it may do"), show=_rights),
    AuditField("core.email.email", _("E-mail")),
    AuditField("core.profile.name", _("Name")),
    AuditField("core.profile.locale", _("Language"), words=LANGUAGES),
    AuditField("core.profile.timezone", _("Time zone"), show=_zone),
    AuditField("core.notices.notices", _("Notices")),
    AuditField("core.letter.letters", _("Letters")),
    AuditField("core.recovery_code.left", _("Codes left")),
    AuditField("core.session.count", _("Sign-ins ended")),
    AuditField("core.table.kind", _("Table"), show=_table),
    AuditField("core.table.created", _("Records added")),
    AuditField("core.table.updated", _("Records changed")),
    AuditField("core.table.unchanged", _("Records left as they were")),
    AuditField("core.backup.size", _("Size"), show=size),
    AuditField("core.backup.files", _("Files")),
    AuditField("core.backup.missing", _("Files missing")),
    AuditField("core.backup.sealed", _("Keys that open it")),
    AuditField("core.backup.held", _("Letters held back")),
    AuditField("core.module.tables", _("Tables")),
    AuditField("core.module.rows", _("Rows")),
    AuditField("core.module.files", _("Files")),
    AuditField("core.module.size", _("Size"), show=size),
    AuditField("core.module.copy", _("Copy kept as")),
    AuditField("core.module.clients", _("Whom it is for"), words=WHOM),
    AuditField("core.client_module.on", _("On")),
)
