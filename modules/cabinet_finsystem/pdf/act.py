"""The act of services rendered («Акт об оказании услуг»): a free form with what a primary document must have; its English variant."""

from __future__ import annotations

from cabinet.pdf.figures import long_date
from cabinet.pdf.fonts import Style
from cabinet.pdf.layout import MM, Beside, Block, Paragraph, Rule, Space, Together
from cabinet_finsystem.pdf.delivery_words import ActWording, act_wording
from cabinet_finsystem.pdf.document import DeliveryDocument, DocumentParty
from cabinet_finsystem.pdf.form_pieces import SignRow, Slot
from cabinet_finsystem.pdf.free_form import TITLE, in_words, labelled, line_table, logo, party_blocks, totals
from cabinet_finsystem.pdf.wording import InvoiceWording, wording

_SIGN = Style(size=8, leading=11)


def act_title(document: DeliveryDocument) -> str:
    """«Акт № 12 от 3 февраля 2026 г.»."""
    words = act_wording(document.language)
    template = words.draft_title if document.draft else words.title
    return template.format(number=document.number, day=long_date(document.day, document.language))


def act_blocks(document: DeliveryDocument) -> list[Block]:
    """The act from top to bottom."""
    own, words = act_wording(document.language), wording(document.language)
    basis = ", ".join(part for part in (document.basis, document.invoice) if part)
    return [
        *logo(document),
        Paragraph(act_title(document), TITLE, with_next=True),
        Rule(1.5, space=9),
        labelled(own.supplier, party_blocks(document.issuer, words)),
        labelled(own.customer, party_blocks(document.customer, words)),
        labelled(own.basis, [Paragraph(basis)]),
        Space(4),
        line_table(document, words),
        Space(5, with_next=True),
        totals(document, words, own.total),
        Space(8, with_next=True),
        Together(in_words(document, own.summary), with_next=True),
        Space(8, with_next=True),
        Paragraph(own.done, with_next=True),
        Space(12, with_next=True),
        _signatures(document, own, words),
    ]


def _signatures(document: DeliveryDocument, own: ActWording, words: InvoiceWording) -> Block:
    signers = document.signers
    post = words.proprietor if signers.sole_proprietor else signers.director_post or words.director
    ours = _side(
        own.signed,
        document.issuer,
        SignRow(
            "",
            [Slot(post, "", 1.1), Slot("", own.stamp_place, 1), Slot(signers.director_name, "", 1)],
            signature=document.signature,
            stamp=document.stamp,
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
