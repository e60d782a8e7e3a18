"""What a new site begins with: shown on the home of who works here until it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cabinet.contracts.clients import IClientBook
from cabinet_finsystem.interfaces import IOfficeWork
from cabinet_finsystem.texts import _


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: its title, why, where, and the words of its button."""

    done: bool
    icon: str
    title: str
    text: str
    href: str
    act: str


def first_steps(request: Any) -> dict[str, Any] | None:
    """Clients, a statement, an invoice; None once each is there."""
    work = request.find_service(IOfficeWork).now()
    # Statements are not for everybody; who is not let to them has no such step.
    invoiced, loaded = work.issued, work.loaded or not request.has_permission("finsystem:statement:view")
    if invoiced and loaded:
        return None
    known = bool(request.find_service(IClientBook).search("", 1))
    translate, path = request.localizer.translate, request.route_path
    steps = [
        Step(
            known,
            "building-community",
            translate(_("Bring your clients")),
            translate(_("One by one, or all of them from a table.")),
            path("client_manager.office.clients"),
            translate(_("To the clients")),
        ),
        Step(
            loaded,
            "building-bank",
            translate(_("Load a bank statement")),
            translate(_("Payments find their clients and invoices; reports begin to fill.")),
            path("finsystem.office.statements"),
            translate(_("To the statements")),
        ),
        Step(
            invoiced,
            "receipt",
            translate(_("Issue your first invoice")),
            translate(_("It gets a number, a PDF with your stamp and a payment code.")),
            path("finsystem.office.invoice.new" if known else "finsystem.office.invoices"),
            translate(_("To the invoices")),
        ),
    ]
    return {"steps": steps}
