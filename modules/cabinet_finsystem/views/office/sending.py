"""An invoice by mail: the letter is looked through beside the invoice, then it goes with the PDF."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.notify.mail import RenderedMail, render_mail
from cabinet.preferences import effective
from cabinet.web.answers import say
from cabinet_client_manager.interfaces import IContacts
from cabinet_finsystem.forms.invoice import SendForm
from cabinet_finsystem.interfaces import IInvoiceLetters
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_invoice
from cabinet_finsystem.views.office.invoices import EDIT, PAGE, invoice_page

DRAWER = "cabinet_finsystem:templates/office/invoices/send.pt"
LETTER = "cabinet_finsystem:templates/mail/invoice"


@view_config(route_name="finsystem.office.invoice.send", request_method="GET", permission=EDIT, renderer=PAGE)
def ask(request: Any) -> Any:
    """The letter in the drawer: to whom, what about, and a word of one's own."""
    subject = request.context.subject
    if subject.state in ("draft", "void"):
        return to_invoice(request, subject.public_id)
    form = SendForm(request)
    form.to.data = request.find_service(IClientBook).party(subject.client_id).email
    form.subject.data = _letter(request, subject, "").subject
    if "HX-Request" in request.headers:
        request.override_renderer = DRAWER
    return _page(request, subject, form)


@view_config(route_name="finsystem.office.invoice.send", request_method="POST", permission=EDIT, renderer=PAGE)
def send(request: Any) -> Any:
    """Hand the letter to the outbox."""
    subject = request.context.subject
    form = SendForm(request)
    if form.submitted():
        with form.catching():
            letter = replace(_letter(request, subject, form.message.data or ""), subject=form.subject.data.strip())
            page = request.route_path("finsystem.office.invoice", invoice=subject.public_id.hex, _app_url="")
            request.find_service(IInvoiceLetters).send(subject, to=form.to.data, letter=letter, page=page)
            say(request, _("The letter to ${to} is on its way.", mapping={"to": form.to.data.strip()}))
            return to_invoice(request, subject.public_id)
    request.response.status_int = 422
    return _page(request, subject, form)


def _page(request: Any, subject: Any, form: SendForm) -> dict[str, Any]:
    people = request.find_service(IContacts).of_client(subject.client_id)
    addresses = [line.facts.email for line in people if line.facts.email]
    return {**invoice_page(request, subject), "send": form, "addresses": list(dict.fromkeys(addresses))}


def _letter(request: Any, subject: Any, message: str) -> RenderedMail:
    """The letter in the language of the invoice. Its link is made from the configured address, never from the Host header."""
    settings = effective(request)
    client = request.find_service(IClientBook).party(subject.client_id)
    path = request.route_path(
        "finsystem.my.invoice", client=client.public_id.hex, invoice=subject.public_id.hex, _app_url=""
    )
    variables = {
        "invoice": subject,
        "paragraphs": [part.strip() for part in message.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "issuer": subject.issuer or {},
        "url": settings.site.url.rstrip("/") + path,
    }
    return render_mail(request, LETTER, subject.language, variables)
