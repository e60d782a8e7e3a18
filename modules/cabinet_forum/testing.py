"""For tests: boards, topics and posts, and one of every kind for a client."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cabinet.audience.values import Audience
from cabinet.identity.models import Membership
from cabinet.interfaces import IAttachments, IPeople
from cabinet.origin import act_for
from cabinet_forum.interfaces import POST, IBoards, ITopics

UNRECORDED = {
    f"forum.{area}.{act}": what
    for area in ("my", "office")
    for act, what in (
        ("boards.read", "that all was read"),
        ("board.read", "that a board was read"),
        ("topic.read", "how far a topic was read"),
        ("board.follow", "what somebody wants to be told of"),
        ("topic.follow", "what somebody wants to be told of"),
    )
}
"""Acts that change only how a person himself looks at the forum."""


def a_board(request: Any, audience: Audience, title: str = "Board") -> Any:
    """A board for ``audience``."""
    return request.find_service(IBoards).add(title, f"About {title}", audience)


def a_topic(request: Any, board: Any, writer: Any, *, client_id: int | None = None, text: str = "First") -> Any:
    """A topic that ``writer`` began."""
    act_for(request, writer.id)
    topic = request.find_service(ITopics).start(board, f"Topic of {board.title}", text, client_id)
    act_for(request, None)
    return topic


def a_reply(request: Any, topic: Any, writer: Any, *, client_id: int | None = None, text: str = "Answer") -> Any:
    """A post in it."""
    act_for(request, writer.id)
    post = request.find_service(ITopics).reply(topic, text, client_id)
    act_for(request, None)
    return post


def examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """A board of the ``client`` alone, his name in every text, with a topic, a post with a file, and one that was changed."""
    people, name = request.find_service(IPeople), client.name
    first = select(Membership.user_id).where(Membership.client_id == client.id, Membership.role == "admin")
    writer_id = request.db.scalars(first.order_by(Membership.id)).first()
    writer = people.get(writer_id) if writer_id is not None else None
    if writer is None:
        email = f"forum-{client.public_id.hex[:8]}@x.ru"
        writer = people.by_email(email) or people.add(email=email, name=name, roles=(), password=None)
    board = a_board(request, Audience("chosen", frozenset({client.id})), name)
    topic = a_topic(request, board, writer, client_id=client.id, text=f"{name} asks")
    post = a_reply(request, topic, writer, client_id=client.id, text=f"{name} tells")
    act_for(request, writer.id)
    request.find_service(ITopics).edit(post, f"{name} tells more")
    act_for(request, None)
    file = request.find_service(IAttachments).add(name.encode(), f"{name}.txt", POST, subject_id=post.id)
    return {
        "forum": {
            "board": board.public_id.hex,
            "topic": topic.public_id.hex,
            "post": post.public_id.hex,
            "file": file.public_id.hex,
        },
        "forum.office.topic.moderate POST": {"act": "pin"},
        "forum.office.post.remove POST": {"reason": "Off the point"},
        "forum.my.topic.read POST": {"post": str(post.id)},
        "forum.office.topic.read POST": {"post": str(post.id)},
    }
