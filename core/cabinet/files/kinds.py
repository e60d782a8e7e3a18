"""What bytes are, by their content: a name or a browser's word proves nothing."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

NAME_LENGTH = 200
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def kind_of(content: bytes) -> str | None:
    """Media type of an image or a PDF by its first bytes; None for anything else.

    A file may carry a second nature behind them, so this never decides that something is safe to show in place.
    """
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def clean_name(name: str) -> str:
    """``name`` as it may be shown and offered for saving: the last part of a path, nothing invisible, not too long."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    visible = "".join(c for c in last if c not in _BIDI and unicodedata.category(c) not in {"Cc", "Zl", "Zp", "Cs"})
    stem, dot, suffix = visible.strip().strip(".").rpartition(".")
    if not dot:
        return suffix[:NAME_LENGTH] or "file"
    return f"{stem[: NAME_LENGTH - len(suffix) - 1]}.{suffix}"[:NAME_LENGTH]
