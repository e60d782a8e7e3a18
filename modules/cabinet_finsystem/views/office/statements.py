"""Loading a bank statement: hand the file in, look at what would happen, write it whole or call it off."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import FileField

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import MAY_EDIT, ILegalEntities
from cabinet.interfaces import IJobs
from cabinet.web.answers import go, say
from cabinet.web.forms import Form
from cabinet.web.listing import Column, Listing
from cabinet_finsystem.forms.accounts import NewAccounts
from cabinet_finsystem.interfaces import IArticles, IInvoiceBook, IStatementDesk, IStatementFormats, IStatementQueue
from cabinet_finsystem.statements.encoding import known_as
from cabinet_finsystem.statements.errors import ASKED, MENDABLE
from cabinet_finsystem.statements.telling import tell
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.statement_states import FILE_STATES, LINE_STATES, file_state
from cabinet_finsystem.views.office.taking_back import way_back

VIEW = "finsystem:statement:view"
IMPORT = "finsystem:statement:import"
TEMPLATES = "cabinet_finsystem:templates/office/statements"
TABLE = "table"
"""The format whose columns a person may name."""
SHOWN = 200
"""Lines of one kind that the preview shows; the counts are of all."""
TOLD_ONE_BY_ONE = 3
SHOWN_STATEMENTS = 10
"""A file may hold a statement a day: of more than three only those are told of that do not add up."""


class UploadForm(Form):
    """The file, as the bank gives it."""

    statement = FileField(_("Choose a statement file, or drop it here"))

    def content(self) -> tuple[bytes, str] | None:
        """Bytes and name of what was chosen; an error of the field where nothing was."""
        part = self.request.POST.get("statement")
        if part is None or not hasattr(part, "file"):
            self.refuse(_("Choose a file first."), "statement")
            return None
        return part.file.read(), part.filename or "statement"


@view_config(
    route_name="finsystem.office.statements", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/list.pt"
)
def statements(request: Any) -> Any:
    """Files that were handed in, the latest first."""
    titles = request.find_service(IStatementFormats).titles()
    columns = [
        Column("created", _("Loaded"), lambda f: f.created_at, sortable=True),
        Column("name", _("File"), lambda f: f.name, sortable=True),
        Column("format", _("Format"), lambda f: titles.get(f.format, f.format)),
        Column("state", _("State"), lambda f: request.localizer.translate(file_state(f)[1])),
        Column("accounts", _("Accounts"), lambda f: ", ".join(s.account for s in f.statements)),
        Column("lines", _("Lines"), lambda f: sum(s.lines for s in f.statements), numeric=True),
        Column("new", _("New"), lambda f: sum(s.new for s in f.statements), numeric=True),
    ]
    listing = Listing(
        request,
        columns,
        request.find_service(IStatementDesk).listing,
        filters=("state",),
        default="-created",
        file_name="statements",
    )
    if (answer := listing.export()) is not None:
        return answer
    return {
        "listing": listing,
        "states": FILE_STATES,
        "by_account": by_account,
        "form": UploadForm(request, None),
        "hint": request.localizer.translate(
            _(
                "A file of your bank, in any encoding: ${formats}. You will see what is new before anything is written.",
                mapping={"formats": _formats_read(request)},
            )
        ),
        "key": secrets.token_urlsafe(16),
        "waiting": request.find_service(IStatementQueue).counts()[0],
        "accounts": [a for entity in request.find_service(ILegalEntities).all() for a in entity.accounts],
    }


@view_config(
    route_name="finsystem.office.statements",
    request_method="POST",
    permission=IMPORT,
    renderer=f"{TEMPLATES}/upload.pt",
)
def upload(request: Any) -> Any:
    """Keep the file and start reading it. The same bytes again, or the same request sent twice, lead to the file that is there."""
    form = UploadForm(request)
    chosen = form.content()
    if chosen is None:
        hint = _("A file of your bank, in any encoding: ${formats}.", mapping={"formats": _formats_read(request)})
        return {"form": form, "key": secrets.token_urlsafe(16), "hint": request.localizer.translate(hint)}
    content, name = chosen
    file = request.find_service(IStatementDesk).receive(content, name, key=request.POST.get("key") or None)
    if file.state == "reading" and file.job_id is None:
        read_file(request, file)
    if file.state == "imported":
        say(request, _("This file was imported before: nothing new in it."), kind="info")
    return go(request, "finsystem.office.statement", file=file.public_id.hex)


@view_config(
    route_name="finsystem.office.statement", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/page.pt"
)
def statement(request: Any) -> dict[str, Any]:
    """One file: being read, to be looked at, imported, or refused with the reason."""
    return shown(request, request.context.subject)


def read_file(request: Any, file: Any) -> None:
    """Begin to read ``file``: a job with progress, at whose end it can be looked at."""
    jobs = request.find_service(IJobs)
    file.job_id = jobs.enqueue("finsystem.preview_statement", {"file_id": file.id}, unique_key=f"preview:{file.id}").id


def shown(request: Any, file: Any) -> dict[str, Any]:
    """What the page of ``file`` shows."""
    answer = {
        "file": file,
        "job": None,
        "preview": None,
        "tab": request.GET.get("tab", "new"),
        "held": False,
        "unknown": None,
        "may_add": False,
        "mendable": False,
        "asked": False,
        "stake": None,
        "stands": None,
        "period": _period([(s.period_from, s.period_to) for s in file.statements]),
        "accounts_of": list(dict.fromkeys(s.account for s in file.statements)),
        "read_as": known_as(file.encoding) if file.encoding else "",
        "format": _format_title(request, file.format),
    }
    if file.state == "refused":
        code = file.problem["code"]
        answer["asked"] = code in ASKED and bool(request.has_permission(IMPORT))
        answer["mendable"] = code in MENDABLE - ASKED and bool(request.has_permission(IMPORT))
        answer["may_add"] = bool(request.has_permission(MAY_EDIT))
        answer["unknown"] = NewAccounts(request, file.problem) if code == "account_unknown" else None
    if file.state in {"reading", "importing", "undoing"} and file.job_id is not None:
        answer["job"] = request.find_service(IJobs).get(file.job_id)
    if file.state == "preview":
        answer |= _preview(request, file)
        answer["asked"] = file.format == TABLE and bool(request.has_permission(IMPORT))
    if file.state in {"imported", "undone"}:
        answer |= _imported(request, file)
    if file.state == "imported":
        answer |= way_back(request, file)
    return answer


@view_config(route_name="finsystem.office.statement.import", request_method="POST", permission=IMPORT)
def confirm(request: Any) -> Any:
    """Write the file: all of it, in one transaction, as a job with progress."""
    file = request.context.subject
    request.find_service(IStatementDesk).confirm(file)
    file.job_id = (
        request.find_service(IJobs)
        .enqueue(
            "finsystem.import_statement",
            {"file_id": file.id, "confirmed": "confirmed" in request.POST},
            unique_key=f"import:{file.id}",
        )
        .id
    )
    return HTTPSeeOther(request.route_path("finsystem.office.statement", file=file.public_id.hex))


@view_config(route_name="finsystem.office.statement.discard", request_method="POST", permission=IMPORT)
def discard(request: Any) -> Any:
    """Call the loading off; nothing was written."""
    request.find_service(IStatementDesk).discard(request.context.subject)
    say(request, _("The loading was called off, nothing was written."))
    return go(request, "finsystem.office.statements")


@view_config(route_name="finsystem.office.statement.release", request_method="POST", permission=IMPORT)
def release(request: Any) -> Any:
    """Apply what was held."""
    file = request.context.subject
    request.find_service(IStatementDesk).release(file)
    say(request, _("The statement is applied."))
    return go(request, "finsystem.office.statement", file=file.public_id.hex)


@view_config(
    route_name="finsystem.office.lines", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/lines.pt"
)
def lines(request: Any) -> Any:
    """Lines of all statements: searched, filtered by state, exported."""
    queue = request.find_service(IStatementQueue)
    columns = [
        Column("date", _("Date"), lambda line: line.booking_date, sortable=True),
        Column("account", _("Account"), lambda line: line.statement.account),
        Column("name", _("Counterparty"), lambda line: line.counterparty_name),
        Column("inn", _("INN"), lambda line: line.counterparty_inn),
        Column("purpose", _("Purpose"), lambda line: line.purpose),
        Column("amount", _("Amount"), money_of, sortable=True, numeric=True),
        Column("currency", _("Currency"), lambda line: line.currency),
        Column("state", _("State"), lambda line: request.localizer.translate(LINE_STATES[line.state])),
    ]
    listing = Listing(
        request,
        columns,
        lambda query: queue.lines(query, state=query.filters.get("state")),
        filters=("state",),
        default="-date",
        file_name="lines",
    )
    if (answer := listing.export()) is not None:
        return answer
    return {
        "listing": listing,
        "names": names_of(request, [row.client_id for row in listing.page.rows]),
        "articles": articles_of(request),
    }


def money_of(line: Any) -> Any:
    """The amount of a line as Money, None where it cannot be read."""
    from cabinet.contracts.money import Money

    return None if line.minor is None else Money(line.minor, line.currency)


def names_of(request: Any, client_ids: Any) -> dict[int, str]:
    """Names of clients by id, in one query."""
    wanted = {id_ for id_ in client_ids if id_ is not None}
    found: dict[int, str] = request.find_service(IClientBook).names(wanted) if wanted else {}
    return found


def articles_of(request: Any) -> dict[int, str]:
    """Names of all articles by id, also of those put away."""
    found: dict[int, str] = request.find_service(IArticles).names()
    return found


def reasons(request: Any, evidence: Any) -> str:
    """Why, in a few words."""
    return ", ".join(tell(request, piece) for piece in list(evidence)[:3])


def _preview(request: Any, file: Any) -> dict[str, Any]:
    preview = request.find_service(IStatementDesk).preview(file)
    new, not_money = preview.lines("applied", "proposed", "unsorted"), preview.lines("pending", "info")
    tab = request.GET.get("tab", "new" if new or not not_money else "waiting")
    shown = {
        "new": new,
        "known": preview.lines("duplicate"),
        "invalid": preview.lines("invalid"),
        "waiting": not_money,
    }.get(tab, new)
    held = any(statement.held for statement in preview.statements)
    shown = sorted(shown, key=lambda line: (line.date or "", line.position), reverse=True)
    first = shown[:SHOWN]
    ids = [i for line in first for i, _minor in line.allocations]
    told = preview.statements if len(preview.statements) <= TOLD_ONE_BY_ONE else _doubtful(preview)
    return {
        "preview": preview,
        "told": told,
        "proved": sum(s.balance_ok is True for s in preview.statements) if told is not preview.statements else 0,
        "interim": all(s.interim for s in preview.statements),
        "accounts_of": list(dict.fromkeys(s.account for s in preview.statements)),
        "period": _period([(s.date("period_from"), s.date("period_to")) for s in preview.statements]),
        "read_as": known_as(preview.encoding) if preview.encoding else "",
        "format": _format_title(request, preview.format),
        "tab": tab,
        "held": held,
        "total": len(shown),
        "shown": first,
        "counts": {
            "new": len(new),
            "known": len(preview.lines("duplicate")),
            "invalid": len(preview.lines("invalid")),
            "waiting": len(not_money),
        },
        "mix": _mix(preview),
        "why": {line.position: reasons(request, line.evidence) for line in first},
        "clients": names_of(request, [line.client_id for line in first]),
        "invoices": request.find_service(IInvoiceBook).numbers(ids) if ids else {},
        "articles": articles_of(request),
        "waiting": sum(line.state in {"proposed", "unsorted"} for line in new),
    }


def _formats_read(request: Any) -> str:
    """The formats that can be loaded now, as people call them."""
    return ", ".join(one.title for one in request.find_service(IStatementFormats).reading())


def _format_title(request: Any, format_id: str) -> str:
    """What people call a format; its id where the module that read it is gone."""
    title: str = request.find_service(IStatementFormats).titles().get(format_id, format_id)
    return title


def _doubtful(preview: Any) -> list[Any]:
    """Of many statements those that something is to be told of."""
    return [s for s in preview.statements if s.balance_ok is False or s.outside_period][:SHOWN_STATEMENTS]


def by_account(statements: Sequence[Any]) -> list[tuple[str, tuple[date, date] | None]]:
    """Each account of a file with the days that all its statements of it speak of."""
    found: dict[str, list[Any]] = {}
    for one in statements:
        found.setdefault(one.account, []).append(one)
    return [(account, _period([(s.period_from, s.period_to) for s in its])) for account, its in found.items()]


def _period(statements: Sequence[tuple[date | None, date | None]]) -> tuple[date, date] | None:
    """The days that the statements of one file speak of, from the first to the last; None: they do not tell."""
    days = [(since, until or since) for since, until in statements if since is not None]
    return (min(since for since, _until in days), max(until for _since, until in days)) if days else None


def _mix(preview: Any) -> list[dict[str, Any]]:
    """What becomes of the new lines, as parts of one bar: count, sums by currency, place."""
    parts: list[tuple[str, Callable[[Any], bool]]] = [
        ("acc", lambda line: line.state == "applied" and line.client_id is not None),
        ("acc2", lambda line: line.state == "applied" and line.client_id is None),
        ("warn", lambda line: line.state == "proposed"),
        ("bad", lambda line: line.state == "unsorted" and (line.minor or 0) > 0),
        ("mut", lambda line: line.state == "unsorted" and (line.minor or 0) <= 0),
    ]
    new = preview.lines("applied", "proposed", "unsorted")
    found, start = [], 0.0
    for colour, belongs in parts:
        mine = [line for line in new if belongs(line)]
        width = 1000 * len(mine) / len(new) if new else 0
        sums: dict[str, int] = {}
        for line in mine:
            sums[line.currency] = sums.get(line.currency, 0) + (line.minor or 0)
        found.append(
            {
                "colour": colour,
                "count": len(mine),
                "sums": list(sums.items()),
                "x": round(start, 1),
                "width": round(max(width - 2, 0), 1),
            }
        )
        start += width
    return found


def _imported(request: Any, file: Any) -> dict[str, Any]:
    queue = request.find_service(IStatementQueue)
    columns = [Column("date", _("Date"), lambda line: line.booking_date, sortable=True)]
    listing = Listing(
        request,
        columns,
        lambda query: queue.lines(query, file_id=file.id, state=query.filters.get("state")),
        filters=("state",),
        default="-date",
        file_name="lines",
    )
    rows = listing.page.rows
    return {
        "listing": listing,
        "names": names_of(request, [row.client_id for row in rows]),
        "articles": articles_of(request),
        "held": any(s.state == "held" for s in file.statements),
    }
