"""Making a site of a backup, on a machine that has none."""

from __future__ import annotations

import secrets
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import delete, update

from cabinet.audit.anchors import anchors_path, write_anchor
from cabinet.audit.verify import Anchor
from cabinet.backup.archive import BackupError, Readable, copy_to, read
from cabinet.backup.configuration import as_toml
from cabinet.backup.databases import check_empty, check_sqlite, restore_postgresql
from cabinet.backup.sealing import is_sealed, unseal
from cabinet.config import configure
from cabinet.db import migrate
from cabinet.db.session import unit_of_work
from cabinet.identity.models import Invitation, LoginSession, OneTimeLink
from cabinet.interfaces import IAuditLog, IClock
from cabinet.jobs.models import CANCELLED, UNFINISHED, Job
from cabinet.notify.models import FAILED, QUEUED, OutgoingMail
from cabinet.notify.outage import SEND_MAIL
from cabinet.plugins import discovery
from cabinet.settings import load_settings
from cabinet.texts import _

RESTORED = "core.backup.restored"
_HELD = "held after a restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """A site made of a backup. ``held``: letters that nobody knows to have left or not; they wait for somebody's word."""

    config: Path
    made_at: str
    files: int
    held: int


def restore_backup(
    archive: Path, folder: Path, *, database: str | None = None, secret: str | None = None, key: Path | None = None
) -> Restored:
    """Make a site in ``folder`` of ``archive``. BackupError.

    ``key``: file with the key of an encrypted one; ``database``: URL of an empty PostgreSQL database for a backup of one; ``secret``:
    of the site that was backed up, a new one without it. ``folder`` gets its cabinet.toml last, once all else is proved and in place.
    """
    _check_free(folder, archive)
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / ".restoring"
    staging.mkdir(mode=0o700)
    try:
        manifest = read(_opened(archive, staging, key), lambda name, stream: _put(staging, name, stream))
        config = _settings(staging, database, secret)
        _fill_database(staging, database)
        (staging / "data").rename(folder / "data")
        draft = folder / "cabinet.toml.new"
        draft.touch(mode=0o600)
        draft.write_text(config, "utf-8")
        restored = _settle(draft, folder / "cabinet.toml", manifest)
        draft.rename(folder / "cabinet.toml")
    except BaseException:
        for name in ("data", "cabinet.toml.new"):
            _discard(folder / name)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return restored


def _check_free(folder: Path, archive: Path) -> None:
    if folder.exists() and any(entry.resolve() != archive.resolve() for entry in folder.iterdir()):
        raise BackupError(
            "folder_not_empty",
            _("${folder} is not empty: nothing was restored. Name an empty folder.", mapping={"folder": str(folder)}),
        )


def _opened(archive: Path, staging: Path, key: Path | None) -> Path:
    """The archive to read: ``archive`` itself, or what is in it where it is encrypted."""
    if not is_sealed(archive):
        return archive
    if key is None:
        raise BackupError(
            "backup_sealed",
            _("${file} is encrypted: name the file of its key with --key.", mapping={"file": str(archive)}),
        )
    plain = staging / "plain.tar.gz"
    unseal(archive, plain, key)
    return plain


def _put(staging: Path, name: str, stream: Readable) -> None:
    """A member of the archive, into the shape of a site. Names were checked against the few that exist."""
    key = name.removeprefix("files/")
    if key != name:
        target = staging / "data" / "files" / key[:2] / key[2:4] / key
    else:
        target = staging / {
            "database.sqlite3": "data/cabinet.sqlite3",
            "audit-anchors.jsonl": "data/audit-anchors.jsonl",
        }.get(name, name)
    copy_to(target, stream)


def _settings(staging: Path, database: str | None, secret: str | None) -> str:
    """cabinet.toml of the new place: its own secret and paths, everything else as it was."""
    values: dict[str, Any] = tomllib.loads((staging / "cabinet.toml").read_text("utf-8"))
    on_postgresql = (staging / "database.dump").exists()
    if on_postgresql != (database is not None):
        message = (
            _("This is a backup of PostgreSQL: name an empty database with --database.")
            if on_postgresql
            else _("This is a backup of SQLite: it needs no --database.")
        )
        raise BackupError("wrong_engine", message)
    values = {"secret": secret or secrets.token_urlsafe(48), **values}
    for section, key, value in (
        ("database", "url", database or "sqlite:///data/cabinet.sqlite3"),
        ("files", "url", "data/files"),
        ("jobs", "queue", "data/queue.sqlite3"),
        ("audit", "anchors", "data/audit-anchors.jsonl"),
    ):
        if section == "database" or section in values:
            values[section] = {**values.get(section, {}), key: value}
    (staging / "data").mkdir(exist_ok=True)
    return as_toml(values)


def _fill_database(staging: Path, database: str | None) -> None:
    if database is None:
        check_sqlite(staging / "data" / "cabinet.sqlite3")
        return
    check_empty(database)
    restore_postgresql(staging / "database.dump", database)


def _settle(draft: Path, config: Path, manifest: dict[str, Any]) -> Restored:
    """What must not go on as if nothing had happened: sign-ins and links end, letters wait, the audit trail is told."""
    settings = load_settings(draft)
    modules = discovery.load(discovery.installed(), settings.modules.disabled)
    registry = configure(settings, modules).registry
    try:
        head = manifest["audit_head"]
        write_anchor(anchors_path(settings), Anchor(head["seq"], head["hash"]))
        _bring_up(registry, modules)
        files = sum(name.startswith("files/") for name in manifest["members"])
        return Restored(config, manifest["made_at"], files, _start_afresh(registry, manifest))
    finally:
        registry.cabinet_engine.dispose()


def _bring_up(registry: Any, modules: Any) -> None:
    """A backup of an older version is brought to this one; of a newer one it is refused."""
    try:
        migrate.upgrade(registry.cabinet_engine, modules)
    except CommandError as error:
        raise BackupError(
            "backup_newer", _("The backup is of a newer version of Cabinet: ${why}", mapping={"why": str(error)})
        ) from None


def _start_afresh(registry: Any, manifest: dict[str, Any]) -> int:
    with unit_of_work(registry, actor="cabinet restore") as request:
        now = request.find_service(IClock).now()
        for table in (LoginSession, OneTimeLink, Invitation):
            request.db.execute(delete(table).execution_options(synchronize_session=False))
        held = request.db.execute(
            update(OutgoingMail)
            .where(OutgoingMail.state == QUEUED)
            .values(state=FAILED, error=_HELD)
            .execution_options(synchronize_session=False)
            .returning(OutgoingMail.id)
        ).all()
        request.db.execute(
            update(Job)
            .where(Job.kind == SEND_MAIL, Job.state.in_(UNFINISHED))
            .values(state=CANCELLED, ended_at=now, lease_token=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )
        request.find_service(IAuditLog).record(
            RESTORED, kind="site", public_id="site", title=manifest["made_at"], after={"held": len(held)}
        )
    return len(held)


def _discard(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
