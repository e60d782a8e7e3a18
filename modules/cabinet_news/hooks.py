"""What news brings."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import (
    AuditAction,
    AuditField,
    DashboardCard,
    DemoStep,
    JobKind,
    MenuItem,
    NoticeKind,
    PageSlot,
    Permission,
    PersonalData,
    SearchSource,
    Setting,
    TextSource,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet.security.policy import PUBLIC
from cabinet_news.texts import _

READ, VIEW, EDIT = "news:article:read", "news:article:view", "news:article:edit"
CARD = "cabinet_news:templates/slots/latest.pt"
_ON_CARD = 4


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """A client's people read; ours read, and write unless they are limited to some clients: the number of readers is of all."""
    return [
        Permission(READ, _("Read news"), ("client",)),
        Permission(VIEW, _("Read news in the office"), ("manager", "head")),
        Permission(EDIT, _("Write news, see who has accepted them"), ("manager", "head"), whole=True),
    ]


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """News on both sides."""
    return [
        MenuItem("office", _("News"), "news.office.articles", "news", 70, VIEW),
        MenuItem("my", _("News"), "news.my.articles", "news", 70, READ),
    ]


@hookimpl
def cabinet_dashboard_cards() -> list[DashboardCard]:
    """What a client has to accept stands on top of his home, the latest news beside it."""

    def latest(request: Any) -> dict[str, Any] | None:
        from cabinet_news.views.reading import lines_for_home

        return _card(request, [line for line in lines_for_home(request) if not line.owed][:_ON_CARD], owed=False)

    def owed(request: Any) -> dict[str, Any] | None:
        from cabinet_news.views.reading import lines_for_home

        return _card(request, [line for line in lines_for_home(request) if line.owed][:_ON_CARD], owed=True)

    return [
        DashboardCard("client", "news.owed", 1, READ, CARD, owed, place="top"),
        DashboardCard("client", "news.latest", 40, READ, CARD, latest, place="side"),
    ]


def _card(request: Any, lines: list[Any], *, owed: bool) -> dict[str, Any] | None:
    if not lines:
        return None
    client = request.context.client.public_id.hex
    return {
        "lines": lines,
        "owed": owed,
        "all": request.route_path("news.my.articles", client=client),
        "address": lambda article: request.route_path("news.my.article", client=client, article=article),
    }


@hookimpl
def cabinet_page_slots() -> list[PageSlot]:
    """A link to public news beside the door, where guests may read them."""

    def link(request: Any, _subject: Any) -> dict[str, Any] | None:
        from cabinet_news.resources import open_to_guests

        return {"href": request.route_path("news.public.articles")} if open_to_guests(request, None) else None

    template = "cabinet_news:templates/slots/door.pt"
    return [PageSlot("cabinet.sign_in.foot", "news.door", 10, PUBLIC, template, link)]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """That an article has appeared, and that it waits to be accepted."""
    from cabinet_news.notices import KINDS

    return list(KINDS)


@hookimpl
def cabinet_jobs() -> list[JobKind]:
    """Telling many clients takes a while, and waits for its time."""
    from cabinet_news.notices import announce, end, remind

    return [
        JobKind("news.announce", _("Tell of news"), announce, own=False, whole=True),
        JobKind("news.end", _("Put away word of news that are over"), end, own=False, whole=True),
        JobKind("news.remind", _("Remind of news to accept"), remind, own=False, whole=True),
    ]


@hookimpl
def cabinet_settings() -> list[Setting]:
    """Guests read public news only where the owner wants it."""
    from cabinet_news.resources import OPEN

    help_ = _(
        "At /news, and as a feed for programs at /news/feed.atom. Only articles that are for everybody stand there."
    )
    return [Setting(OPEN, _("Guests read public news"), "switch", _("News"), default=False, help=help_)]


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """Articles that the reader finds."""
    from cabinet_news.views import reading

    return [
        SearchSource("office", _("News"), VIEW, reading.find_office, 60),
        SearchSource("my", _("News"), READ, reading.find_own, 60),
    ]


@hookimpl
def cabinet_text_sources() -> list[TextSource]:
    """Words of articles, for an index that is made anew."""

    def read(request: Any, after: int, limit: int) -> list[tuple[int, str, str]]:
        from sqlalchemy import select

        from cabinet.richtext import plain
        from cabinet_news.models import Article

        rows = select(Article.id, Article.title, Article.body).where(Article.id > after).order_by(Article.id)
        return [(id_, title, plain(body)) for id_, title, body in request.db.execute(rows.limit(limit))]

    return [TextSource("news.article", read)]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon articles, and that somebody took note."""
    return [
        AuditAction("news.article.added", _("News written")),
        AuditAction("news.article.changed", _("News changed")),
        AuditAction("news.article.published", _("News published")),
        AuditAction("news.article.withdrawn", _("News made a draft again")),
        AuditAction("news.article.removed", _("Draft of news removed")),
        AuditAction("news.article.accepted", _("News accepted")),
        AuditAction("news.article.reminded", _("Readers reminded of news to accept")),
    ]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What these acts record."""
    from cabinet.audience.values import TITLES
    from cabinet.web.changes import instant

    return [
        AuditField("news.title", _("Title")),
        AuditField("news.body", _("Text")),
        AuditField("news.reach", _("Who sees it"), words=TITLES),
        AuditField("news.readers", _("Chosen clients and groups")),
        AuditField("news.appears_at", _("Appears"), show=instant),
        AuditField("news.ends_at", _("Over"), show=instant),
        AuditField("news.pinned", _("Above the others")),
        AuditField("news.must_accept", _("Must be accepted")),
        AuditField("news.announce", _("Told by bell and letter")),
    ]


@hookimpl
def cabinet_personal_data() -> list[PersonalData]:
    """What a person has read and accepted."""

    def readings(request: Any, user: Any) -> list[dict[str, Any]]:
        from cabinet_news.interfaces import INews

        found: list[dict[str, Any]] = request.find_service(INews).readings_of(user)
        return found

    fields = {"title": _("Title"), "read_at": _("Read"), "accepted_at": _("Accepted")}
    return [PersonalData("news.readings", _("News read and accepted"), readings, fields)]


@hookimpl
def cabinet_demo_data() -> list[DemoStep]:
    """A year of news, and who has accepted what."""

    def fill(registry: Any, demo: Any) -> None:
        from cabinet_news.demo import fill

        fill(registry, demo)

    return [DemoStep(70, "news, some of which must be accepted", fill)]
