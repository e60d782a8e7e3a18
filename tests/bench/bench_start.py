"""From ``cabinet serve`` to its first answer, and what the process then takes; with all modules, on SQLite.

    python tests/bench/bench_start.py [--rounds 5]

The least: a process that imports what every site needs (SQLAlchemy, Pyramid, Chameleon, waitress) and says so. The site has been started
once before, so that its templates and modules are compiled, as they are on every start but the first.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from limits import told  # beside this file
from sites import COMMAND, Servers, installed

_LEAST = "import sqlalchemy.orm, pyramid.config, pyramid.router, chameleon, pyramid_chameleon.zpt, waitress.server, zope.sqlalchemy"
_PATIENCE = 120


def start(site: Path) -> tuple[float, float, float]:
    """(seconds, processor seconds, MB) until the sign-in page has come."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "--config", str(site / "cabinet.toml"), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=installed(site.parent),
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - started > _PATIENCE:
                raise SystemExit("the site does not start")
            time.sleep(0.01)
        return time.perf_counter() - started, processor_seconds(process.pid), megabytes(process.pid)
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    """Whether the sign-in page comes."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/sign-in", headers={"Host": "127.0.0.1:6543"})
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def least(folder: Path) -> tuple[float, float]:
    """(seconds, processor seconds) of a process that only imports."""
    started = time.perf_counter()
    script = f"{_LEAST}, time; print(time.process_time())"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, env=installed(folder)
    )
    return time.perf_counter() - started, float(done.stdout)


def processor_seconds(pid: int) -> float:
    """Of a process so far."""
    import os

    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args(argv).rounds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        site = Servers(Path(name)).make("sqlite")
        least(site.parent)
        start(site)
        taken = [(*least(site.parent), *start(site)) for _round in range(rounds)]
    bare, bare_cpu, clock, cpu, memory = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"median of {rounds}; imports alone {bare:.2f} s, of the processor {bare_cpu:.2f} s")
    print(f"  first answer after {clock:.2f} s by the clock")
    print("  " + told("first answer after, of the processor", cpu, 2.5, " s"))
    print("  " + told("memory", memory, 140, " MB"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
