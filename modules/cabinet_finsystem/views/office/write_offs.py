"""Small differences: their rules by currency, what was written off, and writing off by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.db.paging import ListQuery, Page
from cabinet.web.answers import go, say
from cabinet.web.listing import Column, Listing, chips
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.contributions.write_offs import ARRANGE, MAKE, VIEW
from cabinet_finsystem.forms.write_offs import RuleForm
from cabinet_finsystem.interfaces import IArticles, IPayments, IWriteOffs
from cabinet_finsystem.resources import our_currencies
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_invoice, to_payment
from cabinet_finsystem.views.lists import shown_filters
from cabinet_finsystem.write_offs.values import RuleData, WriteOffRow

TEMPLATES = "cabinet_finsystem:templates/office/write_offs"
FILTERS = ("state", "side", "how", "client", "article", "from", "to")
SIDES = (("", _("All")), ("short", _("Forgiven")), ("over", _("Kept")))
HOW = {"itself": _("by the rule"), "hand": _("by hand")}
_OFFERED = 1_00
"""What the form of a rule that was never arranged begins with."""
_MOST_SUMS = 12


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A currency of ours with its rule, or None."""

    currency: str
    rule: Any
    short_article: str
    over_article: str


COLUMNS = (
    Column("date", _("Date"), lambda row: row.date, sortable=True),
    Column("client", _("Client"), lambda row: row.client_name),
    Column("invoice", _("Invoice"), lambda row: row.number),
    Column("article", _("Article"), lambda row: row.article),
    Column("how", _("How"), lambda row: row.how),
    Column("amount", _("Amount"), lambda row: Money(row.minor, row.currency), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.currency),
    Column("state", _("State"), lambda row: row.state),
)


@dataclass(frozen=True, slots=True)
class ShownWriteOff:
    """A write-off as a line of the list. ``how``, ``state``: in words."""

    off: WriteOffRow
    how: str
    state: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.off, name)


@view_config(
    route_name="finsystem.office.write_off_rules",
    request_method="GET",
    permission=ARRANGE,
    renderer=f"{TEMPLATES}/rules.pt",
)
def rules(request: Any) -> Any:
    """The rules by currency, and what they have come to."""
    offs = request.find_service(IWriteOffs)
    known = {rule.currency: rule for rule in offs.rules()}
    names = {node.id: node.name for node in request.find_service(IArticles).tree(archived=True)}
    shown = [
        ShownRule(
            currency,
            rule := known.get(currency),
            names[rule.short_article_id] if rule else "",
            names[rule.over_article_id] if rule else "",
        )
        for currency in our_currencies(request)
    ]
    total, _months, _clients = offs.sums(ListQuery())
    return {"rules": shown, "on": [one for one in shown if one.rule and one.rule.on_since], "total": total}


@view_config(
    route_name="finsystem.office.write_off_rule",
    request_method=("GET", "POST"),
    permission=ARRANGE,
    renderer=f"{TEMPLATES}/rule.pt",
)
def rule(request: Any) -> Any:
    """The rule of a currency."""
    currency, offs = request.context.subject, request.find_service(IWriteOffs)
    stored = offs.rule(currency)
    articles = request.find_service(IArticles).tree()
    form = RuleForm(request, currency, articles, RuleData.of(stored) if stored else _first(request))
    if form.submitted():
        with form.catching():
            changed = offs.arrange(currency, form.rule_data())
            if stored is None:
                say(request, _("The rule is saved. Switch it on when you are sure."))
            else:
                undo = request.route_path("finsystem.office.write_off_rule.back", currency=currency)
                say(request, _("The rule is saved."), undo=undo if changed else None)
            return go(request, "finsystem.office.write_off_rules")
    return {"form": form, "currency": currency, "rule": stored}


@view_config(route_name="finsystem.office.write_off_rule.switch", request_method="POST", permission=ARRANGE)
def switch(request: Any) -> Any:
    """The rule on, or off (``off``)."""
    currency, on = request.context.subject, "off" not in request.params
    request.find_service(IWriteOffs).switch(currency, on=on)
    route = "finsystem.office.write_off_rule.switch"
    undo = request.route_path(route, currency=currency, _query={"off": "1"} if on else {})
    told = (
        _("The rule is on: it writes off what is paid from now on.")
        if on
        else _("The rule is off: nothing more is written off.")
    )
    say(request, told, undo=undo)
    return go(request, "finsystem.office.write_off_rules")


@view_config(route_name="finsystem.office.write_off_rule.back", request_method="POST", permission=ARRANGE)
def back(request: Any) -> Any:
    """As it was before it was changed last."""
    currency = request.context.subject
    request.find_service(IWriteOffs).back(currency)
    undo = request.route_path("finsystem.office.write_off_rule.back", currency=currency)
    say(request, _("The rule is as it was before."), undo=undo)
    return go(request, "finsystem.office.write_off_rules")


