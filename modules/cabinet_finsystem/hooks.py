"""What finsystem brings."""

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
    Permission,
    SearchSource,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet_finsystem.texts import _

if TYPE_CHECKING:
    from cabinet_finsystem.statements.interfaces import IStatementFormat

SLOTS = "cabinet_finsystem:templates/slots"
CARD = "client_manager.client_card"


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Managers load statements and decide about their lines; so may the head."""
    return [
        Permission("finsystem:invoice:view", _("See invoices"), ("manager", "head")),
        Permission("finsystem:invoice:edit", _("Write, issue and void invoices"), ("manager", "head")),
        Permission("finsystem:payment:view", _("See payments"), ("manager", "head")),
        Permission("finsystem:payment:edit", _("Enter payments and put them onto invoices"), ("manager", "head")),
        Permission("finsystem:invoice:own", _("See one's own invoices and how to pay them"), ("client",)),
        Permission(
            "finsystem:balance:own",
            _("See one's own payments, balance and movements of the account"),
            ("client:accountant", "client:viewer"),
        ),
        Permission("finsystem:statement:view", _("See bank statements"), ("manager", "head"), whole=True),
        Permission("finsystem:statement:import", _("Load bank statements"), ("manager", "head"), whole=True),
        Permission("finsystem:statement:decide", _("Decide what a bank line is"), ("manager", "head"), whole=True),
        Permission(
            "finsystem:article:edit", _("Arrange articles and the rules that sort bank lines"), ("head",), whole=True
        ),
        Permission("finsystem:report:view", _("See income, costs and the result"), ("head",), whole=True),
        Permission(
            "finsystem:table:import",
            _("Load invoices and opening balances from tables"),
            ("manager", "head"),
            whole=True,
        ),
        Permission("finsystem:debt:view", _("See balances and debts of clients"), ("manager", "head")),
    ]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """Invoices, payments, lines that wait."""
    from cabinet_finsystem.notices import KINDS

    return list(KINDS)


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon articles, periods, invoices, payments and statements."""
    return [
        AuditAction("finsystem.article.created", _("Article added")),
        AuditAction("finsystem.article.changed", _("Article changed")),
        AuditAction("finsystem.article.archived", _("Article put away")),
        AuditAction("finsystem.article.restored", _("Article offered again")),
        AuditAction("finsystem.article.removed", _("Article removed")),
        AuditAction("finsystem.article_rule.added", _("Rule for an article added")),
        AuditAction("finsystem.article_rule.changed", _("Rule for an article changed")),
        AuditAction("finsystem.article_rule.restored", _("Article rule restored")),
        AuditAction("finsystem.article_rule.removed", _("Rule for an article removed")),
        AuditAction("finsystem.article_rule.moved", _("Rule for an article moved")),
        AuditAction("finsystem.period.closed", _("Period closed")),
        AuditAction("finsystem.period.reopened", _("Period opened again")),
        AuditAction("finsystem.invoice.drafted", _("Invoice drafted")),
        AuditAction("finsystem.invoice.changed", _("Draft of an invoice changed")),
        AuditAction("finsystem.invoice.discarded", _("Draft of an invoice thrown away")),
        AuditAction("finsystem.invoice.issued", _("Invoice issued")),
        AuditAction("finsystem.invoice.voided", _("Invoice voided")),
        AuditAction("finsystem.invoice.sent", _("Invoice sent by mail")),
        AuditAction("finsystem.payment.entered", _("Payment entered by hand")),
        AuditAction("finsystem.payment.opening", _("Opening balance entered")),
        AuditAction("finsystem.payment.written_off", _("Debt written off")),
        AuditAction("finsystem.payment.allocated", _("Payment put onto invoices")),
        AuditAction("finsystem.payment.reversed", _("Payment taken back")),
        AuditAction("finsystem.allocation.undone", _("Money taken back from an invoice")),
        AuditAction("finsystem.statement.received", _("Statement file received")),
        AuditAction("finsystem.statement.refused", _("Statement file refused")),
        AuditAction("finsystem.statement.resumed", _("Refused statement file read again")),
        AuditAction("finsystem.statement.confirmed", _("Statement looked at, writing it begun")),
        AuditAction("finsystem.statement.discarded", _("Loading of a statement called off")),
        AuditAction("finsystem.statement.imported", _("Statement written")),
        AuditAction("finsystem.statement.released", _("Held statement confirmed and applied")),
        AuditAction("finsystem.table_mapping.saved", _("Columns of a bank's table named")),
        AuditAction("finsystem.table_mapping.removed", _("Columns of a bank's table forgotten")),
        AuditAction("finsystem.table_mapping.restored", _("Columns of a bank's table known again")),
        AuditAction("finsystem.line.credited", _("Line decided: a client's payment")),
        AuditAction("finsystem.line.sorted", _("Line decided: an article")),
        AuditAction("finsystem.line.transferred", _("Line decided: a transfer of our own")),
        AuditAction("finsystem.lines.rematched", _("Lines that waited matched again")),
        AuditAction("finsystem.line.undone", _("Decision about a line taken back")),
    ]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What these acts record."""
    from cabinet_finsystem.views.audit_fields import FIELDS

    return list(FIELDS)


@hookimpl
def cabinet_initial_data() -> list[InitialStep]:
    """A new site has the usual tree of articles, in the site's language."""

    def fill(request: Any) -> None:
        from cabinet_finsystem.interfaces import IArticles

        request.find_service(IArticles).seed(request.registry.settings["cabinet.settings"].site.locale)

    return [InitialStep(20, fill)]


