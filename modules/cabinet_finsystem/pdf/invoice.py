"""The invoice for payment («Счет на оплату»): a free form laid out as Russian firms know it; its English variant."""

from __future__ import annotations

from cabinet.contracts.money import Money, to_decimal
from cabinet.pdf.figures import long_date, percent_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.layout import MM, Beside, Block, Paragraph, QRBox, Rule, Space, Together
from cabinet.pdf.payment_qr import PaymentQRError, RoublePayment, SepaPayment, epc_payload, gost_payload
from cabinet.pdf.pen import GREY
from cabinet.pdf.press import About, PDFPress
from cabinet.pdf.qr import symbol
from cabinet.pdf.signatures import Signatory, Signatures
from cabinet_finsystem.pdf.bank_sample import BankSample
from cabinet_finsystem.pdf.document import InvoiceDocument, PrintedPaper
from cabinet_finsystem.pdf.free_form import TITLE, in_words, labelled, line_table, logo, party_blocks, totals
from cabinet_finsystem.pdf.wording import InvoiceWording, wording

_SMALL = Style(size=8, leading=11.5, color=GREY)
_TINY = Style(size=7, leading=10, color=GREY)
_QR = 31 * MM


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
    if not document.signed:
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
        *logo(document),
        *_bank_and_code(document, words),
        Paragraph(_title(document, words), TITLE, with_next=True),
        Rule(1.5, space=9),
        *_parties(document, words),
        Space(4),
        line_table(document, words, [line.discount for line in document.lines]),
        Space(5, with_next=True),
        totals(document, words, words.due_total),
        Space(8, with_next=True),
        _in_words(document, words),
        *_terms(document),
        Space(10, with_next=True),
        signatures(document, words),
    ]


def _title(document: InvoiceDocument, words: InvoiceWording) -> str:
    template = words.draft_title if document.draft else words.title
    return template.format(number=document.number, day=long_date(document.day, document.language))


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


def _in_words(document: InvoiceDocument, words: InvoiceWording) -> Block:
    blocks = in_words(document, words.summary)
    if document.due:
        pay_by = words.pay_by.format(day=long_date(document.due, document.language))
        blocks += [Space(5), Paragraph(pay_by)]
    return Together(blocks, with_next=not document.terms.strip())


def _terms(document: InvoiceDocument) -> list[Block]:
    if not document.terms.strip():
        return []
    return [Space(5), Paragraph(document.terms.strip(), _SMALL, with_next=True)]


def signatures(document: PrintedPaper, words: InvoiceWording) -> Block:
    """Who signs for us, the director and the accountant, and the stamp."""
    signers = document.signers
    director = words.proprietor if signers.sole_proprietor else signers.director_post or words.director
    rows = [Signatory(director, signers.director_name, document.signature)]
    if not signers.sole_proprietor:
        rows.append(Signatory(words.accountant, signers.accountant_name, document.accountant_signature))
    return Together([Rule(0.8, space=2), Signatures(rows, stamp=document.stamp, stamp_place=words.stamp_place)])


def _purpose(document: InvoiceDocument, words: InvoiceWording) -> str:
    text = words.purpose.format(number=document.number, day=f"{document.day:%d.%m.%Y}")
    taxed = [rate for rate in document.rates if rate is not None]
    if not taxed:
        return f"{text}. {words.purpose_no_vat}"
    rate = f" ({percent_text(taxed[0], document.language)})" if len(document.rates) == 1 else ""
    vat = f"{to_decimal(document.vat, document.currency):f}"
    return f"{text}. {words.purpose_vat.format(rate=rate, vat=vat)}"
