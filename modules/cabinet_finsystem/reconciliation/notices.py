"""What is told of acts of reconciliation: to the client that one waits for him or was answered, to his manager what he said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cabinet.interfaces import INotices
from cabinet.plugins.contributions import NoticeKind
from cabinet_finsystem.reconciliation.models import Reconciliation, Remark
from cabinet_finsystem.texts import _

SENT = "finsystem.reconciliation.sent"
ANSWERED = "finsystem.reconciliation.answered"
DISPUTED = "finsystem.reconciliation.disputed"
AGREED = "finsystem.reconciliation.agreed"
_SHORT = 300


def tell_sent(notices: INotices, act: Reconciliation) -> None:
    """To the client's people: look at it, agree or say what differs."""
    notices.send(SENT, about=act.public_id, client_id=act.client_id, facts=_facts(act))


def tell_answered(notices: INotices, act: Reconciliation, remark: Remark) -> None:
    """To the client's people: what he disputed was answered."""
    facts = {**_facts(act), "text": remark.answer[:_SHORT]}
    notices.send(ANSWERED, about=act.public_id, client_id=act.client_id, facts=facts)


def tell_disputed(notices: INotices, act: Reconciliation, remark: Remark) -> None:
    """To the manager: the client does not agree, in his words."""
    facts = {**_facts(act), "text": remark.text[:_SHORT]}
    notices.send(DISPUTED, about=act.public_id, client_id=act.client_id, facts=facts)


def tell_agreed(notices: INotices, act: Reconciliation) -> None:
    """To the manager: the client agreed."""
    notices.send(AGREED, about=act.public_id, client_id=act.client_id, facts=_facts(act))


def _facts(act: Reconciliation) -> dict[str, Any]:
    return {
        "number": act.number,
        "since": act.since.isoformat(),
        "until": act.until.isoformat(),
        "closing": act.closing,
        "currency": act.currency,
        "client": act.content["customer"]["name"],
    }


def _mapping(fmt: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": facts["number"],
        "client": facts["client"],
        "period": fmt.days(date.fromisoformat(facts["since"]), date.fromisoformat(facts["until"])),
    }


def _sent(fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("Reconciliation ${number} for ${period} waits for your answer", mapping=_mapping(fmt, facts))


def _answered(fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("We answered your remark on reconciliation ${number}", mapping=_mapping(fmt, facts))


def _disputed(fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("${client} disputes reconciliation ${number} for ${period}", mapping=_mapping(fmt, facts))


def _agreed(fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("${client} agreed to reconciliation ${number} for ${period}", mapping=_mapping(fmt, facts))


def _figures(fmt: Any, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    closing = facts["closing"]
    rows = [
        (_("Period"), _mapping(fmt, facts)["period"]),
        (
            _("Owed to us at the end") if closing >= 0 else _("Owed by us at the end"),
            fmt.amount(abs(closing), facts["currency"]),
        ),
    ]
    return [*rows, (_("Words"), facts["text"])] if facts.get("text") else rows


def _own(request: Any, notice: Any) -> str:
    path: str = request.route_path(
        "finsystem.my.reconciliation",
        client=notice.client.public_id.hex,
        reconciliation=notice.about_id.replace("-", ""),
        _app_url="",
    )
    return path


def _office(request: Any, notice: Any) -> str:
    path: str = request.route_path(
        "finsystem.office.reconciliation", reconciliation=notice.about_id.replace("-", ""), _app_url=""
    )
    return path


KINDS = (
    NoticeKind(
        SENT,
        _("A reconciliation to agree to"),
        "contacts",
        "finsystem:balance:own",
        _sent,
        _own,
        _figures,
        icon="scale",
        act=_("Open the reconciliation"),
    ),
    NoticeKind(
        ANSWERED,
        _("A remark on a reconciliation is answered"),
        "contacts",
        "finsystem:balance:own",
        _answered,
        _own,
        _figures,
        icon="message-reply",
        act=_("See the answer"),
    ),
    NoticeKind(
        DISPUTED,
        _("A client disputes a reconciliation"),
        "manager",
        "finsystem:debt:view",
        _disputed,
        _office,
        _figures,
        icon="message-report",
        act=_("Answer"),
    ),
    NoticeKind(
        AGREED,
        _("A client agreed to a reconciliation"),
        "manager",
        "finsystem:debt:view",
        _agreed,
        _office,
        _figures,
        icon="circle-check",
        act=_("Open the reconciliation"),
        channels=("app",),
    ),
)
