"""A storage in memory, for tests."""

from __future__ import annotations


class MemoryStorage:
    """Bytes in a dictionary, open for a test to look into and to damage."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def write(self, key: str, content: bytes) -> None:
        """Keep ``content``."""
        self.kept[key] = content

    def read(self, key: str) -> bytes:
        """What is kept under ``key``."""
        try:
            return self.kept[key]
        except KeyError:
            raise FileNotFoundError(key) from None
