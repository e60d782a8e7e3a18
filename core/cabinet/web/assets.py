"""The theme: where its built files lie, and which of the core's and the modules' templates it replaces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

from cabinet.errors import DomainError
from cabinet.texts import _

GROUP = "cabinet.themes"
DIST = "static/dist"
YEAR = 365 * 24 * 3600


class ThemeError(DomainError):
    """The site's theme cannot be used: it is not installed, or not built."""


class Theme:
    """An installed theme. What its build made is asked of the manifest anew once that was written again: a theme that is rebuilt
    under a running site has other names of files, and the old ones are gone."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._manifest = Path(str(files(package) / DIST / "manifest.json"))
        self._known = _read(self._manifest)

    @property
    def built(self) -> Mapping[str, str]:
        """Logical name of a file (``app.css``) → its name in `DIST`, ending in a hash."""
        written, names = self._known
        try:
            if _written(self._manifest) != written:
                self._known = written, names = _read(self._manifest)
        except (
            OSError,
            ValueError,
        ):  # the next build is just taking this one's place: what was known holds until it has
            return names
        return names

    def spec(self, name: str) -> str:
        """Asset specification of the file ``name``. KeyError for a name that the theme's build does not know."""
        return f"{self.package}:{DIST}/{self.built[name]}"

    def replaced(self) -> list[str]:
        """Packages of which the theme replaces templates: the folders in its ``templates/``."""
        folder = files(self.package) / "templates"
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []


def read_theme(package: str) -> Theme:
    """The theme in ``package``, with its manifest read. ThemeError where it is not built."""
    try:
        return Theme(package)
    except FileNotFoundError:
        raise ThemeError(
            "theme_not_built", _("The theme is not built. Run: make assets"), {"package": package}
        ) from None


def _written(manifest: Path) -> tuple[int, int]:
    """When the manifest was written, and which file it is: two builds within one tick of the clock differ in that."""
    known = manifest.stat()
    return known.st_mtime_ns, known.st_ino


def _read(manifest: Path) -> tuple[tuple[int, int], Mapping[str, str]]:
    return _written(manifest), json.loads(manifest.read_text("utf-8"))


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
