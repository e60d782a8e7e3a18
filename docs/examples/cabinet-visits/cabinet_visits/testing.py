"""Factories for tests of this module and of those that stand on it."""

from __future__ import annotations

from typing import Any

from cabinet_visits.interfaces import IVisits, VisitRow


def a_visit(request: Any, client_id: int, **facts: Any) -> VisitRow:
    """A visit about a client; any argument of `IVisits.add` may be given."""
    return request.find_service(IVisits).add(client_id, **{"subject": "A call", **facts})  # type: ignore[no-any-return]


def examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """One of every kind for ``client``, his name in every text; what stands in the paths of the routes."""
    visit = a_visit(request, client.id, subject=f"Call of {client.name}", text=f"What {client.name} said")
    return {
        "visits": {"visit": visit.public_id.hex},
        "visits.office.visit.new POST": {
            "client": client.external_id,
            "subject": f"Letter to {client.name}",
        },
    }
