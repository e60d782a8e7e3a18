"""Issuing the same to many clients: asked, looked at, issued by a job, voided together."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock, INotices
from cabinet.texts import unpack_text
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.bulk.models import ISSUED, REFUSED, VOID, WAITING
from cabinet_finsystem.bulk.values import TICKED
from cabinet_finsystem.forms.bulk import BulkChoices, BulkForm
from cabinet_finsystem.forms.invoice import VoidForm, item_line, sums_of
from cabinet_finsystem.interfaces import IArticles, IBulkIssues, IPriceList
from cabinet_finsystem.items.values import line_of
from cabinet_finsystem.notices import ISSUED as NOTICE
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.figures import percent
from cabinet_finsystem.views.office.invoice_editor import columns_of
from cabinet_finsystem.views.office.invoices import EDIT, VIEW
from cabinet_finsystem.views.office.item_keys import items_of

TEMPLATES = "cabinet_finsystem:templates/office/bulk"
SHOWN_CLIENTS = 60
MOST_FOUND = 1000
STATES = {
    WAITING: ("part", _("Being issued")),
    ISSUED: ("done", _("Issued")),
    REFUSED: ("fail", _("Not issued")),
    VOID: ("void", _("Void")),
}


@view_config(
    route_name="finsystem.office.invoices.many",
    request_method="GET",
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def ask(request: Any) -> dict[str, Any]:
    """Whom to bill for what; ``?item=`` begins it with an item of the price list, for those who have it as a service."""
    item = None
    if key := request.GET.get("item"):
        item = request.find_service(IPriceList).find(public_id(key))
    choices = _choices(request)
    served = item is not None and any(one.id == item.id for one in choices.services)
    form = BulkForm(request, choices, service=item.public_id.hex if item is not None and served else "")
    if item is not None and item.currency == form.shown_currency:
        line = line_of(item, choices.today, vat_included=form.vat_included)
        form.lines.put(item_line(item, line, item.currency, choices.articles))
    return _page(request, form)


@view_config(
    route_name="finsystem.office.invoices.many",
    request_method="POST",
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def issue(request: Any) -> Any:
    """Find clients, look at what would be issued, or issue what was looked at. The same form sent twice issues once."""
    bulks, form = request.find_service(IBulkIssues), BulkForm(request, _choices(request))
    if "find" in request.POST or "find_all" in request.POST:
        form.who.data = TICKED
        return _page(request, form)
    if (known := bulks.find(form.public_id)) is not None:
        say(request, _("These invoices are being issued already."), kind="info")
        return go(request, "finsystem.office.bulk", bulk=known.public_id.hex)
    plan, changed = None, False
    if form.submitted():
        with form.catching():
            plan = bulks.plan(form.bulk_data())
            if "issue" in request.POST and plan.digest == form.seen.data:
                bulk, job = bulks.ask(plan, public_id=form.public_id)
                there = request.route_path("finsystem.office.bulk", bulk=bulk.public_id.hex)
                return go(request, "cabinet.office.job", job=job.public_id.hex, _query={"next": there})
            changed = "issue" in request.POST
            form.seen.data = plan.digest
    return _page(request, form, plan, changed=changed)


@view_config(route_name="finsystem.office.bulk", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/bulk.pt")
def bulk(request: Any) -> dict[str, Any]:
    """What was issued together, where it is looked at, and how it is taken back."""
    subject = request.context.subject
    problem = unpack_text(subject.problem["text"]) if subject.problem else ""
    return {
        "bulk": subject,
        "state": STATES[subject.state],
        "problem": request.localizer.translate(problem),
        "paid": request.find_service(IBulkIssues).paid(subject) if subject.state == ISSUED else 0,
        "may_edit": bool(request.has_permission(EDIT)),
        "title": title_of(subject),
    }


@view_config(route_name="finsystem.office.bulk.void", request_method="POST", permission=EDIT)
def void(request: Any) -> Any:
    """Void them all at once."""
    subject, form = request.context.subject, VoidForm(request)
    if form.submitted():
        count = request.find_service(IBulkIssues).void(subject, reason=form.reason.data.strip())
        text = request.fmt.plural(count, "${n} invoice is void.", "${n} invoices are void.", "cabinet_finsystem")
        say(request, text)
    else:
        say(request, _("Say why the document is voided."), kind="bad")
    return go(request, "finsystem.office.bulk", bulk=subject.public_id.hex)


def title_of(subject: Any) -> str:
    """What a BulkIssue is for."""
    return str(subject.content["text"] or subject.content["lines"][0]["text"])


def _page(request: Any, form: BulkForm, plan: Any = None, *, changed: bool = False) -> dict[str, Any]:
    found, more = _found(request)
    ticked = request.find_service(IClientBook).parties([*form.offered.ticked.values()])
    offered = {**ticked, **found}
    return {
        "form": form,
        "plan": plan,
        "changed": changed,
        "tell_hint": _tell_hint(request, plan),
        "columns": columns_of(request),
        "sums": sums_of(form.lines.lines, vat_included=form.vat_included),
        "currency": form.shown_currency,
        "percent": percent,
        "typed": request.POST.get("client_q", ""),
        "clients": sorted(offered.values(), key=lambda one: (one.client_id not in ticked, one.name.casefold())),
        "more": more,
        "lately": [(one, title_of(one), STATES[one.state]) for one in request.find_service(IBulkIssues).lately()],
    }


def _tell_hint(request: Any, plan: Any) -> str:
    """How many letters leave where the clients are told."""
    if plan is None:
        return str(request.localizer.translate(_("How many letters leave is said before anything is issued.")))
    letters = request.find_service(INotices).letters(NOTICE, [row.client_id for row in plan.rows])
    if not letters:
        return str(request.localizer.translate(_("By the bell of their cabinet; no letter would leave.")))
    return str(
        request.fmt.plural(
            letters,
            "${n} letter leaves if this is ticked.",
            "${n} letters leave if this is ticked.",
            "cabinet_finsystem",
        )
    )


def _found(request: Any) -> tuple[dict[int, Any], bool]:
    """Clients that what was typed finds, and whether there are more than are shown."""
    book = request.find_service(IClientBook)
    ids = book.search(request.POST.get("client_q", "").strip()[:200], SHOWN_CLIENTS + 1)
    return book.parties(ids[:SHOWN_CLIENTS]), len(ids) > SHOWN_CLIENTS


def _choices(request: Any) -> BulkChoices:
    prices = request.find_service(IPriceList)
    services = prices.by_id(request.find_service(IBulkIssues).recurring_items())
    return BulkChoices(
        services=sorted(services.values(), key=lambda item: item.name.casefold()),
        tags=request.find_service(IClientCards).tags(),
        entities=request.find_service(ILegalEntities).all(),
        articles=request.find_service(IArticles).tree(),
        today=request.find_service(IClock).today(),
        items=items_of(request),
        ticked=_ticked(request),
    )


def _ticked(request: Any) -> dict[str, int]:
    """Public id → id of the clients that are ticked, within the scope; with ``find_all`` also of all that were found."""
    if request.method != "POST":
        return {}
    book = request.find_service(IClientBook)
    keys = {key for sent in request.POST.getall("client") if (key := _uuid(sent)) is not None}
    ids = [*book.by_public_ids(keys).values()]
    if "find_all" in request.POST:
        ids += book.search(request.POST.get("client_q", "").strip()[:200], MOST_FOUND)
    return {party.public_id.hex: party.client_id for party in _parties(book, ids)}


def _parties(book: Any, ids: Iterable[int]) -> Iterable[Any]:
    return book.parties(list(dict.fromkeys(ids))).values()  # type: ignore[no-any-return]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return None
