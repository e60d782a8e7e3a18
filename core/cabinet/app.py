"""The WSGI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cabinet.config import configure
from cabinet.plugins import discovery
from cabinet.settings import Settings, load_settings


def main(global_config: dict[str, str] | None = None, **settings: Any) -> Any:  # noqa: ARG001 - PasteDeploy's signature
    """Entry point of WSGI servers: ``cabinet.config`` names cabinet.toml."""
    return make_app(load_settings(Path(settings.get("cabinet.config", "cabinet.toml"))))


def make_app(settings: Settings) -> Any:
    """Load modules, configure, and hand back the WSGI application. ``.registry`` is on it."""
    return make_config(settings).make_wsgi_app()


def make_config(settings: Settings) -> Any:
    """The committed configurator: for commands and workers, which need the registry only."""
    return configure(settings, load_modules(settings))


def load_modules(settings: Settings) -> list[discovery.LoadedModule]:
    """Installed modules of this site, in order."""
    return discovery.load(discovery.installed(), settings.modules.disabled)
