"""What every module must hold."""

from typing import Any

import pytest

from cabinet.testing.contract import ModuleContract


class TestContract(ModuleContract):
    module = "news"

    @pytest.mark.long
    def test_who_may_gets_it_and_who_may_not_learns_and_changes_nothing(
        self, started: Any, world: Any, engine_name: str
    ) -> None:
        """Each time `tests/security/test_matrix.py` asks the same of all modules at once."""
        super().test_who_may_gets_it_and_who_may_not_learns_and_changes_nothing(started, world, engine_name)
