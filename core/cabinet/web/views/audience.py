"""The part of a form that changes while an audience is chosen."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from cabinet.audience.values import REACHES
from cabinet.web.audience import asked, chooser, draw


@view_config(route_name="cabinet.office.audience", request_method="GET", permission="core:audience:choose")
def audience(request: Any) -> Response:
    """The field anew, as it was filled in: groups and clients to choose, and how many will see it."""
    name = request.GET.get("field", "audience")
    if not name.isidentifier():
        raise HTTPNotFound
    shown = chooser(
        request,
        name,
        asked(request, request.GET.getall, name),
        request.GET.get("permission", ""),
        [reach for reach in REACHES if reach in request.GET.getall("reaches")],
        request.GET.get(f"{name}-find", ""),
    )
    return Response(draw(request, shown))
