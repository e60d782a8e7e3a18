"""Who of a client's people may come in: invited, let in, shut out."""

from __future__ import annotations

from typing import Any

import pytest

from cabinet.errors import NotFoundError
from cabinet.identity import sessions
from cabinet.identity.entrance import Visitor
from cabinet.identity.links import LinkDeadError
from cabinet.interfaces import IClientDirectory, IEntrance, IPeople
from cabinet_client_manager.interfaces import (
    ClientManagerError,
    ContactAccessError,
    ContactFacts,
    IContacts,
    WrongRequisiteError,
)
from cabinet_client_manager.testing import a_client

ELENA = ContactFacts("Елена Воронова", "главный бухгалтер", "+7 900 000-11-27", "elena@example.org")
PASSWORD = "a phrase long enough to keep"


def only(lines: list[Any]) -> Any:
    assert len(lines) == 1
    return lines[0]


def test_a_contact_is_kept_and_changed(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        client = a_client(request).client_id
        contact = contacts.add(client, ELENA)
        contacts.change(client, contact, ContactFacts("Елена Воронова", "директор"))
        line = only(contacts.of_client(client))
    assert (line.facts.position, line.facts.phone, line.access) == ("директор", "", "none")


def test_a_contact_needs_a_name_and_an_address_that_is_one(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        client = a_client(request).client_id
        with pytest.raises(ClientManagerError):
            contacts.add(client, ContactFacts(" "))
        with pytest.raises(WrongRequisiteError):
            contacts.add(client, ContactFacts("X", email="nobody"))


def test_an_invited_contact_comes_in_by_his_link_and_is_seen(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        client = a_client(request).client_id
        contact = contacts.add(client, ELENA)
        user, token = contacts.invite(client, contact)
        assert only(contacts.of_client(client)).access == "invited"
        people.use_link(token, PASSWORD)
        assert request.find_service(IEntrance).by_password(user.email, PASSWORD, Visitor())
        request.db.flush()
        line = only(contacts.of_client(client))
    assert (line.access, line.login) == ("active", "elena@example.org")
    assert line.seen_at is not None


def test_a_second_invitation_kills_the_first_link(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        client = a_client(request).client_id
        contact = contacts.add(client, ELENA)
        _user, first = contacts.invite(client, contact)
        _user, second = contacts.invite(client, contact)
        with pytest.raises(LinkDeadError):
            people.open_link(first)
        assert people.open_link(second)


def test_withdrawing_ends_sessions_and_voids_links_at_once(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        client = a_client(request).client_id
        contact = contacts.add(client, ELENA)
        user, token = contacts.invite(client, contact)
        people.use_link(token, PASSWORD)
        session = request.find_service(IEntrance).by_password(user.email, PASSWORD, Visitor()).token
        _user, reset = contacts.reset(client, contact)
        contacts.withdraw(client, contact)
        request.db.flush()
        assert sessions.identify(request.db, session, sessions.now_of(request)) is None
        with pytest.raises(LinkDeadError):
            people.open_link(reset)
        assert only(contacts.of_client(client)).access == "none"
        with pytest.raises(NotFoundError):
            contacts.reset(client, contact)


def test_somebody_with_a_password_is_let_in_without_a_link(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        first, second = a_client(request, 2).client_id, a_client(request, 3).client_id
        _user, token = contacts.invite(first, contacts.add(first, ELENA))
        people.use_link(token, PASSWORD)
        _user, none = contacts.invite(second, contacts.add(second, ELENA))
        assert none is None
        assert only(contacts.of_client(second)).access == "active"


def test_a_colleague_is_not_made_a_clients_contact(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        request.find_service(IPeople).add(email="Elena@example.org", name="E", roles=("manager",))
        contacts = request.find_service(IContacts)
        client = a_client(request).client_id
        with pytest.raises(ContactAccessError):
            contacts.invite(client, contacts.add(client, ELENA))


def test_two_contacts_of_a_client_do_not_share_a_login(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        client = a_client(request).client_id
        namesake = contacts.add(client, ContactFacts("Пётр", email="elena@example.org"))
        contacts.invite(client, contacts.add(client, ELENA))
        with pytest.raises(ContactAccessError):
            contacts.invite(client, namesake)


def test_without_an_address_there_is_no_access(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        client = a_client(request).client_id
        with pytest.raises(ContactAccessError):
            contacts.invite(client, contacts.add(client, ContactFacts("Роман")))


def test_removing_a_contact_shuts_him_out(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        client = a_client(request).client_id
        contact = contacts.add(client, ELENA)
        contacts.invite(client, contact)
        contacts.remove(client, contact)
        assert contacts.of_client(client) == []
        assert people.members(client) == []


def test_a_login_without_a_contact_is_shown_tied_and_withdrawn(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        client = a_client(request).client_id
        row = request.find_service(IClientDirectory).get(client)
        ivan = people.add(email="ivan@example.org", name="Иван")
        people.grant(ivan, row)
        people.grant(people.add(email="elena@example.org", name="E"), row)
        assert [line.contact_id for line in contacts.of_client(client)] == [None, None]
        contacts.add(client, ELENA)
        assert [line.login for line in contacts.of_client(client)] == ["elena@example.org", "ivan@example.org"]
        contacts.withdraw_user(client, ivan.public_id)
        assert only(contacts.of_client(client)).login == "elena@example.org"


def test_a_contact_of_another_client_is_not_found(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        first, second = a_client(request, 2).client_id, a_client(request, 3).client_id
        contact = contacts.add(first, ELENA)
        for act in (contacts.facts, contacts.remove, contacts.invite, contacts.withdraw):
            with pytest.raises(NotFoundError):
                act(second, contact)
