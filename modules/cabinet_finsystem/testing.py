"""Factories for tests of this module and of those that stand on it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from cabinet_client_manager.testing import our_company
from cabinet_finsystem.interfaces import IArticles, IInvoiceBook, IPayments
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import NewAllocation

DAY = datetime.date(2026, 2, 3)


def open_books(request: Any) -> None:
    """The tree of articles, and our company with all that an invoice needs."""
    request.find_service(IArticles).seed("ru")
    our_company(request)


def a_draft(request: Any, client_id: int, *prices: int, **facts: Any) -> Invoice:
    """A draft with a line of 22 % VAT a price (minor units, VAT inside); any of InvoiceData may be given."""
    lines = tuple(LineData(f"Работы {n}", price, vat_rate=Decimal(22)) for n, price in enumerate(prices, 1))
    data = InvoiceData(**{"client_id": client_id, "date": DAY, "lines": lines, **facts})
    return request.find_service(IInvoiceBook).draft(data)  # type: ignore[no-any-return]


def an_invoice(request: Any, client_id: int, *prices: int, issued_as: str | None = None, **facts: Any) -> Invoice:
    """The same, issued."""
    invoice = a_draft(request, client_id, *prices, **facts)
    request.find_service(IInvoiceBook).issue(invoice, number=issued_as)
    return invoice


def a_payment(request: Any, client_id: int, minor: int, *onto: tuple[Invoice, int], **facts: Any) -> Payment:
    """Cash of a client, put ``onto`` invoices."""
    allocations = tuple(NewAllocation(invoice.id, part) for invoice, part in onto)
    about = {"date": DAY, "currency": "RUB", "text": "Оплата", **facts}
    return request.find_service(IPayments).by_hand(  # type: ignore[no-any-return]
        client_id=client_id, minor=minor, allocations=allocations, **about
    )


def client_examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """One of every kind for ``client``, every text of it carrying his name: route → parts of its path."""
    open_books(request)
    name = client.name
    a_draft(request, client.id, 5_000, text=f"Draft of {name}")
    work = LineData(f"Work for {name}", 100_000, vat_rate=Decimal(22))
    invoice = an_invoice(request, client.id, lines=(work,), text=f"Invoice of {name}", terms=f"Terms of {name}")
    a_payment(request, client.id, 50_000, (invoice, 50_000), text=f"Payment of {name}")
    a_payment(request, client.id, 7_000, text=f"Free money of {name}")
    one = {"invoice": invoice.public_id.hex}
    return {
        "finsystem.my.invoices": {},
        "finsystem.my.payments": {},
        "finsystem.my.account": {},
        "finsystem.my.pay": {},
        "finsystem.my.invoice": one,
        "finsystem.my.invoice.pdf": one,
    }
