"""``cabinet backup`` and ``cabinet restore``: a whole site in one file, and out of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cabinet.cli.context import SiteContext, pass_site


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_site
def backup(site: SiteContext, file: Path) -> int:
    """Write the database and all files into FILE while the site goes on working. Secrets stay out."""
    from cabinet.backup.making import make_backup

    def report(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\rfiles {done}/{total}", nl=done == total, err=True)

    made = make_backup(site.registry, site.config_path, file, report)
    document = made.as_json()
    site.output(
        document,
        [
            f"{made.path}: {made.size} bytes, files {made.files}",
            f"audit trail up to {made.head['seq']}:{made.head['hash']}",
            "The secret of the site is not in it: keep cabinet.toml apart.",
            *(f"✗ {problem['message']}" for problem in document["problems"]),
        ],
    )
    return 1 if document["problems"] else 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--database", metavar="URL", help="An empty PostgreSQL database, for a backup of one.")
@pass_site
def restore(site: SiteContext, file: Path, folder: Path, database: str | None) -> None:
    """Make a site of a backup in DIR, which must be empty. CABINET_SECRET in the environment keeps the old secret."""
    from cabinet.backup.restoring import restore_backup

    made = restore_backup(file, folder, database=database, secret=os.environ.get("CABINET_SECRET"))
    site.output(
        {"config": str(made.config), "made_at": made.made_at, "files": made.files, "letters_held": made.held},
        [
            f"The site as of {made.made_at} is in {made.config.parent}; files {made.files}.",
            "Everybody signs in anew; one-time links are void.",
            f"Letters that may have left already and wait for your word: {made.held}.",
            f"Prove it:  cabinet ledger verify --config {made.config}  and  cabinet audit verify --config {made.config}",
            f"Start it:  cabinet serve --config {made.config}",
        ],
    )
