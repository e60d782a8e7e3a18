"""What every module must hold, whoever wrote it. In the tests of a module five lines are enough:

    from cabinet.testing.contract import ModuleContract

    class TestContract(ModuleContract):
        module = "loans"

Pages are asked about with what the module declares beside its code (`cabinet.testing.matrix`): ``who_may.txt``, and ``examples`` in its
``testing``, which may be called again, for the same client and for others.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pyramid_chameleon.zpt import PyramidPageTemplateFile
from translationstring import TranslationString
from zope.interface.verify import verifyObject

from cabinet.db import migrate
from cabinet.db.engine import make_engine
from cabinet.i18n import catalogues
from cabinet.plugins import API, ModuleInfo
from cabinet.plugins.faults import owner_of_file
from cabinet.testing import matrix, schema
from cabinet.testing.matrix import OWN, Cell, View, World, outcome
from cabinet.testing.packages import package_of, with_requirements
from cabinet.testing.twins import examples_of
from cabinet.testing.untranslated import untranslated
from cabinet.web.assets import DIST

LANGUAGES = ("ru",)
"""What a catalogue is asked for; English is the text in the sources."""

HOMES = {"my": matrix.OF_CLIENT, "office": ("manager", "head", matrix.STAFF_SET), "site": ("owner",)}
_VERSION = re.compile(r"\d+(\.\d+)*([a-z]+\d+)?(\.(post|dev)\d+)?")
_ICON, _DRAWN = re.compile(r"\bti ti-([a-z0-9]+(?:-[a-z0-9]+)*)(?![a-z0-9$-])"), re.compile(r"\.ti-([a-z0-9-]+)")
_MORE = 4
sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"])

# SQLite cannot tell of indexes over expressions; PostgreSQL does, and is compared in full.
_quiet = pytest.mark.filterwarnings(
    "ignore:Skipped unsupported reflection of expression-based index",
    "ignore:autogenerate skipping metadata-specified expression",
    "ignore:Did not recognize type",
)


class ModuleContract:
    """Inherit it and name the ``module``. A module that does not start fails one test; those that need it running are skipped."""

    module: ClassVar[str]

    @pytest.fixture
    def module_names(self) -> Sequence[str]:
        """The module, and what it requires: nothing else is there."""
        return with_requirements(self.module)

    @pytest.fixture
    def started(self, request: pytest.FixtureRequest) -> Any:
        """The configured site."""
        try:
            return request.getfixturevalue("configured").registry
        except Exception:  # noqa: BLE001 - one test tells what it was
            pytest.skip("the module does not start: another test says why")

    @pytest.fixture
    def package(self, started: Any) -> Path:
        """Where the module's code lies."""
        return Path(started.cabinet_modules[-1].package.__path__[0])

    # What it is

    def test_its_manifest_says_what_it_is(self) -> None:
        name = package_of(self.module)
        try:
            info = importlib.import_module(name).MODULE
        except Exception:  # noqa: BLE001 - one test tells what it was
            pytest.skip("the module cannot be imported: another test says why")
        assert isinstance(info, ModuleInfo)
        assert (info.id, name) == (self.module, f"cabinet_{self.module}")
        assert info.api == API, f"it is made for another contract than {API}"
        assert _VERSION.fullmatch(info.version), f"no version: {info.version}"
        for text in (info.title, info.description):
            assert isinstance(text, TranslationString), f"not to be translated: {text!r}"
            assert text.domain == name, f"{text!r} is of another catalogue"
        assert not {info.id, *info.requires} & set(info.optional), "what is required is not optional"

    def test_it_starts_with_nothing_but_what_it_requires(self, request: pytest.FixtureRequest) -> None:
        # Routes unique and named for it, views with a permission and methods, menu entries that lead somewhere: proved by the start.
        assert request.getfixturevalue("configured").registry.cabinet_modules[-1].info.id == self.module

    # Its tables

    def test_its_tables_bear_its_name_and_nobody_else_s_are_touched(self, started: Any, tmp_path: Path) -> None:
        modules = started.cabinet_modules
        engine = make_engine(f"sqlite:///{tmp_path}/tables.sqlite3")
        migrate.upgrade(engine, modules[:-1])
        before = schema.columns(engine)
        migrate.upgrade(engine, modules)
        after = schema.columns(engine)
        engine.dispose()
        made = after.keys() - before.keys() - {f"alembic_version_{self.module}"}
        assert {name for name in made if not name.startswith(f"{self.module}_")} == set()
        assert {name: after.get(name) for name in before} == before

    @_quiet
    def test_its_migrations_make_what_its_models_say(self, started: Any, registry: Any) -> None:
        del started
        assert schema.differences(registry.cabinet_engine, self.module) == []

    @_quiet
    def test_each_of_its_revisions_goes_on_to_the_last_with_rows_in_its_tables(
        self, started: Any, engine_name: str, request: pytest.FixtureRequest
    ) -> None:
        modules = started.cabinet_modules
        databases = request.getfixturevalue(f"{engine_name}_databases")
        if self.module not in {owner.id for owner in migrate.owners(modules)}:
            return
        for revision in migrate.revisions(modules, self.module)[:-1]:
            with databases.copy(modules[:-1]) as url:
                engine = make_engine(url)
                migrate.upgrade(engine, modules, only=self.module, to=revision)
                self.before_the_next(engine, revision)
                migrate.upgrade(engine, modules)
                assert schema.differences(engine, self.module) == [], f"stepping up from {revision}"
                engine.dispose()

    def before_the_next(self, engine: Any, revision: str) -> None:
        """Put rows into the tables of a database that stands at ``revision``. Override it where made-up values would not do."""
        del revision
        schema.fill(engine, self.module)

    # Its pages

    def test_every_view_is_declared(self, started: Any) -> None:
        found = self._views(started)
        declared = matrix.declared([package_of(self.module)]) if found else {}
        assert matrix.undeclared(found, declared) == []

    def test_who_may_gets_it_and_who_may_not_learns_and_changes_nothing(
        self, started: Any, world: World, engine_name: str
    ) -> None:
        names = {view.name for view in self._views(started)}

        def chosen(cell: Cell) -> bool:
            return cell.view.name in names and (engine_name == "sqlite" or cell.role not in matrix.ALIKE)

        problems = matrix.answers(world, chosen)
        assert not problems, "\n".join(problems)

    @sqlite_only
    def test_the_homes_and_the_search_open_with_what_it_adds(self, started: Any, world: World) -> None:
        del started
        for roles in HOMES.values():
            for role in roles:
                assert outcome(self._home(world, role)) == "ok", role
        search = Cell(self._view(world, "cabinet.office.search"), "manager", OWN)
        assert outcome(world.ask(search, query="?q=canary")) == "ok"

    @sqlite_only
    def test_a_menu_entry_opens_for_whom_it_is_shown_and_for_nobody_else(self, started: Any, world: World) -> None:
        contributions = started.cabinet_contributions
        views = {view.name: view for view in matrix.views(started)}
        wrong = []
        for item in contributions.menu:
            if contributions.owner_of(item) != self.module:
                continue
            view = views[f"{item.route} GET"]
            shown_to = set()
            for role in matrix.ROLES:
                cell = Cell(view, role, OWN)
                opens = outcome(world.ask(cell)) == "ok"
                shown = role in HOMES.get(item.area, ()) and self._leads_to(world, role, cell)
                shown_to |= {role} if shown else set()
                if item.area in HOMES and shown != opens:
                    wrong.append(f"{item.route}: {'shown to' if shown else 'opens for'} {role}, and yet not the other")
            if item.area in HOMES and not shown_to:
                wrong.append(f"{item.route}: in nobody's menu")
        assert not wrong, "\n".join(wrong)

    @sqlite_only
    def test_a_list_asks_the_database_as_often_however_many_rows_it_has(
        self, started: Any, world: World, core_client: Any, unit_of_work: Any, count_queries: Any
    ) -> None:
        lists = [
            Cell(view, next(role for role in matrix.ROLES if role in world.may[view.name]), OWN)
            for view in self._views(started)
            if view.method == "GET" and not view.parts and world.may.get(view.name)
        ]
        before = {cell: self._asked(world, cell, count_queries) for cell in lists}
        alpha = self._client(unit_of_work, world)
        for n in range(_MORE):
            examples_of(started, unit_of_work, core_client(f"one-more-{n}"))
            examples_of(started, unit_of_work, alpha)
        dearer = []
        for cell in lists:
            after = self._asked(world, cell, count_queries)
            if len(after) > len(before[cell]):
                dearer.append(f"{cell}: {len(before[cell])}, then {len(after)}\n" + "\n".join(after))
        assert not dearer, "\n".join(dearer)

    def test_the_theme_draws_every_icon_that_it_names(self, started: Any, package: Path) -> None:
        brought, theme = started.cabinet_contributions, started.cabinet_theme
        named = {
            item.icon
            for item in (*brought.menu, *brought.notices.values())
            if brought.owner_of(item) == self.module and item.icon
        }
        for template in package.rglob("*.pt"):
            named.update(_ICON.findall(template.read_text("utf-8")))
        style = files(theme.package) / DIST / theme.built["app.css"]
        drawn = set(_DRAWN.findall(style.read_text("utf-8")))
        assert named - drawn == set(), f"nothing would be seen in their place; there are {', '.join(sorted(drawn))}"

    # Its words

    def test_every_template_compiles(self, package: Path) -> None:
        for path in package.rglob("*.pt"):
            PyramidPageTemplateFile(str(path), macro=None).cook_check()

    def test_no_template_says_anything_past_the_catalogues(self, package: Path) -> None:
        said = {str(path.relative_to(package)): untranslated(path) for path in sorted(package.rglob("*.pt"))}
        assert {path: words for path, words in said.items() if words} == {}

    def test_every_text_is_translated(self, package: Path) -> None:
        assert catalogues.check(package) == []
        there = {path.parts[-3] for path in package.glob(f"locale/*/LC_MESSAGES/{package.name}.po")}
        assert set(LANGUAGES) - there == set() or not catalogues.texts_of(package)

    # What it does for others

    @sqlite_only
    def test_every_service_provides_its_interface(self, started: Any, unit_of_work: Any) -> None:
        wrong = []
        with unit_of_work() as request:
            for item in started.introspector.get_category("pyramid_services") or ():
                told = item["introspectable"]
                if owner_of_file(getattr(told.action_info, "file", ""), started.cabinet_modules) == self.module:
                    try:
                        verifyObject(told["type"], request.find_service(told["type"], name=told["name"]))
                    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the others
                        wrong.append(f"{told['type'].__name__}: {error}")
        assert not wrong, "\n".join(wrong)

    # Inside

    def _views(self, registry: Any) -> list[View]:
        return [view for view in matrix.views(registry) if view.route.startswith(f"{self.module}.")]

    def _home(self, world: World, role: str) -> Any:
        area = next(area for area, roles in HOMES.items() if role in roles)
        return world.ask(Cell(self._view(world, f"cabinet.{area}.home"), role, OWN))

    def _view(self, world: World, route: str) -> View:
        return next(v for v in matrix.views(world.registry) if v.name == f"{route} GET")

    def _leads_to(self, world: World, role: str, cell: Cell) -> bool:
        """Whether the menu of a role's home has an entry that leads to ``cell``."""
        page = self._home(world, role)
        if outcome(page) != "ok":
            pytest.skip("a home does not open: another test says why")
        links = page.html.select("nav a[href]")
        return world.path(cell) in {str(link["href"]).removeprefix("http://localhost") for link in links}

    def _asked(self, world: World, cell: Cell, count_queries: Any) -> list[str]:
        world.ask(cell)  # what is made once, at the first visit, is not what the page costs
        with count_queries() as queries:
            world.ask(cell)
        return [asked for asked in queries.statements if not asked.startswith("UPDATE core_session")]

    def _client(self, unit_of_work: Any, world: World) -> Any:
        from cabinet.interfaces import IClientDirectory
        from cabinet.web.areas import public_id

        with unit_of_work() as request:
            return request.find_service(IClientDirectory).by_public_id(public_id(world.doors["client"]))
