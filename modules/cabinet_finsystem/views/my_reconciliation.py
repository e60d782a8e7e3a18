"""Reconciliations as the client has them: his account over a period, the acts that wait for his word, agreeing and disputing."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet_finsystem.contributions.reconciliation import SIGN
from cabinet_finsystem.forms.reconciliation import RemarkForm
from cabinet_finsystem.interfaces import IReconciliations
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.my import BALANCE, TEMPLATES, section_title, tabs
from cabinet_finsystem.views.office.reconciliation import paper_of, remarks_of
from cabinet_finsystem.views.reconciling import MAY_BE_SIGNED, OPEN_STATES, OWN_STATES, Asked, file_of, shown

SHOWN = 12


@view_config(
    route_name="finsystem.my.reconciliations",
    request_method="GET",
    permission=BALANCE,
    renderer=f"{TEMPLATES}/reconciliations.pt",
)
def reconciliations(request: Any) -> Any:
    """The acts that were sent to him, and his account over any period."""
    asked = Asked(request, request.context.client.id, request.GET)
    reckoning, problem = asked.read()
    page = {
        "asked": asked,
        "problem": problem,
        "acts": asked.service.of_client(asked.client_id, SHOWN),
        "states": OWN_STATES,
        "tabs": tabs(request, "reconciliations"),
        "section": section_title(request),
        **asked.choices(),
    }
    if reckoning is None:
        return {**page, "shown": None}
    said = asked.service.draft(reckoning, request.locale_name)
    if (answer := file_of(request, said, lambda: asked.service.print_draft(said))) is not None:
        return answer
    return {**page, "shown": shown(said)}


@view_config(
    route_name="finsystem.my.reconciliation",
    request_method="GET",
    permission=BALANCE,
    renderer=f"{TEMPLATES}/reconciliation.pt",
)
def reconciliation(request: Any) -> Any:
    """One act: what it says, what he said of it and what we answered; ``?row=`` begins a remark on a line."""
    subject = request.context.subject
    service = request.find_service(IReconciliations)
    said = service.content(subject)
    if (answer := file_of(request, said, lambda: service.paper(subject))) is not None:
        return answer
    form = RemarkForm(request, subject.currency)
    form.row.data = request.GET.get("row", "")
    return _page(request, form)


@view_config(route_name="finsystem.my.reconciliation.pdf", request_method="GET", permission=BALANCE)
def pdf(request: Any) -> Any:
    """The paper as it was sent."""
    return paper_of(request, request.context.subject)


@view_config(
    route_name="finsystem.my.reconciliation.dispute",
    request_method="POST",
    permission=SIGN,
    renderer=f"{TEMPLATES}/reconciliation.pt",
)
def dispute(request: Any) -> Any:
    """Say what is wrong with a line, or what is missing."""
    subject = request.context.subject
    form = RemarkForm(request, subject.currency)
    if form.submitted():
        with form.catching():
            remark = request.find_service(IReconciliations).dispute(
                subject,
                row=form.row.data or "",
                text=form.text.data,
                date=None if form.row.data else form.date.data,
                minor=None if form.row.data else form.minor,
            )
            parts = {**_parts(request), "remark": remark.public_id.hex}
            undo = request.route_path("finsystem.my.reconciliation.take_back", **parts)
            say(request, _("We got it: you will hear from us."), undo=undo)
            return _to(request)
    return _page(request, form)


@view_config(route_name="finsystem.my.reconciliation.take_back", request_method="POST", permission=SIGN)
def take_back(request: Any) -> Any:
    """He does not dispute it any longer."""
    key = public_id(request.matchdict["remark"])
    service = request.find_service(IReconciliations)
    remark = service.remark(request.context.subject, key)
    if remark is None:
        raise HTTPNotFound
    service.take_back(remark)
    say(request, _("Taken back."))
    return _to(request)


@view_config(
    route_name="finsystem.my.reconciliation.sign",
    request_method="GET",
    permission=SIGN,
    renderer=f"{TEMPLATES}/sign.pt",
)
def ask(request: Any) -> Any:
    """What agreeing means, before it is done."""
    subject = request.context.subject
    if subject.state not in MAY_BE_SIGNED:
        return _to(request)
    said = request.find_service(IReconciliations).content(subject)
    return {"act": subject, "shown": shown(said), "section": section_title(request)}


@view_config(route_name="finsystem.my.reconciliation.sign", request_method="POST", permission=SIGN)
def sign(request: Any) -> Any:
    """Agree to what was shown."""
    subject = request.context.subject
    request.find_service(IReconciliations).sign(subject, digest=request.POST.get("digest", "")[:64])
    say(request, _("Thank you: reconciliation ${number} is agreed to.", mapping={"number": subject.number}))
    return _to(request)


def _page(request: Any, form: RemarkForm) -> dict[str, Any]:
    subject = request.context.subject
    said = request.find_service(IReconciliations).content(subject)
    line = next(((n, row) for n, row in enumerate(said["rows"], 1) if row["key"] == form.row.data), None)
    return {
        "act": subject,
        "state": OWN_STATES[subject.state],
        "shown": shown(said),
        "remarks": remarks_of(subject, said),
        "form": form,
        "line": line,
        "may_say": subject.state in OPEN_STATES and request.has_permission(SIGN),
        "may_sign": subject.state in MAY_BE_SIGNED and request.has_permission(SIGN),
        "section": section_title(request),
    }


def _parts(request: Any) -> dict[str, str]:
    return {"client": request.context.client.public_id.hex, "reconciliation": request.context.subject.public_id.hex}


def _to(request: Any) -> Any:
    return go(request, "finsystem.my.reconciliation", **_parts(request))
