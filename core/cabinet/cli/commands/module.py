"""``cabinet module``: what is installed, what is on, and whether it is whole."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
from pyramid.interfaces import IRoutesMapper

from cabinet.cli.context import SiteContext, pass_site
from cabinet.config import configure
from cabinet.errors import NotFoundError
from cabinet.interfaces import IClientDirectory, ISwitches
from cabinet.plugins import ModuleInfo, discovery
from cabinet.switches.services import DEFAULTS
from cabinet.texts import _


@click.group()
def module() -> None:
    """Modules: list, switch on and off, check, graph, write a new one."""


@module.command("list")
@pass_site
def list_modules(site: SiteContext) -> None:
    """Installed modules: on, off or broken, and for how many clients each is off. Without a site: as a new one would have them."""
    there = site.exists
    disabled = set(site.settings_or_defaults.modules.disabled) & set(discovery.installed())
    site.tolerate_broken_modules()
    if there:
        with site.unit_of_work("module list", writing=False) as request:
            rows = [
                _row(state.info, "on" if state.on else "off", clients=state.clients, clients_off=state.clients_off)
                for state in request.find_service(ISwitches).states()
            ]
    else:
        rows = [_row(module.info, "on") for module in site.unchecked_registry.cabinet_modules]
    for broken in site.unchecked_registry.cabinet_broken:
        info = broken.info or ModuleInfo(broken.id, broken.id, "")
        rows.append(_row(info, "broken", error=site.translate(broken.message)))
    rows += [_row(ModuleInfo(key, key, ""), "off") for key in sorted(disabled)]
    site.output({"modules": rows}, [_line(row) for row in rows])


@module.command("on")
@click.argument("module_id", metavar="ID")
@click.option("--client", "client_id", metavar="EXTERNAL_ID", help="Only for this client.")
@pass_site
def switch_on(site: SiteContext, module_id: str, client_id: str | None) -> None:
    """Switch a module on, for the site or for one client. What it held before is there again."""
    _switch(site, module_id, client_id, on=True)


@module.command("off")
@click.argument("module_id", metavar="ID")
@click.option("--client", "client_id", metavar="EXTERNAL_ID", help="Only for this client.")
@pass_site
def switch_off(site: SiteContext, module_id: str, client_id: str | None) -> None:
    """Switch a module off, for the site or for one client. Its data stay."""
    _switch(site, module_id, client_id, on=False)


@module.command("clients")
@click.argument("module_id", metavar="ID")
@click.argument("whom", type=click.Choice(DEFAULTS))
@pass_site
def set_clients(site: SiteContext, module_id: str, whom: str) -> None:
    """Say which clients a module is for: on (all but exceptions), list (exceptions alone), off (none)."""
    with site.unit_of_work("module clients") as request:
        changed = request.find_service(ISwitches).set_default(module_id, whom)
    site.output({"id": module_id, "clients": whom, "changed": changed}, [f"{module_id}: {whom}"])


def _switch(site: SiteContext, module_id: str, client_id: str | None, *, on: bool) -> None:
    word = "on" if on else "off"
    with site.unit_of_work(f"module {word}") as request:
        switches = request.find_service(ISwitches)
        if client_id is None:
            before = set(switches.closed_modules())
            changed = switches.switch(module_id, on)
            moved = sorted(before ^ set(switches.closed_modules()))
        else:
            client = request.find_service(IClientDirectory).by_external_id(client_id)
            if client is None:
                raise NotFoundError("no_client", _("There is no client ${id}.", mapping={"id": client_id}))
            changed = switches.switch_client(module_id, client.id, on)
            moved = [module_id] if changed else []
    document = {"id": module_id, "client": client_id, "state": word, "changed": changed, "switched": moved}
    lines = [f"{key} is {word}" + (f" for {client_id}" if client_id else "") for key in moved]
    site.output(document, lines or [f"{module_id} was {word} already"])


def _line(row: dict[str, Any]) -> str:
    return f"{row['id']:20} {row['version']:10} {row['state']}" + (f"  {row['error']}" if row["error"] else "")


def _row(
    info: ModuleInfo, state: str, *, clients: str = "on", clients_off: int = 0, error: str | None = None
) -> dict[str, Any]:
    return {
        "id": info.id,
        "version": info.version,
        "state": state,
        "requires": list(info.requires),
        "clients": clients,
        "clients_off": clients_off,
        "error": error,
    }


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
    modules = discovery.load(discovery.installed(), site.settings_or_defaults.modules.disabled)
    configure(site.settings_or_defaults, modules).registry.cabinet_engine.dispose()
    site.output({"ok": True, "modules": [m.info.id for m in modules]}, ["All modules are whole."])


@module.command("new")
@click.argument("module_id", metavar="ID")
@click.option(
    "--dir",
    "parent",
    default=".",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to put it in, as cabinet-ID; here without it.",
)
@click.option("--title", help="What people call it, in English or Russian; made of the id without it.")
@pass_site
def new(site: SiteContext, module_id: str, parent: Path, title: str | None) -> None:
    """Write a small working module as a distribution of its own: pages, a table, tests, both languages."""
    from cabinet.cli.writing import NewModule, check_free, write_module

    made = NewModule.called(module_id, title)
    site.tolerate_broken_modules()
    routes = site.unchecked_registry.getUtility(IRoutesMapper).get_routes()
    patterns = {"/" + route.pattern.strip("/"): route.name.partition(".")[0] for route in routes}
    check_free(made, discovery.installed(), patterns)
    written = write_module(made, parent)
    folder = parent / made.distribution
    commands = [
        f"python -m pip install --no-build-isolation --editable {shlex.quote(str(folder))}",
        f"python -m pytest {shlex.quote(str(folder))}",
        "cabinet migrate",
    ]
    site.output(
        {
            "id": made.id,
            "package": made.package,
            "folder": str(folder),
            "files": [str(path.relative_to(folder)) for path in written],
            "next": commands,
        },
        [
            f"The module is in {folder}. Next, in the environment where Cabinet is installed:",
            *(f"  {c}" for c in commands),
        ],
    )
