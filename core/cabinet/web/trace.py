"""What must be known of a request although it changed nothing: refusals, bad sign-ins, exports and downloads.

Written when the request's own transaction is over, in a short one of its own: a page that only reads changes no row of the business, and
a refusal is kept although everything else was thrown away.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pyramid.response import Response
from sqlalchemy.exc import SQLAlchemyError

from cabinet.db.session import unit_of_work
from cabinet.interfaces import IAuditLog, IRateLimiter, IViewing
from cabinet.origin import act_for
from cabinet.web.requests import KEY, request_id

log = logging.getLogger(__name__)

DENIED, DOWNLOADED, EXPORTED = "core.access.denied", "core.file.downloaded", "core.list.exported"
VIEWING_OVER = "core.viewing.ended"
# A person who tries addresses all day fills the trail no further than this; the first refusals tell the story.
DENIALS = {"limit": 100, "per_seconds": 3600}
_TRACES = "cabinet.traces"
_FILE_NAME = re.compile(r"filename\*=UTF-8''([^;]+)|filename=\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class Trace:
    """An act to be recorded once the request is over."""

    action: str
    kind: str
    public_id: str
    title: str = ""
    client_id: int | None = None
    user_id: int | None = None


def leave_trace(request: Any, trace: Trace) -> None:
    """Have ``trace`` recorded after the request, whether or not its transaction is kept."""
    request.environ.setdefault(_TRACES, []).append(trace)


def trace_tween_factory(handler: Any, registry: Any) -> Any:
    """Around the transaction: lets the request pass, writes down what must be known of it."""

    def trace_tween(request: Any) -> Any:
        request.environ.pop(_TRACES, None)
        response = handler(request)
        traces = [*request.environ.get(_TRACES, ()), *_seen(request, response)]
        if traces:
            try:
                _write(request, registry, traces)
            except SQLAlchemyError:
                log.exception("what request %s did could not be recorded", request_id(request))
                if response.status_int < 400:
                    # A file that nobody would know of is not handed out. No page: that would ask the database again.
                    refusal = Response("503\n", status=503, content_type="text/plain")
                    refusal.headers["Retry-After"] = "5"
                    return refusal
        return response

    return trace_tween


def _seen(request: Any, response: Any) -> list[Trace]:
    """What the answer itself tells."""
    route = getattr(request, "matched_route", None)
    if route is None or route.name not in request.registry.cabinet_routes:
        return []
    identity = request.__dict__.get("cabinet_identity")
    if response.status_int in {403, 404} and identity is not None:
        # The pattern, not the path, where the path itself is a key.
        path = route.pattern if request.registry.cabinet_routes[route.name] == "public" else request.path
        return [Trace(DENIED, "page", route.name[:60], f"{request.method} {path}", user_id=identity.user_id)]
    if response.status_int == 200 and "Content-Disposition" in response.headers and not _of_the_page(response):
        return [_handed_out(request, response, route.name)]
    return []


def _of_the_page(response: Any) -> bool:
    """Whether it is a picture that a page shows: the look at the page is not a download."""
    shown: str = response.headers["Content-Disposition"]
    return shown.startswith("inline") and str(response.content_type).startswith("image/")


def _handed_out(request: Any, response: Any, route: str) -> Trace:
    context = getattr(request, "context", None)
    subject = getattr(context, "subject", None)
    public_id = getattr(subject, "public_id", None)
    owner = getattr(getattr(context, "client", None), "id", None) or getattr(subject, "client_id", None)
    client_id = owner if isinstance(owner, int) else None
    name = _file_name(response.headers["Content-Disposition"])
    if public_id is not None and "export" not in request.GET:
        return Trace(DOWNLOADED, route.split(".")[2], str(public_id), name, client_id)
    return Trace(EXPORTED, "page", route[:60], name, client_id)


def _file_name(disposition: str) -> str:
    names = [unquote(long) if long else short for long, short in _FILE_NAME.findall(disposition)]
    return names[-1] if names else ""


def _write(request: Any, registry: Any, traces: list[Trace]) -> None:
    identity = request.__dict__.get("cabinet_identity")
    with unit_of_work(registry, actor="") as own:
        own.environ["REMOTE_ADDR"] = request.environ.get("REMOTE_ADDR", "")
        own.environ[KEY] = request_id(request)
        act_for(own, *((identity.user_id, identity.on_behalf_id) if identity is not None else (None,)))
        limiter = own.find_service(IRateLimiter)
        for trace in traces:
            who = str(trace.user_id or own.environ["REMOTE_ADDR"])
            if trace.action == VIEWING_OVER:
                # Ended by the clock or by a right that was withdrawn: the row is written by who ends it, once.
                own.find_service(IViewing).end(identity.session_id)
                continue
            if trace.action == DENIED and limiter.hit("denied", who, **DENIALS):
                continue
            own.find_service(IAuditLog).record(
                trace.action,
                kind=trace.kind,
                public_id=trace.public_id,
                title=trace.title,
                client_id=trace.client_id,
                user_id=trace.user_id,
            )


def includeme(config: Any) -> None:
    """Put the tween around the transaction."""
    config.add_tween("cabinet.web.trace.trace_tween_factory", over="pyramid_tm.tm_tween_factory")