@hookimpl
def cabinet_jobs() -> list[JobKind]:
    """Invoices are printed, statements read and written in the background."""
    from cabinet_finsystem.jobs import import_statement, match_lines_again, preview_statement, print_invoice
    from cabinet_finsystem.statements.rematching import JOB

    def statements_page(request: Any, _job: Any) -> str | None:
        path: str = request.route_path("finsystem.office.statements")
        return path

    def queue_page(request: Any, _job: Any) -> str | None:
        path: str = request.route_path("finsystem.office.queue")
        return path

    def matched_told(request: Any, job: Any) -> str:
        looked, applied = (int((job.result or {}).get(name, 0)) for name in ("looked", "applied"))
        looked_at = request.fmt.plural(
            looked, "${n} line was looked at", "${n} lines were looked at", "cabinet_finsystem"
        )
        if not applied:
            nothing = _("${looked}: nothing could be applied without you.", mapping={"looked": looked_at})
            return str(request.localizer.translate(nothing))
        found = _(
            "${looked}: ${applied} applied, ${waiting} wait.",
            mapping={
                "looked": looked_at,
                "applied": request.fmt.number(applied),
                "waiting": request.fmt.number(looked - applied),
            },
        )
        return str(request.localizer.translate(found))

    return [
        JobKind("finsystem.print_invoice", _("Print an invoice"), print_invoice, own=False),
        JobKind(
            "finsystem.preview_statement",
            _("Reading the statement"),
            preview_statement,
            page=statements_page,
            whole=True,
        ),
        JobKind(
            "finsystem.import_statement", _("Writing the statement"), import_statement, page=statements_page, whole=True
        ),
        JobKind(
            JOB, _("Matching what waits again"), match_lines_again, page=queue_page, tells=matched_told, whole=True
        ),
    ]


