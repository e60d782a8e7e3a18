"""Papers, handed out."""

from __future__ import annotations

from typing import Any

from cabinet.web.downloads import content_response
from cabinet_finsystem.interfaces import IActBook, ICorrectionBook, IInvoiceBook
from cabinet_finsystem.texts import _

_ACT_FILES = {"act": _("Act ${number}.pdf"), "waybill": _("Waybill ${number}.pdf"), "upd": _("UPD ${number}.pdf")}


def pdf_response(request: Any, subject: Any) -> Any:
    """The PDF of an Invoice; ``?inline=1`` shows it in the browser. The caller has checked the right to it."""
    return paper_response(request, request.find_service(IInvoiceBook), subject, _("Invoice ${number}.pdf"))


def correction_pdf_response(request: Any, subject: Any) -> Any:
    """The PDF of a Correction, likewise."""
    return paper_response(request, request.find_service(ICorrectionBook), subject, _("Correction ${number}.pdf"))


def act_pdf_response(request: Any, subject: Any) -> Any:
    """The PDF of an Act, likewise."""
    return paper_response(request, request.find_service(IActBook), subject, _ACT_FILES[subject.kind])


def paper_response(request: Any, book: Any, subject: Any, name: Any) -> Any:
    """The PDF of a paper of ``book``, an IPaperBook; ``name``: of the file, with ``${number}`` in it."""
    number = (subject.number or subject.public_id.hex[:8]).replace("/", "-").replace("\\", "-")
    name = request.localizer.translate(name % {"number": number})
    return content_response(
        book.pdf_content(subject), name=name, media_type="application/pdf", inline="inline" in request.GET
    )
