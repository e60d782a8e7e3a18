"""``cabinet ledger``: prove the books."""

from __future__ import annotations

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet_finsystem.ledger.verify import verify


@click.group()
def ledger() -> None:
    """The ledger: verify."""


@ledger.command("verify")
@pass_site
def verify_command(site: SiteContext) -> int:
    """Recompute everything from the postings by separate code, and say where it disagrees."""
    found = verify(site.registry.cabinet_engine)
    counted = f"entries {found.entries}, postings {found.postings}"
    return site.proved(found, counted, "The books agree to the last kopeck.")
