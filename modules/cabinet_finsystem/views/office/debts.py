"""Lists of the head and the managers: what clients owe, by age, and how the balances of all stand."""

from __future__ import annotations

import datetime
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock, IPeople
from cabinet.tables import parse_date
from cabinet.web.areas import public_id
from cabinet.web.listing import Column, Listing, chips
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.contributions.dunning import LEAVE_OUT
from cabinet_finsystem.interfaces import IClientBalances, IReceivables
from cabinet_finsystem.reports.receivables import NOBODY
from cabinet_finsystem.reports.shares import WHOLE, apportion
from cabinet_finsystem.reports.values import Ages, BalanceTotal, ClientAges
from cabinet_finsystem.reports.words import Words
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.instants import end_of

VIEW = "finsystem:debt:view"
TEMPLATES = "cabinet_finsystem:templates/office/reports"
AGES = {
    "not_due": (_("Not due yet"), ""),
    "to_30": (_("1–30 days"), "warn"),
    "to_60": (_("31–60 days"), "warn"),
    "to_90": (_("61–90 days"), "bad"),
    "older": (_("Over 90 days"), "bad"),
}
_NO_MANAGER = _("No manager")
_LEADING = {
    "client": [Column("client", _("Client"), lambda row: row.name)],
    "manager": [
        Column("manager", _("Manager"), lambda row: row.name),
        Column("clients", _("Clients"), lambda row: row.clients, numeric=True),
    ],
}
_SIDES = (("", _("All")), ("theirs", _("They owe us")), ("ours", _("We owe them")))


@view_config(
    route_name="finsystem.office.reports.receivables",
    request_method="GET",
    permission=VIEW,
    renderer=f"{TEMPLATES}/receivables.pt",
)
def receivables(request: Any) -> Any:
    """Who owes what, by days past the due date, now or at the end of a day."""
    book = request.find_service(IReceivables)
    asked = Asked(request)
    totals = book.totals(asked.on)
    currency = asked.currency([one.currency for one in totals])
    by_manager = request.GET.get("group") == "manager"
    columns = [
        *(_LEADING["manager"] if by_manager else _LEADING["client"]),
        *(Column(part, title, _part(part), numeric=True) for part, (title, _tone) in AGES.items()),
        Column("overdue", _("Overdue"), lambda row: _money(row, row.ages.overdue), numeric=True),
        Column("total", _("Total"), lambda row: _money(row, row.ages.total), numeric=True),
        Column("currency", _("Currency"), lambda row: row.ages.currency),
    ]
    listing = Listing(
        request,
        columns,
        lambda query: (book.managers if by_manager else book.page)(query, currency, asked.on),
        filters=("group", "manager", "on", "currency"),
        default="-overdue",
        file_name="receivables",
    )
    if (answer := listing.export()) is not None:
        return answer
    total = next((one for one in totals if one.currency == currency), Ages(currency, 0, 0, 0, 0, 0))
    sums = [getattr(total, part) for part in AGES]
    words = Words(request.fmt, request.localizer)
    shares = apportion(sums, total.total, WHOLE) if total.total > 0 else [None] * len(sums)
    managers = request.find_service(IPeople).staff("manager", "head")
    return {
        "listing": listing,
        "ages": [
            {"title": title, "tone": tone, "minor": minor, "share": words.share(share)}
            for (title, tone), minor, share in zip(AGES.values(), sums, shares, strict=True)
        ],
        "total": total,
        "currency": currency,
        "currencies": asked.choices(listing, [one.currency for one in totals]),
        "chips": chips(
            listing,
            {"manager": _("Manager"), "on": _("At the end of")},
            {
                **asked.shown,
                NOBODY: request.localizer.translate(_NO_MANAGER),
                **{user.public_id.hex: user.name for user in managers},
            },
        ),
        "groups": [
            {"title": title, "href": listing.url(group=group), "current": by_manager == (group == "manager")}
            for group, title in ((None, _("By client")), ("manager", _("By manager")))
        ],
        "by_manager": by_manager,
        "on": asked.on or asked.today,
        "managers": [(user.name, listing.url(group=None, manager=user.public_id.hex)) for user in managers],
        "parts": list(AGES),
        "opened": _opened_manager(listing) if by_manager else _opened_client(listing),
        "drawer": _drawer(request, listing, book, currency, asked),
    }


