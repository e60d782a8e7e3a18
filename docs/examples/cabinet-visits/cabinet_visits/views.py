"""The pages: read a form, call the service, redirect or hand variables to a template. No queries here."""

from __future__ import annotations

from typing import Any

from cabinet.web.listing import Column, Listing
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from cabinet_visits.forms import VisitForm
from cabinet_visits.interfaces import IVisits
from cabinet_visits.texts import _

VIEW = "visits:visit:view"
EDIT = "visits:visit:edit"
OWN = "visits:own:view"
COLUMNS = (
    Column("date", _("Date"), lambda row: row.created_at, sortable=True),
    Column("client", _("Client"), lambda row: row.client_name, sortable=True),
    Column("subject", _("Work"), lambda row: row.subject, sortable=True),
    Column("due", _("Day"), lambda row: row.due),
)
STATES = (("", _("All")), ("open", _("Planned")), ("done", _("Made")))


@view_config(
    route_name="visits.office.visits",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_visits:templates/office/visits.pt",
)
def office_visits(request: Any) -> Any:
    """Visits of all clients, the newest first."""
    return _list(request, COLUMNS)


@view_config(
    route_name="visits.my.visits",
    request_method="GET",
    permission=OWN,
    renderer="cabinet_visits:templates/my/visits.pt",
)
def my_visits(request: Any) -> Any:
    """A client's own visits: the session of his pages sees no others."""
    return _list(request, [column for column in COLUMNS if column.key != "client"])


@view_config(
    route_name="visits.my.visit",
    request_method="GET",
    permission=OWN,
    renderer="cabinet_visits:templates/my/visit.pt",
)
def my_visit(request: Any) -> dict[str, Any]:
    """One of them."""
    return {"visit": request.context.subject}


@view_config(
    route_name="visits.office.visit.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer="cabinet_visits:templates/office/visit_form.pt",
)
def new_visit(request: Any) -> Any:
    """Write a visit down."""
    form = VisitForm(request, data={"client": request.GET.get("client", "")})
    if form.submitted():
        with form.catching():
            request.find_service(IVisits).add(
                form.client_id, subject=form.subject.data, text=form.text.data or "", due=form.due.data
            )
            return _done(request, _("The visit is planned."))
    if request.method == "POST":
        request.response.status_int = 422
    return {"form": form}


@view_config(
    route_name="visits.office.visit.close",
    request_method="POST",
    permission=EDIT,
)
def close_visit(request: Any) -> HTTPSeeOther:
    """Put a visit away."""
    request.find_service(IVisits).close(request.context.subject.public_id)
    return _done(request, _("The visit is marked as made."))


def _list(request: Any, columns: Any) -> Any:
    find = request.find_service(IVisits).page
    name = "visits"
    listing = Listing(request, columns, find, filters=("state",), default="-date", file_name=name)
    if (file := listing.export()) is not None:
        return file
    chosen = listing.filters.get("state", "")
    segments = [
        {"title": title, "href": listing.url(state=state or None), "current": state == chosen}
        for state, title in STATES
    ]
    return {"listing": listing, "segments": segments}


def _done(request: Any, text: str) -> HTTPSeeOther:
    request.session.flash({"kind": "good", "text": request.localizer.translate(text), "undo": None})
    return HTTPSeeOther(request.route_path("visits.office.visits"))
