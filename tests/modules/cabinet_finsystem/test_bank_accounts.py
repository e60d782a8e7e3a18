"""An account of ours that is in the books cannot be taken out of our requisites."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cabinet_client_manager.interfaces import BankAccountFacts, ILegalEntityBook
from cabinet_client_manager.testing import BIC, a_client, account_of
from cabinet_finsystem.errors import AccountInUseError
from cabinet_finsystem.interfaces import IPayments
from cabinet_finsystem.testing import open_books


@pytest.fixture
def accounts(unit_of_work: Any) -> Any:
    """A firm with two accounts; ids by number."""
    with unit_of_work() as request:
        open_books(request)
        book = request.find_service(ILegalEntityBook)
        entity = book.set_accounts(
            book.default().id, [BankAccountFacts(account_of(1), bic=BIC), BankAccountFacts(account_of(2), bic=BIC)]
        )
        return {account.number: account.id for account in entity.accounts}


def keep_only(request: Any, *numbers: str) -> Any:
    book = request.find_service(ILegalEntityBook)
    return book.set_accounts(book.default().id, [BankAccountFacts(number, bic=BIC) for number in numbers])


def test_an_account_that_payments_came_to_is_not_removed(unit_of_work: Any, accounts: Any) -> None:
    used = accounts[account_of(2)]
    with unit_of_work() as request:
        client = a_client(request, 2)
        request.find_service(IPayments).by_hand(
            client_id=client.client_id,
            date=date(2026, 2, 3),
            minor=100,
            currency="RUB",
            text="x",
            bank_account_id=used,
        )
    with pytest.raises(AccountInUseError) as refused, unit_of_work() as request:
        keep_only(request, account_of(1))
    assert account_of(2) in str(refused.value)
    with unit_of_work() as request:
        assert [a.id for a in request.find_service(ILegalEntityBook).default().accounts] == list(accounts.values())


def test_an_account_that_nothing_refers_to_may_go(unit_of_work: Any, accounts: Any) -> None:
    with unit_of_work() as request:
        assert [a.number for a in keep_only(request, account_of(1)).accounts] == [account_of(1)]
