"""What the module brings. Each hook is called once, at the start, and returns plain data; Cabinet's docs/hooks.md lists all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cabinet.plugins.contributions import (
    AuditAction,
    AuditField,
    DemoStep,
    MenuItem,
    PageSlot,
    Permission,
    PersonalData,
    SearchSource,
    Setting,
    TextSource,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet.security.policy import PUBLIC
from cabinet_faq.interfaces import EDIT, FOR_GUESTS, KIND, READ, VIEW
from cabinet_faq.texts import _


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Rights that the views ask for, and who has them until the owner puts roles of his own together. ``whole``: an answer may be for
    all clients, so who is limited to some of them does not write it."""
    return [
        Permission(READ, _("Read questions and answers"), ("client",)),
        Permission(VIEW, _("Read questions and answers in the office"), ("manager", "head")),
        Permission(EDIT, _("Write questions and answers"), ("manager", "head"), whole=True),
    ]


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """Where the pages stand in the menus of the office and of a client."""
    title = _("Questions and answers")
    return [
        MenuItem("office", title, route="faq.office.questions", icon="help-circle", weight=80, permission=VIEW),
        MenuItem("my", title, route="faq.my.questions", icon="help-circle", weight=80, permission=READ),
    ]


@hookimpl
def cabinet_page_slots() -> list[PageSlot]:
    """A piece of somebody else's page: a link beside the door, where guests may read. None shows nothing."""

    def link(request: Any, _subject: Any) -> dict[str, Any] | None:
        from cabinet_faq.resources import open_to_guests

        return {"href": request.route_path("faq.public.questions")} if open_to_guests(request, None) else None

    template = "cabinet_faq:templates/slots/door.pt"
    return [PageSlot("cabinet.sign_in.foot", "faq.door", weight=20, permission=PUBLIC, template=template, load=link)]


@hookimpl
def cabinet_settings() -> list[Setting]:
    """A switch on the owner's page of settings: closed to guests until he opens it."""
    title, section = _("Guests read public questions and answers"), _("Questions and answers")
    return [
        Setting(FOR_GUESTS, title, "switch", section, default=False, help=_("At /faq: only what is for everybody."))
    ]


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """What the search at the top of a page finds. Views are imported here and not above: this file is imported before the models are."""
    from cabinet_faq import views

    title = _("Questions and answers")
    return [
        SearchSource("office", title, permission=VIEW, find=views.hits, weight=80),
        SearchSource("my", title, permission=READ, find=views.hits, weight=80),
    ]


@hookimpl
def cabinet_text_sources() -> list[TextSource]:
    """Our texts, for `cabinet search rebuild`."""

    def read(request: Any, after: int, limit: int) -> Iterable[tuple[int, str, str]]:
        from cabinet_faq.interfaces import IFaq

        rows: Iterable[tuple[int, str, str]] = request.find_service(IFaq).texts(after, limit)
        return rows

    return [TextSource(KIND, read)]


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts that the service records. Recording one that is not named here is an error."""
    return [
        AuditAction("faq.group.added", _("Group of questions added")),
        AuditAction("faq.group.changed", _("Group of questions renamed")),
        AuditAction("faq.group.moved", _("Group of questions moved")),
        AuditAction("faq.group.removed", _("Group of questions removed")),
        AuditAction("faq.question.added", _("Question written")),
        AuditAction("faq.question.changed", _("Question changed")),
        AuditAction("faq.question.published", _("Question published")),
        AuditAction("faq.question.withdrawn", _("Question made a draft again")),
        AuditAction("faq.question.moved", _("Question moved")),
        AuditAction("faq.question.removed", _("Question removed")),
        AuditAction("faq.question.rated", _("Said whether an answer helped")),
    ]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What these acts record, in words."""
    from cabinet.audience.values import TITLES

    return [
        AuditField("faq.question", _("Question")),
        AuditField("faq.answer", _("Answer")),
        AuditField("faq.group", _("Group")),
        AuditField("faq.title", _("Title")),
        AuditField("faq.reach", _("Who sees it"), words=TITLES),
        AuditField("faq.readers", _("Chosen clients and groups")),
        AuditField("faq.place", _("Place")),
        AuditField("faq.helpful", _("It helped"), words={True: _("yes"), False: _("no")}),
    ]


@hookimpl
def cabinet_personal_data() -> list[PersonalData]:
    """What we keep of a person, for him to have: which answers he found helpful."""

    def ratings(request: Any, user: Any) -> list[dict[str, Any]]:
        from cabinet_faq.interfaces import IFaq

        found: list[dict[str, Any]] = request.find_service(IFaq).ratings_of(user)
        return found

    fields = {"question": _("Question"), "helpful": _("It helped"), "at": _("When")}
    return [PersonalData("faq.ratings", _("Answers that you rated"), ratings, fields)]


@hookimpl
def cabinet_demo_data() -> list[DemoStep]:
    """What the demo firm is asked."""

    def fill(registry: Any, demo: Any) -> None:
        from cabinet_faq.demo import fill

        fill(registry, demo)

    return [DemoStep(80, "questions and answers", fill)]
