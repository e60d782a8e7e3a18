"""Corrections of invoices: an issued invoice is frozen, what changes afterwards is a document of its own that refers to it.

A **correction** tells line by line what was and what became: quantity, price, discount, rate of VAT; a line may go to nothing, and a
correction may raise or lower. VAT and sums are counted by the rounding of invoices (`invoicing.amounts`); the difference of a line is
became − was, of the correction the sum of those. What the invoice did not sell is no correction of it: that is another invoice, so a
correction adds no lines. Why it is made must be said. Corrections of an invoice stand one upon another: what "was" is what the one
before made of it, and a draft whose "was" is no longer true is not issued.

**What the invoice asks** (`Invoice.asked`) is its total and all live corrections. The invoice's own lines, sums and paper never change:
`Invoice.corrected`, `corrected_vat` and `InvoiceLine.corrected_*` hold the differences beside them, written in the transaction of the
correction; the database refuses them where they are not the sums of issued corrections or fall below what is paid, and `cabinet ledger
verify` adds them up by itself.

**Books.** Where the invoice charges, the difference is posted on the correction's date (client ±, income ∓ by article, VAT ∓). Where
acts charge, it posts nothing: the acts may charge what the invoice asks now, together exactly that. An act stands for what was rendered,
so a line keeps at least the quantity that issued acts took of it, and its price, discount and rate while they have any: whoever must
change these voids the act first, and issues it again. (A correction that went round an act would leave two papers that say
different things of the same work.) A closed period refuses, as for every document.

**Money.** Where more was put onto the invoice than it asks from now on, the surplus goes back to the client's balance, from what was put
last; what had been forgiven goes before what was paid, and as much of it as is still wanted is forgiven again. The cash P&L knows what an
allocation brought by the lines as they were: where the lines' proportions change, the last allocation is taken back and put again
(`payments.settling`), so that what is paid lies on the articles as the corrected lines have them. So it is where a part of the money is
taken off a corrected invoice later: what is left is put as the lines are now. All of it on the correction's date, or on the money's own
where that is later: reports of days before do not change. A person sees all that before he issues.

**Withdrawing.** Only the latest correction of an invoice can be voided; its charge is reversed, and what it changed is as before,
but for money that went to the balance, which stays there. It cannot where acts have since taken what it added. Voiding the
invoice takes its corrections back with it.
"""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the services of this part."""
    from cabinet_finsystem.corrections.letters import CorrectionLetters
    from cabinet_finsystem.corrections.services import correction_book_factory
    from cabinet_finsystem.interfaces import ICorrectionBook, ICorrectionLetters

    config.register_service_factory(correction_book_factory, ICorrectionBook)
    config.register_service_factory(CorrectionLetters.of_request, ICorrectionLetters)
