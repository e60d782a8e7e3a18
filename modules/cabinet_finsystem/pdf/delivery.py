"""Acts, waybills and UPD on paper, each in its form."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4, landscape

from cabinet.pdf.layout import MM
from cabinet.pdf.press import About, PageSize, PDFPress
from cabinet_finsystem.pdf.act import act_blocks, act_title
from cabinet_finsystem.pdf.delivery_words import act_wording
from cabinet_finsystem.pdf.document import DeliveryDocument
from cabinet_finsystem.pdf.upd import upd_blocks, upd_title
from cabinet_finsystem.pdf.waybill import waybill_blocks, waybill_title

_WIDTH, _HEIGHT = landscape(A4)
_LYING = PageSize(_WIDTH, _HEIGHT, left=10 * MM, right=10 * MM, top=9 * MM, bottom=14 * MM)
_FORMS = {
    "act": (act_title, act_blocks, None),
    "waybill": (waybill_title, waybill_blocks, _LYING),
    "upd": (upd_title, upd_blocks, _LYING),
}


def render_delivery(document: DeliveryDocument, press: PDFPress) -> bytes:
    """The document as PDF; equal documents give equal bytes. PictureError where a picture of it cannot be read.

    A waybill and a UPD are forms of Russian law and speak Russian; an act speaks the language of its invoice.
    """
    title, blocks, size = _FORMS[document.kind]
    language = document.language if document.kind == "act" else "ru"
    words = act_wording(language)
    about = About(
        title=title(document),
        author=document.issuer.name,
        language=language,
        day=document.day,
        watermark=words.draft_mark if document.draft else words.void_mark if document.void else "",
    )
    return press.print(about, blocks(document), size)
