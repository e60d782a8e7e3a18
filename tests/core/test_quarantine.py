"""Real throw-away modules, each broken in its own way: the site goes on without them, or refuses to start where it must."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyramid.exceptions import ConfigurationConflictError
from webtest import TestApp

from cabinet.app import make_config
from cabinet.cli import run
from cabinet.db import migrate
from cabinet.db.base import ModuleBase, metadata
from cabinet.plugins import discovery
from cabinet.testing.plugin import test_settings as make_settings
from cabinet.web.proof import ProofError

MANIFEST = "from cabinet.plugins import ModuleInfo\nMODULE = ModuleInfo({id!r}, {id!r}, '1.5'{more})\n"
HOOKS = "from cabinet.plugins.contributions import *\nfrom cabinet.plugins.hookspecs import hookimpl\n"
ROUTES = "def public(config):\n    config.add_area_route({name!r}, {pattern!r})\n"
VIEWS = (
    "from pyramid.response import Response\nfrom pyramid.view import view_config\n"
    "@view_config(route_name={name!r}, request_method='GET', permission={permission})\n"
    "def page(request):\n    return Response('the page of {name}')\n"
)
OPEN = "'area:public'"


def forget(packages: set[str]) -> None:
    """Leave no trace of throw-away packages in this process."""
    for name in [n for n in sys.modules if n.partition(".")[0] in packages]:
        del sys.modules[name]
    bases: list[Any] = ModuleBase.__subclasses__()
    for base in bases:
        for mapper in [m for m in base.registry.mappers if m.class_.__module__.partition(".")[0] in packages]:
            metadata.remove(mapper.local_table)
            base.registry.dispose()


@pytest.fixture
def install(tmp_path, monkeypatch) -> Iterator[Callable[..., None]]:
    """``install("zz", hooks="…", requires=("aa",))``: an importable package with an entry point of its own."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def write(name: str, *, more: str = "", init: str = "", entry: str = "", **parts: str) -> None:
        package = folder / f"cabinet_{entry or name}"
        package.mkdir()
        (package / "__init__.py").write_text(MANIFEST.format(id=name, more=more) + init)
        for part, text in parts.items():
            (package / f"{part}.py").write_text(text)
        facts = folder / f"cabinet_{entry or name}-1.5.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: cabinet-{name}\nVersion: 1.5\n")
        (facts / "entry_points.txt").write_text(f"[cabinet.modules]\n{entry or name} = cabinet_{entry or name}\n")

    yield write
    forget({path.name for path in folder.iterdir()})


OURS = [package.name.removeprefix("cabinet_") for package in (Path(__file__).parents[2] / "modules").glob("cabinet_*")]


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Any]]:
    """``start("quarantine")``: the site of all installed modules but ours."""
    made = []

    def run_it(on_error: str) -> Any:
        values = {"modules": {"on_error": on_error, "disabled": OURS}}
        config = make_config(make_settings(f"sqlite:///{tmp_path}/site.sqlite3", tmp_path, values))
        made.append(config)
        return config

    yield run_it
    for config in made:
        config.registry.cabinet_engine.dispose()


A_PAGE = {
    "routes": ROUTES.format(name="zz.public.thing", pattern="/zz"),
    "views": VIEWS.format(name="zz.public.thing", permission=OPEN),
}


def brings(hook: str, item: str) -> dict[str, str]:
    """The hooks of a module that returns ``item`` from ``hook``."""
    return {"hooks": f"{HOOKS}@hookimpl\ndef cabinet_{hook}():\n    return [{item}]\n"}


