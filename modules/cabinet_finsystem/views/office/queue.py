"""The queue: lines that wait for a person, one after another, by mouse or by keys, each decision taken back with one click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.db.paging import ListQuery
from cabinet.errors import DomainError
from cabinet.interfaces import IJobs
from cabinet.tables import parse_decimal
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet_finsystem.interfaces import IArticles, IBalances, IInvoiceBook, IPayments, IStatementDesk, IStatementQueue
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.rematching import JOB
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.evidence import pieces, reasons

VIEW = "finsystem:statement:view"
DECIDE = "finsystem:statement:decide"
TEMPLATES = "cabinet_finsystem:templates/office/queue"
WAITING_SHOWN = 100
FOUND_CLIENTS = 8


@view_config(
    route_name="finsystem.office.queue", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/queue.pt"
)
def queue(request: Any) -> dict[str, Any]:
    """The first line that waits, with all others beside it."""
    page = _page(request)
    if not page.rows:
        return _answer(request, page, None)
    line = request.find_service(IStatementQueue).find(page.rows[0].public_id)
    return _answer(request, page, line)


@view_config(
    route_name="finsystem.office.line", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/queue.pt"
)
def line(request: Any) -> dict[str, Any]:
    """One line: to be decided, or decided, with everything that speaks for it."""
    return _answer(request, _page(request), request.context.subject)


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
    return _next(request, line, _("Applied."))


@view_config(route_name="finsystem.office.line.sort", request_method="POST", permission=DECIDE)
def sort(request: Any) -> Any:
    """It is no client's: an article takes it."""
    line = request.context.subject
    article = request.find_service(IArticles).by_public_id(public_id(request.POST.get("article", "")))
    request.find_service(IStatementQueue).sort(line, article.id)
    return _next(request, line, _("Sorted."))


@view_config(route_name="finsystem.office.line.transfer", request_method="POST", permission=DECIDE)
def transfer(request: Any) -> Any:
    """Neither income nor cost."""
    line = request.context.subject
    request.find_service(IStatementQueue).transfer(line)
    return _next(request, line, _("Booked as a transfer of our own."))


@view_config(route_name="finsystem.office.line.undo", request_method="POST", permission=DECIDE)
def undo(request: Any) -> Any:
    """The line waits again."""
    line = request.context.subject
    request.find_service(IStatementQueue).undo(line)
    say(request, _("The decision was taken back, the line waits again."))
    return go(request, "finsystem.office.line", line=line.public_id.hex)


def _page(request: Any) -> Any:
    filters = {"direction": request.GET["direction"]} if request.GET.get("direction") in {"in", "out"} else {}
    query = ListQuery(search=request.GET.get("q", "").strip()[:200], filters=filters, size=WAITING_SHOWN)
    return request.find_service(IStatementQueue).waiting(query)


def _answer(request: Any, page: Any, line: Any) -> dict[str, Any]:
    request.menu_route = "finsystem.office.queue"  # a line's own page stands in the queue as well
    counts = request.find_service(IStatementQueue).counts()
    answer: dict[str, Any] = {
        "page": page,
        "line": line,
        "counts": counts,
        "direction": request.GET.get("direction", ""),
        "articles": [node for node in request.find_service(IArticles).tree() if node.depth > 0],
        "candidates": [],
        "chosen": None,
        "made_of": (),
        "may_match": bool(counts[0] and request.has_permission(DECIDE)),
    }
    if line is None:
        return answer
    rows = [row.public_id for row in page.rows]
    place = rows.index(line.public_id) if line.public_id in rows else -1
    answer["place"] = place + 1
    answer["of"] = counts[{"": 0, "in": 1, "out": 2}.get(answer["direction"], 0)]
    answer["previous"] = rows[place - 1].hex if place > 0 else None
    answer["next"] = rows[place + 1].hex if 0 <= place < len(rows) - 1 else None
    answer["made_of"] = request.find_service(IStatementDesk).made_of(line)
    answer |= _candidates(request, line)
    if line.payment_id is not None:
        answer["payment"] = request.find_service(IPayments).get(line.payment_id)
    return answer


def _candidates(request: Any, line: Any) -> dict[str, Any]:
    """Who may have paid, the strongest first; the chosen one with his open invoices and what the decision changes."""
    stored = list(line.candidates or ())
    wanted = {c["client_id"] for c in stored if c["client_id"]}
    found = _found_clients(request)
    parties = request.find_service(IClientBook).parties(wanted | set(found)) if wanted or found else {}
    articles = {node.id: node for node in request.find_service(IArticles).tree(archived=True)}
    candidates = [
        {
            **candidate,
            "party": parties.get(candidate["client_id"]),
            "article": articles.get(candidate["article_id"]),
            "reasons": reasons(request, candidate["evidence"]),
        }
        for candidate in stored
    ]
    candidates += [
        {
            "client_id": id_,
            "party": parties[id_],
            "article": None,
            "allocations": [],
            "weak": True,
            "reasons": [],
            "kind": "payment",
        }
        for id_ in found
        if id_ in parties and id_ not in wanted
    ]
    chosen = _chosen(request, candidates)
    answer: dict[str, Any] = {
        "candidates": candidates,
        "chosen": chosen,
        "pieces": pieces(line.purpose, chosen["evidence"] if chosen and chosen.get("evidence") else line.evidence),
        "evidence": reasons(request, line.evidence),
    }
    if chosen is not None and chosen["party"] is not None:
        debts = request.find_service(IInvoiceBook).debts(chosen["client_id"])
        debts = [invoice for invoice in debts if invoice.currency == line.currency]
        debt = sum(invoice.open for invoice in debts)
        proposed = dict(tuple(pair) for pair in chosen["allocations"])
        if not proposed and 0 < debt <= (line.minor or 0):
            # Nothing tells which invoices are meant, and nothing has to: the money is enough for all of them.
            proposed = {invoice.invoice_id: invoice.open for invoice in debts}
        balance = request.find_service(IBalances).client(chosen["client_id"], line.currency)
        answer |= {"debts": debts, "proposed": proposed, "debt": debt, "balance": balance}
    return answer


def _chosen(request: Any, candidates: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    wanted = request.GET.get("client")
    for candidate in candidates:
        if wanted and candidate["party"] is not None and candidate["party"].public_id.hex == wanted:
            return candidate
    return candidates[0] if candidates else None


def _found_clients(request: Any) -> list[int]:
    """Clients that a person looks for by name, INN or number, and the one the address names."""
    text = request.GET.get("find", "").strip()
    book = request.find_service(IClientBook)
    found = book.search(text, FOUND_CLIENTS) if len(text) >= 2 else []
    if request.GET.get("client"):
        named = book.by_public_id(public_id(request.GET["client"]))
        if named is not None:
            found = [named, *found]
    return list(dict.fromkeys(found))


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


def _next(request: Any, line: Any, text: str) -> Any:
    """On to the next line; the note offers to take this one back."""
    say(request, text, undo=request.route_path("finsystem.office.line.undo", line=line.public_id.hex))
    following = request.POST.get("next", "")
    if following:
        return go(request, "finsystem.office.line", line=public_id(following).hex)
    return go(request, "finsystem.office.queue")
