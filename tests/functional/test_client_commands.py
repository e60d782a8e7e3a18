"""``cabinet client import`` and ``cabinet contract import``: their JSON is a contract with other programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabinet.cli import run
from cabinet_client_manager.testing import BIC, account_of, clients_csv, inn_of

KEYS = ["rows", "created", "updated", "unchanged", "errors", "warnings"]


@pytest.fixture
def site(new_site: Callable[..., Path]) -> Path:
    """A site made by ``cabinet init``."""
    return new_site("--locale", "en")


@pytest.fixture
def cabinet(site: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    """``cabinet("client", "import", path)``: exit status and the JSON that was answered."""

    def call(*words: str) -> tuple[int, Any]:
        status = run([*words, "--config", str(site), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """``file("a;b")``: the path of a table that holds it."""

    def write(content: str | bytes, name: str = "table.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def test_importing_twice_adds_nothing_the_second_time(cabinet: Any, file: Any) -> None:
    table = file(clients_csv(40))
    status, first = cabinet("client", "import", table)
    assert (status, list(first)) == (0, KEYS)
    assert (first["rows"], first["created"]) == (40, 40)
    status, second = cabinet("client", "import", table)
    assert (status, second["created"], second["updated"], second["unchanged"]) == (0, 0, 0, 40)


def test_a_dry_run_says_what_would_be_done_and_does_not_do_it(cabinet: Any, file: Any) -> None:
    table = file(clients_csv(3))
    assert cabinet("client", "import", table, "--dry-run")[1]["created"] == 3
    assert cabinet("client", "import", table)[1]["created"] == 3


def test_a_row_in_error_refuses_the_file_and_is_named(cabinet: Any, file: Any) -> None:
    table = file(f"external_id,name,inn\nA,Good,{inn_of(3)}\nB,Bad,7707083894\n")
    status, document = cabinet("client", "import", table)
    assert status == 1
    assert [(e["row"], e["column"]) for e in document["errors"]] == [(3, "inn")]
    assert (document["created"], document["error"]["code"]) == (0, "rows_in_error")
    good = file(f"external_id,name,inn\nA,Good,{inn_of(3)}\n")
    assert cabinet("client", "import", good)[1]["created"] == 1


def test_warnings_name_row_and_column(cabinet: Any, file: Any) -> None:
    table = file(f"external_id;name;account;bic;Colour\nA;Good;40702810000000000009;{BIC};red\n")
    status, document = cabinet("client", "import", table)
    assert status == 0
    assert [(w["row"], w["column"]) for w in document["warnings"]] == [(1, "Colour"), (2, "account")]
    assert all(isinstance(w["message"], str) and "${" not in w["message"] for w in document["warnings"])


def test_a_spreadsheet_is_read_like_its_csv(cabinet: Any, file: Any) -> None:
    from cabinet.tables import write_xlsx

    rows = [["A", "ООО «А»", inn_of(3), account_of(3), BIC]]
    table = file(write_xlsx(["external_id", "name", "inn", "account", "bic"], rows), "table.xlsx")
    assert cabinet("client", "import", table)[1]["created"] == 1
    same = file(f"external_id;name;inn;account;bic\nA;ООО «А»;{inn_of(3)};{account_of(3)};{BIC}\n")
    assert cabinet("client", "import", same)[1]["unchanged"] == 1


def test_contracts_refer_to_clients_by_their_external_ids(cabinet: Any, file: Any) -> None:
    cabinet("client", "import", file(clients_csv(2)))
    header = "external_id,client,number,date,valid_to,subject,amount,currency,status\n"
    table = file(f"{header}K1,C1,1/26,2026-01-15,2027-01-14,Service,1234.50,RUB,active\nK2,C2,2/26,15.01.2026,,,,,\n")
    status, document = cabinet("contract", "import", table)
    assert (status, list(document), document["created"]) == (0, KEYS, 2)
    assert cabinet("contract", "import", table)[1]["unchanged"] == 2
    wrong = file(f"{header}K3,NOBODY,3/26,2026-01-15,,,,,\n")
    status, document = cabinet("contract", "import", wrong)
    assert (status, [(e["row"], e["column"]) for e in document["errors"]]) == (1, [(2, "client")])


def test_what_is_no_table_is_refused_with_one_line(cabinet: Any, file: Any) -> None:
    status, document = cabinet("client", "import", file(b"\0\1\2", "photo.csv"))
    assert (status, list(document)) == (1, ["error"])
    assert cabinet("client", "import", file("", "empty.csv"))[1]["error"]["code"] == "table_empty"


def test_people_read_lines_instead_of_json(site: Path, file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["client", "import", file(clients_csv(2)), "--config", str(site)]) == 0
    assert capsys.readouterr().out == "2 rows: 2 created, 0 updated, 0 unchanged, 0 in error.\n"
