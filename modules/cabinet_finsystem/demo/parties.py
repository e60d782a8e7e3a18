"""The other side of what is no client's money: suppliers, banks, the treasury. All made up but the treasury's own numbers."""

from __future__ import annotations

from cabinet.requisites import check_account, check_inn
from cabinet_finsystem.statements.parsed import Counterparty

_BIC, _BANK = "044030981", "ПАО «Невский причал»"
_OURS = ("АО «Заречный банк»", "7800999000", "780101001")


def firm(name: str, n: int) -> Counterparty:
    """The ``n``-th supplier, with an INN and an account that pass their checks."""
    return Counterparty(name, inn(50 + n, person=name.startswith("ИП")), "", account(n, name), _BIC, _BANK)


def inn(n: int, *, person: bool = False) -> str:
    """A number of nobody's in the tax office's numbering."""
    head, width = (f"78100000{n:02}", 2) if person else (f"7810000{n:02}", 1)
    return next(f"{head}{d:0{width}}" for d in range(10**width) if check_inn(f"{head}{d:0{width}}") is None)


def account(n: int, name: str = "") -> str:
    """An account in the bank of our suppliers."""
    head = "40802810" if name.startswith("ИП") else "40702810"
    found = (f"{head}{key}0000{700 + n:07}" for key in range(10))
    return next(number for number in found if check_account(number, _BIC) is None)


BANK = Counterparty(*_OURS, "70601810000000001402", "044030999", _OURS[0])
PAYROLL = Counterparty(*_OURS, "47422810700000000051", "044030999", _OURS[0])
QR_CODES = Counterparty(*_OURS, "30232810400000000014", "044030999", _OURS[0])
TREASURY = Counterparty(
    "Казначейство России (ФНС России)",
    "7727406020",
    "770801001",
    "03100643000000018500",
    "017003983",
    "ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ//УФК по Тульской области, г Тула",
)
