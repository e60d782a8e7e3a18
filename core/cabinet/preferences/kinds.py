"""What a setting may be: how a value is checked and put in words. A value here is plain data: text, number, yes or no."""

from __future__ import annotations

import re
from typing import Any

from cabinet.errors import DomainError
from cabinet.plugins.contributions import Setting
from cabinet.texts import _

_COLOR = re.compile(r"#[0-9a-f]{6}")
_LONGEST = 500


class SettingError(DomainError):
    """A value that a setting cannot have; ``details["field"]`` names the setting."""


def checked(setting: Setting, value: Any) -> Any:
    """``value`` as it is stored; None stands for the default. SettingError says what is wrong in words."""
    if value is None or (value == "" and not setting.may_be_empty):
        return None
    tidy = _TIDY[setting.kind](setting, value)
    problem = setting.check(tidy) if setting.check is not None else None
    if problem:
        raise refusal(setting, problem)
    return tidy


def refusal(setting: Setting, problem: Any) -> SettingError:
    """What `checked` raises."""
    return SettingError("setting_wrong", problem, {"field": setting.name})


def _text(setting: Setting, value: Any) -> str:
    text = str(value).strip()
    if len(text) > _LONGEST or any(not c.isprintable() for c in text):
        raise refusal(setting, _("One line of at most ${n} characters, please.", mapping={"n": _LONGEST}))
    return text


def _choice(setting: Setting, value: Any) -> str:
    if value not in dict(setting.choices):
        raise refusal(setting, _("Choose one of those offered."))
    return str(value)


def _switch(_setting: Setting, value: Any) -> bool:
    return value is True or str(value).lower() in {"1", "true", "yes", "on", "y"}


def _number(setting: Setting, value: Any) -> int:
    try:
        number = int(str(value).strip())
    except ValueError:
        raise refusal(setting, _("Write a whole number.")) from None
    if not setting.least <= number <= setting.most:
        facts = {"least": setting.least, "most": setting.most}
        raise refusal(setting, _("Write a number from ${least} to ${most}.", mapping=facts))
    return number


def _color(setting: Setting, value: Any) -> str:
    color = str(value).strip().lower()
    if not _COLOR.fullmatch(color):
        raise refusal(setting, _("Write a colour as #0e6074."))
    return color


def _file(_setting: Setting, value: Any) -> int:
    return int(value)


_TIDY = {
    "text": _text,
    "secret": _text,
    "choice": _choice,
    "switch": _switch,
    "number": _number,
    "color": _color,
    "picture": _file,
}
