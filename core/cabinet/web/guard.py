"""The run-time guard: a contributed callable may fail without taking the page with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cabinet.errors import ScopeError

log = logging.getLogger(__name__)


def call(request: Any, contribution: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``; None where it raised, with the owner's name in the log.

    A database error poisons the transaction and a scope error is a leak stopped: both go on up. In development and tests
    (``modules.on_error = fail``) everything does.
    """
    try:
        return function(*arguments)
    except (SQLAlchemyError, ScopeError):
        raise
    except Exception:
        if request.registry.settings["cabinet.settings"].modules.on_error == "fail":
            raise
        log.exception(
            "%s of module %s failed", contribution, request.registry.cabinet_contributions.owner_of(contribution)
        )
        return None
