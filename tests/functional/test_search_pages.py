"""The search of each area: what its reader may see, and nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from cabinet.interfaces import IClientDirectory
from cabinet_client_manager.interfaces import ContactFacts, IContacts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.testing import a_draft, a_payment, an_invoice, open_books


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def firm(unit_of_work: Any) -> dict[str, Any]:
    """Two clients with the same things: «канарейка» stands in all texts of the second."""
    with unit_of_work() as request:
        open_books(request)
        made = {}
        for n, (key, word) in enumerate((("own", "Фильтр"), ("other", "канарейка")), start=2):
            card = a_client(request, n, name=f"ООО «{word} {n}»")
            a_contract(request, card, n, number=f"Д-{n}", subject=f"{word} обслуживание")
            request.find_service(IContacts).add(
                card.client_id, ContactFacts(f"Ольга {word}", phone="+7 912 000-00-0" + str(n))
            )
            made[f"{key}_invoice"] = an_invoice(request, card.client_id, 100_000, text=f"{word} и монтаж")
            a_draft(request, card.client_id, 70_000, text=f"{word} черновик")
            a_payment(request, card.client_id, 40_000, text=f"{word} оплата")
            made[key] = card
    return made


def hits(page: Any) -> list[str]:
    """Titles of what was found, in their order."""
    return [
        line.find(class_="c-b").get_text().strip()
        for line in page.html.find(id="content").find_all("a", class_="c-line")
    ]


def groups(page: Any) -> list[str]:
    return [head.get_text().strip() for head in page.html.find(id="content").find_all("h2")]


@pytest.fixture
def client(firm: Any, person: Any, signed_in: Any, unit_of_work: Any) -> Any:
    """``client(text)``: the page that the first client's contact gets for it."""
    with unit_of_work() as request:
        row = request.find_service(IClientDirectory).by_public_id(firm["own"].public_id)
    person("client@example.org", client=row)
    app = signed_in("client@example.org")
    return lambda text: app.get(f"/my/{row.public_id.hex}/search", {"q": text})


def test_a_client_finds_his_invoices_payments_and_contracts(client: Any, firm: Any) -> None:
    page = client("ФИЛЬТР")
    assert groups(page) == ["Contracts", "Invoices", "Payments"]
    assert hits(page) == ["Д-2", firm["own_invoice"].number, "₽400.00"]
    assert "черновик" not in page, "a draft is not his to see"


@pytest.mark.parametrize("text", ["канарейка", "Д-3", "Ольга"])
def test_a_client_finds_nothing_of_another_client(client: Any, text: str) -> None:
    assert hits(client(text)) == []


def test_pages_of_the_menu_are_found_by_their_titles(client: Any) -> None:
    page = client("compa")
    assert groups(page) == ["Pages"]
    assert hits(page) == ["Company"]


def test_one_letter_finds_nothing_and_says_so(client: Any) -> None:
    assert "Type at least two characters." in client("ф")
    assert "Nothing was found" in client("nowhere")


def test_the_office_finds_people_and_money_of_all_clients(firm: Any, person: Any, signed_in: Any) -> None:
    person("m@example.org", "manager")
    app = signed_in("m@example.org")
    page = app.get("/office/search", {"q": "канарейка"})
    assert groups(page) == ["Clients", "People", "Contracts", "Invoices", "Payments"]
    assert hits(app.get("/office/search", {"q": "8 912 000 00 03"})) == ["ООО «канарейка 3»", "Ольга канарейка"]
    for link in page.html.find(id="content").find_all("a", class_="c-line"):
        assert app.get(link["href"]).status_int == 200


def test_the_owner_finds_people_modules_and_settings_and_no_client(firm: Any, person: Any, signed_in: Any) -> None:
    person("owner@example.org", "owner")
    app = signed_in("owner@example.org")
    assert hits(app.get("/site/search", {"q": "OWNER@"})) == ["Owner"]
    found = app.get("/site/search", {"q": "finance"})
    assert hits(found) == ["Finance"]
    assert app.get(found.html.find(id="content").find("a", class_="c-line")["href"]).status_int == 200
    assert groups(app.get("/site/search", {"q": "logo"})) == ["Settings"]
    assert hits(app.get("/site/search", {"q": "канарейка"})) == []


def test_a_search_costs_the_same_whatever_it_finds(
    firm: Any, person: Any, signed_in: Any, count_queries: Any, unit_of_work: Any
) -> None:
    person("m@example.org", "manager")
    app = signed_in("m@example.org")
    app.get("/office/search", {"q": "канарейка"})
    with count_queries() as few:
        app.get("/office/search", {"q": "канарейка"})
    with unit_of_work() as request:
        for n in range(3):
            an_invoice(request, firm["other"].client_id, 10_000, text=f"канарейка {n}")
            a_payment(request, firm["other"].client_id, 10_000, text=f"канарейка {n}")
    with count_queries() as many:
        app.get("/office/search", {"q": "канарейка"})
    assert len(many.statements) == len(few.statements)
