"""Run the benchmarks one after another and write what they print to docs/performance.md, with the machine and the versions.

Each is written as soon as it is done, with its day; those that are not run keep what they told last. Matching puts its tables into
docs/matching.md as well.

Usage: python tests/bench/run.py [PART]   (a part of a name: ``matching``, ``import``…)
"""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REPORT = ROOT / "docs" / "performance.md"
#: Benchmarks that publish their tables beside what they are about.
ARGUMENTS = {"bench_matching": ["--write", str(ROOT / "docs" / "matching.md")]}
LIBRARIES = ("sqlalchemy", "psycopg", "pyramid", "chameleon", "reportlab", "lxml")


def main(part: str) -> int:
    """Run what matches; the exit status is the worst of them."""
    scripts = [path for path in sorted(HERE.glob("bench_*.py")) if part in path.stem]
    if not scripts:
        raise SystemExit(f"no benchmark is called like {part!r}")
    worst = 0
    for script in scripts:
        print(f"— {script.stem}", flush=True)
        status, output = run(script)
        print(output, flush=True)
        worst = max(worst, status)
        name, sections = script.stem.removeprefix("bench_"), told_before()
        sections[name] = f"Measured on {datetime.now(UTC):%Y-%m-%d}.\n\n```\n{output.strip()}\n```"
        there = {path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py")}
        written = [f"## {title}\n\n{text}\n" for title, text in sorted(sections.items()) if title in there]
        REPORT.write_text("\n".join([head(), *written]), "utf-8")
    return worst


def told_before() -> dict[str, str]:
    """What the report says of each benchmark."""
    _head, *parts = REPORT.read_text("utf-8").split("\n## ") if REPORT.exists() else [""]
    return {title: text.strip() for title, _newline, text in (part.partition("\n") for part in parts)}


def run(script: Path) -> tuple[int, str]:
    """(exit status, what it printed) of one benchmark, in a process of its own."""
    path = os.pathsep.join(str(ROOT / folder) for folder in ("core", "modules", "themes"))
    process = subprocess.run(
        [sys.executable, str(script), *ARGUMENTS.get(script.stem, ())],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return process.returncode, process.stdout + (process.stderr if process.returncode else "")


def head() -> str:
    """Where and with what it was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES if installed(name))
    return (
        "# Performance\n\nWritten by `make bench`. Figures of one machine: read the ratios and what is met, not the seconds.\n\n"
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {versions}\n"
    )


def installed(name: str) -> bool:
    """Whether a library is there."""
    from importlib.util import find_spec

    return find_spec(name) is not None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
