"""What the books of papers have in common: finding, printing and recording one."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Generic, TypeVar

from cabinet.interfaces import IAuditLog
from cabinet_finsystem.papers.models import Paper
from cabinet_finsystem.papers.printing import PaperPrinter

P = TypeVar("P", bound=Paper)


class PaperBook(Generic[P]):
    """Papers of one ``kind``, of one transaction. ``reader`` finds them by public id, within the scope."""

    kind: ClassVar[str]
    _reader: Any

    def __init__(self, reader: Any, printer: PaperPrinter[P], audit: IAuditLog) -> None:
        self._reader = reader
        self._printer = printer
        self._audit = audit

    def find(self, public_id: uuid.UUID) -> P | None:
        """One with its lines, within the scope."""
        found: P | None = self._reader.find(public_id)
        return found

    def document(self, paper: P) -> Any:
        """What its PDF is made of; of an issued one from what was frozen."""
        return self._printer.document(paper)

    def pdf(self, paper: P) -> Any:
        """The StoredFile of an issued one's PDF: printed once, kept for good. An error of its state for a draft."""
        return self._printer.keep(paper)

    def pdf_content(self, paper: P) -> bytes:
        """The PDF, a draft's too, in a transaction that may only read."""
        return self._printer.content(paper)

    def _record(self, verb: str, paper: P, **facts: Any) -> None:
        self._audit.record(
            f"finsystem.{self.kind}.{verb}",
            kind=self.kind,
            public_id=paper.public_id,
            title=paper.number or paper.text,
            client_id=paper.client_id,
            **facts,
        )
