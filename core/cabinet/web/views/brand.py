"""The firm's sign and colour, as everybody may see them."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from cabinet.interfaces import IFileStore, ISettings
from cabinet.preferences.brand import COLOR, LOGO, stylesheet
from cabinet.security.policy import PUBLIC
from cabinet.web.downloads import file_response

KEPT = "public, max-age=31536000, immutable"


@view_config(route_name="cabinet.public.sign", request_method="GET", permission=PUBLIC)
def sign(request: Any) -> Any:
    """The picture that stands for the firm."""
    file_id = request.find_service(ISettings).get(LOGO)
    stored = request.find_service(IFileStore).get(file_id) if file_id else None
    if stored is None:
        raise HTTPNotFound
    response = file_response(request, stored, inline=True)
    response.headers["Cache-Control"] = KEPT  # another picture has another address
    return response


@view_config(route_name="cabinet.public.colors", request_method="GET", permission=PUBLIC)
def colors(request: Any) -> Response:
    """The theme's accent in the firm's colour."""
    css = stylesheet(request.find_service(ISettings).get(COLOR))
    response = Response(css, content_type="text/css", charset="utf-8")
    response.headers["Cache-Control"] = KEPT
    return response
