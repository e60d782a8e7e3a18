"""``cabinet check``: everything that would stop the site, found without starting it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from chameleon import PageTemplateFile

from cabinet.cli.context import SiteContext
from cabinet.db import migrate
from cabinet.errors import DomainError
from cabinet.plugins.faults import said_of
from cabinet.security.hosts import in_the_clear
from cabinet.texts import _


def problems(site: SiteContext) -> Iterator[tuple[str, str]]:
    """(code, message) of each problem, in the order a start would meet them."""
    try:
        registry = site.unchecked_registry
    except DomainError as error:
        yield error.code, error.message
        return
    except Exception as error:  # noqa: BLE001 - a module can fail in any way
        yield "module_broken", _("A module does not start: ${error}", mapping={"error": said_of(error)})
        return
    for broken in registry.cabinet_broken:
        if isinstance(broken.error, DomainError):
            yield broken.code, broken.message
        else:
            yield broken.code, _("A module does not start: ${error}", mapping={"error": said_of(broken.error)})
    try:
        migrate.check(registry.cabinet_engine, registry.cabinet_modules)
        yield from _contributed(registry)
    except DomainError as error:
        yield error.code, error.message
    except Exception as error:  # noqa: BLE001 - whatever the driver says, the person wants it in words
        yield "database", _("The database cannot be opened: ${error}", mapping={"error": str(error).splitlines()[0]})
    if (names := in_the_clear(site.settings)) and not site.settings.server.plain_http:
        told = _(
            "People reach the site at ${names} without https: passwords and pages can be read on the way. Put a proxy with a certificate "
            "in front and write https:// in site.url, or say server.plain_http = true.",
            mapping={"names": ", ".join(names)},
        )
        yield "plain_http", told
    yield from _templates(registry)


def _contributed(registry: Any) -> Iterator[tuple[str, str]]:
    """What the modules find. Asked only of tables that are as this version needs them."""
    contributions = registry.cabinet_contributions
    with registry.cabinet_engine.connect() as connection:
        gone = migrate.erased(connection, registry.cabinet_modules)
        for check in contributions.health_checks:
            if contributions.owner_of(check) in gone:
                continue
            try:
                for message in check.find(connection):
                    yield check.code, message
            except Exception as error:  # noqa: BLE001 - a check can fail in any way, and the others still say theirs
                yield (
                    check.code,
                    _(
                        "A check of the module ${module} failed: ${error}",
                        mapping={"module": contributions.owner_of(check), "error": str(error).splitlines()[0]},
                    ),
                )


def _templates(registry: Any) -> Iterator[tuple[str, str]]:
    for name in ("cabinet", *(m.name for m in registry.cabinet_modules)):
        for path in sorted(files(name).glob("templates/**/*.pt")):  # type: ignore[attr-defined] # modules lie in folders, never in archives
            try:
                PageTemplateFile(str(path)).cook_check()
            except Exception as error:  # noqa: BLE001 - a template can fail in any way
                yield (
                    "template",
                    _(
                        "Template ${path} is broken: ${error}",
                        mapping={"path": str(path), "error": str(error).splitlines()[0]},
                    ),
                )
