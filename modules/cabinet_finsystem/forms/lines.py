"""The lines of an invoice as they are typed: each a form of its own, an empty one is no line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from cabinet.contracts.money import to_minor
from cabinet.web.forms import DecimalField, Form
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.invoicing.amounts import LineAmounts, line_amounts
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.invoicing.vat_rates import RATES
from cabinet_finsystem.texts import _

NO_VAT = "none"
MAX_LINES = 300
_INDEX = re.compile(r"lines-(\d{1,4})-\w+")
_KNOWN_RATES = frozenset(known.rate for known in RATES)
# Nobody sells half of one of these.
PIECES = frozenset({"шт", "штука", "штуки", "штук", "pc", "pcs", "piece", "pieces", "ea"})
_HUNDRED = Decimal(100)
_MOST_DIGITS = 12

COLUMNS = (
    ("text", _("What")),
    ("quantity", _("Quantity")),
    ("unit", _("Unit")),
    ("price", _("Price")),
    ("discount", _("Discount, %")),
    ("vat_rate", _("VAT, %")),
    ("article", _("Article")),
)
_TITLES = dict(COLUMNS)


class LineForm(Form):
    """One line. ``rates``: of VAT, offered on the day of the invoice; ``articles``: (public id, name) of what can be sold;
    ``item``: public id of the price list's item that the line was taken from."""

    text = TextAreaField(_TITLES["text"], [Length(max=1000)])
    quantity = DecimalField(_TITLES["quantity"])
    unit = StringField(_TITLES["unit"], [Length(max=40)])
    price = DecimalField(_TITLES["price"])
    discount = DecimalField(_TITLES["discount"])
    vat_rate = SelectField(_TITLES["vat_rate"], choices=[])
    article = SelectField(_TITLES["article"], choices=[])
    item = HiddenField()

    def __init__(
        self,
        request: Any,
        *,
        currency: str,
        rates: Sequence[Decimal] = (),
        articles: Sequence[tuple[str, str]] = (),
        **kw: Any,
    ) -> None:
        super().__init__(request, **kw)
        self._currency = currency
        offered = dict.fromkeys([*rates, *self._known_rate()])
        self.vat_rate.choices = [
            *(SelectChoice(rate_key(rate), request.fmt.typed(rate.normalize())) for rate in offered),
            SelectChoice(NO_VAT, request.localizer.translate(_("no VAT"))),
        ]
        self.article.choices = [SelectChoice(key, name) for key, name in articles]

    def _known_rate(self) -> list[Decimal]:
        """The rate that stands in the line, where it is one of another day."""
        try:
            rate = Decimal(self.vat_rate.data or "")
        except ArithmeticError:
            return []
        return [rate] if rate in _KNOWN_RATES else []

    @property
    def filled(self) -> bool:
        """Whether anybody wrote anything here; what every new line holds by itself does not count."""
        return any(_typed(self[name]) for name in ("text", "unit", "price", "discount"))

    @property
    def rate(self) -> Decimal | None:
        """The rate of VAT; None: without VAT."""
        return None if self.vat_rate.data in (NO_VAT, None, "") else Decimal(self.vat_rate.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the line is right; all that is wrong is said at once."""
        if not self.filled:
            return True
        fine: bool = super().validate(extra_validators)
        for name, message in self._wrong():
            self.refuse(message, name)
            fine = False
        return fine

    def _wrong(self) -> Iterator[tuple[str, Any]]:
        yield from self._wrong_text()
        if self.price.data is None and not self.price.errors:
            yield "price", _("Write the price.")
        elif self.price.data is not None and self.minor() is None:
            yield "price", _("The price cannot be so.")
        if not self.quantity.errors:
            yield from self._wrong_quantity()
        discount = self.discount.data
        if discount is not None and not (0 <= discount <= _HUNDRED and fits(discount, 2)):
            yield "discount", _("A discount is from 0 to 100 per cent.")

    def _wrong_text(self) -> Iterator[tuple[str, Any]]:
        if not (self.text.data or "").strip():
            yield "text", _("Say what the line is for.")

    def _wrong_quantity(self) -> Iterator[tuple[str, Any]]:
        quantity = self.quantity.data
        if quantity is None or quantity <= 0:
            yield "quantity", _("Write how many.")
        elif not fits(quantity, 3):
            yield "quantity", _("At most ${n} decimals are allowed.", mapping={"n": 3})
        elif not fits(quantity, 0) and (self.unit.data or "").strip().rstrip(".").casefold() in PIECES:
            yield "quantity", _("Pieces are whole. If it is a part of a set, write another unit.")

    def figures(self, *, vat_included: bool) -> LineAmounts | None:
        """What the line comes to; None while it cannot be counted."""
        refused = any(self[name].errors for name in ("quantity", "price", "discount"))
        if refused or any(name != "text" for name, _message in self._wrong()):
            return None
        quantity: Any = self.quantity.data
        discount = self.discount.data or Decimal(0)
        try:
            return line_amounts(
                int(quantity.scaleb(3)),
                self.minor() or 0,
                discount=int(discount.scaleb(2)),
                vat_rate=None if self.rate is None else int(self.rate.scaleb(2)),
                vat_included=vat_included,
            )
        except (ValueError, ArithmeticError):
            return None

    def minor(self) -> int | None:
        """The price in minor units; None where there is none, or none that the currency knows."""
        price = self.price.data
        if price is None or price < 0 or price.adjusted() > _MOST_DIGITS:
            return None
        try:
            return to_minor(price, self._currency)
        except ValueError:
            return None

    def data_of(self, article_ids: Mapping[str, int], item_ids: Mapping[str, int]) -> LineData:
        """The line, which must be right. Ids by public id."""
        quantity: Any = self.quantity.data
        price: Any = self.price.data
        return LineData(
            text=(self.text.data or "").strip(),
            price=to_minor(price, self._currency),
            quantity=quantity,
            unit=(self.unit.data or "").strip(),
            discount=self.discount.data or Decimal(0),
            vat_rate=self.rate,
            article_id=article_ids.get(self.article.data),
            item_id=item_ids.get(self.item.data or ""),
        )


class InvoiceLines:
    """All lines of the editor: those that were sent, or ``stored`` ones with an empty one where there are none."""

    def __init__(
        self,
        request: Any,
        stored: Sequence[dict[str, Any]],
        *,
        currency: str,
        rates: Sequence[Decimal] = (),
        articles: Sequence[tuple[str, str]] = (),
        default: dict[str, Any] | None = None,
    ) -> None:
        self.request = request
        self._shared: dict[str, Any] = {"currency": currency, "rates": rates, "articles": articles}
        shared = self._shared
        default = default or {}
        self.blank = LineForm(request, formdata=None, prefix="lines-__n__-", data=default, **shared)
        if request.method == "POST":
            found = (_INDEX.fullmatch(key) for key in request.POST)
            indexes = list(dict.fromkeys(match[1] for match in found if match))[:MAX_LINES]
            self.lines = [LineForm(request, prefix=f"lines-{n}-", data=default, **shared) for n in indexes]
        else:
            rows = [*stored] or [default]
            self.lines = [LineForm(request, prefix=f"lines-{n}-", data=row, **shared) for n, row in enumerate(rows)]

    def put(self, row: dict[str, Any]) -> None:
        """One more line, in the place of the last one where nobody has written in that."""
        if self.lines and not self.lines[-1].filled:
            self.lines.pop()
        used = (int(match[1]) for line in self.lines if (match := _INDEX.fullmatch(line.text.name)))
        index = max(used, default=-1) + 1
        self.lines.append(LineForm(self.request, formdata=None, prefix=f"lines-{index}-", data=row, **self._shared))

    @property
    def filled(self) -> list[LineForm]:
        """Lines that somebody wrote in."""
        return [line for line in self.lines if line.filled]

    def validate(self) -> bool:
        """Whether all lines are right; each keeps its own errors."""
        fine = [line.validate() for line in self.lines]
        return all(fine)

    def problems(self) -> list[tuple[str, str, str]]:
        """(field id, label, message) of each error, for the summary."""
        translate = self.request.localizer.translate
        return [
            (
                field.id,
                translate(_("Line ${n}, ${what}", mapping={"n": n, "what": _lower(translate(field.label.text))})),
                translate(message),
            )
            for n, line in enumerate(self.lines, 1)
            for field in line
            for message in field.errors
        ]

    def named(self, name: str | None) -> tuple[LineForm, str] | None:
        """The line and field that a service calls ``lines-2-price``: it counts the lines that it was given."""
        match = re.fullmatch(r"lines-(\d+)-(\w+)", name or "")
        if match is None or int(match[1]) >= len(self.filled) or match[2] not in _TITLES:
            return None
        return self.filled[int(match[1])], match[2]


def offered_articles(tree: Sequence[ArticleNode]) -> list[tuple[str, str]]:
    """(public id, name) of the articles that something can be sold under, "Sales" first."""
    sold = [
        node for node in tree if node.kind == "income" and node.parent_id is not None and node.code != defaults.ADVANCES
    ]
    sold.sort(key=lambda node: node.code != "sales")
    return [(node.public_id.hex, node.name) for node in sold]


def rate_key(rate: Decimal | None) -> str:
    """A rate as the form names it: ``22``, ``none``."""
    return NO_VAT if rate is None else f"{rate.normalize():f}"


def _lower(title: str) -> str:
    """A title within a sentence: «количество», but «НДС»."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _typed(field: Any) -> bool:
    """Whether anything stands in the field, right or wrong."""
    raw = field.raw_data[0] if field.raw_data else field.data
    return bool(str(raw).strip()) if raw is not None else False


def fits(value: Decimal, decimals: int) -> bool:
    """Whether a number has no more decimals than that, and is none that nobody means."""
    return (
        value.is_finite() and value.adjusted() < _MOST_DIGITS and value == value.quantize(Decimal(1).scaleb(-decimals))
    )
