"""The requirements of the loaded modules, followed in both directions. Pure: knows no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class ModuleGraph:
    """Who requires whom, of the modules that are there. ``infos``: ModuleInfo by id, requirements first."""

    def __init__(self, modules: Iterable[Any]) -> None:
        self.infos: Mapping[str, Any] = {module.info.id: module.info for module in modules}
        self._needs: dict[str, tuple[str, ...]] = {}
        for key, info in self.infos.items():
            needed = dict.fromkeys(info.requires)
            for one in info.requires:
                needed |= dict.fromkeys(self._needs[one])
            self._needs[key] = tuple(needed)

    def needs(self, module_id: str) -> tuple[str, ...]:
        """Everything without which ``module_id`` cannot run, at any remove."""
        return self._needs.get(module_id, ())

    def needed_by(self, module_id: str) -> tuple[str, ...]:
        """Everything that cannot run without ``module_id``, in the order of the graph."""
        return tuple(key for key in self.infos if module_id in self._needs[key])

    def title(self, module_id: str) -> str:
        """The module's title, a TranslationString; its id where it is not there."""
        info = self.infos.get(module_id)
        return info.title if info is not None else module_id
