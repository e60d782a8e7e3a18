"""``cabinet backup``, ``cabinet restore`` and ``cabinet backup-key``: a whole site in one file, and out of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cabinet.cli.context import SiteContext, pass_site


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "keys", metavar="KEY", multiple=True, help="A public key to encrypt it to; see backup-key.")
@pass_site
def backup(site: SiteContext, file: Path, keys: tuple[str, ...]) -> int:
    """Write the database and all files into FILE while the site goes on working. Secrets stay out.

    It is encrypted to the keys of backup.recipients in cabinet.toml and to those named here.
    """
    from cabinet.backup.making import make_backup

    def report(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\rfiles {done}/{total}", nl=done == total, err=True)

    # A module that does not start, or tables that wait to be migrated, are reasons for a backup, not against it.
    site.tolerate_broken_modules()
    made = make_backup(site.unchecked_registry, site.config_path, file, report, keys)
    document = made.as_json()
    site.output(
        document,
        [
            f"{made.path}: {made.size} bytes, files {made.files}",
            f"audit trail up to {made.head['seq']}:{made.head['hash']}",
            "The secret of the site is not in it: keep cabinet.toml apart.",
            f"Encrypted; keys that open it: {made.sealed}."
            if made.sealed
            else "It is not encrypted: whoever has the file reads it. See cabinet backup-key.",
            *(
                []
                if made.told
                else ["The database waits for `cabinet migrate`: its audit log does not tell of this backup."]
            ),
            *(f"✗ {problem['message']}" for problem in document["problems"]),
        ],
    )
    return 1 if document["problems"] else 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--database", metavar="URL", help="An empty PostgreSQL database, for a backup of one.")
@click.option("--key", metavar="FILE", type=click.Path(path_type=Path), help="The key of an encrypted backup.")
@pass_site
def restore(site: SiteContext, file: Path, folder: Path, database: str | None, key: Path | None) -> None:
    """Make a site of a backup in DIR, which must be empty. CABINET_SECRET in the environment keeps the old secret."""
    from cabinet.backup.restoring import restore_backup

    made = restore_backup(file, folder, database=database, secret=os.environ.get("CABINET_SECRET"), key=key)
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


@click.command("backup-key")
@click.argument("file", type=click.Path(path_type=Path))
@pass_site
def backup_key(site: SiteContext, file: Path) -> None:
    """Write a new key into FILE, and print the public key that backups are encrypted to. The site needs the public key only."""
    from cabinet.backup.sealing import make_key

    public = make_key(file)
    site.output(
        {"file": str(file), "public_key": public},
        [
            public,
            f"{file} opens the backups: keep it away from the site, and a copy of it in another place. Lost, it is lost for good.",
            "Encrypt every backup to it: in cabinet.toml",
            "  [backup]",
            f'  recipients = ["{public}"]',
        ],
    )
