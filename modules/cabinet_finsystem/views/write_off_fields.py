"""What acts upon rules of writing off record, in words."""

from __future__ import annotations

from cabinet.plugins.contributions import AuditField
from cabinet.web.changes import money
from cabinet_finsystem.texts import _

FIELDS = (
    AuditField("finsystem.write_off_rule.short_most", _("Write off a rest of at most"), show=money),
    AuditField("finsystem.write_off_rule.short_article", _("Article of the rest")),
    AuditField("finsystem.write_off_rule.short_by_itself", _("By itself, when a payment leaves no more than that")),
    AuditField("finsystem.write_off_rule.short_days", _("Days to wait after the payment")),
    AuditField("finsystem.write_off_rule.over_most", _("Keep an over-payment of at most"), show=money),
    AuditField("finsystem.write_off_rule.over_article", _("Article of the over-payment")),
    AuditField("finsystem.write_off_rule.over_by_itself", _("By itself, when the client owes nothing else")),
    AuditField("finsystem.write_off_rule.month_most", _("Of one client in a month at most"), show=money),
    AuditField("finsystem.payment.by_itself", _("Written off by itself")),
)
