"""Factories for tests of this module and of those that stand on it. Every number they make passes its check."""

from __future__ import annotations

import datetime
import io
import random
from typing import Any

from PIL import Image

from cabinet.contracts.parties import LegalEntity
from cabinet.interfaces import IImportedTables
from cabinet.requisites import check_account, check_inn, check_ogrn
from cabinet_client_manager.interfaces import (
    AccountFacts,
    BankAccountFacts,
    ClientCard,
    ClientFacts,
    ContactFacts,
    ContractFacts,
    ContractRow,
    EntityFacts,
    IClientCards,
    IContacts,
    IContracts,
    ILegalEntityBook,
)

BIC = "044525225"
OUR_ACCOUNT = "40702810900000000001"


def inn_of(n: int, *, person: bool = False) -> str:
    """The ``n``-th valid INN of a made-up company, or of a person."""
    if not person:
        head = f"77{n:07}"
        return next(head + str(d) for d in range(10) if check_inn(head + str(d)) is None)
    head = f"77{n:08}"
    return next(f"{head}{d:02}" for d in range(100) if check_inn(f"{head}{d:02}") is None)


def ogrn_of(n: int) -> str:
    """The ``n``-th valid OGRN."""
    head = f"1027700{n:05}"
    return next(head + str(d) for d in range(10) if check_ogrn(head + str(d)) is None)


def account_of(n: int, bic: str = BIC) -> str:
    """The ``n``-th account that agrees with ``bic``."""
    found = (f"40702810{key}{n:011}" for key in range(10))
    return next(account for account in found if check_account(account, bic) is None)


def our_company(request: Any) -> LegalEntity:
    """The default legal entity with all that an invoice needs."""
    book = request.find_service(ILegalEntityBook)
    entity = book.ensure_default_entity("ru")
    book.change(
        entity.id,
        EntityFacts(
            name="Общество с ограниченной ответственностью «Линия тепла»",
            short_name="ООО «Линия тепла»",
            inn=inn_of(1),
            kpp="770101001",
            ogrn=ogrn_of(1),
            address="101000, Москва, Мясницкая ул., 1",
            director_name="Осипов П. А.",
            director_post="Генеральный директор",
            accountant_name="Осипова М. И.",
            vat_rate="22",
            invoice_number_pattern=entity.invoice_number_pattern,
        ),
    )
    account = BankAccountFacts(
        account_of(1), bic=BIC, bank_name="ПАО Сбербанк", correspondent_account="30101810400000000225", is_default=True
    )
    return book.set_accounts(entity.id, [account])  # type: ignore[no-any-return]


def a_client(request: Any, n: int = 2, **facts: Any) -> ClientCard:
    """The ``n``-th made-up client; any of ClientFacts may be given, and ``external_id``."""
    external_id = facts.pop("external_id", f"C-{n}")
    defaults = {
        "name": f"ООО «Клиент {n}»",
        "inn": inn_of(n),
        "kpp": "770101001",
        "email": f"client{n}@example.org",
        "accounts": (AccountFacts(account_of(n), BIC),),
    }
    return request.find_service(IClientCards).add(ClientFacts(**{**defaults, **facts}), external_id=external_id)  # type: ignore[no-any-return]


def a_contract(request: Any, client: ClientCard, n: int = 1, **facts: Any) -> ContractRow:
    """An active contract of ``client``; any of ContractFacts may be given, and ``external_id`` and ``status``."""
    external_id, status = facts.pop("external_id", None), facts.pop("status", "active")
    defaults = {"number": f"Д-{n}/26", "date": datetime.date(2026, 1, 15), "subject": "Обслуживание"}
    return request.find_service(IContracts).add(  # type: ignore[no-any-return]
        client.client_id, ContractFacts(**{**defaults, **facts}), external_id=external_id, status=status
    )


def clients_csv(count: int, *, start: int = 1, seed: int = 1) -> bytes:
    """A table of ``count`` clients as ``cabinet client import`` reads it."""
    chance = random.Random(seed)  # noqa: S311 - made-up figures
    rows = (
        f"C{n};ООО «Клиент {n}»;{inn_of(n)};770101001;c{n}@example.org;+7 495 {chance.randrange(10**7):07};"
        f"Москва, ул. {n};{account_of(n)};{BIC}"
        for n in range(start, start + count)
    )
    return "\n".join(["external_id;name;inn;kpp;email;phone;address;account;bic", *rows]).encode()


def a_picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(out, "PNG")
    return out.getvalue()


def examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """One object of every kind for a ``client`` of the core, his name in every text; what stands in the paths of our routes."""
    cards, contacts, entities = (request.find_service(i) for i in (IClientCards, IContacts, ILegalEntityBook))
    name = client.name
    cards.change(
        client.id,
        ClientFacts(
            name=name,
            full_name=f"{name} in full",
            address=f"{name}, Moscow",
            postal_address=f"PO box of {name}",
            phone=f"phone of {name}",
            note=f"note about {name}",
            tags=(name,),
            accounts=(AccountFacts(account_of(client.id), BIC, f"Bank of {name}"),),
        ),
    )
    contact = contacts.add(client.id, ContactFacts(f"Contact of {name}", f"position at {name}", email=f"{name}@x.ru"))
    invited, _token = contacts.invite(client.id, contact)
    contract = a_contract(request, cards.card(client.id), number=f"{name}/26", subject=f"Service for {name}")
    ours = our_company(request)
    entities.set_picture(ours.id, "logo", a_picture(), "logo.png")
    tables = request.find_service(IImportedTables)
    clients = tables.keep("client_manager.clients", f"name\n{name} from a table\n".encode(), "clients.csv")
    contracts = tables.keep("client_manager.contracts", f"client,number\n{name},{name}\n".encode(), "contracts.csv")
    return {
        "client_manager": {
            "client": client.public_id.hex,
            "contact": contact.hex,
            "user": invited.public_id.hex,
            "contract": contract.public_id.hex,
            "status": "closed",
            "several": "one",
            "entity": ours.public_id.hex,
            "picture": "logo",
        },
        "client_manager.office.login.role POST": {"role": "viewer"},
        "client_manager.office.clients": {"table": clients.hex},
        "client_manager.office.contracts": {"table": contracts.hex},
    }
