"""Rights upon money."""

from __future__ import annotations

from cabinet.plugins.contributions import Permission
from cabinet_finsystem.texts import _


def permissions() -> list[Permission]:
    """Managers load statements and decide about their lines; so may the head."""
    return [
        Permission("finsystem:invoice:view", _("See invoices"), ("manager", "head")),
        Permission("finsystem:invoice:edit", _("Write, issue and void invoices"), ("manager", "head")),
        Permission("finsystem:payment:view", _("See payments"), ("manager", "head")),
        Permission("finsystem:payment:edit", _("Enter payments and put them onto invoices"), ("manager", "head")),
        Permission("finsystem:invoice:own", _("See one's own invoices and how to pay them"), ("client",)),
        Permission(
            "finsystem:balance:own",
            _("See one's own payments, balance and movements of the account"),
            ("client:accountant", "client:viewer"),
        ),
        Permission("finsystem:statement:view", _("See bank statements"), ("manager", "head"), whole=True),
        Permission("finsystem:statement:import", _("Load bank statements"), ("manager", "head"), whole=True),
        Permission("finsystem:statement:decide", _("Decide what a bank line is"), ("manager", "head"), whole=True),
        Permission(
            "finsystem:article:edit", _("Arrange articles and the rules that sort bank lines"), ("head",), whole=True
        ),
        Permission("finsystem:report:view", _("See income, costs and the result"), ("head",), whole=True),
        Permission(
            "finsystem:table:import",
            _("Load invoices and opening balances from tables"),
            ("manager", "head"),
            whole=True,
        ),
        Permission("finsystem:debt:view", _("See balances and debts of clients"), ("manager", "head")),
    ]
