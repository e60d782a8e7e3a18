"""What an act posts where acts charge: the same entry as an invoice that charges, from the act's own lines and on its own date."""

from __future__ import annotations

from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.invoicing.issuing import Case, charge
from cabinet_finsystem.ledger.values import NewEntry

_HEADER = ("id", "client_id", "contract_id", "legal_entity_id", "number", "text", "date", "currency", "vat", "total")


def act_charge(act: Act) -> NewEntry:
    """The client owes it, its articles earned it, the state gets the VAT."""
    lines = [{"article_id": line.article_id, "net": line.net} for line in act.lines]
    return charge(Case({name: getattr(act, name) for name in _HEADER}, lines), "act")
