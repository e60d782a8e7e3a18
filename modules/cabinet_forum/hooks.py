"""What the forum brings."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import (
    AuditAction,
    AuditField,
    DemoStep,
    JobKind,
    MenuItem,
    NoticeKind,
    Permission,
    PersonalData,
    SearchHit,
    SearchSource,
    Setting,
    TextSource,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet_forum.interfaces import POST
from cabinet_forum.services.people import COMPANIES
from cabinet_forum.telling import READ
from cabinet_forum.texts import _
from cabinet_forum.views import MANAGE, MODERATE, WRITE


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Everybody reads; of a client's people who may do anything for it writes; managers keep order, the head makes boards."""
    return [
        Permission(READ, _("Read the forum"), ("client", "manager", "head")),
        Permission(WRITE, _("Write in the forum"), ("client:accountant", "client:buyer", "manager", "head")),
        Permission(MODERATE, _("Keep order in the forum"), ("manager", "head")),
        Permission(MANAGE, _("Make boards of the forum and say who sees them"), ("head",)),
    ]


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """The boards."""
    return [
        MenuItem("my", _("Forum"), "forum.my.boards", "messages", 70, READ),
        MenuItem("office", _("Forum"), "forum.office.boards", "messages", 70, READ),
    ]


@hookimpl
def cabinet_settings() -> list[Setting]:
    """Whether clients see each other's companies."""
    help_text = _(
        "People of a client are seen by other clients by first name and initial. With this on, also by company."
    )
    title = _("Clients see in the forum for which company others write")
    return [Setting(COMPANIES, title, "switch", _("Forum"), default=False, help=help_text)]


@hookimpl
def cabinet_jobs() -> list[JobKind]:
    """Telling followers."""
    from cabinet_forum.services.topics import TELL
    from cabinet_forum.telling import tell_followers

    return [JobKind(TELL, _("Telling of a post in the forum"), tell_followers, own=False)]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """Posts that somebody follows, and mentions."""
    from cabinet_forum.telling import KINDS

    return list(KINDS)


@hookimpl
def cabinet_text_sources() -> list[TextSource]:
    """Posts."""
    from cabinet_forum.services.topics import texts_of

    return [TextSource(POST, texts_of)]


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """Posts, in both areas."""

    def find(request: Any, text: str, limit: int) -> list[SearchHit]:
        from cabinet.db.paging import ListQuery
        from cabinet.interfaces import IAudiences
        from cabinet.richtext import excerpt
        from cabinet_forum.interfaces import ITopics
        from cabinet_forum.views import Paths

        reader = request.find_service(IAudiences).reader(request.context)
        found = request.find_service(ITopics).search(text, ListQuery(size=limit), reader).rows
        to = Paths(request)
        return [
            SearchHit(
                post.topic.title,
                excerpt(post.text, 120),
                to("topic", topic=post.topic, _query={"post": post.public_id.hex}),
                "messages",
            )
            for post in found
        ]

    return [SearchSource(area, _("Forum"), READ, find, 60) for area in ("my", "office")]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon boards, topics and posts."""
    return [
        AuditAction("forum.board.added", _("Board added")),
        AuditAction("forum.board.changed", _("Board changed")),
        AuditAction("forum.topic.started", _("Topic started")),
        AuditAction("forum.topic.pinned", _("Topic pinned")),
        AuditAction("forum.topic.unpinned", _("Topic not pinned any more")),
        AuditAction("forum.topic.locked", _("Topic locked")),
        AuditAction("forum.topic.unlocked", _("Topic opened again")),
        AuditAction("forum.topic.moved", _("Topic moved to another board")),
        AuditAction("forum.topic.deleted", _("Topic deleted")),
        AuditAction("forum.topic.restored", _("Topic restored")),
        AuditAction("forum.post.written", _("Post written")),
        AuditAction("forum.post.edited", _("Post changed")),
        AuditAction("forum.post.deleted", _("Post deleted")),
        AuditAction("forum.post.restored", _("Post restored")),
    ]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What these acts record."""
    return [
        AuditField("forum.title", _("Name")),
        AuditField("forum.description", _("What it is for")),
        AuditField("forum.position", _("Place in the list")),
        AuditField("forum.board", _("Board")),
        AuditField("forum.reason", _("Reason")),
    ]


@hookimpl
def cabinet_personal_data() -> list[PersonalData]:
    """What a person wrote; of a topic that is not for him any more not what it is called now."""

    def posts(request: Any, user: Any) -> Any:
        from sqlalchemy import select

        from cabinet.interfaces import IAudiences
        from cabinet_forum.models import Post

        sees = request.find_service(IAudiences).seeing(user, my=READ, office=READ)
        for post in request.db.scalars(select(Post).where(Post.user_id == user.id).order_by(Post.id)):
            topic = post.topic
            his = topic.deleted_at is None and sees(topic.board.audience_id)
            yield {"topic": topic.title if his else "", "text": post.text, "at": post.created_at}

    fields = {"topic": _("Topic"), "text": _("Text"), "at": _("When")}
    return [PersonalData("forum.posts", _("Posts in the forum"), posts, fields)]


@hookimpl
def cabinet_demo_data() -> list[DemoStep]:
    """Boards with talk in them."""

    def fill(registry: Any, demo: Any) -> None:
        from cabinet_forum.demo import fill

        fill(registry, demo)

    return [DemoStep(70, "the forum: boards, topics, answers", fill)]
