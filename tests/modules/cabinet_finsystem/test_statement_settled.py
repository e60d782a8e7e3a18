"""A payment that names an invoice settled long ago waits for a person, who is told so; it is put onto no other invoice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.testing import BIC, a_client, account_of, inn_of
from cabinet_finsystem.interfaces import IInvoiceBook, IStatementDesk
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.matching.decision import Evidence
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import a_payment, an_invoice, open_books

LONG_AGO, DAY = date(2019, 2, 3), date(2026, 2, 11)
OLD, NEW = 500_000, 1_000_000


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def client_id(unit_of_work: Any) -> int:
    """A client whose invoice 15 of 2019 was paid in 2019; he has an open invoice 15 of this year."""
    with unit_of_work() as request:
        open_books(request)
        card = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
        old = an_invoice(request, card.client_id, OLD, date=LONG_AGO, issued_as="15")
        a_payment(request, card.client_id, OLD, (old, OLD), date=LONG_AGO)
        an_invoice(request, card.client_id, NEW, date=date(2026, 2, 3), issued_as="15")
        lone = an_invoice(request, card.client_id, OLD, date=LONG_AGO, issued_as="77")
        a_payment(request, card.client_id, OLD, (lone, OLD), date=LONG_AGO)
        void = an_invoice(request, card.client_id, OLD, date=LONG_AGO, issued_as="88")
        request.find_service(IInvoiceBook).void(void, reason="")
        void.voided_at = void.voided_at.replace(year=2019)
    return int(card.client_id)


@pytest.fixture
def paid(registry: Any, unit_of_work: Any, client_id: int) -> Callable[..., Any]:
    """``paid("По счету 15", 100)``: what became of a payment by the client: (state, codes of all evidence, paid of invoice 15)."""

    def load(purpose: str, minor: int) -> tuple[str, set[str], int]:
        who = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), BIC)
        own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "Банк")
        content = write_onec(
            StatementToWrite(account_of(1), DAY, DAY, 0, [LineToWrite(DAY, minor, who, purpose, "1")], own)
        )
        with unit_of_work() as request:
            file_id = request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt").id
        import_file(partial(open_unit, registry), file_id)
        with unit_of_work() as request:
            [line] = request.db.scalars(select(StatementLine))
            pieces = [*line.evidence, *(piece for one in line.candidates for piece in one["evidence"])]
            codes = {Evidence.from_json(piece).code for piece in pieces}
            [taken] = request.db.scalars(select(Invoice.paid).where(Invoice.number == "15", Invoice.year == 2026))
            return line.state, codes, taken

    return load


@pytest.mark.parametrize("purpose", ["Оплата по счету № 77", "Оплата по сч. 77 от 03.02.2019"])
def test_it_is_told_that_the_invoice_was_paid_however_long_ago(paid: Any, purpose: str) -> None:
    state, codes, taken = paid(purpose, OLD)
    assert (state, taken) == ("proposed", 0)
    assert "invoice-paid" in codes
    assert "invoice-unknown" not in codes


def test_it_is_told_that_the_invoice_was_void_however_long_ago(paid: Any) -> None:
    state, codes, _taken = paid("Оплата по счету № 88", OLD)
    assert (state, "invoice-void" in codes) == ("proposed", True)


def test_the_date_of_the_old_one_points_at_no_other(paid: Any) -> None:
    state, codes, taken = paid("Оплата по счету № 15 от 03.02.2019", OLD)
    assert (state, taken, "invoice-paid" in codes) == ("proposed", 0, True)


def test_a_number_without_a_date_that_two_years_share_needs_the_exact_amount(paid: Any) -> None:
    assert paid("Оплата по счету № 15", OLD)[::2] == ("proposed", 0)


def test_the_exact_amount_of_the_open_one_tells_it(paid: Any) -> None:
    assert paid("Оплата по счету № 15", NEW)[::2] == ("applied", NEW)
