"""What the filters of lists have in common."""

from __future__ import annotations

import uuid


def id_asked(text: str | None) -> uuid.UUID | None:
    """The public id that a filter names, or None where it names none; what is no id names nothing that there is."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
