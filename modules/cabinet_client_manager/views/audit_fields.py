"""What acts upon clients, contacts, contracts and our legal entities record, in words."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditField
from cabinet.texts import LANGUAGES
from cabinet.web.changes import date, money
from cabinet_client_manager.texts import _

STATUSES = {
    "draft": _("Draft"),
    "active": _("In force"),
    "suspended": _("Suspended"),
    "expired": _("Expired"),
    "terminated": _("Terminated"),
}
CHARGES = {"invoice": _("the invoice"), "act": _("the act")}

FIELDS = (
    AuditField("client_manager.name", _("Name")),
    AuditField("client_manager.contact.name", _("Person’s name")),
    AuditField("client_manager.legal_entity.name", _("Full legal name")),
    AuditField("client_manager.full_name", _("Full legal name")),
    AuditField("client_manager.short_name", _("Short name")),
    AuditField("client_manager.inn", _("INN")),
    AuditField("client_manager.kpp", _("KPP")),
    AuditField("client_manager.ogrn", _("OGRN or OGRNIP")),
    AuditField("client_manager.address", _("Registered address")),
    AuditField("client_manager.postal_address", _("Postal address")),
    AuditField("client_manager.email", _("E-mail")),
    AuditField("client_manager.phone", _("Phone")),
    AuditField("client_manager.position", _("Position")),
    AuditField("client_manager.language", _("Language of documents"), words=LANGUAGES),
    AuditField("client_manager.note", _("Note")),
    AuditField("client_manager.several_sessions", _("On several devices at a time")),
    AuditField("client_manager.tags", _("Tags")),
    AuditField("client_manager.account", _("Bank account")),
    AuditField("client_manager.accounts", _("Bank accounts")),
    AuditField("client_manager.number", _("Number")),
    AuditField("client_manager.date", _("Date"), show=date),
    AuditField("client_manager.valid_to", _("In force until"), show=date),
    AuditField("client_manager.subject", _("Subject")),
    AuditField("client_manager.contract.kind", _("Kind of contract")),
    AuditField("client_manager.amount", _("Amount"), show=money),
    AuditField("client_manager.currency", _("Currency")),
    AuditField("client_manager.payment_days", _("Days to pay")),
    AuditField("client_manager.status", _("Status"), words=STATUSES),
    AuditField("client_manager.charges", _("What charges the client"), words=CHARGES),
    AuditField("client_manager.legal_entity.charges", _("What charges clients"), words=CHARGES),
    AuditField("client_manager.director_name", _("Signatory’s name")),
    AuditField("client_manager.director_post", _("Signatory’s position")),
    AuditField("client_manager.accountant_name", _("Chief accountant")),
    AuditField("client_manager.vat_rate", _("Usual VAT rate, %")),
    AuditField("client_manager.invoice_number_pattern", _("Numbers of invoices")),
    AuditField("client_manager.is_default", _("Documents are issued from it")),
    AuditField("client_manager.logo", _("Logo")),
    AuditField("client_manager.stamp", _("Stamp")),
    AuditField("client_manager.signature", _("Signature")),
)
