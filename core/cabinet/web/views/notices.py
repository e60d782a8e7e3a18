"""Notices: the list behind the bell in each area, and what a person wants to be told of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IMailer, INotices
from cabinet.notify.notices import APP, MAIL
from cabinet.security.policy import ENTER
from cabinet.texts import _
from cabinet.web import bell
from cabinet.web.answers import say
from cabinet.web.proving import myself

AREAS = ("my", "office", "site")
LIST = "cabinet:templates/notices.pt"
VIEWS = (("", _("All")), ("unread", _("Unread")))
CHANNEL_TITLES = ((APP, _("In the cabinet")), (MAIL, _("By e-mail")))


def in_each_area(route: str, **options: Any) -> Callable[[Any], Any]:
    """One view for the same page of the three areas."""

    def decorate(view: Any) -> Any:
        for area in AREAS:
            view = view_config(route_name=f"cabinet.{area}.{route}", permission=ENTER, **options)(view)
        return view

    return decorate


@in_each_area("notices", request_method="GET", renderer=LIST)
def notices(request: Any) -> dict[str, Any]:
    """What the person was told of, the newest first."""
    show = "unread" if request.GET.get("show") == "unread" else ""
    query = ListQuery(filters={"show": show}, after=request.GET.get("after", ""))
    page = request.find_service(INotices).page(query, **bell.seen(request))
    kinds = request.registry.cabinet_contributions.notices
    here, translate = request.path, request.localizer.translate
    kept = {"show": show} if show else {}
    return {
        "page": page,
        "rows": [
            {
                "line": bell.line(request, notice),
                "icon": kinds[notice.kind].icon,
                "at": notice.created_at,
                "unread": notice.read_at is None,
                "href": bell.address(request, "notice", notice=notice.public_id.hex),
            }
            for notice in page.rows
        ],
        "views": [
            {"title": translate(title), "href": f"{here}?show={key}" if key else here, "current": key == show}
            for key, title in VIEWS
        ],
        "show": show,
        "next_url": request.current_route_path(_query={**kept, "after": page.more}) if page.more else "",
        "read_url": bell.address(request, "notices.read"),
    }


@in_each_area("notice", request_method="POST")
def open_notice(request: Any) -> Any:
    """It is read; on to what it is about, or back to the list where there is no such page any more."""
    notice = request.context.subject
    if notice.kind not in bell.seen(request)["kinds"]:
        raise HTTPNotFound
    request.find_service(INotices).read(notice)
    return HTTPSeeOther(bell.target(request, notice) or bell.address(request))


@in_each_area("notices.read", request_method="POST")
def read_all(request: Any) -> Any:
    """All of it is read."""
    request.find_service(INotices).read_all(**bell.seen(request))
    return HTTPSeeOther(bell.address(request))


@view_config(
    route_name="cabinet.public.account.notices",
    request_method="GET",
    permission=ENTER,
    renderer="cabinet:templates/account_notices.pt",
)
def choices(request: Any) -> dict[str, Any]:
    """What comes by which way, as the person has it now."""
    modules = {module.info.id: module.info.title for module in request.registry.cabinet_modules}
    groups: dict[str, list[Any]] = {}
    for choice in request.find_service(INotices).choices(myself(request)):
        groups.setdefault(choice.owner, []).append(choice)
    return {
        "groups": [(modules.get(owner, _("Account and work")), found) for owner, found in groups.items()],
        "titled": request.identity.is_staff,
        "channels": CHANNEL_TITLES,
        "mail": request.find_service(IMailer).configured,
    }


@view_config(route_name="cabinet.public.account.notices", request_method="POST", permission=ENTER)
def choose(request: Any) -> Any:
    """Save it. Of each ticked box the value is ``<kind> <channel>``."""
    wanted = [tuple(value.split(" ", 1)) for value in request.POST.getall("on") if " " in value]
    request.find_service(INotices).choose(myself(request), wanted)
    say(request, _("Saved."))
    return HTTPSeeOther(request.route_path("cabinet.public.account.notices"))
