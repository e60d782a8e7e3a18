"""cabinet.toml in a backup: everything but the secrets, which a copy that lies about must not give away."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cabinet.settings import Settings


def without_secrets(text: str) -> str:
    """``text`` of a cabinet.toml without secrets and comments; passwords go out of URLs, too."""
    return as_toml(_stripped(tomllib.loads(text), Settings))


def as_toml(values: dict[str, Any]) -> str:
    """Settings as TOML: plain keys first, then a table a section."""
    plain = {key: value for key, value in values.items() if not isinstance(value, dict)}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items()]
    for section, table in values.items():
        if isinstance(table, dict):
            lines += ["", f"[{section}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _stripped(values: dict[str, Any], model: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in values.items():
        field = model.model_fields.get(key)
        kind = field.annotation if field is not None else None
        if kind is SecretStr:
            continue
        if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, BaseModel):
            kept[key] = _stripped(value, kind)
        else:
            kept[key] = _without_password(value)
    return kept


def _without_password(value: Any) -> Any:
    if not isinstance(value, str) or "://" not in value:
        return value
    try:
        url = make_url(value)
    except ArgumentError:
        return value
    # Not set(password=None): that would leave it as it is.
    return url._replace(password=None).render_as_string(hide_password=False) if url.password else value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    # A string of JSON is a basic string of TOML.
    return (
        str(value)
        if isinstance(value, (int, float))
        else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    )
