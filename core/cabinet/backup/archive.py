"""The archive: a gzipped tar whose last member is a manifest with the SHA-256 of every other.

Nothing is taken for whole before the manifest has been read and has agreed with what came before it.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from cabinet.errors import DomainError
from cabinet.texts import _

FORMAT, VERSION = "cabinet-backup", 1
MANIFEST = "manifest.json"
_NAME = re.compile(r"cabinet\.toml|database\.(sqlite3|dump)|audit-anchors\.jsonl|files/[0-9a-f]{64}|manifest\.json")
# What our gzip writes before the first compressed byte: the only bytes that its checksum does not cover.
_HEADER = bytes.fromhex("1f8b08000000000000ff")
_MANIFEST_LIMIT = 256 * 2**20
_CHUNK = 2**20


class BackupError(DomainError):
    """The archive cannot be made, is damaged, or is none of ours."""


class Readable(Protocol):
    """A stream as far as it is needed here."""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; empty at the end."""


class Writer:
    """Adds members to an archive and remembers what they hash to."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, dict[str, Any]] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        """A member from memory."""
        self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> None:
        """A member from a file that nobody writes to."""
        with path.open("rb") as source:
            self._add(name, source, path.stat().st_size)

    def add_manifest(self, facts: dict[str, Any]) -> None:
        """The last member."""
        manifest = {"format": FORMAT, "version": VERSION, **facts, "members": self.members}
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self._tar.addfile(_entry(MANIFEST, len(content)), io.BytesIO(content))

    def _add(self, name: str, source: Readable, size: int) -> None:
        hashing = _Hashing(source)
        self._tar.addfile(_entry(name, size), cast(Any, hashing))
        self.members[name] = {"size": size, "sha256": hashing.digest()}


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """A new archive at ``target``, under that name only once it is whole and on disk. BackupError where there is one."""
    part = target.with_name(f"{target.name}.part")
    if target.exists() or part.exists():
        raise BackupError("backup_exists", _("There is ${file} already.", mapping={"file": str(target)}))
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            with (
                gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Writer(tar)
            raw.flush()
            os.fsync(raw.fileno())
        read(part)
        part.rename(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path, put: Callable[[str, Readable], None] | None = None) -> dict[str, Any]:
    """Read an archive to its end and prove it; returns the manifest. BackupError.

    ``put(name, stream)`` is given each member before it is proved: keep what it gets apart until this returns.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with path.open("rb") as raw:
            if raw.read(len(_HEADER)) != _HEADER:
                raise _foreign(path)
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                for member in tar:
                    stream = tar.extractfile(member)
                    if (
                        manifest is not None
                        or stream is None
                        or not _NAME.fullmatch(member.name)
                        or member.name in found
                    ):
                        raise _damaged(path, member.name)
                    if member.name == MANIFEST:
                        manifest = _manifest(path, stream)
                        continue
                    hashing = _Hashing(stream)
                    if put is not None:
                        put(member.name, hashing)
                    hashing.drain()
                    found[member.name] = {"size": member.size, "sha256": hashing.digest()}
                while packed.read(_CHUNK):
                    pass  # to the end, where the checksum stands
    except FileNotFoundError:
        raise BackupError("backup_missing", _("There is no ${file}.", mapping={"file": str(path)})) from None
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from None
    if manifest is None:
        raise _damaged(path, _("it ends early"))
    if manifest["members"] != found:
        differing = sorted(
            name for name in {*found, *manifest["members"]} if found.get(name) != manifest["members"].get(name)
        )
        raise _damaged(path, ", ".join(differing[:5]))
    return manifest


def copy_to(target: Path, stream: Readable) -> None:
    """Write ``stream`` to a new file that only its owner reads, and have it on disk."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while chunk := stream.read(_CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


class _Hashing:
    """A stream that hashes what is read from it."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._hash.update(chunk)
        return chunk

    def drain(self) -> None:
        while self.read(_CHUNK):
            pass

    def digest(self) -> str:
        return self._hash.hexdigest()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _manifest(path: Path, stream: Readable) -> dict[str, Any]:
    content = stream.read(_MANIFEST_LIMIT + 1)
    try:
        manifest = json.loads(content) if len(content) <= _MANIFEST_LIMIT else None
    except ValueError:
        raise _damaged(path, MANIFEST) from None
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or not isinstance(manifest.get("members"), dict)
    ):
        raise _foreign(path)
    if manifest.get("version") != VERSION:
        raise BackupError(
            "backup_newer", _("${file} was made by another version of Cabinet.", mapping={"file": str(path)})
        )
    return manifest


def _foreign(path: Path) -> BackupError:
    return BackupError("backup_foreign", _("${file} is no backup of Cabinet.", mapping={"file": str(path)}))


def _damaged(path: Path, where: str) -> BackupError:
    return BackupError(
        "backup_damaged",
        _("The backup ${file} is damaged: ${where}. Take another one.", mapping={"file": str(path), "where": where}),
        {"where": str(where)},
    )


def sync_folder(folder: Path) -> None:
    """Have the names in ``folder`` on disk, where the system can say so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
