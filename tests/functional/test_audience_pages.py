"""Choosing an audience on screen: who is found, who is counted, and what stays of what a person does not see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from webob.multidict import MultiDict

from cabinet.audience.values import Audience
from cabinet.identity.access import MANAGERS_SEE, OWN
from cabinet.interfaces import IClientDirectory, ISettings
from cabinet.web.audience import asked
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import a_client

pytestmark = pytest.mark.any_engine


@pytest.fixture
def firm(person: Any, unit_of_work: Any) -> dict[str, Any]:
    """Anna and Boris have a client each; managers see their own."""
    users = {name: person(f"{name}@x.ru", "manager") for name in ("anna", "boris")}
    head = person("head@x.ru", "head")
    with unit_of_work() as request:
        service, found = request.find_service(IClientCards), {"head": head}
        for number, name in enumerate(users, 1):
            card = a_client(request, number)
            service.change(card.client_id, replace(card.facts, name=f"Клиент {name}", manager_id=users[name].id))
            found[name] = service.card(card.client_id)
        request.find_service(ISettings).change({MANAGERS_SEE: OWN})
    return found


def test_clients_are_found_and_counted_as_far_as_the_person_sees_them(firm, signed_in, person, unit_of_work) -> None:
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(firm["anna"].client_id)
    person("ivan@client.ru", client=client)
    asked_for = {"audience-reach": "chosen", "audience-find": "КЛИЕНТ", "reaches": "chosen"}
    seen_by_head = signed_in("head@x.ru").get("/office/audience", asked_for)
    anna = signed_in("anna@x.ru")
    seen_by_anna = anna.get("/office/audience", asked_for)
    assert ("Клиент anna" in seen_by_head.text, "Клиент boris" in seen_by_head.text) == (True, True)
    assert ("Клиент anna" in seen_by_anna.text, "Клиент boris" in seen_by_anna.text) == (True, False)
    foreign = firm["boris"].public_id.hex
    sent = {"audience-reach": "chosen", "audience-clients": foreign, "reaches": "chosen"}
    assert foreign not in anna.get("/office/audience", sent).text
    everybody = anna.get("/office/audience", {"audience-reach": "clients", "reaches": "clients"})
    assert ("1 client<" in everybody.text, "1 person<" in everybody.text) == (True, True)
    assert anna.get("/office/audience", {"field": "a b"}, expect_errors=True).status_int == 404


def test_who_changes_an_audience_keeps_the_clients_in_it_that_he_does_not_see(firm, unit_of_work) -> None:
    anna, boris = firm["anna"].client_id, firm["boris"].client_id
    before = Audience("chosen", frozenset({boris}), frozenset({("gone.module", "x")}))
    sent = MultiDict([("a-reach", "chosen"), ("a-clients", firm["anna"].public_id.hex), ("a-groups", "gone.module|x")])
    with unit_of_work(scope={anna}) as request:
        assert asked(request, sent.getall, "a", before) == replace(before, clients=frozenset({anna, boris}))
        assert asked(request, sent.getall, "a") == Audience("chosen", frozenset({anna}))
