"""Telling followers and those who were called by name, each as far as he may read the board. A job: a popular board has many followers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cabinet.audience.values import of_client, of_staff
from cabinet.db.scope import ALL
from cabinet.identity.models import Membership, User
from cabinet.interfaces import IAccess, IAudiences, INotices
from cabinet.plugins.contributions import NoticeKind
from cabinet.richtext import mentioned
from cabinet_forum.interfaces import CALLED, CALLED_IN_OFFICE, WRITTEN, WRITTEN_IN_OFFICE, ISubscriptions, ITopics
from cabinet_forum.models import Post
from cabinet_forum.services.people import in_short
from cabinet_forum.texts import _

READ = "forum:board:read"


def tell_followers(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``forum.tell_followers``: each person once a post, and by the mention rather than by the topic."""
    key = uuid.UUID(hex=job.args["post"])
    with job.unit_of_work(scope=ALL) as request:
        post = request.db.scalar(select(Post).where(Post.public_id == key))
        if post is None or post.deleted_at is not None or post.topic.deleted_at is not None:
            return {"told": 0}
        called = _called(request, post)
        followers = request.find_service(ISubscriptions).of(post.topic) - called
        followers = {(user, client) for user, client in followers if user not in {one for one, _client in called}}
        told = _tell(request, post, called, CALLED, CALLED_IN_OFFICE)
        return {"told": told + _tell(request, post, followers, WRITTEN, WRITTEN_IN_OFFICE)}


def _called(request: Any, post: Post) -> set[tuple[int, int | None]]:
    """Whom the post mentions, as one of us or behind the door of each client he acts for. Who may not read it drops out when told."""
    ids = [uuid.UUID(hex=one) for one in mentioned(post.text)]
    if not ids:
        return set()
    people = request.db.scalars(select(User).where(User.public_id.in_(ids))).all()
    ours: set[tuple[int, int | None]] = {(one.id, None) for one in people if one.roles or one.custom_roles}
    theirs = select(Membership.user_id, Membership.client_id).where(Membership.user_id.in_([one.id for one in people]))
    return ours | {(user_id, client_id) for user_id, client_id in request.db.execute(theirs)}


def _tell(request: Any, post: Post, whom: set[tuple[int, int | None]], theirs: str, ours: str) -> int:
    """Tell each behind his door. The audience is asked here; right, account and switches are asked by the notices themselves."""
    audiences, send = request.find_service(IAudiences), request.find_service(INotices).send
    audience_id, told = post.topic.board.audience_id, 0
    # Whoever acts for several clients is told behind one door alone.
    once = f"forum.post:{post.public_id.hex}"
    about = {"about": post.topic.public_id, "facts": _facts(request, post), "once_key": once}
    doors: dict[int, list[int]] = {}
    staff = []
    for user_id, client_id in whom:
        if user_id == post.user_id:
            continue
        if client_id is not None:
            doors.setdefault(client_id, []).append(user_id)
        elif audiences.sees(audience_id, of_staff(request.find_service(IAccess).clients_of(user_id))):
            staff.append(user_id)
    for client_id in sorted(doors):
        if audiences.sees(audience_id, of_client(client_id)):
            told += send(theirs, client_id=client_id, recipients=doors[client_id], **about)
    return told + (send(ours, recipients=staff, **about) if staff else 0)


def _facts(request: Any, post: Post) -> dict[str, str]:
    """Nothing but what each reader sees on the page: of a client's person the short name."""
    name = request.db.get_one(User, post.user_id).name
    return {
        "who": name if post.client_id is None else in_short(name),
        "topic": post.topic.title,
        "board": post.topic.board.title,
        "post": post.public_id.hex,
    }


def _current(request: Any, notice: Any) -> Mapping[str, Any] | None:
    """What the letter says when it leaves: nothing where the post is not there any more for this reader."""
    reader = (
        of_client(notice.client_id)
        if notice.client_id is not None
        else of_staff(request.find_service(IAccess).clients_of(notice.user_id))
    )
    post = request.find_service(ITopics).find_post(uuid.UUID(hex=notice.facts["post"]), reader)
    return None if post is None else _facts(request, post)


def _written(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("${who} wrote in “${topic}”", mapping=dict(facts))


def _mentioned(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("${who} called you in “${topic}”", mapping=dict(facts))


def _where(_fmt: Any, facts: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(_("Board"), facts["board"]), (_("Topic"), facts["topic"])]


def _theirs(request: Any, notice: Any) -> str:
    client, topic = notice.client.public_id.hex, uuid.UUID(notice.about_id).hex
    query = {"post": notice.facts.get("post", "")}
    path: str = request.route_path("forum.my.topic", client=client, topic=topic, _query=query, _app_url="")
    return path


def _ours(request: Any, notice: Any) -> str:
    query = {"post": notice.facts.get("post", "")}
    topic = uuid.UUID(notice.about_id).hex
    path: str = request.route_path("forum.office.topic", topic=topic, _query=query, _app_url="")
    return path


def _kind(name: str, title: Any, to: Any, line: Any, path: Any) -> NoticeKind:
    return NoticeKind(name, title, to, READ, line, path, _where, icon="messages", act=_("Read it"), current=_current)


KINDS = (
    _kind(WRITTEN, _("A post in a topic that you follow"), "contacts", _written, _theirs),
    _kind(CALLED, _("You were called in a topic"), "contacts", _mentioned, _theirs),
    _kind(WRITTEN_IN_OFFICE, _("A post in a topic that you follow (office)"), "staff", _written, _ours),
    _kind(CALLED_IN_OFFICE, _("You were called in a topic (office)"), "staff", _mentioned, _ours),
)
