"""Pages are asked through WebTest, on both engines, with the real security policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabinet.cli import run


@pytest.fixture
def cabinet(tmp_path: Path, capsys: Any, monkeypatch: Any) -> Callable[..., tuple[int, Any]]:
    """``cabinet("client", "import", path)``: (exit status, JSON) on a new site in ``site`` of the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    assert run(["init", "site", "--json"]) == 0
    capsys.readouterr()

    def command(*arguments: str | Path) -> tuple[int, Any]:
        status = run(["--json", *map(str, arguments), "--config", "site/cabinet.toml"])
        return status, json.loads(capsys.readouterr().out)

    return command
