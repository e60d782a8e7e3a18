"""``cabinet migrate``: bring the tables to what the code needs, or say where they stand."""

from __future__ import annotations

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.db import migrate
from cabinet.db.engine import make_engine


@click.command("migrate")
@click.option("--status", "only_status", is_flag=True, help="Only say where the tables stand.")
@click.option("--module", "only", metavar="ID", help="Only the tables of one module.")
@pass_site
def migrate_command(site: SiteContext, only_status: bool, only: str | None) -> None:
    """Bring the database to the state this version needs."""
    engine = make_engine(site.settings.database_url)
    if not only_status:
        migrate.upgrade(engine, site.modules, only=only)
    found = migrate.status(engine, site.modules)
    engine.dispose()
    site.output(
        {"modules": [{"id": s.owner, "current": s.current, "head": s.head} for s in found]},
        [
            f"{s.owner:20} {s.current or '-':12} {'up to date' if s.current == s.head else f'needs {s.head}'}"
            for s in found
        ],
    )
