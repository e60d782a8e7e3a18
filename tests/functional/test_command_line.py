"""The command line as outside programs use it: names, options, exit codes and JSON keys are a contract."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cabinet.cli import run, split_common
from cabinet.db import migrate
from cabinet.plugins.faults import blaming
from cabinet_client_manager.testing import account_of, inn_of
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

OURS = account_of(1)


@pytest.fixture
def tables(tmp_path):
    """A firm's tables as files: clients, contracts, invoices, opening balances."""
    texts = {
        "clients": f"external_id;name;inn;kpp;account;bic\nC1;ООО «Ромашка»;{inn_of(11)};770101001;{account_of(11)};044525225\n"
        f"C2;ИП Петров;{inn_of(12, person=True)};;;\n",
        "contracts": "external_id;client;number;date;subject\nK1;C1;Д-1;01.01.2026;Обслуживание\n",
        "invoices": "external_id,client,contract,number,date,due,description,quantity,unit,price,vat_rate,vat_included,article,currency\n"
        "I1,C1,K1,15,2026-02-03,2026-02-10,Работы,1,шт,10000,22,1,Услуги,RUB\n"
        'I2,C1,K1,17,2026-02-03,2026-02-10,Работы,2,шт,"10000,00",22,1,Услуги,RUB\n'
        "I3,C2,,,2026-02-03,2026-02-10,Работы,1,шт,5000,,1,Новая статья,RUB\n",
        "balances": "client;currency;date;amount\nC2;RUB;2026-01-01;-1500,50\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8-sig")
    return {name: tmp_path / f"{name}.csv" for name in texts}


def test_a_module_that_stops_a_command_is_named_in_one_line(tmp_path, monkeypatch, capsys) -> None:
    def broken(*_: Any) -> None:
        with blaming("loans", "includeme"):
            raise KeyError("gateway")

    def unmigrated(*_: Any) -> None:
        raise RuntimeError("no such table\n[SQL: INSERT]")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cabinet.cli.commands.module.configure", broken)
    assert run(["module", "check"]) == 1
    assert capsys.readouterr().err == "cabinet: loans (includeme): KeyError: 'gateway'\n"
    monkeypatch.setattr(migrate.command, "upgrade", unmigrated)
    assert run(["init", "site"]) == 1
    assert capsys.readouterr().err == "cabinet: core (migrations): RuntimeError: no such table\n"


def payment(amount: int, purpose: str, doc: str = "1") -> LineToWrite:
    who = Counterparty("ООО «Ромашка»", inn_of(11), "770101001", account_of(11), "044525225")
    return LineToWrite(date(2026, 2, 11), amount, who, purpose, doc)


def bank_file(tmp_path, name: str, *lines: LineToWrite, account: str = OURS, **kw: Any) -> Path:
    own = OwnSide("Наша компания", inn_of(1), "770101001", "044525225", "Банк")
    path = tmp_path / name
    path.write_bytes(
        write_onec(StatementToWrite(account, date(2026, 2, 11), date(2026, 2, 11), 100_000, lines, own), **kw)
    )
    return path


IMPORTED = {"rows", "created", "updated", "unchanged", "errors", "warnings"}


def test_tables_are_imported_once_and_repeating_them_changes_nothing(cabinet, tables) -> None:
    for command, name, count in (("client", "clients", 2), ("contract", "contracts", 1), ("balance", "balances", 1)):
        status, found = cabinet(command, "import", tables[name])
        assert status == 0
        assert set(found) >= IMPORTED
        assert (found["created"], found["errors"]) == (count, [])
        status, again = cabinet(command, "import", tables[name])
        assert (status, again["created"], again["unchanged"]) == (0, 0, count)
    status, found = cabinet("invoice", "import", tables["invoices"], "--issue")
    assert (status, found["created"], found["errors"]) == (0, 3, [])
    assert any("Новая статья" in w["message"] for w in found["warnings"])
    status, again = cabinet("invoice", "import", tables["invoices"], "--issue")
    assert (status, again["created"], again["unchanged"]) == (0, 0, 3)


