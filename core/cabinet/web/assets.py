"""The theme: where its built files lie, and which of the core's and the modules' templates it replaces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

from cabinet.errors import DomainError
from cabinet.texts import _

GROUP = "cabinet.themes"
DIST = "static/dist"
YEAR = 365 * 24 * 3600


class ThemeError(DomainError):
    """The site's theme cannot be used: it is not installed, or not built."""


@dataclass(frozen=True, slots=True)
class Theme:
    """An installed theme. ``built``: logical name of a file (``app.css``) → its name in `DIST`, ending in a hash."""

    package: str
    built: Mapping[str, str]

    def spec(self, name: str) -> str:
        """Asset specification of the file ``name``. KeyError for a name that the theme's build does not know."""
        return f"{self.package}:{DIST}/{self.built[name]}"

    def replaced(self) -> list[str]:
        """Packages of which the theme replaces templates: the folders in its ``templates/``."""
        folder = files(self.package) / "templates"
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []


def read_theme(package: str) -> Theme:
    """The theme in ``package``, with its manifest read. ThemeError where it is not built."""
    manifest = files(package) / DIST / "manifest.json"
    if not manifest.is_file():
        raise ThemeError("theme_not_built", _("The theme is not built. Run: make assets"), {"package": package})
    return Theme(package, json.loads(manifest.read_text("utf-8")))


def find_theme(name: str) -> Theme:
    """The installed theme ``name``. ThemeError where there is none."""
    for entry in entry_points(group=GROUP, name=name):
        return read_theme(entry.value)
    raise ThemeError("theme_unknown", _("The theme ${name} is not installed.", mapping={"name": name}), {"name": name})


def asset_url(request: Any, name: str) -> str:
    """Path of a built file by its logical name: new for new content, so that a browser may keep it for a year."""
    path: str = request.static_path(request.registry.cabinet_theme.spec(name))
    return path


def includeme(config: Any) -> None:
    """Serve the theme's files and put its templates in place of the ones they replace."""
    theme = find_theme(config.registry.settings["cabinet.settings"].theme)
    config.registry.cabinet_theme = theme
    config.add_static_view("theme", f"{theme.package}:{DIST}", cache_max_age=YEAR)
    for package in theme.replaced():
        config.override_asset(f"{package}:templates/", f"{theme.package}:templates/{package}/")
