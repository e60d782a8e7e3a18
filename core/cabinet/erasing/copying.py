"""The copy that is kept of what is erased: a ZIP with a line of JSON a row, and the files."""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

FOLDER = "backups"


class Copy:
    """A ZIP that is there under its name once it is whole: ``with Copy(path) as copy: …``. An error leaves nothing behind."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._part = target.with_suffix(".part")

    def __enter__(self) -> Copy:
        self.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_about: Any) -> None:
        try:
            if kind is None:
                self._zip.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._part.replace(self.target)
        finally:
            self._file.close()
            with suppress(FileNotFoundError):
                self._part.unlink()

    def add_rows(self, name: str, rows: Iterable[Any]) -> int:
        """A line a row (a mapping); how many."""
        count = 0
        with self._zip.open(f"{name}.jsonl", "w", force_zip64=True) as out:
            for count, row in enumerate(rows, 1):  # noqa: B007 - how many there were
                out.write(json.dumps(dict(row), ensure_ascii=False, default=_plain).encode() + b"\n")
        return count

    def add_file(self, name: str, content: bytes) -> None:
        """Bytes under a name of ours."""
        self._zip.writestr(f"files/{name}", content)

    def add_manifest(self, facts: Mapping[str, Any]) -> None:
        """What this is."""
        self._zip.writestr("manifest.json", json.dumps(dict(facts), ensure_ascii=False, indent=2))


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return str(value)