BROKEN = {
    "raises when it is imported": {"init": "1 / 0\n"},
    "wants to end the process when it is imported": {"init": "import sys\nsys.exit('no licence')\n"},
    "wants to end the process from a part of it": {"hooks": "import sys\nsys.exit('no licence')\n"},
    "requires nothing that could be read": {"more": ", requires=None"},
    "brings something else by a hook": brings("search_sources", "'invoices'"),
    "has a card without a weight": brings(
        "dashboard_cards", "DashboardCard('owner', 'zz.x', None, 'area:enter', 'x', print)"
    ),
    "has a menu entry of text for a weight": brings(
        "menu_items", "MenuItem('public', 'x', 'zz.public.thing', 'home', '1', 'area:enter')"
    )
    | A_PAGE,
    "tells a kind of people that there is not": brings(
        "notice_kinds", "NoticeKind('zz.a.b', 'x', 'everybody', 'area:enter', print)"
    ),
    "tells of something by a letter that is not there": brings(
        "notice_kinds", "NoticeKind('zz.a.b', 'x', 'staff', 'area:enter', print, template='cabinet_zz:none')"
    ),
    "has a card without its template": brings(
        "dashboard_cards", "DashboardCard('owner', 'zz.x', 1, 'area:enter', 'cabinet_zz:templates/none.pt', print)"
    ),
    "does work of its own now and then that it does not bring": brings(
        "periodic_jobs", "PeriodicJob('zz.none', 'day')"
    ),
    "does work by another clock": brings("periodic_jobs", "PeriodicJob('core.prune_jobs', 'week')"),
    "has a setting whose default cannot be had": brings(
        "settings", "Setting('zz.a', 'x', 'text', 'S', default=lambda file: file.nothing)"
    ),
    "has a setting whose default is none of its choices": brings(
        "settings", "Setting('zz.a', 'x', 'choice', 'S', default='b', choices=(('a', 'A'),))"
    ),
    "has a setting that replaces what is not there": brings(
        "settings", "Setting('zz.a', 'x', 'text', 'S', replaces='site.nothing')"
    ),
    "has a setting of another kind": brings("settings", "Setting('zz.a', 'x', 'date', 'S')"),
    "has a menu entry that leads to no page by itself": brings(
        "menu_items", "MenuItem('public', 'x', 'zz.public.thing', 'home', 1, 'area:enter')"
    )
    | {**A_PAGE, "routes": ROUTES.format(name="zz.public.thing", pattern="/zz/{thing}")},
    "answers for pages of the core": {**A_PAGE, "routes": ROUTES.format(name="zz.public.thing", pattern="/{a}/{b}")},
    "is made for another contract": {"more": ", api=99"},
    "requires what is not there": {"more": ", requires=('nowhere',)"},
    "raises in includeme": {"init": "def includeme(config):\n    raise RuntimeError('no key')\n"},
    "breaks a rule of Pyramid in includeme": {
        "init": "def includeme(config):\n    config.include('no.such.package')\n"
    },
    "takes the place of a part of the core": {
        "init": "def includeme(config):\n    config.add_request_method(lambda request: 1, 'fmt', reify=True)\n"
    },
    "has hooks that cannot be imported": {"hooks": "1 / 0\n"},
    "raises in a hook": {"hooks": HOOKS + "@hookimpl\ndef cabinet_menu_items():\n    raise RuntimeError('no menu')\n"},
    "returns nothing from a hook": {"hooks": HOOKS + "@hookimpl\ndef cabinet_jobs():\n    return None\n"},
    "implements a hook that does not exist": {"hooks": HOOKS + "@hookimpl\ndef cabinet_nonsense():\n    return []\n"},
    "brings a permission of another": {
        "hooks": HOOKS + "@hookimpl\ndef cabinet_permissions():\n    return [Permission('core:users:manage', '', ())]\n"
    },
    "brings a permission under another name": {
        "hooks": HOOKS + "@hookimpl\ndef cabinet_permissions():\n    return [Permission('other:a:b', '', ())]\n"
    },
    "has a menu entry that leads nowhere": {
        "hooks": HOOKS + "@hookimpl\ndef cabinet_menu_items():\n"
        "    return [MenuItem('office', 'x', 'zz.office.nowhere', 'home', 1, 'area:enter')]\n"
    },
    "names a route after another": {"routes": ROUTES.format(name="aa.public.other", pattern="/other")},
    "takes a path of the core": {"routes": ROUTES.format(name="zz.public.door", pattern="/sign-in")},
    "takes a path of another module": {"routes": ROUTES.format(name="zz.public.thing", pattern="/aa")},
    "adds a route that no switch closes": {"init": "def includeme(config):\n    config.add_route('loose', '/loose')\n"},
    "has views that cannot be imported": {"views": "import nowhere_at_all\n"},
    "has a view of a route that does not exist": {"views": VIEWS.format(name="zz.public.none", permission=OPEN)},
    "has a table of another": {
        "models": "from sqlalchemy.orm import Mapped, mapped_column\nfrom cabinet.db import module_base\n"
        "class Thing(module_base('aa')):\n    __tablename__ = 'aa_zz_thing'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    },
    "has a mapping that does not fit": {
        "models": "from sqlalchemy.orm import Mapped, mapped_column, relationship\nfrom cabinet.db import module_base\n"
        "class Lost(module_base('zz')):\n    __tablename__ = 'zz_lost'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n    far: Mapped['Nowhere'] = relationship()\n"
    },
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_the_site_goes_on_without_a_module_that(install, start, fault) -> None:
    install(
        "aa",
        routes=ROUTES.format(name="aa.public.thing", pattern="/aa"),
        views=VIEWS.format(name="aa.public.thing", permission=OPEN),
    )
    install("zz", **fault)
    install("leans", more=", requires=('zz',)")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever is wrong, as it is
        start("fail")
    config = start("quarantine")
    assert [module.info.id for module in config.registry.cabinet_modules] == ["aa"]
    broken = {one.id: one for one in config.registry.cabinet_broken}
    assert set(broken) == {"zz", "leans"}
    assert broken["leans"].because_of == "zz"
    assert "Traceback" in broken["zz"].trace or "Error" in broken["zz"].trace
    assert str(broken["zz"].message)
    assert not [name for name in config.registry.cabinet_routes if name.startswith("zz.")], "nothing half done is left"
    assert not [key for key in config.registry.cabinet_contributions.permissions if key.startswith("other:")]
    migrate.upgrade(config.registry.cabinet_engine, config.registry.cabinet_modules)
    assert "the page of aa" in TestApp(config.make_wsgi_app()).get("/aa").text


def test_modules_whose_tables_would_be_called_alike_do_not_both_start(install, start) -> None:
    install("zz")
    install("zz_more")
    with pytest.raises(discovery.ModuleLoadError, match="like those of"):
        start("fail")
    config = start("quarantine")
    assert [module.info.id for module in config.registry.cabinet_modules] == ["zz"]
    assert [(one.id, one.code) for one in config.registry.cabinet_broken] == [("zz_more", "module_prefix")]


def test_modules_that_require_each_other_are_left_out_and_the_rest_runs(install, start) -> None:
    install("aa")
    install("one", more=", requires=('two',)")
    install("two", more=", requires=('one',)")
    config = start("quarantine")
    assert [module.info.id for module in config.registry.cabinet_modules] == ["aa"]
    assert {one.code for one in config.registry.cabinet_broken} == {"module_cycle"}


def test_two_broken_modules_are_both_left_out(install, start) -> None:
    install("one", hooks="1 / 0\n")
    install("two", init="def includeme(config):\n    1 / 0\n")
    assert {one.id for one in start("quarantine").registry.cabinet_broken} == {"one", "two"}


GUARDS = {
    "its permissions cannot be had": (
        {"hooks": HOOKS + "@hookimpl\ndef cabinet_permissions():\n    raise RuntimeError('lost')\n"},
        RuntimeError,
    ),
    "it has a view that opts out of permissions": (
        {
            "routes": ROUTES.format(name="zz.public.thing", pattern="/zz"),
            "views": VIEWS.format(name="zz.public.thing", permission="'__no_permission_required__'"),
        },
        ProofError,
    ),
    "it has a view without a route": (
        {"init": "def includeme(config):\n    config.add_view(lambda r: 1, name='x', permission='area:public')\n"},
        ProofError,
    ),
    "it brings a security policy": (
        {"init": "def includeme(config):\n    config.set_security_policy(object())\n"},
        ConfigurationConflictError,
    ),
}


@pytest.mark.parametrize(("fault", "error"), GUARDS.values(), ids=GUARDS)
def test_the_site_refuses_to_start_with_a_module_when(install, start, fault, error) -> None:
    install("zz", **fault)
    with pytest.raises(error):
        start("quarantine")


def test_a_migration_that_fails_or_was_not_made_stops_the_site(install, start) -> None:
    install(
        "zz",
        models="from sqlalchemy.orm import Mapped, mapped_column\nfrom cabinet.db import module_base\n"
        "class Thing(module_base('zz')):\n    __tablename__ = 'zz_thing'\n    id: Mapped[int] = mapped_column(primary_key=True)\n",
    )
    versions = Path(next(p for p in sys.path if p.endswith("installed"))) / "cabinet_zz" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001.py").write_text(
        "revision = 'zz1'\ndown_revision = None\nbranch_labels = None\ndepends_on = None\n"
        "def upgrade():\n    raise RuntimeError('the migration failed')\n"
    )
    registry = start("quarantine").registry
    with pytest.raises(RuntimeError, match="the migration failed"):
        migrate.upgrade(registry.cabinet_engine, registry.cabinet_modules)
    with pytest.raises(migrate.SchemaError):
        migrate.check(registry.cabinet_engine, registry.cabinet_modules)


@pytest.mark.parametrize("command", ["'list'", "click.Command('check')"])
def test_a_command_that_cannot_be_had_takes_no_other_along(install, tmp_path, capsys, monkeypatch, command) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    hooks = f"import click\n{HOOKS}@hookimpl\ndef cabinet_commands():\n    return [{command}, click.Command('zzz')]\n"
    install("zz", hooks=hooks)
    assert run(["init", "site", "--json"]) == 0
    capsys.readouterr()
    assert run(["module", "list", "--json", "--config", "site/cabinet.toml"]) == 0
    assert '"zz"' in (said := capsys.readouterr()).out
    assert "zz" in said.err
    assert run(["zzz", "--config", "site/cabinet.toml"]) == 0, "its other commands are there"


@pytest.mark.parametrize("on_error", ["fail", "quarantine"])
def test_the_command_line_tells_which_module_is_broken_and_why(
    install, tmp_path, capsys, monkeypatch, on_error
) -> None:
    import json

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    assert run(["init", "site", "--json"]) == 0
    config = tmp_path / "site" / "cabinet.toml"
    config.write_text(config.read_text().replace('on_error = "quarantine"', f'on_error = "{on_error}"'))
    install("zz", hooks="raise RuntimeError('no key for the gateway')\n")
    capsys.readouterr()
    assert run(["module", "list", "--json", "--config", str(config)]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["modules"]}
    assert (rows["zz"]["state"], rows["zz"]["version"]) == ("broken", "1.5")
    assert "no key for the gateway" in rows["zz"]["error"]
    assert rows["finsystem"]["state"] == "on"
    assert run(["check", "--json", "--config", str(config)]) == 1
    assert "no key for the gateway" in capsys.readouterr().out
    assert run(["report", "balances", "--json", "--config", str(config)]) == (0 if on_error == "quarantine" else 1)
    capsys.readouterr()
