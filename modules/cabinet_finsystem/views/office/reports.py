"""Reports of the head: income and costs with what stands behind each figure, balances, debts by age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import DomainError
from cabinet.i18n.formatting import currency_sign
from cabinet.interfaces import IClock, IPeople
from cabinet.web.answers import say
from cabinet.web.downloads import content_response
from cabinet.web.listing import EXPORT_LIMIT, table_response
from cabinet_client_manager.interfaces import IClientCards, IContracts
from cabinet_finsystem.interfaces import ICells, ILedger, IMonthLetters, IPnl, IStatementQueue
from cabinet_finsystem.papers.printing import press_of
from cabinet_finsystem.reports.export import pnl_csv, pnl_pdf, pnl_xlsx
from cabinet_finsystem.reports.periods import PeriodError
from cabinet_finsystem.reports.values import BASES, COMPARISONS, SHOWS, Pnl, Show
from cabinet_finsystem.reports.words import BASES as BASIS_NAMES
from cabinet_finsystem.reports.words import UNITS, Words
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.pnl_page import PnlPage
from cabinet_finsystem.views.office.pnl_state import PnlState

VIEW = "finsystem:report:view"
TEMPLATES = "cabinet_finsystem:templates/office/reports"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COMPARED = {
    "previous": _("The period before"),
    "year": _("A year earlier"),
    "none": _("No comparison"),
}
_FOUND = 8
_SHOWN = {"sum": ("", _("Amounts")), "share": ("%", _("Shares of income")), "change": ("Δ", _("Changes"))}


@view_config(
    route_name="finsystem.office.reports.pnl", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/pnl.pt"
)
def pnl(request: Any) -> Any:
    """Income and costs by article; the open cell beside it, or alone where only that is asked for."""
    state = PnlState(request, besides=("show",))
    if request.headers.get("HX-Target") == "found":
        return render_to_response(f"{TEMPLATES}/found.pt", {"found": _found(request, state)}, request=request)
    problem = _("These are no dates: write them like 01.02.2026.") if state.wrong_dates else None
    try:
        report = request.find_service(IPnl).report(state.query)
    except PeriodError as error:
        problem = error.message
        state = PnlState(request, period=False, besides=("show",))
        report = request.find_service(IPnl).report(state.query)
    words = Words(request.fmt, request.localizer)
    show = _show(state, report)
    page = PnlPage(request, state, report, words, show)
    if (answer := _export(request, state, report, page, words, show)) is not None:
        return answer
    cells = request.find_service(ICells)
    if request.headers.get("HX-Target") == "drawer":
        return render_to_response(
            f"{TEMPLATES}/opened.pt", {"drawer": page.drawer(cells), "currency": report.currency}, request=request
        )
    return {
        "state": state,
        "report": report,
        "words": words,
        "page": page,
        "rows": list(page.rows()),
        "drawer": page.drawer(cells),
        "problem": problem,
        "period": words.period(report.query.period),
        "compared": words.compared(report.query.period, report.total_compared) if report.total_compared else "",
        "closed": request.find_service(ILedger).closed_through(),
        "waiting": request.find_service(IStatementQueue).counts()[0],
        "choices": _choices(request, state, report, show),
        "letters": request.find_service(IMonthLetters).configured,
        "currency": report.currency,
        "sign": currency_sign(report.currency, request.locale_name),
    }


@view_config(route_name="finsystem.office.reports.pnl.letter", request_method="POST", permission=VIEW)
def letter(request: Any) -> Any:
    """The result of the month that is over, by letter to who asks for it."""
    user = request.find_service(IPeople).get(request.identity.user_id)
    request.find_service(IMonthLetters).send_to(user)
    say(request, _("The letter to ${to} is on its way.", mapping={"to": user.email}))
    return HTTPSeeOther(request.route_path("finsystem.office.reports.pnl"))


def _show(state: PnlState, report: Pnl) -> Show:
    """What the cells show: what the URL asks for; changes only where there is something to compare with."""
    wanted: Show = next((show for show in SHOWS if show == state.params.get("show")), SHOWS[0])
    return "sum" if wanted == "change" and report.total_compared is None else wanted


def _choices(request: Any, state: PnlState, report: Pnl, show: Show) -> dict[str, Any]:
    """What the chips offer, as links and names."""
    query = state.query
    entities = request.find_service(ILegalEntities).all()
    currencies = request.find_service(IPnl).currencies(query.basis)
    return {
        "periods": state.periods(),
        "units": [(title, state.url(by=unit), unit == query.by) for unit, title in UNITS.items()],
        "unit": UNITS[query.by],
        "bases": [
            {"title": BASIS_NAMES[basis], "href": state.url(basis=basis), "current": basis == query.basis}
            for basis in BASES
        ],
        "comparisons": [
            (COMPARED[compare], state.url(compare=compare), compare == query.compare) for compare in COMPARISONS
        ],
        "shows": [
            (sign, title, state.url(show=kind), kind == show)
            for kind, (sign, title) in _SHOWN.items()
            if kind != "change" or report.total_compared is not None
        ],
        "narrowed": [(one.title, one.value, state.url(**{one.key: None})) for one in state.narrowed],
        "entities": [
            (entity.short_name or entity.name, state.url(entity=entity.public_id.hex))
            for entity in entities
            if len(entities) > 1 and entity.id != query.legal_entity_id
        ],
        "managers": [
            (user.name, state.url(manager=user.public_id.hex))
            for user in request.find_service(IPeople).staff("manager", "head")
            if user.id != query.manager_id
        ],
        "found": _found(request, state),
        "currencies": [
            {"title": code, "href": state.url(currency=code), "current": code == report.currency}
            for code in currencies
            if len(currencies) > 1
        ],
        "exports": {kind: state.url(export=kind) for kind in ("xlsx", "csv", "pdf")},
    }


def _found(request: Any, state: PnlState) -> dict[str, Any]:
    """Clients and contracts that what was typed may mean; nothing typed: contracts of the client that is chosen."""
    wanted = request.GET.get("find", "").strip()[:200]
    contracts, clients, chosen = request.find_service(IContracts), [], state.query.client_id
    rows: Sequence[Any] = ()
    if len(wanted) > 1:
        clients = request.find_service(IClientCards).find(wanted, _FOUND)
        rows = contracts.find(wanted, _FOUND)
    elif not wanted and chosen is not None:
        rows = [row for row in contracts.of_client(chosen) if row.contract_id != state.query.contract_id][:_FOUND]
    return {
        "find": wanted,
        "whose": "" if wanted or not rows else rows[0].client_name,
        "clients": [(client.name, state.url(client=client.public_id.hex, contract=None)) for client in clients],
        "contracts": [
            (
                row.facts.number,
                row.client_name,
                # A client that is chosen stays only beside a contract of his own.
                state.url(contract=row.public_id.hex, client=None if chosen is None else row.client_public_id.hex),
            )
            for row in rows
        ],
    }


def _export(request: Any, state: PnlState, report: Pnl, page: PnlPage, words: Words, show: Show) -> Any:
    """The file that ``?export=`` asks for: of the whole report as the screen shows it, or of the rows of the open cell."""
    kind = request.GET.get("export")
    if kind not in {"xlsx", "csv", "pdf"}:
        return None
    period = report.query.period
    name = f"pnl-{period.since}-{period.until}"
    opened = page.opened_period()
    if opened is not None:
        return _cell_rows(request, report, opened, "csv" if kind == "csv" else "xlsx", words)
    if kind == "csv":
        return content_response(pnl_csv(report, words, show), name=f"{name}.csv", media_type="text/csv")
    narrowed = [f"{words.translate(one.title)}: {one.value}" for one in state.narrowed]
    title = ", ".join((words.translate(_("Income and costs")), words.period(period), *narrowed))
    if kind == "pdf":
        content = _pdf(request, report, words, title, show)
        return content_response(content, name=f"{name}.pdf", media_type="application/pdf")
    return content_response(pnl_xlsx(report, words, title, show), name=f"{name}.xlsx", media_type=_XLSX)


def _cell_rows(request: Any, report: Pnl, opened: tuple[Any, Any], kind: str, words: Words) -> Any:
    row, period = opened
    found = request.find_service(ICells).open(report.query.over(period), row.key, size=0)
    if found.count > EXPORT_LIMIT:
        raise DomainError("export_too_large", _("Too many rows for one file. Choose a shorter period first."))
    titles = [
        words.translate(t) for t in (_("Date"), _("Article"), _("Counterparty"), _("Text"), _("Invoice"), _("Amount"))
    ]
    rows: Sequence[Sequence[Any]] = [
        (f.date, f.article, f.counterparty, f.text, f.invoice or "", Money(f.minor, report.currency))
        for f in found.rows
    ]
    return table_response(titles, rows, kind, f"pnl-{row.code or 'article'}-{period.since}-{period.until}")


def _pdf(request: Any, report: Pnl, words: Words, title: str, show: Show) -> bytes:
    entities = request.find_service(ILegalEntities)
    wanted = report.query.legal_entity_id
    entity = entities.default() if wanted is None else entities.get(wanted)
    return pnl_pdf(
        report,
        words,
        title,
        author=entity.short_name or entity.name,
        language=request.locale_name,
        day=request.find_service(IClock).today(),
        press=press_of(request.registry),
        show=show,
    )
