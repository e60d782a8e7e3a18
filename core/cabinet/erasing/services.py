"""Looking at what would go, beginning, and the job that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet import __version__
from cabinet.erasing import belongings
from cabinet.erasing.copying import FOLDER, Copy
from cabinet.errors import ConflictError, DomainError, NotFoundError
from cabinet.files.models import StoredFile
from cabinet.files.storage import open_storage
from cabinet.imports.models import ImportedTable
from cabinet.interfaces import IAuditLog, IClock, IJobs, IModuleEraser, ISwitches
from cabinet.jobs.models import Job
from cabinet.notify.models import OutgoingMail
from cabinet.numbering.models import Sequence as NumberSequence
from cabinet.switches.models import ModuleSwitch
from cabinet.texts import _

ERASE = "core.erase_module"
_COUNTED = {
    Job.__tablename__: "jobs",
    OutgoingMail.__tablename__: "letters",
    ImportedTable.__tablename__: "imports",
    NumberSequence.__tablename__: "series",
    StoredFile.__tablename__: "files",
}


class NotConfirmedError(DomainError):
    """The id of the module was not typed, or another one was."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What goes with a module, and what stays. ``tables``: (name, rows); ``size``: bytes of the ``files``; ``audit``: acts that stay.

    ``installed``: it is among the modules of this site; ``refusal``: why it cannot go now, a TranslationString, or empty.
    """

    id: str
    title: str
    installed: bool
    tables: Sequence[tuple[str, int]]
    files: int = 0
    size: int = 0
    series: int = 0
    jobs: int = 0
    letters: int = 0
    imports: int = 0
    audit: int = 0
    refusal: str = ""

    @property
    def rows(self) -> int:
        """Of all its tables."""
        return sum(count for _name, count in self.tables)


@implementer(IModuleEraser)
class ModuleEraser:
    """The eraser of one transaction."""

    def __init__(
        self,
        session: Session,
        modules: Sequence[Any],
        broken: Sequence[str],
        switches: ISwitches,
        jobs: Callable[[], IJobs],
        translate: Callable[[str], str],
    ) -> None:
        self._session = session
        self._infos = {module.info.id: module.info for module in modules}
        self._broken = broken
        self._switches = switches
        self._jobs = jobs
        self._translate = translate

    def left_behind(self) -> list[str]:
        """Ids of modules that are not installed any more and whose data are still here."""
        return sorted(belongings.owners(self._session.connection()) - self._infos.keys() - set(self._broken))

    def preview(self, module_id: str) -> Belongings:
        """What would go, what would stay, and why it cannot be now. NotFoundError."""
        connection = self._session.connection()
        there = belongings.owners(connection)
        if module_id not in there | self._infos.keys() or module_id == "core":
            raise NotFoundError("no_module", _("There is no module ${id}.", mapping={"id": module_id}))
        tables = belongings.own_tables(connection, module_id) if module_id in there else []
        info = self._infos.get(module_id)
        return Belongings(
            id=module_id,
            title=self._translate(info.title) if info else module_id,
            installed=info is not None,
            tables=[(name, belongings.count(connection, name)) for name in sorted(tables)],
            size=self._size(connection, module_id),
            audit=belongings.remembered(connection, module_id),
            refusal=self._refusal(connection, module_id, there, tables),
            **self._counted(connection, module_id),
        )

    def begin(self, module_id: str, typed: str) -> Job:
        """Start the work. NotConfirmedError where ``typed`` is not the id; ConflictError where it cannot be now."""
        found = self.preview(module_id)
        if typed.strip() != module_id:
            raise NotConfirmedError(
                "not_confirmed",
                _("Type the id of the module, ${id}, to erase what it holds.", mapping={"id": module_id}),
                {"field": "typed"},
            )
        if found.refusal:
            raise ConflictError("module_not_erased", found.refusal, {"module": module_id})
        job: Job = self._jobs().enqueue(ERASE, {"module": module_id}, unique_key=f"erase:{module_id}")
        return job

    def _counted(self, connection: Connection, module_id: str) -> dict[str, int]:
        return {
            _COUNTED[share.name]: connection.scalar(
                select(func.count()).select_from(share.table).where(share.criterion)
            )
            or 0
            for share in belongings.shares(module_id)
            if share.name in _COUNTED
        }

    def _size(self, connection: Connection, module_id: str) -> int:
        [files] = [share for share in belongings.shares(module_id) if share.table is StoredFile.__table__]
        return int(connection.scalar(select(func.sum(StoredFile.size)).where(files.criterion)) or 0)

    def _refusal(self, connection: Connection, module_id: str, there: set[str], tables: list[str]) -> Any:
        """Why not, in the order in which the owner would mend it: a TranslationString, or nothing."""
        if module_id in self._broken:
            return _("This module is installed and did not start. Repair it, or remove its package first.")
        if module_id in self._infos and self._switches.on(module_id):
            return _("The module is on. Switch it off first.")
        if module_id not in there:
            return _("It holds nothing: its data were erased already.")
        needing = [key for key, info in self._infos.items() if module_id in info.requires and key in there]
        if needing:
            return _(
                "What “${module}” holds stands on it. Erase that first.",
                mapping={"module": self._translate(self._infos[needing[0]].title)},
            )
        if longer := [key for key in (there | self._infos.keys()) if key.startswith(f"{module_id}_")]:
            return _("Its tables cannot be told from those of ${other}.", mapping={"other": longer[0]})
        if others := belongings.referring(connection, tables):
            return _("Tables of others refer to it: ${tables}", mapping={"tables": ", ".join(sorted(others))})
        if belongings.running(connection, module_id):
            return _("Work of this module is going on. Wait until it has ended.")
        return ""


def erase_module(job: Any, registry: Any) -> dict[str, Any]:
    """The job ``core.erase_module``: keep a copy, then drop and delete, all in one transaction.

    A failure, or a kill, at any moment leaves everything as it was; a copy that is written by then may stay beside it.
    """
    module_id: str = job.args["module"]
    settings = registry.settings["cabinet.settings"]
    with job.unit_of_work() as request:
        eraser: ModuleEraser = request.find_service(IModuleEraser)
        connection = request.db.connection()
        belongings.lock(connection, belongings.own_tables(connection, module_id))
        found = eraser.preview(module_id)
        if found.refusal:
            raise ConflictError("module_not_erased", found.refusal, {"module": module_id})
        now = request.find_service(IClock).now()
        target = copy_path(settings.root, module_id, now)
        _keep(connection, found, target, settings, job, now)
        belongings.drop(connection, module_id, [name for name, _count in _in_order(connection, found)])
        belongings.forget(connection, module_id)
        _switch_off(request, module_id)
        request.find_service(IAuditLog).record(
            "core.module.erased",
            kind="module",
            public_id=module_id,
            title=module_id,
            after={
                "tables": len(found.tables),
                "rows": found.rows,
                "files": found.files,
                "size": found.size,
                "copy": target.name,
            },
        )
        result = {"module": module_id, "tables": len(found.tables), "rows": found.rows, "copy": str(target)}
        job.done(request, result)
    return result


def copy_path(root: Path, module_id: str, now: datetime) -> Path:
    """Where the copy lies."""
    return root / FOLDER / f"erased-{module_id}-{now:%Y%m%d-%H%M%S}.zip"


def _in_order(connection: Connection, found: Belongings) -> list[tuple[str, int]]:
    counts = dict(found.tables)
    return [(name, counts.get(name, 0)) for name in belongings.own_tables(connection, found.id)]


def _keep(connection: Connection, found: Belongings, target: Path, settings: Any, job: Any, now: datetime) -> None:
    """Write the copy: its tables, what the core kept for it, the files."""
    total, done = found.rows + found.files, 0
    storage = open_storage(settings.resolve(settings.files.url))
    with Copy(target) as copy:
        copy.add_manifest(
            {"module": found.id, "title": found.title, "erased_at": now.isoformat(), "cabinet": __version__}
        )
        for name, _count in found.tables:
            done += copy.add_rows(f"tables/{name}", belongings.rows(connection, name))
            job.progress(done, total, _("Keeping a copy"))
        missing = []
        for share in belongings.shares(found.id):
            kept = connection.execute(select(share.table).where(share.criterion)).mappings().all()
            copy.add_rows(f"core/{share.name}", kept)
            for row in kept if share.table is StoredFile.__table__ else ():
                try:
                    copy.add_file(row["public_id"].hex, storage.read(row["sha256"]))
                except FileNotFoundError:
                    missing.append(row["public_id"].hex)
                done += 1
                job.progress(done, total, _("Keeping a copy"))
        copy.add_rows("missing_files", ({"public_id": one} for one in missing))


def _switch_off(request: Any, module_id: str) -> None:
    """Its own switch is off from now on: switched on, it is made anew."""
    row = request.db.get(ModuleSwitch, module_id) or ModuleSwitch(module=module_id)
    row.on, row.exceptions = False, 0
    request.db.add(row)


def eraser_factory(_context: Any, request: Any) -> ModuleEraser:
    """``IModuleEraser`` of a request."""
    return ModuleEraser(
        request.db,
        request.registry.cabinet_modules,
        [broken.id for broken in request.registry.cabinet_broken],
        request.find_service(ISwitches),
        lambda: request.find_service(IJobs),
        lambda text: request.localizer.translate(text),  # noqa: PLW0108 - the language is chosen only where a message is made
    )
