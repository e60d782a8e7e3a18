"""Our side of the demo: the company with its requisites and pictures, and the people who work in it."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IPeople
from cabinet_client_manager.demo import pictures, requisites
from cabinet_client_manager.demo.parties import BANKS
from cabinet_client_manager.interfaces import BankAccountFacts, EntityFacts, ILegalEntityBook

PASSWORD = "demo-cabinet"  # noqa: S105 - printed for everybody
"""Of everybody. The demo is served on the loopback address only."""
_OWNER = "owner@localhost"  # the one that making a site makes
OWNER = "Игорь Осипов"
HEAD = ("Павел Осипов", "head@demo.example")
MANAGERS = (
    ("Марина Осипова", "manager@demo.example"),
    ("Тимур Галеев", "galeev@demo.example"),
    ("Анна Рябинина", "ryabinina@demo.example"),
)
_CITY = "Санкт-Петербург"
_INN = requisites.company_inn("78", 1)


def fill_company(request: Any, vat_rate: str) -> None:
    """The default legal entity with all that an invoice prints, two accounts, logo, stamp and signature."""
    book = request.find_service(ILegalEntityBook)
    entity = book.default()
    facts = EntityFacts(
        name="Общество с ограниченной ответственностью «Линия тепла»",
        short_name="ООО «Линия тепла»",
        inn=_INN,
        kpp=requisites.kpp("78"),
        ogrn=requisites.company_ogrn("78", 1),
        address=f"190000, {_CITY}, Заречная ул., д. 14, лит. А, помещ. 12-Н",
        phone="+7 812 000-14-14",
        email="office@demo.example",
        director_name="Осипов П. А.",
        director_post="Генеральный директор",
        accountant_name="Юдина М. И.",
        vat_rate=vat_rate,
        invoice_number_pattern=entity.invoice_number_pattern,
    )
    book.change(entity.id, facts)
    accounts = [
        BankAccountFacts(
            requisites.account(n, bic),
            bic=bic,
            bank_name=bank,
            correspondent_account=requisites.correspondent(bic),
            is_default=n == 1,
        )
        for n, (bic, bank) in enumerate(BANKS[:2], start=1)
    ]
    book.set_accounts(entity.id, accounts)
    book.set_picture(entity.id, "logo", pictures.logo(), "logo.png")
    book.set_picture(entity.id, "stamp", pictures.stamp("Линия тепла", _CITY, _INN), "stamp.png")
    book.set_picture(entity.id, "signature", pictures.signature(), "signature.png")


def add_staff(request: Any, demo: Any) -> list[int]:
    """Owner, head and managers with the password of the demo; ids of the managers."""
    people = request.find_service(IPeople)
    owner = people.by_email(_OWNER)
    people.use_link(people.invite_link(owner), PASSWORD)
    owner.name = OWNER
    head = people.add(email=HEAD[1], name=HEAD[0], roles=("head",), password=PASSWORD)
    managers = [people.add(email=email, name=name, roles=("manager",), password=PASSWORD) for name, email in MANAGERS]
    for role, user in (("owner", owner), ("head", head), ("manager", managers[0])):
        demo.let_in(role, user, PASSWORD)
    demo.shared["client_manager.head"] = head.id
    demo.shared["client_manager.managers"] = [user.id for user in managers]
    return [user.id for user in managers]
