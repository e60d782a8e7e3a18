"""The queue: lines that wait for a person, one after another, by mouse or by keys, each decision taken back with one click."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.errors import DomainError
from cabinet.interfaces import IJobs
from cabinet.tables import parse_decimal
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet_finsystem.interfaces import IArticles, IInvoiceBook, IStatementQueue
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.rematching import JOB
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.queue_page import DECIDE, TEMPLATES, VIEW, kept, line_page, next_page, to_line


@view_config(
    route_name="finsystem.office.queue", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/queue.pt"
)
def queue(request: Any) -> dict[str, Any]:
    """The first line that waits, with all others beside it; behind the last one, what was done today."""
    return line_page(request, None)


@view_config(
    route_name="finsystem.office.line", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/queue.pt"
)
def line(request: Any) -> dict[str, Any]:
    """One line: to be decided, or decided, with everything that speaks for it."""
    return line_page(request, request.context.subject)


@view_config(route_name="finsystem.office.queue.again", request_method="POST", permission=DECIDE)
def again(request: Any) -> Any:
    """Match what waits anew, as work with progress: the books may know more by now."""
    job = request.find_service(IJobs).enqueue(JOB, {}, unique_key=JOB)
    queue = request.route_path("finsystem.office.queue")
    return HTTPSeeOther(request.route_path("cabinet.office.job", job=job.public_id.hex, _query={"next": queue}))


@view_config(route_name="finsystem.office.line.credit", request_method="POST", permission=DECIDE)
def credit(request: Any) -> Any:
    """It is a client's money, put onto the invoices as typed; the rest stays on his balance."""
    line = request.context.subject
    client_id = _client_id(request)
    allocations = _typed_allocations(request, line)
    request.find_service(IStatementQueue).credit(line, client_id, allocations, learn="learn" in request.POST)
    return next_page(request, line, _("Applied."))


@view_config(route_name="finsystem.office.line.sort", request_method="POST", permission=DECIDE)
def sort(request: Any) -> Any:
    """It is no client's: an article takes it."""
    line = request.context.subject
    article = request.find_service(IArticles).by_public_id(public_id(request.POST.get("article", "")))
    request.find_service(IStatementQueue).sort(line, article.id)
    return next_page(request, line, _("Sorted."))


@view_config(route_name="finsystem.office.line.transfer", request_method="POST", permission=DECIDE)
def transfer(request: Any) -> Any:
    """Neither income nor cost."""
    line = request.context.subject
    request.find_service(IStatementQueue).transfer(line)
    return next_page(request, line, _("Booked as a transfer of our own."))


@view_config(route_name="finsystem.office.line.undo", request_method="POST", permission=DECIDE)
def undo(request: Any) -> Any:
    """The line waits again, whole."""
    line = request.context.subject
    request.find_service(IStatementQueue).undo(line)
    say(request, _("The decision was taken back, the line waits again."))
    return HTTPSeeOther(to_line(request, line.public_id, **kept(request)))


def _client_id(request: Any) -> int:
    found = request.find_service(IClientBook).by_public_id(public_id(request.POST.get("client", "")))
    if found is None:
        raise DomainError("no_client", _("Choose a client first."))
    return int(found)


def _typed_allocations(request: Any, line: Any) -> list[NewAllocation]:
    """Amounts typed beside the invoices; empty and zero ones put nothing there."""
    typed = {key.removeprefix("invoice-"): value for key, value in request.POST.items() if key.startswith("invoice-")}
    typed = {key: value.strip() for key, value in typed.items() if value.strip()}
    ids = request.find_service(IInvoiceBook).ids([public_id(key) for key in typed])
    found = []
    for key, value in typed.items():
        try:
            minor = Money.of(parse_decimal(value), line.currency).minor
        except ValueError:
            raise DomainError("bad_amount", _("«${text}» is not an amount.", mapping={"text": value})) from None
        invoice_id = ids.get(public_id(key))
        if minor and invoice_id is not None:
            found.append(NewAllocation(invoice_id, minor))
    return found