def test_a_row_in_error_refuses_the_file_and_names_row_and_column(cabinet, tables, tmp_path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("external_id,name,inn\nC9,ООО «Верная»,\nC10,ООО «Опечатка»,7707083890\n", "utf-8")
    status, found = cabinet("client", "import", bad)
    assert status == 1
    errors = found.get("errors") or found["error"]["details"]["errors"]
    assert (errors[0]["row"], errors[0]["column"]) == (3, "inn")
    assert cabinet("client", "import", tables["clients"])[1]["created"] == 2


def test_a_dry_run_says_what_would_happen_and_writes_nothing(cabinet, tables) -> None:
    status, found = cabinet("client", "import", tables["clients"], "--dry-run")
    assert (status, found["created"]) == (0, 2)
    assert cabinet("client", "import", tables["clients"])[1]["created"] == 2


def test_a_statement_goes_from_the_file_to_balances_and_the_ledger_agrees(cabinet, tables, tmp_path) -> None:
    for command, name in (("client", "clients"), ("contract", "contracts")):
        cabinet(command, "import", tables[name])
    cabinet("invoice", "import", tables["invoices"], "--issue")
    file = bank_file(
        tmp_path, "a.txt", payment(3_100_000, "Оплата по сч. 15, 17 от 03.02.2026"), payment(77, "что-то", "2")
    )

    status, refused = cabinet("statement", "import", file)
    assert status == 1
    assert refused["files"][0]["errors"][0]["code"] == "account_unknown"

    status, found = cabinet("statement", "import", file, "--account", "all", "--dry-run")
    assert (status, found["files"][0]["statements"][0]["new"]) == (0, 2)

    status, found = cabinet("statement", "import", file, "--account", OURS)
    assert status == 0
    [document] = found["files"]
    assert set(document) >= {"file", "sha256", "format", "encoding", "already_imported", "statements", "errors"}
    [statement] = document["statements"]
    assert {key: statement[key] for key in ("account", "currency", "opening", "closing", "balance_ok")} == {
        "account": OURS,
        "currency": "RUB",
        "opening": "1000.00",
        "closing": "32000.77",
        "balance_ok": True,
    }
    counts = [statement[key] for key in ("lines", "new", "duplicate", "invalid", "applied")]
    assert counts == [2, 2, 0, 0, 1]
    assert statement["proposed"] + statement["unsorted"] == 1

    status, found = cabinet("statement", "lines", "--statement", statement["id"])
    paid, other = found["lines"]
    assert (paid["amount"], paid["direction"], paid["state"], paid["client"]) == ("31000.00", "in", "applied", "C1")
    assert [(a["invoice"], a["invoice_external_id"], a["amount"]) for a in paid["allocations"]] == [
        ("15", "I1", "10000.00"),
        ("17", "I2", "20000.00"),
    ]
    assert paid["rule"] and paid["evidence"]
    assert set(paid["counterparty"]) == {"name", "inn", "kpp", "account", "bic"}
    assert other["state"] in {"proposed", "unsorted"}
    assert len(cabinet("statement", "lines", "--state", "applied")[1]["lines"]) == 1

    status, again = cabinet("statement", "import", file)
    assert (status, again["files"][0]["already_imported"]) == (0, True)
    longer = bank_file(
        tmp_path,
        "b.txt",
        payment(3_100_000, "Оплата по сч. 15, 17 от 03.02.2026"),
        payment(77, "что-то", "2"),
        payment(88, "ещё", "3"),
        encoding="utf-8",
    )
    [statement] = cabinet("statement", "import", longer)[1]["files"][0]["statements"]
    assert (statement["new"], statement["duplicate"]) == (1, 2)

    status, balances = cabinet("report", "balances", "--date", "2026-12-31")
    assert status == 0
    assert {row["client"]: row["balance"] for row in balances["clients"]} == {"C1": "1000.00", "C2": "-5000.00"}
    status, verified = cabinet("ledger", "verify")
    assert (
        status,
        verified["balanced"],
        verified["month_balances_agree"],
        verified["chain_ok"],
        verified["problems"],
    ) == (
        0,
        True,
        True,
        True,
        [],
    )
    status, pnl = cabinet(
        "report", "pnl", "--from", "2026-02-01", "--to", "2026-02-28", "--basis", "cash", "--by", "month"
    )
    assert status == 0
    assert set(pnl) >= {"from", "to", "basis", "currency", "columns", "rows", "result"}
    assert {row["kind"] for row in pnl["rows"]} >= {"income", "subtotal", "unsorted"}
    for row in pnl["rows"]:
        assert len(row["amounts"]) == len(pnl["columns"]) == len(row["share_of_income"]) == len(row["change"])


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 5000, "привет".encode("utf-16"), b"1CClientBankExchange\r\n" + b"\xff\xfe\x00" * 100, b"<html>"],
    ids=["empty", "zeros", "utf16", "garbage", "html"],
)
def test_a_hostile_file_adds_nothing_and_says_why(cabinet, tmp_path, content) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(content)
    status, found = cabinet("statement", "import", file, "--account", "all")
    assert status == 1
    assert found["files"][0]["errors"][0]["code"]
    assert cabinet("statement", "lines")[1]["lines"] == []


