"""What the product says when a rule is broken: one family of exceptions, shown alike on a page, by a command and by the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class DomainError(Exception):
    """A rule of the business said no; nothing was changed.

    ``code`` is for machines and support (``invoice_not_draft``); ``message`` is a TranslationString for people;
    ``details`` are the facts a caller may want, ready for JSON.
    """

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})

    def __str__(self) -> str:
        # A TranslationString prints its msgid with the ${...} left in; people reading a log want the values.
        interpolate = getattr(self.message, "interpolate", None)
        return str(interpolate()) if interpolate else str(self.message)


class NotFoundError(DomainError):
    """The thing asked for does not exist for this person. Pages answer 404, with one body for all reasons."""


class ConflictError(DomainError):
    """Somebody else was first, or the thing is no longer in the state the caller saw."""


class ModuleOffError(DomainError):
    """The module is switched off, for the site or for the client concerned: what is there can be read, nothing new is written."""


class ScopeError(RuntimeError):
    """A statement touched clients' data without, or outside, the scope of the request. Always a programming error."""


class NotYetError(Exception):
    """What a job raises that has to wait for another one: it is tried again at ``until``, and this run does not count."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"waits until {until:%H:%M:%S}")
        self.until = until
