"""Pages are asked through WebTest, on both engines, with the real security policy."""

from __future__ import annotations

import json
import shutil
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabinet import app
from cabinet.cli import run
from cabinet.db.engine import make_engine
from cabinet.plugins import discovery
from cabinet.settings import Settings

_configured: dict[Any, Any] = {}


@pytest.fixture(autouse=True)
def _commands_share_what_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command opens its site as a process of its own would; configuring it anew takes a third of a second and tells nothing."""
    configure = app.make_config

    def make_config(settings: Settings) -> Any:
        about = settings.model_dump_json(exclude={"secret", "database", "files", "jobs", "root"})
        key = (about, *sorted(discovery.installed().items()))
        if key not in _configured:
            made = configure(settings)
            if made.registry.cabinet_broken:
                return made
            _configured[key] = made
        else:
            registry = _configured[key].registry
            registry.settings["cabinet.settings"] = settings
            registry.cabinet_engine = make_engine(settings.database_url)
        return _configured[key]

    monkeypatch.setattr(app, "make_config", make_config)


@pytest.fixture(scope="session")
def _sites_made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, ...], Path]]:
    return tmp_path_factory.mktemp("sites"), {}


@pytest.fixture
def new_site(tmp_path: Path, capsys: Any, _sites_made: tuple[Path, dict[tuple[str, ...], Path]]) -> Callable[..., Path]:
    """``new_site("--locale", "en")``: the configuration of what ``cabinet init site`` makes in the test's folder. It is made once a run
    and copied; what ``init`` itself does has tests of its own."""
    folder, made = _sites_made

    def make(*options: str) -> Path:
        if options not in made:
            target = folder / str(len(made))
            assert run(["init", str(target), *options]) == 0
            made[options] = target
        shutil.copytree(made[options], tmp_path / "site")
        capsys.readouterr()
        return tmp_path / "site" / "cabinet.toml"

    return make


@pytest.fixture
def cabinet(tmp_path: Path, new_site: Any, capsys: Any, monkeypatch: Any) -> Callable[..., tuple[int, Any]]:
    """``cabinet("client", "import", path)``: (exit status, JSON) on a new site in ``site`` of the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    new_site()

    def command(*arguments: str | Path) -> tuple[int, Any]:
        status = run(["--json", *map(str, arguments), "--config", "site/cabinet.toml"])
        return status, json.loads(capsys.readouterr().out)

    return command


@pytest.fixture
def an_environment() -> Callable[[Path], Path]:
    """``an_environment(folder)``: the interpreter of a new environment that sees what this one has installed."""

    def make(folder: Path) -> Path:
        venv.create(folder, symlinks=True)
        [packages] = folder.glob("lib/python*/site-packages")
        (packages / "of_the_project.pth").write_text(
            f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n"
        )
        return folder / "bin" / "python"

    return make
