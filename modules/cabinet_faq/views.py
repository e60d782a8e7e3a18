"""The pages: read a form, call the service, redirect or hand variables to a template. A view asks no database and says who may have it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from cabinet.interfaces import IAttachments, IAudiences, IFullText
from cabinet.keys import veil
from cabinet.plugins.contributions import SearchHit
from cabinet.richtext import excerpt, plain, render
from cabinet.security.hosts import address_of, network_of
from cabinet.security.policy import PUBLIC
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet.web.audience import who_sees
from cabinet.web.downloads import attachment_response
from cabinet.web.paths import path_here
from cabinet_faq.forms import GroupForm, QuestionForm
from cabinet_faq.interfaces import EDIT, KIND, READ, VIEW, IFaq, Voter
from cabinet_faq.resources import may_write
from cabinet_faq.texts import _

TEMPLATES = "cabinet_faq:templates"
LIST, PAGE, DESK, FORM = (f"{TEMPLATES}/{name}.pt" for name in ("list", "question", "office/desk", "office/form"))
_LONGEST = 200


# Reading: guests, a client's people and ours have the same pages behind three doors.


@view_config(route_name="faq.public.questions", request_method="GET", permission=PUBLIC, renderer=LIST)
@view_config(route_name="faq.my.questions", request_method="GET", permission=READ, renderer=LIST)
@view_config(route_name="faq.office.questions", request_method="GET", permission=VIEW, renderer=DESK)
def questions(request: Any) -> dict[str, Any]:
    """Questions by groups, or what the search finds."""
    faq, text = request.find_service(IFaq), request.GET.get("q", "").strip()[:_LONGEST]
    reader, drafts = request.find_service(IAudiences).reader(request.context), may_write(request, request.context)
    return {
        "text": text,
        "found": [_marked(request, row, text) for row in faq.search(reader, text, drafts=drafts)] if text else [],
        "shelves": [] if text else faq.shelves(reader, drafts=drafts),
        "most_read": [] if text or request.context.area == "office" else faq.most_read(reader),
        "address": lambda row: _address(request, row),
    }


@view_config(route_name="faq.public.question", request_method="GET", permission=PUBLIC, renderer=PAGE)
@view_config(route_name="faq.my.question", request_method="GET", permission=READ, renderer=PAGE)
@view_config(route_name="faq.office.question", request_method="GET", permission=VIEW, renderer=PAGE)
def question(request: Any) -> dict[str, Any]:
    """One question with its answer. GET writes nothing: the page itself says, by a POST, that it was opened."""
    row, context = request.context.subject, request.context
    office, files = context.area == "office", _files(request, row)
    return {
        "row": row,
        "answer": render(row.answer, files),
        "files": files,
        "attachments": request.find_service(IAttachments).of(KIND, [row.id]).get(row.id, []),
        "rating": None if office else request.find_service(IFaq).rating(row, _voter(request)),
        "looks_only": request.identity is not None and request.identity.viewing is not None,
        "address": lambda *verb: _address(request, row, *verb),
        "who": who_sees(request, row.audience_id, my=READ, office=VIEW) if office else None,
        "may_edit": may_write(request, context),
    }


@view_config(route_name="faq.public.question.file", request_method="GET", permission=PUBLIC)
@view_config(route_name="faq.my.question.file", request_method="GET", permission=READ)
@view_config(route_name="faq.office.question.file", request_method="GET", permission=VIEW)
def file(request: Any) -> Response:
    """A picture or file of an answer: who reads the answer has passed the door already."""
    wanted = public_id(request.matchdict["file"])
    return attachment_response(
        request, request.find_service(IAttachments).find(KIND, request.context.subject.id, wanted)
    )


@view_config(route_name="faq.public.question.read", request_method="POST", permission=PUBLIC)
@view_config(route_name="faq.my.question.read", request_method="POST", permission=READ)
def read(request: Any) -> Response:
    """The page was opened."""
    request.find_service(IFaq).count_read(request.context.subject)
    return Response(status=204)


@view_config(route_name="faq.public.question.rate", request_method="POST", permission=PUBLIC)
@view_config(route_name="faq.my.question.rate", request_method="POST", permission=READ)
def rate(request: Any) -> HTTPSeeOther:
    """Whether it helped."""
    request.find_service(IFaq).rate(request.context.subject, _voter(request), request.POST.get("helpful") == "yes")
    say(request, _("Thank you! You can change your mind at any time."))
    return HTTPSeeOther(_address(request, request.context.subject))


def hits(request: Any, text: str, limit: int) -> list[SearchHit]:
    """For the search at the top of every page: see `hooks.cabinet_search_sources`."""
    reader, drafts = request.find_service(IAudiences).reader(request.context), may_write(request, request.context)
    rows = request.find_service(IFaq).search(reader, text, drafts=drafts, limit=limit)
    return [SearchHit(row.question, excerpt(row.answer, 100), _address(request, row), "help-circle") for row in rows]


# Writing, in the office.


@view_config(route_name="faq.office.question.new", request_method=("GET", "POST"), permission=EDIT, renderer=FORM)
@view_config(route_name="faq.office.question.edit", request_method=("GET", "POST"), permission=EDIT, renderer=FORM)
def write(request: Any) -> Any:
    """A question, new or not. "Publish" saves and publishes.

    ``at`` tells the field which text it is, and brings back what was typed and not sent; ``keep`` hangs the files on what was saved. Where
    a service says no within ``catching``, all is taken back, the reason stands in the form, and we come to the end: the form again.
    """
    faq, row = request.find_service(IFaq), request.context.subject
    form = QuestionForm(request, row)
    if row is None:
        form.answer.at(request, "new")
    else:
        form.answer.at(request, row.public_id.hex, subject_id=row.id, files=_files(request, row))
    if form.submitted():
        with form.catching():
            saved = faq.add(form.facts()) if row is None else faq.change(row, form.facts())
            form.answer.keep(request, saved.id)
            if "publish" in request.POST:
                faq.publish(saved)
            say(request, _("Saved."))
            return HTTPSeeOther(_address(request, saved))
    return {"form": form, "row": row}


@view_config(route_name="faq.office.question.publish", request_method="POST", permission=EDIT)
def publish(request: Any) -> HTTPSeeOther:
    """Let its audience read it."""
    request.find_service(IFaq).publish(request.context.subject)
    say(request, _("Published."), undo=_address(request, request.context.subject, "withdraw"))
    return HTTPSeeOther(_address(request, request.context.subject))


@view_config(route_name="faq.office.question.withdraw", request_method="POST", permission=EDIT)
def withdraw(request: Any) -> HTTPSeeOther:
    """A draft again."""
    request.find_service(IFaq).withdraw(request.context.subject)
    say(request, _("It is a draft again."), undo=_address(request, request.context.subject, "publish"))
    return HTTPSeeOther(_address(request, request.context.subject))


@view_config(route_name="faq.office.question.remove", request_method="POST", permission=EDIT)
def remove(request: Any) -> HTTPSeeOther:
    """Gone for good."""
    request.find_service(IFaq).remove(request.context.subject)
    say(request, _("The question is removed."))
    return go(request, "faq.office.questions")


@view_config(route_name="faq.office.question.move", request_method="POST", permission=EDIT)
@view_config(route_name="faq.office.group.move", request_method="POST", permission=EDIT)
def move(request: Any) -> HTTPSeeOther:
    """One place up or down: a plain form, so it works without JavaScript."""
    row = request.context.subject
    request.find_service(IFaq).move(row, up=request.POST.get("way") == "up")
    return HTTPSeeOther(f"{request.route_path('faq.office.questions')}#{row.public_id.hex}")


@view_config(route_name="faq.office.group.new", request_method="POST", permission=EDIT)
@view_config(route_name="faq.office.group", request_method="POST", permission=EDIT)
def write_group(request: Any) -> HTTPSeeOther:
    """A group, new or called otherwise."""
    faq, row, form = request.find_service(IFaq), request.context.subject, GroupForm(request)
    if not form.submitted():
        say(request, _("A group needs a title of up to 100 characters."), kind="bad")
    elif row is None:
        faq.add_group(form.title.data.strip())
    else:
        faq.rename_group(row, form.title.data.strip())
    return go(request, "faq.office.questions")


@view_config(route_name="faq.office.group.remove", request_method="POST", permission=EDIT)
def remove_group(request: Any) -> HTTPSeeOther:
    """An empty group. Where it is not, the service says no and the core shows its words."""
    request.find_service(IFaq).remove_group(request.context.subject)
    say(request, _("The group is removed."))
    return go(request, "faq.office.questions")


# What several pages need.


def _marked(request: Any, row: Any, text: str) -> tuple[Any, Any, Any]:
    """A find, its question and a piece of its answer, the words that were asked for marked."""
    index = request.find_service(IFullText)
    return row, index.highlight(row.question, text), index.excerpt(plain(row.answer), text)


def _address(request: Any, row: Any, verb: str = "", **parts: str) -> str:
    """A page of a question, in the area where the reader is."""
    return path_here(request, f"faq.question.{verb}" if verb else "faq.question", question=row.public_id.hex, **parts)


def _files(request: Any, row: Any) -> str:
    """Address below which its pictures and files are."""
    return _address(request, row, "file", file="")


def _voter(request: Any) -> Voter:
    """Somebody signed in, or a guest known by the network of his address alone, sealed: no cookie, nothing to agree to."""
    if request.identity is not None:
        return Voter(user_id=request.identity.user_id)
    return Voter(guest=veil(request.registry.settings["cabinet.settings"], network_of(address_of(request))))
