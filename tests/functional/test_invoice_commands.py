"""``cabinet invoice import`` and ``cabinet balance import``: their JSON is a contract with other programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabinet.cli import run
from cabinet_client_manager.testing import clients_csv

KEYS = ["rows", "created", "updated", "unchanged", "errors", "warnings"]
HEADER = (
    "external_id,client,contract,number,date,due,description,quantity,unit,price,vat_rate,vat_included,article,currency"
)
GOOD = (
    f'{HEADER}\nA1,C1,,,2026-02-03,,Rent,1,month,12200.00,22,yes,,RUB\nA2,C2,,77,2026-02-03,,Rent,"1,5",month,100,,,,\n'
)


@pytest.fixture
def cabinet(tmp_path: Path, new_site: Any, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    """``cabinet("invoice", "import", path)`` on a new site with two clients: exit status and the JSON that was answered."""
    new_site("--locale", "en")
    (tmp_path / "clients.csv").write_bytes(clients_csv(2))
    assert (
        run(["client", "import", str(tmp_path / "clients.csv"), "--config", str(tmp_path / "site/cabinet.toml")]) == 0
    )
    capsys.readouterr()

    def call(*words: str) -> tuple[int, Any]:
        status = run([*words, "--config", str(tmp_path / "site/cabinet.toml"), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """``file("a;b")``: the path of a table that holds it."""

    def write(content: str) -> str:
        path = tmp_path / "table.csv"
        path.write_text(content, "utf-8-sig")
        return str(path)

    return write


def test_a_new_site_issues_what_it_loads_before_its_requisites_are_known(cabinet: Any, file: Any) -> None:
    status, first = cabinet("invoice", "import", file(GOOD), "--issue")
    assert (status, list(first)) == (0, KEYS)
    assert (first["rows"], first["created"], first["errors"], first["warnings"]) == (2, 2, [], [])
    status, again = cabinet("invoice", "import", file(GOOD), "--issue")
    assert (status, again["created"], again["updated"], again["unchanged"]) == (0, 0, 0, 2)
    assert cabinet("ledger", "verify")[1]["problems"] == []
    balances = cabinet("report", "balances")[1]
    assert [row["balance"] for row in balances["clients"]] == ["-12200.00", "-150.00"]


def test_a_dry_run_issues_nothing(cabinet: Any, file: Any) -> None:
    assert cabinet("invoice", "import", file(GOOD), "--issue", "--dry-run")[1]["created"] == 2
    assert cabinet("invoice", "import", file(GOOD))[1]["created"] == 2


def test_a_row_in_error_refuses_the_file_and_is_named(cabinet: Any, file: Any) -> None:
    bad = GOOD + "A3,C9,,,2026-02-03,,Rent,1,month,1,22,yes,,RUB\n"
    status, document = cabinet("invoice", "import", file(bad))
    assert (status, document["created"], document["error"]["code"]) == (1, 0, "rows_in_error")
    assert document["errors"] == [{"row": 4, "column": "client", "message": "There is no client C9."}]


def test_what_is_no_table_is_refused_in_one_line(cabinet: Any, file: Any) -> None:
    status, document = cabinet("invoice", "import", file(""))
    assert (status, list(document)) == (1, ["error"])


def test_opening_balances_come_in_once(cabinet: Any, file: Any) -> None:
    table = "client,currency,date,amount\nC1,RUB,2026-01-01,1500.50\nC2,RUB,2026-01-01,-200\n"
    assert cabinet("balance", "import", file(table))[1]["created"] == 2
    assert cabinet("balance", "import", file(table))[1]["unchanged"] == 2
    status, document = cabinet("balance", "import", file(table.replace("-200", "-300")))
    assert (status, [(e["row"], e["column"]) for e in document["errors"]]) == (1, [(3, "amount")])
    assert [row["balance"] for row in cabinet("report", "balances")[1]["clients"]] == ["1500.50", "-200.00"]
