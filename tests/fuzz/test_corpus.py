"""Every file of the fuzzers' corpus, what was found once among them, is read or refused, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))

from targets import TARGETS, BrokenPromiseError, _check  # noqa: E402

from cabinet_finsystem.statements.parsed import Counterparty, ParsedLine  # noqa: E402

FILES = sorted(path for path in (_HERE / "corpus").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_it_is_read_or_refused(path: Path) -> None:
    content = path.read_bytes()
    for target in TARGETS.values():
        target(content)


def test_every_reader_has_files_to_begin_with() -> None:
    assert {path.parent.name for path in FILES} >= TARGETS.keys() - {"any"}


def test_a_broken_promise_is_found() -> None:
    line = ParsedLine(
        statement=0,
        position=0,
        booking_date=None,
        value_date=None,
        amount_minor=None,
        currency="RUB",
        direction=None,
        counterparty=Counterparty(""),
        purpose="",
        doc_number="",
        doc_date=None,
        doc_kind="",
        bank_ref="",
        raw="",
    )
    with pytest.raises(BrokenPromiseError) as found:
        _check(line, 1)
    assert found.value.args[0] == ["positions begin at one", "what cannot be read says why"]
