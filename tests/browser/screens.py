"""Every screen of the demo in two languages, two widths, light and dark: written to ``screens/`` and checked.

Fails on what sticks out sideways, an untranslated text, a serious finding of axe, a complaint of the console or of the content policy,
and on a view that no link leads to.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import acts
import live
import words
from crawling import Crawl, Screen, SiteMap, crawl, unreached
from playwright.sync_api import Page, sync_playwright

OUT = live.ROOT / "screens"
AXE = live.ROOT / "themes/cabinet_theme_default/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROLES = ("nobody", "client", "simple client", "manager", "head", "owner")
LANGUAGES = {"ru": "ru-RU", "en": "en-US"}
SIZES = {1440: live.DESKTOP, 390: live.PHONE}
SCHEMES = ("light", "dark")
WITH_AXE = {("ru", 1440, "light"), ("ru", 1440, "dark"), ("ru", 390, "light")}
TALLEST = 5200
WORKERS = 2

_STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const inside = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return true; return false; };
  return [...document.body.querySelectorAll('*')]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !inside(e))
    .slice(0, 4).map((e) => `${e.tagName.toLowerCase()}.${[...e.classList].join('.')} ${Math.round(e.getBoundingClientRect().right)}`)
    .concat(`page ${document.documentElement.scrollWidth}`);
}"""
_AXE = """(tags) => axe.run(document, { resultTypes: ['violations'], runOnly: tags, preload: false }).then((r) => r.violations
  .filter((v) => ['serious', 'critical'].includes(v.impact))
  .map((v) => `${v.id}: ${v.nodes.length} × ${v.nodes[0].target.join(' ')} ${v.nodes[0].any.map((a) => a.message)[0] || ''}`))"""


@dataclass(frozen=True, slots=True)
class Look:
    """All screens of a role as one kind of person sees them."""

    site: str
    role: str
    language: str
    width: int
    scheme: str
    screens: tuple[Screen, ...]
    database: Path
    state: dict[str, Any] | None


@dataclass(slots=True)
class Found:
    """What a look brought."""

    pictures: int = 0
    problems: list[str] = field(default_factory=list)


def look(task: Look) -> Found:
    """Take the pictures of one look and check them. Runs in a process of its own."""
    found = Found()
    with sync_playwright() as playwright, live.launched(playwright) as browser:
        context = live.new_context(
            browser,
            task.site,
            SIZES[task.width],
            locale=LANGUAGES[task.language],
            color_scheme=task.scheme,
            reduced_motion="reduce",
            storage_state=task.state,
        )
        for screen in task.screens:
            page, watch = context.new_page(), live.Watch()
            watch.over(page)
            name = f"{screen.role}/{screen.name}-{task.language}-{task.width}-{task.scheme}"
            try:
                problems = _take(page, screen, task, OUT / f"{name}.png")
            except Exception as error:  # noqa: BLE001 - a page that does not come is a finding, not the end
                problems = [f"did not come: {str(error).splitlines()[0]}"]
            found.problems += [f"{name}: {problem}" for problem in (*problems, *watch.complaints)]
            found.pictures += 1
            page.close()
        context.close()
    return found


def _take(page: Page, screen: Screen, task: Look, path: Path) -> list[str]:
    page.goto(screen.path)
    if screen.act:
        acts.ACTS[screen.act](page)
    page.evaluate(
        "() => document.fonts.ready.then(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))))"
    )
    if page.locator("canvas[data-chart]").count():
        page.wait_for_timeout(400)
    problems = [f"sticks out: {what}" for what in page.evaluate(_STICKS_OUT)]
    if (task.language, task.width, task.scheme) in WITH_AXE:
        page.evaluate(AXE.read_text("utf-8"))
        problems += [f"axe {finding}" for finding in page.evaluate(_AXE, RULES)]
    if (task.width, task.scheme) == (1440, "light"):
        said = page.evaluate(words.COLLECT)
        strange = words.untranslated(said, task.language, words.data_of(task.database))
        if strange:  # what others wrote meanwhile is data, too
            words.data_of.cache_clear()
            strange = words.untranslated(said, task.language, words.data_of(task.database))
        problems += [f"untranslated: {text[:120]}" for text in strange]
    height = page.evaluate("() => document.documentElement.scrollHeight")
    size = SIZES[task.width]
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, TALLEST))})
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    return problems


