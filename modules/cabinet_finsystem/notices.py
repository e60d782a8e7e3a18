"""What finsystem tells people of. Bulk acts and imports tell of each row only where somebody has
asked for it, after he was told how many letters that makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cabinet.interfaces import INotices
from cabinet.plugins.contributions import NoticeKind
from cabinet.texts import unpack_text
from cabinet_finsystem.texts import _

ISSUED = "finsystem.invoice.issued"
ACT_ISSUED = "finsystem.act.issued"
BOOKED = "finsystem.payment.booked"
STOPPED = "finsystem.recurring.stopped"
WAITING = "finsystem.statement.waiting"


def tell_issued(notices: INotices, invoice: Mapping[str, Any]) -> None:
    """To the client's people: there is an invoice to pay. ``invoice``: its columns by name."""
    notices.send(
        ISSUED,
        about=invoice["public_id"],
        client_id=invoice["client_id"],
        facts={
            "number": invoice["number"],
            "minor": invoice["total"],
            "currency": invoice["currency"],
            "date": invoice["date"].isoformat(),
            "due": invoice["due"].isoformat(),
        },
    )


def tell_act_issued(notices: INotices, act: Any) -> None:
    """To the client's people: an act, a waybill or a UPD was issued to them."""
    notices.send(
        ACT_ISSUED,
        about=act.public_id,
        client_id=act.client_id,
        facts={
            "kind": act.kind,
            "number": act.number,
            "minor": act.total,
            "currency": act.currency,
            "date": act.date.isoformat(),
        },
    )


def tell_booked(notices: INotices, payment: Any) -> None:
    """To the client's people: their money came in, or went back to them."""
    notices.send(
        BOOKED,
        about=payment.public_id,
        client_id=payment.client_id,
        facts={"minor": payment.minor, "currency": payment.currency, "date": payment.date.isoformat()},
    )


def tell_waiting(notices: INotices, file: Any, lines: int) -> None:
    """To whoever may decide about bank lines: so many of a statement wait for it."""
    if lines:
        notices.send(WAITING, about=file.public_id, facts={"file": file.name, "lines": lines})


def tell_stopped(notices: INotices, service: Any, contract: str, text: Any) -> None:
    """To the client's manager: a recurring service could not be billed. ``text``: why, packed."""
    facts = {"contract": contract, "text": text}
    notices.send(STOPPED, about=service.public_id, client_id=service.client_id, facts=facts)


def _issued(fmt: Any, facts: Mapping[str, Any]) -> Any:
    mapping = {
        "number": facts["number"],
        "sum": fmt.amount(facts["minor"], facts["currency"]),
        "due": fmt.date(date.fromisoformat(facts["due"])),
    }
    return _("Invoice ${number} for ${sum}, to be paid by ${due}", mapping=mapping)


def _issued_rows(fmt: Any, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Invoice"), facts["number"]),
        (_("Date"), fmt.date(date.fromisoformat(facts["date"]))),
        (_("Amount"), fmt.amount(facts["minor"], facts["currency"])),
        (_("Pay by"), fmt.date(date.fromisoformat(facts["due"]))),
    ]


def _own_invoice(request: Any, notice: Any) -> str:
    path: str = request.route_path(
        "finsystem.my.invoice",
        client=notice.client.public_id.hex,
        invoice=notice.about_id.replace("-", ""),
        _app_url="",
    )
    return path


_ACT_SAYS = {
    "act": _("Act ${number} for ${sum} of ${date}"),
    "waybill": _("Waybill ${number} for ${sum} of ${date}"),
    "upd": _("UPD ${number} for ${sum} of ${date}"),
}
_ACT_NAMES = {"act": _("Act"), "waybill": _("Waybill"), "upd": _("UPD")}


def _act_issued(fmt: Any, facts: Mapping[str, Any]) -> Any:
    mapping = {
        "number": facts["number"],
        "sum": fmt.amount(facts["minor"], facts["currency"]),
        "date": fmt.date(date.fromisoformat(facts["date"])),
    }
    return _ACT_SAYS[facts["kind"]] % mapping


def _act_rows(fmt: Any, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_ACT_NAMES[facts["kind"]], facts["number"]),
        (_("Date"), fmt.date(date.fromisoformat(facts["date"]))),
        (_("Amount"), fmt.amount(facts["minor"], facts["currency"])),
    ]


def _own_act(request: Any, notice: Any) -> str:
    path: str = request.route_path(
        "finsystem.my.act", client=notice.client.public_id.hex, act=notice.about_id.replace("-", ""), _app_url=""
    )
    return path


def _booked(fmt: Any, facts: Mapping[str, Any]) -> Any:
    mapping = {
        "sum": fmt.amount(abs(facts["minor"]), facts["currency"]),
        "date": fmt.date(date.fromisoformat(facts["date"])),
    }
    if facts["minor"] < 0:
        return _("We returned ${sum} to you on ${date}", mapping=mapping)
    return _("Your payment of ${sum} of ${date} has come in", mapping=mapping)


def _own_payments(request: Any, notice: Any) -> str:
    path: str = request.route_path("finsystem.my.payments", client=notice.client.public_id.hex, _app_url="")
    return path


def _waiting(fmt: Any, facts: Mapping[str, Any]) -> str:
    said: str = fmt.plural(
        facts["lines"],
        "${n} line of the statement ${file} waits for your decision",
        "${n} lines of the statement ${file} wait for your decision",
        "cabinet_finsystem",
        file=facts["file"],
    )
    return said


def _queue(request: Any, _notice: Any) -> str:
    path: str = request.route_path("finsystem.office.queue", _app_url="")
    return path


def _stopped(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    mapping = {"contract": facts["contract"], "why": unpack_text(facts["text"])}
    return _("Services of contract ${contract} could not be billed: ${why}", mapping=mapping)


def _recurring(request: Any, notice: Any) -> str:
    path: str = request.route_path(
        "finsystem.office.recurring", recurring=notice.about_id.replace("-", ""), _app_url=""
    )
    return path


KINDS = (
    NoticeKind(
        ISSUED,
        _("A new invoice"),
        "contacts",
        "finsystem:invoice:own",
        _issued,
        _own_invoice,
        _issued_rows,
        icon="receipt",
        act=_("Open the invoice"),
    ),
    NoticeKind(
        ACT_ISSUED,
        _("A new act, waybill or UPD"),
        "contacts",
        "finsystem:invoice:own",
        _act_issued,
        _own_act,
        _act_rows,
        icon="file-certificate",
        act=_("Open the document"),
    ),
    NoticeKind(
        BOOKED,
        _("A payment came in"),
        "contacts",
        "finsystem:balance:own",
        _booked,
        _own_payments,
        icon="cash",
        act=_("See payments"),
    ),
    NoticeKind(
        WAITING,
        _("Lines of a statement wait for a decision"),
        "staff",
        "finsystem:statement:decide",
        _waiting,
        _queue,
        icon="building-bank",
        act=_("Decide"),
        channels=("app",),
    ),
    NoticeKind(
        STOPPED,
        _("A recurring service could not be billed"),
        "manager",
        "finsystem:invoice:edit",
        _stopped,
        _recurring,
        icon="calendar-exclamation",
        act=_("See to it"),
    ),
)
