"""What every command gets: the site it works on, and the way to answer."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from cabinet.db import migrate
from cabinet.db.proof import Proof
from cabinet.db.session import unit_of_work
from cabinet.plugins import discovery
from cabinet.settings import Settings, build_settings, load_settings


@dataclass(slots=True)
class Options:
    """The common options."""

    config: str | None = None
    json: bool = False
    debug: bool = False


class SiteContext:
    """One site, opened as far as the command needs it."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._opened = False
        self._nowhere: TemporaryDirectory[str] | None = None

    @property
    def config_path(self) -> Path:
        """``--config``, else ./cabinet.toml, else ``CABINET_CONFIG``."""
        if self.options.config:
            return Path(self.options.config)
        here = Path("cabinet.toml")
        named = os.environ.get("CABINET_CONFIG")
        return here if here.exists() or not named else Path(named)

    @property
    def exists(self) -> bool:
        """Whether there is a site, or one was named."""
        return bool(self.options.config) or self.config_path.exists()

    @cached_property
    def settings(self) -> Settings:
        """The site's settings; SettingsError."""
        return load_settings(self.config_path)

    @cached_property
    def settings_or_defaults(self) -> Settings:
        """The site's settings, or those a new site begins with where there is none: for what can be told without one."""
        if self.exists:
            return self.settings
        self._nowhere = TemporaryDirectory(prefix="cabinet-")  # whatever a start would make is gone with the command
        return build_settings({"secret": secrets.token_urlsafe(32)}, Path(self._nowhere.name))

    @cached_property
    def survey(self) -> discovery.Survey:
        """Modules of the site, or all installed ones where there is no site yet; broken ones are told, not raised."""
        return discovery.survey(discovery.installed(), self.settings_or_defaults.modules.disabled)

    @cached_property
    def modules(self) -> list[discovery.LoadedModule]:
        """Modules that the site would start with, as far as importing them tells; ModuleLoadError."""
        if self.survey.broken and self.settings_or_defaults.modules.on_error == "fail":
            raise self.survey.broken[0].error
        return list(self.survey.modules)

    @cached_property
    def unchecked_registry(self) -> Any:
        """The configured site, whatever the state of its database."""
        from cabinet.app import make_config

        registry = make_config(self.settings).registry
        self._opened = True
        return registry

    def tolerate_broken_modules(self) -> None:
        """Open the site without broken modules whatever the settings say: for commands that tell which are broken."""
        from cabinet.app import tolerant

        self.settings = tolerant(self.settings_or_defaults)

    @cached_property
    def registry(self) -> Any:
        """The configured site with a database that fits; SchemaError."""
        registry = self.unchecked_registry
        migrate.check(registry.cabinet_engine, registry.cabinet_modules)
        return registry

    def unit_of_work(self, actor: str, **kw: Any) -> Any:
        """A transaction: ``with site.unit_of_work("client import") as request``."""
        return unit_of_work(self.registry, actor=f"cabinet {actor}", **kw)

    def output(self, document: Any, lines: Iterable[str] = ()) -> None:
        """Answer: the JSON ``document`` with ``--json``, else ``lines`` for people."""
        if self.options.json:
            click.echo(json.dumps(document, ensure_ascii=False, default=str))
            return
        for line in lines:
            click.echo(line)

    def proved(self, found: Proof, counted: str, whole: str) -> int:
        """Answer with the outcome of a proof; the exit status. ``counted``: what it read; ``whole``: said where nothing is wrong."""
        problems = [f"✗ {problem.check}: {problem.message}" for problem in found.problems]
        self.output(found.as_json(), [counted, *(problems or [whole])])
        return 0 if found.ok else 1

    def translate(self, message: str) -> str:
        """``message`` in the site's language where the site is open, else as written."""
        if self._opened:
            from pyramid.i18n import make_localizer
            from pyramid.interfaces import ITranslationDirectories

            directories = self.unchecked_registry.queryUtility(ITranslationDirectories, default=[])
            translated: str = make_localizer(self.settings.site.locale, directories).translate(message)
            return translated
        interpolate = getattr(message, "interpolate", None)
        return str(interpolate()) if interpolate else str(message)

    def close(self) -> None:
        """Give the database's connections back."""
        if self._opened:
            self.unchecked_registry.cabinet_engine.dispose()
        if self._nowhere is not None:
            self._nowhere.cleanup()


pass_site = click.make_pass_decorator(SiteContext)
