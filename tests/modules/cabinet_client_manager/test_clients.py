"""Clients: requisites are checked, doubles stop, branches pass, everything is found again."""

from __future__ import annotations

from typing import Any

import pytest

from cabinet.contracts.clients import IClientBook
from cabinet.db.paging import ListQuery
from cabinet.errors import ConflictError, NotFoundError
from cabinet.events import Moment
from cabinet.interfaces import IAuditLog, IClientDirectory, IPeople
from cabinet_client_manager import events
from cabinet_client_manager.interfaces import (
    AccountFacts,
    ClientFacts,
    ClientManagerError,
    ContactFacts,
    DuplicateClientError,
    IClientCards,
    IContacts,
    WrongRequisiteError,
)
from cabinet_client_manager.testing import BIC, a_client, a_contract, account_of, inn_of


def names(page: Any) -> list[str]:
    return [row.name for row in page.rows]


def test_a_client_is_kept_as_he_was_written_down(unit_of_work: Any) -> None:
    facts = ClientFacts(
        name="  ООО   «Ромашка» ",
        full_name="Общество «Ромашка»",
        inn=f"{inn_of(5)[:4]} {inn_of(5)[4:]}",
        kpp="770101001",
        address="Москва",
        phone="+7 (495) 123-45-67",
        tags=("сеть", "сеть", " обслуживание "),
        accounts=(AccountFacts(account_of(5), BIC, "Банк"),),
    )
    with unit_of_work() as request:
        card = request.find_service(IClientCards).add(facts, external_id="R-1")
    assert (card.name, card.external_id, card.facts.inn) == ("ООО «Ромашка»", "R-1", inn_of(5))
    assert card.facts.tags == ("обслуживание", "сеть")
    assert card.facts.accounts == (AccountFacts(account_of(5), BIC, "Банк"),)


def test_a_client_without_an_external_id_gets_a_number(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        card = request.find_service(IClientCards).add(ClientFacts("ИП Иванов"))
    assert card.external_id == str(card.client_id)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"inn": "7707083894"}, "inn"),
        ({"inn": "770708389"}, "inn"),
        ({"kpp": "7701"}, "kpp"),
        ({"ogrn": "1"}, "ogrn"),
        ({"email": "a@b"}, "email"),
        ({"accounts": (AccountFacts("123"),)}, "accounts-0-number"),
        ({"accounts": (AccountFacts(account_of(1), "12"),)}, "accounts-0-bic"),
    ],
)
def test_a_wrong_number_is_refused_and_names_its_field(unit_of_work: Any, facts: dict[str, Any], field: str) -> None:
    with unit_of_work() as request, pytest.raises(WrongRequisiteError) as refused:
        request.find_service(IClientCards).add(ClientFacts("X", **facts))
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("inn", ["", "12345", "9909390009"[:9] + "0"])
def test_foreigners_and_people_without_an_inn_are_clients_too(unit_of_work: Any, inn: str) -> None:
    from cabinet.requisites import check_inn

    if len(inn) == 10:
        inn = next(inn[:9] + str(d) for d in range(10) if check_inn(inn[:9] + str(d)) is None)
    with unit_of_work() as request:
        assert request.find_service(IClientCards).add(ClientFacts("Foreign Ltd", inn=inn)).facts.inn == inn


def test_a_client_needs_a_name(unit_of_work: Any) -> None:
    with unit_of_work() as request, pytest.raises(ClientManagerError):
        request.find_service(IClientCards).add(ClientFacts("  "))


