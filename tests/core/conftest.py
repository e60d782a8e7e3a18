"""What tests of the core share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Callable[[str, dict[str, Any]], Any]]:
    """``start_process(source, settings)``: a Python of its own that has said "up"; killed when the test is over."""
    running = []

    def start(source: str, settings: dict[str, Any]) -> Any:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", source, json.dumps(settings), str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()
