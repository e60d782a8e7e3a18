"""Whose operations a table holds: by its rows, by what stands around it, by what a person said."""

from __future__ import annotations

from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.rows import Key
from cabinet_finsystem.statements.tables.surroundings import Surroundings
from cabinet_finsystem.statements.tables.survey import Survey
from cabinet_finsystem.statements.values import currency_of_account


class Owners:
    """Completes what the rows of one table tell of their account and currency."""

    def __init__(self, found: Survey, above: Surroundings, guide: TableGuide) -> None:
        self._account = above.account or found.around.account
        self._currency = above.currency or found.around.currency
        self._named = found.currency
        self._guide = guide

    def complete(self, key: Key) -> Key:
        """``key`` with what is known besides; still empty where nobody said."""
        account = key.account or self._account
        currency = key.currency or self._currency or self._currency_of(account) or self._named
        if account:  # the file's own, in the currency of the account that was chosen for it where nothing else tells
            return Key(account, currency or self._guide.only_currency() or self._currency_of(self._guide.account("")))
        account = self._guide.account(currency or self._guide.only_currency())
        return Key(account, currency or self._currency_of(account))

    def _currency_of(self, account: str) -> str:
        guide = self._guide
        return currency_of_account(account) or guide.ours.get(account, "") or guide.currency_of(account)


def accountless(found: Survey, above: Surroundings, guide: TableGuide) -> list[str]:
    """Currencies of rows that no account is known for; an empty one where the currency is not told either, and no row tells more."""
    owners = Owners(found, above, guide)
    whole = [owners.complete(key) for key in found.keys]
    missing = sorted({key.currency for key in whole if key.currency and not key.account})
    if missing or any(key.account and key.currency for key in whole):
        return missing
    return [""]
