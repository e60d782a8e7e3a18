"""A table of invoices: every row is a line, rows of one ``external_id`` are an invoice. Worked out here, written elsewhere."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.contracts.clients import Contract, IClientBook
from cabinet.contracts.parties import LegalEntity
from cabinet.db.bulk import chunks
from cabinet.tables import Layout
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.errors import InvoiceDataError
from cabinet_finsystem.imports.cells import Cells
from cabinet_finsystem.invoicing.drafting import Drafted, Drafter
from cabinet_finsystem.invoicing.models import DRAFT, Invoice, InvoiceLine
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.invoicing.vat_rates import is_usual, rate_for
from cabinet_finsystem.texts import _

LAYOUT = Layout(
    names={
        "external_id": ("код", "id", "ид", "внешний код"),
        "client": ("клиент", "код клиента", "контрагент"),
        "contract": ("договор", "код договора"),
        "number": ("номер", "номер счета", "№"),
        "date": ("дата", "дата счета"),
        "due": ("оплатить до", "срок оплаты"),
        "description": ("наименование", "описание", "услуга", "товар"),
        "quantity": ("количество", "кол-во"),
        "unit": ("единица", "ед.", "ед. изм."),
        "price": ("цена",),
        "vat_rate": ("ставка ндс", "ндс", "vat rate"),
        "vat_included": ("ндс в цене", "ндс включен", "vat included"),
        "article": ("статья", "статья доходов"),
        "currency": ("валюта",),
    },
    required=("external_id", "client", "date", "price"),
)
# The column of the table that a field of InvoiceData comes from.
_COLUMNS = {"text": "description", "contract": "contract", "lines": "price"}
_HEADER = ("client", "contract", "number", "date", "due", "currency", "vat_included")


@dataclass(slots=True)
class Wanted:
    """An invoice as its rows want it: the first word of each column counts, the others may only agree."""

    external_id: str
    rows: list[Cells] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    said_in: dict[str, Cells] = field(default_factory=dict)

    def take(self, cells: Cells) -> None:
        """One more row."""
        self.rows.append(cells)
        said = {
            "client": cells.text("client", 100, required=not self.header),
            "contract": cells.text("contract", 100),
            "number": cells.text("number", 60),
            "date": cells.date("date", required=not self.header),
            "due": cells.date("due"),
            "currency": cells.currency("currency"),
            "vat_included": cells.yes_or_no("vat_included"),
        }
        if not self.header:
            self.header = said
            self.said_in = dict.fromkeys(said, cells)
            return
        for column, value in said.items():
            if value in (None, ""):
                continue
            if self.header[column] in (None, ""):
                self.header[column], self.said_in[column] = value, cells
            elif self.header[column] != value:
                first = self.said_in[column].number
                cells.error(column, _("Row ${n} of the same invoice says otherwise.", mapping={"n": first}))

    @property
    def wrong(self) -> bool:
        """Whether any of its rows cannot be taken."""
        return any(cells.wrong for cells in self.rows)

    def error(self, column: str, message: str) -> None:
        """Something is wrong with the invoice as a whole."""
        self.said_in[column].error(column, message)


@dataclass(frozen=True, slots=True)
class Stored:
    """An invoice that is there already: its columns, and its lines in order."""

    row: dict[str, Any]
    lines: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Planned:
    """An invoice to write. ``stored``: the draft it replaces, or None. ``articles``: names as the table has them, a line each."""

    external_id: str
    drafted: Drafted
    articles: Sequence[str]
    stored: Stored | None
    changed: bool


@dataclass(slots=True)
class InvoicePlan:
    """What taking the table in would do, in the table's order."""

    rows: int = 0
    invoices: list[Planned] = field(default_factory=list)
    unchanged: int = 0


