"""A whole import as people run it: 1,000 clients, 10,000 open invoices, a statement of 10,000 lines, through the command line.

Prints seconds and memory of each step, and holds every automatic posting against the truth. Nothing may be wrong.

Usage: python tests/bench/bench_import.py [LINES] [DATABASE_URL]
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cabinet_client_manager.testing import account_of, inn_of
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

SEED = 7
OURS = account_of(1)
BIC = "044525225"
LIMIT_SECONDS, LIMIT_MB = 30.0, 300.0
PURPOSES = (
    "Оплата по счету № {n} от {d} за услуги, в т.ч. НДС 22%",
    "Оплата по счёту №{n} от {d}. НДС в том числе",
    "ОПЛАТА ПО СЧ. {n} ОТ {d}",
    "Опл. сч.{n} от {d} за обслуживание",
    "По счету {n} от {d} за материалы, в т.ч. НДС(22%)",
    "Счет на оплату №{n} от {d}г. Монтаж",
    "Invoice {n} dd {d}",
)
UNKNOWN = ("Оплата за услуги", "Пополнение по договору", "Возврат ошибочно перечисленных средств", "Аренда за март")


def main(lines: int, database: str | None) -> int:
    """Run it; the exit status says whether the bar was met."""
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        truth = write_files(folder, chance, lines)
        run(["init", str(folder / "site"), *(["--database", database] if database else [])], folder)
        steps = {
            "clients": run(["client", "import", "clients.csv"], folder),
            "invoices": run(["invoice", "import", "invoices.csv", "--issue"], folder),
            "statement": run(["statement", "import", "statement.txt", "--account", "all"], folder),
            "again": run(["statement", "import", "again.txt"], folder),
            "ledger": run(["ledger", "verify"], folder),
        }
        found = run(["statement", "lines"], folder)[0]["lines"]
    return report(lines, steps, found, truth)


def run(arguments: list[str], folder: Path) -> tuple[Any, float, float]:
    """(JSON, seconds, MB of resident memory at the most) of one command."""
    site = folder / "site" / "cabinet.toml"
    command = [
        sys.executable,
        "-c",
        "from cabinet.cli import main; main()",
        "--config",
        str(site),
        "--json",
        *arguments,
    ]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed: {output.decode()[:2000]}")
    return json.loads(output), time.monotonic() - started, usage.ru_maxrss / 1024


def write_files(folder: Path, chance: random.Random, lines: int) -> list[str | None]:
    """The tables and the statement; the truth is the invoice's external id of each line, None where nobody can know."""
    clients = max(10, lines // 10)
    table(
        folder / "clients.csv",
        ["external_id", "name", "inn", "kpp", "account", "bic"],
        ([f"C{n}", f"ООО «Клиент {n}»", inn_of(n + 10), "770101001", account_of(n + 10), BIC] for n in range(clients)),
    )
    invoices = []
    for n in range(lines):
        day = date(2026, 1, 12) + timedelta(days=n % 60)
        invoices.append((f"I{n}", n % clients, f"{n + 1}", day, chance.randrange(100_000, 50_000_000)))
    header = "external_id,client,number,date,due,description,quantity,unit,price,vat_rate,vat_included,article"
    table(
        folder / "invoices.csv",
        header.split(","),
        (
            [
                i,
                f"C{c}",
                number,
                day,
                day + timedelta(days=7),
                "Работы",
                "1",
                "шт",
                f"{minor / 100:.2f}",
                "22",
                "1",
                "Услуги",
            ]
            for i, c, number, day, minor in invoices
        ),
    )
    truth: list[str | None] = []
    written = []
    for external_id, client, number, day, minor in chance.sample(invoices, len(invoices)):
        known = chance.random() < 0.95
        purpose = (
            chance.choice(PURPOSES).format(n=spelled(number, chance), d=dated(day, chance))
            if known
            else chance.choice(UNKNOWN)
        )
        who = Counterparty(f"ООО «Клиент {client}»", inn_of(client + 10), "770101001", account_of(client + 10), BIC)
        when = date(2026, 3, 16) + timedelta(days=len(written) * 5 // lines)
        written.append(LineToWrite(when, minor, who, purpose, str(len(written) + 1)))
        truth.append(external_id if known else None)
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "Банк")
    for name, encoding in (("statement.txt", "cp1251"), ("again.txt", "utf-8")):
        file = write_onec(
            StatementToWrite(OURS, date(2026, 3, 16), date(2026, 3, 20), 0, written, own), encoding=encoding
        )
        (folder / name).write_bytes(file)
    return truth


def spelled(number: str, chance: random.Random) -> str:
    """An invoice's number as payers write it."""
    return chance.choice((number, number, number, number.zfill(5)))


def dated(day: date, chance: random.Random) -> str:
    """A date as payers write it."""
    return chance.choice((f"{day:%d.%m.%Y}", f"{day:%d.%m.%Y}", f"{day:%d.%m.%y}"))


def table(path: Path, header: list[str], rows: Any) -> None:
    """A CSV file as people make it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)


def report(lines: int, steps: dict[str, tuple[Any, float, float]], found: list[Any], truth: list[str | None]) -> int:
    """Print what was measured; 1 where something is wrong or over its bar."""
    applied = [line for line in found if line["state"] == "applied" and line["client"] is not None]
    wrong = [
        line
        for line in applied
        if [a["invoice_external_id"] for a in line["allocations"]] != [truth[line["position"] - 1]]
    ]
    named = sum(1 for known in truth if known is not None)
    again = steps["again"][0]["files"][0]["statements"][0]
    for step, (_document, seconds, memory) in steps.items():
        print(f"{step:10} {seconds:7.2f} s {memory:7.0f} MB")
    print(
        f"lines {lines}, naming their invoice {named}, applied {len(applied)} ({len(applied) / named:.1%}), wrong {len(wrong)}"
    )
    print(f"the same statement in another encoding: new {again['new']}, known {again['duplicate']}")
    print(f"ledger problems: {len(steps['ledger'][0]['problems'])}")
    for line in wrong[:10]:
        print("WRONG", line["purpose"], line["allocations"], truth[line["position"] - 1])
    _document, seconds, memory = steps["statement"]
    met = not wrong and again["new"] == 0 and not steps["ledger"][0]["problems"]
    within = lines > 10_000 or (seconds < LIMIT_SECONDS and memory < LIMIT_MB)
    return 0 if met and within else 1


if __name__ == "__main__":
    raise SystemExit(
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.argv[2] if len(sys.argv) > 2 else None)
    )
