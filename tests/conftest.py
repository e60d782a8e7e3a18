"""What tests of several kinds share: one demo a run, made by the first who needs it."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cabinet_command() -> list[str]:
    """The words that begin a command of ours in a process of its own."""
    return [sys.executable, "-W", "ignore", "-c", "from cabinet.cli import main; main()"]


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, cabinet_command: list[str]) -> Path:
    """The demo, made by ``cabinet demo --no-serve`` once for all workers of the run. Copy it, never write to it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base  # what xdist's workers have in common
    folder = shared / "demo-of-the-run" / "demo"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "logins.json").exists():
            made = subprocess.run(
                [*cabinet_command, "demo", "--no-serve", "--dir", str(folder)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert made.returncode == 0, made.stderr
    return folder
