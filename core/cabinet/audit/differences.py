"""What an act changed, as its record keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of a thing that are others than they were: as they were, and as they are. Empty ones: the act changed nothing."""
    names = [name for name in after if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}
