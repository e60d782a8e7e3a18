"""Keeping files: bytes by content, a row for each use."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.scope import may_see
from cabinet.errors import DomainError
from cabinet.files.kinds import clean_name
from cabinet.files.models import StoredFile
from cabinet.files.storage import ByteStorage, open_storage
from cabinet.interfaces import IClock, IFileStore
from cabinet.origin import Origin, origin_of
from cabinet.texts import _

_ORPHAN_AGE = timedelta(days=1)
_BATCH = 500


class FileCorruptError(DomainError):
    """The kept bytes are gone or are no longer what was kept: restore them from a backup."""


@implementer(IFileStore)
class FileStore:
    """Files of one transaction."""

    def __init__(self, session: Session, storage: ByteStorage, clock: IClock, origin: Origin) -> None:
        self._session = session
        self._storage = storage
        self._clock = clock
        self._origin = origin

    def put(
        self, content: bytes, *, name: str, media_type: str, module: str, client_id: int | None = None
    ) -> StoredFile:
        """Keep ``content`` durably and return its new row. A rollback leaves bytes without a row, never the reverse."""
        digest = hashlib.sha256(content).hexdigest()
        self._storage.write(digest, content)
        stored = StoredFile(
            sha256=digest,
            size=len(content),
            name=clean_name(name),
            media_type=media_type,
            module=module,
            client_id=client_id,
            user_id=self._origin.user_id,
            created_at=self._clock.now(),
        )
        self._session.add(stored)
        self._session.flush()
        return stored

    def get(self, file_id: int) -> StoredFile | None:
        """The row, unless its client is out of the session's scope."""
        stored = self._session.get(StoredFile, file_id)
        return stored if stored is not None and may_see(self._session, stored.client_id) else None

    def read(self, stored: StoredFile) -> bytes:
        """The bytes, proved to be those that were kept. FileCorruptError."""
        try:
            content = self._storage.read(stored.sha256)
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() != stored.sha256:
            raise FileCorruptError(
                "file_corrupt",
                _(
                    "The file “${name}” is damaged in the storage. Restore it from a backup.",
                    mapping={"name": stored.name},
                ),
                {"file": str(stored.public_id), "sha256": stored.sha256},
            )
        return content

    def sweep(self) -> int:
        """Drop bytes that no row has named for a day: what rolled-back transactions left. Returns how many.

        The day is longer than any transaction, so that bytes whose row is about to be committed are safe.
        """
        since = self._clock.now() - _ORPHAN_AGE
        removed = 0
        old = self._storage.older(since)
        while keys := list(islice(old, _BATCH)):
            known = set(self._session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(keys))))
            for key in keys:
                if key not in known:
                    self._storage.remove(key, unless_since=since)
                    removed += 1
        return removed


def file_store_factory(_context: Any, request: Any) -> FileStore:
    """``IFileStore`` of a request."""
    settings = request.registry.settings["cabinet.settings"]
    storage = open_storage(settings.resolve(settings.files.url))
    return FileStore(request.db, storage, request.find_service(IClock), origin_of(request))


def sweep_files(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``core.sweep_files``: drop bytes nobody refers to."""
    with job.unit_of_work() as request:
        return {"removed": request.find_service(IFileStore).sweep()}