def survey(site: str, config: Path) -> tuple[dict[str, list[Screen]], dict[str, dict[str, Any] | None], list[str]]:
    """(screens of each role, how each is signed in, problems of the map itself)."""
    known = SiteMap(config)
    crawls: dict[str, Crawl] = {}
    states: dict[str, dict[str, Any] | None] = {}
    problems: list[str] = []
    screens: dict[str, list[Screen]] = {}
    with sync_playwright() as playwright, live.launched(playwright) as browser:
        for role in ROLES:
            context = live.new_context(browser, site, live.DESKTOP)
            page = context.new_page()
            starts = ["/sign-in", "/vocabulary"]
            if role != "nobody":
                live.sign_in(page, role)
                starts = [page.url.removeprefix(site)]
            crawls[role] = crawl(context, starts, known, site)
            problems += [f"{role}: a dead link: {dead}" for dead in crawls[role].dead]
            screens[role] = [*crawls[role].screens(role), *acts.more(role, page, crawls[role])]
            states[role] = context.storage_state()
            context.close()
    every = [screen for some in screens.values() for screen in some]
    problems += [f"no link leads to {route}" for route in unreached(known, every)]
    _once_each(screens)
    return screens, states, problems


def _once_each(screens: dict[str, list[Screen]]) -> None:
    """Leave a screen that several roles share to the first of them; each keeps his home."""
    seen: set[str] = set()
    for role in ("client", "simple client", "manager", "head", "owner"):
        mine = [s for s in screens[role] if s.name not in seen or s.name.endswith(".home") or s.act]
        screens[role] = mine
        seen |= {s.name for s in mine}


def looks(
    site: str, screens: dict[str, list[Screen]], states: dict[str, Any], database: Path, wanted: Sequence[str]
) -> Iterator[Look]:
    """The largest first, so that no worker is left alone at the end."""
    for role in sorted(screens, key=lambda role: -len(screens[role])):
        for language, width, scheme in product(LANGUAGES, SIZES, SCHEMES):
            kind = f"{language}-{width}-{scheme}"
            chosen = tuple(
                s for s in screens[role] if not wanted or any(w in f"{role}/{s.name}-{kind}" for w in wanted)
            )
            if chosen:
                yield Look(site, role, language, width, scheme, chosen, database, states[role])


def main(wanted: Sequence[str], ready: Path | None) -> int:
    """Make the demo (or copy the one that is ``ready``), look at it, say what was found."""
    if live.find_browser() is None:
        print("The screens need Chromium: `make browser` finds or installs one.", file=sys.stderr)
        return 1
    started = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        if ready is not None:
            live.copy_of(ready, demo)
        else:
            subprocess.run([*live.COMMAND, "demo", "--no-serve", "--dir", str(demo)], check=True)
        with live.served(demo) as site:
            screens, states, problems = survey(site, demo / "cabinet.toml")
            tasks = list(looks(site, screens, states, demo / "data" / "cabinet.sqlite3", wanted))
            with ProcessPoolExecutor(WORKERS) as pool:
                found = list(pool.map(look, tasks))
    problems += [problem for one in found for problem in one.problems]
    (OUT / "problems.json").write_text(json.dumps(problems, ensure_ascii=False, indent=1), "utf-8")
    for problem in problems:
        print(problem)
    pictures = sum(one.pictures for one in found)
    print(f"{pictures} pictures in {OUT.name}/, {len(problems)} problems, {time.monotonic() - started:.0f} s")
    return 1 if problems else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("screens", nargs="*", help="parts of names: client/my, office.invoice-ru, 390-dark")
    arguments.add_argument("--demo", type=Path, help="a demo that is there already; it is copied")
    given = arguments.parse_args()
    sys.exit(main(given.screens, given.demo))
