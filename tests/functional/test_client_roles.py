"""Who of a client's people sees what: by the role of the membership, from the next request on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from cabinet.identity.models import Client, Membership
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.testing import a_payment, an_invoice, open_books

ACCOUNT = "/invoices/account"


@pytest.fixture
def client(unit_of_work: Any) -> Any:
    """A client with an invoice, a part of it paid, and money that pays nothing yet."""
    with unit_of_work() as request:
        open_books(request)
        card = a_client(request)
        invoice = an_invoice(request, card.client_id, 100_000)
        a_payment(request, card.client_id, 60_000, (invoice, 50_000))
        client = request.db.get_one(Client, card.client_id)
        client.invoice = invoice.public_id.hex
    return client


@pytest.fixture
def colleague(client: Any, person: Any, signed_in: Any) -> Any:
    """``colleague("buyer")``: the browser of one of the client's people, and the beginning of his addresses."""

    def come_in(role: str) -> tuple[Any, str]:
        person(f"{role}@x.ru", client=client, role=role)
        return signed_in(f"{role}@x.ru"), f"/my/{client.public_id.hex}"

    return come_in


@pytest.mark.parametrize("role", ["admin", "accountant", "viewer"])
def test_who_may_see_money_sees_the_account(colleague: Any, role: str) -> None:
    app, my = colleague(role)
    assert app.get(my + ACCOUNT).status_int == 200
    home = app.get(my + "/")
    assert "Personal account" in home.text
    assert "Invoices and payments" in home.text


def test_a_buyer_has_invoices_as_papers_and_nothing_tells_him_of_the_balance(colleague: Any, client: Any) -> None:
    app, my = colleague("buyer")
    home, listed = app.get(my + "/"), app.get(my + "/invoices")
    paper = app.get(f"{my}/invoices/{client.invoice}")
    for page in (home, listed, paper):
        assert "Invoices and payments" not in page.text
        assert ACCOUNT not in page.text
        assert "/invoices/payments" not in page.text
        assert "lie on your account" not in page.text
    assert "Personal account" not in home.text
    assert "Latest invoices" in home.text
    assert app.get(f"{my}/invoices/{client.invoice}/pdf").content_type == "application/pdf"
    assert app.get(f"{my}/invoices/pay").status_int == 200


def test_a_page_that_a_role_does_not_open_is_one_that_is_not_there(colleague: Any) -> None:
    app, my = colleague("buyer")
    refused, missing = app.get(my + ACCOUNT, expect_errors=True), app.get(my + "/nowhere", expect_errors=True)
    assert refused.status_int == missing.status_int == 404
    assert refused.html.h1 == missing.html.h1


def test_another_role_counts_from_the_next_request_on(colleague: Any, client: Any, unit_of_work: Any) -> None:
    app, my = colleague("accountant")
    assert app.get(my + ACCOUNT).status_int == 200
    with unit_of_work() as request:
        request.db.scalars(select(Membership).where(Membership.client_id == client.id)).one().role = "buyer"
    assert app.get(my + ACCOUNT, expect_errors=True).status_int == 404
    assert app.get(my + "/invoices").status_int == 200
