"""The correction of an invoice («Корректировочный счет»): a free form; of each line what it was, what it became, and the difference."""

from __future__ import annotations

from cabinet.contracts.money import Money
from cabinet.pdf.figures import long_date, money_text, percent_text, quantity_text
from cabinet.pdf.layout import BODY, MM, Block, Paragraph, Rule, Space, Together, Totals
from cabinet.pdf.press import About, PDFPress
from cabinet.pdf.table import Column, Table
from cabinet.pdf.words import amount_in_words
from cabinet_finsystem.pdf.correction_words import CorrectionWording, correction_wording
from cabinet_finsystem.pdf.document import CorrectedLine, CorrectionDocument, LineSide
from cabinet_finsystem.pdf.free_form import TITLE, labelled, logo, party_blocks
from cabinet_finsystem.pdf.invoice import signatures
from cabinet_finsystem.pdf.wording import InvoiceWording, wording


def render_correction(document: CorrectionDocument, press: PDFPress) -> bytes:
    """The correction as PDF; equal documents give equal bytes. PictureError where a picture of it cannot be read."""
    words = wording(document.language)
    about = About(
        title=correction_title(document),
        author=document.issuer.name,
        language=document.language,
        day=document.day,
        watermark=words.draft_mark if document.draft else words.void_mark if document.void else "",
    )
    return press.print(about, _blocks(document, words, correction_wording(document.language)))


def correction_title(document: CorrectionDocument) -> str:
    """«Корректировочный счет № КС-2026-00001 от 3 марта 2026 г.»."""
    own = correction_wording(document.language)
    template = own.draft_title if document.draft else own.title
    return template.format(number=document.number, day=long_date(document.day, document.language))


def _blocks(document: CorrectionDocument, words: InvoiceWording, own: CorrectionWording) -> list[Block]:
    blocks: list[Block] = [
        *logo(document),
        Paragraph(correction_title(document), TITLE, with_next=True),
        Paragraph(own.to_invoice.format(invoice=document.invoice), BODY.but(size=11, leading=15), with_next=True),
        Rule(1.5, space=9),
        labelled(words.supplier, party_blocks(document.issuer, words)),
        labelled(words.customer, party_blocks(document.customer, words)),
    ]
    if document.basis:
        blocks.append(labelled(words.basis, [Paragraph(document.basis)]))
    return [
        *blocks,
        labelled(own.reason, [Paragraph(document.reason)]),
        Space(4),
        _table(document, words, own),
        Space(5, with_next=True),
        _totals(document, own),
        Space(8, with_next=True),
        Together(_in_words(document, own), with_next=True),
        Space(10, with_next=True),
        signatures(document, words),
    ]


def _table(document: CorrectionDocument, words: InvoiceWording, own: CorrectionWording) -> Table:
    sides = [side for line in document.lines for side in (line.was, line.became)]
    taxed, discounts = any(side.vat_rate is not None for side in sides), any(side.discount for side in sides)
    rated = len({side.vat_rate for side in sides}) > 1
    included = document.vat_included or not taxed
    tax: list[Column] = []
    if taxed:
        rate = next(side.vat_rate for side in sides if side.vat_rate is not None)
        title = words.column_vat if rated else words.column_vat_of.format(rate=percent_text(rate, document.language))
        tax = [*([Column(words.column_rate, "right", quiet=True)] if rated else []), Column(title, "right", quiet=True)]
    columns = [
        Column("№", "left", quiet=True),
        Column(words.column_text, elastic=True),
        Column("", quiet=True),
        Column(words.column_quantity, "right"),
        Column(words.column_unit, at_most=20 * MM),
        Column(words.column_price if included else words.column_price_net, "right"),
        *([Column(words.column_discount, "right")] if discounts else []),
        *tax,
        Column(words.column_total if included else words.column_total_gross, "right", bold=True),
    ]

    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), document.language)

    def side_of(side: LineSide, unit: str) -> list[str]:
        rate = words.no_vat_cell if side.vat_rate is None else percent_text(side.vat_rate, document.language)
        return [
            quantity_text(side.quantity, document.language),
            unit,
            amount(side.price),
            *([percent_text(side.discount, document.language) if side.discount else "–"] if discounts else []),
            *([rate] if rated else []),
            *(["–" if side.vat_rate is None else amount(side.vat)] if taxed else []),
            amount(side.total),
        ]

    def difference_of(line: CorrectedLine) -> list[str]:
        quantity = line.became.quantity - line.was.quantity
        price = line.became.price - line.was.price
        return [
            quantity_text(quantity, document.language) if quantity else "–",
            line.unit if quantity else "",
            amount(price) if price else "–",
            *(["–"] if discounts else []),
            *([""] if rated else []),
            *([amount(line.became.vat - line.was.vat)] if taxed else []),
            amount(line.became.total - line.was.total),
        ]

    rows = []
    for line in document.lines:
        rows.append([str(line.number), line.text, own.was, *side_of(line.was, line.unit)])
        rows.append(["", "", own.became, *side_of(line.became, line.unit)])
        rows.append(["", "", own.difference, *difference_of(line)])
    return Table(columns, rows, with_next=True)


def _totals(document: CorrectionDocument, own: CorrectionWording) -> Totals:
    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), document.language, sign=True)

    moved = own.raised if document.total > 0 else own.lowered if document.total < 0 else own.even
    rows = [(own.before, amount(document.before), False), (moved, amount(document.total), False)]
    if document.vat:
        rows.append((own.vat, amount(document.vat), False))
    return Totals([*rows, (own.asked, amount(document.before + document.total), True)], with_next=True)


def _in_words(document: CorrectionDocument, own: CorrectionWording) -> list[Block]:
    asked = Money(document.before + document.total, document.currency)
    return [
        Paragraph(f"{own.in_words} {money_text(asked, document.language, sign=True)}"),
        Paragraph(amount_in_words(asked, document.language), BODY.but(bold=True)),
    ]
