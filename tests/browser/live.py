"""A site that is really served, and a browser that really looks at it. Used by the stories and by ``make screens``."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-W", "ignore", "-c", "from cabinet.cli import main; main()"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "demo-cabinet"
PEOPLE = {
    "owner": "owner@localhost",
    "head": "head@demo.example",
    "manager": "manager@demo.example",
    "client": "client@demo.example",
    "simple client": "client2@demo.example",
}
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 30  # seconds: a shared machine may be slow
_TELL_VIOLATIONS = (
    "addEventListener('securitypolicyviolation',"
    " e => console.error(`content policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"
)


# What could not be loaded is told by `Watch._answered`, which knows a page that says no from a part that is missing; what htmx
# could not send was on its way when the person left the page.
_TOLD_ELSEWHERE = ("Failed to load resource", "htmx:sendError", "htmx:afterRequest")


@lru_cache
def _catalogues() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for path in sorted(ROOT.glob("*/*/locale/ru/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file, "ru"):
                if message.id and isinstance(message.id, str) and message.string:
                    words.setdefault(message.id, {})[path.stem] = str(message.string)
    return words


def ru(text: str, package: str = "", **names: str) -> str:
    """What a person who reads Russian sees where the source says ``text``; ``names``: what stands for its ``${…}``.

    A text that modules translate differently wants ``package``, the catalogue that is meant.
    """
    known = _catalogues().get(text, {"": text})
    if package:
        return Template(known[package]).substitute(names)
    assert len(set(known.values())) == 1, f"{text!r} says {known}: name the package that is meant"
    return Template(next(iter(known.values()))).substitute(names)


def find_browser() -> str | None:
    """The Chromium that ``make browser`` finds or installs."""
    spec = importlib.util.spec_from_file_location("deploy_browser", ROOT / "deploy" / "browser.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: str | None = module.find()
    return found


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium."""
    browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The site in ``folder`` on a free port, background work included: its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [*COMMAND, "serve", "--config", str(folder / "cabinet.toml"), "--port", str(port), "--threads", "6"]
    with (folder / "served.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "CABINET_SITE__URL": url}, start_new_session=True
        )
    try:
        _wait_for(url, process, folder / "served.log")
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/health/live", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the site did not start:\n{log.read_text('utf-8')[-3000:]}")


def copy_of(folder: Path, to: Path) -> Path:
    """A copy of a demo that may be written to."""
    shutil.copytree(folder, to)
    return to


@dataclass
class Watch:
    """Listens to a page: what the console, the content policy or the network complain of."""

    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Begin to listen."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_TOLD_ELSEWHERE):
            self.complaints.append(f"{message.type}: {message.text}")

    def _answered(self, response: Any) -> None:
        part = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (part and response.status >= 400):
            self.complaints.append(f"{response.status}: {response.url}")


def new_context(browser: Browser, url: str, size: dict[str, int], **more: Any) -> BrowserContext:
    """A fresh person at a screen of ``size``, who reads Russian unless ``more`` says otherwise."""
    more.setdefault("locale", "ru-RU")
    context = browser.new_context(base_url=url, viewport=size, timezone_id="Europe/Moscow", **more)
    context.set_default_timeout(1000 * PATIENCE)
    context.add_init_script(_TELL_VIOLATIONS)
    return context


def sign_in(page: Page, who: str) -> None:
    """Come in through the door as one of the demo's people."""
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(PEOPLE.get(who, who))
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