@hookimpl
def finsystem_statement_formats() -> list[IStatementFormat]:
    """The formats that the module reads itself."""
    from cabinet_finsystem.statements.reading import OWN_FORMATS

    return list(OWN_FORMATS)


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """Money of the office, and a client's own."""

    def waiting(request: Any) -> int | None:
        from cabinet_finsystem.interfaces import IStatementQueue

        return request.find_service(IStatementQueue).counts()[0] or None

    def unpaid(request: Any) -> int | None:
        from cabinet_finsystem.views.cards import unpaid_count

        return unpaid_count(request)

    def own_money(request: Any) -> str:
        from cabinet_finsystem.views.my import section_title

        return section_title(request)

    money, right = _("Money"), "finsystem:statement:view"
    reports, view, debt = _("Reports"), "finsystem:report:view", "finsystem:debt:view"
    pnl, debts, balances = (f"finsystem.office.reports.{name}" for name in ("pnl", "receivables", "balances"))
    articles, arrange = "finsystem.office.articles", "finsystem:article:edit"
    statements, queue = "finsystem.office.statements", "finsystem.office.queue"
    invoices, payments, own = "finsystem.office.invoices", "finsystem.office.payments", "finsystem.my.invoices"
    return [
        MenuItem(
            "office", _("Invoices"), invoices, "receipt", 100, "finsystem:invoice:view", section=money, bottom=True
        ),
        MenuItem("office", _("Payments"), payments, "cash", 110, "finsystem:payment:view", section=money),
        MenuItem(
            "my",
            own_money,
            own,
            "receipt",
            10,
            "finsystem:invoice:own",
            badge=unpaid,
            hot=True,
            bottom=True,
        ),
        MenuItem("office", _("Statements"), statements, "building-bank", 120, right, section=money, bottom=True),
        MenuItem(
            "office",
            _("Matching"),
            queue,
            "arrows-split-2",
            130,
            right,
            section=money,
            badge=waiting,
            hot=True,
            bottom=True,
        ),
        MenuItem("office", _("Income and costs"), pnl, "report-analytics", 20, view, section=reports, bottom=True),
        MenuItem("office", _("Receivables"), debts, "calendar-due", 30, debt, section=reports),
        MenuItem("office", _("Balances"), balances, "scale", 40, debt, section=reports),
        MenuItem("office", _("Articles and rules"), articles, "list-tree", 910, arrange, section=_("Settings")),
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
    own, balance, view = "finsystem:invoice:own", "finsystem:balance:own", "finsystem:invoice:view"

    def card(home: Any, name: str, weight: int, right: str, load: str, place: Any = "main") -> DashboardCard:
        def loaded(request: Any) -> Any:
            from cabinet_finsystem.views import cards

            return getattr(cards, load)(request)

        return DashboardCard(home, f"finsystem.{name}", weight, right, f"{SLOTS}/{name}.pt", loaded, place)

    def steps(request: Any) -> Any:
        from cabinet_finsystem.views.first_steps import first_steps

        return first_steps(request)

    homes: tuple[Any, ...] = ("manager", "head")
    return [
        card("client", "home_pay", 10, balance, "client_debt", "top"),
        card("client", "home_documents", 40, own, "client_documents"),
        card("client", "home_account", 60, balance, "client_account", "side"),
        card("manager", "home_waiting", 10, view, "waiting", "top"),
        *(
            DashboardCard(home, "finsystem.first_steps", 5, view, f"{SLOTS}/first_steps.pt", steps, "top")
            for home in homes
        ),
        card("manager", "home_overdue", 20, view, "overdue_invoices"),
        *_head_cards(),
    ]


def _head_cards() -> list[DashboardCard]:
    """The result of a period, twelve months, debts by age, managers."""

    def card(name: str, weight: int, place: Any = "main") -> DashboardCard:
        def loaded(request: Any) -> Any:
            from cabinet_finsystem.views import head_cards

            return getattr(head_cards, name)(request)

        template = f"{SLOTS}/head_{name}.pt"
        return DashboardCard("head", f"finsystem.head_{name}", weight, "finsystem:report:view", template, loaded, place)

    return [
        card("result", 10, "top"),
        card("year", 20),
        card("debts", 30),
        card("managers", 40),
        card("expected", 10, "side"),
    ]


@hookimpl
def cabinet_page_slots() -> list[PageSlot]:
    """Money on the card of a client."""
    view = "finsystem:invoice:view"

    def slot(place: str, name: str, weight: int, load: str, right: str = view, template: str = "") -> PageSlot:
        def loaded(request: Any, subject: Any) -> Any:
            from cabinet_finsystem.views import cards

            return getattr(cards, load)(request, subject)

        return PageSlot(f"{CARD}.{place}", f"finsystem.{name}", weight, right, f"{SLOTS}/{template or name}.pt", loaded)

    return [
        slot("figures", "card_figures", 10, "card_figures"),
        slot("state", "card_state", 10, "card_state"),
        slot("acts", "card_acts", 10, "card_acts", "finsystem:invoice:edit"),
        slot("tabs", "card_invoices", 10, "card_invoices_tab", template="card_tab"),
        slot("tabs", "card_payments", 20, "card_payments_tab", "finsystem:payment:view", template="card_tab"),
        slot("main", "card_debts", 30, "card_debts"),
    ]


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """Invoices, payments and bank lines for the office; his own for a client."""
    from cabinet_finsystem.views import finding

    return [
        SearchSource("office", _("Invoices"), "finsystem:invoice:view", finding.invoices, 30),
        SearchSource("office", _("Payments"), "finsystem:payment:view", finding.payments, 40),
        SearchSource("office", _("Bank lines"), "finsystem:statement:view", finding.bank_lines, 50),
        SearchSource("my", _("Invoices"), "finsystem:invoice:own", finding.own_invoices, 30),
        SearchSource("my", _("Payments"), "finsystem:balance:own", finding.own_payments, 40),
    ]


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
