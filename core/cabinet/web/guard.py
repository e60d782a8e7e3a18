"""The run-time guard: a contributed callable may fail without taking the page with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from pyramid_retry import is_error_retryable

from cabinet.db.session import SAFE_METHODS, is_aborted
from cabinet.errors import ScopeError

log = logging.getLogger(__name__)


class _Failed:
    """What a callable that raised returned."""


FAILED: Final = _Failed()


class Region:
    """One part of a page, filled by callables of modules: ``with guard.Region(request) as region: region.call(card, card.load, request)``.

    The part is one savepoint: what a callable broke in the transaction is taken back, and the next one finds it whole. In development
    and tests (``modules.on_error = fail``) every error is raised.
    """

    def __init__(self, request: Any) -> None:
        self._request = request
        self._raising = request.registry.settings["cabinet.settings"].modules.on_error == "fail"
        self._savepoint: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._savepoint is None or error is not None:
            return
        if is_aborted(self._request.db):
            # A callable kept an error of the database to itself: nothing could be asked any more unless the part is taken back.
            log.error("a part of the page hid an error of the database")
            self._savepoint.rollback()
        else:
            self._savepoint.commit()

    def call(self, contribution: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        """``function(*arguments)``; FAILED where it raised, with the owner's id in the log.

        A scope error is a leak stopped, and a collision of two transactions is tried again: both go on up.
        """
        if self._raising:
            return function(*arguments)
        if self._savepoint is None:
            self._savepoint = _savepoint(self._request)
        try:
            return function(*arguments)
        except ScopeError:
            raise
        except Exception as error:
            if is_error_retryable(self._request, error):
                raise
            self._savepoint.rollback()
            self._savepoint = None
            owner = self._request.registry.cabinet_contributions.owner_of(contribution)
            log.exception("%s of module %s failed", type(contribution).__name__, owner)
            return FAILED


def _savepoint(request: Any) -> Any:
    """A savepoint to take a part back to. Where nothing can be written that of the connection will do: the session has nothing to take
    back, and to let it look through all that was read costs more than most parts of a page do."""
    reading = request.method in SAFE_METHODS
    return request.db.connection().begin_nested() if reading else request.db.begin_nested()


def call(request: Any, contribution: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)`` in a region of its own; None where it failed."""
    with Region(request) as region:
        answer = region.call(contribution, function, *arguments)
    return None if answer is FAILED else answer
