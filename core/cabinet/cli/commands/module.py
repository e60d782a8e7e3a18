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
from cabinet.interfaces import IClientDirectory, IModuleEraser, ISwitches
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


@module.command("erase")
@click.argument("module_id", metavar="ID")
@click.option("--confirm", metavar="ID", help="The id once more: without it you are only told what would go.")
@pass_site
def erase(site: SiteContext, module_id: str, confirm: str | None) -> None:
    """Erase what a module holds that is off, or not installed any more. A copy is written into the site's folder `backups` first."""
    from cabinet.jobs.runner import run_job_now

    with site.unit_of_work("module erase", writing=confirm is not None) as request:
        eraser = request.find_service(IModuleEraser)
        found = eraser.preview(module_id)
        refusal = site.translate(found.refusal) or None
        job = eraser.begin(module_id, confirm) if confirm is not None else None
    done = run_job_now(site.registry, job.id).result if job is not None else None
    told = {name: getattr(found, name) for name in ("files", "size", "series", "jobs", "letters", "imports", "audit")}
    document = {
        "id": module_id,
        "tables": [{"table": name, "rows": rows} for name, rows in found.tables],
        **told,
        "refusal": refusal,
        "erased": done is not None,
        "copy": done["copy"] if done else None,
    }
    lines = [f"{name:40} {rows:>10}" for name, rows in found.tables]
    lines += [f"{name:40} {value:>10}" for name, value in told.items() if name != "audit" and value]
    lines.append(f"{found.audit} records of the audit log stay: nothing can be taken out of its chain.")
    if done is not None:
        lines.append(f"Erased. A copy of it all is in {done['copy']}")
    else:
        lines.append(refusal or f"To erase it: cabinet module erase {module_id} --confirm {module_id}")
    site.output(document, lines)


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
