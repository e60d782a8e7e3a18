"""The demo's side of client_manager: our company and its people, sixty clients with contacts, access and contracts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cabinet.identity.entrance import Visitor
from cabinet.interfaces import IEntrance, IPeople
from cabinet_client_manager.demo import requisites
from cabinet_client_manager.demo.agreements import agreements_of, draft
from cabinet_client_manager.demo.firm import PASSWORD, add_staff, fill_company
from cabinet_client_manager.demo.parties import (
    BANKS,
    CITIES,
    FIRST_NAMES,
    LARGE,
    LAST_NAMES,
    PARTIES,
    POSTS,
    SMALL,
    Party,
)
from cabinet_client_manager.interfaces import (
    AccountFacts,
    ClientCard,
    ClientFacts,
    ContactFacts,
    IClientCards,
    IContacts,
    IContracts,
)

FIRM_AGE = 365 * 5
NEW_RATE_SINCE = datetime.date(2026, 1, 1)
STAR, SIMPLE = "Берёзовый мыс", "Хорошая тень"
_STAR_GUEST = ContactFacts("Елена Воронова", "главный бухгалтер", "+7 900 000-11-27", "client@demo.example")
_SIMPLE_GUEST = ContactFacts("Роман Тихонов", "директор", "+7 900 000-22-81", "client2@demo.example")
_STAR_PEOPLE = (
    ContactFacts("Тимур Юдин", "закупки", "+7 900 000-11-30", "zakupki@birch.example"),
    ContactFacts(
        "Александра Константинопольская-Рождественская",
        "заместитель директора по эксплуатации зданий и сооружений",
        "+7 900 000-11-42",
        "a.konstantinopolskaya-rozhdestvenskaya@birch.example",
    ),
    ContactFacts("Роман Осин", "инженер объекта на Садовой", "+7 900 000-11-55"),
)
_ACTIVE, _INVITED, _LAPSED = "active", "invited", "lapsed"


@dataclass(frozen=True, slots=True)
class _Guest:
    """A contact of a client. ``access``: empty, or how far his invitation came."""

    facts: ContactFacts
    access: str = ""


def fill(_registry: Any, demo: Any) -> None:
    """Everything of ours that the later steps stand on."""
    begun = demo.today - datetime.timedelta(days=FIRM_AGE)
    with demo.on(begun) as request:
        managers = add_staff(request, demo)
        fill_company(request, "22" if demo.today >= NEW_RATE_SINCE else "20")
    known: dict[str, ClientCard] = {}
    for n, party in enumerate(PARTIES):
        joined = _joined(party, n, demo)
        with demo.on(joined, 11, by=managers[n % len(managers)]) as request:
            known[party.name] = _add(request, demo, n, party, managers[n % len(managers)], joined)
    _write_down_lately(demo, managers, known)
    _come_in(demo)
    demo.shared["client_manager.star"] = known[STAR].client_id
    demo.shared["client_manager.simple"] = known[SIMPLE].client_id
    twin = next(n for n, party in enumerate(PARTIES) if party.twin)
    demo.shared["client_manager.twins"] = [known[PARTIES[k].name].client_id for k in (twin - 1, twin)]


def _joined(party: Party, n: int, demo: Any) -> datetime.date:
    """The day a client came. New ones came one after another through the last ten months, old ones before the books begin."""
    if party.years:
        days = 365 * party.years + 40 + demo.random.randrange(290)
    else:
        days = 300 - 24 * (n - next(k for k, other in enumerate(PARTIES) if not other.years))
    day: datetime.date = demo.today - datetime.timedelta(days=days)
    return day - datetime.timedelta(days=max(0, day.weekday() - 4))


def _add(request: Any, demo: Any, n: int, party: Party, manager_id: int, joined: datetime.date) -> ClientCard:
    card: ClientCard = request.find_service(IClientCards).add(_facts(demo, n, party, manager_id))
    contracts = request.find_service(IContracts)
    for agreement in agreements_of(demo, n, party, joined, star=party.name == STAR):
        contracts.add(card.client_id, agreement.facts, status=agreement.status)
    contacts, people = request.find_service(IContacts), request.find_service(IPeople)
    for guest in _guests(demo, n, party):
        contact_id = contacts.add(card.client_id, guest.facts)
        if guest.access in {_ACTIVE, _LAPSED}:
            user, token = contacts.invite(card.client_id, contact_id)
            if guest.access == _ACTIVE and token:
                people.use_link(token, PASSWORD)
            if guest.facts.email.endswith("@demo.example"):
                demo.let_in("client", user, PASSWORD)
    return card


def _facts(demo: Any, n: int, party: Party, manager_id: int) -> ClientFacts:
    city, code, streets = CITIES[party.region]
    of_entity = n - 1 if party.twin else n
    site = f"{n:02}.client.example"
    address = f"{city}, {demo.random.choice(streets)}, д. {demo.random.randrange(2, 118)}"
    return ClientFacts(
        name=party.short_name,
        full_name=party.full_name,
        inn=(requisites.person_inn if party.is_person else requisites.company_inn)(party.region, of_entity + 2),
        kpp="" if party.is_person else requisites.kpp(party.region, branch=2 if party.twin else 0),
        ogrn=(requisites.person_ogrn if party.is_person else requisites.company_ogrn)(party.region, of_entity + 2),
        address=address,
        postal_address=address if n % 7 else f"{address}, а/я {demo.random.randrange(10, 400)}",
        email=f"buh@{site}",
        phone=_phone(demo, code),
        note=_note(n),
        manager_id=manager_id,
        tags=party.tags,
        accounts=tuple(_accounts(n, party)),
    )


def _accounts(n: int, party: Party) -> Sequence[AccountFacts]:
    """One account; the large ones have a second, in another bank."""
    chosen = [BANKS[n % len(BANKS)]]
    if party.size == LARGE:
        chosen.append(BANKS[(n + 3) % len(BANKS)])
    return [
        AccountFacts(requisites.account(100 + 10 * n + k, bic, of_person=party.is_person), bic, bank)
        for k, (bic, bank) in enumerate(chosen)
    ]


def _note(n: int) -> str:
    notes = {
        0: "Пропуск на двоих заказывать накануне до 16:00, въезд с Садовой.",
        3: "Счета и акты — только с указанием номера заказа на закупку.",
        13: "Бюджет: платят в последние дни месяца, договор через ЕАСУЗ.",
        19: "Просят выставлять счета до 5-го числа, иначе оплата через месяц.",
    }
    return notes.get(n, "")


def _guests(demo: Any, n: int, party: Party) -> list[_Guest]:
    if party.name == STAR:
        return [_Guest(_STAR_GUEST, _ACTIVE), _Guest(_STAR_PEOPLE[0], _ACTIVE), *map(_Guest, _STAR_PEOPLE[1:])]
    if party.name == SIMPLE:
        return [_Guest(_SIMPLE_GUEST, _ACTIVE)]
    count = 1 if party.size == SMALL or party.is_person else 2
    access = [_ACTIVE if n % 6 == 1 else _LAPSED if n % 11 == 2 else "", ""]
    return [_Guest(_person(demo, n, k, party), access[k]) for k in range(count)]


def _person(demo: Any, n: int, k: int, party: Party) -> ContactFacts:
    if party.is_person:
        last, first, _middle = party.name.split()
        name, post = f"{first} {last}", ""
    else:
        kind = demo.random.choice("fm")
        last = demo.random.choice(LAST_NAMES)
        name, post = (
            f"{demo.random.choice(FIRST_NAMES[kind])} {last}{'а' if kind == 'f' else ''}",
            POSTS[(n + k) % len(POSTS)],
        )
    phone = _phone(demo, f"9{demo.random.randrange(10, 99)}")
    return ContactFacts(name, post, phone, f"{'buh' if k == 0 else 'info'}@{n:02}.client.example")


def _phone(demo: Any, code: str) -> str:
    """A number of ten digits that begins with ``code``."""
    rest = f"{demo.random.randrange(2 * 10**6, 10**7)}"[len(code) - 3 :]
    return f"+7 {code} {rest[:-4]}-{rest[-4:-2]}-{rest[-2:]}"


def _write_down_lately(demo: Any, managers: list[int], known: dict[str, ClientCard]) -> None:
    """A contract that is a draft yet, and two invitations that still wait for their people."""
    with demo.on(demo.today - datetime.timedelta(days=2), 12, by=managers[0]) as request:
        deal = draft(demo)
        request.find_service(IContracts).add(known["Мост-Инженеринг"].client_id, deal.facts, status=deal.status)
    wanted = ((STAR, _STAR_PEOPLE[1].name, 0), ("Синий фарватер", None, 2))
    for client, name, manager in wanted:
        with demo.on(demo.today - datetime.timedelta(days=3), 15, by=managers[manager]) as request:
            contacts = request.find_service(IContacts)
            card = known[client]
            line = next(
                line
                for line in contacts.of_client(card.client_id)
                if line.access == "none" and name in {None, line.facts.name}
            )
            contacts.invite(card.client_id, line.contact_id)


def _come_in(demo: Any) -> None:
    """Contacts have been here lately: the card says when."""
    for email, days, hour in (
        (_STAR_PEOPLE[0].email, 9, 16.2),
        (_SIMPLE_GUEST.email, 4, 11.7),
        (_STAR_GUEST.email, 1, 17.6),
    ):
        with demo.on(demo.today - datetime.timedelta(days=days), hour) as request:
            visitor = Visitor(user_agent="Mozilla/5.0", address="127.0.0.1")
            request.find_service(IEntrance).by_password(email, PASSWORD, visitor)
