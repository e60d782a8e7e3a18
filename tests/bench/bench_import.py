"""A whole import: as people run it, through the command line, and by its steps within one process, on both engines.

    python tests/bench/bench_import.py [--engine sqlite|postgresql] [--sizes 1000,10000] [--rounds 3]

The command line: 1,000 clients with 10,000 open invoices and a statement of 10,000 lines, with the seconds and memory of each step.
Every automatic posting is held against the truth, and nothing may be wrong.

By steps: as many clients as lines, at most 10,000, each line of a client with an open invoice. Each round is on a copy of the same site.
Beside it the least there is: the file split at its ``=``, and the rows of its lines written by the driver's own bulk insert into a bare
table with a unique hash and two indexes. Processor seconds are of this process and the database's together. ``--sizes 1000,10000,100000``
shows whether time grows with the file as it should; making that site takes minutes.
"""

from __future__ import annotations

import argparse
import csv
import gc
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from limits import told  # beside this file
from parse_least import LEAST
from sites import Processor, Servers, run  # it finds the source
from sqlalchemy import Engine, select

from cabinet.cli import GARBAGE
from cabinet.cli.context import SiteContext
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work
from cabinet_client_manager.testing import account_of, inn_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.statements import applying, knowledge, planning, reading
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

SEED = 7
OURS = account_of(1)
BIC = "044525225"
LIMIT_SECONDS, LIMIT_MB = 30.0, 300.0
MOST_CLIENTS = 10_000
ENGINES = ("sqlite", "postgresql")
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


def main(argv: list[str] | None = None) -> int:
    """Run it; the exit status says whether everything is right and within the bar of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(argv)
    gc.set_threshold(*GARBAGE)
    sizes = [int(size) for size in asked.sizes.split(",")]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        servers = Servers(Path(name))
        try:
            status = by_command_line(servers, asked.engine or ENGINES[0], 10_000)
            for engine in (asked.engine,) if asked.engine else ENGINES:
                by_steps(servers, engine, sizes, asked.rounds)
        finally:
            servers.close()
    return status


def by_command_line(servers: Servers, engine: str, lines: int) -> int:
    """Import as people do; 1 where something is wrong or over its bar."""
    folder, site = servers.folder, servers.make(engine)
    truth = write_files(folder, random.Random(SEED), lines, max(10, lines // 10))
    steps = {
        "clients": run(["client", "import", "clients.csv"], folder, site),
        "invoices": run(["invoice", "import", "invoices.csv", "--issue"], folder, site),
        "statement": run(["statement", "import", "statement.txt", "--account", "all"], folder, site),
        "again": run(["statement", "import", "again.txt"], folder, site),
        "ledger": run(["ledger", "verify"], folder, site),
    }
    found = run(["statement", "lines"], folder, site)[0]["lines"]
    print(f"{engine}, by the command line")
    return report(lines, steps, found, truth)


def write_files(folder: Path, chance: random.Random, lines: int, clients: int) -> list[str | None]:
    """The tables and the statement; the truth is the invoice's external id of each line, None where nobody can know."""
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


# -- by steps --------------------------------------------------------------------------------------------------------


@dataclass
class Round:
    """Of one import: step → (processor seconds, seconds by the clock)."""

    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    def cpu(self, *steps: str) -> float:
        """Processor seconds of ``steps``."""
        return sum(self.spent[step][0] for step in steps)

    def clock(self, *steps: str) -> float:
        """Seconds of ``steps`` by the clock."""
        return sum(self.spent[step][1] for step in steps)


WHOLE = ("read and matched", "written")
PARTS = ("parsed", "fingerprinted", "books read", "matched", "lines stored")


def by_steps(servers: Servers, engine: str, sizes: list[int], rounds: int) -> None:
    """Measure the steps of files of ``sizes`` on one engine, and print."""
    medians: dict[int, float] = {}
    for lines in sizes:
        folder = servers.folder / str(lines)
        folder.mkdir(exist_ok=True)
        clients = min(lines, MOST_CLIENTS)
        write_files(folder, random.Random(SEED), lines, clients)
        site = servers.make(engine)
        run(["client", "import", "clients.csv"], folder, site)
        run(["invoice", "import", "invoices.csv", "--issue"], folder, site)
        made = [one_round(servers, site, folder) for _round in range(rounds if lines <= 10_000 else 1)]
        medians[lines] = statistics.median(one.cpu(*WHOLE) for one in made)
        tell(engine, lines, clients, made)
    small = [size for size in sizes if size * 10 in medians]
    for size in small:
        growth = medians[size * 10] / medians[size]
        print("  " + told(f"{size * 10} lines to {size}: processor seconds grow", growth, 11, " times"))
    print(flush=True)


