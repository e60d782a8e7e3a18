"""An act by mail: the letter is looked through beside the act, then it goes with the PDF."""

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
from cabinet_finsystem.interfaces import IActBook, IActLetters
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_act
from cabinet_finsystem.views.office.acts import EDIT, PAGE, act_page

DRAWER = "cabinet_finsystem:templates/office/acts/send.pt"
LETTER = "cabinet_finsystem:templates/mail/act"


@view_config(route_name="finsystem.office.act.send", request_method="GET", permission=EDIT, renderer=PAGE)
def ask(request: Any) -> Any:
    """The letter in the drawer: to whom, what about, and a word of one's own."""
    subject = request.context.subject
    if subject.state != "issued":
        return to_act(request, subject.public_id)
    form = SendForm(request)
    form.to.data = request.find_service(IClientBook).party(subject.client_id).email
    form.subject.data = _letter(request, subject, "").subject
    if "HX-Request" in request.headers:
        request.override_renderer = DRAWER
    return _page(request, subject, form)


@view_config(route_name="finsystem.office.act.send", request_method="POST", permission=EDIT, renderer=PAGE)
def send(request: Any) -> Any:
    """Hand the letter to the outbox."""
    subject = request.context.subject
    form = SendForm(request)
    if form.submitted():
        with form.catching():
            letter = replace(_letter(request, subject, form.message.data or ""), subject=form.subject.data.strip())
            page = request.route_path("finsystem.office.act", act=subject.public_id.hex, _app_url="")
            request.find_service(IActLetters).send(subject, to=form.to.data, letter=letter, page=page)
            say(request, _("The letter to ${to} is on its way.", mapping={"to": form.to.data.strip()}))
            return to_act(request, subject.public_id)
    request.response.status_int = 422
    return _page(request, subject, form)


def _page(request: Any, subject: Any, form: SendForm) -> dict[str, Any]:
    people = request.find_service(IContacts).of_client(subject.client_id)
    addresses = [line.facts.email for line in people if line.facts.email]
    return {**act_page(request, subject), "send": form, "addresses": list(dict.fromkeys(addresses))}


def _letter(request: Any, subject: Any, message: str) -> RenderedMail:
    """The letter in the language of the act. Its link is made from the configured address, never from the Host header."""
    settings = effective(request)
    client = request.find_service(IClientBook).party(subject.client_id)
    path = request.route_path("finsystem.my.act", client=client.public_id.hex, act=subject.public_id.hex, _app_url="")
    variables = {
        "act": subject,
        "invoice_number": request.find_service(IActBook).invoice_of(subject).number,
        "paragraphs": [part.strip() for part in message.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "issuer": subject.issuer or {},
        "url": settings.site.url.rstrip("/") + path,
    }
    return render_mail(request, LETTER, subject.language, variables)
