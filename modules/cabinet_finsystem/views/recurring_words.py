"""Recurring services in words."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IClock
from cabinet.texts import told, unpack_text
from cabinet_finsystem.forms.recurring import BILLED, PERIODS
from cabinet_finsystem.recurring.wording import period_text
from cabinet_finsystem.texts import _

VIEW, EDIT = "finsystem:invoice:view", "finsystem:invoice:edit"


class Words:
    """What pages say of services, for one reader."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._today = request.find_service(IClock).today()

    def state(self, service: Any) -> tuple[str, str]:
        """(shape, word) of a RecurringService."""
        if service.problem:
            return "late", self._say(_("stopped"))
        if service.next_on is not None:
            return "issued", self._say(_("active"))
        if service.ends is not None and service.ends < self._today:
            return "void", self._say(_("ended"))
        if service.steps[-1].active:
            return "void", self._say(_("all is billed"))
        return "off", self._say(_("paused"))

    def problem(self, service: Any) -> str:
        """Why it could not be billed, or empty."""
        if not service.problem:
            return ""
        return told(unpack_text(service.problem["text"]), self._say)

    def often(self, service: Any) -> str:
        """«ежемесячно»."""
        return self._say(PERIODS[service.period])

    def when(self, service: Any) -> str:
        """In which month it is billed."""
        return self._say(BILLED[service.billed])

    def period(self, period: Any, kind: str) -> str:
        """A whole period in the reader's language."""
        return period_text(period, kind, "ru" if self._request.locale_name.startswith("ru") else "en")

    def price(self, service: Any) -> Any:
        """What a unit costs now, or that the price list says."""
        price = service.steps[-1].price
        return self._say(_("as the price list")) if price is None else self._request.fmt.money(price, service.currency)

    def _say(self, text: str) -> str:
        return str(self._request.localizer.translate(text))
