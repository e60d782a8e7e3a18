"""Stories in a real browser, each file of them on a site of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # screens.py, run as a command, finds the same module beside it

import live

FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that stands here is a browser story."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole run."""
    if live.find_browser() is None:
        pytest.skip("no Chromium: `make browser` finds or installs one")
    expect.set_options(timeout=1000 * live.PATIENCE)
    with sync_playwright() as playwright, live.launched(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def site(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a copy of the demo that is served while the stories of one file are told."""
    with live.served(live.copy_of(demo_folder, tmp_path_factory.mktemp("site") / "demo")) as url:
        yield url


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let fixtures know whether the story came to its end."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """``open_page(url, size=live.DESKTOP)``: a page of a fresh person; at the end nobody may have complained of anything.

    Of a story that failed ``screens/failed-….png`` shows where.
    """
    watch = live.Watch()
    contexts = []

    def open_one(url: str, size: dict[str, int] = live.DESKTOP, **more: object) -> Page:
        context = live.new_context(browser, url, size, **more)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield open_one
    failed = request.node.stash.get(FAILED, False)
    for number, context in enumerate(contexts):
        if failed and context.pages:
            shot = live.ROOT / "screens" / f"failed-{request.node.name[:80]}-{number}.png"
            context.pages[-1].screenshot(path=shot, full_page=True)
        context.close()
    assert failed or watch.complaints == []


@pytest.fixture
def enter(open_page: Callable[..., Page], site: str) -> Callable[..., Page]:
    """``enter("manager")``: that person's page, signed in to the demo."""

    def come_in(who: str, size: dict[str, int] = live.DESKTOP) -> Page:
        page = open_page(site, size)
        live.sign_in(page, who)
        return page

    return come_in
