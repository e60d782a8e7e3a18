"""Formats that other modules bring: read like our own, gone with their module, and none of them in the way of the others."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cabinet.cli import run
from cabinet.db.session import unit_of_work as open_unit
from cabinet.interfaces import ISwitches
from cabinet.plugins import discovery
from cabinet.plugins.collect import ContributionError
from cabinet_client_manager.testing import account_of
from cabinet_finsystem.interfaces import IStatementDesk, IStatementFormats
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.testing import open_books

OURS = account_of(1)
BARS = f"BARS|{OURS}\n2026-02-11|125000|For the roof|booked\n2026-02-11|777|Not yet|pending\n".encode()
MODULE = """
from datetime import date
from cabinet.plugins import ModuleInfo
from cabinet.plugins.hookspecs import hookimpl
from cabinet_finsystem.interfaces.formats import Counterparty, IStatementFormat, ParsedLine, StatementFacts
from zope.interface import implementer

MODULE = ModuleInfo({id!r}, {id!r}, "1.0", requires=("finsystem",))


@implementer(IStatementFormat)
class Bars:
    id = {format!r}
    title = "Bars and stripes"

    def sniff(self, head):
        {sniff}

    def lines(self, stream, facts):
        {lines}
        facts.encoding = "utf-8"
        first, *rows = stream.read().decode().splitlines()
        facts.statements.append(StatementFacts(first.split("|")[1], "RUB"))
        for n, row in enumerate(rows, 1):
            day, minor, purpose, status = row.split("|")
            yield ParsedLine(
                statement=0, position=n, booking_date=date.fromisoformat(day), value_date=None, amount_minor=int(minor),
                currency="RUB", direction="in", counterparty=Counterparty(), purpose=purpose, doc_number="", doc_date=None,
                doc_kind="", bank_ref="", raw=row, status=status,
            )
"""
HOOKS = """
from cabinet.plugins.hookspecs import hookimpl
from {package} import Bars


@hookimpl
def finsystem_statement_formats():
    return [{brought}]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """``install("stripes", sniff="…")``: an importable package with an entry point; its name."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def write(
        name: str,
        *,
        format: str = "bars",  # noqa: A002
        sniff: str = "return 100 if head.startswith(b'BARS|') else 0",
        lines: str = "stream.seek(0)",
        brought: str = "Bars()",
    ) -> str:
        package = folder / f"cabinet_{name}"
        package.mkdir()
        (package / "__init__.py").write_text(MODULE.format(id=name, format=format, sniff=sniff, lines=lines))
        (package / "hooks.py").write_text(HOOKS.format(package=package.name, brought=brought))
        facts = folder / f"{package.name}-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: cabinet-{name}\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(f"[cabinet.modules]\n{name} = {package.name}\n")
        return package.name

    yield write
    for path in folder.glob("cabinet_*"):
        for known in [n for n in sys.modules if n.partition(".")[0] == path.name]:
            del sys.modules[known]


@pytest.fixture
def site(make_site: Callable[..., Any]) -> Callable[..., Any]:
    """``site("cabinet_stripes")``: the registry of a firm with books and that module."""

    def make(*names: str) -> Any:
        registry = make_site(discovery.load_named(["cabinet_client_manager", "cabinet_finsystem", *names]))
        with open_unit(registry) as request:
            open_books(request)
        return registry

    return make


def load(registry: Any, content: bytes) -> Any:
    with open_unit(registry) as request:
        file_id = request.find_service(IStatementDesk).receive(content, "file").id
    return import_file(partial(open_unit, registry), file_id)


def stored(registry: Any) -> list[int | None]:
    with open_unit(registry) as request:
        return [line.minor for line in request.db.scalars(select(StatementLine))]


def test_a_format_of_another_module_is_read_from_the_file_to_the_books(install, site) -> None:
    registry = site(install("stripes"))
    plan = load(registry, BARS)
    assert plan.parsed.format == "bars"
    assert stored(registry) == [125_000]
    with open_unit(registry) as request:
        assert request.find_service(IStatementFormats).titles()["bars"] == "Bars and stripes"


def test_what_is_not_booked_yet_is_shown_and_never_stored(install, site) -> None:
    registry = site(install("stripes"))
    [statement] = load(registry, BARS).statements
    assert [line.amount_minor for line in statement.shown] == [777]
    again = load(registry, BARS.replace(b"777|Not yet|pending", b"777|Not yet|booked"))
    assert [line.line.amount_minor for line in again.statements[0].new] == [777]
    assert stored(registry) == [125_000, 777]


def test_a_format_of_a_module_that_is_off_is_not_there(install, site) -> None:
    registry = site(install("stripes"))
    with open_unit(registry) as request:
        request.find_service(ISwitches).switch("stripes", on=False)
    with open_unit(registry) as request:
        formats = request.find_service(IStatementFormats)
        assert "bars" not in {one.id for one in formats.reading()}
        assert "1c" in {one.id for one in formats.reading()}
        assert formats.titles()["bars"] == "Bars and stripes", "what it has read is still called so"
    with pytest.raises(StatementRefusedError) as refusal:
        load(registry, BARS)
    assert refusal.value.code == "mapping_needed", "without it the file is a table that nobody knows"


def test_a_format_that_breaks_while_it_looks_is_left_out_and_told(install, site, caplog) -> None:
    broken = install("broken", format="broken", sniff="raise RuntimeError('no idea')")
    registry = site(broken, install("stripes"))
    with caplog.at_level(logging.ERROR):
        plan = load(registry, BARS)
    assert plan.parsed.format == "bars"
    assert [note.code for note in plan.parsed.notes] == ["format_failed"]
    assert "the statement format broken broke" in caplog.text
    with pytest.raises(StatementRefusedError) as refusal:
        load(registry, b"nobody's")
    assert refusal.value.details["failed"] == ["broken"]


def test_a_format_that_breaks_while_it_reads_has_refused_the_file(install, site, caplog) -> None:
    registry = site(install("stripes", lines="raise KeyError('stripe')"))
    with caplog.at_level(logging.ERROR), pytest.raises(StatementRefusedError) as refusal:
        load(registry, BARS)
    assert refusal.value.code == "format_failed"
    assert refusal.value.details == {"format": "bars", "error": "KeyError"}
    assert stored(registry) == []
    with open_unit(registry) as request:
        assert request.db.scalars(select(StatementFile)).one().state == "refused"


def test_no_module_takes_a_format_of_ours(install, site) -> None:
    name = install("stripes", format="1c")
    with pytest.raises(ContributionError) as error:
        site(name)
    assert error.value.code == "duplicate_contribution"


def test_what_is_no_format_is_the_fault_of_its_module(install, site) -> None:
    name = install("stripes", brought="object()")
    with pytest.raises(Exception, match="IStatementFormat") as error:
        site(name)
    assert error.value.cabinet_module == "stripes"


def test_the_command_line_reads_it_too(install, tmp_path, capsys) -> None:
    install("stripes")
    config = ["--config", str(tmp_path / "site/cabinet.toml"), "--json"]
    assert run(["init", str(tmp_path / "site"), "--locale", "en"]) == 0
    capsys.readouterr()
    file = tmp_path / "file.bars"
    file.write_bytes(BARS)
    assert run(["statement", "import", str(file), "--account", "all", *config]) == 0
    [told] = json.loads(capsys.readouterr().out)["files"]
    [statement] = told["statements"]
    assert (told["format"], statement["new"], statement["shown"]) == ("bars", 1, 1)
    assert run(["statement", "import", str(file), "--dry-run", *config[:2]]) == 0
