"""Managers who see their own clients alone: the owner's switch, work as usual, giving clients away, what is left to others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cabinet.db.scope import ALL
from cabinet.identity.access import ALL_CLIENTS, MANAGERS_SEE, OWN, UNASSIGNED
from cabinet.identity.models import Client, CustomRole
from cabinet.interfaces import IAccess, IClock, IJobs, IPeople, ISettings
from cabinet.jobs import runner
from cabinet_client_manager.interfaces import ContactFacts, IClientCards, IContacts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.interfaces import IInvoiceBook, IPayments
from cabinet_finsystem.testing import a_draft, a_payment, a_statement, an_invoice, open_books


@pytest.fixture
def firm(person: Any, unit_of_work: Any) -> dict[str, Any]:
    """Anna and Boris have a client each, a third has no manager; managers see their own."""
    users = {
        name: person(f"{name}@x.ru", role)
        for name, role in (("anna", "manager"), ("boris", "manager"), ("head", "head"))
    }
    with unit_of_work() as request:
        open_books(request)
        cards = [a_client(request, number) for number in (1, 2, 3)]
        service = request.find_service(IClientCards)
        for card, name in zip(cards, ("anna", "boris"), strict=False):
            service.change(card.client_id, replace(card.facts, name=f"Client of {name}", manager_id=users[name].id))
        request.find_service(ISettings).change({MANAGERS_SEE: OWN})
    names = ("anna", "boris", "nobody")
    return {"users": users, **{f"{name}'s": card for name, card in zip(names, cards, strict=True)}}


def card_of(firm: Any, name: str) -> str:
    return f"/office/clients/{firm[name].public_id.hex}"


def statuses(app: Any, firm: Any) -> list[int]:
    """What the card of each client answers."""
    return [app.get(card_of(firm, f"{name}'s"), expect_errors=True).status_int for name in ("anna", "boris", "nobody")]


def test_each_manager_sees_his_own_and_the_head_sees_all(firm, signed_in) -> None:
    assert statuses(signed_in("anna@x.ru"), firm) == [200, 404, 404]
    assert statuses(signed_in("boris@x.ru"), firm) == [404, 200, 404]
    assert statuses(signed_in("head@x.ru"), firm) == [200, 200, 200]


def test_clients_without_a_manager_are_seen_where_the_owner_says_so(firm, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        request.find_service(ISettings).change({MANAGERS_SEE: OWN, UNASSIGNED: True})
    assert statuses(signed_in("anna@x.ru"), firm) == [200, 404, 200]


def test_a_reassigned_client_changes_hands_with_the_next_click(firm, signed_in, unit_of_work) -> None:
    anna, boris = signed_in("anna@x.ru"), signed_in("boris@x.ru")
    assert [app.get(card_of(firm, "anna's"), expect_errors=True).status_int for app in (anna, boris)] == [200, 404]
    with unit_of_work() as request:
        request.db.get(Client, firm["anna's"].client_id).manager_id = firm["users"]["boris"].id
    assert [app.get(card_of(firm, "anna's"), expect_errors=True).status_int for app in (anna, boris)] == [404, 200]


def test_a_manager_gives_a_client_away_and_loses_nothing_of_what_was_written_with_it(
    firm, signed_in, unit_of_work
) -> None:
    anna = signed_in("anna@x.ru")
    form = next(f for f in anna.get(card_of(firm, "anna's") + "/edit").forms.values() if "manager" in f.fields)
    form["manager"] = firm["users"]["boris"].public_id.hex
    form["tags"] = "given away"
    answer = form.submit()
    assert answer.location.endswith("/office/clients"), "the card is not hers to see any more"
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(firm["anna's"].client_id)
        assert (card.facts.tags, len(card.facts.accounts)) == (("given away",), len(firm["anna's"].facts.accounts))
    assert statuses(anna, firm) == [404, 404, 404]
    assert statuses(signed_in("boris@x.ru"), firm) == [200, 200, 404]


def test_a_manager_writes_down_clients_of_his_own_alone(firm, signed_in) -> None:
    anna = signed_in("anna@x.ru")
    form = next(f for f in anna.get("/office/clients/new").forms.values() if "manager" in f.fields)
    assert [value for value, _chosen, _text in form["manager"].options] == [firm["users"]["anna"].public_id.hex]
    form["name"] = "Newcomer"
    page = form.submit().follow()
    assert page.html.h1.get_text(strip=True) == "Newcomer"
    form["manager"].force_value(firm["users"]["boris"].public_id.hex)
    assert form.submit(expect_errors=True).status_int == 422


def test_a_manager_s_own_contract_gets_a_number_also_where_a_hidden_one_has_it(firm, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        hidden = a_contract(request, firm["boris's"], number="H/1")
        from cabinet_client_manager.models import Contract

        request.db.get(Contract, hidden.contract_id).external_id = str(hidden.contract_id + 1)
    anna = signed_in("anna@x.ru")
    form = next(f for f in anna.get(card_of(firm, "anna's") + "/contracts/new").forms.values() if "number" in f.fields)
    form["number"], form["date"] = "A/1", "01.02.2026"
    assert form.submit().status_int == 303


def test_a_manager_issues_an_invoice_takes_money_and_takes_it_back(firm, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        draft = a_draft(request, firm["anna's"].client_id, 70_000)
    anna = signed_in("anna@x.ru")
    page = anna.get(f"/office/invoices/{draft.public_id.hex}")
    next(f for f in page.forms.values() if f.action.endswith("/issue")).submit()
    with unit_of_work() as request:
        assert request.find_service(IInvoiceBook).find(draft.public_id).state == "issued"
        payment = a_payment(request, firm["anna's"].client_id, 70_000, (draft, 70_000))
    page = anna.get(f"/office/payments/{payment.public_id.hex}")
    next(f for f in page.forms.values() if f.action.endswith("/reverse")).submit()
    with unit_of_work() as request:
        assert request.find_service(IPayments).find(payment.public_id).reversal_id is not None


def test_what_is_counted_over_the_whole_firm_is_left_to_those_who_see_all(firm, signed_in) -> None:
    anna = signed_in("anna@x.ru")
    for path in (
        "statements",
        "statements/queue",
        "clients/import",
        "contracts/import",
        "invoices/import",
        "payments/opening/import",
    ):
        assert anna.get(f"/office/{path}", expect_errors=True).status_int in {403, 404}, path
    menu = anna.get("/office/").html.select_one(".c-side-nav")
    assert "/office/statements" not in str(menu)


def test_debts_sums_and_counts_are_of_one_s_own_clients(firm, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        for name, minor in (("anna's", 111_100), ("boris's", 222_200)):
            an_invoice(request, firm[name].client_id, minor, date=today - timedelta(30), due=today - timedelta(9))
    anna, head = signed_in("anna@x.ru"), signed_in("head@x.ru")
    for path in ("/office/reports/receivables", "/office/reports/balances", "/office/invoices", "/office/"):
        mine = anna.get(path).text.replace("\xa0", " ").replace(",", "").replace("\u202f", " ")
        assert "1111" in mine.replace(" ", ""), path
        assert "2222" not in mine.replace(" ", ""), path
        assert "3333" not in mine.replace(" ", ""), path
    whole = head.get("/office/reports/receivables").text.replace("\xa0", "").replace(",", "").replace("\u202f", "")
    assert "2222" in whole


def test_a_bank_line_of_nobody_is_not_shown_to_who_is_limited(firm, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        a_statement(request, request.db.get(Client, firm["boris's"].client_id))
    assert "waits for a decision" not in signed_in("anna@x.ru").get("/office/")


def test_work_that_a_manager_starts_sees_what_he_sees(firm, registry, unit_of_work) -> None:
    def names(handle: Any) -> list[str]:
        with handle.unit_of_work() as request:
            return sorted(row.name for row in request.find_service(IClientCards).find("", 10))

    seen = {}
    for name in ("anna", "head", ""):
        with unit_of_work() as request:
            job = request.find_service(IJobs).enqueue("core.take_table", {"table": "none"})
            job.user_id = firm["users"][name].id if name else None
        seen[name] = names(runner.claim(registry, job.id))
    assert seen["anna"] == ["Client of anna"]
    assert len(seen["head"]) == len(seen[""]) == 3
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        access = request.find_service(IAccess)
        anna = people.get(firm["users"]["anna"].id)
        assert [access.sees(anna, firm[f"{name}'s"].client_id) for name in ("anna", "boris", "nobody")] == [
            True,
            False,
            False,
        ]


def test_the_owner_changes_the_rule_on_the_page_of_settings_and_it_counts_at_once(firm, person, signed_in) -> None:
    person("o@x.ru", "owner")
    anna, owner = signed_in("anna@x.ru"), signed_in("o@x.ru")

    def save(**fields: Any) -> None:
        form = next(f for f in owner.get("/site/settings").forms.values() if "core__managers_see" in f.fields)
        assert form["core__managers_see"].value in {"own", "all"}
        for name, value in fields.items():
            form[f"core__{name}"] = value
        assert form.submit().status_int == 303

    save(managers_see="all")
    assert statuses(anna, firm) == [200, 200, 200]
    save(managers_see="own", unassigned_clients=True)
    assert statuses(anna, firm) == [200, 404, 200]
    save(unassigned_clients=False)
    assert statuses(anna, firm) == [200, 404, 404]


def test_a_role_with_the_right_to_all_clients_sees_all(firm, signed_in, unit_of_work) -> None:
    anna = signed_in("anna@x.ru")
    with unit_of_work() as request:
        user = request.find_service(IPeople).get(firm["users"]["anna"].id)
        role = CustomRole(side="staff", title="Deputy", permissions=[ALL_CLIENTS], created_at=user.created_at)
        user.custom_roles.append(role)
        request.db.flush()
        assert request.find_service(IAccess).clients_seen_by(user) is ALL
    assert statuses(anna, firm) == [200, 200, 200]


def asked_for(app: Any, card: str, contact: Any, act: str) -> Any:
    """The page after ``act`` on a contact: it shows the one-time link where there is one."""
    token = app.get(card).html.select_one("input[name=csrf_token]")["value"]
    answer = app.post(f"{card}/contacts/{contact.hex}/{act}", {"csrf_token": token})
    return answer.follow() if answer.status_int == 303 else answer


@pytest.mark.parametrize("in_already", [True, False])
def test_no_link_to_a_login_that_opens_another_manager_s_client_is_handed_out(
    firm, person, signed_in, unit_of_work, in_already
) -> None:
    """Who sees all clients is given it: the control, and the way out."""
    with unit_of_work() as request:
        boris_s = request.db.get(Client, firm["boris's"].client_id)
    person("olga@x.ru", client=boris_s)
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        if not in_already:
            people.by_email("olga@x.ru").password_hash = None
        contact = request.find_service(IContacts).add(firm["anna's"].client_id, ContactFacts("Olga", email="olga@x.ru"))
    anna, head, card = signed_in("anna@x.ru"), signed_in("head@x.ru"), card_of(firm, "anna's")
    assert "/welcome/" not in asked_for(anna, card, contact, "invite"), "she is let in, by a password of her own"
    assert "/welcome/" not in asked_for(anna, card, contact, "reset")
    assert "/welcome/" in asked_for(head, card, contact, "reset")
    with unit_of_work() as request:
        olga = request.find_service(IPeople).by_email("olga@x.ru")
        request.find_service(IPeople).withdraw(olga, request.db.get(Client, firm["boris's"].client_id))
    assert "/welcome/" in asked_for(anna, card, contact, "reset"), "now she is Anna's contact alone"
