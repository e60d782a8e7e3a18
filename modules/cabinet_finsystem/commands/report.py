"""``cabinet report``: income and costs, balances, debts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock
from cabinet_finsystem.interfaces import IClientBalances, IPnl, IReceivables
from cabinet_finsystem.papers.printing import press_of
from cabinet_finsystem.reports.export import pnl_csv, pnl_pdf, pnl_xlsx
from cabinet_finsystem.reports.outside import balances_json, pnl_json, receivables_json
from cabinet_finsystem.reports.periods import UNITS
from cabinet_finsystem.reports.values import BASES, COMPARISONS, Pnl, PnlQuery
from cabinet_finsystem.reports.words import Words
from cabinet_finsystem.texts import _


class Day(click.ParamType[datetime.date]):
    """A calendar date, ISO 8601."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """``2026-02-01``."""
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-02-01", param, ctx)


_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def report() -> None:
    """Reports: pnl, balances, receivables."""


@report.command("pnl")
@click.option("--from", "since", required=True, type=Day(), help="First day.")
@click.option("--to", "until", required=True, type=Day(), help="Last day.")
@click.option("--basis", type=click.Choice(BASES), default="cash", show_default=True)
@click.option("--by", type=click.Choice(UNITS), default="none", show_default=True, help="Unit of the columns.")
@click.option("--compare", type=click.Choice(COMPARISONS), default="previous", show_default=True)
@click.option("--currency", metavar="CODE", help="Another currency than the legal entity's.")
@click.option("--xlsx", type=_FILE, help="Write the report as a workbook.")
@click.option("--csv", type=_FILE, help="Write the report as CSV.")
@click.option("--pdf", type=_FILE, help="Write the report as PDF.")
@pass_site
def pnl(site: SiteContext, /, xlsx: Path | None, csv: Path | None, pdf: Path | None, **asked: Any) -> None:
    """Income and costs by article."""
    with site.unit_of_work("report pnl", writing=False) as request:
        found = request.find_service(IPnl).report(PnlQuery(**asked))
        words = Words(request.fmt, request.localizer)
        title = f"{words.translate(_('Income and costs'))}, {words.period(found.query.period)}"
        if xlsx is not None:
            xlsx.write_bytes(pnl_xlsx(found, words, title))
        if csv is not None:
            csv.write_bytes(pnl_csv(found, words))
        if pdf is not None:
            pdf.write_bytes(
                pnl_pdf(
                    found,
                    words,
                    title,
                    author=request.find_service(ILegalEntities).default().name,
                    language=request.locale_name,
                    day=request.find_service(IClock).today(),
                    press=press_of(request.registry),
                )
            )
        site.output(pnl_json(found, words.translate), _told(found, words, title))


@report.command("balances")
@click.option("--date", "on", type=Day(), help="At the end of this day; today where it is not given.")
@pass_site
def balances(site: SiteContext, on: datetime.date | None) -> None:
    """Balances of all clients; positive: we owe the client."""
    with site.unit_of_work("report balances", writing=False) as request:
        day = on or request.find_service(IClock).today()
        book = request.find_service(IClientBalances)
        found = balances_json(day, book.all(day), book.totals(day))
    site.output(
        found,
        [
            *(f"{row['client']:16} {row['balance']:>18} {row['currency']}  {row['name']}" for row in found["clients"]),
            *(f"{'':16} {row['balance']:>18} {row['currency']}" for row in found["total"]),
        ],
    )


@report.command("receivables")
@click.option("--date", "on", type=Day(), help="At the end of this day; today where it is not given.")
@pass_site
def receivables(site: SiteContext, on: datetime.date | None) -> None:
    """What clients owe by open invoices, by days past the due date."""
    with site.unit_of_work("report receivables", writing=False) as request:
        day = on or request.find_service(IClock).today()
        book = request.find_service(IReceivables)
        found = receivables_json(day, book.clients(day), book.totals(day))
    site.output(
        found,
        [
            f"{row.get('client', ''):16} {row['total']:>18} {row['overdue']:>18} {row['currency']}  {row.get('name', '')}"
            for row in (*found["clients"], *found["total"])
        ],
    )


def _told(found: Pnl, words: Words, title: str) -> Iterator[str]:
    yield f"{title}, {found.currency}, {found.query.basis}"
    for row in found.rows:
        amounts = "".join(f"{words.whole(cell.minor, found.currency):>15}" for cell in (*row.cells, row.total))
        yield f"{'  ' * row.depth + words.name(row):40.40}{amounts}"