@view_config(
    route_name="finsystem.office.write_offs", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/list.pt"
)
def write_offs(request: Any) -> Any:
    """What was written off, with its sums by month and by client."""
    offs, translate = request.find_service(IWriteOffs), request.localizer.translate

    def find(query: ListQuery) -> Page:
        page: Page = offs.listing(query)
        shown = [
            ShownWriteOff(
                row,
                translate(HOW["itself" if row.by_itself else "hand"]),
                translate(_("stands") if row.standing else _("taken back")),
            )
            for row in page.rows
        ]
        return replace(page, rows=shown)

    listing = Listing(request, COLUMNS, find, filters=FILTERS, default="-date", file_name="write-offs")
    if (answer := listing.export()) is not None:
        return answer
    total, months, clients = offs.sums(ListQuery(search=listing.search, filters=listing.filters))
    titles = {
        "client": _("Client"), "article": _("Article"), "how": _("How"), "state": _("State"), "from": _("From"), "to": _("To"),
    }  # fmt: skip
    shown = shown_filters(request, listing) | {key: translate(word) for key, word in HOW.items()}
    shown["all"] = translate(_("with what was taken back"))
    if wanted := listing.filters.get("article"):
        names = {node.public_id.hex: node.name for node in request.find_service(IArticles).tree(archived=True)}
        shown[wanted] = names.get(wanted, "—")
    chosen = listing.filters.get("side", "")
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(side=side or None), "current": chosen == side} for side, title in SIDES
        ],
        "chips": chips(listing, titles, shown),
        "total": total,
        "months": months[:_MOST_SUMS],
        "clients": clients[:_MOST_SUMS],
        "may_arrange": request.has_permission(ARRANGE),
    }


@view_config(route_name="finsystem.office.invoice.write_off", request_method="POST", permission=MAKE)
def write_off(request: Any) -> Any:
    """Write off the rest of an invoice."""
    subject = request.context.subject
    booked = request.find_service(IWriteOffs).write_off(subject)
    [allocation] = request.find_service(IPayments).live_allocations([booked.id])
    undo = request.route_path(
        "finsystem.office.allocation.undo",
        payment=booked.public_id.hex,
        allocation=allocation.public_id.hex,
        _query={"back": subject.public_id.hex},
    )
    amount = request.fmt.amount(booked.minor, booked.currency)
    say(request, _("${amount} is written off: the invoice is closed.", mapping={"amount": amount}), undo=undo)
    return to_invoice(request, subject.public_id)


@view_config(route_name="finsystem.office.payment.keep", request_method="POST", permission=MAKE)
def keep(request: Any) -> Any:
    """Keep what a payment brought too much."""
    subject = request.context.subject
    booked = request.find_service(IWriteOffs).keep(subject)
    undo = request.route_path("finsystem.office.payment.reverse", payment=booked.public_id.hex)
    amount = request.fmt.amount(-booked.minor, booked.currency)
    say(request, _("${amount} is written off from the client’s balance.", mapping={"amount": amount}), undo=undo)
    return to_payment(request, subject.public_id)


@view_config(route_name="finsystem.office.write_offs.leave_out", request_method="POST", permission=ARRANGE)
def leave_out(request: Any) -> Any:
    """Write off nothing of this client by itself."""
    card = request.context.subject
    request.find_service(IWriteOffs).leave_out(card.client_id)
    undo = request.route_path("finsystem.office.write_offs.take_in", client=card.public_id.hex)
    say(request, _("Nothing of this client is written off by itself any more."), undo=undo)
    return go(request, "client_manager.office.client", client=card.public_id.hex)


@view_config(route_name="finsystem.office.write_offs.take_in", request_method="POST", permission=ARRANGE)
def take_in(request: Any) -> Any:
    """Write off of him again, too."""
    card = request.context.subject
    request.find_service(IWriteOffs).take_in(card.client_id)
    undo = request.route_path("finsystem.office.write_offs.leave_out", client=card.public_id.hex)
    say(request, _("Small differences of this client are written off again."), undo=undo)
    return go(request, "client_manager.office.client", client=card.public_id.hex)


def _first(request: Any) -> RuleData:
    """What a rule begins with: up to 1.00 onto «Write-offs and rounding», over-payments left alone."""
    articles = request.find_service(IArticles)
    cost = articles.system_id(defaults.WRITE_OFFS)
    return RuleData(short_most=_OFFERED, short_article_id=cost, over_article_id=cost)
