"""The invoice for payment («Счет на оплату»): a free form laid out as Russian firms know it; its English variant."""

from __future__ import annotations

from cabinet.contracts.money import Money, to_decimal
from cabinet.pdf.figures import NBSP, currency_sign, long_date, money_text, percent_text, quantity_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.images import LOGO_BOX
from cabinet.pdf.layout import (
    BODY,
    LABEL,
    MM,
    Beside,
    Block,
    Paragraph,
    PictureBox,
    QRBox,
    Rule,
    Space,
    Together,
    Totals,
)
from cabinet.pdf.payment_qr import PaymentQRError, RoublePayment, SepaPayment, epc_payload, gost_payload
from cabinet.pdf.pen import GREY
from cabinet.pdf.press import About, PDFPress
from cabinet.pdf.qr import symbol
from cabinet.pdf.signatures import Signatory, Signatures
from cabinet.pdf.table import Column, Table
from cabinet.pdf.words import amount_in_words
from cabinet_finsystem.pdf.bank_sample import BankSample
from cabinet_finsystem.pdf.document import DocumentLine, DocumentParty, InvoiceDocument
from cabinet_finsystem.pdf.wording import InvoiceWording, wording

_TITLE = Style(size=14, leading=19, bold=True)
_SMALL = Style(size=8, leading=11.5, color=GREY)
_TINY = Style(size=7, leading=10, color=GREY)
_QR = 31 * MM
_LABELS = 27 * MM


def render_invoice(document: InvoiceDocument, press: PDFPress) -> bytes:
    """The invoice as PDF; equal documents give equal bytes. PictureError where a picture of it cannot be read."""
    words = wording(document.language)
    about = About(
        title=_title(document, words),
        author=document.issuer.name,
        language=document.language,
        day=document.day,
        watermark=_mark(document, words),
    )
    return press.print(about, _blocks(document, words))


def payment_code(document: InvoiceDocument) -> bytes | None:
    """What the invoice's QR code says; None where its facts allow none: a draft, a void invoice, another currency, a wrong account."""
    if document.draft or document.void:
        return None
    due = Money(document.total, document.currency)
    to = document.payment
    try:
        if document.currency == "RUB":
            purpose = _purpose(document, wording("ru"))
            payee = document.issuer
            return gost_payload(
                RoublePayment(
                    name=payee.name,
                    account=to.account,
                    bank_name=to.bank_name,
                    bic=to.bic,
                    correspondent_account=to.correspondent_account,
                    inn=payee.inn,
                    kpp=payee.kpp,
                    amount=due,
                    purpose=purpose,
                )
            )
        purpose = _purpose(document, wording(document.language))
        return epc_payload(SepaPayment(document.issuer.name, to.account, due, bic=to.bic, text=purpose))
    except PaymentQRError:
        return None


def _mark(document: InvoiceDocument, words: InvoiceWording) -> str:
    if document.draft:
        return words.draft_mark
    return words.void_mark if document.void else ""


def _blocks(document: InvoiceDocument, words: InvoiceWording) -> list[Block]:
    return [
        *_logo(document),
        *_bank_and_code(document, words),
        Paragraph(_title(document, words), _TITLE, with_next=True),
        Rule(1.5, space=9),
        *_parties(document, words),
        Space(4),
        _table(document, words),
        Space(5, with_next=True),
        _totals(document, words),
        Space(8, with_next=True),
        _in_words(document, words),
        *_terms(document),
        Space(10, with_next=True),
        _signatures(document, words),
    ]


def _title(document: InvoiceDocument, words: InvoiceWording) -> str:
    template = words.draft_title if document.draft else words.title
    return template.format(number=document.number, day=long_date(document.day, document.language))


def _logo(document: InvoiceDocument) -> list[Block]:
    logo = document.pictures.logo
    return [PictureBox(logo, LOGO_BOX), Space(10)] if logo else []


def _bank_and_code(document: InvoiceDocument, words: InvoiceWording) -> list[Block]:
    if not document.payment.account:
        return []
    sample = BankSample(document.issuer, document.payment, words)
    payload = payment_code(document)
    if payload is None:
        return [sample, Space(16)]
    code: list[Block] = [QRBox(symbol(payload), _QR), Space(3), Paragraph(words.scan, _TINY, "center")]
    return [Beside([([sample], None), (code, _QR)], gap=6 * MM), Space(16)]


def _parties(document: InvoiceDocument, words: InvoiceWording) -> list[Block]:
    blocks: list[Block] = [
        labelled(words.supplier, party_blocks(document.issuer, words)),
        labelled(words.customer, party_blocks(document.customer, words)),
    ]
    if document.basis:
        blocks.append(labelled(words.basis, [Paragraph(document.basis)]))
    return blocks


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


