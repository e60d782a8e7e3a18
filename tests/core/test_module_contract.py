"""The controls of the contract that modules inherit: of each check, a module that breaks just that."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cabinet.cli.writing import NewModule, write_module

Edit = tuple[str, str, str]
"""A file of the module's package, what stands in it, what is put there; an empty second part: a new file."""

ROOTS = [str(Path(__file__).parents[2] / root) for root in ("core", "modules", "themes")]


@dataclass(frozen=True, eq=False)
class Broken:
    """A module that works but for ``edits``, and the one test of the contract that says so."""

    id: str
    test: str
    edits: Sequence[Edit]


BROKEN = [
    Broken("no_words", "its_manifest_says_what_it_is", [("__init__.py", 'title=_("No words")', 'title="No words"')]),
    Broken(
        "open_view",
        "it_starts_with_nothing_but_what_it_requires",
        [
            (
                "views.py",
                '    permission=OWN,\n    renderer="cabinet_open_view:templates/my/record.pt"',
                "    renderer=''",
            )
        ],
    ),
    Broken(
        "two_routes",
        "it_starts_with_nothing_but_what_it_requires",
        [
            (
                "routes.py",
                'add_area_route("two_routes.my.records", "/two-routes")',
                (
                    'add_area_route("two_routes.my.records", "/two-routes")\n'
                    '    config.add_area_route("two_routes.my.same", "/two-routes")'
                ),
            )
        ],
    ),
    Broken("no_import", "it_starts_with_nothing_but_what_it_requires", [("texts.py", "import Transl", "import Trnsl")]),
    Broken(
        "foreign_table",
        "its_tables_bear_its_name_and_nobody_else_s_are_touched",
        [
            (
                "migrations/versions/0001_foreign_table.py",
                "def upgrade() -> None:\n",
                'def upgrade() -> None:\n    op.create_table("journal", sa.Column("id", sa.Integer(), primary_key=True))\n',
            )
        ],
    ),
    Broken(
        "foreign_column",
        "its_tables_bear_its_name_and_nobody_else_s_are_touched",
        [
            (
                "migrations/versions/0001_foreign_column.py",
                "def upgrade() -> None:\n",
                'def upgrade() -> None:\n    op.add_column("core_client", sa.Column("rating", sa.Integer()))\n',
            )
        ],
    ),
    Broken(
        "no_index",
        "its_migrations_make_what_its_models_say",
        [
            (
                "models.py",
                "mapped_column(UTCDateTime)\n    author_id",
                "mapped_column(UTCDateTime, index=True)\n    author_id",
            )
        ],
    ),
    Broken(
        "empty_only",
        "each_of_its_revisions_goes_on_to_the_last_with_rows_in_its_tables",
        [
            (
                "migrations/versions/0002_empty_only.py",
                "",
                (
                    'from alembic import op\n\nrevision, down_revision = "0002", "0001"\nbranch_labels = depends_on = None\n\n\n'
                    'def upgrade() -> None:\n    op.execute("UPDATE empty_only_record SET subject = NULL")\n'
                ),
            )
        ],
    ),
    Broken("not_told", "every_view_is_declared", [("who_may.txt", "not_told.my.record           GET  client\n", "")]),
    Broken(
        "any_id",
        "who_may_gets_it_and_who_may_not_learns_and_changes_nothing",
        [
            (
                "services.py",
                "        found = self._session.execute(self._select().where(Record.public_id == public_id)).first()\n",
                (
                    "        self._session.info['cabinet.client_scope'] = __import__('cabinet.db').db.ALL\n"
                    "        found = self._session.execute(self._select().where(Record.public_id == public_id)).first()\n"
                ),
            )
        ],
    ),
    Broken(
        "bad_card",
        "the_homes_and_the_search_open_with_what_it_adds",
        [("hooks.py", 'return {"records": rows} if rows else None', "return {'records': rows[99]}")],
    ),
    Broken(
        "wrong_menu",
        "a_menu_entry_opens_for_whom_it_is_shown_and_for_nobody_else",
        [
            ("hooks.py", '_("Write records"), ("manager", "head")', '_("Write records"), ("head",)'),
            ("views.py", "    permission=VIEW,\n", "    permission=EDIT,\n"),
            ("who_may.txt", "manager head", "head"),
        ],
    ),
    Broken(
        "row_by_row",
        "a_list_asks_the_database_as_often_however_many_rows_it_has",
        [
            (
                "services.py",
                "return Page([_row(row[0], row[1]) for row in page.rows]",
                "return Page([self.by_public_id(row[0].public_id) for row in page.rows]",
            )
        ],
    ),
    Broken("no_icon", "the_theme_draws_every_icon_that_it_names", [("hooks.py", 'ICON = "note"', 'ICON = "notebook"')]),
    Broken(
        "bad_template",
        "every_template_compiles",
        [("templates/my/unused.pt", "", '<p tal:nonsense="1" i18n:domain="cabinet_bad_template"></p>')],
    ),
    Broken(
        "bare_words",
        "no_template_says_anything_past_the_catalogues",
        [("templates/my/record.pt", '<dl class="c-kv">', '<p>Read this</p><dl class="c-kv">')],
    ),
    Broken(
        "no_russian",
        "every_text_is_translated",
        [("locale/ru/LC_MESSAGES/cabinet_no_russian.po", 'msgstr "Записать"', 'msgstr ""')],
    ),
    Broken(
        "no_service",
        "every_service_provides_its_interface",
        [
            (
                "interfaces.py",
                "    def open_count():",
                '    def forget(client_id):\n        """Forget."""\n\n    def open_count():',
            )
        ],
    ),
]

