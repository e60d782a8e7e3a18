"""The audit trail as a timeline: who did what, and what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cabinet.audit.services import AuditEntry
from cabinet_client_manager.texts import _

_FIELDS = {
    "name": _("Name"),
    "full_name": _("Full legal name"),
    "short_name": _("Short name"),
    "inn": _("INN"),
    "kpp": _("KPP"),
    "ogrn": _("OGRN or OGRNIP"),
    "address": _("Registered address"),
    "postal_address": _("Postal address"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "position": _("Position"),
    "language": _("Language of documents"),
    "note": _("Note"),
    "tags": _("Tags"),
    "accounts": _("Bank accounts"),
    "number": _("Number"),
    "date": _("Date"),
    "valid_to": _("In force until"),
    "subject": _("Subject"),
    "currency": _("Currency"),
    "payment_days": _("Days to pay"),
    "status": _("Status"),
    "director_name": _("Signatory’s name"),
    "director_post": _("Signatory’s position"),
    "accountant_name": _("Chief accountant"),
    "vat_rate": _("Usual VAT rate, %"),
    "invoice_number_pattern": _("Numbers of invoices"),
}
_VALUES = {
    "draft": _("Draft"),
    "active": _("In force"),
    "suspended": _("Suspended"),
    "expired": _("Expired"),
    "terminated": _("Terminated"),
}
_ICONS = {
    "client": "building-community",
    "contact": "user",
    "contract": "file-certificate",
    "user": "key",
    "invoice": "receipt",
    "payment": "cash",
    "legal_entity": "building",
}
_NOTHING = "—"


def timeline(request: Any, entries: Iterable[AuditEntry], *, of_one: bool = False) -> list[dict[str, Any]]:
    """Events for the macro ``timeline``. ``of_one``: all of one object, whose name need not be said."""
    translate = request.localizer.translate
    return [
        {
            "text": _text(translate(entry.title), "" if of_one else entry.about),
            "time": request.fmt.datetime(entry.at),
            "iso": entry.at.isoformat(timespec="seconds"),
            "icon": _ICONS.get(entry.kind, "pencil"),
            "note": " · ".join(filter(None, (entry.who, _changes(translate, entry)))),
        }
        for entry in entries
    ]


def _text(title: str, about: str) -> str:
    return f"{title}: {about}" if about else title


def _changes(translate: Any, entry: AuditEntry) -> str:
    """What changed, field by field; only what this module knows the names of."""
    before, after = entry.before or {}, entry.after or {}
    if not before:
        return ""
    said = (_change(translate, name, before, after) for name in after if name in _FIELDS)
    return "; ".join(said)


def _change(translate: Any, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{translate(_FIELDS[name])}: {_value(translate, before.get(name))} → {_value(translate, after.get(name))}"


def _value(translate: Any, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _NOTHING
    if value in _VALUES:
        return translate(_VALUES[value])  # type: ignore[no-any-return]
    return str(value) if value not in (None, "") else _NOTHING
