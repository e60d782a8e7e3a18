"""Reading: boards, topics, posts, their files; search; what was read."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNoContent, HTTPSeeOther

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IAttachments, IAudiences, IFullText
from cabinet.richtext import plain
from cabinet.web.areas import public_id
from cabinet.web.audience import who_sees
from cabinet.web.downloads import attachment_response
from cabinet.web.viewing import whose_eyes
from cabinet_forum.forms import MoveForm, PostForm
from cabinet_forum.interfaces import POST, IBoards, IForumPeople, IReadMarks, ISubscriptions, ITopics
from cabinet_forum.telling import READ
from cabinet_forum.views import MANAGE, MODERATE, TEMPLATES, WRITE, Paths, client_id, in_both

PAGE = 20


def reader_of(request: Any) -> Any:
    """Who reads."""
    return request.find_service(IAudiences).reader(request.context)


@in_both("boards", request_method="GET", permission=READ, renderer=f"{TEMPLATES}/boards.pt")
def boards(request: Any) -> dict[str, Any]:
    """All boards there are for the reader, or the posts that hold what he looks for."""
    text, after, to = request.GET.get("q", "").strip()[:200], request.GET.get("after", ""), Paths(request)
    shown = {"typed": text, "to": to, "may_manage": request.has_permission(MANAGE)}
    if text:
        return {**shown, "found": _found(request, text), "lines": [], "next": ""}
    lines = request.find_service(IBoards).lines
    page = lines(reader_of(request), whose_eyes(request), ListQuery(after=after))
    further = to("boards", _query={"after": page.more}) if page.more else ""
    return {**shown, "found": None, "lines": page.rows, "next": further}


def _found(request: Any, text: str) -> dict[str, Any]:
    page = request.find_service(ITopics).search(
        text, ListQuery(after=request.GET.get("after", ""), size=PAGE), reader_of(request)
    )
    index, to = request.find_service(IFullText), Paths(request)
    authors = request.find_service(IForumPeople).authors(page.rows, client_id(request))
    rows = [
        {
            "title": index.highlight(post.topic.title, text),
            "board": post.topic.board.title,
            "author": authors[post.id],
            "at": post.created_at,
            "text": index.excerpt(plain(post.text), text),
            "href": to("topic", topic=post.topic, _query={"post": post.public_id.hex}),
        }
        for post in page.rows
    ]
    return {"page": page, "rows": rows, "next": to("boards", _query={"q": text, "after": page.more})}


@in_both("board", request_method="GET", permission=READ, renderer=f"{TEMPLATES}/board.pt")
def board(request: Any) -> dict[str, Any]:
    """Topics of a board: pinned ones, then those written in last."""
    shown, topics, me = request.context.subject, request.find_service(ITopics), whose_eyes(request)
    after, to = request.GET.get("after", ""), Paths(request)
    page = topics.page(shown, ListQuery(after=after, size=PAGE), me)
    office = request.context.area == "office"
    return {
        "board": shown,
        "pinned": [] if after else topics.pinned(shown, me),
        "page": page,
        "next": to("board", board=shown, _query={"after": page.more}) if page.more else "",
        "after": after,
        "follows": request.find_service(ISubscriptions).follows(me, board=shown),
        "to": to,
        "may_write": request.has_permission(WRITE),
        "may_manage": request.has_permission(MANAGE),
        "may_moderate": request.has_permission(MODERATE),
        "who": who_sees(request, shown.audience_id, my=READ, office=READ) if office else None,
    }


def topic_page(request: Any, form: PostForm | None = None) -> dict[str, Any]:
    """A topic: from the post that the address names, from the first unread one, or from the beginning; with a form to answer."""
    topic, topics, me = request.context.subject, request.find_service(ITopics), whose_eyes(request)
    marks, to = request.find_service(IReadMarks), Paths(request)
    read_to = marks.read_to(topic, me)
    page = topics.posts(topic, ListQuery(after=_start(request, topic, read_to), size=PAGE))
    files = request.find_service(IAttachments).of(POST, [post.id for post in page.rows])
    moderates = request.has_permission(MODERATE)
    may_write = request.has_permission(WRITE) and (not topic.locked or moderates) and topic.deleted_at is None
    form = form or PostForm(request, formdata=None)
    if may_write:
        form.text.at(request, f"reply:{topic.public_id.hex}")
    return {
        "topic": topic,
        "page": page,
        "authors": request.find_service(IForumPeople).authors(page.rows, client_id(request)),
        "files": files,
        "read_to": read_to,
        "last_shown": page.rows[-1].id if page.rows else 0,
        "next": to("topic", topic=topic, _query={"after": page.more}) if page.more else "",
        "first": page.rows and page.rows[0].id != topic.first_post_id,
        "form": form if may_write else None,
        "follows": request.find_service(ISubscriptions).follows(me, topic=topic),
        "moves": _moves(request, topic) if moderates else None,
        "moderates": moderates,
        "me": me,
        "to": to,
    }


def _start(request: Any, topic: Any, read_to: int) -> str:
    topics, get = request.find_service(ITopics), request.GET
    if "after" in get:
        return str(get["after"])
    if get.get("post"):
        post = topics.find_post(public_id(get["post"]), reader_of(request), deleted=True)
        return topics.before(post.id) if post is not None and post.topic_id == topic.id else ""
    if "last" in get or (read_to and read_to >= topic.last_post_id and topic.posts > PAGE):
        return str(topics.last_page(topic, PAGE))
    return str(topics.before(read_to + 1)) if read_to and "first" not in get and topic.posts > PAGE else ""


def _moves(request: Any, topic: Any) -> MoveForm:
    form = MoveForm(request, formdata=None)
    others = request.find_service(IBoards).visible(reader_of(request))
    form.board.choices = [(one.public_id.hex, one.title) for one in others if one.id != topic.board_id]
    return form


@in_both("topic", request_method="GET", permission=READ, renderer=f"{TEMPLATES}/topic.pt")
def topic(request: Any) -> dict[str, Any]:
    """A topic."""
    return topic_page(request)


@in_both("post.file", request_method="GET", permission=READ)
def file(request: Any) -> Any:
    """What hangs on a post, for who reads it. Of one that was taken away moderators alone."""
    found = request.find_service(IAttachments).find(
        POST, request.context.subject.id, public_id(request.matchdict["file"])
    )
    return attachment_response(request, found)


@in_both("board.people", request_method="GET", permission=WRITE, renderer=f"{TEMPLATES}/people.pt")
def people(request: Any) -> dict[str, Any]:
    """Who may be mentioned, by the beginning of a name."""
    text = request.GET.get("q", "").strip()[:60]
    board = request.context.subject
    return {"board": board, "people": request.find_service(IForumPeople).suggested(board, text, client_id(request))}


@in_both("topic.read", request_method="POST", permission=READ)
def read(request: Any) -> Any:
    """The page was shown: read as far as it goes."""
    upto = request.POST.get("post", "")
    if upto.isdecimal() and len(upto) < 19:
        request.find_service(IReadMarks).read(request.context.subject, request.identity.user_id, int(upto))
    if "HX-Request" in request.headers:
        return HTTPNoContent()
    return HTTPSeeOther(Paths(request)("topic", topic=request.context.subject))


@in_both("board.read", request_method="POST", permission=READ)
def read_board(request: Any) -> Any:
    """All of a board is read."""
    request.find_service(IReadMarks).read_boards([request.context.subject], request.identity.user_id)
    return HTTPSeeOther(Paths(request)("board", board=request.context.subject))


@in_both("boards.read", request_method="POST", permission=READ)
def read_all(request: Any) -> Any:
    """All boards are read."""
    shown = request.find_service(IBoards).visible(reader_of(request))
    request.find_service(IReadMarks).read_boards(shown, request.identity.user_id)
    return HTTPSeeOther(Paths(request)("boards"))


@in_both("board.follow", request_method="POST", permission=READ)
def follow_board(request: Any) -> Any:
    """To be told of new posts of a board, or not any more."""
    _follow(request, board=request.context.subject)
    return HTTPSeeOther(Paths(request)("board", board=request.context.subject))


@in_both("topic.follow", request_method="POST", permission=READ)
def follow_topic(request: Any) -> Any:
    """The same of a topic."""
    _follow(request, topic=request.context.subject)
    return HTTPSeeOther(Paths(request)("topic", topic=request.context.subject))


def _follow(request: Any, **what: Any) -> None:
    subscriptions, me = request.find_service(ISubscriptions), request.identity.user_id
    if request.POST.get("on"):
        subscriptions.follow(me, client_id(request), **what)
    else:
        subscriptions.leave(me, **what)
