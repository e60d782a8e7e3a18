"""Cards of home pages and fragments of other modules' pages: loaded under the guard, rendered in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cabinet.web import guard


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a page: its template and the variables for it."""

    id: str
    place: str
    template: Any
    variables: Mapping[str, Any]


def cards(request: Any, home: str) -> Sequence[Fragment]:
    """Cards of a home page that the person may see and that have something to show."""
    found = []
    for card in request.registry.cabinet_contributions.cards:
        if card.home == home and request.has_permission(card.permission):
            variables = guard.call(request, card, card.load, request)
            if variables is not None:
                found.append(_fragment(card.id, card.place, card.template, variables))
    return found


def slot(request: Any, name: str, subject: Any) -> Sequence[Fragment]:
    """Fragments for the named place of the page about ``subject``."""
    found = []
    for item in request.registry.cabinet_contributions.slots:
        if item.slot == name and request.has_permission(item.permission):
            variables = guard.call(request, item, item.load, request, subject)
            if variables is not None:
                found.append(_fragment(item.id, "main", item.template, variables))
    return found


def _fragment(identifier: str, place: str, spec: str, variables: Mapping[str, Any]) -> Fragment:
    from cabinet.web.rendering import template

    return Fragment(identifier, place, template(spec), variables)
