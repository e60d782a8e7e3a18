"""The least that a pass over a bank file can cost, format by format: five facts of each operation as a tuple.

The encoding is known, no deviation is survived, nothing is checked and nothing is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET


def onec(path: Path) -> int:
    """Rows split at ``=``."""
    kept = []
    facts: dict[str, str] = {}
    with path.open(encoding="cp1251") as file:
        for row in file:
            key, equals, value = row.rstrip("\n").partition("=")
            if equals:
                facts[key] = value
            elif key == "КонецДокумента":
                day = facts["Дата"]
                kept.append(
                    (
                        date(int(day[6:]), int(day[3:5]), int(day[:2])),
                        Decimal(facts["Сумма"]),
                        facts["Номер"],
                        facts["ПлательщикИНН"],
                        facts["НазначениеПлатежа"],
                    )
                )
                facts = {}
    return len(kept)


_LINE = re.compile(r":61:(\d{6})\d{4}([CD])([\d,]+)N...([^/]*)//")


def mt940(path: Path) -> int:
    """One expression a line; details joined and split at their marks."""
    kept: list[tuple[Any, ...]] = []
    line: Any = None
    words: list[str] = []

    def keep() -> None:
        if line is None:
            return
        fields = {part[:2]: part[2:] for part in "".join(words)[4:].split("?") if part}
        day, mark, amount, number = line.groups()
        minor = Decimal(amount.replace(",", "."))
        purpose = "".join(text for code, text in fields.items() if code[:1] == "2")
        booked = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
        kept.append((booked, minor if mark == "C" else -minor, number, fields.get("32"), purpose))

    with path.open(encoding="utf-8") as file:
        for row in file:
            if row.startswith(":61:"):
                keep()
                line, words = _LINE.match(row), []
            elif line is not None:
                words.append(row.rstrip("\n"))
    keep()
    return len(kept)


_NS = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.02}"


def camt(path: Path) -> int:
    """The iterating parser of the standard library in C, each entry dropped when it was read."""
    kept = []
    for _event, entry in ET.iterparse(path):
        if entry.tag == f"{_NS}Ntry":
            details = f"{_NS}NtryDtls/{_NS}TxDtls/"
            kept.append(
                (
                    date.fromisoformat(entry.findtext(f"{_NS}BookgDt/{_NS}Dt") or ""),
                    Decimal(entry.findtext(f"{_NS}Amt") or "")
                    * (1 if entry.findtext(f"{_NS}CdtDbtInd") == "CRDT" else -1),
                    entry.findtext(f"{_NS}AcctSvcrRef"),
                    entry.findtext(f"{details}{_NS}RltdPties/{_NS}Dbtr/{_NS}Nm"),
                    entry.findtext(f"{details}{_NS}RmtInf/{_NS}Ustrd"),
                )
            )
            entry.clear()
    return len(kept)


def ofx(path: Path) -> int:
    """One tag a row, as this file has them."""
    kept = []
    facts: dict[str, str] = {}
    with path.open(encoding="utf-8") as file:
        for row in file:
            tag, _close, value = row.rstrip("\n").partition(">")
            if tag == "</STMTTRN":
                day = facts["<DTPOSTED"]
                booked = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
                kept.append((booked, Decimal(facts["<TRNAMT"]), facts["<FITID"], facts["<NAME"], facts["<MEMO"]))
                facts = {}
            else:
                facts[tag] = value
    return len(kept)


def table(path: Path) -> int:
    """The reader of the standard library."""
    with path.open(encoding="cp1251", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        kept = [
            (
                date(int(row[0][6:]), int(row[0][3:5]), int(row[0][:2])),
                Decimal(row[2].replace(",", ".")),
                row[4],
                row[6],
                row[11],
            )
            for row in rows
        ]
    return len(kept)


LEAST: Mapping[str, Callable[[Path], int]] = {"1c": onec, "mt940": mt940, "camt": camt, "ofx": ofx, "csv": table}
