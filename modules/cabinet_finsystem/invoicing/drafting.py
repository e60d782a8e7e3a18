"""From what a person wrote to the columns of an invoice: what he left out is filled in, what cannot be is refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cabinet.contracts.clients import ClientParty, Contract, IClientBook
from cabinet.contracts.money import exponent
from cabinet.contracts.parties import ILegalEntities, LegalEntity
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.errors import InvoiceDataError
from cabinet_finsystem.interfaces import IArticles
from cabinet_finsystem.invoicing import amounts
from cabinet_finsystem.invoicing.models import DRAFT
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.papers.parties import basis_text
from cabinet_finsystem.statements.matching.folding import fold
from cabinet_finsystem.texts import _

PAYMENT_DAYS = 5
MAX_LINES = 1000
MAX_MINOR = 10**15  # ten trillion roubles: far above any invoice, far below what the columns hold
MAX_MILLI = 10**12
_PLACES = {"quantity": 3, "discount": 2, "vat_rate": 2}


@dataclass(frozen=True, slots=True)
class Drafted:
    """An invoice by column names, and its lines; ids are not among them."""

    header: dict[str, Any]
    lines: list[dict[str, Any]]


class Drafter:
    """Knows the parties and terms of the invoices that are being written; asks for each kind of thing once."""

    def __init__(self, clients: IClientBook, entities: ILegalEntities, articles: IArticles) -> None:
        self._clients = clients
        self._entities = entities
        self._articles = articles
        self._parties: dict[int, ClientParty] = {}
        self._contracts: dict[int, Contract] = {}
        self._nodes: dict[int, ArticleNode] = {}

    def prepare(self, client_ids: Iterable[int]) -> None:
        """Read parties and contracts of many clients in a constant number of queries a thousand."""
        wanted = set(client_ids) - self._parties.keys()
        if wanted:
            self._parties |= self._clients.parties(wanted)
            self._contracts |= {contract.id: contract for contract in self._clients.contracts(wanted)}

    def party(self, client_id: int) -> ClientParty:
        """The client. NotFoundError."""
        if client_id not in self._parties:
            self._parties[client_id] = self._clients.party(client_id)
        return self._parties[client_id]

    def contract(self, contract_id: int | None) -> Contract | None:
        """The contract, or None where there is none. NotFoundError."""
        if contract_id is None:
            return None
        if contract_id not in self._contracts:
            self._contracts[contract_id] = self._clients.contract(contract_id)
        return self._contracts[contract_id]

    def entity(self, legal_entity_id: int | None, contract: Contract | None = None) -> LegalEntity:
        """The company of ours that was asked for, else the contract's, else the default one."""
        wanted = legal_entity_id or (contract.legal_entity_id if contract else None)
        return self._entities.get(wanted) if wanted else self._entities.default()  # type: ignore[no-any-return]

    def charges(self, entity: LegalEntity, contract: Contract | None) -> str:
        """What charges the client: the invoice itself, or its act."""
        return (contract.charges if contract else "") or entity.charges

    def draft(self, data: InvoiceData) -> Drafted:
        """Columns of a draft. InvoiceDataError, NotFoundError."""
        party, contract = self.party(data.client_id), self.contract(data.contract_id)
        if contract is not None and contract.client_id != data.client_id:
            raise InvoiceDataError("contract_foreign", _("The contract is with another client."), {"field": "contract"})
        entity = self.entity(data.legal_entity_id, contract)
        currency = data.currency or (contract.currency if contract else "") or entity.currency
        _check_header(data, currency)
        due = data.due or data.date + datetime.timedelta(payment_days(contract))
        if due < data.date:
            raise InvoiceDataError("due_early", _("It is due before it is dated."), {"field": "due"})
        lines = self._lines(data)
        sums = amounts.totals(amounts.LineAmounts(0, line["net"], line["vat"], line["total"]) for line in lines)
        language = data.language or party.language
        basis = basis_text(contract, language)
        header = {
            "client_id": data.client_id,
            "external_id": data.external_id,
            "legal_entity_id": entity.id,
            "contract_id": data.contract_id,
            "kind": "invoice",
            "year": data.date.year,
            "number": data.number.strip() or None,
            "date": data.date,
            "due": due,
            "currency": currency,
            "net": sums.net,
            "vat": sums.vat,
            "total": sums.total,
            "corrected": 0,
            "corrected_vat": 0,
            "paid": 0,
            "state": DRAFT,
            "charges": self.charges(entity, contract),
            "vat_included": data.vat_included,
            "text": data.text.strip() or lines[0]["text"][:500],
            "terms": data.terms.strip(),
            "basis": basis,
            "language": language,
        }
        header["search_text"] = search_text(header, party, (line["text"] for line in lines))
        return Drafted(header, lines)

    def _lines(self, data: InvoiceData) -> list[dict[str, Any]]:
        if not data.lines or len(data.lines) > MAX_LINES:
            raise InvoiceDataError(
                "lines", _("An invoice has from one line to ${n}.", mapping={"n": MAX_LINES}), {"field": "lines"}
            )
        rows = [
            self._line(line, f"lines-{n}-", data.client_id, n, vat_included=data.vat_included)
            for n, line in enumerate(data.lines)
        ]
        if sum(row["total"] for row in rows) > MAX_MINOR:
            raise InvoiceDataError("total_large", _("The total is too large."), {"field": "lines"})
        return rows

    def _line(
        self, line: LineData, prefix: str, client_id: int, position: int, *, vat_included: bool
    ) -> dict[str, Any]:
        text = " ".join(line.text.split())
        if not text or len(text) > 1000:
            raise InvoiceDataError("line_text", _("Say what the line is for."), {"field": f"{prefix}text"})
        if not 0 <= line.price <= MAX_MINOR:
            raise InvoiceDataError("line_price", _("The price cannot be so."), {"field": f"{prefix}price"})
        quantity = _whole(line.quantity, "quantity", prefix)
        if not 0 < quantity <= MAX_MILLI:
            raise InvoiceDataError("line_quantity", _("The quantity cannot be so."), {"field": f"{prefix}quantity"})
        discount = _whole(line.discount, "discount", prefix)
        if not 0 <= discount <= amounts.WHOLE:
            raise InvoiceDataError(
                "line_discount", _("A discount is from 0 to 100 per cent."), {"field": f"{prefix}discount"}
            )
        rate = None if line.vat_rate is None else _whole(line.vat_rate, "vat_rate", prefix)
        if rate is not None and not 0 <= rate <= amounts.WHOLE:
            raise InvoiceDataError(
                "line_vat", _("A VAT rate is from 0 to 100 per cent."), {"field": f"{prefix}vat_rate"}
            )
        figures = amounts.line_amounts(
            quantity, line.price, discount=discount, vat_rate=rate, vat_included=vat_included
        )
        return {
            "client_id": client_id,
            "position": position,
            "text": text,
            "unit": line.unit.strip()[:40],
            "quantity_milli": quantity,
            "price": line.price,
            "discount": discount,
            "vat_rate": rate,
            "net": figures.net,
            "vat": figures.vat,
            "total": figures.total,
            "corrected_milli": 0,
            "corrected_net": 0,
            "corrected_vat": 0,
            "article_id": self._article(line.article_id, f"{prefix}article"),
            "item_id": line.item_id,
        }

    def _article(self, article_id: int | None, field: str) -> int:
        if article_id is None:
            return int(self._articles.system_id("sales"))
        if not self._nodes:
            self._nodes = {node.id: node for node in self._articles.tree(archived=True)}
        node = self._nodes.get(article_id)
        if node is None or node.kind != "income" or node.parent_id is None or node.code == "advances":
            raise InvoiceDataError("line_article", _("Nothing can be sold under this article."), {"field": field})
        return article_id


