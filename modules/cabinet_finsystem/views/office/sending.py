"""A paper by mail: the letter is looked through beside the paper, then it goes with the PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.notify.mail import RenderedMail, render_mail
from cabinet.preferences import effective
from cabinet.web.answers import say
from cabinet_client_manager.interfaces import IContacts
from cabinet_finsystem.forms.invoice import SendForm
from cabinet_finsystem.interfaces import IActBook, IActLetters, ICorrectionBook, ICorrectionLetters, IInvoiceLetters
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_act, to_correction, to_invoice
from cabinet_finsystem.views.office.acts import PAGE as ACT_PAGE
from cabinet_finsystem.views.office.acts import act_page
from cabinet_finsystem.views.office.corrections import PAGE as CORRECTION_PAGE
from cabinet_finsystem.views.office.corrections import correction_page
from cabinet_finsystem.views.office.invoices import EDIT, invoice_page
from cabinet_finsystem.views.office.invoices import PAGE as INVOICE_PAGE
from cabinet_finsystem.views.states import act_name, correction_name

DRAWER = "cabinet_finsystem:templates/office/send.pt"


@dataclass(frozen=True, slots=True)
class Sending:
    """How papers of a ``kind`` are sent: who sends, the page beside which it is done, and the way back to it.

    ``named``: the paper in words. ``facts``: what its letter says besides the paper itself. ``hint`` and ``attached``: what the drawer
    says of the letter. ``theirs``: kind and row of what the client's page shows that the letter leads to; the paper itself where None.
    """

    kind: str
    letters: Any
    page: Callable[[Any, Any], Mapping[str, Any]]
    back: Callable[[Any, Any], Any]
    named: Callable[[Any, Any], str]
    sent: frozenset[str]
    hint: str
    attached: str
    facts: Callable[[Any, Any], Mapping[str, Any]] = lambda _request, _subject: {}
    theirs: Callable[[Any, Any], tuple[str, Any]] | None = None


INVOICE = Sending(
    "invoice",
    IInvoiceLetters,
    invoice_page,
    to_invoice,
    lambda request, subject: request.localizer.translate(_("Invoice ${number}", mapping={"number": subject.number})),
    frozenset({"issued", "partly_paid", "paid"}),
    _("Stands above the total, the day to pay by and the link to the cabinet"),
    _("The PDF of the invoice is attached."),
)
ACT = Sending(
    "act",
    IActLetters,
    act_page,
    to_act,
    lambda request, subject: act_name(request, subject.kind, subject.number),
    frozenset({"issued"}),
    _("Stands above the total and the link to the cabinet"),
    _("The PDF of the document is attached."),
    lambda request, subject: {"invoice_number": request.find_service(IActBook).invoice_of(subject).number},
)
CORRECTION = Sending(
    "correction",
    ICorrectionLetters,
    correction_page,
    to_correction,
    correction_name,
    frozenset({"issued"}),
    _("Stands above what the invoice asks for now and the link to the cabinet"),
    _("The PDF of the document is attached."),
    lambda request, subject: {"invoice": request.find_service(ICorrectionBook).invoice_of(subject)},
    lambda request, subject: ("invoice", request.find_service(ICorrectionBook).invoice_of(subject)),
)
_OF_ROUTE = {f"finsystem.office.{one.kind}.send": one for one in (INVOICE, ACT, CORRECTION)}


@view_config(route_name="finsystem.office.invoice.send", request_method="GET", permission=EDIT, renderer=INVOICE_PAGE)
@view_config(route_name="finsystem.office.act.send", request_method="GET", permission=EDIT, renderer=ACT_PAGE)
@view_config(
    route_name="finsystem.office.correction.send", request_method="GET", permission=EDIT, renderer=CORRECTION_PAGE
)
def ask(request: Any) -> Any:
    """The letter in the drawer: to whom, what about, and a word of one's own."""
    sending, subject = _OF_ROUTE[request.matched_route.name], request.context.subject
    if subject.state not in sending.sent:
        return sending.back(request, subject.public_id)
    form = SendForm(request)
    form.to.data = request.find_service(IClientBook).party(subject.client_id).email
    form.subject.data = _letter(request, sending, subject, "").subject
    if "HX-Request" in request.headers:
        request.override_renderer = DRAWER
    return _page(request, sending, subject, form)


@view_config(route_name="finsystem.office.invoice.send", request_method="POST", permission=EDIT, renderer=INVOICE_PAGE)
@view_config(route_name="finsystem.office.act.send", request_method="POST", permission=EDIT, renderer=ACT_PAGE)
@view_config(
    route_name="finsystem.office.correction.send", request_method="POST", permission=EDIT, renderer=CORRECTION_PAGE
)
def send(request: Any) -> Any:
    """Hand the letter to the outbox."""
    sending, subject = _OF_ROUTE[request.matched_route.name], request.context.subject
    form = SendForm(request)
    if form.submitted():
        with form.catching():
            letter = _letter(request, sending, subject, form.message.data or "")
            letter = replace(letter, subject=form.subject.data.strip())
            page = _path(request, f"finsystem.office.{sending.kind}", sending.kind, subject)
            request.find_service(sending.letters).send(subject, to=form.to.data, letter=letter, page=page)
            say(request, _("The letter to ${to} is on its way.", mapping={"to": form.to.data.strip()}))
            return sending.back(request, subject.public_id)
    return _page(request, sending, subject, form)


def _page(request: Any, sending: Sending, subject: Any, form: SendForm) -> dict[str, Any]:
    people = request.find_service(IContacts).of_client(subject.client_id)
    addresses = dict.fromkeys(line.facts.email for line in people if line.facts.email)
    return {
        **sending.page(request, subject),
        "send": form,
        "sending_of": sending,
        "addresses": list(addresses),
        "named": sending.named(request, subject),
        "close": _path(request, f"finsystem.office.{sending.kind}", sending.kind, subject),
        "action": _path(request, f"finsystem.office.{sending.kind}.send", sending.kind, subject),
    }


def _letter(request: Any, sending: Sending, subject: Any, message: str) -> RenderedMail:
    """The letter in the language of the paper. Its link is made from the configured address, never from the Host header."""
    client = request.find_service(IClientBook).party(subject.client_id).public_id.hex
    kind, shown = sending.theirs(request, subject) if sending.theirs else (sending.kind, subject)
    variables = {
        sending.kind: subject,
        **sending.facts(request, subject),
        "paragraphs": [part.strip() for part in message.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "issuer": subject.issuer or {},
        "url": effective(request).site.url.rstrip("/")
        + _path(request, f"finsystem.my.{kind}", kind, shown, client=client),
    }
    return render_mail(request, f"cabinet_finsystem:templates/mail/{sending.kind}", subject.language, variables)


def _path(request: Any, route: str, kind: str, subject: Any, **more: str) -> str:
    path: str = request.route_path(route, **{kind: subject.public_id.hex}, **more, _app_url="")
    return path
