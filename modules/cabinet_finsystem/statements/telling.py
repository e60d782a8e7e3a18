"""Evidence in the reader's words, with his money and his dates."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from cabinet.contracts.money import Money
from cabinet_finsystem.statements.matching.decision import Evidence, Param
from cabinet_finsystem.statements.matching.texts import describe


def tell(request: Any, stored: Mapping[str, object]) -> str:
    """The sentence of one stored piece of evidence, in the language of ``request``."""

    def show(value: Param) -> str:
        if isinstance(value, Money):
            return str(request.fmt.amount(value.minor, value.currency))
        if isinstance(value, datetime.date):
            return str(request.fmt.date(value))
        return str(value)

    sentence: str = request.localizer.translate(describe(Evidence.from_json(stored), show))
    return sentence