def search_text(header: dict[str, Any], party: ClientParty, texts: Iterable[str]) -> str:
    """What a list finds an invoice by."""
    parts = [header["number"] or "", header["text"], header["basis"], party.name, party.full_name, party.inn, *texts]
    return fold(" ".join(dict.fromkeys(part for part in parts if part)))


def payment_days(contract: Contract | None) -> int:
    """Days from the date of an invoice to its due day, where nothing else is said."""
    days = contract.payment_days if contract else None
    return PAYMENT_DAYS if days is None else days


def _check_header(data: InvoiceData, currency: str) -> None:
    try:
        exponent(currency)
    except ValueError:
        raise InvoiceDataError(
            "currency", _("A currency has three capital letters, for example RUB."), {"field": "currency"}
        ) from None
    for name, length in (("number", 60), ("text", 500), ("terms", 4000), ("external_id", 100)):
        if len(getattr(data, name) or "") > length:
            raise InvoiceDataError(
                "too_long",
                _("The text is too long: ${n} characters are allowed.", mapping={"n": length}),
                {"field": name},
            )
    if not data.number.isprintable():
        raise InvoiceDataError("number", _("The number cannot be so."), {"field": "number"})


def _whole(value: Decimal, name: str, prefix: str) -> int:
    parts = whole_parts(value, name)
    if parts is not None:
        return parts
    raise InvoiceDataError(
        f"line_{name}",
        _("At most ${n} decimals are allowed.", mapping={"n": _PLACES[name]}),
        {"field": f"{prefix}{name}"},
    )


def whole_parts(value: Decimal, name: str) -> int | None:
    """``value`` in its smallest parts (thousandths of a quantity, hundredths of a per cent); None: it has smaller ones still."""
    if value.is_finite() and value.adjusted() < 18:
        scaled = value.scaleb(_PLACES[name])
        if scaled == scaled.to_integral_value():
            return int(scaled)
    return None


def drafter_of(request: Any) -> Drafter:
    """The drafter of a request."""
    return Drafter(
        request.find_service(IClientBook), request.find_service(ILegalEntities), request.find_service(IArticles)
    )
