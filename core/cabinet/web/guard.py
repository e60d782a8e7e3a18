"""The run-time guard: a contributed callable may fail without taking the page with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from pyramid_retry import is_error_retryable

from cabinet.db.session import SAFE_METHODS, begin_anew, is_aborted
from cabinet.errors import ScopeError

log = logging.getLogger(__name__)


class _Failed:
    """What a callable that raised returned."""


FAILED: Final = _Failed()


class Region:
    """One part of a page, filled by callables of modules: ``with guard.Region(request) as region: region.call(card, card.load, request)``.

    The part is one savepoint: what a callable broke in the transaction is taken back, and the next one finds it whole. Where nothing can
    be written there is nothing to take back, and a transaction that an error of the database has closed is begun anew. In development and
    tests (``modules.on_error = fail``) every error is raised.
    """

    def __init__(self, request: Any) -> None:
        self._request = request
        self._reading = request.method in SAFE_METHODS
        self._raising = request.registry.settings["cabinet.settings"].modules.on_error == "fail"
        self._savepoint: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or self._raising:
            return
        if is_aborted(self._request.db):
            # A callable kept an error of the database to itself: nothing could be asked any more unless the part is taken back.
            log.error("a part of the page hid an error of the database")
            self._take_back()
        elif self._savepoint is not None:
            self._savepoint.commit()

    def call(self, contribution: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        """``function(*arguments)``; FAILED where it raised, with the owner's id in the log.

        A scope error is a leak stopped, and a collision of two transactions is tried again: both go on up.
        """
        if self._raising:
            return function(*arguments)
        if self._savepoint is None and not self._reading:
            self._savepoint = self._request.db.begin_nested()
        try:
            return function(*arguments)
        except ScopeError:
            raise
        except Exception as error:
            if is_error_retryable(self._request, error):
                raise
            self._take_back()
            owner = self._request.registry.cabinet_contributions.owner_of(contribution)
            log.exception("%s of module %s failed", type(contribution).__name__, owner)
            return FAILED

    def _take_back(self) -> None:
        if self._savepoint is not None:
            self._savepoint.rollback()
            self._savepoint = None
        elif is_aborted(self._request.db):
            begin_anew(self._request.db)


def call(request: Any, contribution: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)`` in a region of its own; None where it failed."""
    with Region(request) as region:
        answer = region.call(contribution, function, *arguments)
    return None if answer is FAILED else answer