def test_accounts_of_all_files_are_registered_before_the_first_is_read(cabinet, tmp_path) -> None:
    second = account_of(2)
    to_the_second = Counterparty("Наша компания", inn_of(1), "770101001", second, "044525225")
    from_the_first = Counterparty("Наша компания", inn_of(1), "770101001", OURS, "044525225")
    purpose = "Перевод собственных средств"
    out = bank_file(tmp_path, "a.txt", LineToWrite(date(2026, 2, 11), -70_000, to_the_second, purpose, "1"))
    into = bank_file(
        tmp_path, "b.txt", LineToWrite(date(2026, 2, 11), 70_000, from_the_first, purpose, "1"), account=second
    )

    status, _found = cabinet("statement", "import", out, into, "--account", "all")
    assert status == 0
    assert [line["kind"] for line in cabinet("statement", "lines")[1]["lines"]] == ["own_transfer"] * 2


@pytest.mark.parametrize("wanted", [account_of(2), "all"])
def test_an_account_registered_later_sorts_the_transfers_that_were_loaded_before(cabinet, tmp_path, wanted) -> None:
    second = account_of(2)
    purpose = "Пополнение счета"
    to_the_second = Counterparty("Наша компания", "", "", second, "044525225")
    from_the_first = Counterparty("Наша компания", "", "", OURS, "044525225")
    out = bank_file(tmp_path, "a.txt", LineToWrite(date(2026, 2, 11), -70_000, to_the_second, purpose, "1"))
    into = bank_file(
        tmp_path, "b.txt", LineToWrite(date(2026, 2, 11), 70_000, from_the_first, purpose, "1"), account=second
    )
    cabinet("statement", "import", out, "--account", OURS)
    assert [line["state"] for line in cabinet("statement", "lines")[1]["lines"]] == ["unsorted"]
    status, found = cabinet("statement", "import", into, "--account", wanted)
    assert (status, found["files"][0]["statements"][0]["new"]) == (0, 1)
    lines = cabinet("statement", "lines")[1]["lines"]
    assert [(line["state"], line["kind"]) for line in lines] == [("applied", "own_transfer")] * 2
    assert cabinet("ledger", "verify")[1]["problems"] == []


def test_what_waits_is_matched_again_by_command(cabinet, tables, tmp_path) -> None:
    cabinet("statement", "import", bank_file(tmp_path, "a.txt", payment(1_220_000, "По счету 15")), "--account", "all")
    for command in ("client", "contract"):
        cabinet(command, "import", tables[f"{command}s"])
    cabinet("invoice", "import", tables["invoices"], "--issue")
    status, found = cabinet("statement", "rematch")
    assert (status, found) == (0, {"looked": 1, "applied": 1, "waiting": 0})
    [line] = cabinet("statement", "lines")[1]["lines"]
    assert (line["client"], line["allocations"][0]["invoice"]) == ("C1", "15")
    assert line["evidence"]
    assert cabinet("statement", "rematch")[1] == {"looked": 0, "applied": 0, "waiting": 0}


