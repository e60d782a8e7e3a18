"""What a P&L page shows, as its URL says it: period, columns, basis, comparison, filters, the cell that is open."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cabinet.contracts.money import exponent
from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import NotFoundError
from cabinet.interfaces import IClock, IPeople
from cabinet.tables import parse_date
from cabinet.web.areas import public_id
from cabinet_client_manager.interfaces import IClientCards, IContracts
from cabinet_finsystem.reports.periods import DAY, UNITS, Period, month_end, shift_months, unit_of
from cabinet_finsystem.reports.values import BASES, COMPARISONS, PnlQuery
from cabinet_finsystem.texts import _

KEYS = ("from", "to", "by", "basis", "compare", "currency", "entity", "client", "contract", "manager")
USUAL = {"by": "month", "basis": "cash", "compare": "previous", "show": "sum"}
USUAL_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter that is set. ``key``: of the URL; ``value``: as people read it."""

    key: str
    title: str
    value: str


class PnlState:
    """The question that a URL asks. NotFoundError where it names what is not there.

    Without ``period`` its dates and columns are not looked at: they make no report. ``usual``: the days meant where the URL names none, by
    today's date; ``besides``: further keys of a page, which stay in its links.
    """

    def __init__(
        self,
        request: Any,
        *,
        period: bool = True,
        usual: Callable[[datetime.date], Period] | None = None,
        besides: Sequence[str] = (),
    ) -> None:
        self._request = request
        self._usual = usual or _usual
        get = request.GET
        known = [*(KEYS if period else [key for key in KEYS if key not in {"from", "to", "by"}]), *besides]
        self.params = {key: get[key] for key in known if get.get(key)}
        if not _is_currency(self.params.get("currency", "")):
            self.params.pop("currency", None)
        self.cell = get.get("cell", "")
        self.column = get.get("at", "")
        self.sort = get.get("order", "")
        self.after = get.get("after", "")
        self.wrong_dates = False
        self.narrowed: list[Narrowed] = []
        self.query = self._read()

    def url(self, **changes: str | None) -> str:
        """This page with ``changes``; None drops a key. Whatever changes, the open cell is closed unless it is named."""
        params = {**self.params, **changes}
        query = {key: value for key, value in params.items() if value and USUAL.get(key) != value}
        path: str = self._request.path
        return f"{path}?{urlencode(query)}" if query else path

    def periods(self) -> list[tuple[str, str, bool]]:
        """Presets as links: (title, URL, whether it is the one that is shown)."""
        return [
            (title, self.url(**{"from": p.since.isoformat(), "to": p.until.isoformat()}), p == self.query.period)
            for title, p in self.presets()
        ]

    def kept(self, *besides: str) -> list[tuple[str, str]]:
        """Hidden fields of a form of this page that asks for ``besides`` itself."""
        return [(key, value) for key, value in self.params.items() if key not in besides]

    def presets(self) -> list[tuple[str, Period]]:
        """Periods offered by name. What is not over ends today, so that it is compared with as many days."""
        today = self._request.find_service(IClock).today()
        month, year = unit_of(today, "month"), unit_of(today, "year")
        last_month = unit_of(month.since - DAY, "month")
        return [
            (_("This month, so far"), Period(month.since, today)),
            (_("Last month"), last_month),
            (_("This quarter, so far"), Period(unit_of(today, "quarter").since, today)),
            (_("Last quarter"), unit_of(unit_of(today, "quarter").since - DAY, "quarter")),
            (_("Last 6 full months"), _usual(today)),
            (_("Last 12 full months"), Period(shift_months(last_month.since, -11), last_month.until)),
            (_("This year, so far"), Period(year.since, today)),
            (_("Last year"), unit_of(year.since - DAY, "year")),
        ]

    def _read(self) -> PnlQuery:
        period = self._period()
        return PnlQuery(
            since=period.since,
            until=period.until,
            by=self._one_of("by", UNITS),
            basis=self._one_of("basis", BASES),
            compare=self._one_of("compare", COMPARISONS),
            currency=self.params.get("currency"),
            legal_entity_id=self._entity(),
            client_id=self._client(),
            contract_id=self._contract(),
            manager_id=self._manager(),
        )

    def _one_of(self, key: str, known: tuple[Any, ...]) -> Any:
        value = self.params.get(key)
        return value if value in known else USUAL[key]

    def _period(self) -> Period:
        usual = self._usual(self._request.find_service(IClock).today())
        try:
            return Period(
                parse_date(self.params["from"]) if "from" in self.params else usual.since,
                parse_date(self.params["to"]) if "to" in self.params else usual.until,
            )
        except ValueError:
            self.wrong_dates = True
            return usual

    def _entity(self) -> int | None:
        wanted = self.params.get("entity")
        if wanted is None:
            return None
        public = public_id(wanted)
        for entity in self._request.find_service(ILegalEntities).all():
            if entity.public_id == public:
                self._narrow("entity", _("Legal entity"), entity.short_name or entity.name)
                return int(entity.id)
        raise NotFoundError("no_entity", _("There is no such legal entity."))

    def _client(self) -> int | None:
        wanted = self.params.get("client")
        if wanted is None:
            return None
        card = self._request.find_service(IClientCards).by_public_id(public_id(wanted))
        self._narrow("client", _("Client"), card.name)
        return int(card.client_id)

    def _contract(self) -> int | None:
        wanted = self.params.get("contract")
        if wanted is None:
            return None
        row = self._request.find_service(IContracts).by_public_id(public_id(wanted))
        self._narrow("contract", _("Contract"), row.facts.number)
        return int(row.contract_id)

    def _manager(self) -> int | None:
        wanted = self.params.get("manager")
        if wanted is None:
            return None
        user = self._request.find_service(IPeople).by_public_id(public_id(wanted))
        self._narrow("manager", _("Manager"), user.name)
        return int(user.id)

    def _narrow(self, key: str, title: str, value: str) -> None:
        self.narrowed.append(Narrowed(key, title, value))


def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except ValueError:
        return False
    return True


def _usual(today: datetime.date) -> Period:
    last = unit_of(today.replace(day=1) - DAY, "month")
    return Period(shift_months(last.since, 1 - USUAL_MONTHS), month_end(last.until))
