"""The price list: looked at, added to, changed, put away and taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IClock
from cabinet.web.answers import go, say
from cabinet.web.listing import Column, Listing, chips
from cabinet_finsystem.contributions.items import EDIT, VIEW
from cabinet_finsystem.forms.items import KIND_TITLES, ItemForm
from cabinet_finsystem.interfaces import IArticles, IPriceList
from cabinet_finsystem.invoicing.vat_rates import rates_on
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.figures import percent

TEMPLATES = "cabinet_finsystem:templates/office/items"
SEGMENTS = (("", _("Offered")), ("archived", _("Put away")))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a line of the list."""

    item: Any
    kind: str
    vat: str
    article: str


COLUMNS = (
    Column("code", _("Code"), lambda row: row.item.code or "", sortable=True),
    Column("name", _("Name"), lambda row: row.item.name, sortable=True),
    Column("kind", _("Kind"), lambda row: row.kind),
    Column("unit", _("Unit"), lambda row: row.item.unit),
    Column("price", _("Price"), lambda row: Money(row.item.price, row.item.currency), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.item.currency),
    Column("vat", _("VAT, %"), lambda row: row.vat),
    Column("article", _("Article"), lambda row: row.article),
)


@view_config(
    route_name="finsystem.office.items", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/list.pt"
)
def items(request: Any) -> Any:
    """What is sold, by name."""
    listing = Listing(
        request, COLUMNS, _find(request), filters=("state", "kind"), default="name", file_name="price-list"
    )
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state", "")
    translate = request.localizer.translate
    kinds = {kind: translate(title) for kind, title in KIND_TITLES.items()}
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(state=state or None), "current": chosen == state}
            for state, title in SEGMENTS
        ],
        "kinds": kinds,
        "chips": chips(listing, {"kind": translate(_("Kind"))}, kinds),
        "may_edit": bool(request.has_permission(EDIT)),
    }


@view_config(
    route_name="finsystem.office.item.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def new_item(request: Any) -> Any:
    """One more item."""
    form = _form(request)
    if form.submitted():
        with form.catching():
            made = request.find_service(IPriceList).add(form.item_data())
            undo = request.route_path("finsystem.office.item.archive", item=made.public_id.hex)
            say(request, _("“${name}” is in the price list.", mapping={"name": made.name}), undo=undo)
            return go(request, "finsystem.office.items")
    return {"form": form, "item": None}


@view_config(
    route_name="finsystem.office.item", request_method=("GET", "POST"), permission=EDIT, renderer=f"{TEMPLATES}/form.pt"
)
def edit_item(request: Any) -> Any:
    """Another price or name. Invoices that are written stay as they are."""
    item = request.context.subject
    form = _form(request, item)
    if form.submitted():
        with form.catching():
            request.find_service(IPriceList).change(item, form.item_data())
            say(request, _("“${name}” is saved.", mapping={"name": item.name}))
            return go(request, "finsystem.office.items")
    return {"form": form, "item": item}


@view_config(route_name="finsystem.office.item.archive", request_method="POST", permission=EDIT)
def archive(request: Any) -> Any:
    """Offer it no more."""
    item = request.context.subject
    request.find_service(IPriceList).archive(item)
    undo = request.route_path("finsystem.office.item.restore", item=item.public_id.hex)
    say(request, _("“${name}” is put away: it is offered no more.", mapping={"name": item.name}), undo=undo)
    return go(request, "finsystem.office.items")


@view_config(route_name="finsystem.office.item.restore", request_method="POST", permission=EDIT)
def restore(request: Any) -> Any:
    """Offer it again."""
    item = request.context.subject
    request.find_service(IPriceList).restore(item)
    undo = request.route_path("finsystem.office.item.archive", item=item.public_id.hex)
    say(request, _("“${name}” is offered again.", mapping={"name": item.name}), undo=undo)
    return go(request, "finsystem.office.items")


def _form(request: Any, item: Any = None) -> ItemForm:
    return ItemForm(
        request,
        articles=request.find_service(IArticles).tree(),
        entities=request.find_service(ILegalEntities).all(),
        rates=rates_on(request.find_service(IClock).today()),
        item=item,
    )


def _find(request: Any) -> Any:
    prices = request.find_service(IPriceList)
    translate = request.localizer.translate
    articles = {node.id: node.name for node in request.find_service(IArticles).tree(archived=True)}

    def find(query: ListQuery) -> Page:
        page: Page = prices.listing(query)
        rows = [
            ItemRow(
                item,
                translate(KIND_TITLES[item.kind]),
                translate(_("no VAT")) if item.vat_rate is None else request.fmt.percent(percent(item.vat_rate)),
                articles.get(item.article_id, ""),
            )
            for item in page.rows
        ]
        return replace(page, rows=rows)

    return find
