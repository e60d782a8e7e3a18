"""What papers of a free form share, the invoice and the act: a head of labelled facts, the table of lines, the totals, the sum in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import TypeAlias

from cabinet.contracts.money import Money
from cabinet.pdf.figures import NBSP, currency_sign, money_text, percent_text, quantity_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.images import LOGO_BOX
from cabinet.pdf.layout import BODY, LABEL, MM, Beside, Block, Paragraph, PictureBox, Space, Totals
from cabinet.pdf.table import Column, Table
from cabinet.pdf.words import amount_in_words
from cabinet_finsystem.pdf.document import (
    DeliveryDocument,
    DeliveryLine,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    PrintedPaper,
)
from cabinet_finsystem.pdf.wording import InvoiceWording

FreeForm: TypeAlias = InvoiceDocument | DeliveryDocument

TITLE = Style(size=14, leading=19, bold=True)
_LABELS = 27 * MM


def logo(document: PrintedPaper) -> list[Block]:
    """The issuer's logo at the top, where he has one."""
    return [PictureBox(document.pictures.logo, LOGO_BOX), Space(10)] if document.pictures.logo else []


def labelled(label: str, blocks: list[Block]) -> Block:
    """A fact of the head: what it is, in the margin, and what it says."""
    return Beside([([Paragraph(label, LABEL.but(size=8, leading=12.5))], _LABELS), ([*blocks, Space(6)], None)])


def party_blocks(party: DocumentParty, words: InvoiceWording) -> list[Block]:
    """A side of the document: its name in bold, its requisites below."""
    facts = [
        f"{words.inn}{NBSP}{party.inn}" if party.inn else "",
        f"{words.kpp}{NBSP}{party.kpp}" if party.kpp else "",
        party.address,
        words.phone.format(phone=party.phone).replace(" ", NBSP) if party.phone else "",
        party.email,
    ]
    named: list[Block] = [Paragraph(party.name, BODY.but(bold=True))]
    details = ", ".join(fact for fact in facts if fact)
    return [*named, Paragraph(details)] if details else named


def line_table(document: FreeForm, words: InvoiceWording, discounts: Sequence[int] = ()) -> Table:
    """The lines, with their VAT where there is any. ``discounts``: one a line, minor units; a column where there is any."""
    language, taxed = document.language, document.rates != {None}
    included = document.vat_included or not taxed
    mixed = len(document.rates) > 1
    off: Sequence[int] = discounts if any(discounts) else ()

    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), language)

    lines: Sequence[DocumentLine | DeliveryLine] = document.lines
    rows = [
        [
            str(line.number),
            line.text,
            quantity_text(line.quantity, language),
            line.unit,
            amount(line.price),
            *([amount(discount) if discount else "–"] if off else []),
            *([words.no_vat_cell if line.vat_rate is None else percent_text(line.vat_rate, language)] if mixed else []),
            *(["–" if line.vat_rate is None else amount(line.vat)] if taxed else []),
            amount(line.total),
        ]
        for line, discount in zip(lines, off or repeat(0), strict=False)
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
        *([Column(words.column_discount, "right")] if off else []),
        *vat,
        Column(words.column_total if included else words.column_total_gross, "right", bold=True),
    ]
    return Table(columns, rows, with_next=True)


def totals(document: FreeForm, words: InvoiceWording, whole: str) -> Totals:
    """The sum, VAT by rate, and the total, which is called ``whole``."""

    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), document.language, sign=True)

    untaxed = document.rates == {None}
    on_top = not document.vat_included and not untaxed
    first = document.total - document.vat if on_top else document.total
    rows = [(words.subtotal_net if on_top else words.subtotal, amount(first), False)]
    for part in sorted(document.vat_totals, key=lambda part: -1 if part.rate is None else part.rate, reverse=True):
        if part.rate is not None:
            label = words.vat_on_top if on_top else words.vat_inside
            rows.append((label.format(rate=percent_text(part.rate, document.language)), amount(part.vat), False))
        elif untaxed:
            rows.append((words.no_vat, "–", False))
        else:
            rows.append((words.untaxed_part, amount(part.base), False))
    return Totals([*rows, (whole, amount(document.total), True)], with_next=True)


def in_words(document: FreeForm, summary: str) -> list[Block]:
    """How many lines of what sum (``summary`` says it with ``{count}`` and ``{amount}``), and that sum in words."""
    total = Money(document.total, document.currency)
    amount = money_text(total, document.language)
    currency = "руб." if (document.currency, document.language) == ("RUB", "ru") else currency_sign(document.currency)
    return [
        Paragraph(summary.format(count=len(document.lines), amount=f"{amount}{NBSP}{currency}")),
        Paragraph(amount_in_words(total, document.language), BODY.but(bold=True)),
    ]
