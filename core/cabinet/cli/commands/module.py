"""``cabinet module``: what is installed, and whether it is whole."""

from __future__ import annotations

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.config import configure
from cabinet.plugins import discovery


@click.group()
def module() -> None:
    """Modules: list, check, graph."""


@module.command("list")
@pass_site
def list_modules(site: SiteContext) -> None:
    """Installed modules and their state."""
    disabled = site.settings_or_defaults.modules.disabled
    rows = [
        {
            "id": m.info.id,
            "version": m.info.version,
            "state": "off" if m.info.id in disabled else "on",
            "requires": list(m.info.requires),
            "clients_off": 0,
            "error": None,
        }
        for m in discovery.load(discovery.installed())
    ]
    site.output({"modules": rows}, [f"{r['id']:20} {r['version']:10} {r['state']}" for r in rows])


@module.command("graph")
@pass_site
def graph(site: SiteContext) -> None:
    """Modules in the order they are loaded, with what each requires."""
    rows = [
        {"id": m.info.id, "requires": list(m.info.requires), "optional": list(m.info.optional)} for m in site.modules
    ]
    site.output(
        {"modules": rows}, [f"{r['id']}" + (f" ← {', '.join(r['requires'])}" if r["requires"] else "") for r in rows]
    )


@module.command("check")
@pass_site
def check(site: SiteContext) -> None:
    """Load and configure all modules from zero; says what is wrong."""
    configure(site.settings_or_defaults, site.modules).registry.cabinet_engine.dispose()
    site.output({"ok": True, "modules": [m.info.id for m in site.modules]}, ["All modules are whole."])
