"""Rows of a table that is dear to read, kept for a second walk: packed, so that they take little of the memory that they would."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterable, Iterator

Row = tuple[int, list[str]]
_TOGETHER = 500
_LEVEL = 1


class KeptRows:
    """Passes rows on and keeps them: iterate ``passing`` to its end, then the object itself, as often as need be."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self._packed: list[bytes] = []

    def passing(self) -> Iterator[Row]:
        """The rows, as they come."""
        some: list[Row] = []
        for row in self._rows:
            some.append(row)
            yield row
            if len(some) == _TOGETHER:
                self._keep(some)
                some = []
        self._keep(some)

    def __iter__(self) -> Iterator[Row]:
        for packed in self._packed:
            yield from marshal.loads(zlib.decompress(packed))  # noqa: S302 - our own bytes, never out of this process

    def _keep(self, rows: list[Row]) -> None:
        self._packed.append(zlib.compress(marshal.dumps(rows), _LEVEL))