class InvoicePlanner:
    """Reads the rows against what is stored: a constant number of queries a thousand invoices."""

    def __init__(
        self,
        session: Session,
        clients: IClientBook,
        drafter: Drafter,
        articles: Sequence[ArticleNode],
        today: datetime.date,
        closed_through: datetime.date | None,
        *,
        issue: bool,
    ) -> None:
        self._session = session
        self._clients = clients
        self._drafter = drafter
        self._articles = {
            node.name.casefold(): node for node in reversed(articles) if node.kind == "income" and node.parent_id
        }
        self._by_id = {node.id: node for node in articles}
        self._today = today
        self._closed_through = closed_through
        self._issue = issue
        self._client_ids: dict[str, int] = {}
        self._contracts: dict[str, Contract] = {}
        self._told_articles: set[str] = set()

    def plan(self, rows: Iterable[Cells]) -> InvoicePlan:
        """The plan; what is wrong lands in the rows' remarks."""
        plan = InvoicePlan()
        wanted: dict[str, Wanted] = {}
        for cells in rows:
            plan.rows += 1
            external_id = cells.text("external_id", 100, required=True)
            if external_id:
                wanted.setdefault(external_id, Wanted(external_id)).take(cells)
        self._client_ids = self._clients.by_external_ids({w.header["client"] for w in wanted.values()})
        self._contracts = self._clients.contracts_by_external_ids(
            {w.header["contract"] for w in wanted.values() if w.header["contract"]}
        )
        self._drafter.prepare(self._client_ids.values())
        stored = self._stored(wanted)
        for external_id, invoice in wanted.items():
            self._plan_one(plan, invoice, stored.get(external_id))
        self._check_numbers(plan, wanted)
        plan.invoices = [planned for planned in plan.invoices if not wanted[planned.external_id].wrong]
        return plan

    def _plan_one(self, plan: InvoicePlan, wanted: Wanted, stored: Stored | None) -> None:
        client_id, contract = self._client(wanted), self._contract(wanted, stored)
        day = wanted.header["date"]
        if client_id is None or day is None:
            return
        if contract is not None and contract.client_id != client_id:
            wanted.error("contract", _("The contract is with another client."))
            return
        self._check_day(wanted, day, stored)
        entity = self._drafter.entity(stored.row["legal_entity_id"] if stored else None, contract)
        currency = self._currency(wanted, contract, entity, stored)
        included = wanted.header["vat_included"]
        if included is None:
            included = stored.row["vat_included"] if stored else True
        lines = [self._line(cells, day, entity, currency, _at(stored, n)) for n, cells in enumerate(wanted.rows)]
        data = InvoiceData(
            client_id=client_id,
            date=day,
            lines=tuple(line for line, _article in lines if line is not None),
            contract_id=contract.id if contract else None,
            legal_entity_id=entity.id,
            due=self._due(wanted, day, stored),
            currency=currency,
            vat_included=included,
            number=wanted.header["number"] or (stored.row["number"] if stored else None) or "",
            external_id=wanted.external_id,
            terms=stored.row["terms"] if stored else "",
            language=stored.row["language"] if stored else "",
        )
        if len(data.lines) == len(lines):
            self._compare(plan, wanted, data, [article for _line, article in lines], stored)

    def _compare(
        self, plan: InvoicePlan, wanted: Wanted, data: InvoiceData, articles: Sequence[str], stored: Stored | None
    ) -> None:
        try:
            drafted = self._drafter.draft(data)
        except InvoiceDataError as error:
            _say(wanted, error)
            return
        changed = stored is None or self._differs(drafted, articles, stored)
        if stored is not None and stored.row["state"] != DRAFT:
            if changed:
                wanted.rows[0].warn(
                    "external_id",
                    _(
                        "Invoice ${number} is issued and was not changed: void it and issue another.",
                        mapping={"number": stored.row["number"] or ""},
                    ),
                )
            plan.unchanged += 1
        elif changed or self._issue:
            if self._issue and drafted.header["total"] <= 0:
                wanted.error("date", _("There is nothing to pay."))
            plan.invoices.append(Planned(wanted.external_id, drafted, articles, stored, changed))
        else:
            plan.unchanged += 1

    def _client(self, wanted: Wanted) -> int | None:
        client = wanted.header["client"]
        if client and client not in self._client_ids:
            wanted.error("client", _("There is no client ${id}.", mapping={"id": client}))
        return self._client_ids.get(client)

    def _contract(self, wanted: Wanted, stored: Stored | None) -> Contract | None:
        contract = wanted.header["contract"]
        if contract and contract not in self._contracts:
            wanted.error("contract", _("There is no contract ${id}.", mapping={"id": contract}))
        if not contract and stored is not None:
            return self._drafter.contract(stored.row["contract_id"])
        return self._contracts.get(contract)

    def _check_day(self, wanted: Wanted, day: datetime.date, stored: Stored | None) -> None:
        if day > self._today:
            wanted.said_in["date"].warn("date", _("The date is in the future."))
        issued = stored is not None and stored.row["state"] != DRAFT
        if self._issue and not issued and self._closed_through is not None and day <= self._closed_through:
            closed = f"{self._closed_through:%d.%m.%Y}"
            wanted.error("date", _("The books are closed through ${closed}.", mapping={"closed": closed}))

    def _currency(self, wanted: Wanted, contract: Contract | None, entity: LegalEntity, stored: Stored | None) -> str:
        said: str = wanted.header["currency"] or (stored.row["currency"] if stored else "")
        return said or (contract.currency if contract else "") or entity.currency

    def _due(self, wanted: Wanted, day: datetime.date, stored: Stored | None) -> datetime.date | None:
        due: datetime.date | None = wanted.header["due"]
        if due is None and stored is not None and stored.row["date"] == day:
            due = stored.row["due"]
        return due

    def _line(
        self, cells: Cells, day: datetime.date, entity: LegalEntity, currency: str, stored: dict[str, Any] | None
    ) -> tuple[LineData | None, str]:
        article = self._article(cells, stored)
        text = cells.text("description", 1000) or article
        if not text:
            cells.error("description", _("The cell is empty."))
        price = cells.amount("price", currency, required=True)
        quantity = cells.decimal("quantity")
        said, rate = cells.vat_rate("vat_rate")
        if not said:
            rate = _stored_rate(stored) if stored else rate_for(_usual(entity), day)
        elif not is_usual(rate, day):
            cells.warn(
                "vat_rate",
                _(
                    "A VAT rate of ${rate} % is unusual on ${date}.",
                    mapping={"rate": f"{rate:f}", "date": f"{day:%d.%m.%Y}"},
                ),
            )
        unit = cells.text("unit", 40)
        if price is None or not text:
            return None, article
        return LineData(text, price, Decimal(1) if quantity is None else quantity, unit, vat_rate=rate), article

    def _article(self, cells: Cells, stored: dict[str, Any] | None) -> str:
        """The name of the line's article; empty for "Sales"."""
        name = cells.text("article", 200)
        if not name:
            node = self._by_id.get(stored["article_id"]) if stored else None
            return node.name if node is not None and node.code is None else ""
        known = self._articles.get(name.casefold())
        if known is not None and known.code == "advances":
            cells.error("article", _("Nothing can be sold under this article."))
        if known is None and name.casefold() not in self._told_articles:
            self._told_articles.add(name.casefold())
            cells.warn("article", _("The article “${name}” is new; it stands under Income.", mapping={"name": name}))
        return name

    def _differs(self, drafted: Drafted, articles: Sequence[str], stored: Stored) -> bool:
        names = ("client_id", "contract_id", "date", "due", "currency", "vat_included", "number")
        if any(drafted.header[name] != stored.row[name] for name in names) or len(drafted.lines) != len(stored.lines):
            return True
        facts = ("text", "unit", "quantity_milli", "price", "vat_rate")
        return any(
            any(new[fact] != old[fact] for fact in facts) or self._article_id(article, new) != old["article_id"]
            for new, old, article in zip(drafted.lines, stored.lines, articles, strict=True)
        )

    def _article_id(self, name: str, line: dict[str, Any]) -> int | None:
        """The article a line will get; None for one that is still to be made."""
        if not name:
            return int(line["article_id"])
        known = self._articles.get(name.casefold())
        return known.id if known else None

    def _check_numbers(self, plan: InvoicePlan, wanted: Mapping[str, Wanted]) -> None:
        """A number that another invoice of the company and year has, in the books or in the table, is an error."""
        groups: defaultdict[tuple[int, int], list[Planned]] = defaultdict(list)
        for planned in plan.invoices:
            header = planned.drafted.header
            if header["number"]:
                groups[header["legal_entity_id"], header["year"]].append(planned)
        for (entity_id, year), group in groups.items():
            times = Counter(planned.drafted.header["number"] for planned in group)
            holders = self._holders(entity_id, year, times)
            for planned in group:
                number = planned.drafted.header["number"]
                own = planned.stored.row["id"] if planned.stored else None
                if times[number] > 1 or holders.get(number, own) != own:
                    message = _("Another invoice of this year has the number ${number}.", mapping={"number": number})
                    wanted[planned.external_id].error("number", message)

    def _holders(self, entity_id: int, year: int, numbers: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in chunks(numbers):
            rows = self._session.execute(
                select(Invoice.number, Invoice.id).where(
                    Invoice.legal_entity_id == entity_id, Invoice.year == year, Invoice.number.in_(some)
                )
            )
            found |= {str(number): invoice_id for number, invoice_id in rows}
        return found

    def _stored(self, external_ids: Iterable[str]) -> dict[str, Stored]:
        rows: dict[int, dict[str, Any]] = {}
        lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        invoice, line = Invoice.__table__.columns, InvoiceLine.__table__.columns
        for some in chunks(external_ids):
            found = select(*(getattr(Invoice, c.name) for c in invoice)).where(Invoice.external_id.in_(some))
            fresh = {row["id"]: dict(row) for row in self._session.execute(found).mappings()}
            rows |= fresh
            theirs = select(*(getattr(InvoiceLine, c.name) for c in line)).where(InvoiceLine.invoice_id.in_(fresh))
            for row in self._session.execute(theirs.order_by(InvoiceLine.position)).mappings():
                lines[row["invoice_id"]].append(dict(row))
        return {row["external_id"]: Stored(row, lines[row["id"]]) for row in rows.values()}


def _at(stored: Stored | None, n: int) -> dict[str, Any] | None:
    return stored.lines[n] if stored is not None and n < len(stored.lines) else None


def _stored_rate(line: dict[str, Any]) -> Decimal | None:
    return None if line["vat_rate"] is None else Decimal(line["vat_rate"]).scaleb(-2)


def _usual(entity: LegalEntity) -> Decimal | None:
    return None if entity.vat_rate is None else Decimal(entity.vat_rate)


def _say(wanted: Wanted, error: InvoiceDataError) -> None:
    """Put a refusal to the row and column that it speaks of."""
    name = str(error.details.get("field", "lines"))
    cells = wanted.rows[0]
    if name.startswith("lines-"):
        _lines, n, name = name.split("-", 2)
        cells = wanted.rows[int(n)]
    elif name in wanted.said_in:
        cells = wanted.said_in[name]
    cells.error(_COLUMNS.get(name, name), error.message)
