"""``cabinet invoice``: load invoices from a table."""

from __future__ import annotations

from pathlib import Path

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.cli.tables import DRY_RUN, FILE, answer
from cabinet_finsystem.interfaces import IBookImports


@click.group()
def invoice() -> None:
    """Invoices: load them from a table."""


@invoice.command("import")
@FILE
@click.option("--issue", is_flag=True, help="Issue them: numbers are taken, charges post on their dates.")
@DRY_RUN
@pass_site
def import_invoices(site: SiteContext, file: Path, issue: bool, dry_run: bool) -> int:
    """Load invoices from a CSV or XLSX table: all rows or none. Rows with one external_id are lines of one invoice.

    Prices have the decimals of their currency. A draft that is there already is brought up to date; what is issued stays as it is.
    """
    content = file.read_bytes()
    with site.unit_of_work("invoice import", writing=not dry_run) as request:
        imports = request.find_service(IBookImports)
        report = imports.invoices(content, file.name, issue=issue, dry_run=dry_run)
    return answer(site, report, dry_run=dry_run)
