"""Recurring services: looked at, added to contracts, changed, paused; what the next run makes, and the run itself."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock, IJobs
from cabinet.origin import origin_of
from cabinet.web.answers import go, say
from cabinet.web.listing import Column, Listing
from cabinet_finsystem.forms.recurring import PriceForm, ServiceChoices, ServiceForm, SinceForm
from cabinet_finsystem.interfaces import IArticles, IPriceList, IRecurringServices
from cabinet_finsystem.invoicing.vat_rates import rate_for, rates_on
from cabinet_finsystem.recurring.running import JOB
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.recurring_words import EDIT, VIEW, Words
from cabinet_finsystem.views.states import invoice_state

TEMPLATES = "cabinet_finsystem:templates/office/recurring"
AHEAD = 31
MOST_ITEMS = 500
STATES = (
    ("", _("All")),
    ("active", _("Active")),
    ("stopped", _("Stopped")),
    ("paused", _("Paused")),
    ("ended", _("Ended")),
)
COLUMNS = (
    Column("client", _("Client"), lambda row: row.client_name, sortable=True),
    Column("contract", _("Contract"), lambda row: row.contract.number),
    Column("text", _("What for"), lambda row: row.title),
    Column("next", _("Next invoice"), lambda row: row.coming.date if row.coming else None, sortable=True),
    Column(
        "sum",
        _("Sum"),
        lambda row: Money(row.coming.minor, row.service.currency) if row.coming else None,
        numeric=True,
    ),
    Column("currency", _("Currency"), lambda row: row.service.currency),
    Column("until", _("Until"), lambda row: row.service.ends),
)


@view_config(
    route_name="finsystem.office.recurrings", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/list.pt"
)
def recurrings(request: Any) -> Any:
    """All recurring services, the next to be billed first."""
    services = request.find_service(IRecurringServices)
    words = Words(request)
    columns = (*COLUMNS, Column("period", _("Period"), lambda row: words.often(row.service)))
    listing = Listing(request, columns, services.listing, filters=("state",), default="next", file_name="recurring")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state", "")
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(state=state or None), "current": chosen == state}
            for state, title in STATES
        ],
        "words": words,
        "may_edit": bool(request.has_permission(EDIT)),
    }


@view_config(
    route_name="finsystem.office.recurrings.next",
    request_method="GET",
    permission=VIEW,
    renderer=f"{TEMPLATES}/next.pt",
)
def next_run(request: Any) -> dict[str, Any]:
    """What the next run makes, and what comes within a month."""
    services, today = request.find_service(IRecurringServices), request.find_service(IClock).today()
    due = services.due(today + datetime.timedelta(AHEAD))
    rows = {row.service.id: row for row in services.rows([c.service for one in due for c in one.charges])}
    sums: dict[str, int] = {}
    for one in due:
        if one.date <= today:
            sums[one.key.currency] = sums.get(one.key.currency, 0) + one.minor
    return {
        "now": [one for one in due if one.date <= today],
        "later": [one for one in due if one.date > today],
        "rows": rows,
        "sums": sums,
        "words": Words(request),
        "may_edit": bool(request.has_permission(EDIT)),
    }


@view_config(route_name="finsystem.office.recurrings.run", request_method="POST", permission=EDIT)
def run(request: Any) -> Any:
    """Bill now what is due, in the background."""
    # Each sees the clients that he sees: a run of one person is not that of another.
    job = request.find_service(IJobs).enqueue(JOB, {}, unique_key=f"{JOB}:{origin_of(request).user_id}")
    home = request.route_path("finsystem.office.recurrings")
    return HTTPSeeOther(request.route_path("cabinet.office.job", job=job.public_id.hex, _query={"next": home}))


@view_config(
    route_name="finsystem.office.recurring.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def new_recurring(request: Any) -> Any:
    """One more service on a contract."""
    contract = request.context.subject
    form = ServiceForm(request, _choices(request, contract.facts.currency))
    if request.method != "POST":
        form.starts.data = request.find_service(IClock).today().replace(day=1)
    else:
        services = request.find_service(IRecurringServices)
        if form.public_id is not None and services.find(form.public_id) is not None:
            say(request, _("This service is saved already."), kind="info")
            return go(request, "finsystem.office.recurring", recurring=form.public_id.hex)
        if form.submitted():
            with form.catching():
                made = services.add(form.service_data(contract.contract_id), public_id=form.public_id)
                say(request, _("The service is added. See what the next run makes before it does."))
                return go(request, "finsystem.office.recurring", recurring=made.public_id.hex)
    return {
        "form": form,
        "service": None,
        "contract": contract.facts.number,
        "client": contract.client_name,
        "title": "",
    }


@view_config(
    route_name="finsystem.office.recurring", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/service.pt"
)
def recurring(request: Any) -> dict[str, Any]:
    """One service: its terms, its prices over time, what of it is billed."""
    services, subject = request.find_service(IRecurringServices), request.context.subject
    today, begun = request.find_service(IClock).today(), subject.steps[0].since
    return {
        "row": services.rows([subject])[0],
        "bills": [
            (bill, invoice, invoice_state(request, invoice, today) if invoice else None)
            for bill, invoice in services.bills(subject)
        ],
        "words": Words(request),
        "may_edit": bool(request.has_permission(EDIT)),
        "today": today,
        "price": PriceForm(
            request, subject.currency, prefix="price-", data={"since": max(_first_of_next(today), begun)}
        ),
        "since": SinceForm(request, data={"since": max(today, begun)}),
    }


@view_config(
    route_name="finsystem.office.recurring.edit",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def edit_recurring(request: Any) -> Any:
    """Other terms. What is billed stays; the price has a day of its own."""
    services, subject = request.find_service(IRecurringServices), request.context.subject
    form = ServiceForm(request, _choices(request, subject.currency, subject.item_id), subject)
    del form.price, form.starts
    if form.submitted():
        with form.catching():
            services.change(subject, form.service_data(subject.contract_id, subject.steps[0].since))
            say(request, _("The service is saved."))
            return go(request, "finsystem.office.recurring", recurring=subject.public_id.hex)
    [row] = services.rows([subject])
    return {
        "form": form,
        "service": subject,
        "contract": row.contract.number,
        "client": row.client_name,
        "title": row.title,
    }


@view_config(route_name="finsystem.office.recurring.price", request_method="POST", permission=EDIT)
def price(request: Any) -> Any:
    """Another price from a day on."""
    subject = request.context.subject
    form = PriceForm(request, subject.currency, prefix="price-")
    if form.submitted():
        request.find_service(IRecurringServices).reprice(subject, form.minor, since=form.since.data)
        text = _("From ${date} on the price is another. What is billed stays.", mapping=_day(request, form))
        say(request, text)
    else:
        say(request, " ".join(message for _id, _label, message in form.problems()), kind="bad")
    return go(request, "finsystem.office.recurring", recurring=subject.public_id.hex)


@view_config(route_name="finsystem.office.recurring.pause", request_method="POST", permission=EDIT)
def pause(request: Any) -> Any:
    """Serve nothing from a day on."""
    subject, form = request.context.subject, SinceForm(request)
    if form.submitted():
        request.find_service(IRecurringServices).pause(subject, since=form.since.data)
        path = "finsystem.office.recurring.resume"
        undo = request.route_path(
            path,
            recurring=subject.public_id.hex,
            _query={"since": form.since.data.isoformat() if form.since.data else ""},
        )
        say(request, _("Paused from ${date} on: those days are not billed.", mapping=_day(request, form)), undo=undo)
    else:
        say(request, _("Say from which day on."), kind="bad")
    return go(request, "finsystem.office.recurring", recurring=subject.public_id.hex)


@view_config(route_name="finsystem.office.recurring.resume", request_method="POST", permission=EDIT)
def resume(request: Any) -> Any:
    """Serve again from a day on."""
    subject, form = request.context.subject, SinceForm(request, request.params)
    if form.submitted():
        request.find_service(IRecurringServices).resume(subject, since=form.since.data)
        say(request, _("Goes on from ${date}.", mapping=_day(request, form)))
    else:
        say(request, _("Say from which day on."), kind="bad")
    return go(request, "finsystem.office.recurring", recurring=subject.public_id.hex)


@view_config(route_name="finsystem.office.recurring.again", request_method="POST", permission=EDIT)
def again(request: Any) -> Any:
    """Bill a period anew whose invoice is void or whose draft was thrown away."""
    bill = request.context.subject
    services = request.find_service(IRecurringServices)
    services.again(bill)
    say(request, _("The next run bills this period again."))
    return go(request, "finsystem.office.recurrings.next")


def _choices(request: Any, currency: str, item_id: int | None = None) -> ServiceChoices:
    today, prices = request.find_service(IClock).today(), request.find_service(IPriceList)
    items = [*prices.offered(currency=currency, limit=MOST_ITEMS)]
    if item_id is not None and all(item.id != item_id for item in items):
        items += prices.by_id([item_id]).values()
    entity = request.find_service(ILegalEntities).default()
    return ServiceChoices(
        items=items,
        articles=request.find_service(IArticles).tree(),
        rates=rates_on(today),
        usual_rate=None if entity.vat_rate is None else rate_for(Decimal(entity.vat_rate), today),
        currency=currency,
    )


def _first_of_next(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(32)).replace(day=1)


def _day(request: Any, form: SinceForm) -> dict[str, str]:
    return {"date": request.fmt.date(form.since.data)}
