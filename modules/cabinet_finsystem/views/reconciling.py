"""What the pages of reconciliations share, the office's and the client's: what is asked for, the rows, the files, the states in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import NotFoundError
from cabinet.interfaces import IClock
from cabinet.tables import parse_date
from cabinet.web.areas import public_id
from cabinet.web.downloads import content_response
from cabinet.web.listing import table_response
from cabinet_finsystem.errors import ReconciliationError
from cabinet_finsystem.interfaces import IReconciliations
from cabinet_finsystem.reconciliation.values import Reckoning, Scope
from cabinet_finsystem.reconciliation.wording import wording
from cabinet_finsystem.reports.periods import DAY, Period, unit_of
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.instants import end_of

STATES = {
    "sent": ("issued", _("Waits for the client")),
    "disputed": ("owed", _("Disputed")),
    "answered": ("part", _("Answered, waits for the client")),
    "agreed": ("done", _("Agreed")),
    "withdrawn": ("void", _("Withdrawn")),
    "superseded": ("void", _("Replaced by another")),
}
OPEN_STATES = frozenset({"sent", "disputed", "answered"})
MAY_BE_SIGNED = frozenset({"sent", "answered"})
OWN_STATES = {
    **STATES,
    "sent": ("owed", _("Waits for you")),
    "disputed": ("issued", _("We look into what you said")),
    "answered": ("owed", _("Answered, waits for you")),
}


class Asked:
    """What a page of a client's reconciliation is asked for: ``from``, ``to``, ``currency``, ``contract``, ``entity``, ``known``."""

    def __init__(self, request: Any, client_id: int, params: Mapping[str, str]) -> None:
        self.request = request
        self.client_id = client_id
        self._params = params
        self.today: datetime.date = request.find_service(IClock).today()
        self.service = request.find_service(IReconciliations)

    @cached_property
    def currencies(self) -> list[str]:
        """Of the client's accounts; ours where he has none."""
        known = self.service.currencies(self.client_id)
        return known or [self.request.find_service(ILegalEntities).default().currency]

    @cached_property
    def currency(self) -> str:
        """The one asked for, else the firm's own, else the first."""
        usual = self.request.find_service(ILegalEntities).default().currency
        known = self.currencies
        return next((code for code in (self._params.get("currency"), usual) if code in known), known[0])

    @cached_property
    def contracts(self) -> list[Any]:
        """Of the client, the oldest first."""
        return [one for one in self.request.find_service(IClientBook).contracts([self.client_id]) if one.number]

    @cached_property
    def contract(self) -> Any:
        """The one asked for, or None: all of them."""
        wanted = public_id(self._params["contract"]) if self._params.get("contract") else None
        return next((one for one in self.contracts if one.public_id == wanted), None)

    @cached_property
    def entities(self) -> list[Any]:
        """Companies of ours that stand in the account, where there are several."""
        entities = self.request.find_service(ILegalEntities)
        if len(entities.all()) < 2:
            return []
        known = self.service.legal_entities(self.client_id, self.currency)
        return [one for one in entities.all() if one.id in known] if len(known) > 1 else []

    @cached_property
    def entity(self) -> Any:
        """The one asked for, or None."""
        wanted = public_id(self._params["entity"]) if self._params.get("entity") else None
        return next((one for one in self.entities if one.public_id == wanted), None)

    @property
    def scope(self) -> Scope:
        """Whose money."""
        return Scope(
            self.client_id,
            self.currency,
            self.entity.id if self.entity else None,
            self.contract.id if self.contract else None,
        )

    @cached_property
    def period(self) -> Period:
        """The days asked for, else the quarter that ended last."""
        usual = self.presets[0][1]
        since, until = self._day("from"), self._day("to")
        return Period(
            since or (usual.since if until is None else until.replace(day=1)),
            until or (usual.until if since is None else max(since, self.today)),
        )

    @cached_property
    def presets(self) -> list[tuple[str, Period]]:
        """Periods offered by name."""
        month, year = unit_of(self.today, "month"), unit_of(self.today, "year")
        offered = [
            (_("Last quarter"), unit_of(unit_of(self.today, "quarter").since - DAY, "quarter")),
            (_("Last month"), unit_of(month.since - DAY, "month")),
            (_("This year, so far"), Period(year.since, self.today)),
            (_("Last year"), unit_of(year.since - DAY, "year")),
        ]
        contract_id = self.contract.id if self.contract else None
        agreed = self.service.agreed_until(self.client_id, self.currency, contract_id)
        if agreed is not None and agreed < self.today:
            offered.append((_("Since the last one agreed to"), Period(agreed + DAY, self.today)))
        return offered

    @cached_property
    def known(self) -> datetime.date | None:
        """The day at whose end the books are read, or None: as they are now."""
        return self._day("known")

    @property
    def known_at(self) -> datetime.datetime | None:
        """The last instant of that day where the firm is."""
        return None if self.known is None else end_of(self.request, self.known)

    def query(self, **changes: str | None) -> dict[str, str]:
        """What the page is asked, with ``changes``; None drops a key."""
        asked: dict[str, str | None] = {
            "from": self.period.since.isoformat(),
            "to": self.period.until.isoformat(),
            "currency": self.currency if len(self.currencies) > 1 else None,
            "contract": self.contract.public_id.hex if self.contract else None,
            "entity": self.entity.public_id.hex if self.entity else None,
            "known": self.known.isoformat() if self.known else None,
            "client": self._params.get("client"),
            **changes,
        }
        return {key: value for key, value in asked.items() if value}

    def url(self, **changes: str | None) -> str:
        """This page, with ``changes``."""
        return f"{self.request.path}?{urlencode(self.query(**changes))}"

    def read(self) -> tuple[Reckoning | None, str]:
        """(what the books say, or None with the reason why not)."""
        try:
            return self.service.reckon(self.scope, self.period.since, self.period.until, known_at=self.known_at), ""
        except ReconciliationError as error:
            return None, self.request.localizer.translate(error.message)

    def choices(self) -> dict[str, Any]:
        """What the filters of the page offer."""
        return {
            "periods": [
                {
                    "title": title,
                    "href": self.url(**{"from": one.since.isoformat(), "to": one.until.isoformat()}),
                    "current": one == self.period,
                }
                for title, one in self.presets
            ],
            "currencies": [
                {"title": code, "href": self.url(currency=code), "current": code == self.currency}
                for code in self.currencies
                if len(self.currencies) > 1
            ],
        }

    def _day(self, name: str) -> datetime.date | None:
        try:
            return parse_date(self._params[name]) if self._params.get(name) else None
        except ValueError:
            return None


