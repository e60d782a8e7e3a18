"""What finsystem brings: `contributions`, added up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cabinet.plugins.contributions import (
    AuditAction,
    AuditField,
    DashboardCard,
    DemoStep,
    HealthCheck,
    InitialStep,
    JobKind,
    MenuItem,
    NoticeKind,
    PageSlot,
    PeriodicJob,
    Permission,
    SearchSource,
    Setting,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet_finsystem.contributions import (
    acts,
    audit,
    bulk,
    cards,
    closing,
    corrections,
    dunning,
    items,
    jobs,
    menu,
    months,
    permissions,
    reconciliation,
    recurring,
    search,
    slots,
    write_offs,
)
from cabinet_finsystem.texts import _

if TYPE_CHECKING:
    from cabinet_finsystem.statements.interfaces import IStatementFormat


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Managers load statements and decide about their lines; so may the head."""
    return [
        *permissions.permissions(),
        *items.permissions(),
        *reconciliation.permissions(),
        *closing.permissions(),
        *dunning.permissions(),
        *write_offs.permissions(),
    ]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """Invoices, payments, lines that wait."""
    from cabinet_finsystem.closing.notices import KINDS as OF_CLOSING
    from cabinet_finsystem.notices import KINDS
    from cabinet_finsystem.reconciliation.notices import KINDS as OF_RECONCILIATIONS

    own = [*KINDS, *corrections.notice_kinds(), *OF_RECONCILIATIONS, *OF_CLOSING]
    return [*own, *months.notice_kinds(), *dunning.notice_kinds()]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon articles, periods, invoices, payments and statements."""
    return [
        *audit.audit_actions(),
        *acts.audit_actions(),
        *corrections.audit_actions(),
        *items.audit_actions(),
        *reconciliation.audit_actions(),
        *months.audit_actions(),
        *recurring.audit_actions(),
        *bulk.audit_actions(),
        *dunning.audit_actions(),
        *write_offs.audit_actions(),
    ]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What these acts record."""
    from cabinet_finsystem.views.audit_fields import FIELDS

    return [*FIELDS, *months.audit_fields(), *bulk.audit_fields()]


@hookimpl
def cabinet_initial_data() -> list[InitialStep]:
    """A new site has the usual tree of articles, in the site's language, and the usual steps of reminding."""

    def fill(request: Any) -> None:
        from cabinet_finsystem.interfaces import IArticles

        request.find_service(IArticles).seed(request.registry.settings["cabinet.settings"].site.locale)

    return [InitialStep(20, fill), *dunning.initial_steps()]


@hookimpl
def cabinet_jobs() -> list[JobKind]:
    """Invoices are printed, statements read and written in the background."""
    return [
        *jobs.job_kinds(),
        *acts.job_kinds(),
        *corrections.job_kinds(),
        *months.job_kinds(),
        *recurring.job_kinds(),
        *bulk.job_kinds(),
        *dunning.job_kinds(),
        *write_offs.job_kinds(),
    ]


@hookimpl
def cabinet_periodic_jobs() -> list[PeriodicJob]:
    """Whether there is a month to tell of; recurring services are billed and clients reminded daily, small rests written off before."""
    return [*months.periodic_jobs(), *recurring.periodic_jobs(), *dunning.periodic_jobs(), *write_offs.periodic_jobs()]


@hookimpl
def cabinet_settings() -> list[Setting]:
    """The monthly letter."""
    return months.settings()


@hookimpl
def finsystem_statement_formats() -> list[IStatementFormat]:
    """The formats that the module reads itself."""
    from cabinet_finsystem.statements.reading import OWN_FORMATS

    return list(OWN_FORMATS)


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """Money of the office, and a client's own."""
    return [
        *menu.menu_items(),
        *items.menu_items(),
        *reconciliation.menu_items(),
        *acts.menu_items(),
        *recurring.menu_items(),
        *closing.menu_items(),
        *dunning.menu_items(),
        *write_offs.menu_items(),
    ]


@hookimpl
def cabinet_commands() -> list[object]:
    """Invoices, opening balances, statements, reports and the proof of the books from the command line."""
    from cabinet_finsystem.commands.balance import balance
    from cabinet_finsystem.commands.invoice import invoice
    from cabinet_finsystem.commands.ledger import ledger
    from cabinet_finsystem.commands.report import report
    from cabinet_finsystem.commands.statement import statement

    return [balance, invoice, ledger, report, statement]


@hookimpl
def cabinet_dashboard_cards() -> list[DashboardCard]:
    """What a client owes and has with us; what a manager must see to today."""
    return cards.dashboard_cards()


@hookimpl
def cabinet_page_slots() -> list[PageSlot]:
    """Money on the card of a client."""
    return [
        *slots.page_slots(),
        *reconciliation.page_slots(),
        *acts.page_slots(),
        *recurring.page_slots(),
        *dunning.page_slots(),
        *write_offs.page_slots(),
    ]


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """Invoices, payments and bank lines for the office; his own for a client."""
    return [*search.search_sources(), *acts.search_sources(), *corrections.search_sources()]


@hookimpl
def cabinet_health_checks() -> list[HealthCheck]:
    """The guards of the ledger in the database: some tools that change tables drop them without a word."""

    def missing(connection: Any) -> Iterator[str]:
        from cabinet_finsystem.ledger import triggers

        for name in triggers.differences(connection):
            yield _(
                "The database no longer guards the books: ${name} is missing, altered or switched off. Restore the database from a"
                " backup, or ask whoever changed its tables.",
                mapping={"name": name},
            )

    return [HealthCheck("finsystem_guard", missing)]


@hookimpl
def cabinet_demo_data() -> list[DemoStep]:
    """A year of invoices, payments and bank statements."""

    def fill(registry: Any, demo: Any) -> None:
        from cabinet_finsystem.demo import fill

        fill(registry, demo)

    return [DemoStep(20, "a year of business: invoices, bank statements, decisions", fill)]
