"""The names a template knows while it is drawn: a plain dictionary, since a page looks thousands of them up and copies all for each macro.

Chameleon's own looks a name up by four calls of Python, and copies itself name by name, through its own iterator.
"""

from __future__ import annotations

from typing import Any

import chameleon.template


class MissingNameError(NameError, KeyError):
    """A template asked for a name that it was not given: what Chameleon raises, whichever way it looks."""


class Scope(dict[str, Any]):
    """`chameleon.utils.Scope`, with the dictionary itself doing the work. A name set for all (``tal:define="global …"``) is found last."""

    __slots__ = ("_root",)
    _root: Any

    get_name = dict.__getitem__
    set_local = dict.__setitem__
    setLocal = set_local  # noqa: N815 - Chameleon's name

    def __missing__(self, key: str) -> Any:
        root: Any = getattr(self, "_root", self)
        if root is not self and key in root:
            return root[key]
        raise MissingNameError(key)

    @property
    def vars(self) -> Scope:
        """All names: what error messages print."""
        return self

    def copy(self) -> Scope:
        """The same names for a macro, whose own definitions stay its own."""
        found = Scope(self)
        root: Any = getattr(self, "_root", self)
        found._root = root
        return found

    def set_global(self, name: str, value: Any) -> None:
        """Set a name for the whole template."""
        getattr(self, "_root", self)[name] = value

    setGlobal = set_global  # noqa: N815 - Chameleon's name


def look_names_up_quickly() -> None:
    """Have Chameleon keep names in a `Scope` of ours."""
    chameleon.template.Scope = Scope  # type: ignore[attr-defined, assignment]
