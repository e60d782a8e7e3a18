"""Bank files of a hundred thousand operations to lines, against the least a pass over each can cost, and readers of others.

    python tests/bench/bench_parse.py [--lines 100000] [--rounds 5] [--formats 1c,mt940,camt,ofx,csv] [--peer-lines 2000]

Times are the processor's. The least passes are in `parse_least`, run in turns with ours. Growth is our time over that for a tenth of the
operations, in turns too. Memory is the most that a fresh process ever had resident (VmHWM, Linux) above what it had before it opened the
file. A peer is timed on a smaller file, since some take minutes, and told as a multiple of the least pass over that file.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules")]

from limits import told  # noqa: E402 - beside this file
from parse_files import ACCOUNT, MADE  # noqa: E402
from parse_least import LEAST  # noqa: E402
from parse_peers import peer_seconds  # noqa: E402

from cabinet_finsystem.statements.fingerprint import Fingerprinter  # noqa: E402
from cabinet_finsystem.statements.reading import StatementReader  # noqa: E402

_MEMORY = """
import sys
from cabinet_finsystem.statements.reading import StatementReader
def kilobytes(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name + ":"))
before = kilobytes("VmRSS")
with open(sys.argv[1], "rb") as file:
    for line in StatementReader(file).lines():
        pass
print((kilobytes("VmHWM") - before) / 1024)
"""


def ours(path: Path) -> int:
    """Everything: encoding by content, structure proved, directions, invalid lines, the balance."""
    with path.open("rb") as file:
        reader = StatementReader(file)
        count = sum(1 for _line in reader.lines())
    (statement,) = reader.result().statements
    if statement.check.balance_ok is False or statement.check.invalid:
        raise SystemExit(f"{path.name}: the balance does not agree")
    return count


def fingerprinted(path: Path) -> int:
    """The same with every line's fingerprint."""
    numbers = Fingerprinter()
    with path.open("rb") as file:
        return sum(numbers.of(ACCOUNT, line).occurrence > 0 for line in StatementReader(file).lines())


def seconds(work: Callable[[Path], int], path: Path, count: int) -> float:
    """Time of the processor for one call, which finds ``count`` operations."""
    started = time.process_time()
    found = work(path)
    taken = time.process_time() - started
    if found != count:
        raise SystemExit(f"{path.name}: {found} operations instead of {count}")
    return taken


def megabytes_added(path: Path) -> float:
    """What a fresh process takes above its start. Its own peak: ``ru_maxrss`` would count that of whoever started it."""
    command = [sys.executable, "-c", _MEMORY, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    return float(done.stdout)


def measure(kind: str, folder: Path, lines: int, rounds: int, peer_lines: int) -> None:
    """Measure one format and print it."""
    path, tenth, small = folder / kind, folder / f"{kind}-tenth", folder / f"{kind}-small"
    for file, count in ((path, lines), (tenth, lines // 10), (small, peer_lines)):
        file.write_bytes(MADE[kind](count))
    taken = []
    for _round in range(rounds):
        least, parsed, known = (seconds(work, path, lines) for work in (LEAST[kind], ours, fingerprinted))
        taken.append((least, parsed, known, parsed / least, parsed / seconds(ours, tenth, lines // 10)))
    least, parsed, known, ratio, growth = (statistics.median(column) for column in zip(*taken, strict=True))
    print(
        f"{kind:6}{path.stat().st_size / 2**20:5.0f} MB  least {least:.2f} s, ours {parsed:.2f} s, with fingerprints {known:.2f} s;"
        f" {told('to the least', ratio, 2)}, {told('to a tenth of the lines', growth, 11)},"
        f" {told('memory above start', megabytes_added(path), 60, ' MB')}"
    )
    name, peer = peer_seconds(kind, small, peer_lines)
    if peer is not None:
        base = statistics.median(seconds(LEAST[kind], small, peer_lines) for _round in range(rounds))
        name = f"{name}: {peer / base:.1f} x the least pass over {peer_lines}"
    print(f"{'':6}{name}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--formats", default=",".join(MADE))
    parser.add_argument("--peer-lines", type=int, default=2_000)
    asked = parser.parse_args(argv)
    print(f"{asked.lines} operations, median of {asked.rounds}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in asked.formats.split(","):
            measure(kind, Path(folder), asked.lines, asked.rounds, asked.peer_lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
