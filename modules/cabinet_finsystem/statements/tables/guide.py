"""What reading a table needs beyond the file itself: mappings that people confirmed, and whose account a file is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cabinet_finsystem.statements.tables.mapping import ColumnMapping


@dataclass(frozen=True, slots=True)
class TableGuide:
    """``mappings``: by the key of a header. ``accounts``: currency → our account, for a file that names none; under ``""`` the account
    of whatever currency the file is. ``ours``: all our accounts with their currencies."""

    mappings: Mapping[str, ColumnMapping] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, str] = field(default_factory=dict)

    def account(self, currency: str) -> str:
        """The account for operations in ``currency``; empty where nobody said."""
        return self.accounts.get(currency) or self.accounts.get("", "")

    def only_currency(self) -> str:
        """The currency of a file that does not tell it: that of the one account chosen."""
        chosen = [currency for currency in self.accounts if currency]
        return chosen[0] if len(chosen) == 1 else ""

    def currency_of(self, account: str) -> str:
        """The currency that ``account`` was chosen for."""
        return next((currency for currency, chosen in self.accounts.items() if currency and chosen == account), "")


NO_GUIDE = TableGuide()
