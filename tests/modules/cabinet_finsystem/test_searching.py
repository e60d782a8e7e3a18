"""A client who was renamed: his documents are found by the name he has now, and by the one that they keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from cabinet.db.paging import ListQuery
from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import BIC, a_client, account_of, inn_of
from cabinet_finsystem.interfaces import IInvoiceBook, IPayments, IStatementDesk, IStatementQueue
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import DAY, an_invoice, open_books

OLD, NEW = "ООО «Берёзка»", "АО «Дубрава»"


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def renamed(registry: Any, unit_of_work: Any) -> dict[str, int]:
    """A client with an invoice and a payment by bank for it, who was renamed afterwards, and another with the same."""
    who = {}
    with unit_of_work() as request:
        open_books(request)
        for n, name in ((77, OLD), (78, "ИП Сосна")):
            who[n] = card = a_client(request, n, name=name, full_name="", inn=inn_of(n), kpp="770101001")
            an_invoice(request, card.client_id, 1_000_000, issued_as=f"15-{n}")
        lines = [
            LineToWrite(
                DAY, 1_000_000, Counterparty(name, inn_of(n), "770101001", account_of(n), BIC), f"Счёт 15-{n}", str(n)
            )
            for n, name in ((77, OLD), (78, "ИП Сосна"))
        ]
        own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "Банк")
        content = write_onec(StatementToWrite(account_of(1), DAY, DAY, 0, lines, own))
        file_id = request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt").id
    import_file(partial(open_unit, registry), file_id)
    with unit_of_work() as request:
        assert len(list(request.db.scalars(select(Payment)))) == 2, "both were put onto their invoices"
        request.find_service(IClientCards).change(who[77].client_id, replace(who[77].facts, name=NEW))
    return {"client": who[77].client_id, "other": who[78].client_id}


@pytest.fixture
def shown(unit_of_work: Any) -> Any:
    """``shown("дуб")``: whose invoices, payments and bank lines a search finds."""

    def search(text: str) -> tuple[list[int], ...]:
        query = ListQuery(search=text)
        with unit_of_work() as request:
            pages = (
                request.find_service(IInvoiceBook).listing(query),
                request.find_service(IPayments).listing(query),
                request.find_service(IStatementQueue).lines(query),
            )
            return tuple([row.client_id for row in page.rows] for page in pages)

    return search


def test_documents_of_a_renamed_client_are_found_by_his_present_name(renamed: Any, shown: Any) -> None:
    for text in (NEW, "дубрава", "ДУБРАВА", "«Дубрава»", "дубрава 15-77"):
        assert shown(text) == ([renamed["client"]],) * 3, text


def test_what_keeps_the_old_name_is_found_by_it(renamed: Any, shown: Any) -> None:
    for text in (OLD, "березка", "БЕРЁЗКА 15-77"):
        invoices, _payments, lines = shown(text)
        assert (invoices, lines) == ([renamed["client"]],) * 2, text


def test_every_word_has_to_be_found(renamed: Any, shown: Any) -> None:
    assert shown("дубрава 15-78") == ([], [], [])
    assert shown("дубрава сосна") == ([], [], [])
    assert shown("15-78") == ([renamed["other"]],) * 3