def test_a_file_of_an_account_that_cannot_be_is_refused_and_the_files_beside_it_are_loaded(cabinet, tmp_path) -> None:
    good = bank_file(tmp_path, "a.txt", payment(500, "что-то"))
    bad = tmp_path / "b.txt"
    bad.write_bytes(good.read_bytes().replace(OURS.encode(), OURS[:-1].encode()))
    status, found = cabinet("statement", "import", bad, good, "--account", "all")
    assert status == 1
    assert [[error["code"] for error in file["errors"]] for file in found["files"]] == [["account_unknown"], []]
    assert [statement["new"] for statement in found["files"][1]["statements"]] == [1]


def test_an_invalid_line_says_why(cabinet, tmp_path) -> None:
    file = bank_file(tmp_path, "a.txt", payment(12_300, "что-то"))
    file.write_bytes(file.read_bytes().replace("Сумма=123.00".encode("cp1251"), "Сумма=12З.00".encode("cp1251")))
    cabinet("statement", "import", file, "--account", "all")
    [line] = cabinet("statement", "lines", "--state", "invalid")[1]["lines"]
    assert line["amount"] is None
    assert "Сумма=12З.00" in line["evidence"][0]


def test_a_file_loaded_before_is_told_with_the_keys_of_any_other(cabinet, tmp_path) -> None:
    file = bank_file(tmp_path, "a.txt", payment(500, "что-то"))
    [first] = cabinet("statement", "import", file, "--account", "all")[1]["files"]
    [again] = cabinet("statement", "import", file)[1]["files"]
    assert set(again) == set(first)


def test_common_options_stand_anywhere(cabinet) -> None:
    options, rest = split_common(["client", "--json", "import", "x", "--config=a.toml", "--", "--json"])
    assert (options.json, options.config, rest) == (True, "a.toml", ["client", "import", "x", "--", "--json"])


