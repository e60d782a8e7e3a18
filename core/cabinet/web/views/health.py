"""How the site is: for the owner in words, for machines in one."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy.exc import SQLAlchemyError

from cabinet.security.policy import PUBLIC
from cabinet.web.downloads import content_response
from cabinet.web.health import health as ask
from cabinet.web.health import readiness
from cabinet.web.support_report import support_report

log = logging.getLogger(__name__)


@view_config(
    route_name="cabinet.site.health",
    request_method="GET",
    permission="core:health:view",
    renderer="cabinet:templates/site_health.pt",
)
def health(request: Any) -> dict[str, Any]:
    """What wants attention and what to do, then what is in order. Asked again every five minutes by the page itself."""
    return {"health": ask(request)}


@view_config(route_name="cabinet.site.health.report", request_method="GET", permission="core:health:view")
def report(request: Any) -> Response:
    """A text to send to whoever helps: no client and no secret stands in it."""
    return content_response(support_report(request).encode(), name="cabinet-report.txt", media_type="text/plain")


@view_config(route_name="cabinet.public.health.live", request_method="GET", permission=PUBLIC)
def alive(_request: Any) -> Response:
    """The process answers. Asks nothing of the database."""
    return Response("ok\n", content_type="text/plain")


@view_config(route_name="cabinet.public.health.ready", request_method="GET", permission=PUBLIC)
def ready(request: Any) -> Response:
    """Whether to send visitors here: the database answers, the disk has room, nothing waits too long. Names parts, never figures."""
    try:
        parts = readiness(request)
    except SQLAlchemyError:
        log.warning("not ready: the database does not answer", exc_info=True)
        parts = {"database": False}
    body = "".join(f"{name} {'ok' if well else 'failed'}\n" for name, well in parts.items())
    return Response(body, status=200 if all(parts.values()) else 503, content_type="text/plain")
