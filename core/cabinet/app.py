"""The WSGI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cabinet.config import configure
from cabinet.plugins import discovery
from cabinet.settings import Settings, load_settings
from cabinet.web.templates import keep_compiled


def main(global_config: dict[str, str] | None = None, **settings: Any) -> Any:  # noqa: ARG001 - PasteDeploy's signature
    """Entry point of WSGI servers: ``cabinet.config`` names cabinet.toml."""
    return make_app(load_settings(Path(settings.get("cabinet.config", "cabinet.toml"))))


def make_app(settings: Settings) -> Any:
    """Load modules, configure, and hand back the WSGI application. ``.registry`` is on it."""
    keep_compiled(settings.root / "data" / "templates")
    return make_config(settings).make_wsgi_app()


def make_config(settings: Settings) -> Any:
    """The committed configurator: for commands and workers, which need the registry only.

    With ``modules.on_error = quarantine`` a broken module, and those that require it, are left out and told of
    (``registry.cabinet_broken``); a broken include leaves half its work behind, so the site is configured again from zero.
    """
    installed, disabled = discovery.installed(), settings.modules.disabled
    if settings.modules.on_error == "fail":
        return configure(settings, discovery.load(installed, disabled))
    return discovery.surviving(
        discovery.survey(installed, disabled), lambda found: configure(settings, found.modules, found.broken)
    )


def tolerant(settings: Settings) -> Settings:
    """The same settings with broken modules put into quarantine: for whoever wants to see which are broken."""
    modules = settings.modules.model_copy(update={"on_error": "quarantine"})
    return settings.model_copy(update={"modules": modules})
