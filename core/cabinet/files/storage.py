"""Where the bytes lie, addressed by their SHA-256: a folder on this machine, or anything fsspec can reach."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

_PART = ".part-"


class ByteStorage(Protocol):
    """Keeps bytes by content. A key is the SHA-256 in hexadecimal."""

    def write(self, key: str, content: bytes) -> None:
        """Keep ``content``; when this returns it survives a power cut. Keeping it again heals a damaged copy."""

    def read(self, key: str) -> bytes:
        """What is kept under ``key``; FileNotFoundError."""

    def older(self, instant: datetime) -> Iterator[str]:
        """Keys last written before ``instant``. Writing again what is there makes it young."""

    def remove(self, key: str, unless_since: datetime) -> None:
        """Drop ``key``, unless it was written since that instant."""


def open_storage(location: str) -> ByteStorage:
    """The storage at ``location``: a path, or an fsspec URL (``s3://bucket/prefix``)."""
    if "://" not in location:
        return LocalStorage(Path(location))
    import fsspec

    filesystem, root = fsspec.core.url_to_fs(location)
    return RemoteStorage(filesystem, root)


class LocalStorage:
    """Files in a folder, readable by their owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, key: str, content: bytes) -> None:
        """Temporary file, sync, rename, sync of the folder: a file under its name is whole."""
        target = self._path(key)
        folder = target.parent
        self._make_folders(folder)
        if self._holds(target, key):
            os.utime(target)
        else:
            handle, temporary = tempfile.mkstemp(prefix=_PART, dir=folder)  # mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(target)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    Path(temporary).unlink()
                raise
        # Also for a file that was there: whoever renamed it may not have come to this line yet.
        _sync_folder(folder)

    def read(self, key: str) -> bytes:
        """The file's bytes."""
        return self._path(key).read_bytes()

    def older(self, instant: datetime) -> Iterator[str]:
        """By the time of the file. What a killed writer left half-written is swept on the way."""
        for path in self._root.glob("??/??/*"):
            if _written(path) < instant:
                if path.name.startswith(_PART):
                    path.unlink(missing_ok=True)
                else:
                    yield path.name

    def remove(self, key: str, unless_since: datetime) -> None:
        """Unlink the file."""
        path = self._path(key)
        if path.exists() and _written(path) < unless_since:
            path.unlink()

    def _holds(self, target: Path, key: str) -> bool:
        try:
            return hashlib.sha256(target.read_bytes()).hexdigest() == key
        except FileNotFoundError:
            return False

    def _make_folders(self, folder: Path) -> None:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            with contextlib.suppress(FileExistsError):
                path.mkdir(mode=0o700)
            _sync_folder(path.parent)

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / key[2:4] / key


class RemoteStorage:
    """Objects in a bucket. The service makes a put durable and whole by itself."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = PurePosixPath(root)

    def write(self, key: str, content: bytes) -> None:
        """One put."""
        path = self._path(key)
        self._filesystem.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        self._filesystem.pipe_file(path, content)

    def read(self, key: str) -> bytes:
        """One get."""
        content: bytes = self._filesystem.cat_file(self._path(key))
        return content

    def older(self, instant: datetime) -> Iterator[str]:
        """By what the service says of its objects."""
        for path in self._filesystem.find(str(self._root)):
            if self._filesystem.modified(path) < instant:
                yield PurePosixPath(path).name

    def remove(self, key: str, unless_since: datetime) -> None:
        """One delete."""
        path = self._path(key)
        if self._filesystem.exists(path) and self._filesystem.modified(path) < unless_since:
            self._filesystem.rm_file(path)

    def _path(self, key: str) -> str:
        return str(self._root / key[:2] / key[2:4] / key)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
