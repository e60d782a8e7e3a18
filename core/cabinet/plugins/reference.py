"""The page that documents every hook, drawn from the code: ``python -m cabinet.plugins.reference`` writes it anew.

A test says when the page and the code differ; nobody keeps signatures and fields by hand.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from cabinet.plugins import contributions, hookspecs

PAGE = Path(__file__).resolve().parents[3] / "docs" / "hooks.md"
_INTRO = """\
# Hooks

What a module brings, it returns from hooks: plain frozen data, once, at start-up. A module implements those it needs in its `hooks.py`:

```python
from cabinet.plugins.contributions import Permission
from cabinet.plugins.hookspecs import hookimpl


@hookimpl
def cabinet_permissions() -> list[Permission]:
    return [Permission("loans:record:view", _("See records"), ("manager", "head"))]
```

"""
_END = """\
This page is drawn from `cabinet.plugins.hookspecs` and `cabinet.plugins.contributions` by `python -m cabinet.plugins.reference`.
"""


def page(specs: ModuleType = hookspecs, brought: ModuleType = contributions) -> str:
    """The page about the hooks of ``specs``, whose contributions are classes of ``brought``."""
    hooks = [(name, hook) for name, hook in vars(specs).items() if name.startswith("cabinet_")]
    told = [_INTRO, _text(specs).partition("\n\n")[2], "\n\n", *_choices(brought)]
    described: set[str] = set()
    for name, hook in hooks:
        told += [f"\n## `{name}{_signature(hook)}`\n\n", _text(hook), "\n"]
        for found in _contributions(hook, brought):
            if found.__name__ not in described:
                described.add(found.__name__)
                told += _described(found, brought, described)
    return "".join([*told, "\n", _END])


def _choices(brought: ModuleType) -> Iterator[str]:
    """The words that a field may have, where it has one of a few."""
    for name, found in vars(brought).items():
        if name[0].isupper() and get_origin(found) is Literal:
            yield f"`{name}` is one of {', '.join(f'`{word}`' for word in get_args(found))}.\n"


def _signature(hook: Any) -> str:
    return str(inspect.signature(hook)).replace("'", "")


def _contributions(hook: Any, brought: ModuleType) -> Iterator[Any]:
    for name in re.findall(r"\w+", str(inspect.signature(hook).return_annotation)):
        if is_dataclass(found := getattr(brought, name, None)):
            yield found


def _described(found: Any, brought: ModuleType, described: set[str]) -> Iterator[str]:
    """A class of contributions, and those that its fields name."""
    yield f"\n### `{found.__name__}`\n\n{_text(found)}\n\n```python\n"
    yield from (f"{_field(field)}\n" for field in fields(found))
    yield "```\n"
    for field in fields(found):
        for name in re.findall(r"\w+", str(field.type)):
            other = getattr(brought, name, None)
            if is_dataclass(other) and isinstance(other, type) and other.__name__ not in described:
                described.add(other.__name__)
                yield from _described(other, brought, described)


def _field(field: Field[Any]) -> str:
    line = f"{field.name}: {field.type}"
    if field.default is not MISSING:
        line = f"{line} = {field.default!r}"
    elif field.default_factory is not MISSING:
        line = f"{line} = {getattr(field.default_factory, '__name__', '')}()"
    return line.replace("'", '"')


def _text(thing: Any) -> str:
    """A docstring as Markdown: what stands between two backquotes stands between one."""
    return (inspect.getdoc(thing) or "").replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