def test_wrong_usage_exits_with_two_and_a_refusal_with_one(cabinet, capsys, tmp_path) -> None:
    assert run(["nonsense"]) == 2
    assert run(["client", "import", str(tmp_path / "missing.csv"), "--config", "site/cabinet.toml"]) == 2
    capsys.readouterr()
    assert run(["--json", "init", "site"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "site_exists"


@pytest.mark.parametrize("content", [None, "[site\n"])
def test_a_site_is_made_though_the_configuration_that_is_named_cannot_be_read(content, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "broken.toml").write_text(content, "utf-8")
    named = "broken.toml" if content else "new/cabinet.toml"
    assert run(["--config", named, "ledger", "verify"]) == 1, "what needs the site says so"
    assert run(["--config", named, "--help"]) == 0
    assert run(["--config", named, "init", "new"]) == 0
    assert run(["--config", "new/cabinet.toml", "ledger", "verify"]) == 0


@pytest.mark.parametrize("what", ["list", "graph", "check"])
def test_modules_are_told_where_there_is_no_site(what, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    assert run(["module", what, "--json"]) == 0
    assert "finsystem" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert run(["module", what, "--json", "--config", "nowhere.toml"]) == 1, "a file that is named must be there"


def test_check_tells_of_a_guard_of_the_books_that_is_gone(cabinet) -> None:
    with sqlite3.connect("site/data/cabinet.sqlite3") as database:
        database.execute("DROP TRIGGER finsystem_posting_no_update")
    status, answer = cabinet("check")
    assert (status, answer["ok"]) == (1, False)
    [problem] = answer["problems"]
    assert problem["code"] == "finsystem_guard"
    assert "finsystem_posting_no_update" in problem["message"]


def test_modules_and_users_are_listed(cabinet) -> None:
    _status, modules = cabinet("module", "list")
    assert {"client_manager", "finsystem"} <= {m["id"] for m in modules["modules"]}
    assert {"id", "version", "state", "requires", "clients_off", "error"} <= set(modules["modules"][0])
    status, _added = cabinet("user", "add", "m@x.ru", "--name", "M", "--role", "manager")
    assert status == 0
    assert {u["email"] for u in cabinet("user", "list")[1]["users"]} == {"owner@localhost", "m@x.ru"}
    assert cabinet("user", "add", "M@X.ru", "--name", "M", "--role", "manager")[1]["error"]["code"] == "email_taken"


def test_check_finds_a_whole_site_in_order(cabinet) -> None:
    assert cabinet("check") == (0, {"ok": True, "problems": []})


def test_modules_are_listed_and_switched_for_the_site_and_for_a_client(cabinet, tables) -> None:
    def listed() -> dict[str, tuple[str, int]]:
        status, document = cabinet("module", "list")
        assert status == 0
        for row in document["modules"]:
            assert {"id", "version", "state", "requires", "clients_off", "error"} <= set(row)
        found = {row["id"]: (row["state"], row["clients_off"]) for row in document["modules"]}
        return {name: found[name] for name in ("client_manager", "finsystem")}

    assert cabinet("client", "import", tables["clients"])[0] == 0
    assert listed() == {"client_manager": ("on", 0), "finsystem": ("on", 0)}
    status, said = cabinet("module", "off", "client_manager")
    assert (status, said["switched"]) == (0, ["client_manager", "finsystem"])
    assert listed() == {"client_manager": ("off", 0), "finsystem": ("off", 0)}
    status, said = cabinet("contract", "import", tables["contracts"])
    assert (status, said["error"]["code"]) == (1, "module_off")
    assert cabinet("module", "on", "client_manager")[0] == 0
    assert cabinet("module", "off", "finsystem", "--client", "C1")[0] == 0
    assert listed() == {"client_manager": ("on", 0), "finsystem": ("on", 1)}
    assert cabinet("module", "on", "finsystem", "--client", "C1")[0] == 0
    assert cabinet("module", "clients", "finsystem", "list")[0] == 0
    assert listed()["finsystem"] == ("on", 1), "C1 has a setting of its own"


def test_switching_what_is_not_there_is_refused_in_one_line(cabinet) -> None:
    status, document = cabinet("module", "off", "nothing")
    assert (status, document["error"]["code"]) == (1, "no_module")
    status, document = cabinet("module", "off", "finsystem", "--client", "NOBODY")
    assert (status, document["error"]["code"]) == (1, "no_client")


def test_a_table_is_imported_where_its_columns_are_known_and_else_says_where_to_name_them(cabinet, tmp_path) -> None:
    known = tmp_path / "raiffeisen.csv"
    known.write_bytes(
        "Дата транзакции;Описание;Валюта операции;Сумма в валюте операции;Валюта счета;Сумма в валюте счета\n"
        "29.12.2025 00:00;APPLE.COM/BILL;USD;-1.00;RUB;-59.00\n".encode("cp1251")
    )
    status, found = cabinet("statement", "import", known)
    assert (status, found["files"][0]["errors"][0]["code"]) == (1, "own_account_needed")
    status, found = cabinet("statement", "import", known, "--account", OURS)
    [document] = found["files"]
    assert (status, document["format"], document["encoding"]) == (0, "table", "cp1251")
    assert (document["statements"][0]["account"], document["statements"][0]["new"]) == (OURS, 1)
    assert [line["amount"] for line in cabinet("statement", "lines")[1]["lines"]] == ["-59.00"]

    unknown = tmp_path / "unknown.csv"
    unknown.write_text("Когда;Сколько;Кому\n01.02.2026;1,00;А\n", "utf-8")
    status, found = cabinet("statement", "import", unknown, "--account", OURS)
    [error] = found["files"][0]["errors"]
    assert (status, error["code"], error["details"]["header"]) == (1, "mapping_needed", ["Когда", "Сколько", "Кому"])
    assert "Выписки" in error["message"]
