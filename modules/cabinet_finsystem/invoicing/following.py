"""Papers that stand upon an invoice (acts, corrections): the invoice comes first whenever they are locked."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.papers.models import Paper

P = TypeVar("P", bound=Paper)


def locked_with_invoice(session: Session, paper: P) -> tuple[Invoice, P | None]:
    """The invoice of ``paper`` and the paper as they are now, locked until the transaction ends; None: it was thrown away meanwhile.

    ``paper``: a row with ``invoice_id`` and ``lines``. The order is that of whoever voids the invoice: two who meet wait, none dies.
    """
    model: Any = type(paper)
    invoices = select(Invoice).options(selectinload(Invoice.lines)).where(Invoice.id == paper.invoice_id)  # type: ignore[attr-defined]
    papers = select(model).options(selectinload(model.lines), undefer("*")).where(model.id == paper.id)
    invoice = session.scalars(_for_update(invoices)).one()
    return invoice, session.scalars(_for_update(papers)).one_or_none()


def _for_update(statement: Any) -> Any:
    return statement.with_for_update().execution_options(populate_existing=True)
