"""Docs name what exists: links lead somewhere, commands and targets are there, hooks are told."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

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


def test_both_readmes_tell_the_same_story() -> None:
    english, russian = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.ru.md"))
    assert english.count("\n## ") == russian.count("\n## ")
    assert (
        re.findall(r"^(?:make|cabinet|\.venv)[^#\n]*", english, re.MULTILINE)[:2]
        == re.findall(r"^(?:make|cabinet|\.venv)[^#\n]*", russian, re.MULTILINE)[:2]
    )
