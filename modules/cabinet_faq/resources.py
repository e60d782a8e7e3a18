"""What a route's path names, loaded as far as the reader may see it: else there is no such page, and no view ever begins."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IAudiences, ISettings
from cabinet.security.hosts import address_of, network_of
from cabinet.web.areas import public_id
from cabinet.web.limits import limit
from cabinet_faq.interfaces import EDIT, FOR_GUESTS, IFaq

GUESTS = {"limit": 60, "per_seconds": 3600}
"""How often guests of one network may do each thing."""


def question(request: Any, context: Any) -> Any:
    """The question of the path: a draft for those alone who write."""
    reader = request.find_service(IAudiences).reader(context)
    wanted = public_id(request.matchdict["question"])
    return request.find_service(IFaq).find(wanted, reader, drafts=may_write(request, context))


def group(request: Any, _context: Any) -> Any:
    """The group of the path."""
    return request.find_service(IFaq).group(public_id(request.matchdict["group"]))


def open_to_guests(request: Any, _context: Any) -> Any:
    """Something where the owner lets guests read, else nothing."""
    return request.find_service(ISettings).get(FOR_GUESTS) or None


def public_question(request: Any, context: Any) -> Any:
    """A question for guests. What they do is counted first of all: in a transaction of its own, which must be over before ours begins."""
    if request.method == "POST" and request.identity is None:
        limit(request, request.matched_route.name, network_of(address_of(request)), **GUESTS)
    return question(request, context) if open_to_guests(request, context) else None


def may_write(request: Any, context: Any) -> bool:
    """Whether the person writes answers here."""
    return context.area == "office" and bool(request.has_permission(EDIT, context))
