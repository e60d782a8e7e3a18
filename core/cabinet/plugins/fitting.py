"""Whether what a hook returned is what it promises: a wrong word or type is told at the start, not by the page that stumbles over it."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cabinet.plugins import hookspecs


@cache
def promised(hook: str) -> Any:
    """The class of what ``hook`` of the core returns a list of; None where it may be anything."""
    spec = getattr(hookspecs, hook, None)
    kinds = get_args(get_type_hints(spec)["return"]) if spec is not None else ()
    return kinds[0] if kinds and is_dataclass(kinds[0]) else None


def misfit(item: Any, kind: Any) -> str:
    """What is wrong with ``item`` as a contribution of class ``kind``, or empty."""
    if not isinstance(item, kind):
        return f"{item!r} is no {kind.__name__}"
    hints = _hints(kind)
    for field in fields(kind):
        value = getattr(item, field.name)
        if not _fits(value, hints[field.name]):
            return f"{kind.__name__}.{field.name} cannot be {value!r}"
    return ""


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return value in parts
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        each = [parts[0]] * len(value) if isinstance(value, (tuple, list)) and parts[-1] is Ellipsis else parts
        return isinstance(value, (tuple, list)) and len(value) == len(each) and all(map(_fits, value, each))
    if origin is Callable:
        return callable(value)
    return isinstance(value, origin or hint)
