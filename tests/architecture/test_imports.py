"""Who may import whom: the floors of the core and the inside of a module, read from the source."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "cabinet"
MODULES = sorted(path.parent for path in (ROOT / "modules").glob("*/__init__.py"))

# From the ground up; a file may import its own floor's package, and everything below.
FLOORS = [
    {"texts", "contracts", "interfaces", "errors", "requisites", "origin", "keys"},
    {"events", "services", "settings", "plugins", "clock", "tables"},
    {"db"},
    {
        "identity",
        "preferences",
        "switches",
        "audience",
        "audit",
        "files",
        "fulltext",
        "history",
        "imports",
        "jobs",
        "notify",
        "numbering",
        "personal",
        "pdf",
        "richtext",
        "i18n",
    },
    {"activity", "erasing"},
    {"security"},
    {"web"},
    {"config"},
    {"app"},
    {"backup"},
    {"cli", "testing"},
]


def imports(path: Path, *, lazy: bool = True) -> Iterator[str]:
    """Full names that a file imports; ``lazy``: also inside functions."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = ast.walk(tree) if lazy else iter(tree.body)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(part: str) -> int | None:
    return next((n for n, parts in enumerate(FLOORS) if part in parts), None)


def core_files() -> list[Path]:
    return sorted(p for p in CORE.rglob("*.py") if "migrations" not in p.parts)


@pytest.mark.parametrize("path", core_files(), ids=lambda p: str(p.relative_to(CORE)))
def test_core_never_imports_upwards_nor_any_module(path: Path) -> None:
    part = path.relative_to(CORE).parts[0].removesuffix(".py")
    own = floor_of(part)
    if part == "__init__":
        return
    assert own is not None, f"core/{part} stands on no floor: add it to FLOORS"
    for name in imports(path):
        assert not name.startswith("cabinet_"), f"{path.name} imports the module {name}"
        if name.startswith("cabinet."):
            target = name.split(".")[1]
            level = floor_of(target)
            if level is not None and target != part:
                assert level <= own, f"core/{part} (floor {own}) imports {name} (floor {level})"


def test_contracts_and_interfaces_know_only_the_standard_library_and_zope_interface() -> None:
    import sys

    allowed = {*sys.stdlib_module_names, "zope", "cabinet"}
    for path in [*CORE.glob("contracts/*.py"), *CORE.glob("interfaces/*.py")]:
        for name in imports(path):
            assert name.split(".")[0] in allowed, f"{path.name} imports {name}"
            if name.startswith("cabinet."):
                assert name.startswith(("cabinet.contracts.", "cabinet.interfaces.")), f"{path.name} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.name)
def test_a_module_reaches_another_only_through_its_interfaces_and_events(module: Path) -> None:
    for path in module.rglob("*.py"):
        if path.name == "testing.py" or "testing" in path.parts:
            continue
        for name in imports(path):
            top, *rest = name.split(".")
            if top.startswith("cabinet_") and top != module.name:
                assert rest[:1] in (["interfaces"], ["events"]), f"{path} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.name)
def test_services_and_models_of_a_module_know_nothing_of_the_web(module: Path) -> None:
    web_files = {"views", "forms", "routes", "resources", "policy", "hooks", "jobs", "commands", "__init__", "testing"}
    for path in module.rglob("*.py"):
        first = path.relative_to(module).parts[0].removesuffix(".py")
        if first in web_files or "migrations" in path.parts or "views" in path.parts:
            continue
        for name in imports(path):
            top = name.split(".")[0]
            # TranslationStringFactory is text, not web.
            assert top not in {"wtforms", "webob"} and not (top == "pyramid" and "i18n" not in name), (
                f"{path} imports {name}"
            )
            assert not name.startswith("cabinet.web"), f"{path} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.name)
def test_views_make_no_queries(module: Path) -> None:
    for path in module.rglob("views/*.py"):
        for name in imports(path):
            assert name.split(".")[0] != "sqlalchemy", f"{path} imports {name}: ask a service"
            assert ".models" not in name, f"{path} imports {name}: ask a service"


def test_folders_of_the_repository_are_not_import_names() -> None:
    for path in [*ROOT.glob("core/**/*.py"), *ROOT.glob("modules/**/*.py"), *ROOT.glob("tests/**/*.py")]:
        for name in imports(path):
            assert name.split(".")[0] not in {"modules", "core", "themes"}, f"{path} imports {name}"


def test_there_is_no_circle_of_imports() -> None:
    """Those inside functions and for type checkers count: a circle that is hidden is one all the same."""
    files = {
        ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for root in (CORE, *MODULES)
        for path in root.rglob("*.py")
    }
    edges = {}
    for name, path in files.items():
        targets = {n if n in files else n.rpartition(".")[0] for n in imports(path)}
        edges[name] = {target for target in targets if target in files and target != name}
    TopologicalSorter(edges).prepare()


def test_no_file_is_called_after_nothing() -> None:
    banned = {"utils.py", "util.py", "helpers.py", "helper.py", "misc.py", "common.py"}
    found = [p for root in ("core", "modules", "themes") for p in (ROOT / root).rglob("*.py") if p.name in banned]
    assert found == []


def test_mypy_reads_every_module() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["packages"]
    assert sorted(told) == ["cabinet", *(module.name for module in MODULES)]
