"""A stranger writes a module: the command, what it refuses, and what becomes of the module on a site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabinet.cli import run
from cabinet.i18n import catalogues

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent

USING_IT = """
import sys
from pathlib import Path
from cabinet.app import make_app
from cabinet.db.session import unit_of_work
from cabinet.interfaces import IClientDirectory
from cabinet.settings import load_settings
from webtest import TestApp

site = make_app(load_settings(Path("site/cabinet.toml")))
with unit_of_work(site.registry) as request:
    client = request.find_service(IClientDirectory).create(name="Alpha", external_id="C7")
app = TestApp(site, extra_environ={"HTTP_HOST": "127.0.0.1:6543"})
page = app.get(sys.argv[1])
form = next(form for form in page.forms.values() if "password" in form.fields)
form["password"] = "a phrase long enough to keep"
form.submit(status=303)
form = app.get("/office/loans/new").forms["record-form"]
form["client"], form["subject"] = "C7", "Sign the lease"
form.submit(status=303).follow(status=200).mustcontain("Sign the lease", "Alpha", "Займы")
print("used")
"""


@pytest.fixture
def new(tmp_path: Path, capsys: Any, monkeypatch: Any) -> Any:
    """``new("loans", "--title", "Loans")``: (exit status, JSON) of the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)

    def command(*arguments: str) -> tuple[int, Any]:
        status = run(["module", "new", *arguments, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return command


@pytest.mark.parametrize("module_id", ["ab", "the_longest_id_there_may_be_of_31"[:31]])
def test_what_is_written_is_in_order_and_speaks_both_languages(new: Any, tmp_path: Path, module_id: str) -> None:
    title = "Визиты, о которых говорят сорок букв (и)"
    status, made = new(module_id, "--dir", "there", "--title", title)
    folder, package = tmp_path / made["folder"], f"cabinet_{module_id}"
    assert (status, folder.parent) == (0, tmp_path / "there")
    for arguments in (["check", "."], ["format", "--check", "."]):
        found = subprocess.run([TOOLS / "ruff", *arguments], cwd=folder, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout
    assert catalogues.check(folder / package) == []
    assert {"README.md", "LICENSE", ".gitignore", f"{package}/py.typed"} <= set(made["files"])
    assert not [path for path in folder.rglob("*") if path.is_file() and b"@{" in path.read_bytes()]
    assert f'msgstr "{title}"' in (folder / package / f"locale/ru/LC_MESSAGES/{package}.po").read_text()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["9lives"], "module_id"),
        (["../evil"], "module_id"),
        (["core"], "module_id"),
        (["finsystem"], "module_exists"),
        (["finsystem_extra"], "module_exists"),
        (["client"], "module_exists"),
        (["invoices"], "address_taken"),
        (["loans", "--title", '"><b>'], "module_title"),
    ],
)
def test_a_module_that_could_not_live_beside_the_others_is_not_written(
    new: Any, tmp_path: Path, arguments: list[str], code: str
) -> None:
    status, answer = new(*arguments)
    assert (status, answer["error"]["code"]) == (1, code)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(new: Any, tmp_path: Path) -> None:
    assert new("loans")[0] == 0
    mine = tmp_path / "cabinet-loans" / "README.md"
    mine.write_text("my own words")
    status, answer = new("loans")
    assert (status, answer["error"]["code"]) == (1, "folder_exists")
    assert mine.read_text() == "my own words"


@pytest.mark.long
def test_what_is_written_is_typed(new: Any, tmp_path: Path) -> None:
    new("loans")
    folder = tmp_path / "cabinet-loans"
    path = os.pathsep.join(str(ROOT / root) for root in ("core", "modules", "themes"))
    found = subprocess.run(
        [TOOLS / "mypy", "--config-file", ROOT / "pyproject.toml", "cabinet_loans"],
        cwd=folder,
        env={**os.environ, "MYPYPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


@pytest.mark.long
def test_a_stranger_s_module_is_installed_tested_switched_on_and_used(
    new: Any, tmp_path: Path, monkeypatch: Any, an_environment: Callable[[Path], Path]
) -> None:
    _status, made = new("loans", "--title", "Займы")
    python = an_environment(tmp_path / "env")
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    def said(*words: str | Path) -> str:
        done = subprocess.run([python, "-W", "ignore", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def cabinet(*words: str) -> Any:
        command = "from cabinet.cli import main; main()"
        return json.loads(
            said("-c", command, *words, "--json", *(() if words[0] == "init" else ("--config", "site/cabinet.toml")))
        )

    said("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", made["folder"])
    assert " passed" in said("-m", "pytest", "-q", "--engine", "sqlite", "-p", "no:randomly", made["folder"])
    link = cabinet("init", "site")["link"]
    assert "loans" in {row["id"] for row in cabinet("module", "list")["modules"]}
    assert cabinet("module", "off", "loans")["state"] == "off"
    assert cabinet("module", "on", "loans")["switched"] == ["loans"]
    (tmp_path / "using.py").write_text(USING_IT)
    assert "used" in said("using.py", link)
    assert cabinet("check")["ok"]
