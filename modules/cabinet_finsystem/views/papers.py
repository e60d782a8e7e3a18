"""Papers, handed out."""

from __future__ import annotations

from typing import Any

from cabinet.web.downloads import content_response
from cabinet_finsystem.interfaces import IActBook, IInvoiceBook
from cabinet_finsystem.texts import _


def pdf_response(request: Any, subject: Any) -> Any:
    """The PDF of an Invoice; ``?inline=1`` shows it in the browser. The caller has checked the right to it."""
    content = request.find_service(IInvoiceBook).pdf_content(subject)
    number = (subject.number or subject.public_id.hex[:8]).replace("/", "-").replace("\\", "-")
    name = request.localizer.translate(_("Invoice ${number}.pdf", mapping={"number": number}))
    return content_response(content, name=name, media_type="application/pdf", inline="inline" in request.GET)


_ACT_FILES = {"act": _("Act ${number}.pdf"), "waybill": _("Waybill ${number}.pdf"), "upd": _("UPD ${number}.pdf")}


def act_pdf_response(request: Any, subject: Any) -> Any:
    """The PDF of an Act; ``?inline=1`` shows it in the browser. The caller has checked the right to it."""
    content = request.find_service(IActBook).pdf_content(subject)
    number = (subject.number or subject.public_id.hex[:8]).replace("/", "-").replace("\\", "-")
    name = request.localizer.translate(_ACT_FILES[subject.kind] % {"number": number})
    return content_response(content, name=name, media_type="application/pdf", inline="inline" in request.GET)
