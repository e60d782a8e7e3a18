"""What the core itself brings, through the same hooks as any module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cabinet.identity.access import ALL_CLIENTS
from cabinet.identity.viewing import VIEW_AS
from cabinet.plugins.contributions import (
    AuditAction,
    AuditField,
    DashboardCard,
    HealthCheck,
    HealthPart,
    JobKind,
    MenuItem,
    NoticeKind,
    PageSlot,
    PeriodicJob,
    Permission,
    PersonalData,
    SearchSource,
    Setting,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet.security.policy import ENTER
from cabinet.texts import _


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Rights of the owner over the site, of the office over a client's modules."""
    return [
        Permission("core:users:manage", _("Manage users"), ("owner",)),
        Permission("core:roles:manage", _("Put roles together"), ("owner",)),
        Permission("core:colleagues:manage", _("Let colleagues in and shut them out"), ("client:admin",)),
        Permission("core:health:view", _("See how the site is"), ("owner",)),
        Permission("core:jobs:manage", _("See background work, start it again, call it off"), ("owner",)),
        Permission("core:mail:manage", _("See which letters left, send failed ones again"), ("owner",)),
        Permission("core:audit:view", _("See who did what"), ("owner",)),
        Permission("core:activity:view", _("See what our people did"), ("head",)),
        Permission("core:settings:manage", _("Set how the site looks, speaks and sends mail"), ("owner",)),
        Permission("core:modules:manage", _("Switch modules on and off"), ("owner",)),
        Permission(ALL_CLIENTS, _("See the clients of all managers where managers see their own"), ("head",)),
        Permission(VIEW_AS, _("See a client’s cabinet as one of his people sees it"), ("head",)),
        Permission("core:audience:choose", _("Say for whom an article or a board is"), ("manager", "head")),
        Permission("core:modules:erase", _("Erase what a module holds"), ("owner",)),
        Permission("core:client_modules:view", _("See which modules a client has"), ("manager", "head")),
        Permission("core:client_modules:switch", _("Switch modules on and off for a client"), ("head",)),
    ]


def own_work(request: Any) -> int | None:
    """How much of the person's own work is going on."""
    from cabinet.interfaces import IJobs
    from cabinet.web.views.jobs import of_people

    kinds = request.find_service(IJobs).unfinished(request.identity.user_id)
    return sum(of_people(request, kind) for kind in kinds) or None


def failed_work(request: Any) -> int | None:
    """How much background work has failed."""
    from cabinet.interfaces import IJobs
    from cabinet.jobs.models import FAILED

    counts: dict[str, int] = request.find_service(IJobs).counts()
    return counts.get(FAILED)


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """The home of each area, the owner's pages, everybody's own account."""
    return [
        MenuItem("public", _("To the cabinet"), "cabinet.public.home", "chevron-left", 0, ENTER, bottom=True),
        MenuItem("public", _("Profile"), "cabinet.public.account", "user", 10, ENTER, bottom=True),
        MenuItem("public", _("Sign-in"), "cabinet.public.account.security", "lock", 20, ENTER, bottom=True),
        MenuItem("public", _("Devices"), "cabinet.public.account.sessions", "device-mobile", 30, ENTER, bottom=True),
        MenuItem("public", _("Notices"), "cabinet.public.account.notices", "bell", 40, ENTER),
        MenuItem("public", _("My data"), "cabinet.public.account.data", "file-download", 50, ENTER),
        MenuItem("my", _("Home"), "cabinet.my.home", "home", 0, ENTER, bottom=True),
        MenuItem("office", _home_of_staff, "cabinet.office.home", "checklist", 0, ENTER, bottom=True),
        MenuItem("site", _("Overview"), "cabinet.site.home", "layout-dashboard", 0, ENTER, bottom=True),
        MenuItem("site", _("Health"), "cabinet.site.health", "activity-heartbeat", 5, "core:health:view", bottom=True),
        MenuItem(
            "site", _("Modules"), "cabinet.site.modules", "puzzle", 7, "core:modules:manage", badge=_broken, bottom=True
        ),
        MenuItem("site", _("Settings"), "cabinet.site.settings", "settings", 20, "core:settings:manage"),
        MenuItem("site", _("People"), "cabinet.site.users", "users", 10, "core:users:manage", bottom=True),
        MenuItem("site", _("Roles"), "cabinet.site.roles", "shield-check", 12, "core:roles:manage"),
        MenuItem("my", _("Colleagues"), "cabinet.my.colleagues", "users", 90, "core:colleagues:manage"),
        MenuItem(
            "office",
            _("Our people"),
            "cabinet.office.activity",
            "users",
            90,
            "core:activity:view",
            section=_("Reports"),
        ),
        MenuItem("office", _("My work"), "cabinet.office.jobs", "clock-play", 900, ENTER, badge=own_work),
        MenuItem(
            "site",
            _("Background work"),
            "cabinet.site.jobs",
            "clock-play",
            50,
            "core:jobs:manage",
            _("Upkeep"),
            badge=failed_work,
            hot=True,
        ),
        MenuItem("site", _("Letters"), "cabinet.site.mail", "mail", 55, "core:mail:manage", _("Upkeep")),
        MenuItem(
            "site", _("Audit log"), "cabinet.site.audit", "history", 60, "core:audit:view", _("Upkeep"), bottom=True
        ),
    ]