def one_round(servers: Servers, site: Path, folder: Path) -> Round:
    """One import on a copy of ``site``, with the least beside it."""
    measured = Round()
    with servers.copy(site) as context:
        registry = context.registry
        processor = Processor(registry.cabinet_engine)
        opened = partial(unit_of_work, registry, actor="cabinet statement import")
        with opened() as request:
            request.find_service(ILegalEntities).register_account(OURS, "RUB")
            file = request.find_service(IStatementDesk).receive(
                (folder / "statement.txt").read_bytes(), "statement.txt"
            )
            file_id = file.id
        with parts_watched(measured, processor):
            gc.collect()
            with step(measured, "read and matched", processor), opened(writing=False) as request:
                plan = request.find_service(IStatementDesk).plan(request.db.get_one(StatementFile, file_id))
            with step(measured, "written", processor), opened() as request:
                request.find_service(IStatementDesk).write(request.db.get_one(StatementFile, file_id), plan)
        del plan
        gc.collect()
        with step(measured, "least parse", processor):
            LEAST["1c"](folder / "statement.txt")
        bare_store(context, measured, processor)
    return measured


@contextmanager
def step(measured: Round, name: str, processor: Processor) -> Iterator[None]:
    """Add what a block takes to ``name``."""
    began, started = processor.seconds(), time.perf_counter()
    yield
    cpu, clock = measured.spent.get(name, (0.0, 0.0))
    measured.spent[name] = cpu + processor.seconds() - began, clock + time.perf_counter() - started


@contextmanager
def parts_watched(measured: Round, processor: Processor) -> Iterator[None]:
    """Within the block the parts of the work are timed as well."""
    watched: list[tuple[Any, str, Callable[..., Any]]] = []

    def watch(owner: Any, name: str, part: str, only: Callable[..., bool] = lambda *_arguments: True) -> None:
        real = getattr(owner, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            if not only(*arguments):
                return real(*arguments, **named)
            with step(measured, part, processor):
                return real(*arguments, **named)

        watched.append((owner, name, real))
        setattr(owner, name, timed)

    watch(reading.StatementReader, "whole", "parsed")
    watch(planning, "_sort_out", "fingerprinted")
    watch(knowledge.Knowledge, "book", "books read")
    watch(planning, "match", "matched")
    watch(applying, "insert_rows", "lines stored", lambda _session, table, _rows: table is StatementLine.__table__)
    try:
        yield
    finally:
        for owner, name, real in watched:
            setattr(owner, name, real)


def bare_store(context: SiteContext, measured: Round, processor: Processor) -> None:
    """The stored lines once more, into a table that checks nothing, in one bulk insert."""
    engine: Engine = context.registry.cabinet_engine
    table: Any = StatementLine.__table__
    binds = [c.type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for c in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE bare AS SELECT {names} FROM {table.name} WHERE 1 = 0")
        connection.exec_driver_sql("CREATE UNIQUE INDEX bare_key ON bare (bank_account_id, key, occurrence)")
        for column in ("id", "booking_date"):
            connection.exec_driver_sql(f"CREATE INDEX bare_{column} ON bare ({column})")
        found = connection.execute(select(table)).all()
        rows = [tuple(bind(v) if bind else v for bind, v in zip(binds, row, strict=True)) for row in found]
    gc.collect()
    with step(measured, "bare store", processor), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            driver: Any = connection.connection.dbapi_connection
            with driver.cursor().copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            connection.exec_driver_sql(f"INSERT INTO bare VALUES ({', '.join('?' * len(binds))})", rows)


def tell(engine: str, lines: int, clients: int, made: list[Round]) -> None:
    """Print the medians of ``made`` beside their limits."""

    def cpu(*steps: str) -> float:
        return statistics.median(one.cpu(*steps) for one in made)

    def clock(*steps: str) -> float:
        return statistics.median(one.clock(*steps) for one in made)

    scale = lines / 10_000
    least = statistics.median(one.cpu(*WHOLE) / one.cpu("least parse", "bare store") for one in made)
    stored = statistics.median(one.cpu("lines stored") / one.cpu("bare store") for one in made)
    print(f"{engine}: {lines} lines, {clients} clients, median of {len(made)}; processor seconds (by the clock)")
    print("  " + ", ".join(f"{part} {cpu(part):.2f} ({clock(part):.2f})" for part in (*WHOLE, *PARTS)))
    print(f"  least parse {cpu('least parse'):.2f}, bare store {cpu('bare store'):.2f}")
    print("  " + told("import, match and post", cpu(*WHOLE), 0.25 if lines <= 1000 else 2 * scale, " s"))
    print("  " + told("the transaction that writes", cpu("written"), 2 * scale, " s"))
    print("  " + told("whole import to least parse and bare store", least, 5))
    print("  " + told("lines stored to bare store", stored, 1.5), flush=True)


if __name__ == "__main__":
    sys.exit(main())
