"""An account of ours that the books, a payment or a statement refer to is not removed: its history would lose its name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, or_, select

from cabinet_client_manager.events import BankAccountRemoved
from cabinet_finsystem.errors import AccountInUseError
from cabinet_finsystem.ledger.models import Account
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.statements.models import Statement
from cabinet_finsystem.texts import _


def keep_account_in_use(event: BankAccountRemoved, request: Any) -> None:
    """Veto the removal of an account that something of ours refers to. AccountInUseError."""
    used = or_(
        *(exists().where(model.bank_account_id == event.bank_account_id) for model in (Account, Payment, Statement))
    )
    if request.db.scalar(select(used)):
        raise AccountInUseError(
            "account_in_use",
            _(
                "The account ${number} stays: there are statements or payments of it. Make another one the default account and"
                " documents will print that one.",
                mapping={"number": event.number},
            ),
            {"number": event.number},
        )
