"""``cabinet client import`` and ``cabinet contract import``."""

from __future__ import annotations

from pathlib import Path

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.cli.tables import DRY_RUN, FILE, answer
from cabinet_client_manager.interfaces import ITableImports


@click.group()
def client() -> None:
    """Clients: load them from a table."""


@click.group()
def contract() -> None:
    """Contracts: load them from a table."""


@client.command("import")
@FILE
@DRY_RUN
@pass_site
def import_clients(site: SiteContext, file: Path, dry_run: bool) -> int:
    """Load clients from a CSV or XLSX table: all rows or none."""
    return _import(site, "clients", file, dry_run=dry_run)


@contract.command("import")
@FILE
@DRY_RUN
@pass_site
def import_contracts(site: SiteContext, file: Path, dry_run: bool) -> int:
    """Load contracts from a CSV or XLSX table: all rows or none."""
    return _import(site, "contracts", file, dry_run=dry_run)


def _import(site: SiteContext, kind: str, file: Path, *, dry_run: bool) -> int:
    content = file.read_bytes()
    with site.unit_of_work(f"{kind.removesuffix('s')} import", writing=not dry_run) as request:
        imports = request.find_service(ITableImports)
        report = (imports.read if dry_run else imports.take)(kind, content, file.name)
    return answer(site, report, dry_run=dry_run)
