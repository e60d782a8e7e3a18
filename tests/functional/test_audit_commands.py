"""``cabinet audit`` as an outside verifier uses it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cabinet.cli import run


@pytest.fixture
def cabinet(cabinet):
    """``cabinet("audit", "verify")``: (exit status, JSON) on a site where three people were added."""
    for n in range(3):
        assert cabinet("user", "add", f"u{n}@x.ru", "--name", "U", "--role", "manager")[0] == 0
    return cabinet


def by_hand(*statements: str) -> None:
    connection = sqlite3.connect("site/data/cabinet.sqlite3")
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'core_audit%'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_honest_trail_is_proved(cabinet) -> None:
    status, found = cabinet("audit", "verify")
    assert status == 0
    assert (found["chain_ok"], found["problems"]) == (True, [])
    assert found["entries"] == found["head"]["seq"] > 3


def test_a_changed_record_is_found(cabinet) -> None:
    by_hand("UPDATE core_audit_event SET title = 'x' WHERE id = 2")
    status, found = cabinet("audit", "verify")
    assert (status, found["chain_ok"]) == (1, False)
    assert any("record 2 " in problem["message"] for problem in found["problems"])


def test_a_trail_cut_together_with_its_head_is_found_by_the_anchor(cabinet) -> None:
    status, anchor = cabinet("audit", "anchor")
    assert status == 0
    by_hand(
        f"DELETE FROM core_audit_event WHERE seq = {anchor['seq']}",
        "UPDATE core_audit_head SET seq = seq - 1, hash = (SELECT hash FROM core_audit_event ORDER BY seq DESC LIMIT 1)",
    )
    status, found = cabinet("audit", "verify")
    assert (status, found["chain_ok"], found["anchors"]) == (1, False, 1)
    Path("site/data/audit-anchors.jsonl").unlink()
    assert cabinet("audit", "verify")[1]["chain_ok"], "the control: without the anchor nothing shows"
    assert not cabinet("audit", "verify", "--anchor", f"{anchor['seq']}:{anchor['hash']}")[1]["chain_ok"]


def test_an_anchor_is_noted_once_and_a_torn_line_is_passed_over(cabinet) -> None:
    cabinet("audit", "anchor")
    cabinet("audit", "anchor")
    path = Path("site/data/audit-anchors.jsonl")
    assert len(path.read_text().splitlines()) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text() + '{"at": "2026-')
    assert cabinet("audit", "verify")[1]["anchors"] == 1


def test_an_anchor_that_is_none_is_wrong_usage(cabinet, capsys) -> None:
    assert run(["audit", "verify", "--anchor", "12", "--config", "site/cabinet.toml"]) == 2
