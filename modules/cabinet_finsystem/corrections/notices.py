"""What a client is told of a correction of his invoice, with the paper in the letter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cabinet.interfaces import IFileStore, INotices
from cabinet.plugins.contributions import LetterFile, NoticeKind
from cabinet_finsystem.interfaces import ICorrectionBook
from cabinet_finsystem.texts import _

CORRECTED = "finsystem.invoice.corrected"


def tell_corrected(notices: INotices, correction: Any, invoice: Any) -> None:
    """To the client's people: what they have to pay is another sum now."""
    notices.send(
        CORRECTED,
        about=correction.public_id,
        client_id=correction.client_id,
        facts={
            "id": correction.public_id.hex,
            "number": correction.number,
            "date": correction.date.isoformat(),
            "invoice": invoice.number,
            "invoice_id": invoice.public_id.hex,
            "reason": correction.text,
            "asked": correction.asked,
            "minor": correction.total,
            "open": invoice.open,
            "released": correction.released,
            "currency": correction.currency,
        },
    )


def _line(fmt: Any, facts: Mapping[str, Any]) -> Any:
    mapping = {"number": facts["invoice"], "sum": fmt.amount(facts["asked"], facts["currency"])}
    return _("Invoice ${number} was corrected: it is for ${sum} now", mapping=mapping)


def _rows(fmt: Any, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    def amount(name: str) -> str:
        return str(fmt.amount(facts[name], facts["currency"]))

    rows = [
        (_("Correction"), facts["number"]),
        (_("Date"), fmt.date(date.fromisoformat(facts["date"]))),
        (_("Reason"), facts["reason"]),
        (_("Adjustment"), fmt.amount(facts["minor"], facts["currency"], sign=True)),
        (_("The invoice asks for"), amount("asked")),
        (_("Left to pay"), amount("open")),
    ]
    return [*rows, (_("Went back to the balance"), amount("released"))] if facts["released"] else rows


def _path(request: Any, notice: Any) -> str:
    """His invoice, which tells of its corrections."""
    client, invoice = notice.client.public_id.hex, notice.facts["invoice_id"]
    path: str = request.route_path("finsystem.my.invoice", client=client, invoice=invoice, _app_url="")
    return path


def _files(request: Any, _fmt: Any, facts: Mapping[str, Any]) -> Iterable[LetterFile]:
    """The paper."""
    book, store = request.find_service(ICorrectionBook), request.find_service(IFileStore)
    stored = book.pdf(book.find(uuid.UUID(facts["id"])))
    yield LetterFile(stored.name, stored.media_type, store.read(stored))


KINDS = (
    NoticeKind(
        CORRECTED,
        _("An invoice was corrected"),
        "contacts",
        "finsystem:invoice:own",
        _line,
        _path,
        _rows,
        icon="receipt-refund",
        act=_("Open the invoice"),
        files=_files,
    ),
)
