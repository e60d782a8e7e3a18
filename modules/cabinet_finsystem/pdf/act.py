"""The act of services rendered («Акт об оказании услуг»): a free form with what a primary document must have; its English variant."""

from __future__ import annotations

from decimal import Decimal

from cabinet.contracts.money import Money
from cabinet.pdf.figures import NBSP, currency_sign, long_date, money_text, percent_text, quantity_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.images import LOGO_BOX
from cabinet.pdf.layout import BODY, MM, Beside, Block, Paragraph, PictureBox, Rule, Space, Together, Totals
from cabinet.pdf.table import Column, Table
from cabinet.pdf.words import amount_in_words
from cabinet_finsystem.pdf.delivery_words import ActWording, act_wording
from cabinet_finsystem.pdf.document import DeliveryDocument, DeliveryLine, DocumentParty
from cabinet_finsystem.pdf.form_pieces import SignRow, Slot
from cabinet_finsystem.pdf.invoice import labelled, party_blocks
from cabinet_finsystem.pdf.wording import InvoiceWording, wording

_TITLE = Style(size=14, leading=19, bold=True)
_SIGN = Style(size=8, leading=11)


def act_title(document: DeliveryDocument) -> str:
    """«Акт № 12 от 3 февраля 2026 г.»."""
    words = act_wording(document.language)
    template = words.draft_title if document.draft else words.title
    return template.format(number=document.number, day=long_date(document.day, document.language))


def act_blocks(document: DeliveryDocument) -> list[Block]:
    """The act from top to bottom."""
    own, words = act_wording(document.language), wording(document.language)
    logo: list[Block] = [PictureBox(document.pictures.logo, LOGO_BOX), Space(10)] if document.pictures.logo else []
    basis = ", ".join(part for part in (document.basis, document.invoice) if part)
    return [
        *logo,
        Paragraph(act_title(document), _TITLE, with_next=True),
        Rule(1.5, space=9),
        labelled(own.supplier, party_blocks(document.issuer, words)),
        labelled(own.customer, party_blocks(document.customer, words)),
        labelled(own.basis, [Paragraph(basis)]),
        Space(4),
        _table(document, words),
        Space(5, with_next=True),
        _totals(document, own, words),
        Space(8, with_next=True),
        _in_words(document, own),
        Space(8, with_next=True),
        Paragraph(own.done, with_next=True),
        Space(12, with_next=True),
        _signatures(document, own, words),
    ]


def _table(document: DeliveryDocument, words: InvoiceWording) -> Table:
    language = document.language
    taxed = document.rates != {None}
    mixed = len(document.rates) > 1
    included = document.vat_included or not taxed

    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), language)

    def cells(line: DeliveryLine) -> list[str]:
        rate = words.no_vat_cell if line.vat_rate is None else percent_text(line.vat_rate, language)
        return [
            str(line.number),
            line.text,
            quantity_text(line.quantity, language),
            line.unit,
            amount(line.price),
            *([rate] if mixed else []),
            *(["–" if line.vat_rate is None else amount(line.vat)] if taxed else []),
            amount(line.total),
        ]

    vat: list[Column] = []
    if mixed:
        vat = [Column(words.column_rate, "right", quiet=True), Column(words.column_vat, "right", quiet=True)]
    elif taxed:
        rate = percent_text(next(rate for rate in document.rates if rate is not None), language)
        vat = [Column(words.column_vat_of.format(rate=rate), "right", quiet=True)]
    columns = [
        Column("№", "left", quiet=True),
        Column(words.column_text, elastic=True),
        Column(words.column_quantity, "right"),
        Column(words.column_unit, at_most=20 * MM),
        Column(words.column_price if included else words.column_price_net, "right"),
        *vat,
        Column(words.column_total if included else words.column_total_gross, "right", bold=True),
    ]
    return Table(columns, [cells(line) for line in document.lines], with_next=True)


def _totals(document: DeliveryDocument, own: ActWording, words: InvoiceWording) -> Totals:
    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), document.language, sign=True)

    by_rate: dict[Decimal | None, list[int]] = {}
    for line in document.lines:
        sums = by_rate.setdefault(line.vat_rate, [0, 0])
        sums[0] += line.net
        sums[1] += line.vat
    untaxed = document.rates == {None}
    on_top = not document.vat_included and not untaxed
    rows = [
        (words.subtotal_net if on_top else words.subtotal, amount(document.net if on_top else document.total), False)
    ]
    for rate in sorted(by_rate, key=lambda rate: Decimal(-1) if rate is None else rate, reverse=True):
        net, vat = by_rate[rate]
        if rate is not None:
            label = words.vat_on_top if on_top else words.vat_inside
            rows.append((label.format(rate=percent_text(rate, document.language)), amount(vat), False))
        elif untaxed:
            rows.append((own.no_vat, "–", False))
        else:
            rows.append((words.untaxed_part, amount(net), False))
    return Totals([*rows, (own.total, amount(document.total), True)], with_next=True)


def _in_words(document: DeliveryDocument, own: ActWording) -> Block:
    total = Money(document.total, document.currency)
    amount = money_text(total, document.language)
    currency = "руб." if (document.currency, document.language) == ("RUB", "ru") else currency_sign(document.currency)
    return Together(
        [
            Paragraph(own.summary.format(count=len(document.lines), amount=f"{amount}{NBSP}{currency}")),
            Paragraph(amount_in_words(total, document.language), BODY.but(bold=True)),
        ],
        with_next=True,
    )


def _signatures(document: DeliveryDocument, own: ActWording, words: InvoiceWording) -> Block:
    signers, pictures = document.signers, document.pictures
    signed = not (document.draft or document.void)
    post = words.proprietor if signers.sole_proprietor else signers.director_post or words.director
    ours = _side(
        own.signed,
        document.issuer,
        SignRow(
            "",
            [Slot(post, "", 1.1), Slot("", own.stamp_place, 1), Slot(signers.director_name, "", 1)],
            signature=pictures.signature if signed else None,
            stamp=pictures.stamp if signed else None,
            style=_SIGN,
            above=30,
        ),
    )
    theirs = _side(
        own.received,
        document.customer,
        SignRow("", [Slot("", "", 1.1), Slot("", own.stamp_place, 1), Slot("", "", 1)], style=_SIGN, above=30),
    )
    return Together([Beside([(ours, None), (theirs, None)], gap=10 * MM), Space(26)])


def _side(title: str, who: DocumentParty, line: SignRow) -> list[Block]:
    return [Paragraph(title, _SIGN.but(bold=True)), Paragraph(who.name, _SIGN), line]
