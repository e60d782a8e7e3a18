"""Background work: all of it for the owner, each person's own in the office."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.interfaces import IAuditLog, IJobs, IPeople
from cabinet.jobs.models import CANCELLED, DONE, FAILED, QUEUED, RUNNING
from cabinet.security.policy import ENTER
from cabinet.texts import _
from cabinet.web import guard
from cabinet.web.answers import go, say
from cabinet.web.areas import STAFF, public_id
from cabinet.web.listing import Column, Listing

RIGHT = "core:jobs:manage"
OWN = 50
# State → shape and word of the interface.
STATES = {
    QUEUED: ("draft", _("Waits")),
    RUNNING: ("part", _("Runs")),
    DONE: ("done", _("Done")),
    FAILED: ("fail", _("Failed")),
    CANCELLED: ("off", _("Called off")),
}
VIEWS = (("", _("All")), ("active", _("Going on")), (FAILED, _("Failed")), (DONE, _("Done")))


@view_config(
    route_name="cabinet.site.jobs", request_method="GET", permission=RIGHT, renderer="cabinet:templates/site_jobs.pt"
)
def jobs(request: Any) -> Any:
    """What runs, waits and failed. Asked again every two seconds by the page itself while anything goes on."""
    service = request.find_service(IJobs)
    translate = request.localizer.translate
    names = {user.id: user.name for user in request.find_service(IPeople).staff()}
    columns = (
        Column("at", _("When"), lambda job: request.fmt.datetime(job.created_at)),
        Column("kind", _("Work"), lambda job: title_of(request, job)),
        Column("state", _("State"), lambda job: translate(STATES[job.state][1])),
        Column("attempts", _("Tries"), lambda job: job.attempts, numeric=True),
        Column("code", _("Code"), code_of),
        Column("error", _("Why"), lambda job: why(request, job)),
    )
    listing = Listing(request, columns, service.page, filters=("state", "kind"), default="-at", file_name="jobs")
    if (answer := listing.export()) is not None:
        return answer
    counts = service.counts()
    counted = {
        "": None,
        "active": counts.get(QUEUED, 0) + counts.get(RUNNING, 0),
        FAILED: counts.get(FAILED, 0),
        DONE: None,
    }
    chosen = listing.filters.get("state", "")
    return {
        "listing": listing,
        "views": [
            {"title": title, "href": listing.url(state=key or None), "current": key == chosen, "count": counted[key]}
            for key, title in VIEWS
        ],
        "going_on": bool(counted["active"]),
        "said": {job.id: service.progress(job) for job in listing.page.rows if job.state == RUNNING},
        "names": names,
        "states": STATES,
        "title_of": title_of,
        "code_of": code_of,
        "why": why,
        "trace_of": trace_of,
    }


@view_config(route_name="cabinet.site.job.retry", request_method="POST", permission=RIGHT)
def retry(request: Any) -> Any:
    """Start failed work again."""
    job = _named(request)
    request.find_service(IJobs).retry(job)
    return _done(request, job, "core.job.retried", _("The work waits for its turn again."))


@view_config(route_name="cabinet.site.job.cancel", request_method="POST", permission=RIGHT)
def cancel(request: Any) -> Any:
    """Call off work that waits."""
    job = _named(request)
    request.find_service(IJobs).cancel(job)
    return _done(request, job, "core.job.cancelled", _("The work is called off."))


@view_config(
    route_name="cabinet.office.jobs", request_method="GET", permission=ENTER, renderer="cabinet:templates/own_jobs.pt"
)
def own_jobs(request: Any) -> dict[str, Any]:
    """What this person started, with its result: it waits here when the page it was started from is closed."""
    service = request.find_service(IJobs)
    mine = [job for job in service.recent(user_id=request.identity.user_id, limit=OWN) if of_people(request, job.kind)]
    kinds = request.registry.cabinet_contributions.jobs
    done = [(job, kinds[job.kind]) for job in mine if job.state == DONE]
    pages = {job.id: guard.call(request, kind, kind.page, request, job) for job, kind in done if kind.page is not None}
    told = {job.id: guard.call(request, kind, kind.tells, request, job) for job, kind in done if kind.tells is not None}
    return {
        "jobs": mine,
        "pages": pages,
        "told": told,
        "said": {job.id: service.progress(job) for job in mine if job.state == RUNNING},
        "going_on": any(not job.ended for job in mine),
        "states": STATES,
        "title_of": title_of,
        "code_of": code_of,
    }


def of_people(request: Any, name: str) -> bool:
    """Whether somebody waits for jobs of the kind ``name``: it is here and is not what the site does by itself."""
    kind = request.registry.cabinet_contributions.jobs.get(name)
    return kind is not None and kind.own


def title_of(request: Any, job: Any) -> str:
    """The work in words; the bare name where the module that brought it is gone."""
    kind = request.registry.cabinet_contributions.jobs.get(job.kind)
    return str(request.localizer.translate(kind.title)) if kind is not None else job.kind


def code_of(job: Any) -> str:
    """What a person quotes of a failure: the incident, else the rule that was broken."""
    error = job.error or {}
    return str((error.get("details") or {}).get("incident") or error.get("code") or "")


def trace_of(request: Any, job: Any) -> str:
    """Where in the program it failed, for the owner to send on; empty where it names a client's data."""
    return job.trace or "" if _tells_all(request, job) else ""


def why(request: Any, job: Any) -> str:
    """Why it failed. Of work on a client's things an owner who is not of the office reads no details."""
    if job.error is None:
        return ""
    if not _tells_all(request, job):
        return str(request.localizer.translate(_("The reason names a client's data: who started it reads it.")))
    return str(request.localizer.translate(job.error_text))


def _tells_all(request: Any, job: Any) -> bool:
    return job.client_id is None or bool(request.identity.roles & STAFF)


def _named(request: Any) -> Any:
    job = request.find_service(IJobs).find_any(public_id(request.matchdict["job"]))
    if job is None:
        raise HTTPNotFound
    return job


def _done(request: Any, job: Any, action: str, text: str) -> Any:
    request.find_service(IAuditLog).record(
        action, kind="job", public_id=job.public_id, title=title_of(request, job), client_id=job.client_id
    )
    say(request, text)
    return go(request, "cabinet.site.jobs")
