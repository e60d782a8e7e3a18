"""States of money as people read them: a shape and a word."""

from __future__ import annotations

import datetime
from typing import Any

from cabinet_finsystem.texts import _

STATES = {
    "draft": ("draft", _("Draft")),
    "issued": ("issued", _("Waits for payment")),
    "partly_paid": ("part", _("Paid in part")),
    "paid": ("done", _("Paid in full")),
    "void": ("void", _("Void")),
}
SEGMENTS = (
    ("", _("All")),
    ("draft", _("Drafts")),
    ("open", _("Await payment")),
    ("overdue", _("Overdue ones")),
    ("paid", _("Paid ones")),
    ("void", _("Void ones")),
)
KINDS = {
    "bank": _("By bank"),
    "cash": _("In cash"),
    "opening": _("Opening balance"),
    "write_off": _("Written off"),
}
LETTERS = {
    "queued": ("issued", _("On its way")),
    "sent": ("done", _("Delivered to the mail server")),
    "failed": ("fail", _("Not delivered")),
}


def invoice_state(request: Any, invoice: Any, today: datetime.date) -> tuple[str, str]:
    """(shape, word) of an Invoice on ``today``."""
    if invoice.is_overdue(today):
        return "late", overdue(request, (today - invoice.due).days)
    return STATES[invoice.state]


def overdue(request: Any, days: int) -> str:
    """``Overdue by 2 days``."""
    return str(request.fmt.plural(days, "Overdue by ${n} day", "Overdue by ${n} days", "cabinet_finsystem"))


def payment_state(payment: Any) -> tuple[str, str]:
    """(shape, word) of a Payment: where its money is."""
    if payment.reversal_id is not None:
        return "void", _("Taken back")
    if payment.kind == "write_off" and payment.minor < 0:
        return "done", _("Written off")
    if payment.minor < 0:
        return "off", _("Refund")
    if payment.free == 0:
        return "done", _("Applied to invoices")
    return ("part", _("In part on invoices")) if payment.allocated else ("issued", _("Free"))


def payment_title(request: Any, payment: Any) -> str:
    """What a Payment is called where its text says nothing to a reader."""
    if payment.kind == "opening" or not payment.text:
        return str(request.localizer.translate(KINDS["opening"] if payment.kind == "opening" else _("Payment")))
    return str(payment.text)


def in_days(request: Any, due: datetime.date, today: datetime.date) -> str:
    """``in 7 days``, ``today``; empty for what has passed."""
    days = (due - today).days
    if days < 0:
        return ""
    if days == 0:
        return str(request.localizer.translate(_("today")))
    return str(request.fmt.plural(days, "in ${n} day", "in ${n} days", "cabinet_finsystem"))


ACT_STATES = {"draft": ("draft", _("Draft")), "issued": ("done", _("Issued")), "void": ("void", _("Void"))}
ACT_KINDS = {"act": _("Act"), "waybill": _("Waybill"), "upd": _("UPD")}
ACT_NAMES = {"act": _("Act ${number}"), "waybill": _("Waybill ${number}"), "upd": _("UPD ${number}")}


def act_name(request: Any, kind: str, number: str | None) -> str:
    """``Act АКТ-2026-00001``; of a draft its kind alone."""
    said = ACT_NAMES[kind] % {"number": number} if number else ACT_KINDS[kind]
    return str(request.localizer.translate(said))


CORRECTION_STATES = {
    "draft": ("draft", _("Draft")),
    "issued": ("done", _("In force")),
    "void": ("void", _("Not in force")),
}


def correction_name(request: Any, correction: Any) -> str:
    """``Correction КС-2026-00001``; of a draft its kind alone."""
    said = _("Correction ${number}", mapping={"number": correction.number}) if correction.number else _("Correction")
    return str(request.localizer.translate(said))
