"""Keeping order, in the office: boards, topics moved, pinned, locked; what is taken away leaves a trace and can come back."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IAudiences, IPeople
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet_forum.forms import BoardForm, ReasonForm
from cabinet_forum.interfaces import IBoards, IForumPeople, ITopics
from cabinet_forum.texts import _
from cabinet_forum.views import MANAGE, MODERATE, TEMPLATES, Paths
from cabinet_forum.views.reading import PAGE, reader_of

FORM = f"{TEMPLATES}/board_form.pt"
_DONE = {
    "pin": _("The topic is pinned."),
    "unpin": _("The topic is not pinned any more."),
    "lock": _("The topic is locked: only moderators write in it."),
    "unlock": _("The topic is open again."),
    "move": _("The topic is moved. Who finds it is decided by its new board."),
    "delete": _("The topic is deleted. It can be restored from the board."),
    "restore": _("The topic is back."),
}


@view_config(route_name="forum.office.board.new", request_method=("GET", "POST"), permission=MANAGE, renderer=FORM)
def new_board(request: Any) -> Any:
    """A new board."""
    form = BoardForm(request)
    if form.submitted():
        with form.catching():
            board = request.find_service(IBoards).add(*_facts(form))
            return HTTPSeeOther(Paths(request)("board", board=board))
    return _page(request, form, None)


@view_config(route_name="forum.office.board.edit", request_method=("GET", "POST"), permission=MANAGE, renderer=FORM)
def edit_board(request: Any) -> Any:
    """Change a board, and who finds it."""
    board = request.context.subject
    form = BoardForm(request, obj=board, audience=request.find_service(IAudiences).get(board.audience_id))
    if form.submitted():
        with form.catching():
            request.find_service(IBoards).change(board, *_facts(form))
            say(request, _("Saved."))
            return HTTPSeeOther(Paths(request)("board", board=board))
    return _page(request, form, board)


def _facts(form: BoardForm) -> tuple[Any, ...]:
    return form.title.data.strip(), form.description.data or "", form.audience.data, form.position.data


def _page(request: Any, form: BoardForm, board: Any) -> dict[str, Any]:
    return {"form": form, "board": board, "to": Paths(request)}


@view_config(
    route_name="forum.office.board.deleted",
    request_method="GET",
    permission=MODERATE,
    renderer=f"{TEMPLATES}/deleted.pt",
)
def deleted(request: Any) -> dict[str, Any]:
    """Topics of a board that were taken away."""
    board, query = request.context.subject, ListQuery(after=request.GET.get("after", ""), size=PAGE)
    page = request.find_service(ITopics).page(board, query, request.identity.user_id, deleted=True)
    return {"board": board, "page": page, "to": Paths(request)}


@view_config(route_name="forum.office.topic.moderate", request_method="POST", permission=MODERATE)
def moderate(request: Any) -> Any:
    """One act upon a topic: ``act`` of the form, with a reason where it goes, with a board where it moves."""
    topic, act, to = request.context.subject, request.POST.get("act", ""), Paths(request)
    if act not in _DONE:
        raise HTTPNotFound
    more: dict[str, Any] = {}
    if act == "delete":
        more["reason"] = _reason(request)
        if not more["reason"]:
            return HTTPSeeOther(to("topic", topic=topic))
    if act == "move":
        key = public_id(request.POST.get("board", ""))
        more["board"] = request.find_service(IBoards).find(key, reader_of(request))
        if more["board"] is None:
            raise HTTPNotFound
    request.find_service(ITopics).moderate(topic, act, **more)
    say(request, _DONE[act])
    return HTTPSeeOther(to("board", board=topic.board) if act == "delete" else to("topic", topic=topic))


@view_config(route_name="forum.office.post.remove", request_method="POST", permission=MODERATE)
def remove(request: Any) -> Any:
    """A post is not shown any more; who reads sees that it was there, and why it went."""
    post, reason = request.context.subject, _reason(request)
    if reason:
        request.find_service(ITopics).remove_post(post, reason)
        undo = Paths(request)("post.restore", post=post)
        say(request, _("The post is deleted; its place says why."), undo=undo)
    return _back(request, post)


@view_config(route_name="forum.office.post.restore", request_method="POST", permission=MODERATE)
def restore(request: Any) -> Any:
    """It is shown again."""
    request.find_service(ITopics).restore_post(request.context.subject)
    say(request, _("The post is back."))
    return _back(request, request.context.subject)


@view_config(
    route_name="forum.office.post.history",
    request_method="GET",
    permission=MODERATE,
    renderer=f"{TEMPLATES}/history.pt",
)
def history(request: Any) -> dict[str, Any]:
    """What a post said before."""
    post = request.context.subject
    rows = request.find_service(ITopics).revisions(post)
    names = {post.user_id: request.find_service(IForumPeople).authors([post], None)[post.id].name}
    for moderator in {row.user_id for row in rows} - {post.user_id}:
        names[moderator] = request.find_service(IPeople).get(moderator).name
    return {"post": post, "rows": rows, "names": names, "to": Paths(request)}


def _reason(request: Any) -> str:
    """The reason of the form; empty, and a word about it, where there is none."""
    form = ReasonForm(request)
    if form.submitted():
        return str(form.reason.data).strip()
    say(request, _("Say why: the reason stays with what is deleted."), kind="bad")
    return ""


def _back(request: Any, post: Any) -> Any:
    to = Paths(request)
    return HTTPSeeOther(to("topic", topic=post.topic, _query={"post": post.public_id.hex}) + f"#p-{post.public_id.hex}")
