"""What of the books is closed, closing more of it, opening it again."""

from __future__ import annotations

import datetime
from typing import Any

from pyramid.view import view_config

from cabinet.interfaces import IClock
from cabinet.tables import parse_date
from cabinet.web.answers import go, say
from cabinet.web.proving import prove
from cabinet_finsystem.contributions.closing import CLOSE
from cabinet_finsystem.forms.periods import CloseForm, ReopenForm
from cabinet_finsystem.interfaces import IPeriods
from cabinet_finsystem.texts import _

PAGE = "cabinet_finsystem:templates/office/periods/page.pt"
SHOWN = 30
_DAY = datetime.timedelta(1)


@view_config(route_name="finsystem.office.periods", request_method="GET", permission=CLOSE, renderer=PAGE)
def periods(request: Any) -> dict[str, Any]:
    """What is closed and who closed it; what is unfinished up to ``?through=``."""
    return _page(request)


@view_config(route_name="finsystem.office.periods.close", request_method="POST", permission=CLOSE, renderer=PAGE)
def close(request: Any) -> Any:
    """Close through a day."""
    form, service = CloseForm(request), request.find_service(IPeriods)
    if form.submitted() and form.seen(service.obstacles(form.through.data)):
        with form.catching():
            service.close(form.through.data, reason=form.reason.data.strip())
            said = _("The books are closed through ${date}.", mapping={"date": request.fmt.date(form.through.data)})
            say(request, said)
            return go(request, "finsystem.office.periods")
    return _page(request, closing=form)


@view_config(route_name="finsystem.office.periods.reopen", request_method="POST", permission=CLOSE, renderer=PAGE)
def reopen(request: Any) -> Any:
    """Open days again, with the head's own password."""
    form = ReopenForm(request)
    if form.submitted():
        with form.catching():
            prove(request)
            request.find_service(IPeriods).reopen(form.until.data, reason=form.why.data.strip())
            say(request, _("These days are open again."))
            return go(request, "finsystem.office.periods")
    return _page(request, opening=form)


def _page(request: Any, *, closing: CloseForm | None = None, opening: ReopenForm | None = None) -> dict[str, Any]:
    service = request.find_service(IPeriods)
    today = request.find_service(IClock).today()
    closed = service.closed_through()
    form = closing or CloseForm(request, formdata=None)
    if closing is None:
        form.through.data = _asked(request) or _usual(today, closed)
    through = form.through.data
    return {
        "closed": closed,
        "form": form,
        "through": through,
        "obstacles": service.obstacles(through) if through is not None else None,
        "reopening": opening or ReopenForm(request, formdata=None),
        "history": service.history(SHOWN),
    }


def _asked(request: Any) -> datetime.date | None:
    try:
        return parse_date(request.GET["through"]) if request.GET.get("through") else None
    except ValueError:
        return None


def _usual(today: datetime.date, closed: datetime.date | None) -> datetime.date:
    """The end of the month after what is closed where that is over, else of the last month."""
    last = today.replace(day=1) - _DAY
    if closed is None or closed >= last:
        return last
    return (((closed + _DAY).replace(day=28)) + 4 * _DAY).replace(day=1) - _DAY
