"""``cabinet balance``: load what clients had with us when the books began."""

from __future__ import annotations

from pathlib import Path

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.cli.tables import DRY_RUN, FILE, answer
from cabinet_finsystem.interfaces import IBookImports


@click.group()
def balance() -> None:
    """Opening balances: load them from a table."""


@balance.command("import")
@FILE
@DRY_RUN
@pass_site
def import_balances(site: SiteContext, file: Path, dry_run: bool) -> int:
    """Load opening balances from a CSV or XLSX table (client,currency,date,amount): all rows or none.

    A positive amount is what we owe the client (he paid ahead), a negative one what he owes us. One a client and currency; the same
    table again changes nothing.
    """
    content = file.read_bytes()
    with site.unit_of_work("balance import", writing=not dry_run) as request:
        report = request.find_service(IBookImports).balances(content, file.name, dry_run=dry_run)
    return answer(site, report, dry_run=dry_run)
