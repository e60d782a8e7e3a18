"""A page and the layout around it share their names: what a layout defines for itself must not be a name of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYOUTS = ROOT / "core/cabinet/templates/layouts"
PAGES = [
    p
    for p in [*ROOT.glob("core/cabinet/templates/**/*.pt"), *ROOT.glob("modules/*/templates/**/*.pt")]
    if "layouts" not in p.parts
]

_DEFINE = re.compile(r'(?:tal:)?define="([^"]*)"')
_MACRO = re.compile(r'(?:metal:)?(?:define|use)-macro="')
_NAME = re.compile(r"^\s*(?:global\s+|local\s+)?\(?([\w ,]+?)\)?\s+\S")
_OFFERED = re.compile(r"\b(\w+) \1 \|")
"""``frame frame | 'sheet'``: what a page may define for its layout."""


def defined(source: str) -> Iterator[str]:
    """Names that the ``tal:define`` statements of a template give a value."""
    for statement in _DEFINE.findall(source):
        for part in re.split(r";(?!;)", statement.replace(";;", "\0")):
            if (found := _NAME.match(part)) is not None:
                yield from (name.strip() for name in found[1].split(","))


def kept_by_layouts(folder: Path = LAYOUTS) -> set[str]:
    """What the layouts define around a page's own parts."""
    sources = [path.read_text("utf-8") for path in folder.glob("*.pt")]
    offered = {name for source in sources for name in _OFFERED.findall(source)}
    return {name for source in sources for name in defined(source)} - offered


def clashes(source: str, kept: set[str]) -> list[str]:
    """Names that a page defines on its way into the layout, and that the layout defines anew."""
    head = source[: source.find("fill-slot")] if "layout.macros['page']" in source else ""
    return sorted(set(defined(head)) & kept)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_name_of_a_page_is_taken_by_its_layout(path: Path) -> None:
    assert clashes(path.read_text("utf-8"), kept_by_layouts()) == []


def test_a_layout_that_takes_a_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "area.pt").write_text('<metal:p tal:define="a 1; several len(nav.switches) > 1"></metal:p>', "utf-8")
    page = "<metal:page use-macro=\"layout.macros['page']\" tal:define=\"frame 'x'; several True\"><m fill-slot='t' /></metal:page>"
    assert clashes(page, kept_by_layouts(tmp_path)) == ["several"]
