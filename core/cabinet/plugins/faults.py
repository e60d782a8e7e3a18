"""What is wrong with a module, and whose fault an error is."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyramid.exceptions import ConfigurationConflictError, ConfigurationExecutionError

from cabinet.errors import DomainError
from cabinet.plugins.manifest import ModuleInfo
from cabinet.texts import _

SECURITY = "permissions"
"""The part whose failure is never quarantined: a site that goes on without what guards it is no site."""

_BLAMED, _PART = "cabinet_module", "cabinet_part"


@dataclass(frozen=True, slots=True)
class BrokenModule:
    """An installed module that does not run. ``error``: what happened; ``info``: its manifest, None where not even that was read.

    ``because_of``: id of the broken or missing module that it requires; ``part``: what was being done with it.
    """

    id: str
    package: str
    info: ModuleInfo | None
    error: BaseException
    part: str = ""
    because_of: str = ""

    @property
    def code(self) -> str:
        """For support and machines."""
        return self.error.code if isinstance(self.error, DomainError) else "module_broken"

    @property
    def message(self) -> str:
        """What happened, in words."""
        if isinstance(self.error, DomainError):
            return self.error.message
        facts = {"error": f"{type(self.error).__name__}: {self.error}", "part": self.part}
        told: str = _("It failed while it was being started (${part}): ${error}", mapping=facts)
        return told

    @property
    def trace(self) -> str:
        """The traceback, for its developer."""
        return "".join(traceback.format_exception(self.error))


class Blameworthy:
    """Mixin of errors that know by themselves which modules they are the fault of."""

    def culprits(self) -> set[str]:
        """Ids of the modules to leave out; empty where leaving out would not do."""
        raise NotImplementedError


@contextmanager
def blaming(module_id: str, part: str) -> Iterator[None]:
    """What is raised within this block is the fault of ``module_id``. The innermost block counts."""
    try:
        yield
    except Exception as error:
        if not hasattr(error, _BLAMED):
            setattr(error, _BLAMED, module_id)
            setattr(error, _PART, part)
        raise


def culprits(error: BaseException, modules: Sequence[Any]) -> set[str]:
    """Ids of those of ``modules`` (LoadedModule) whose fault ``error`` is; empty where it is nobody's, or must stop the site."""
    present = {module.info.id for module in modules}
    if isinstance(error, Blameworthy):
        return error.culprits() & present
    if isinstance(error, ConfigurationConflictError):
        return _of_conflict(error, modules)
    if isinstance(error, ConfigurationExecutionError) and not hasattr(error, _BLAMED):
        owner = owner_of_file(getattr(error.info, "file", ""), modules)
        return {owner} if owner else set()
    if getattr(error, _PART, "") == SECURITY:
        return set()
    return {getattr(error, _BLAMED, "")} & present


def part_of(error: BaseException) -> str:
    """What was being done when ``error`` was raised."""
    return str(getattr(error, _PART, ""))


def said_of(error: BaseException) -> str:
    """``error`` in one line, with the module whose fault it is, and what was being done with it, where that is known."""
    line = f"{type(error).__name__}: {error}".partition("\n")[0]
    blamed = getattr(error, _BLAMED, "")
    return f"{blamed} ({part_of(error)}): {line}" if blamed else line


def owner_of_file(file: str, modules: Iterable[Any]) -> str | None:
    """Id of the module in whose package ``file`` lies."""
    if not file:
        return None
    path = Path(file)
    for module in modules:
        if any(path.is_relative_to(folder) for folder in module.package.__path__):
            return str(module.info.id)
    return None


def _of_conflict(error: ConfigurationConflictError, modules: Sequence[Any]) -> set[str]:
    """Two said the same thing: the one that was loaded later has to go. Where a guard of the core is concerned nobody does."""
    order = [module.info.id for module in modules]
    found = set()
    for discriminator, infos in error._conflicts.items():  # noqa: SLF001 - Pyramid keeps them nowhere else
        owners = [owner for info in infos if (owner := owner_of_file(getattr(info, "file", ""), modules))]
        if not owners or _guards(discriminator):
            return set()
        found.add(max(owners, key=order.index))
    return found


def _guards(discriminator: Any) -> bool:
    text = str(discriminator)
    return any(word in text for word in ("Security", "security", "permission", "csrf", "CSRF", "Session", "tween"))
