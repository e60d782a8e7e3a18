"""What is built holds all that a site needs: a folder without `__init__.py` is easily left at home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_AT_HOME = ("node_modules", "static/src", "static/dist", "tools", "__pycache__", ".mo")
"""Sources of the theme's assets; what is made by the build itself, and told of elsewhere."""


def test_what_is_built_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "setup.py",
            "-q",
            "build",
            "--build-base",
            tmp_path / "work",
            "--build-lib",
            tmp_path / "lib",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    roots = [ROOT / name for name in ("core", "modules", "themes")]
    files = {str(path.relative_to(root)) for root in roots for path in root.rglob("*") if path.is_file()}
    files = {name for name in files if not any(part in name for part in LEFT_AT_HOME)}
    kinds = (".py", ".pt", ".po", ".toml", ".mako", ".tmpl", ".txt", ".ttf", ".csv")
    missing = {name for name in files if name.endswith(kinds) and not (tmp_path / "lib" / name).exists()}
    assert missing == set()
