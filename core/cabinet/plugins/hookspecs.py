"""Every hook of the core. A hook returns a list of plain frozen data, once, at start-up; it reads no database and no request.

Order of results is the order of the module graph, then the list's own; items with a weight are sorted by it. An exception in a
hook stops the start (``modules.on_error = fail``) with the module's id, or leaves the module out (``quarantine``). Arguments are only
ever added, always by keyword.
"""

from __future__ import annotations

import pluggy

from cabinet.plugins.contributions import (
    AudienceGroups,
    AuditAction,
    AuditField,
    DashboardCard,
    DemoStep,
    HealthCheck,
    HealthPart,
    InitialStep,
    JobKind,
    MenuItem,
    NoticeKind,
    PageSlot,
    PeriodicJob,
    Permission,
    PersonalData,
    SearchSource,
    Setting,
    TextSource,
)

PROJECT = "cabinet"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def cabinet_permissions() -> list[Permission]:  # type: ignore[empty-body]
    """Rights the module's views ask for. Two modules with one name: the start is refused, both are named."""


@hookspec
def cabinet_menu_items() -> list[MenuItem]:  # type: ignore[empty-body]
    """Entries of the menus. An unknown route or permission refuses the start."""


@hookspec
def cabinet_dashboard_cards() -> list[DashboardCard]:  # type: ignore[empty-body]
    """Blocks of the home pages. ``load`` runs at each view of the home page, under the guard."""


@hookspec
def cabinet_page_slots() -> list[PageSlot]:  # type: ignore[empty-body]
    """Fragments for named slots of other modules' pages. ``load`` runs at each view, under the guard."""


@hookspec
def cabinet_jobs() -> list[JobKind]:  # type: ignore[empty-body]
    """Kinds of background work. Two kinds with one name refuse the start."""


@hookspec
def cabinet_periodic_jobs() -> list[PeriodicJob]:  # type: ignore[empty-body]
    """Jobs to enqueue by the clock, each exactly once a period."""


@hookspec
def cabinet_notice_kinds() -> list[NoticeKind]:  # type: ignore[empty-body]
    """What people are told of, by bell and by letter. Two kinds with one name, or a kind that asks for an unknown permission, refuse the
    start. ``line``, ``rows`` and ``path`` run where a notice is shown or its letter is written, under the guard: never in the act that it
    tells of."""


@hookspec
def cabinet_audit_actions() -> list[AuditAction]:  # type: ignore[empty-body]
    """Acts the audit trail may name. Recording an undeclared act is a programming error."""


@hookspec
def cabinet_audit_fields() -> list[AuditField]:  # type: ignore[empty-body]
    """What the fields of recorded acts are called, and how their values read. A field that nobody named is shown by its bare name."""


@hookspec
def cabinet_settings() -> list[Setting]:  # type: ignore[empty-body]
    """What the owner may set for the site. Two settings with one name refuse the start. Read with ``ISettings``."""


@hookspec
def cabinet_search_sources() -> list[SearchSource]:  # type: ignore[empty-body]
    """Where the global search looks, in order of weight."""


@hookspec
def cabinet_audience_groups() -> list[AudienceGroups]:  # type: ignore[empty-body]
    """Groups of clients that articles, questions and boards may be for, besides clients named. Two with one name refuse the start. While
    the module is off, nobody is in its groups."""


@hookspec
def cabinet_text_sources() -> list[TextSource]:  # type: ignore[empty-body]
    """Texts that the module keeps in the index of ``IFullText``. Read by ``cabinet search rebuild``, a thousand rows a transaction."""


@hookspec
def cabinet_commands() -> list[object]:  # type: ignore[empty-body]
    """Click commands and groups for the command line; a group of a known name is merged into it."""


@hookspec
def cabinet_health_checks() -> list[HealthCheck]:  # type: ignore[empty-body]
    """What ``cabinet check`` looks at besides the core's own. One that raises is itself a problem that the command tells."""


@hookspec
def cabinet_health_signs() -> list[HealthPart]:  # type: ignore[empty-body]
    """Parts that say how they are, in order of weight. ``ask`` runs at each view of the owner's health, under the guard: one that
    fails is shown as such. What ``cabinet_health_checks`` find is shown there, too."""


@hookspec
def cabinet_personal_data() -> list[PersonalData]:  # type: ignore[empty-body]
    """What the module keeps about one person, for him to have. Asked in the background when he, or the owner for him, wants it all;
    one that raises fails that work. A module that knows people only as who did something needs none: acts are told by the core."""


@hookspec
def cabinet_initial_data() -> list[InitialStep]:  # type: ignore[empty-body]
    """What a new site starts with. Called by ``cabinet init``, all steps in one transaction: one that fails makes no site."""


@hookspec
def cabinet_demo_data() -> list[DemoStep]:  # type: ignore[empty-body]
    """Steps that fill the demo site, in order of weight."""