def _home_of_staff(request: Any) -> str:
    title: str = _("Overview") if "head" in request.context.roles else _("Today")
    return title


@hookimpl
def cabinet_dashboard_cards() -> list[DashboardCard]:
    """The owner sees how the site is."""

    def load(request: Any) -> dict[str, Any]:
        from cabinet.web.health import health

        return {"health": health(request)}

    return [DashboardCard("owner", "core.health", 10, ENTER, "cabinet:templates/cards/health.pt", load)]


@hookimpl
def cabinet_health_checks() -> list[HealthCheck]:
    """The triggers that guard the log of acts, which schema tools drop silently; and whether the database keeps what it says it keeps."""
    from cabinet.audit import triggers
    from cabinet.db import durability

    def unguarded(connection: Any) -> Iterator[str]:
        for name in triggers.missing(connection):
            yield _(
                "The log of acts is not guarded: the trigger ${name} is missing or switched off.",
                mapping={"name": name},
            )

    def undurable(connection: Any) -> Iterator[str]:
        yield from durability.weaknesses(connection)

    return [HealthCheck("core_audit_guard", unguarded), HealthCheck("core_durability", undurable)]


@hookimpl
def cabinet_health_signs() -> list[HealthPart]:
    """The parts of every site."""
    from cabinet.web import health, transport

    return [
        HealthPart("core.modules", _("Modules"), 10, health.modules),
        HealthPart("core.database", _("Database"), 20, health.database),
        HealthPart("core.checks", _("Checks"), 25, health.checks),
        HealthPart("core.transport", _("Connection"), 28, transport.connection),
        HealthPart("core.disk", _("Disk"), 30, health.disk),
        HealthPart("core.worker", _("Worker"), 40, health.worker),
        HealthPart("core.jobs", _("Background work"), 50, health.work),
        HealthPart("core.mail", _("Mail"), 60, health.mail),
        HealthPart("core.backup", _("Backup"), 70, health.backup),
        HealthPart("core.audit", _("Audit log"), 80, health.audit),
        HealthPart("core.people", _("People"), 90, health.people),
    ]


@hookimpl
def cabinet_page_slots() -> list[PageSlot]:
    """The modules of a client, on his card; word to the owner that pages travel in the clear."""

    def load(request: Any, subject: Any) -> dict[str, Any] | None:
        from cabinet.web.views.modules import client_modules

        return client_modules(request, subject)

    def clear(request: Any, _subject: Any) -> dict[str, Any] | None:
        from cabinet.security.hosts import in_the_clear

        return {} if in_the_clear(request.registry.settings["cabinet.settings"]) else None

    return [
        PageSlot(
            "cabinet.page.banner",
            "core.plain_http",
            5,
            "core:health:view",
            "cabinet:templates/slots/plain_http_banner.pt",
            clear,
        ),
        PageSlot(
            "client_manager.client_card.main",
            "core.client_modules",
            900,
            "core:client_modules:view",
            "cabinet:templates/slots/client_modules.pt",
            load,
        ),
    ]


