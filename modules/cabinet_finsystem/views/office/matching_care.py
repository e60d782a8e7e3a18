"""How payments are matched: what is proof, what the owner wants to be asked about first, which payers are remembered."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.db.paging import ListQuery, Page
from cabinet.web.answers import go, say
from cabinet.web.listing import Column, Listing
from cabinet_finsystem.interfaces import IClientMoney, IMatchingCare
from cabinet_finsystem.statements.matching.cautions import Caution
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.articles import EDIT, TEMPLATES

CAUTIONS = {
    Caution.PART: (_("A part of an invoice"), _("the payer names his invoice and pays less than it owes")),
    Caution.OVER: (_("More than is owed"), _("what is left stays on the client’s balance")),
    Caution.SEVERAL: (_("Several invoices by one payment"), _("their numbers are all named, and the sum fits")),
    Caution.UNDATED: (_("A number without its date"), _("“inv. 15”, and the payer has one such open invoice")),
    Caution.SHORT: (_("A number that is shortened"), _("“112” for INV-2026-00112, where only one ends so")),
    Caution.ACCOUNT: (_("A payer without INN"), _("told by his account, which stands on the client’s card")),
    Caution.LEARNED: (_("A payer that is remembered"), _("told by an account from the list below")),
}


@view_config(
    route_name="finsystem.office.matching", request_method="GET", permission=EDIT, renderer=f"{TEMPLATES}/matching.pt"
)
def matching(request: Any) -> Any:
    """What is applied by itself, and remembered payers."""
    care = request.find_service(IMatchingCare)
    names: dict[int, tuple[Any, str]] = {}

    def named(query: ListQuery) -> Page:
        page: Page = care.payers(query)
        names.update(request.find_service(IClientMoney).names({payer.client_id for payer in page.rows}))
        return page

    columns = [
        Column("account", _("Account"), lambda payer: payer.account),
        Column("inn", _("INN"), lambda payer: payer.inn),
        Column("client", _("Client"), lambda payer: names[payer.client_id][1]),
        Column("times", _("Times"), lambda payer: payer.times, sortable=True, numeric=True),
        Column("learned", _("Last time"), lambda payer: payer.learned_at, sortable=True),
    ]
    listing = Listing(request, columns, named, default="-learned", file_name="payers")
    if (answer := listing.export()) is not None:
        return answer
    asked = care.cautions()
    return {
        "cautions": [(code.value, *CAUTIONS[code], code in asked) for code in Caution],
        "listing": listing,
        "names": names,
    }


@view_config(route_name="finsystem.office.matching.caution", request_method="POST", permission=EDIT)
def set_caution(request: Any) -> Any:
    """Ask about it first (``asked``), or trust it."""
    asked = request.params.get("asked") == "1"
    request.find_service(IMatchingCare).ask_first(request.matchdict["caution"], asked=asked)
    undo = request.current_route_path(_query={} if asked else {"asked": "1"})
    told = (
        _("You will be asked about such payments from now on.")
        if asked
        else _("Such payments are applied by themselves.")
    )
    say(request, told, undo=undo)
    return go(request, "finsystem.office.matching")


@view_config(route_name="finsystem.office.payer.forget", request_method="POST", permission=EDIT)
def forget(request: Any) -> Any:
    """Forget a remembered payer."""
    payer = request.context.subject
    request.find_service(IMatchingCare).forget(payer)
    undo = request.route_path("finsystem.office.payer.remember", payer=payer.public_id.hex)
    say(request, _("The payer is forgotten: his next payment is asked about."), undo=undo)
    return go(request, "finsystem.office.matching")


@view_config(route_name="finsystem.office.payer.remember", request_method="POST", permission=EDIT)
def remember(request: Any) -> Any:
    """Take the forgetting back."""
    request.find_service(IMatchingCare).remember(request.context.subject)
    say(request, _("The payer is remembered again."))
    return go(request, "finsystem.office.matching")
