"""Reminders to pay: steps arranged by the head with the letter they make; who is left out, on the card of a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.view import view_config

from cabinet.interfaces import IMailer
from cabinet.texts import LANGUAGES
from cabinet.web.answers import go, say
from cabinet_finsystem.contributions.dunning import ARRANGE, LEAVE_OUT
from cabinet_finsystem.dunning.values import StepData
from cabinet_finsystem.dunning.wording import paragraphs, step_name
from cabinet_finsystem.forms.dunning import StepForm
from cabinet_finsystem.interfaces import IDunning
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.reminding import preview

TEMPLATES = "cabinet_finsystem:templates/office/dunning"


@view_config(
    route_name="finsystem.office.dunning", request_method="GET", permission=ARRANGE, renderer=f"{TEMPLATES}/list.pt"
)
def dunning(request: Any) -> Any:
    """The steps, and what each says."""
    book = request.find_service(IDunning)
    steps = book.steps()
    return {
        "steps": [
            (step, step_name(request.fmt, step.days), _own_preview(request, book.sample(step))) for step in steps
        ],
        "on": [step for step in steps if step.on_since is not None],
        "mail": request.find_service(IMailer).configured,
    }


@view_config(
    route_name="finsystem.office.dunning.step.new",
    request_method=("GET", "POST"),
    permission=ARRANGE,
    renderer=f"{TEMPLATES}/form.pt",
)
def new_step(request: Any) -> Any:
    """One more step, off at first."""
    return _answer(request, StepForm(request), None)


@view_config(
    route_name="finsystem.office.dunning.step",
    request_method=("GET", "POST"),
    permission=ARRANGE,
    renderer=f"{TEMPLATES}/form.pt",
)
def edit_step(request: Any) -> Any:
    """Another day, other words."""
    step = request.context.subject
    return _answer(request, StepForm(request, step), step)


@view_config(route_name="finsystem.office.dunning.switch", request_method="POST", permission=ARRANGE)
def switch_all(request: Any) -> Any:
    """All steps on, or off (``off``)."""
    on = "off" not in request.params
    request.find_service(IDunning).switch_all(on=on)
    undo = request.route_path("finsystem.office.dunning.switch", _query={"off": "1"} if on else {})
    text = _("Clients are reminded from today on. What fell before is not told.") if on else _("Nobody is reminded.")
    say(request, text, undo=undo)
    return go(request, "finsystem.office.dunning")


@view_config(route_name="finsystem.office.dunning.step.switch", request_method="POST", permission=ARRANGE)
def switch(request: Any) -> Any:
    """This step on, or off (``off``)."""
    step, on = request.context.subject, "off" not in request.params
    request.find_service(IDunning).switch(step, on=on)
    undo = _path(request, step, "switch", {"off": "1"} if on else {})
    say(request, _("The step is on from today.") if on else _("The step is off."), undo=undo)
    return go(request, "finsystem.office.dunning")


@view_config(route_name="finsystem.office.dunning.step.back", request_method="POST", permission=ARRANGE)
def back(request: Any) -> Any:
    """As it was before it was changed last."""
    step = request.context.subject
    request.find_service(IDunning).back(step)
    say(request, _("The step is as it was before."), undo=_path(request, step, "back"))
    return go(request, "finsystem.office.dunning")


@view_config(route_name="finsystem.office.dunning.step.remove", request_method="POST", permission=ARRANGE)
def remove(request: Any) -> Any:
    """Take it away."""
    step = request.context.subject
    request.find_service(IDunning).remove(step)
    say(request, _("The step is removed."), undo=_path(request, step, "restore"))
    return go(request, "finsystem.office.dunning")


@view_config(route_name="finsystem.office.dunning.step.restore", request_method="POST", permission=ARRANGE)
def restore(request: Any) -> Any:
    """Take the removal back."""
    request.find_service(IDunning).restore(request.context.subject)
    say(request, _("The step is there again."))
    return go(request, "finsystem.office.dunning")


@view_config(route_name="finsystem.office.dunning.leave_out", request_method="POST", permission=LEAVE_OUT)
def leave_out(request: Any) -> Any:
    """Remind this client no more."""
    card = request.context.subject
    request.find_service(IDunning).leave_out(card.client_id)
    undo = request.route_path("finsystem.office.dunning.take_in", client=card.public_id.hex)
    say(request, _("The client is not reminded to pay any more."), undo=undo)
    return go(request, "client_manager.office.client", client=card.public_id.hex)


@view_config(route_name="finsystem.office.dunning.take_in", request_method="POST", permission=LEAVE_OUT)
def take_in(request: Any) -> Any:
    """Remind him again."""
    card = request.context.subject
    request.find_service(IDunning).take_in(card.client_id)
    undo = request.route_path("finsystem.office.dunning.leave_out", client=card.public_id.hex)
    say(request, _("The client is reminded to pay again."), undo=undo)
    return go(request, "client_manager.office.client", client=card.public_id.hex)


def _answer(request: Any, form: StepForm, step: Any) -> Any:
    book = request.find_service(IDunning)
    if form.submitted():
        with form.catching():
            if "try" not in request.POST:
                return _saved(request, form.step_data(), step)
            book.check(form.step_data(), step)
    data = form.step_data()
    sample = book.sample(data if request.method == "POST" else step or data)
    previews = [preview(request, language, sample) for language in LANGUAGES]
    return {"form": form, "step": step, "name": step and step_name(request.fmt, step.days), "previews": previews}


def _saved(request: Any, data: StepData, step: Any) -> Any:
    book = request.find_service(IDunning)
    if step is None:
        made = book.add(data)
        say(
            request,
            _("The step is added. Switch it on when its words please you."),
            undo=_path(request, made, "remove"),
        )
    else:
        changed = book.change(step, data)
        say(request, _("The step is saved."), undo=_path(request, step, "back") if changed else None)
    return go(request, "finsystem.office.dunning")


def _own_preview(request: Any, sample: Mapping[str, Any]) -> list[str]:
    """What a step says, in the language of the page."""
    return paragraphs(request.fmt, sample["sections"][0])


def _path(request: Any, step: Any, verb: str, query: Mapping[str, str] | None = None) -> str:
    path: str = request.route_path(f"finsystem.office.dunning.step.{verb}", step=step.public_id.hex, _query=query or {})
    return path
