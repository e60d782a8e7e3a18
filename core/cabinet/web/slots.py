"""Cards of home pages and fragments of other modules' pages: loaded under the guard, rendered in place."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pyramid.renderers import render
from pyramid_retry import is_error_retryable

from cabinet.errors import ScopeError
from cabinet.switches.optional import is_open
from cabinet.web import guard
from cabinet.web.templates import template

log = logging.getLogger(__name__)
T = TypeVar("T")

FAILED_CARD = "cabinet:templates/cards/failed.pt"

_ROOMY = {"main", "side"}
"""Places of a page where a few words in the stead of a fragment do no harm; a tab or a figure that failed is left out."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a page: its template and the variables for it."""

    id: str
    place: str
    template: Any
    variables: Mapping[str, Any]

    def failed(self, request: Any) -> str:
        """What stands in its place where drawing it raised, for ``on-error`` of the page; raised on where `guard.Region` would."""
        error = sys.exc_info()[1]
        settings = request.registry.settings["cabinet.settings"]
        if settings.modules.on_error == "fail" or isinstance(error, ScopeError) or is_error_retryable(request, error):
            raise  # noqa: PLE0704 - the page handles an error when it asks
        log.error("the fragment %s could not be drawn", self.id, exc_info=error)
        drawn: str = render(FAILED_CARD, {}, request=request)
        return drawn


def open_now(request: Any, contributions: Iterable[T]) -> Iterator[T]:
    """Those ``contributions`` whose module is on: for the site and, on a client's own pages, for him."""
    owner_of = request.registry.cabinet_contributions.owner_of
    known: dict[str, bool] = {}
    for item in contributions:
        owner = owner_of(item)
        if owner not in known:
            known[owner] = is_open(request, owner)
        if known[owner]:
            yield item


def cards(request: Any, home: str) -> Sequence[Fragment]:
    """Cards of a home page that the person may see and that have something to show."""
    found = []
    with guard.Region(request) as region:
        for card in open_now(request, request.registry.cabinet_contributions.cards):
            if card.home == home and request.has_permission(card.permission):
                variables = region.call(card, card.load, request)
                found += _fragments(card.id, card.place, card.template, variables)
    return found


def slot(request: Any, name: str, subject: Any) -> Sequence[Fragment]:
    """Fragments for the named place of the page about ``subject``."""
    found = []
    with guard.Region(request) as region:
        for item in open_now(request, request.registry.cabinet_contributions.slots):
            if item.slot == name and request.has_permission(item.permission):
                variables = region.call(item, item.load, request, subject)
                if variables is guard.FAILED and name.rpartition(".")[2] not in _ROOMY:
                    continue
                found += _fragments(item.id, "main", item.template, variables)
    return found


def _fragments(identifier: str, place: str, spec: str, variables: Any) -> list[Fragment]:
    """The fragment, none where there is nothing to show, or what is shown where it failed."""
    if variables is None:
        return []
    if variables is guard.FAILED:
        return [Fragment(identifier, place, template(FAILED_CARD), {})]
    return [Fragment(identifier, place, template(spec), variables)]
