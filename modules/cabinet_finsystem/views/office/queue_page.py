"""What the pages of the queue show: the list, the line in the middle, who may have paid, and where to go on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from cabinet.contracts.clients import IClientBook
from cabinet.db.paging import ListQuery
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet_finsystem.interfaces import (
    IArticles,
    IBalances,
    IClientMoney,
    IInvoiceBook,
    IPayments,
    IStatementDesk,
    IStatementQueue,
)
from cabinet_finsystem.views.office.evidence import pieces, reasons

VIEW = "finsystem:statement:view"
DECIDE = "finsystem:statement:decide"
TEMPLATES = "cabinet_finsystem:templates/office/queue"
FOUND_CLIENTS = 8
DONE_SHOWN = 8


def kept(request: Any) -> dict[str, str]:
    """What the list is narrowed to, as it goes along from line to line."""
    search = request.GET.get("q", "").strip()[:200]
    direction = request.GET.get("direction", "")
    narrowed = {"direction": direction} if direction in {"in", "out"} else {}
    return narrowed | ({"q": search} if search else {})


def to_line(request: Any, line: uuid.UUID, **query: str) -> str:
    """The page of a line, with what the list is narrowed to."""
    path: str = request.route_path("finsystem.office.line", line=line.hex, _query=query)
    return path


def next_page(request: Any, line: Any, text: str) -> HTTPSeeOther:
    """On to the next line, in the list as it was; the note offers to take this one back."""
    keep = kept(request)
    say(request, text, undo=request.route_path("finsystem.office.line.undo", line=line.public_id.hex, _query=keep))
    following = request.find_service(IStatementQueue).following(line, _query(request))
    if following is not None:
        return HTTPSeeOther(to_line(request, following, **keep))
    return HTTPSeeOther(request.route_path("finsystem.office.queue", _query=keep))


def line_page(request: Any, line: Any) -> dict[str, Any]:
    """The queue with ``line`` in the middle; None: with the first that waits, or with what was done where none does."""
    request.menu_route = "finsystem.office.queue"  # a line's own page stands in the queue as well
    queue = request.find_service(IStatementQueue)
    around, counts = queue.around(line, _query(request)), queue.counts()
    if line is None and around.rows:
        line = queue.find(around.rows[0].public_id)
    answer: dict[str, Any] = {
        "around": around,
        "line": line,
        "counts": counts,
        "keep": kept(request),
        "articles": [node for node in request.find_service(IArticles).tree() if node.depth > 0],
        "candidates": [],
        "chosen": None,
        "parts": [],
        "made_of": (),
        "may_decide": bool(request.has_permission(DECIDE)),
    }
    if line is None:
        return answer | _done(request)
    answer["made_of"] = request.find_service(IStatementDesk).made_of(line)
    answer |= _candidates(request, line)
    if line.payment_id is not None:
        answer["payment"] = request.find_service(IPayments).get(line.payment_id)
    answer["parts"] = _parts(request, queue.parts([line]).get(line.id, []))
    return answer


def _query(request: Any) -> ListQuery:
    keep = kept(request)
    return ListQuery(search=keep.pop("q", ""), filters=keep)


def _done(request: Any) -> dict[str, Any]:
    """What the person did today, for who is through."""
    done = request.find_service(IStatementQueue).done_today(DONE_SHOWN)
    names = request.find_service(IClientMoney).names({line.client_id for line in done.rows if line.client_id})
    articles = {node.id: node.name for node in request.find_service(IArticles).tree(archived=True)}
    return {
        "done": done,
        "names": {client_id: name for client_id, (_public_id, name) in names.items()},
        "article_names": articles,
    }


def _parts(request: Any, payments: Sequence[Any]) -> list[dict[str, Any]]:
    """The payments of a line that is split, each with its client and its invoices."""
    if not payments:
        return []
    parties = request.find_service(IClientBook).parties({payment.client_id for payment in payments})
    onto = request.find_service(IClientMoney).parts([payment.id for payment in payments])
    return [
        {"payment": payment, "party": parties[payment.client_id], "onto": onto.get(payment.id, [])}
        for payment in payments
    ]


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
