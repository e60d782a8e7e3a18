"""What acts upon reminders record, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabinet.plugins.contributions import AuditField
from cabinet_finsystem.dunning.wording import step_name
from cabinet_finsystem.texts import _


def _step(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    return step_name(request.fmt, int(value))


FIELDS = (
    AuditField("finsystem.dunning_step.days", _("When to remind"), show=_step),
    AuditField("finsystem.dunning_step.text_ru", _("Words in Russian")),
    AuditField("finsystem.dunning_step.text_en", _("Words in English")),
    AuditField("finsystem.invoice.days", _("When to remind"), show=_step),
    AuditField("finsystem.invoice.people", _("People told")),
)