CHECKS = {broken.test for broken in BROKEN}


def write(broken: Broken, folder: Path) -> Path:
    """The broken module in ``folder``; the file with its contract."""
    module = NewModule.called(broken.id)
    write_module(module, folder)
    package = folder / module.distribution / module.package
    for name, old, new in broken.edits:
        path = package / name
        source = path.read_text("utf-8") if old else ""
        assert old in source, f"{broken.id}: {name} has no {old!r}"
        path.write_text(source.replace(old, new) if old else new, "utf-8")
    tests = folder / module.distribution / "tests" / "test_contract.py"
    return tests.rename(folder / f"test_{broken.id}.py")


def red(folder: Path, *chosen: str) -> set[str]:
    """Tests that fail, ``<file>::<test>`` without its engine, of the ``chosen`` ones. A broken module must make no error but a failure."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -p cabinet.testing.plugin\n")
    path = os.pathsep.join([*ROOTS, *map(str, folder.glob("cabinet-*"))])
    report = folder / "report.xml"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:randomly",
            "--engine",
            "sqlite",
            f"--junitxml={report}",
            *chosen,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    cases = list(ET.parse(report).iter("testcase"))
    assert cases
    assert [case.attrib["name"] for case in cases if case.find("error") is not None] == []
    return {
        f"{case.attrib['classname'].split('.')[0]}.py::{case.attrib['name'].partition('[')[0].removeprefix('test_')}"
        for case in cases
        if case.find("failure") is not None
    }


def test_every_check_of_the_contract_has_a_module_that_breaks_it() -> None:
    from cabinet.testing.contract import ModuleContract

    assert {name.removeprefix("test_") for name in vars(ModuleContract) if name.startswith("test_")} == CHECKS


def test_every_broken_module_is_found_by_the_check_that_is_meant_for_it(tmp_path: Path) -> None:
    files = {broken: write(broken, tmp_path) for broken in BROKEN}
    chosen = [f"{path.name}::TestContract::test_{broken.test}" for broken, path in files.items()]
    assert red(tmp_path, *chosen) == {f"{path.name}::{broken.test}" for broken, path in files.items()}


@pytest.mark.long
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.id)
def test_no_other_check_is_red_because_of_it(broken: Broken, tmp_path: Path) -> None:
    path = write(broken, tmp_path)
    assert red(tmp_path, path.name) == {f"{path.name}::{broken.test}"}


@pytest.mark.long
def test_a_module_that_is_as_it_was_written_breaks_nothing(tmp_path: Path) -> None:
    assert red(tmp_path, write(Broken("sound_module", "", []), tmp_path).name) == set()
