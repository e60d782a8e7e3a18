"""The demo site: made once, through the services, then only served."""

from __future__ import annotations

import datetime
import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cabinet.cli.making import make_site
from cabinet.clock import FakeClock
from cabinet.config import configure
from cabinet.db.session import unit_of_work
from cabinet.interfaces import IClock
from cabinet.origin import act_for
from cabinet.plugins import discovery
from cabinet.services import stand_in
from cabinet.settings import load_settings

SEED = 20260101


@dataclass(frozen=True, slots=True)
class Login:
    """A person who may sign in to the demo."""

    role: str
    name: str
    email: str
    password: str

    def as_json(self) -> dict[str, str]:
        """For ``--json`` and the file beside the site."""
        return asdict(self)


@dataclass(slots=True)
class Demo:
    """What the steps of the demo share. ``random`` is seeded: two demos of one day are alike.

    ``shared``: what one step tells the next, under the id of the module that says it.
    """

    registry: Any
    folder: Path
    today: datetime.date
    zone: ZoneInfo
    random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - made-up figures
    logins: list[Login] = field(default_factory=list)
    shared: dict[str, Any] = field(default_factory=dict)

    def let_in(self, role: str, user: Any, password: str) -> None:
        """Print ``user`` among those who may sign in."""
        self.logins.append(Login(role, user.name, user.email, password))

    @contextmanager
    def on(self, day: datetime.date, hour: float = 10, *, by: int | None = None, writing: bool = True) -> Iterator[Any]:
        """A transaction of that day, done by the user ``by``: whoever asks the clock hears ``day``, ``hour`` o'clock."""
        instant = datetime.datetime.combine(day, datetime.time(), self.zone) + datetime.timedelta(hours=hour)
        now = datetime.datetime.now(tz=datetime.UTC)
        with unit_of_work(self.registry, actor="cabinet demo", writing=writing) as request:
            act_for(request, by)
            stand_in(request, IClock, FakeClock(min(instant, now), self.zone))
            yield request


@dataclass(frozen=True, slots=True)
class MadeDemo:
    """A demo that is ready."""

    config: Path
    logins: list[Login]


def open_demo(folder: Path, host: str, port: int, report: Callable[[str], None]) -> MadeDemo:
    """The demo in ``folder``: made now, or found from the last time. A demo that was not finished is made anew."""
    done = folder / "logins.json"
    config = folder / "cabinet.toml"
    url = f"http://{host}:{port}"
    if not done.exists():
        if folder.exists():
            _discard(folder)
        report("Making the demo (once):")
        config = make_site(folder, locale="ru", name="Линия тепла", url=url, on_error="fail").config
        logins = _fill(config, report)
        done.write_text(json.dumps([who.as_json() for who in logins], ensure_ascii=False, indent=1), "utf-8")
    _say_where(config, url)
    return MadeDemo(config, [Login(**row) for row in json.loads(done.read_text("utf-8"))])


def _fill(config: Path, report: Callable[[str], None]) -> list[Login]:
    settings = load_settings(config)
    registry = configure(settings, discovery.load(discovery.installed(), settings.modules.disabled)).registry
    zone = ZoneInfo(settings.site.timezone)
    demo = Demo(registry, config.parent, datetime.datetime.now(tz=zone).date(), zone)
    for step in registry.cabinet_contributions.demo:
        report(f"  {step.title}")
        step.fill(registry, demo)
    registry.cabinet_engine.dispose()
    return demo.logins


def _say_where(config: Path, url: str) -> None:
    """Links that the site makes lead to where it is served this time."""
    before = config.read_text("utf-8")
    after = re.sub(r'^url = "http://[^"]*"$', f'url = "{url}"', before, count=1, flags=re.MULTILINE)
    if after != before:
        config.write_text(after, "utf-8")


def _discard(folder: Path) -> None:
    """Remove an unfinished demo, but never a folder that is something else."""
    import shutil

    if any(folder.iterdir()) and not any(
        (folder / name).exists() for name in ("cabinet.toml", "cabinet.toml.new", "data")
    ):
        raise FileExistsError(f"{folder} is not empty and holds no demo")
    shutil.rmtree(folder)
