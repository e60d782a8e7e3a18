"""``cabinet client import`` and ``cabinet contract import``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.texts import told
from cabinet_client_manager.interfaces import ITableImports, Remark
from cabinet_client_manager.texts import _

REFUSED = 1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be done and what is wrong.")


@click.group()
def client() -> None:
    """Clients: load them from a table."""


@click.group()
def contract() -> None:
    """Contracts: load them from a table."""


@client.command("import")
@click.argument("file", type=_FILE)
@_DRY_RUN
@pass_site
def import_clients(site: SiteContext, file: Path, dry_run: bool) -> int:
    """Load clients from a CSV or XLSX table: all rows or none."""
    return _import(site, "clients", file, dry_run=dry_run)


@contract.command("import")
@click.argument("file", type=_FILE)
@_DRY_RUN
@pass_site
def import_contracts(site: SiteContext, file: Path, dry_run: bool) -> int:
    """Load contracts from a CSV or XLSX table: all rows or none."""
    return _import(site, "contracts", file, dry_run=dry_run)


def _import(site: SiteContext, kind: str, file: Path, *, dry_run: bool) -> int:
    content = file.read_bytes()
    with site.unit_of_work(f"{kind.removesuffix('s')} import", writing=not dry_run) as request:
        imports = request.find_service(ITableImports)
        report = (imports.read if dry_run else imports.take)(kind, content, file.name)
    # A refused table changed nothing; a dry run says what would be done with the rows that are right.
    kept = dry_run or not report.refused
    document: dict[str, Any] = {
        "rows": report.rows,
        "created": report.created if kept else 0,
        "updated": report.updated if kept else 0,
        "unchanged": report.unchanged if kept else 0,
        "errors": [_remark(site, remark) for remark in report.errors],
        "warnings": [_remark(site, remark) for remark in report.warnings],
    }
    lines = [
        *(_line(row) for row in document["errors"]),
        *(_line(row) for row in document["warnings"]),
        site.translate(
            _(
                "${rows} rows: ${created} created, ${updated} updated, ${unchanged} unchanged, ${errors} in error.",
                mapping={**document, "errors": len({remark.row for remark in report.errors})},
            )
        ),
    ]
    if report.refused:
        message = site.translate(_("Nothing was changed: the table holds rows in error."))
        document["error"] = {"code": "rows_in_error", "message": message, "details": {"errors": len(report.errors)}}
        lines.append(message)
    site.output(document, lines)
    return REFUSED if report.refused else 0


def _remark(site: SiteContext, remark: Remark) -> dict[str, Any]:
    return {"row": remark.row, "column": remark.column, "message": told(remark.message, site.translate)}


def _line(remark: dict[str, Any]) -> str:
    return f"{remark['row']}: {remark['column']}: {remark['message']}"
