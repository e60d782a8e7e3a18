"""Contracts live from draft to their end; that one ran out is told by its date."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from cabinet.audience.values import Audience, of_client
from cabinet.contracts.clients import IClientBook
from cabinet.db.paging import ListQuery
from cabinet.interfaces import IAudiences, IAuditLog, IClock, ISwitches
from cabinet_client_manager.interfaces import (
    ClientManagerError,
    ContractFacts,
    ContractStatusError,
    IClientCards,
    IContracts,
)
from cabinet_client_manager.testing import a_client, a_contract

DAY = datetime.date(2026, 1, 15)


def test_a_contract_is_kept_as_it_was_written_down(unit_of_work: Any) -> None:
    facts = ContractFacts(" ТО-18/25 ", DAY, DAY.replace(year=2027), "Обслуживание", 8_640_000, "RUB", "act", 10)
    with unit_of_work() as request:
        row = request.find_service(IContracts).add(a_client(request).client_id, facts)
        book_row = request.find_service(IClientBook).contract(row.contract_id)
    assert row.facts == replace(facts, number="ТО-18/25")
    assert (row.status, row.external_id) == ("draft", str(row.contract_id))
    assert (book_row.amount, book_row.charges, book_row.payment_days) == (8_640_000, "act", 10)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"number": " "}, "number"),
        ({"valid_to": DAY - datetime.timedelta(1)}, "valid_to"),
        ({"amount": -1}, "amount"),
        ({"currency": "rub"}, "currency"),
        ({"payment_days": -1}, "payment_days"),
        ({"charges": "both"}, "charges"),
    ],
)
def test_impossible_terms_are_refused(unit_of_work: Any, facts: dict[str, Any], field: str) -> None:
    with unit_of_work() as request:
        client = a_client(request)
        with pytest.raises(ClientManagerError) as refused:
            request.find_service(IContracts).add(
                client.client_id, ContractFacts(**{"number": "1", "date": DAY, **facts})
            )
    assert refused.value.details["field"] == field


def test_a_contract_goes_through_its_life_and_no_other_way(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contracts = request.find_service(IContracts)
        row = a_contract(request, a_client(request), status="draft")
        for status in ("active", "suspended", "active", "terminated"):
            contracts.set_status(row.contract_id, status)
        with pytest.raises(ContractStatusError):
            contracts.set_status(row.contract_id, "suspended")
        request.db.flush()
        history = request.find_service(IAuditLog).of("contract", row.public_id)
    assert [entry.after["status"] for entry in history] == ["terminated", "active", "suspended", "active", "draft"]


def test_an_active_contract_past_its_last_day_is_expired(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        client = a_client(request)
        yesterday = a_contract(request, client, 1, valid_to=today - datetime.timedelta(1), date=DAY.replace(year=2020))
        last_day = a_contract(request, client, 2, valid_to=today, date=DAY.replace(year=2020))
        contracts = request.find_service(IContracts)
        assert (yesterday.status, yesterday.days_left) == ("expired", None)
        assert (last_day.status, last_day.days_left) == ("active", 0)
        assert [r.contract_id for r in contracts.page(ListQuery(filters={"status": "expired"})).rows] == [
            yesterday.contract_id
        ]
        assert [r.contract_id for r in contracts.page(ListQuery(filters={"status": "active"})).rows] == [
            last_day.contract_id
        ]
        by_book = {c.id: c.status for c in request.find_service(IClientBook).contracts([client.client_id])}
        assert by_book == {yesterday.contract_id: "expired", last_day.contract_id: "active"}
        contracts.change(yesterday.contract_id, replace(yesterday.facts, valid_to=today + datetime.timedelta(30)))
        assert contracts.get(yesterday.contract_id).status == "active"


def test_living_contracts_of_a_client_come_first(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        client = a_client(request)
        over = a_contract(request, client, 1, date=DAY.replace(month=5), status="terminated")
        old = a_contract(request, client, 2, date=DAY.replace(month=2))
        new = a_contract(request, client, 3, date=DAY.replace(month=3))
        rows = request.find_service(IContracts).of_client(client.client_id)
    assert [r.contract_id for r in rows] == [new.contract_id, old.contract_id, over.contract_id]


def test_contracts_are_found_by_number_and_subject_in_any_case(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        client = a_client(request)
        row = a_contract(request, client, 1, number="МН-02/24", subject="Монтаж установки")
        a_contract(request, client, 2)
        contracts = request.find_service(IContracts)
        assert [r.contract_id for r in contracts.find("мн-02", 5)] == [row.contract_id]
        assert [r.contract_id for r in contracts.page(ListQuery(search="МОНТАЖ")).rows] == [row.contract_id]


@pytest.mark.parametrize("sort", ["date", "-date", "number", "client", "valid_to", "-valid_to"])
def test_pages_by_key_show_every_contract_once(unit_of_work: Any, sort: str) -> None:
    with unit_of_work() as request:
        client = a_client(request)
        for n in range(1, 8):
            a_contract(request, client, n, valid_to=None if n % 2 else datetime.date(2030, 1, n))
        contracts = request.find_service(IContracts)
        seen: list[str] = []
        after = ""
        while True:
            page = contracts.page(ListQuery(sort=sort, after=after, size=3))
            seen += [row.facts.number for row in page.rows]
            after = page.more
            if not after:
                break
    assert sorted(seen) == sorted({f"Д-{n}/26" for n in range(1, 8)})


def test_news_for_a_kind_of_contract_reach_who_has_one_in_force_today(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        audiences, today = request.find_service(IAudiences), request.find_service(IClock).today()
        kept = {}
        for number, (status, kind, valid_to) in enumerate(
            [
                ("active", " Обслуживание ", None),
                ("active", "Обслуживание", today),
                ("active", "Обслуживание", today - datetime.timedelta(1)),
                ("draft", "Обслуживание", None),
                ("suspended", "Обслуживание", None),
                ("active", "Поставка", None),
            ]
        ):
            client = a_client(request, number + 1)
            facts = ContractFacts(str(number), DAY - datetime.timedelta(900), valid_to, kind=kind)
            request.find_service(IContracts).add(client.client_id, facts, status=status)
            kept[number] = client
        service = Audience("chosen", groups=frozenset({("client_manager.contract_kind", "Обслуживание")}))
        assert audiences.clients(service) == [kept[0].client_id, kept[1].client_id]
        assert [choice.title for choice in audiences.choices() if choice.source == "client_manager.contract_kind"] == [
            "Обслуживание",
            "Поставка",
        ]
        cards = request.find_service(IClientCards)
        cards.change(kept[5].client_id, replace(kept[5].facts, tags=("VIP",)))
        tagged = audiences.keep(Audience("chosen", groups=frozenset({("client_manager.tag", "VIP")})))
        assert [n for n, card in kept.items() if audiences.sees(tagged, of_client(card.client_id))] == [5]
        request.find_service(ISwitches).switch("client_manager", on=False)
    with unit_of_work() as request:
        audiences = request.find_service(IAudiences)
        assert not audiences.sees(tagged, of_client(kept[5].client_id)), (
            "nobody is in the groups of a module that is off"
        )
