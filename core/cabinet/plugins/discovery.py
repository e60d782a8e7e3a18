"""Finding modules: entry points are listed without importing, then imported one by one."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType

from cabinet.errors import DomainError
from cabinet.plugins.graph import in_order
from cabinet.plugins.manifest import API, ModuleInfo
from cabinet.texts import _

GROUP = "cabinet.modules"


class ModuleLoadError(DomainError):
    """A module cannot be imported, or its manifest is wrong. ``__cause__`` is what happened."""


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """An imported module: its manifest and its package."""

    info: ModuleInfo
    package: ModuleType

    @property
    def name(self) -> str:
        """Import name of the package."""
        return self.package.__name__

    def part(self, name: str) -> ModuleType | None:
        """The submodule ``name`` (``routes``, ``hooks``…), or None where the module has none. Errors inside it are raised."""
        if importlib.util.find_spec(f"{self.name}.{name}") is None:
            return None
        return importlib.import_module(f"{self.name}.{name}")


def installed() -> dict[str, str]:
    """Ids and package names of all installed modules; nothing is imported. A doubled id is an error."""
    found: dict[str, str] = {}
    for point in entry_points(group=GROUP):
        if found.setdefault(point.name, point.value) != point.value:
            raise ModuleLoadError(
                "duplicate_module",
                _(
                    "Two packages call themselves ${id}: ${one} and ${two}.",
                    mapping={"id": point.name, "one": found[point.name], "two": point.value},
                ),
            )
    return found


def load(packages: dict[str, str], disabled: Collection[str] = ()) -> list[LoadedModule]:
    """Import ``packages`` (id → package name) but the ``disabled`` ones, check manifests, put them in order."""
    modules = {key: _load_one(key, value) for key, value in sorted(packages.items()) if key not in disabled}
    return [modules[info.id] for info in in_order(module.info for module in modules.values())]


def load_named(names: Iterable[str]) -> list[LoadedModule]:
    """Modules by package name, without entry points: what tests use."""
    return load({name.removeprefix("cabinet_"): name for name in names})


def _load_one(key: str, name: str) -> LoadedModule:
    try:
        package = importlib.import_module(name)
        info = package.MODULE
    except Exception as error:
        raise ModuleLoadError(
            "module_import", _("Module ${id} cannot be imported: ${error}", mapping={"id": key, "error": repr(error)})
        ) from error
    if not isinstance(info, ModuleInfo) or info.id != key:
        raise ModuleLoadError(
            "module_manifest", _("Module ${id}: MODULE must be a ModuleInfo with that id.", mapping={"id": key})
        )
    if info.api != API:
        raise ModuleLoadError(
            "module_api",
            _(
                "Module ${id} is made for contract ${theirs}; this core speaks ${ours}.",
                mapping={"id": key, "theirs": info.api, "ours": API},
            ),
        )
    return LoadedModule(info, package)
