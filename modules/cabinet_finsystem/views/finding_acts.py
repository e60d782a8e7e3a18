"""What the global search finds of acts and waybills: for the office, and for a client in his own place."""

from __future__ import annotations

from typing import Any

from cabinet.db.paging import ListQuery
from cabinet.plugins.contributions import SearchHit
from cabinet_finsystem.interfaces import IActBook
from cabinet_finsystem.views.states import ACT_STATES, act_name


def acts(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Acts by number, text, client and the number of their invoice."""
    query = ListQuery(search=text, sort="-date", size=limit)
    return [
        _hit(request, row, row.client_name, request.route_path("finsystem.office.act", act=row.act.public_id.hex))
        for row in request.find_service(IActBook).listing(query, totals=False).rows
    ]


def own_acts(request: Any, text: str, limit: int) -> list[SearchHit]:
    """A client's own; drafts are not his to see."""
    client = request.context.client
    query = ListQuery(search=text, sort="-date", size=limit)
    page = request.find_service(IActBook).listing(query, client_id=client.id, drafts=False, totals=False)
    hex_ = client.public_id.hex
    return [
        _hit(request, row, "", request.route_path("finsystem.my.act", client=hex_, act=row.act.public_id.hex))
        for row in page.rows
    ]


def _hit(request: Any, row: Any, client: str, url: str) -> SearchHit:
    act = row.act
    facts = (
        client,
        request.fmt.amount(act.total, act.currency),
        request.fmt.date(act.date),
        request.localizer.translate(ACT_STATES[act.state][1]),
    )
    return SearchHit(act_name(request, act.kind, act.number), " · ".join(filter(None, facts)), url, "file-certificate")
