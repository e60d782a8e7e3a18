"""What our people did in a month: everybody in one table, and the acts of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyramid.view import view_config

from cabinet.activity.services import PersonsMonth, next_month, previous_month
from cabinet.db.paging import Page
from cabinet.interfaces import IActivity, IClock
from cabinet.texts import _
from cabinet.web.changes import about, actor_of, changes, told
from cabinet.web.listing import Column, Listing

RIGHT = "core:activity:view"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of act of one person, as a file has it."""

    month: PersonsMonth
    action: str
    count: int


@view_config(
    route_name="cabinet.office.activity",
    request_method="GET",
    permission=RIGHT,
    renderer="cabinet:templates/activity.pt",
)
def activity(request: Any) -> Any:
    """How much each of them did, of what, and how much it was the month before."""
    first = _month(request)
    months: Sequence[PersonsMonth] = request.find_service(IActivity).month(first)
    lines = [Line(one, deed.action, deed.count) for one in months for deed in one.deeds]
    columns = (
        Column("who", _("Who"), lambda line: line.month.person.name),
        Column("action", _("What"), lambda line: title_of(request, line.action)),
        Column("count", _("How many"), lambda line: line.count, numeric=True),
    )
    listing = Listing(
        request,
        columns,
        lambda _query: Page(lines, len(lines), ""),
        filters=("month",),
        default="who",
        file_name=f"activity-{first:%Y-%m}",
    )
    if (answer := listing.export()) is not None:
        return answer
    return {
        "listing": listing,
        "months": months,
        "title_of": lambda action: title_of(request, action),
        **_around(request, first),
    }


@view_config(
    route_name="cabinet.office.activity.person",
    request_method="GET",
    permission=RIGHT,
    renderer="cabinet:templates/activity_of_person.pt",
)
def person(request: Any) -> Any:
    """What one of them did, the latest first."""
    first, somebody = _month(request), request.context.subject
    service = request.find_service(IActivity)
    columns = (
        Column("at", _("When"), lambda row: request.fmt.datetime(row.at)),
        Column("action", _("What"), lambda row: request.localizer.translate(row.title)),
        Column("about", _("Object"), lambda row: about(request, row)),
        Column("change", _("Change"), lambda row: told(changes(request, row, ids=True))),
    )
    listing = Listing(
        request,
        columns,
        lambda query: service.acts(somebody, first, query),
        filters=("month", "action"),
        default="-at",
        file_name=f"activity-{first:%Y-%m}",
    )
    if (answer := listing.export()) is not None:
        return answer
    [month] = [one for one in service.month(first) if one.person.id == somebody.id] or [PersonsMonth(somebody)]
    return {
        "listing": listing,
        "month": month,
        "title_of": lambda action: title_of(request, action),
        "about": lambda row: about(request, row),
        "changes": lambda row: changes(request, row),
        "who": lambda row: actor_of(request, row),
        **_around(request, first),
    }


def title_of(request: Any, action: str) -> str:
    """What an act is called; its bare name where no installed module knows it."""
    declared = request.registry.cabinet_contributions.audit_actions.get(action)
    return str(request.localizer.translate(declared.title)) if declared else action


def _month(request: Any) -> date:
    """Day one of the month that the page is asked for; of this one where that is none, or has not come."""
    today: date = request.find_service(IClock).today()
    year, _dash, month = request.GET.get("month", "").partition("-")
    try:
        asked = date(int(year), int(month), 1)
    except ValueError:
        return today.replace(day=1)
    return min(max(asked, date(2000, 1, 1)), today.replace(day=1))


def _around(request: Any, first: date) -> dict[str, Any]:
    """The month, and the ways to its neighbours."""
    this = request.find_service(IClock).today().replace(day=1)
    return {
        "first": first,
        "previous": f"{previous_month(first):%Y-%m}",
        "following": f"{next_month(first):%Y-%m}" if first < this else None,
        "month_key": f"{first:%Y-%m}",
    }
