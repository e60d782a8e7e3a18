"""A bank file of a hundred thousand operations to lines, against the least a pass over it can cost.

    python tests/bench/bench_parse.py [--lines 100000] [--rounds 5]

The least: one loop that splits every row at ``=`` and keeps five facts of each document as a tuple, with the encoding
known, no deviation survived, nothing checked and nothing refused. Memory is what a fresh process adds to its start.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules")]

from cabinet_finsystem.statements.fingerprint import Fingerprinter  # noqa: E402
from cabinet_finsystem.statements.parsed import Counterparty  # noqa: E402
from cabinet_finsystem.statements.reading import StatementReader  # noqa: E402
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec  # noqa: E402

_ACCOUNT = "40702810000000000001"
_START = date(2026, 1, 1)
_MEMORY = """
import resource, sys
from cabinet_finsystem.statements.reading import StatementReader
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
with open(sys.argv[1], "rb") as file:
    for line in StatementReader(file).lines():
        pass
print((peak() - before) // 1024)
"""


def made(count: int) -> bytes:
    """A year of one account in windows-1251."""
    lines = [
        LineToWrite(
            booking_date=_START + timedelta(number * 365 // count),
            amount_minor=(10_000 + number * 37 % 9_000_000) * (-1 if number % 5 == 0 else 1),
            counterparty=Counterparty(
                name=f"ООО «Клиент {number % 1000}»",
                inn=str(7_700_000_000 + number % 1000),
                kpp="770001001",
                account=f"4070281000000{number % 1000:07}",
                bic="044525225",
                bank="ПАО СБЕРБАНК Г. МОСКВА",
            ),
            purpose=f"Оплата по счету № {number % 7000} от 05.02.2026 за услуги по договору ТО-18/25. В т.ч. НДС (22%) 180-33",
            doc_number=str(number % 1000),
        )
        for number in range(count)
    ]
    own = OwnSide("ООО «Линия тепла»", "7800000010", "780001001", "044030786", "АО «АЛЬФА-БАНК»")
    return write_onec(StatementToWrite(_ACCOUNT, _START, date(2026, 12, 31), 0, lines, own))


def least(path: Path) -> int:
    """The bare pass."""
    kept = []
    facts: dict[str, str] = {}
    with path.open(encoding="cp1251") as file:
        for row in file:
            key, equals, value = row.rstrip("\n").partition("=")
            if equals:
                facts[key] = value
            elif key == "КонецДокумента":
                day = facts["Дата"]
                booked = date(int(day[6:]), int(day[3:5]), int(day[:2]))
                kept.append(
                    (
                        booked,
                        Decimal(facts["Сумма"]),
                        facts["Номер"],
                        facts["ПлательщикИНН"],
                        facts["НазначениеПлатежа"],
                    )
                )
                facts = {}
    return len(kept)


def ours(path: Path) -> int:
    """Everything: encoding by content, structure proved, directions, invalid lines, the balance."""
    with path.open("rb") as file:
        reader = StatementReader(file)
        count = sum(1 for _line in reader.lines())
    (statement,) = reader.result().statements
    if statement.check.balance_ok is not True:
        raise SystemExit("the balance does not agree")
    return count


def fingerprinted(path: Path) -> int:
    """The same with every line's fingerprint."""
    numbers = Fingerprinter()
    with path.open("rb") as file:
        return sum(numbers.of(_ACCOUNT, line).occurrence > 0 for line in StatementReader(file).lines())


def seconds(work: Callable[[Path], int], path: Path) -> float:
    """Time of one call."""
    started = time.perf_counter()
    work(path)
    return time.perf_counter() - started


def megabytes_added(path: Path) -> int:
    """What a fresh process takes above its start."""
    command = [sys.executable, "-c", _MEMORY, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    return int(done.stdout)


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kl_to_1c.txt"
        path.write_bytes(made(asked.lines))
        rounds = [[seconds(work, path) for work in (least, ours, fingerprinted)] for _round in range(asked.rounds)]
        base, parsed, known = (statistics.median(taken) for taken in zip(*rounds, strict=True))
        ratio = statistics.median(taken[1] / taken[0] for taken in rounds)
        print(f"{asked.lines} operations, {path.stat().st_size / 2**20:.0f} MB, median of {asked.rounds}")
        print(f"least pass {base:.2f} s; parsed {parsed:.2f} s, ratio {ratio:.2f}; with fingerprints {known:.2f} s")
        print(f"memory above start {megabytes_added(path)} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
