"""What the commands that load tables have in common: their arguments and their answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cabinet.cli.context import SiteContext
from cabinet.tables import ImportReport, Remark
from cabinet.texts import _, told

REFUSED = 1
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be done and what is wrong.")


def answer(site: SiteContext, report: ImportReport, *, dry_run: bool) -> int:
    """Answer with ``report``; the exit status."""
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
        *(f"{row['row']}: {row['column']}: {row['message']}" for row in (*document["errors"], *document["warnings"])),
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