def _table(document: InvoiceDocument, words: InvoiceWording) -> Table:
    language = document.language
    discounts = any(line.discount for line in document.lines)
    included = document.vat_included or document.rates == {None}
    mixed = len(document.rates) > 1

    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), language)

    def cells(line: DocumentLine) -> list[str]:
        no_vat = line.vat_rate is None
        rate = words.no_vat_cell if line.vat_rate is None else percent_text(line.vat_rate, language)
        return [
            str(line.number),
            line.text,
            quantity_text(line.quantity, language),
            line.unit,
            amount(line.price),
            *([amount(line.discount) if line.discount else "–"] if discounts else []),
            *([rate] if mixed else []),
            *(["–" if no_vat else amount(line.vat)] if document.rates != {None} else []),
            amount(line.total),
        ]

    vat_columns: list[Column] = []
    if mixed:
        vat_columns = [Column(words.column_rate, "right", quiet=True), Column(words.column_vat, "right", quiet=True)]
    elif document.rates != {None}:
        rate = percent_text(next(rate for rate in document.rates if rate is not None), language)
        vat_columns = [Column(words.column_vat_of.format(rate=rate), "right", quiet=True)]
    columns = [
        Column("№", "left", quiet=True),
        Column(words.column_text, elastic=True),
        Column(words.column_quantity, "right"),
        Column(words.column_unit, at_most=20 * MM),
        Column(words.column_price if included else words.column_price_net, "right"),
        *([Column(words.column_discount, "right")] if discounts else []),
        *vat_columns,
        Column(words.column_total if included else words.column_total_gross, "right", bold=True),
    ]
    return Table(columns, [cells(line) for line in document.lines], with_next=True)


def _totals(document: InvoiceDocument, words: InvoiceWording) -> Totals:
    def amount(minor: int) -> str:
        return money_text(Money(minor, document.currency), document.language, sign=True)

    untaxed = document.rates == {None}
    on_top = not document.vat_included and not untaxed
    first = document.total - document.vat if on_top else document.total
    rows = [(words.subtotal_net if on_top else words.subtotal, amount(first), False)]
    for part in sorted(document.vat_totals, key=lambda part: -1 if part.rate is None else part.rate, reverse=True):
        if part.rate is not None:
            label = words.vat_on_top if on_top else words.vat_inside
            rate = percent_text(part.rate, document.language)
            rows.append((label.format(rate=rate), amount(part.vat), False))
        elif untaxed:
            rows.append((words.no_vat, "–", False))
        else:
            rows.append((words.untaxed_part, amount(part.base), False))
    return Totals([*rows, (words.due_total, amount(document.total), True)], with_next=True)


def _in_words(document: InvoiceDocument, words: InvoiceWording) -> Block:
    total = Money(document.total, document.currency)
    amount = money_text(total, document.language)
    currency = "руб." if (document.currency, document.language) == ("RUB", "ru") else currency_sign(document.currency)
    blocks: list[Block] = [
        Paragraph(words.summary.format(count=len(document.lines), amount=f"{amount}{NBSP}{currency}")),
        Paragraph(amount_in_words(total, document.language), BODY.but(bold=True)),
    ]
    if document.due:
        pay_by = words.pay_by.format(day=long_date(document.due, document.language))
        blocks += [Space(5), Paragraph(pay_by)]
    return Together(blocks, with_next=not document.terms.strip())


def _terms(document: InvoiceDocument) -> list[Block]:
    if not document.terms.strip():
        return []
    return [Space(5), Paragraph(document.terms.strip(), _SMALL, with_next=True)]


def _signatures(document: InvoiceDocument, words: InvoiceWording) -> Block:
    signers, pictures = document.signers, document.pictures
    signed = not (document.draft or document.void)
    director = words.proprietor if signers.sole_proprietor else signers.director_post or words.director
    rows = [Signatory(director, signers.director_name, pictures.signature if signed else None)]
    if not signers.sole_proprietor:
        same = signers.accountant_name == signers.director_name
        scan = pictures.accountant_signature or (pictures.signature if same else None)
        rows.append(Signatory(words.accountant, signers.accountant_name, scan if signed else None))
    return Together(
        [
            Rule(0.8, space=2),
            Signatures(rows, stamp=pictures.stamp if signed else None, stamp_place=words.stamp_place),
        ]
    )


def _purpose(document: InvoiceDocument, words: InvoiceWording) -> str:
    text = words.purpose.format(number=document.number, day=f"{document.day:%d.%m.%Y}")
    taxed = [rate for rate in document.rates if rate is not None]
    if not taxed:
        return f"{text}. {words.purpose_no_vat}"
    rate = f" ({percent_text(taxed[0], document.language)})" if len(document.rates) == 1 else ""
    vat = f"{to_decimal(document.vat, document.currency):f}"
    return f"{text}. {words.purpose_vat.format(rate=rate, vat=vat)}"
