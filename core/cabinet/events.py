"""Events: what happened, told to anyone. Two moments: inside the transaction (may veto), and after commit (told only)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from zope.interface import implementer

from cabinet.interfaces import IEvents, ISwitches

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. Subclasses are frozen dataclasses named in the past tense; fields are ids and plain values."""


class Moment(Enum):
    """When a subscriber is called."""

    IN_TRANSACTION = "in"  # an exception rolls the whole transaction back
    AFTER_COMMIT = "after"  # an exception is logged and changes nothing


Handler = Callable[[Any, Any], None]


class EventSubscriptions:
    """Who listens to what; filled while the application is configured, read-only afterwards."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[type[Event], Moment], list[Handler]] = defaultdict(list)

    def add(self, event_class: type[Event], handler: Handler, moment: Moment) -> None:
        """Subscribe ``handler(event, request)`` to exactly ``event_class``."""
        self._handlers[event_class, moment].append(handler)

    def of(self, event: Event, moment: Moment) -> list[Handler]:
        """Handlers of ``event`` at ``moment``, in order of subscription."""
        return self._handlers.get((type(event), moment), [])


@implementer(IEvents)
class Events:
    """Delivers the events of one transaction."""

    def __init__(self, subscriptions: EventSubscriptions, request: Any) -> None:
        self._subscriptions = subscriptions
        self._request = request

    def record(self, event: Event) -> None:
        """Tell subscribers now; those that asked for it are told again, once, after the transaction committed.

        A module that is off hears what happens, since it may have to keep what it holds whole; one whose data were erased does not.
        """
        for handler in self._subscriptions.of(event, Moment.IN_TRANSACTION):
            if not self._gone(handler):
                handler(event, self._request)
        if self._subscriptions.of(event, Moment.AFTER_COMMIT):
            self._request.tm.get().addAfterCommitHook(self._deliver, args=(event,))

    def _deliver(self, committed: bool, event: Event) -> None:
        if not committed:
            return
        for handler in self._subscriptions.of(event, Moment.AFTER_COMMIT):
            try:
                if not self._gone(handler):
                    handler(event, self._request)
            except Exception:
                log.exception("after-commit subscriber failed: %r on %r", handler, event)

    def _gone(self, handler: Handler) -> bool:
        owner = handler.__module__.partition(".")[0].removeprefix("cabinet_")
        return bool(self._request.find_service(ISwitches).gone(owner))


def includeme(config: Any) -> None:
    """Bind the event service and the directive ``config.subscribe(EventClass, handler, moment)``."""
    subscriptions = EventSubscriptions()
    config.registry.cabinet_events = subscriptions
    config.add_directive(
        "subscribe",
        lambda _config, event_class, handler, moment=Moment.IN_TRANSACTION: subscriptions.add(
            event_class, handler, moment
        ),
    )
    config.register_service_factory(lambda _context, request: Events(subscriptions, request), IEvents)
