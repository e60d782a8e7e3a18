"""Finding modules: entry points are listed without importing, then imported one by one."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType
from typing import TypeVar

from cabinet.errors import DomainError
from cabinet.plugins.faults import BrokenModule, culprits, part_of
from cabinet.plugins.graph import ModuleGraphError, in_order
from cabinet.plugins.manifest import API, ModuleInfo
from cabinet.texts import _

GROUP = "cabinet.modules"

log = logging.getLogger(__name__)
T = TypeVar("T")


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
        try:
            return importlib.import_module(f"{self.name}.{name}")
        except SystemExit as left:
            raise ImportError(f"{self.name}.{name} wants to leave: {left}") from left


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


@dataclass(frozen=True, slots=True)
class Survey:
    """What is installed: ``modules`` that can be started, in order, and those that are ``broken``, with the reason."""

    modules: tuple[LoadedModule, ...]
    broken: tuple[BrokenModule, ...] = ()

    def without(self, found: Collection[str], error: BaseException) -> Survey:
        """The same after ``error``, which is the fault of the modules ``found``: they go, with all that require them."""
        gone = [
            BrokenModule(module.info.id, module.name, module.info, error, part_of(error))
            for module in self.modules
            if module.info.id in found
        ]
        left = {module.info.id: module for module in self.modules if module.info.id not in found}
        return _with_requirements(left, (*self.broken, *gone))


def survey(packages: dict[str, str], disabled: Collection[str] = ()) -> Survey:
    """Import ``packages`` (id → package name) but the ``disabled`` ones; whatever is wrong with one is told, not raised."""
    loaded: dict[str, LoadedModule] = {}
    broken: list[BrokenModule] = []
    for key, name in sorted(packages.items()):
        if key not in disabled:
            try:
                loaded[key] = _load_one(key, name)
            except ModuleLoadError as error:
                broken.append(BrokenModule(key, name, None, error, "import"))
    for key in sorted(loaded):
        if shorter := next((other for other in loaded if key.startswith(f"{other}_")), None):
            clash = ModuleLoadError(
                "module_prefix",
                _(
                    "The tables of module ${id} would be called like those of ${other}.",
                    mapping={"id": key, "other": shorter},
                ),
            )
            broken.append(BrokenModule(key, loaded[key].name, loaded[key].info, clash, "manifest"))
    for one in broken:
        loaded.pop(one.id, None)
    return _with_requirements(loaded, tuple(broken))


def load(packages: dict[str, str], disabled: Collection[str] = ()) -> list[LoadedModule]:
    """The same for a site that must be whole: the first thing that is wrong is raised."""
    found = survey(packages, disabled)
    if found.broken:
        raise found.broken[0].error
    return list(found.modules)


def surviving(found: Survey, build: Callable[[Survey], T]) -> T:
    """What ``build`` makes of ``found``, begun again from zero without the modules whose fault an error was.

    What is no module's fault, or must stop the site, is raised.
    """
    while True:
        try:
            return build(found)
        except Exception as error:
            gone = culprits(error, found.modules)
            if not gone:
                raise
            log.error("without the module %s: %s", ", ".join(sorted(gone)), error, exc_info=error)  # noqa: TRY400 - one line of ours
            found = found.without(gone, error)


def _with_requirements(loaded: dict[str, LoadedModule], broken: tuple[BrokenModule, ...]) -> Survey:
    """Drop what requires something that is not there, until nothing does; then what goes in a circle."""
    gone = list(broken)
    while True:
        try:
            return Survey(tuple(loaded[info.id] for info in in_order(m.info for m in loaded.values())), tuple(gone))
        except ModuleGraphError as error:
            for key in error.details["modules"]:
                module = loaded.pop(key)
                gone.append(
                    BrokenModule(key, module.name, module.info, error, "requires", error.details.get("missing", ""))
                )


def load_named(names: Iterable[str]) -> list[LoadedModule]:
    """Modules by package name, without entry points: what tests use."""
    return load({name.removeprefix("cabinet_"): name for name in names})


def _load_one(key: str, name: str) -> LoadedModule:
    try:
        package = importlib.import_module(name)
        info = package.MODULE
    except (Exception, SystemExit) as error:  # whatever it wants to end, the site is not its to end
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
