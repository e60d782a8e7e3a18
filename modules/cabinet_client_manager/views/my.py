"""What a client reads of himself."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet_client_manager.interfaces import ClientCard, IContacts, IContracts
from cabinet_client_manager.views.contracts import STATES


@view_config(
    route_name="client_manager.my.company",
    request_method="GET",
    permission="client_manager:own:view",
    renderer="cabinet_client_manager:templates/my/company.pt",
)
def company(request: Any) -> dict[str, Any]:
    """His requisites as our documents print them, his contracts, his people. What we noted for ourselves is not here."""
    card: ClientCard = request.context.subject
    rows = request.find_service(IContracts).of_client(card.client_id)
    people = request.find_service(IContacts).of_client(card.client_id)
    return {
        "client": card,
        "contracts": [row for row in rows if row.status != "draft"],
        "states": STATES,
        "people": [line for line in people if line.access == "active"],
    }
