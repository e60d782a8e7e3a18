"""``cabinet report``: its JSON is a contract with other programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from cabinet.cli import run
from cabinet_client_manager.testing import clients_csv

INVOICES = """\
external_id,client,contract,number,date,due,description,quantity,unit,price,vat_rate,vat_included,article,currency
A1,C1,,,2026-01-10,2026-01-20,Rent,1,month,12200.00,22,yes,Rent,RUB
A2,C2,,,2026-02-03,2026-02-13,Work,2,hour,500.00,,,Work,RUB
"""
ROW = {"article", "path", "kind", "amounts", "share_of_income", "change"}
Cabinet = Callable[..., tuple[int, Any]]


@pytest.fixture
def cabinet(tmp_path: Path, new_site: Any, capsys: pytest.CaptureFixture[str]) -> Cabinet:
    """``cabinet("report", "pnl", …)`` on a site with two clients and two invoices: exit status and the JSON that was answered."""
    config = ["--config", str(new_site("--locale", "en"))]
    (tmp_path / "clients.csv").write_bytes(clients_csv(2))
    (tmp_path / "invoices.csv").write_text(INVOICES, "utf-8")
    assert run(["client", "import", str(tmp_path / "clients.csv"), *config]) == 0
    assert run(["invoice", "import", str(tmp_path / "invoices.csv"), "--issue", *config]) == 0
    capsys.readouterr()

    def call(*words: str) -> tuple[int, Any]:
        status = run([*words, *config, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


def test_pnl_answers_by_the_contract(cabinet: Cabinet) -> None:
    days = ("--from", "2026-01-01", "--to", "2026-02-28")
    status, found = cabinet("report", "pnl", *days, "--basis", "accrual", "--by", "month")
    assert status == 0
    assert set(found) >= {"from", "to", "basis", "currency", "columns", "rows", "result"}
    assert (found["from"], found["to"], found["basis"], found["currency"]) == (
        "2026-01-01",
        "2026-02-28",
        "accrual",
        "RUB",
    )
    assert found["columns"] == [{"from": "2026-01-01", "to": "2026-01-31"}, {"from": "2026-02-01", "to": "2026-02-28"}]
    assert found["result"] == ["10000.00", "1000.00"]
    rows = {row["article"]: row for row in found["rows"]}
    assert all(set(row) >= ROW for row in found["rows"])
    assert rows["Rent"]["path"] == ["Income", "Rent"]
    assert rows["Rent"]["amounts"] == ["10000.00", "0.00"]
    assert rows["Rent"]["share_of_income"] == [100.0, 0.0]
    assert rows["Work"]["change"] == ["0.00", "1000.00"]
    assert rows["Net profit"]["kind"] == "subtotal"
    assert {row["kind"] for row in found["rows"]} == {"income", "expense", "subtotal", "unsorted"}


def test_pnl_is_one_column_by_payment_unless_asked_otherwise(cabinet: Cabinet) -> None:
    _status, found = cabinet("report", "pnl", "--from", "2026-01-01", "--to", "2026-02-28")
    assert (found["basis"], len(found["columns"]), found["result"]) == ("cash", 1, ["0.00"])
    assert {tuple(row["share_of_income"]) for row in found["rows"]} == {(None,)}


def test_pnl_is_written_as_files(cabinet: Cabinet, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"pnl.{kind}" for kind in ("xlsx", "csv", "pdf")}
    options = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    days = ("--from", "2026-01-01", "--to", "2026-02-28")
    status, _found = cabinet("report", "pnl", *days, "--basis", "accrual", "--by", "month", *options)
    assert status == 0
    sheet = openpyxl.load_workbook(files["xlsx"]).worksheets[0]
    assert {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}["Rent"] == 10_000
    assert "Income;Rent;10000,00;0,00" in files["csv"].read_text("utf-8-sig")
    assert "Rent" in pypdf.PdfReader(files["pdf"]).pages[0].extract_text()


def test_balances_are_signed_as_clients_see_them(cabinet: Cabinet) -> None:
    status, found = cabinet("report", "balances", "--date", "2026-01-31")
    assert (status, found["date"]) == (0, "2026-01-31")
    balances = {row["client"]: (row["currency"], row["balance"]) for row in found["clients"]}
    assert balances["C1"] == ("RUB", "-12200.00")
    assert Decimal(balances.get("C2", ("RUB", "0"))[1]) == 0
    assert found["total"] == [{"currency": "RUB", "balance": "-12200.00"}]
    assert cabinet("report", "balances")[1]["total"] == [{"currency": "RUB", "balance": "-13200.00"}]


def test_receivables_are_told_by_age(cabinet: Cabinet) -> None:
    status, found = cabinet("report", "receivables", "--date", "2026-02-20")
    assert (status, found["date"]) == (0, "2026-02-20")
    ages = {row["client"]: row for row in found["clients"]}
    assert (ages["C1"]["to_60"], ages["C2"]["to_30"], ages["C2"]["total"]) == ("12200.00", "1000.00", "1000.00")
    assert found["total"][0]["overdue"] == "13200.00"


def test_what_cannot_be_answered_is_refused_in_one_line(cabinet: Cabinet) -> None:
    status, found = cabinet("report", "pnl", "--from", "2026-02-01", "--to", "2026-01-01")
    assert (status, found["error"]["code"]) == (1, "period_backwards")
