"""The quick ways of the readers change nothing: with them off, every file reads the same, down to the last reason and note."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cabinet.tables import records
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import mt940_line, mt940_tags, ofx, ofx_tags
from cabinet_finsystem.statements.reading import read_statement

_TESTS = Path(__file__).parents[2]
sys.path.insert(0, str(_TESTS / "bench"))

from parse_files import MADE  # noqa: E402


def off(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Leave the careful way of a format alone."""
    if kind == "mt940":
        monkeypatch.setattr(mt940_line, "_USUAL", re.compile("(?!)"))
        monkeypatch.setattr(mt940_tags, "_OPERATIONS", ())
    if kind == "csv":
        monkeypatch.setattr(records, "_FIELD_LIMIT", 0)
    if kind == "ofx":
        monkeypatch.setattr(ofx_tags, "_plain", lambda _block, _limit: None)
        monkeypatch.setattr(ofx, "without_operations", lambda pieces, _limit: pieces)


def read(content: bytes) -> Any:
    """All that comes of a file: it, or why it was refused."""
    try:
        return read_statement(content)
    except StatementRefusedError as refused:
        return refused.code, refused.message, refused.details


def strange(content: bytes, words: list[str], encoding: str) -> Iterator[bytes]:
    """``content`` with each of ``words`` put in many places, one at a time; and cut in many places."""
    places = range(len(content) // 3, len(content), max(len(content) // 60, 1))
    for number, place in enumerate(places):
        yield content[:place] + words[number % len(words)].encode(encoding) + content[place:]
        yield content[:place]


STRANGE = {
    "ofx": [
        "&amp; ", "<STMTTRN>", "</STMTTRN>", "<![CDATA[<NAME>]]>", "<CURRENCY><CURSYM>USD</CURRENCY>", "<memo>", "<NAME>A</NAME>", "]]>",
        "</BANKTRANLIST>", " > ", "<BANKACCTTO><ACCTID>1</BANKACCTTO>", "<X>", "<MEMO/>", "<CORRECTFITID>1", "\t \n", "<![CDATA[",
        "<TRNAMT>1,50", "<DTPOSTED>0", "<",
    ],
    "mt940": ["\n:20:X", "\n:86:", "\n-", "\n{1:", "?20", "\x01", ":61:", "R",
        "\n:61:260101C5,", "\n", " ", "A", "//", "\n:62F:C260101EUR5,", ",", "EREF+"],
    "csv": ["'", '"', "\u00a0", "'=1", ';"a;b";', '"a\n', "\r", "\r\n", " ; ", "\t", ";", '""', "'=", "\n\n", "Итого;", "5,00", '="1"'],
}  # fmt: skip


@pytest.mark.parametrize("kind", STRANGE)
def test_a_file_reads_the_same_quickly_and_carefully(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = MADE[kind](7)
    encoding = "cp1251" if kind == "csv" else "utf-8"
    files = [content, *strange(content, STRANGE[kind], encoding)]
    quick = [read(one) for one in files]
    assert quick[0].statements[0].check.lines == 7
    off(monkeypatch, kind)
    assert [read(one) for one in files] == quick


def test_the_quick_ways_are_gone_when_off(monkeypatch: pytest.MonkeyPatch) -> None:
    off(monkeypatch, "ofx")
    monkeypatch.setattr(ofx, "_plain_line", None)
    assert read(MADE["ofx"](3)).statements[0].check.lines == 3