def client_asked(request: Any) -> Any:
    """ClientParty that ``?client=`` or the form names, within the scope. NotFoundError."""
    book = request.find_service(IClientBook)
    client_id = book.by_public_id(public_id(request.params.get("client", "")))
    if client_id is None:
        raise NotFoundError("client_not_found", _("There is no such client."))
    return book.party(client_id)


def file_of(request: Any, said: Mapping[str, Any], pdf: Any) -> Any:
    """The answer to ``?export=``, or None. ``said``: the content of an act; ``pdf()``: its paper."""
    kind = request.GET.get("export")
    name = f"reconciliation-{said['since']}-{said['until']}"
    if kind == "pdf":
        return content_response(pdf(), name=f"{name}.pdf", media_type="application/pdf")
    if kind in {"xlsx", "csv"}:
        titles, rows = table_of(said)
        return table_response(titles, rows, kind, name)
    return None


def table_of(said: Mapping[str, Any]) -> tuple[list[str], list[Sequence[Any]]]:
    """(titles, rows) of the content of an act, as the screen shows it: both sides, with balances and turnovers."""
    words, currency = wording(said["language"]), said["currency"]

    def amounts(debit: int, credit: int) -> list[Any]:
        shown = [Money(minor, currency) if minor else None for minor in (debit, credit)]
        return [*shown, *reversed(shown)]

    titles = [words.number, words.date, words.operation, words.debit, words.credit]
    theirs = [f"{title} ({words.theirs.format(name=said['customer']['name'])})" for title in titles[3:]]
    rows: list[Sequence[Any]] = [(None, None, words.opening, *amounts(*sides(said["opening"])))]
    rows += [
        (n, datetime.date.fromisoformat(row["date"]), row["document"], *amounts(row["debit"], row["credit"]))
        for n, row in enumerate(said["rows"], 1)
    ]
    rows.append((None, None, words.turnover, *amounts(said["debit"], said["credit"])))
    rows.append((None, None, words.closing, *amounts(*sides(said["closing"]))))
    return [*titles, *theirs], rows


def sides(minor: int) -> tuple[int, int]:
    """A balance as (debit, credit)."""
    return max(minor, 0), max(-minor, 0)


def shown(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the table of a page shows of the content of an act: words in the act's own language, figures in the reader's."""
    from cabinet_finsystem.pdf.reconciliation import between_of, debt_of, name_of

    return {
        "said": said,
        "words": wording(said["language"]),
        "sides": sides,
        "ours": name_of(said["issuer"]),
        "theirs": name_of(said["customer"]),
        "between": between_of(said),
        "debt": debt_of(said),
        "day": datetime.date.fromisoformat,
    }
