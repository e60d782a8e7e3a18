"""What tests of our own modules share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

ASKED_OF_ALL = "test_who_may_gets_it_and_who_may_not_learns_and_changes_nothing"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Who may get what is asked of all our modules at once by `tests/security/test_matrix.py`, of each alone in the long form."""
    for item in items:
        if getattr(item, "originalname", "") == ASKED_OF_ALL and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.long)
