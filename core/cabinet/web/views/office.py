"""The progress of long work."""

from __future__ import annotations

import math
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.interfaces import IClock, IJobs
from cabinet.jobs.models import DONE
from cabinet.security.policy import ENTER
from cabinet.web import guard
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.paths import own_path

SURE = 2
"""Seconds from which on the pace of work tells how it goes on."""


@view_config(
    route_name="cabinet.office.job", request_method="GET", permission=ENTER, renderer="cabinet:templates/job.pt"
)
def job(request: Any) -> dict[str, Any]:
    """How far a job is. Asked again every second by the page itself until it ends."""
    jobs = request.find_service(IJobs)
    found = jobs.find(public_id(request.matchdict["job"]))
    if found is None or (found.user_id is not None and found.user_id != request.identity.user_id):
        raise HTTPNotFound
    kind = request.registry.cabinet_contributions.jobs.get(found.kind)
    if kind is None:  # the module that brought it is gone
        raise HTTPNotFound
    asked = request.GET.get("next", "")
    partial = "HX-Request" in request.headers
    told = guard.call(request, kind, kind.tells, request, found) if found.state == DONE and kind.tells else ""
    if told and partial:
        say(request, told)  # the page follows to the result at once: it is said there
    return {
        "job": found,
        "said": (said := jobs.progress(found)),
        "rest": _rest(request, found, said),
        "kind": kind,
        "partial": partial,
        "told": told or "",
        "next": asked if own_path(asked) else _result(request, kind, found),
    }


def _rest(request: Any, job: Any, said: Any) -> str:
    """How long it will take yet, if it goes on as it did; empty while that cannot be told."""
    if job.ended or job.started_at is None or not said.total or not 0 < said.done < said.total:
        return ""
    gone = (request.find_service(IClock).now() - job.started_at).total_seconds()
    seconds = math.ceil(gone * (said.total - said.done) / said.done)
    if gone < SURE:
        return ""
    if seconds < 60:
        return str(request.fmt.plural(seconds, "about ${n} second left", "about ${n} seconds left", "cabinet"))
    minutes = math.ceil(seconds / 60)
    return str(request.fmt.plural(minutes, "about ${n} minute left", "about ${n} minutes left", "cabinet"))


def _result(request: Any, kind: Any, done: Any) -> str | None:
    """Where the kind of a job says that its result is looked at."""
    if done.state != DONE or kind.page is None:
        return None
    return guard.call(request, kind, kind.page, request, done) or None
