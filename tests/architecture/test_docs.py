"""Docs name what exists: links lead somewhere, commands and targets are there, hooks are told."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    p
    for pattern in ("*.md", "docs/**/*.md", "modules/*/README.md", "deploy/*.md", "themes/*/README.md")
    for p in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_make_target_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text("utf-8")))
    assert named <= targets


def test_every_command_the_readme_names_exists(tmp_path, monkeypatch) -> None:
    from cabinet.cli.context import Options, SiteContext
    from cabinet.cli.tree import command_tree

    monkeypatch.chdir(tmp_path)  # no site here, and none is named
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    site = SiteContext(Options())
    tree = command_tree(site)
    site.close()
    for page in ("README.md", "README.ru.md"):
        for line in re.findall(r"^(?:\.venv/bin/)?cabinet ([a-z ]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE):
            node = tree
            for word in line.split():
                if not hasattr(node, "commands"):
                    break
                if word not in node.commands:
                    assert node is not tree, f"{page}: cabinet {line}"
                    break
                node = node.commands[word]


def test_every_hook_says_what_it_is_for() -> None:
    from cabinet.plugins import hookspecs

    hooks = {name: function for name, function in vars(hookspecs).items() if name.startswith("cabinet_")}
    assert hooks
    assert [name for name, function in hooks.items() if not inspect.getdoc(function)] == []


def test_the_page_of_hooks_says_what_the_code_does() -> None:
    from cabinet.plugins import reference

    told = reference.PAGE.read_text("utf-8")
    assert told == reference.page(others=reference.of_modules()), (
        "write it anew: .venv/bin/python -m cabinet.plugins.reference"
    )


@dataclass(frozen=True)
class Thing:
    """A thing. ``weight``: how heavy."""

    name: str
    weight: int = 5


def things() -> list[Thing]:
    """Things, in order of ``weight``."""
    return []


def things_of(request: str) -> list[Thing]:
    """Things, in order of ``weight``."""
    return []


@pytest.mark.parametrize(
    ("hook", "thing", "seen"),
    [
        (things, Thing, "## `cabinet_things() -> list[Thing]`\n\nThings, in order of `weight`.\n"),
        (things_of, Thing, "## `cabinet_things(request: str) -> list[Thing]`"),
        (things, dataclass(type("Thing", (), {"__annotations__": {"name": "str"}})), "```python\nname: str\n```"),
        (things, dataclass(type("Thing", (), {"__annotations__": {"weight": "int"}, "weight": 6})), "weight: int = 6"),
    ],
)
def test_the_control_another_signature_type_or_default_makes_another_page(hook, thing, seen) -> None:
    from cabinet.plugins.reference import page

    specs, brought = ModuleType("specs", "Hooks.\n\nAll of them."), ModuleType("brought")
    specs.cabinet_things, brought.Thing = things, Thing
    usual = page(specs, brought)
    assert "name: str\nweight: int = 5\n" in usual
    thing.__name__ = "Thing"
    specs.cabinet_things, brought.Thing = hook, thing
    assert seen in page(specs, brought)
    assert (page(specs, brought) == usual) is (hook is things and thing is Thing)


def test_every_name_of_the_code_that_the_author_s_guide_gives_exists() -> None:
    guide = (ROOT / "docs" / "modules" / "writing.md").read_text("utf-8")
    names = set(re.findall(r"\b(cabinet(?:\.\w+)+)", guide)) - {"cabinet.toml", "cabinet.modules"}
    assert len(names) > 10
    assert {name for name in names if not exists(name)} == set()
    hooks = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert {name for name in re.findall(r"cabinet_[a-z_]+s\b", guide) if f"## `{name}(" not in hooks} - {
        "cabinet_loans"
    } == set()


def exists(name: str) -> bool:
    """Whether a dotted name leads to something."""
    module, _dot, attribute = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ImportError:
        return bool(module) and exists(module) and hasattr(importlib.import_module(module), attribute)
    return True


def test_the_look_for_names_sees_that_one_is_not_there() -> None:
    assert (
        exists("cabinet.web.listing.Listing")
        and not exists("cabinet.web.listing.Nothing")
        and not exists("cabinet.no.X")
    )


def test_both_readmes_tell_the_same_story() -> None:
    english, russian = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.ru.md"))
    assert english.count("\n## ") == russian.count("\n## ")
    assert (
        re.findall(r"^(?:make|cabinet|\.venv)[^#\n]*", english, re.MULTILINE)[:2]
        == re.findall(r"^(?:make|cabinet|\.venv)[^#\n]*", russian, re.MULTILINE)[:2]
    )
