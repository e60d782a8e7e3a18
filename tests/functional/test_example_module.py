"""The stranger's package of docs/examples: built as a wheel, installed, tested and used as anybody's would be."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabinet.i18n import catalogues
from cabinet_client_manager.testing import account_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "cabinet-visits"
SOURCES = sorted(EXAMPLE.rglob("*.py"))
OPEN = {"interfaces", "events", "testing"}
"""What of another module is for everybody."""

STATEMENT = f"""LIGHTHOUSE;{account_of(17)};RUB;2026-03-01;2026-03-31;100000;125000
2026-03-02;25000;17;7701000018;Alpha;For the visit of March
END;1
"""
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
    request.find_service(IClientDirectory).create(name="Alpha", external_id="C7")
app = TestApp(site, extra_environ={"HTTP_HOST": "127.0.0.1:6543"})
page = app.get(sys.argv[1])
form = next(form for form in page.forms.values() if "password" in form.fields)
form["password"] = "a phrase long enough to keep"
form.submit(status=303)
form = app.get("/office/visits/new").forms["visit-form"]
form["client"], form["subject"] = "C7", "Replace the filter"
form.submit(status=303).follow(status=200).mustcontain("Replace the filter", "Alpha", "Выезды")
print("used")
"""


def test_it_is_in_order_and_speaks_both_languages() -> None:
    ruff = Path(sys.executable).parent / "ruff"
    for arguments in (["check", "."], ["format", "--check", "."]):
        found = subprocess.run([ruff, *arguments], cwd=EXAMPLE, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout
    assert catalogues.check(EXAMPLE / "cabinet_visits") == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(EXAMPLE)))
def test_it_stands_on_what_is_open_to_everybody(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        top, *rest = name.split(".")
        if top.startswith("cabinet_") and top != "cabinet_visits":
            assert rest[0] in OPEN, f"{path.name} imports {name}"


@pytest.mark.long
def test_a_wheel_of_it_is_installed_tested_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, an_environment: Callable[[Path], Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    shutil.copytree(EXAMPLE, "source", ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    python = an_environment(tmp_path / "env")

    def said(*words: str | Path) -> str:
        done = subprocess.run([python, "-W", "ignore", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def cabinet(*words: str) -> Any:
        where = () if words[0] == "init" else ("--config", "site/cabinet.toml")
        return json.loads(said("-c", "from cabinet.cli import main; main()", *words, "--json", *where))

    said("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", "./source")
    [wheel] = Path("dist").glob("cabinet_visits-*.whl")
    said("-m", "pip", "install", "--quiet", "--no-deps", wheel)
    # Its tests and their settings, and none of its sources: what is tested is what was installed.
    shutil.rmtree("source/cabinet_visits")
    assert " passed" in said("-m", "pytest", "-q", "--engine", "sqlite", "-p", "no:randomly", "source")

    link = cabinet("init", "site")["link"]
    assert "visits" in {row["id"] for row in cabinet("module", "list")["modules"]}
    Path("using.py").write_text(USING_IT)
    assert "used" in said("using.py", link)
    Path("march.txt").write_text(STATEMENT)
    [file] = cabinet("statement", "import", "march.txt", "--account", "all")["files"]
    assert (file["format"], file["statements"][0]["new"], file["statements"][0]["balance_ok"]) == (
        "lighthouse",
        1,
        True,
    )
    assert cabinet("check")["ok"]
