"""The truth table in small: whatever a purpose says, nothing is posted wrong, and what can be proven is posted."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

_BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(_BENCH))
    return importlib.import_module("bench_matching")


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(_BENCH))
    return importlib.import_module("second_measure")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_posted_wrong_and_what_is_proven_is_posted(bench: Any, seed: int) -> None:
    result = bench.run(1_000, seed)

    wrong = [(name, line.purpose) for name, row in result.rows.items() for line, _, _ in row.failures if row.wrong]
    assert wrong == []
    assert result.holds


@pytest.mark.long
def test_nothing_is_posted_wrong_in_a_hundred_thousand_lines(bench: Any) -> None:
    assert bench.run(100_000, 7).holds


def test_nothing_of_the_second_firm_is_posted_wrong_and_what_must_be_is(second: Any) -> None:
    result = second.run(2_500, 11, clients=1_000)

    wrong = [(name, line.purpose) for name, row in result.rows.items() if row.wrong for line, _ in row.failures]
    assert wrong == []
    assert result.holds


def test_the_table_ties(bench: Any) -> None:
    result = bench.run(500, 4)

    assert sum(row.lines for row in result.rows.values()) == result.lines
    assert all(row.right <= row.applied <= row.lines for row in result.rows.values())
    assert "**all**" in bench.table(result)