@view_config(
    route_name="finsystem.office.reports.balances",
    request_method="GET",
    permission=VIEW,
    renderer=f"{TEMPLATES}/balances.pt",
)
def balances(request: Any) -> Any:
    """How we stand with every client at the end of a day."""
    book = request.find_service(IClientBalances)
    asked = Asked(request)
    day = asked.on or asked.today
    totals = book.totals(day, known_at=asked.known_at)
    currency = asked.currency([one.currency for one in totals])
    columns = [
        Column("client", _("Client"), lambda row: row.name),
        Column("external_id", _("Client's code"), lambda row: row.external_id),
        Column("balance", _("Balance"), lambda row: Money(row.minor, row.currency), numeric=True),
        Column("currency", _("Currency"), lambda row: row.currency),
    ]
    listing = Listing(
        request,
        columns,
        lambda query: book.page(query, currency, day, known_at=asked.known_at),
        filters=("side", "on", "known", "currency"),
        default="balance",
        file_name=f"balances-{day}",
    )
    if (answer := listing.export()) is not None:
        return answer
    side = listing.filters.get("side", "")
    return {
        "listing": listing,
        "total": next((one for one in totals if one.currency == currency), BalanceTotal(currency, 0, 0)),
        "currency": currency,
        "currencies": asked.choices(listing, [one.currency for one in totals]),
        "sides": [
            {"title": title, "href": listing.url(side=key or None), "current": key == side} for key, title in _SIDES
        ],
        "chips": chips(listing, {"on": _("At the end of"), "known": _("As known on")}, asked.shown),
        "on": day,
        "known": asked.known,
    }


def _opened_client(listing: Listing) -> Any:
    """Where a figure of a client leads: his invoices beside the list."""
    return lambda row, part="": listing.url(open=row.public_id.hex, age=part)


def _opened_manager(listing: Listing) -> Any:
    """Where a figure of a manager leads: his clients."""
    return lambda row, _part="": listing.url(group=None, manager=row.public_id.hex if row.public_id else NOBODY)


def _drawer(request: Any, listing: Listing, book: IReceivables, currency: str, asked: Asked) -> dict[str, Any] | None:
    """The invoices behind a figure of a client, as the URL opens it."""
    wanted, part = request.GET.get("open", ""), request.GET.get("age", "")
    if not wanted:
        return None
    card = request.find_service(IClientCards).by_public_id(public_id(wanted))
    day = asked.on or asked.today
    told = AGES[part][0] if part in AGES else _("All that is open")
    return {
        "title": card.name,
        "subtitle": f"{request.localizer.translate(told)}, {request.fmt.date_long(day)}",
        "close": listing.url(),
        "found": book.invoices(card.client_id, currency, asked.on, part),
        "currency": currency,
        "client": card.public_id,
        "may_remind": asked.on is None and request.has_permission(LEAVE_OUT),
    }


class Asked:
    """What both lists are asked: a day, a currency, and the balances also as known on which day."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self.today: datetime.date = request.find_service(IClock).today()
        self.shown: dict[str, str] = {}
        self.on = self._day("on")
        self.known = self._day("known")

    @property
    def known_at(self) -> datetime.datetime | None:
        """The last instant of the day on which the books are read, or None: as they are now."""
        return None if self.known is None else end_of(self._request, self.known)

    def _day(self, name: str) -> datetime.date | None:
        typed = self._request.GET.get(name)
        if not typed:
            return None
        try:
            day: datetime.date | None = parse_date(typed)
        except ValueError:
            day = None
        self.shown[typed] = self._request.fmt.date(day or self.today)
        return day

    def currency(self, known: list[str]) -> str:
        """The one asked for, else the firm's, else any that there is."""
        wanted = self._request.GET.get("currency")
        if wanted in known:
            return str(wanted)
        if len(known) == 1:
            return known[0]
        usual = self._request.find_service(ILegalEntities).default().currency
        return str(usual if usual in known or not known else known[0])

    def choices(self, listing: Listing, known: list[str]) -> list[dict[str, Any]]:
        """Other currencies, where there are several."""
        current = self.currency(known)
        return [
            {"title": code, "href": listing.url(currency=code), "current": code == current}
            for code in known
            if len(known) > 1
        ]


def _part(part: str) -> Any:
    return lambda row: _money(row, getattr(row.ages, part))


def _money(row: ClientAges, minor: int) -> Money:
    return Money(minor, row.ages.currency)
