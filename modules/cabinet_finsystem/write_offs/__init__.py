"""Write-offs of small differences: a few kopecks that a payer's bank kept, or that nobody will ever send back.

What was decided, and why:

- **A write-off is a payment without money.** It is a row of `payments.models.Payment` of the kind ``write_off`` with one entry (client −,
  cost + in the article of the rule) and one allocation, which closes the invoice: so states, debts, reminders, reconciliation, the month
  tables and verification know of it through what they know already. VAT is not touched: what was sold was sold, and the tax of it is owed
  whole; the cost is the rest with its VAT. `WriteOff` beside it says by which rule, after which payment, and whether by itself.
- **Cash basis.** Nothing came, so nothing is counted: neither the cost nor the part of the lines that was forgiven. The accrual report has
  the cost.
- **What was paid too much** is the other side: a negative write-off of a payment's own rest. It takes the rest from the payment (``kept``
  of both, so that it cannot pay an invoice any more) and gives it to the article. That money did come: by payment it moves from the
  advances to the article, through an account that it enters and leaves at once.
- **By itself** only after money: a payment that this cabinet booked while the rule was on left the invoice short by no more than the rule's
  sum. Never beyond it, once an invoice (``slot`` is unique; a write-off that a person took back keeps it, so that it does not come
  again), never for a client who is left out or who disputes an act of reconciliation, never while a bank line waits that may be the rest,
  never beyond what the rule allows a client a month. What must wait some days, or waited for a line, is looked at by the daily job.
- **By hand** up to the sum of the rule, by whoever has the right, whether it goes by itself or not; a person decides for himself about
  disputes and months.
- **The day** is that of the payment (today where that is closed); of what waited, or is written off by hand, today.
- **Taken back** by one reversal, on the page of the invoice. Whatever takes money off the invoice (its payment or allocation taken back, a
  statement taken back, the invoice voided) takes along what was written off by itself.
"""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.interfaces import IWriteOffs
    from cabinet_finsystem.write_offs.services import write_offs_factory

    config.register_service_factory(write_offs_factory, IWriteOffs)
