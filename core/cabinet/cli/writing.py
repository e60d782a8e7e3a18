"""A new module: a distribution of its own that works, written from the skeleton beside this file."""

from __future__ import annotations

import datetime
import importlib.util
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from cabinet.errors import ConflictError, DomainError
from cabinet.i18n import catalogues
from cabinet.plugins import ModuleInfo
from cabinet.texts import _

SKELETON = Path(str(files("cabinet.cli") / "skeleton"))
_TITLE = re.compile(r"\w[\w ,.()\u2013\u2019-]{0,39}")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class ModuleNameError(DomainError):
    """A module cannot be called so."""


class _Text(Template):
    """A file of the skeleton: ``@{id}`` and the like are filled in; what else its language means by ``@`` or ``$`` stays."""

    delimiter = "@"
    idpattern = "(?!)"
    braceidpattern = "[a-z_]+"


@dataclass(frozen=True, slots=True)
class NewModule:
    """What is written: ``title`` in English, ``title_ru`` in Russian. ModuleNameError where either cannot be."""

    id: str
    title: str
    title_ru: str

    @classmethod
    def called(cls, module_id: str, title: str | None = None) -> NewModule:
        """A module by its id and what people call it. A Russian title leaves the English one to be made of the id."""
        try:
            ModuleInfo(module_id, module_id, "0")
        except ValueError:
            raise ModuleNameError(
                "module_id",
                _(
                    "${id} cannot be the id of a module: lower-case Latin letters, digits and _, from 2 to 31, a letter first.",
                    mapping={"id": module_id},
                ),
            ) from None
        own = module_id.replace("_", " ").strip().capitalize()
        given = (title or own).strip()
        if not _TITLE.fullmatch(given):
            raise ModuleNameError(
                "module_title",
                _("A title has up to 40 letters, digits, spaces and commas: ${title}", mapping={"title": given}),
            )
        return cls(module_id, own if _CYRILLIC.search(given) else given, given)

    @property
    def package(self) -> str:
        """Import name."""
        return f"cabinet_{self.id}"

    @property
    def slug(self) -> str:
        """The id as it stands in addresses."""
        return self.id.replace("_", "-")

    @property
    def distribution(self) -> str:
        """Name of the distribution, and of its folder."""
        return f"cabinet-{self.slug}"

    def facts(self) -> Mapping[str, str]:
        """What is filled in."""
        year = datetime.datetime.now(datetime.UTC).year
        names = {name: getattr(self, name) for name in ("id", "title", "title_ru", "package", "slug", "distribution")}
        return {**names, "year": str(year)}


def check_free(module: NewModule, installed: Collection[str], patterns: Mapping[str, str]) -> None:
    """ConflictError where an installed module has its id, its tables' names or its addresses. ``patterns``: of routes → whose."""
    for other in sorted(installed):
        if other == module.id or other.startswith(f"{module.id}_") or module.id.startswith(f"{other}_"):
            names = {"id": module.id, "other": other}
            text = (
                _("There is a module ${id} already.", mapping=names)
                if other == module.id
                else _("The tables of ${id} would be called like those of ${other}, which is installed.", mapping=names)
            )
            raise ConflictError("module_exists", text)
    if importlib.util.find_spec(module.package) is not None:
        raise ConflictError(
            "package_exists", _("There is a package ${name} already.", mapping={"name": module.package})
        )
    for pattern in (f"/office/{module.slug}", f"/my/{{client}}/{module.slug}"):
        if pattern in patterns:
            raise ConflictError(
                "address_taken",
                _(
                    "Pages of ${owner} lie at ${pattern} already: take another id.",
                    mapping={"owner": patterns[pattern], "pattern": pattern},
                ),
            )


def write_module(module: NewModule, parent: Path) -> list[Path]:
    """Write ``module`` into a folder of its own below ``parent``; its files. ConflictError where there is something in it."""
    folder = parent / module.distribution
    if folder.exists() and any(folder.iterdir()):
        raise ConflictError(
            "folder_exists", _("There is something in ${folder} already.", mapping={"folder": str(folder)})
        )
    facts, written = module.facts(), []
    for source in sorted(path for path in SKELETON.rglob("*.tmpl")):
        target = folder / _place(source.relative_to(SKELETON), module)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_Text(source.read_text("utf-8")).safe_substitute(facts), "utf-8")
        written.append(target)
    catalogues.compile_all(folder / module.package)
    return written


def _place(source: Path, module: NewModule) -> Path:
    names = {
        "package": module.package,
        "gitignore.tmpl": ".gitignore",
        "catalogue.po.tmpl": f"{module.package}.po",
        "0001_first.py.tmpl": f"0001_{module.id}.py",
    }
    return Path(*(names.get(part, part.removesuffix(".tmpl")) for part in source.parts))
