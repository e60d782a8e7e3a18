"""What a route's path names: loaded within the client's scope, so that somebody else's visit is not found."""

from __future__ import annotations

from typing import Any

from cabinet.web.areas import public_id

from cabinet_visits.interfaces import IVisits


def visit(request: Any, _context: Any) -> Any:
    """The VisitRow of the path; NotFoundError."""
    return request.find_service(IVisits).by_public_id(public_id(request.matchdict["visit"]))
