"""Taking a backup of a running site."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cabinet import __version__
from cabinet.audit.anchors import anchors_path
from cabinet.audit.chain import seal_committed
from cabinet.backup.archive import BackupError, Writer, writing
from cabinet.backup.configuration import without_secrets
from cabinet.backup.databases import Snapshot, snapshot
from cabinet.backup.sealing import recipients, seal
from cabinet.db import migrate
from cabinet.db.session import unit_of_work
from cabinet.files.storage import ByteStorage, open_storage
from cabinet.interfaces import IAuditLog
from cabinet.texts import _

MADE = "core.backup.made"


@dataclass(slots=True)
class Backup:
    """A backup that was made. ``missing``: SHA-256 of files that the database names and the storage has no longer whole."""

    path: Path
    files: int = 0
    size: int = 0
    head: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    sealed: int = 0
    """How many keys open it; 0: it is not encrypted."""
    told: bool = True
    """Whether the audit trail tells of it."""

    def as_json(self) -> dict[str, Any]:
        """The document that ``cabinet backup --json`` prints."""
        return {
            "file": str(self.path),
            "size": self.size,
            "files": self.files,
            "encrypted_to": self.sealed,
            "audit_head": self.head,
            "problems": [{"check": "file", "message": f"the file {key} is missing or damaged"} for key in self.missing],
        }


def make_backup(
    registry: Any, config: Path, target: Path, report: Callable[[int, int], None], keys: Sequence[str] = ()
) -> Backup:
    """Write a backup of the site to ``target``; ``report(done, total)`` hears how many files are in. BackupError.

    ``keys``: public keys to encrypt it to, besides those of the settings. A database that waits for `cabinet migrate` is saved as it is,
    since that is when a backup is wanted most; its own audit trail is then left alone.
    The database first, as of one moment; then the files that this moment names, which never change and which nobody drops while a row
    names them. People go on working meanwhile.
    """
    settings = registry.settings["cabinet.settings"]
    sealing = recipients([*settings.backup.recipients, *keys])
    backup = Backup(target, sealed=len(sealing))
    # What is not encrypted lies on no other disk than the site's own.
    beside = settings.root if sealing else target.parent
    waits = migrate.behind(registry.cabinet_engine, registry.cabinet_modules)
    backup.told = "core" not in waits
    if backup.told:
        seal_committed(registry.cabinet_engine)
    with (
        tempfile.TemporaryDirectory(prefix=".cabinet-backup-", dir=beside.resolve()) as folder,
        _sealed(target, Path(folder), sealing) as plain,
        snapshot(registry.cabinet_engine, Path(folder)) as taken,
        writing(plain) as archive,
    ):
        archive.add_bytes("cabinet.toml", without_secrets(config.read_text("utf-8")).encode())
        archive.add_file(taken.member, taken.path)
        taken.path.unlink()
        _add_files(archive, open_storage(settings.resolve(settings.files.url)), taken, backup, report)
        if (anchors := anchors_path(settings)).exists():
            archive.add_bytes("audit-anchors.jsonl", anchors.read_bytes())
        archive.add_manifest(
            {
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "cabinet": __version__,
                "schema": taken.schema,
                "audit_head": taken.head,
                "missing": backup.missing,
            }
        )
    backup.size, backup.head = target.stat().st_size, taken.head
    if backup.told:
        _tell(registry, backup)
    return backup


@contextmanager
def _sealed(target: Path, folder: Path, keys: Sequence[Any]) -> Iterator[Path]:
    """Where the archive is written: ``target`` itself, or a file in ``folder`` that is encrypted into it once it is whole."""
    if not keys:
        yield target
        return
    if target.exists():
        raise BackupError("backup_exists", _("There is ${file} already.", mapping={"file": str(target)}))
    plain = folder / "plain.tar.gz"
    yield plain
    seal(plain, target, keys)


def _add_files(
    archive: Writer, storage: ByteStorage, taken: Snapshot, backup: Backup, report: Callable[[int, int], None]
) -> None:
    for number, key in enumerate(taken.files, 1):
        try:
            content = storage.read(key)
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() == key:
            archive.add_bytes(f"files/{key}", content)
            backup.files += 1
        else:
            backup.missing.append(key)
        report(number, len(taken.files))


def _tell(registry: Any, backup: Backup) -> None:
    with unit_of_work(registry, actor="cabinet backup") as request:
        facts = {"size": backup.size, "files": backup.files, "missing": len(backup.missing), "sealed": backup.sealed}
        request.find_service(IAuditLog).record(MADE, kind="site", public_id="site", title=backup.path.name, after=facts)
