"""The price list: added to, changed, put away; each act told to the audit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.money import exponent
from cabinet.db.bulk import chunks
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.errors import ItemError
from cabinet_finsystem.interfaces import IArticles, IPriceList
from cabinet_finsystem.items.models import KINDS, Item
from cabinet_finsystem.items.values import ItemData
from cabinet_finsystem.statements.matching.folding import fold
from cabinet_finsystem.texts import _

_MAX_PRICE = 10**15
_LENGTHS = {"name": 1000, "code": 40, "unit": 40}


@implementer(IPriceList)
class PriceList:
    """The price list of one transaction."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, articles: IArticles) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._articles = articles

    def add(self, data: ItemData) -> Item:
        """A new item. ItemError."""
        item = Item(public_id=uuid.uuid4(), created_at=self._clock.now(), **self._columns(data))
        self._write(item, new=True)
        self._record("added", item, after=_facts(item))
        return item

    def change(self, item: Item, data: ItemData) -> None:
        """Write it anew. ItemError."""
        before, columns = _facts(item), self._columns(data)
        for name, value in columns.items():
            setattr(item, name, value)
        self._write(item)
        if (after := _facts(item)) != before:
            self._record("changed", item, before=before, after=after)

    def archive(self, item: Item) -> None:
        """Offer it no more."""
        if item.archived_at is None:
            item.archived_at = self._clock.now()
            self._record("archived", item)

    def restore(self, item: Item) -> None:
        """Offer it again."""
        if item.archived_at is not None:
            item.archived_at = None
            self._record("restored", item)

    def find(self, public_id: uuid.UUID) -> Item | None:
        """One item, an archived one too."""
        found: Item | None = self._session.scalar(select(Item).where(Item.public_id == public_id))
        return found

    def by_id(self, item_ids: Iterable[int]) -> dict[int, Item]:
        """Items by id."""
        found: dict[int, Item] = {}
        for some in chunks(sorted(set(item_ids))):
            found |= {item.id: item for item in self._session.scalars(select(Item).where(Item.id.in_(some)))}
        return found

    def ids(self, public_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        """Ids by public id."""
        found: dict[uuid.UUID, int] = {}
        for some in chunks(set(public_ids)):
            rows = self._session.execute(select(Item.public_id, Item.id).where(Item.public_id.in_(some)))
            found |= {row.public_id: row.id for row in rows}
        return found

    def offered(self, search: str = "", *, currency: str, limit: int = 20) -> Sequence[Item]:
        """What can be chosen."""
        statement = (
            select(Item)
            .where(Item.archived_at.is_(None), Item.currency == currency, *_found_by(search))
            .order_by(func.coalesce(Item.code, "") != search.strip(), Item.name, Item.id)
            .limit(limit)
        )
        return list(self._session.scalars(statement))

    def listing(self, query: ListQuery) -> Page:
        """A page of items."""
        archived = query.filters.get("state") == "archived"
        criteria: list[ColumnElement[bool]] = [
            Item.archived_at.is_not(None) if archived else Item.archived_at.is_(None)
        ]
        criteria += _found_by(query.search)
        if kind := query.filters.get("kind"):
            criteria.append(Item.kind == kind)
        return paginate(
            self._session,
            select(Item).where(*criteria),
            query,
            sorts={"name": Item.name, "code": func.coalesce(Item.code, ""), "price": Item.price},
            default="name",
            key=Item.id,
        )

    def _columns(self, data: ItemData) -> dict[str, Any]:
        texts = {name: " ".join(getattr(data, name).split()) for name in _LENGTHS}
        for name, length in _LENGTHS.items():
            if len(texts[name]) > length:
                message = _("The text is too long: ${n} characters are allowed.", mapping={"n": length})
                raise ItemError("too_long", message, {"field": name})
        if not texts["name"]:
            raise ItemError("item_name", _("Say what is sold."), {"field": "name"})
        if data.kind not in KINDS:
            raise ItemError("item_kind", _("It is either a service or goods."), {"field": "kind"})
        if not 0 <= data.price <= _MAX_PRICE:
            raise ItemError("item_price", _("The price cannot be so."), {"field": "price"})
        try:
            exponent(data.currency)
        except ValueError:
            message = _("A currency has three capital letters, for example RUB.")
            raise ItemError("currency", message, {"field": "currency"}) from None
        return {
            "code": texts["code"] or None,
            "name": texts["name"],
            "kind": data.kind,
            "unit": texts["unit"],
            "price": data.price,
            "currency": data.currency,
            "vat_rate": _hundredths(data.vat_rate),
            "vat_included": data.vat_included,
            "article_id": self._article(data.article_id),
            "search_text": fold(f"{texts['code']} {texts['name']}"),
        }

    def _article(self, article_id: int | None) -> int:
        if article_id is None:
            return int(self._articles.system_id("sales"))
        node = self._articles.get(article_id)
        if node.kind != "income" or node.parent_id is None or node.code == defaults.ADVANCES:
            raise ItemError("item_article", _("Nothing can be sold under this article."), {"field": "article"})
        return article_id

    def _write(self, item: Item, *, new: bool = False) -> None:
        """The code may be another's, also of an item that somebody adds at this moment: ItemError."""
        try:
            with self._session.begin_nested():
                if new:
                    self._session.add(item)
                self._session.flush()
        except IntegrityError as error:
            if "code" not in str(error.orig):
                raise
            message = _("Another item has the code ${code}.", mapping={"code": item.code})
            raise ItemError("item_code", message, {"field": "code"}) from error

    def _record(self, verb: str, item: Item, **facts: Any) -> None:
        self._audit.record(f"finsystem.item.{verb}", kind="item", public_id=item.public_id, title=item.name, **facts)


def _found_by(search: str) -> Iterator[ColumnElement[bool]]:
    for word in search.split():
        yield Item.search_text.contains(fold(word), autoescape=True)


def _hundredths(rate: Decimal | None) -> int | None:
    if rate is None:
        return None
    scaled = rate.scaleb(2)
    if not 0 <= rate <= 100 or scaled != scaled.to_integral_value():
        raise ItemError("item_vat", _("A VAT rate is from 0 to 100 per cent."), {"field": "vat_rate"})
    return int(scaled)


def _facts(item: Item) -> dict[str, Any]:
    """What the audit keeps of an item."""
    return {
        "code": item.code or "",
        "name": item.name,
        "kind": item.kind,
        "unit": item.unit,
        "price": item.price,
        "currency": item.currency,
        "vat_rate": "" if item.vat_rate is None else f"{Decimal(item.vat_rate).scaleb(-2).normalize():f}",
    }


def price_list_factory(_context: Any, request: Any) -> PriceList:
    """``IPriceList`` of a request."""
    return PriceList(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IArticles),
    )
