"""A bank line split between clients: a part each, an amount beside each open invoice. Nothing is written while it is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cabinet.contracts.clients import ClientParty
from cabinet.contracts.money import Money
from cabinet.tables import parse_decimal
from cabinet_finsystem.forms.payment import spread_over
from cabinet_finsystem.invoicing.values import Debt
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.splitting import NewPart
from cabinet_finsystem.texts import _

SUM, ONTO = "sum-", "onto-"
MOST = 100
"""Clients of one payment; a form of more is nobody's work."""


@dataclass(slots=True)
class PartRow:
    """A client's part as it is typed. ``onto``: (debt, name of the field, text) of each of his open invoices."""

    party: ClientParty
    typed: str
    onto: list[tuple[Debt, str, str]]
    minor: int | None = None
    allocations: list[NewAllocation] = field(default_factory=list)
    wrong: str = ""

    @property
    def name(self) -> str:
        """Of the field that holds its sum."""
        return SUM + self.party.public_id.hex

    @property
    def rest(self) -> int:
        """What of the part pays no invoice."""
        return (self.minor or 0) - sum(a.minor for a in self.allocations)


class SplitForm:
    """Parts of ``total`` minor units. ``post``: what was sent; names of sums name the clients, in their order."""

    def __init__(self, request: Any, total: int, currency: str) -> None:
        self.request = request
        self.total = total
        self.currency = currency
        self.parts: list[PartRow] = []
        self.errors: list[str] = []

    def typed(self, post: Mapping[str, str], parties: Sequence[ClientParty], debts: Mapping[int, list[Debt]]) -> None:
        """The parts as they were sent."""
        for party in parties:
            own = ONTO + party.public_id.hex + "-"
            onto = [
                (d, own + d.public_id.hex, post.get(own + d.public_id.hex, "").strip()) for d in debts[party.client_id]
            ]
            self.parts.append(self._read(PartRow(party, post.get(SUM + party.public_id.hex, "").strip(), onto)))

    def propose(self, party: ClientParty, debts: Sequence[Debt], onto: Mapping[int, int] | None = None) -> None:
        """One more part, filled with what is left: onto the invoices ``onto`` names, or those due first."""
        left = max(self.left, 0)
        if onto is None or sum(onto.values()) > left:
            onto = {a.invoice_id: a.minor for a in spread_over(left, debts)}
        rows = []
        for debt in debts:
            put = onto.get(debt.invoice_id, 0)
            name = f"{ONTO}{party.public_id.hex}-{debt.public_id.hex}"
            rows.append((debt, name, self._text(put) if put else ""))
        total = sum(onto.values()) or left
        self.parts.append(self._read(PartRow(party, self._text(total) if total else "", rows)))

    @property
    def left(self) -> int:
        """What no part has taken yet; negative: they take more than there is."""
        return self.total - sum(part.minor or 0 for part in self.parts)

    @property
    def complete(self) -> bool:
        """Whether it can be written: nothing is left, and there are two to part it between."""
        return not self.left and len(self.parts) > 1

    @property
    def wrong(self) -> bool:
        """Whether something that was typed cannot be read."""
        return any(part.wrong for part in self.parts)

    def asked(self) -> list[NewPart]:
        """The parts for `IStatementQueue.split`."""
        return [NewPart(part.party.client_id, part.minor or 0, tuple(part.allocations)) for part in self.parts]

    def _read(self, part: PartRow) -> PartRow:
        """Amounts of a part; a sum that is not written is that of its invoices."""
        for debt, _name, text in part.onto:
            minor = self._minor(text)
            if minor is None:
                part.wrong = self._not_an_amount(text)
            elif minor:
                part.allocations.append(NewAllocation(debt.invoice_id, minor))
        part.minor = self._minor(part.typed) if part.typed else sum(a.minor for a in part.allocations)
        if part.minor is None:
            part.wrong = self._not_an_amount(part.typed)
        elif not part.typed and part.minor:
            part.typed = self._text(part.minor)
        if not part.wrong and part.rest < 0:
            part.wrong = self.request.localizer.translate(_("More is put onto invoices than the part has."))
        return part

    def _minor(self, text: str) -> int | None:
        if not text:
            return 0
        try:
            minor = Money.of(parse_decimal(text), self.currency).minor
        except ValueError:
            return None
        return minor if minor >= 0 else None

    def _text(self, minor: int) -> str:
        return str(self.request.fmt.typed(Money(minor, self.currency)))

    def _not_an_amount(self, text: str) -> str:
        return str(self.request.localizer.translate(_("«${text}» is not an amount.", mapping={"text": text})))
