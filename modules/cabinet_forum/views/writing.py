"""Writing: a topic, an answer, a change of one's own post. Who writes too much is told so on the page that keeps the text."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from cabinet.web.answers import say
from cabinet_forum.forms import PostForm, TopicForm
from cabinet_forum.interfaces import IReadMarks, ISubscriptions, ITopics
from cabinet_forum.resources import WAIT
from cabinet_forum.texts import _
from cabinet_forum.views import MODERATE, TEMPLATES, WRITE, Paths, client_id, in_both
from cabinet_forum.views.reading import topic_page


def not_too_fast(request: Any, form: Any) -> bool:
    """Whether the writer need not wait; else the form says how long."""
    wait = request.environ.get(WAIT, 0)
    if wait:
        text = _("You write a great deal at once. Send it again in ${minutes} min.: the text stays here.")
        form.refuse(text % {"minutes": wait // 60 + 1})
    return not wait


def _written(request: Any, topic: Any, post_id: int) -> None:
    """Who writes follows, and has read what he wrote."""
    me = request.identity.user_id
    request.find_service(ISubscriptions).follow(me, client_id(request), topic=topic)
    request.find_service(IReadMarks).read(topic, me, post_id)


@in_both("topic.new", request_method=("GET", "POST"), permission=WRITE, renderer=f"{TEMPLATES}/topic_form.pt")
def new_topic(request: Any) -> Any:
    """A new topic."""
    board, form, to = request.context.subject, TopicForm(request), Paths(request)
    form.text.at(request, f"topic:{board.public_id.hex}")
    if form.submitted() and not_too_fast(request, form):
        with form.catching():
            title, text = form.title.data.strip(), form.text.data
            topic = request.find_service(ITopics).start(board, title, text, client_id(request))
            form.text.keep(request, topic.first_post_id)
            _written(request, topic, topic.first_post_id)
            return HTTPSeeOther(to("topic", topic=topic))
    return {"board": board, "form": form, "to": to}


@in_both("topic", request_method="POST", permission=WRITE, renderer=f"{TEMPLATES}/topic.pt")
def reply(request: Any) -> Any:
    """An answer."""
    topic, form = request.context.subject, PostForm(request)
    form.text.at(request, f"reply:{topic.public_id.hex}")
    if form.submitted() and not_too_fast(request, form):
        with form.catching():
            moderator = request.has_permission(MODERATE)
            post = request.find_service(ITopics).reply(topic, form.text.data, client_id(request), moderator=moderator)
            form.text.keep(request, post.id)
            _written(request, topic, post.id)
            return HTTPSeeOther(Paths(request)("topic", topic=topic, _query={"last": "1"}) + f"#p-{post.public_id.hex}")
    return topic_page(request, form)


@in_both("post.edit", request_method=("GET", "POST"), permission=WRITE, renderer=f"{TEMPLATES}/post_form.pt")
def edit(request: Any) -> Any:
    """One's own post is changed; who moderates may change any."""
    post, to = request.context.subject, Paths(request)
    moderator = request.has_permission(MODERATE)
    mine = post.user_id == request.identity.user_id and not post.topic.locked
    if not (mine or moderator) or post.deleted_at is not None:
        say(request, _("A post is changed by who wrote it, while its topic is open."), kind="bad")
        return HTTPSeeOther(to("topic", topic=post.topic, _query={"post": post.public_id.hex}))
    form = PostForm(request, obj=post)
    form.text.at(request, f"edit:{post.public_id.hex}", subject_id=post.id, files=to.files(post))
    if form.submitted() and not_too_fast(request, form):
        with form.catching():
            request.find_service(ITopics).edit(post, form.text.data)
            form.text.keep(request, post.id)
            query = {"post": post.public_id.hex}
            return HTTPSeeOther(to("topic", topic=post.topic, _query=query) + f"#p-{post.public_id.hex}")
    return {"post": post, "form": form, "to": to}