@hookimpl
def cabinet_jobs() -> list[JobKind]:
    """Sending mail, tidying up."""
    from cabinet.audit.anchors import anchor_audit
    from cabinet.audit.services import seal_audit
    from cabinet.erasing.services import ERASE, erase_module
    from cabinet.files.services import sweep_files
    from cabinet.imports.services import CHECK_TABLE, TAKE_TABLE, check_table, take_table
    from cabinet.jobs.services import prune_jobs
    from cabinet.notify.outage import SEND_MAIL
    from cabinet.notify.pruning import prune_told
    from cabinet.notify.services import mail_gave_up, send_mail_job
    from cabinet.personal.services import GATHER, gather_personal_data, prune_personal_data
    from cabinet.richtext.services import prune_drafts
    from cabinet.web.table_pages import checked_page, result_page
    from cabinet.web.watching import sample_health, watch_site

    return [
        JobKind(SEND_MAIL, _("Sending a letter"), send_mail_job, attempts=8, gave_up=mail_gave_up, own=False),
        JobKind("core.prune_jobs", _("Forgetting old background work"), prune_jobs),
        JobKind(CHECK_TABLE, _("Looking through a table"), check_table, page=checked_page),
        JobKind(TAKE_TABLE, _("Loading a table"), take_table, page=result_page),
        JobKind(ERASE, _("Erasing the data of a module"), erase_module, attempts=1),
        JobKind(GATHER, _("Gathering what is kept about a person"), gather_personal_data, own=False),
        JobKind(
            "core.prune_personal_data", _("Forgetting old collections of personal data"), prune_personal_data, own=False
        ),
        JobKind("core.prune_told", _("Forgetting old notices and letters"), prune_told, own=False),
        JobKind("core.prune_drafts", _("Forgetting drafts nobody goes on with"), prune_drafts, own=False),
        JobKind("core.sweep_files", _("Sweeping out files nobody refers to"), sweep_files),
        JobKind("core.seal_audit", _("Sealing the audit trail"), seal_audit),
        JobKind("core.sample_health", _("Noting how the site is"), sample_health, own=False),
        JobKind("core.watch_site", _("Looking whether the owner must be told of something"), watch_site, own=False),
        JobKind("core.anchor_audit", _("Noting where the audit trail ends"), anchor_audit),
    ]


