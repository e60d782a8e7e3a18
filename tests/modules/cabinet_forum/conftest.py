"""The forum alone on the core, on both engines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_forum"]
