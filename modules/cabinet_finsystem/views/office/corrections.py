"""Corrections of invoices in the office: written line by line, seen through with what they do, issued, withdrawn."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import DomainError
from cabinet.interfaces import IAuditLog, IClock
from cabinet.web.answers import say
from cabinet.web.templates import template
from cabinet_finsystem.corrections.current import stated
from cabinet_finsystem.forms.correction import CorrectionForm
from cabinet_finsystem.forms.invoice import VoidForm
from cabinet_finsystem.interfaces import ICorrectionBook, ICorrectionLetters
from cabinet_finsystem.papers.parties import frozen_customer, frozen_issuer
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_correction, to_invoice
from cabinet_finsystem.views.figures import percent, quantity
from cabinet_finsystem.views.history import timeline
from cabinet_finsystem.views.office.invoices import EDIT, VIEW
from cabinet_finsystem.views.papers import correction_pdf_response
from cabinet_finsystem.views.states import CORRECTION_STATES, LETTERS, correction_name

TEMPLATES = "cabinet_finsystem:templates/office/corrections"
PAGE = f"{TEMPLATES}/correction.pt"
FORM = f"{TEMPLATES}/form.pt"
PARTS = f"{TEMPLATES}/parts.pt"


@view_config(
    route_name="finsystem.office.correction.new", request_method=("GET", "POST"), permission=EDIT, renderer=FORM
)
def new_correction(request: Any) -> Any:
    """Write a correction of an invoice. One that is being written already is gone on with."""
    subject, book = request.context.subject, request.find_service(ICorrectionBook)
    if subject.state in ("draft", "void"):
        say(request, _("Only an issued invoice is corrected."), kind="bad")
        return to_invoice(request, subject.public_id)
    form = _form(request, subject)
    if request.method != "POST":
        draft = next((one for one in book.of_invoice(subject.id) if one.state == "draft"), None)
        if draft is not None:
            say(request, _("A correction of this invoice is being written already."), kind="info")
            return to_correction(request, draft.public_id)
    else:
        if form.public_id is not None and (kept := book.find(form.public_id)) is not None:
            say(request, _("This correction is saved already."), kind="info")
            return to_correction(request, kept.public_id)
        if form.submitted():
            with form.catching():
                made = book.draft(subject, form.correction_data(), public_id=form.public_id)
                return to_correction(request, made.public_id)
    return _form_page(request, form, subject, None)


@view_config(
    route_name="finsystem.office.correction.edit", request_method=("GET", "POST"), permission=EDIT, renderer=FORM
)
def edit_correction(request: Any) -> Any:
    """Go on with a draft, over the invoice as it stands now."""
    subject, book = request.context.subject, request.find_service(ICorrectionBook)
    if subject.state != "draft":
        return to_correction(request, subject.public_id)
    invoice = book.invoice_of(subject)
    form = _form(request, invoice, subject)
    if request.method == "POST" and form.submitted():
        with form.catching():
            book.change(subject, form.correction_data())
            return to_correction(request, subject.public_id)
    return _form_page(request, form, invoice, subject)


@view_config(route_name="finsystem.office.correction.effect", request_method="POST", permission=EDIT)
def effect(request: Any) -> Response:
    """What stands in the lines just now would do. Keeps nothing: it is asked while somebody types."""
    invoice = request.context.subject
    form = _form(request, invoice)
    body = template(PARTS).render(
        part="counted",
        request=request,
        fmt=request.fmt,
        ui=template("cabinet:templates/ui.pt"),
        percent=percent,
        quantity=quantity,
        **_counted(request, form, invoice),
    )
    return Response(body, content_type="text/html", charset="utf-8")


@view_config(route_name="finsystem.office.correction", request_method="GET", permission=VIEW, renderer=PAGE)
def correction(request: Any) -> dict[str, Any]:
    """One of them: what was and what became, what it does or has done."""
    return correction_page(request, request.context.subject)


def correction_page(request: Any, subject: Any) -> dict[str, Any]:
    """Variables of the page of a Correction."""
    book, letters = request.find_service(ICorrectionBook), request.find_service(ICorrectionLetters)
    invoice, party = book.invoice_of(subject), request.find_service(IClientBook).party(subject.client_id)
    issuer, customer = subject.issuer, subject.customer
    if subject.state == "draft":
        entity = request.find_service(ILegalEntities).get(subject.legal_entity_id)
        issuer, customer = frozen_issuer(entity, subject.currency), frozen_customer(party)
    may_edit = request.has_permission(EDIT)
    coming, hindrance = _coming(book, subject) if may_edit else (None, "")
    return {
        "correction": subject,
        "heading": correction_name(request, subject),
        "state": CORRECTION_STATES[subject.state],
        "invoice": invoice,
        "client": party,
        "issuer": issuer,
        "customer": customer,
        "effect": coming,
        "hindrance": hindrance,
        "may_edit": may_edit,
        "letters": letters.of(subject) if subject.state != "draft" else (),
        "letter_states": LETTERS,
        "mail": letters.configured,
        "send": None,
        "events": timeline(request, request.find_service(IAuditLog).of("correction", subject.public_id)),
        "quantity": quantity,
        "percent": percent,
    }


@view_config(route_name="finsystem.office.correction.pdf", request_method="GET", permission=VIEW)
def pdf(request: Any) -> Any:
    """The paper; ``?inline=1`` shows it in the browser."""
    return correction_pdf_response(request, request.context.subject)


@view_config(route_name="finsystem.office.correction.issue", request_method="POST", permission=EDIT)
def issue(request: Any) -> Any:
    """Give a draft its number: from now on the invoice asks for what it says."""
    subject = request.context.subject
    request.find_service(ICorrectionBook).issue(subject)
    say(request, _("Correction ${number} is issued.", mapping={"number": subject.number}))
    _say_released(request, subject.released, subject.currency)
    return to_invoice(request, request.find_service(ICorrectionBook).invoice_of(subject).public_id)


@view_config(route_name="finsystem.office.correction.discard", request_method="POST", permission=EDIT)
def discard(request: Any) -> Any:
    """Throw a draft away."""
    subject, book = request.context.subject, request.find_service(ICorrectionBook)
    invoice = book.invoice_of(subject)
    book.discard(subject)
    say(request, _("The draft is thrown away."))
    return to_invoice(request, invoice.public_id)


@view_config(route_name="finsystem.office.correction.void", request_method="POST", permission=EDIT)
def void(request: Any) -> Any:
    """Withdraw an issued one."""
    subject = request.context.subject
    form = VoidForm(request)
    if form.submitted():
        released = request.find_service(ICorrectionBook).void(subject, reason=form.reason.data.strip())
        said = _("Correction ${number} is void. Its number stays used.", mapping={"number": subject.number})
        say(request, said)
        _say_released(request, released, subject.currency)
    else:
        say(request, _("Say why the document is voided."), kind="bad")
    return to_correction(request, subject.public_id)


def _say_released(request: Any, minor: int, currency: str) -> None:
    if minor:
        amount = request.fmt.amount(minor, currency)
        say(request, _("${amount} went back to the client’s balance.", mapping={"amount": amount}))


def _form(request: Any, invoice: Any, stored: Any = None) -> CorrectionForm:
    current = request.find_service(ICorrectionBook).lines(invoice)
    becomes = {row.invoice_line_id: stated(row) for row in stored.lines} if stored else None
    return CorrectionForm(request, invoice, current, request.find_service(IClock).today(), stored, becomes)


def _form_page(request: Any, form: CorrectionForm, invoice: Any, stored: Any) -> dict[str, Any]:
    return {
        "form": form,
        "invoice": invoice,
        "correction": stored,
        "percent": percent,
        "quantity": quantity,
        **_counted(request, form, invoice),
    }


def _counted(request: Any, form: CorrectionForm, invoice: Any) -> dict[str, Any]:
    """The lines as they would be (None: cannot be counted yet), what all would do, and what stands in the way."""
    rows = [(line, line.figures(vat_included=invoice.vat_included)) for line in form.lines]
    coming, hindrance = None, ""
    # A page that was only just opened changes nothing yet.
    if (request.method == "POST" or form.going_on) and all(figure is not None for _line, figure in rows):
        today = request.find_service(IClock).today()
        try:
            day = max(form.date.data or today, invoice.date)
            coming = request.find_service(ICorrectionBook).effect(invoice, form.correction_data(today=day))
        except DomainError as error:
            hindrance = "" if error.code == "correction_empty" else error.message
    return {"rows": rows, "effect": coming, "hindrance": hindrance, "currency": invoice.currency}


def _coming(book: Any, subject: Any) -> tuple[Any, Any]:
    """What issuing a draft, or voiding an issued one, would do; and why it cannot be."""
    if subject.state == "void":
        return None, ""
    try:
        return (book.effect_of(subject) if subject.state == "draft" else book.void_effect(subject)), ""
    except DomainError as error:
        return None, error.message
