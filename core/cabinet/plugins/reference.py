"""The page that documents every hook, drawn from the code: ``python -m cabinet.plugins.reference`` writes it anew.

A test says when the page and the code differ; nobody keeps signatures and fields by hand.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from cabinet.plugins import contributions, hookspecs

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "hooks.md"
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
This page is drawn from `cabinet.plugins.hookspecs`, `cabinet.plugins.contributions` and the `hookspecs.py` of the modules here by
`python -m cabinet.plugins.reference`.
"""


def of_modules() -> list[ModuleType]:
    """The ``hookspecs`` of the modules that lie in this repository and have hooks of their own."""
    found = sorted((ROOT / "modules").glob("*/hookspecs.py"))
    return [importlib.import_module(f"{path.parent.name}.hookspecs") for path in found]


def page(specs: ModuleType = hookspecs, brought: ModuleType = contributions, others: Sequence[ModuleType] = ()) -> str:
    """The page about the hooks of ``specs``, whose contributions are classes of ``brought``, and then about those of ``others``."""
    told = [_INTRO, _text(specs).partition("\n\n")[2], "\n\n", *_choices(brought)]
    described: set[str] = set()
    told += _hooks(specs, "cabinet_", brought, described)
    for other in others:
        prefix = other.__name__.partition(".")[0].removeprefix("cabinet_") + "_"
        title, _blank, text = _text(other).partition("\n\n")
        told.append(f"\n# {title.rstrip('.')}\n\n{text}\n")
        told += _hooks(other, prefix, brought, described)
    return "".join([*told, "\n", _END])


def _hooks(specs: ModuleType, prefix: str, brought: ModuleType, described: set[str]) -> Iterator[str]:
    """The hooks of ``specs``, each with what it returns."""
    hooks = [(name, hook) for name, hook in vars(specs).items() if name.startswith(prefix)]
    for name, hook in hooks:
        yield from (f"\n## `{name}{_signature(hook)}`\n\n", _text(hook), "\n")
        for found in _contributions(hook, brought):
            if found.__name__ not in described:
                described.add(found.__name__)
                yield from _described(found, brought, described)


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
    PAGE.write_text(page(others=of_modules()), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
