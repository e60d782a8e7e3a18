"""A storage in memory, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime


class MemoryStorage:
    """Bytes in a dictionary, open for a test to look into and to damage."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.written: dict[str, datetime] = {}

    def write(self, key: str, content: bytes) -> None:
        """Keep ``content``."""
        self.kept[key] = content
        self.written[key] = datetime.now(UTC)

    def read(self, key: str) -> bytes:
        """What is kept under ``key``."""
        try:
            return self.kept[key]
        except KeyError:
            raise FileNotFoundError(key) from None

    def older(self, instant: datetime) -> Iterator[str]:
        """Keys last written before ``instant``."""
        yield from [key for key, written in self.written.items() if written < instant]

    def remove(self, key: str, unless_since: datetime) -> None:
        """Drop ``key``, unless it was written since."""
        if self.written.get(key, unless_since) < unless_since:
            del self.kept[key], self.written[key]