def test_a_double_stops_and_names_the_client_who_is_there(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        first = a_client(request, 2)
        with pytest.raises(DuplicateClientError) as stopped:
            a_client(request, 3, inn=inn_of(2))
    assert stopped.value.details["client"] == first.public_id.hex


def test_a_branch_with_another_kpp_is_allowed(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        head = a_client(request, 2)
        branch = a_client(request, 3, inn=inn_of(2), kpp="500143001")
        namesakes = request.find_service(IClientCards).namesakes(head)
    assert namesakes == [(branch.public_id, branch.name, "500143001")]


def test_changing_an_inn_to_another_clients_stops(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        a_client(request, 2)
        second = a_client(request, 3)
        with pytest.raises(DuplicateClientError):
            request.find_service(IClientCards).change(
                second.client_id, a_client(request, 4, inn="").facts.__class__("X", inn=inn_of(2), kpp="770101001")
            )


def test_a_taken_external_id_is_refused(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        a_client(request, 2, external_id="A")
        with pytest.raises(ConflictError):
            a_client(request, 3, external_id="A")


def test_a_changed_inn_is_audited_before_and_after(unit_of_work: Any) -> None:
    from dataclasses import replace

    with unit_of_work() as request:
        card = a_client(request, 2)
        changed = request.find_service(IClientCards).change(
            card.client_id, replace(card.facts, inn=inn_of(9), kpp="770201001")
        )
        request.db.flush()
        latest = request.find_service(IAuditLog).of_client(card.client_id)[0]
    assert changed == {"inn", "kpp"}
    assert latest.before == {"inn": inn_of(2), "kpp": "770101001"}
    assert latest.after == {"inn": inn_of(9), "kpp": "770201001"}


def test_saving_what_is_there_changes_and_audits_nothing(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        card = a_client(request, 2)
        assert request.find_service(IClientCards).change(card.client_id, card.facts) == frozenset()
        request.db.flush()
        assert len(request.find_service(IAuditLog).of_client(card.client_id)) == 1


def test_others_are_told_of_a_new_client(registry: Any, unit_of_work: Any) -> None:
    told: list[Any] = []
    registry.cabinet_events.add(events.ClientAdded, lambda event, _request: told.append(event), Moment.IN_TRANSACTION)
    try:
        with unit_of_work() as request:
            card = a_client(request, 2)
    finally:
        registry.cabinet_events._handlers.clear()
    assert told == [events.ClientAdded(card.client_id)]


def test_an_archived_client_leaves_the_list_and_comes_back(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        cards = request.find_service(IClientCards)
        card = a_client(request, 2)
        cards.archive(card.client_id)
        assert names(cards.page(ListQuery())) == []
        assert names(cards.page(ListQuery(filters={"state": "archived"}))) == [card.name]
        cards.restore(card.client_id)
        assert names(cards.page(ListQuery())) == [card.name]


@pytest.mark.parametrize(
    "text",
    [
        "РОМАШКА",
        "ромашка",
        "«Берёзка и Ромашка»",
        "березка",
        "ромашка берёзка",
        "R-77",
        inn_of(40),
        "8 495 123-45-67",
        "495 1234567",
        "sveta",
        "Светлана",
        "+7 900 000-11-27",
    ],
)
def test_a_client_is_found_however_people_write_him(unit_of_work: Any, text: str) -> None:
    with unit_of_work() as request:
        card = a_client(request, 40, name="ООО «Берёзка и Ромашка»", phone="+7 (495) 123-45-67", external_id="R-77")
        a_client(request, 41)
        request.find_service(IContacts).add(
            card.client_id, ContactFacts("Светлана", phone="8 900 000 11 27", email="sveta@romashka.ru")
        )
        assert names(request.find_service(IClientCards).page(ListQuery(search=text))) == [card.name]


def test_wildcards_of_the_database_find_nothing_by_themselves(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        a_client(request, 2)
        assert names(request.find_service(IClientCards).page(ListQuery(search="%"))) == []


def test_the_list_is_filtered_by_manager_and_tag(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        manager = request.find_service(IPeople).add(email="m@x.ru", name="Марина", roles=("manager",))
        cards = request.find_service(IClientCards)
        mine = a_client(request, 2, manager_id=manager.id, tags=("сеть",))
        other = a_client(request, 3)
        assert names(cards.page(ListQuery(filters={"manager": manager.public_id.hex}))) == [mine.name]
        assert names(cards.page(ListQuery(filters={"manager": "none"}))) == [other.name]
        assert names(cards.page(ListQuery(filters={"tag": "сеть"}))) == [mine.name]
        assert names(cards.page(ListQuery(filters={"manager": "nonsense"}))) == []
        row = cards.page(ListQuery(filters={"tag": "сеть"})).rows[0]
    assert (row.manager_name, row.tags, row.contracts) == ("Марина", ("сеть",), 0)


@pytest.mark.parametrize("sort", ["name", "-name", "added", "-added", "manager", "inn"])
def test_pages_by_key_show_everybody_once(unit_of_work: Any, sort: str) -> None:
    with unit_of_work() as request:
        for n in range(2, 9):
            a_client(request, n)
        cards = request.find_service(IClientCards)
        seen: list[str] = []
        after = ""
        while True:
            page = cards.page(ListQuery(sort=sort, after=after, size=3))
            seen += names(page)
            after = page.more
            if not after:
                break
    assert len(seen) == 7
    assert set(seen) == {f"ООО «Клиент {n}»" for n in range(2, 9)}


def test_the_book_reads_any_number_of_parties_with_the_same_queries(unit_of_work: Any, count_queries: Any) -> None:
    with unit_of_work() as request:
        ids = [a_client(request, n).client_id for n in range(2, 12)]
        book = request.find_service(IClientBook)
        with count_queries() as one:
            book.parties(ids[:1])
        with count_queries() as many:
            book.parties(ids)
        with count_queries() as everybody:
            found = book.parties()
    assert (one.count, many.count, everybody.count) == (2, 2, 2)
    assert found[ids[0]].accounts == (account_of(2),)


def test_the_list_costs_the_same_for_one_row_and_for_many(unit_of_work: Any, count_queries: Any) -> None:
    with unit_of_work() as request:
        cards = request.find_service(IClientCards)
        a_contract(request, a_client(request, 2))
        with count_queries() as one:
            cards.page(ListQuery())
        for n in range(3, 12):
            a_contract(request, a_client(request, n, tags=(f"t{n}",)), n)
        with count_queries() as many:
            cards.page(ListQuery())
    assert many.count == one.count <= 4


def test_the_book_keeps_within_the_scope(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        mine, other = a_client(request, 2), a_client(request, 3)
        a_contract(request, mine, 1, external_id="K1")
        a_contract(request, other, 2, external_id="K2")
    with unit_of_work(scope={mine.client_id}) as request:
        book = request.find_service(IClientBook)
        assert set(book.parties()) == {mine.client_id}
        assert book.parties([other.client_id]) == {}
        assert book.by_external_ids(["C-2", "C-3"]) == {"C-2": mine.client_id}
        assert set(book.contracts_by_external_ids(["K1", "K2"])) == {"K1"}
        assert [c.client_id for c in book.contracts()] == [mine.client_id]
        with pytest.raises(NotFoundError):
            book.party(other.client_id)


def test_a_client_made_by_the_core_alone_is_a_party_too(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).create(name="Bare")
        party = request.find_service(IClientBook).party(client.id)
    assert (party.name, party.full_name, party.inn, party.language) == ("Bare", "Bare", "", "ru")
