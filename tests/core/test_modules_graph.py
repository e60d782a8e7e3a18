"""Order of modules and what is said when it cannot be made."""

import sys
import types

import pytest

from cabinet.plugins import ModuleInfo
from cabinet.plugins.collect import ContributionError, collect, plugin_manager
from cabinet.plugins.contributions import Permission
from cabinet.plugins.discovery import LoadedModule, ModuleLoadError, load
from cabinet.plugins.graph import ModuleGraphError, in_order
from cabinet.plugins.hookspecs import hookimpl


def module(name: str, *requires: str, optional: tuple[str, ...] = ()) -> ModuleInfo:
    return ModuleInfo(name, name, "1", requires=requires, optional=optional)


def test_requirements_come_first_and_ties_go_by_id() -> None:
    found = in_order([module("zoo"), module("alpha", "zoo"), module("beta")])
    assert [m.id for m in found] == ["beta", "zoo", "alpha"]


def test_an_optional_module_comes_first_only_where_it_is_there() -> None:
    assert [m.id for m in in_order([module("aa", optional=("zz",)), module("zz")])] == ["zz", "aa"]
    assert [m.id for m in in_order([module("aa", optional=("zz",))])] == ["aa"]


def test_a_missing_requirement_names_both_modules() -> None:
    with pytest.raises(ModuleGraphError, match=r"alpha requires zoo"):
        in_order([module("alpha", "zoo")])


def test_a_circle_is_told_in_order() -> None:
    with pytest.raises(ModuleGraphError, match="→"):
        in_order([module("aa", "bb"), module("bb", "aa")])


def fake_package(name: str, **attributes: object) -> None:
    package = types.ModuleType(name)
    package.__path__ = []
    for key, value in attributes.items():
        setattr(package, key, value)
    sys.modules[name] = package


@pytest.fixture(autouse=True)
def forget_fakes():
    yield
    for name in [n for n in sys.modules if n.startswith("cabinet_fake")]:
        del sys.modules[name]


def test_a_module_that_raises_at_import_is_named_with_the_reason() -> None:
    with pytest.raises(ModuleLoadError, match="nowhere"):
        load({"nowhere": "cabinet_fake_nowhere"})


def test_a_module_made_for_another_contract_is_refused() -> None:
    fake_package("cabinet_fake", MODULE=ModuleInfo("fake", "Fake", "1", api=99))
    with pytest.raises(ModuleLoadError, match="99"):
        load({"fake": "cabinet_fake"})


def test_a_manifest_with_another_id_is_refused() -> None:
    fake_package("cabinet_fake", MODULE=ModuleInfo("other", "Other", "1"))
    with pytest.raises(ModuleLoadError, match="fake"):
        load({"fake": "cabinet_fake"})


def test_a_disabled_module_is_never_imported() -> None:
    assert load({"nowhere": "cabinet_fake_nowhere"}, disabled=["nowhere"]) == []


def test_two_modules_with_one_permission_are_both_named() -> None:
    class One:
        @hookimpl
        def cabinet_permissions(self) -> list[Permission]:
            return [Permission("one:y:z", "Z", ("owner",))]

    manager = plugin_manager([], extra=[("one", One()), ("two", One())])
    with pytest.raises(ContributionError, match=r"one.*two"):
        collect(manager)


def test_a_module_cannot_bring_a_permission_under_the_name_of_another() -> None:
    class One:
        @hookimpl
        def cabinet_permissions(self) -> list[Permission]:
            return [Permission("other:y:z", "Z", ("owner",))]

    with pytest.raises(ContributionError, match=r"other:y:z is brought by one"):
        collect(plugin_manager([], extra=[("one", One())]))


def test_a_contribution_knows_its_owner() -> None:
    class One:
        @hookimpl
        def cabinet_permissions(self) -> list[Permission]:
            return [Permission("one:y:z", "Z", ("owner",))]

    found = collect(plugin_manager([], extra=[("one", One())]))
    assert found.owner_of(found.permissions["one:y:z"]) == "one"


def test_a_part_that_a_module_lacks_is_none_and_a_broken_part_raises(tmp_path, monkeypatch) -> None:
    package = tmp_path / "cabinet_fake"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from cabinet.plugins import ModuleInfo\nMODULE = ModuleInfo('fake', 'Fake', '1')\n"
    )
    (package / "hooks.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    [loaded] = load({"fake": "cabinet_fake"})
    assert isinstance(loaded, LoadedModule)
    assert loaded.part("routes") is None
    with pytest.raises(ZeroDivisionError):
        loaded.part("hooks")
