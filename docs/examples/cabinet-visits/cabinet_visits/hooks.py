"""What the module brings. Every hook returns plain data, once, at start-up; docs/hooks.md of Cabinet lists them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabinet.plugins.contributions import AuditAction, AuditField, DashboardCard, MenuItem, NoticeKind, Permission
from cabinet.plugins.hookspecs import hookimpl

from cabinet_visits.texts import _

ICON = "note"


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Who has a right until the owner changes that."""
    return [
        Permission("visits:visit:view", _("See visits"), ("manager", "head")),
        Permission("visits:visit:edit", _("Plan visits"), ("manager", "head")),
        Permission("visits:own:view", _("See visits to oneself"), ("client",)),
    ]


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """An entry of the office with what waits behind it, and one of the client's pages."""

    def waiting(request: Any) -> int | None:
        from cabinet_visits.interfaces import IVisits

        return request.find_service(IVisits).open_count() or None

    return [
        MenuItem(
            area="office",
            title=_("Visits"),
            route="visits.office.visits",
            icon=ICON,
            weight=300,
            permission="visits:visit:view",
            badge=waiting,
        ),
        MenuItem(
            area="my",
            title=_("Visits"),
            route="visits.my.visits",
            icon=ICON,
            weight=60,
            permission="visits:own:view",
        ),
    ]


@hookimpl
def cabinet_dashboard_cards() -> list[DashboardCard]:
    """The newest open visits on a client's home; nothing where there are none."""

    def newest(request: Any) -> dict[str, Any] | None:
        from cabinet.db.paging import ListQuery

        from cabinet_visits.interfaces import IVisits

        rows = request.find_service(IVisits).page(ListQuery(filters={"state": "open"}, size=5)).rows
        return {"visits": rows} if rows else None

    return [
        DashboardCard(
            home="client",
            id="visits.newest",
            weight=60,
            permission="visits:own:view",
            template="cabinet_visits:templates/slots/newest.pt",
            load=newest,
            place="side",
        )
    ]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """The client's people are told of a new visit: by the bell, by letter, as each has chosen."""

    def line(_fmt: Any, facts: Mapping[str, Any]) -> str:
        text: str = _("A visit to you: ${subject}", mapping={"subject": facts["subject"]})
        return text

    def page(request: Any, notice: Any) -> str:
        parts = {"client": notice.client.public_id.hex, "visit": notice.about_id.replace("-", "")}
        path: str = request.route_path("visits.my.visit", _app_url="", **parts)
        return path

    return [
        NoticeKind(
            name="visits.visit.added",
            title=_("A visit was planned"),
            to="contacts",
            permission="visits:own:view",
            line=line,
            path=page,
            icon=ICON,
        )
    ]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts that the service visits."""
    return [
        AuditAction("visits.visit.added", _("Visit planned")),
        AuditAction("visits.visit.done", _("Visit made")),
    ]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What they visit, in words."""
    return [
        AuditField("visits.visit.subject", _("Work")),
        AuditField("visits.visit.due", _("Day")),
    ]


@hookimpl
def finsystem_statement_formats() -> list[Any]:
    """A hook of another module: finsystem asks who reads a bank's statement that it does not know."""
    from cabinet_visits.statements import LighthouseFormat

    return [LighthouseFormat()]
