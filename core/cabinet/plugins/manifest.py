"""A module's manifest: ``MODULE = ModuleInfo(...)`` in its package."""

from __future__ import annotations

import re
from dataclasses import dataclass

API = 1
"""Number of the contract between core and modules. A module made for another number is refused."""

_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")
_RESERVED = ("core", "cabinet")


@dataclass(frozen=True, slots=True)
class ModuleInfo:
    """What a module says of itself. ``title`` and ``description`` are TranslationStrings.

    ``id`` prefixes tables, routes, permissions and settings. ``requires``: ids without which it cannot run;
    ``optional``: ids it uses where they are. ``api``: number of the contract it was written for.
    """

    id: str
    title: str
    version: str
    api: int = API
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    category: str = "other"
    description: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.id in _RESERVED:
            raise ValueError(f"module id {self.id!r}: lower-case letters, digits and _, from 2 to 31; not {_RESERVED}")
        for named in (self.requires, self.optional):
            if not isinstance(named, (tuple, list)) or not all(isinstance(one, str) for one in named):
                raise TypeError(f"requires and optional of {self.id!r} are tuples of ids, not {named!r}")
