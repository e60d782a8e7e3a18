"""``cabinet ledger``: prove the books, close periods of them."""

from __future__ import annotations

import datetime
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.errors import DomainError
from cabinet.tables import parse_date
from cabinet_finsystem.closing.values import Obstacles
from cabinet_finsystem.interfaces import IPeriods
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.texts import _


@click.group()
def ledger() -> None:
    """The ledger: verify, close, open."""


@ledger.command("verify")
@pass_site
def verify_command(site: SiteContext) -> int:
    """Recompute everything from the postings by separate code, and say where it disagrees."""
    found = verify(site.registry.cabinet_engine)
    counted = f"entries {found.entries}, postings {found.postings}"
    return site.proved(found, counted, "The books agree to the last kopeck.")


class _Day(click.ParamType):  # type: ignore[type-arg]
    """A date as people write it."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Day first, or ISO."""
        try:
            return value if isinstance(value, datetime.date) else parse_date(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write 2026-06-30 or 30.06.2026.", param, ctx)


REASON = click.option("--reason", required=True, help="Why; it stays in the history.")


@ledger.command("close")
@click.argument("through", metavar="DATE", type=_Day())
@REASON
@click.option("--anyway", is_flag=True, help="Close although something is unfinished.")
@pass_site
def close_command(site: SiteContext, through: datetime.date, reason: str, anyway: bool) -> int:
    """Close all days up to DATE: nothing is booked into them any more. Says first what is unfinished there."""
    with site.unit_of_work("ledger close") as request:
        periods = request.find_service(IPeriods)
        found = periods.obstacles(through)
        if found and not anyway:
            request.tm.doom()
            raise DomainError(
                "period_unfinished",
                _(
                    "Unfinished up to ${date}: ${what}. Finish it, or close all the same with --anyway.",
                    mapping={"date": f"{through:%d.%m.%Y}", "what": "; ".join(_unfinished(found))},
                ),
                _as_json(found),
            )
        periods.close(through, reason=reason)
    site.output({"closed_through": through.isoformat()}, [f"The books are closed through {through:%d.%m.%Y}."])
    return 0


@ledger.command("open")
@click.argument("after", metavar="[DATE]", type=_Day(), required=False)
@REASON
@pass_site
def open_command(site: SiteContext, after: datetime.date | None, reason: str) -> int:
    """Open all days after DATE again, or all days without one. The owner is told."""
    with site.unit_of_work("ledger open") as request:
        request.find_service(IPeriods).reopen(after, reason=reason)
    told = "Nothing is closed any more." if after is None else f"The books are closed through {after:%d.%m.%Y}."
    site.output({"closed_through": after.isoformat() if after else None}, [told])
    return 0


def _unfinished(found: Obstacles) -> list[str]:
    counted = {
        "unsorted bank lines": found.unsorted,
        "bank lines that wait for a decision": found.proposed,
        "drafts": found.drafts,
        "statements held": found.held,
    }
    gaps = [f"no statement of …{g.account[-4:]} for {g.since:%d.%m.%Y}–{g.until:%d.%m.%Y}" for g in found.gaps]
    return [*(f"{what}: {n}" for what, n in counted.items() if n), *gaps]


def _as_json(found: Obstacles) -> dict[str, Any]:
    gaps = [{"account": g.account, "from": g.since.isoformat(), "to": g.until.isoformat()} for g in found.gaps]
    counts = {name: getattr(found, name) for name in ("unsorted", "proposed", "drafts", "held")}
    return {**counts, "gaps": gaps}