@hookimpl
def cabinet_periodic_jobs() -> list[PeriodicJob]:
    """Tidying up at night; keeping the audit trail whole."""
    return [
        PeriodicJob("core.prune_jobs", "day"),
        PeriodicJob("core.prune_told", "day"),
        PeriodicJob("core.prune_personal_data", "day"),
        PeriodicJob("core.prune_drafts", "day"),
        PeriodicJob("core.sweep_files", "day"),
        PeriodicJob("core.seal_audit", "hour"),
        PeriodicJob("core.sample_health", "quarter"),
        PeriodicJob("core.watch_site", "hour"),
        PeriodicJob("core.anchor_audit", "day"),
    ]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """What the core itself tells of: safety of an account, what failed, how the site is."""
    from cabinet.web.own_notices import KINDS

    return list(KINDS)


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts of the core."""
    return [
        AuditAction("core.user.added", _("User added")),
        AuditAction("core.user.disabled", _("User switched off")),
        AuditAction("core.user.enabled", _("User switched on")),
        AuditAction("core.user.roles_changed", _("Roles changed")),
        AuditAction("core.password.changed", _("Password changed")),
        AuditAction("core.session.owed", _("Password given, code of the second step asked for")),
        AuditAction("core.session.started", _("Signed in")),
        AuditAction("core.session.refused", _("Sign-in refused")),
        AuditAction("core.session.ended", _("Signed out")),
        AuditAction("core.session.ended_elsewhere", _("Sign-in ended from another device")),
        AuditAction("core.session.code_refused", _("Wrong code of the second step")),
        AuditAction("core.second_factor.begun", _("Second step begun, no code given yet")),
        AuditAction("core.second_factor.on", _("Second step turned on")),
        AuditAction("core.second_factor.off", _("Second step turned off")),
        AuditAction("core.second_factor.reset", _("Second step turned off by the owner")),
        AuditAction("core.recovery_code.used", _("Recovery code used")),
        AuditAction("core.recovery_code.renewed", _("New recovery codes made")),
        AuditAction("core.session.replaced", _("Earlier sign-ins ended by a new one")),
        AuditAction("core.session.all_ended", _("Signed out everywhere")),
        AuditAction("core.session.everybody_ended", _("Everybody signed out")),
        AuditAction("core.access.denied", _("Page refused")),
        AuditAction("core.file.downloaded", _("File opened or saved")),
        AuditAction("core.attachment.added", _("File added to a text")),
        AuditAction("core.attachment.removed", _("File taken off a text")),
        AuditAction("core.list.exported", _("List exported")),
        AuditAction("core.job.retried", _("Background work started again")),
        AuditAction("core.job.cancelled", _("Background work called off")),
        AuditAction("core.settings.changed", _("Settings changed")),
        AuditAction("core.letter.hurried", _("Mail server tried again at once")),
        AuditAction("core.letter.tested", _("Letter to oneself sent to try the mail")),
        AuditAction("core.letter.retried", _("Letter sent again")),
        AuditAction("core.notices.chosen", _("Notices chosen")),
        AuditAction("core.backup.made", _("Backup made")),
        AuditAction("core.backup.restored", _("Site restored from a backup")),
        AuditAction("core.personal_data.asked", _("What is kept about a person was asked for")),
        AuditAction("core.viewing.started", _("Began to see the cabinet as a contact")),
        AuditAction("core.viewing.ended", _("Ended to see the cabinet as a contact")),
        AuditAction("core.access.granted", _("Access given")),
        AuditAction("core.access.changed", _("Role of access changed")),
        AuditAction("core.invitation.made", _("Colleague invited")),
        AuditAction("core.invitation.dropped", _("Invitation taken back")),
        AuditAction("core.invitation.accepted", _("Invitation accepted")),
        AuditAction("core.role.added", _("Role added")),
        AuditAction("core.role.changed", _("Rights of a role changed")),
        AuditAction("core.role.removed", _("Role removed")),
        AuditAction("core.user.started_anew", _("Login from a client's invitation started anew")),
        AuditAction("core.access.withdrawn", _("Access withdrawn")),
        AuditAction("core.link.invite", _("Invitation made")),
        AuditAction("core.link.reset", _("Password reset link made")),
        AuditAction("core.link.email", _("Change of e-mail asked for")),
        AuditAction("core.email.changed", _("E-mail changed")),
        AuditAction("core.profile.changed", _("Profile changed")),
        AuditAction("core.table.loaded", _("Table loaded to be looked through")),
        AuditAction("core.table.imported", _("Table imported")),
        AuditAction("core.module.switched_on", _("Module switched on")),
        AuditAction("core.module.switched_off", _("Module switched off")),
        AuditAction("core.module.erased", _("Data of a module erased")),
        AuditAction("core.module.default_changed", _("Whom a module is for was changed")),
        AuditAction("core.client_module.switched_on", _("Module switched on for the client")),
        AuditAction("core.client_module.switched_off", _("Module switched off for the client")),
    ]


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """What the owner looks for: people, modules, settings."""
    from cabinet.web import finding

    return [
        SearchSource("site", _("People"), "core:users:manage", finding.people, 10),
        SearchSource("site", _("Modules"), "core:modules:manage", finding.modules, 20),
        SearchSource("site", _("Settings"), "core:settings:manage", finding.settings, 30),
    ]


@hookimpl
def cabinet_settings() -> list[Setting]:
    """How the site looks and speaks; its mail."""
    from cabinet.web.own_settings import SETTINGS

    return list(SETTINGS)


@hookimpl
def cabinet_personal_data() -> list[PersonalData]:
    """Profile, access, sign-ins, letters, acts."""
    from cabinet.web.personal import kinds

    return kinds()


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What acts of the core record."""
    from cabinet.web.audit_fields import FIELDS

    return list(FIELDS)


def _broken(request: Any) -> int | None:
    """How many modules did not start."""
    return len(request.registry.cabinet_broken) or None
