"""Finding corrections: one, those of an invoice, those that a search names."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from cabinet_finsystem.corrections.models import DRAFT, Correction
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.searching import found_by
from cabinet_finsystem.statements.matching.folding import fold


class CorrectionReader:
    """Reads only, within the session's client scope."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, public_id: uuid.UUID) -> Correction | None:
        """One with its lines and the parties as they were frozen."""
        whole = (selectinload(Correction.lines), undefer(Correction.issuer), undefer(Correction.customer))
        statement = select(Correction).options(*whole).where(Correction.public_id == public_id)
        found: Correction | None = self._session.scalar(statement)
        return found

    def of_invoice(self, invoice_id: int) -> list[Correction]:
        """All of an invoice, in the order of issue, drafts last."""
        statement = select(Correction).where(Correction.invoice_id == invoice_id)
        found = self._session.scalars(statement.order_by(Correction.id))
        return sorted(found, key=lambda one: (one.place is None, one.place or 0, one.id))

    def found(
        self, words: str, limit: int, *, client_id: int | None = None
    ) -> Sequence[tuple[Correction, uuid.UUID, str]]:
        """(Correction, public id and number of its invoice) of those that a search names, the latest first. One query.

        ``client_id``: only his, and none that is a draft.
        """
        criteria = [
            *found_by(
                words, lambda word: Correction.search_text.contains(fold(word), autoescape=True), Correction.client_id
            )
        ]
        if client_id is not None:
            criteria += [Correction.client_id == client_id, Correction.state != DRAFT]
        statement = (
            select(Correction, Invoice.public_id, Invoice.number)
            .join(Invoice, Invoice.id == Correction.invoice_id)
            .where(*criteria)
            .order_by(Correction.date.desc(), Correction.id.desc())
            .limit(limit)
        )
        return [(one, invoice, number or "") for one, invoice, number in self._session.execute(statement)]
