"""A made-up firm's books for the matching benchmark: clients, branches, invoices in many numberings, contracts.

Numbers collide on purpose: two legal entities of ours and two years number from one, so "15" is up to four invoices.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from cabinet_finsystem.statements.matching.book import (
    Book,
    InvoiceState,
    KnownClient,
    KnownContract,
    LearnedPayer,
    OpenInvoice,
    Ours,
)

OUR_ACCOUNT = "40702810100000000001"
OUR_OTHER_ACCOUNT = "40702810100000000002"
OUR_INN = "7701234560"
TODAY = dt.date(2026, 3, 16)

_FIRST = [
    "Берёзовый",
    "Тихий",
    "Синий",
    "Северный",
    "Новый",
    "Зелёный",
    "Речной",
    "Горный",
    "Светлый",
    "Лесной",
    "Южный",
    "Дальний",
    "Верный",
    "Ясный",
]
_SECOND = [
    "мыс",
    "квартал",
    "фарватер",
    "ветер",
    "берег",
    "дом",
    "причал",
    "парус",
    "поток",
    "рубеж",
    "простор",
    "каскад",
    "меридиан",
    "горизонт",
]
_ONE_WORD = [
    "Вектор",
    "Ромашка",
    "Альтаир",
    "Сфера",
    "Техносервис",
    "Промбаза",
    "Связь",
    "Вода",
    "Аренда",
    "Мебель",
    "Комплект",
    "Гранит",
]
_SURNAMES = [
    "Иванов",
    "Петров",
    "Корнеев",
    "Сидоров",
    "Кузнецов",
    "Смирнов",
    "Орлов",
    "Волков",
    "Зайцев",
    "Соколов",
    "Лебедев",
    "Козлов",
]
_NAMES = ["Иван", "Пётр", "Артём", "Сергей", "Алексей", "Дмитрий", "Фёдор", "Семён", "Олег", "Роман"]
_FATHERS = ["Иванович", "Петрович", "Павлович", "Сергеевич", "Алексеевич", "Дмитриевич", "Олегович"]

SCHEMES = [
    "plain",
    "plain",
    "plain",
    "plain",
    "zeros",
    "prefixed",
    "prefixed",
    "english",
    "letter",
    "slash",
    "year",
    "twin",
    "asterisk",
    "suffix",
]


@dataclass
class World:
    """Everything the generator knows, and the matcher's view of it."""

    rng: random.Random
    clients: list[KnownClient] = field(default_factory=list)
    invoices: list[OpenInvoice] = field(default_factory=list)
    contracts: list[KnownContract] = field(default_factory=list)
    learned: list[LearnedPayer] = field(default_factory=list)
    of_client: dict[int, list[OpenInvoice]] = field(default_factory=dict)
    fresh: dict[int, list[OpenInvoice]] = field(default_factory=dict)
    contract_of: dict[int, KnownContract] = field(default_factory=dict)
    branches: list[tuple[KnownClient, KnownClient]] = field(default_factory=list)
    _next_client: int = 1
    _next_invoice: int = 1
    _sequences: dict[tuple[object, ...], int] = field(default_factory=dict)

    def book(self) -> Book:
        """The matcher's indexes."""
        ours = Ours(frozenset({OUR_ACCOUNT, OUR_OTHER_ACCOUNT}), frozenset({OUR_INN}), ("ООО «Наша фирма»",))
        return Book(self.clients, self.invoices, self.contracts, self.learned, ours)

    # -- making ------------------------------------------------------------------------------------------------------

    def digits(self, count: int) -> str:
        """A number of ``count`` digits that does not begin with zero."""
        return str(self.rng.randint(10 ** (count - 1), 10**count - 1))

    def add_client(self, **given: str) -> KnownClient:
        """A firm, or a sole trader with a twelve-digit tax number."""
        rng = self.rng
        person = rng.random() < 0.25
        inn = given.get("inn", self.digits(12 if person else 10))
        name = given.get("name") or (
            f"ИП {rng.choice(_SURNAMES)} {rng.choice(_NAMES)} {rng.choice(_FATHERS)}"
            if len(inn) == 12
            else f"{rng.choice(['ООО', 'АО', 'ЗАО'])} «{self._firm()}»"
        )
        kpp = given.get("kpp", "" if len(inn) != 10 else self.digits(9))
        account = ("40802810" if len(inn) == 12 else "40702810") + self.digits(12)
        client = KnownClient(self._next_client, name, inn, kpp, (account,))
        self._next_client += 1
        self.clients.append(client)
        return client

    def _firm(self) -> str:
        rng = self.rng
        if rng.random() < 0.25:
            return rng.choice(_ONE_WORD)
        return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"

    def number(self, scheme: str, year: int, entity: int) -> str:
        """The next number of a numbering."""
        key = (scheme, year, entity)
        n = self._sequences[key] = self._sequences.get(key, 0) + self.rng.choice((1, 1, 1, 2))
        return {
            "plain": f"{n}",
            "zeros": f"{n:06}",
            "prefixed": f"СЧ-{year}-{n:05}",
            "english": f"INV-{year}-{n:03}",
            "letter": f"Д{n:06}",
            "slash": f"{n}/{year}",
            "year": f"{year % 100}-{n}",
            "twin": f"{1000000 + n}-В{year % 100}",
            "asterisk": f"AIPBX-{n:05}",
            "suffix": f"{n}-А",
        }[scheme]

    def add_invoice(
        self,
        client: KnownClient,
        *,
        year: int = 2026,
        number: str | None = None,
        state: InvoiceState = InvoiceState.ISSUED,
        date: dt.date | None = None,
        total: int | None = None,
        scheme: str | None = None,
        currency: str = "RUB",
    ) -> OpenInvoice:
        """An invoice; issued ones are open in full, part of them a little paid."""
        rng = self.rng
        scheme = scheme or rng.choice(SCHEMES)
        number = number or self.number(scheme, year, rng.choice((1, 2)))
        last = TODAY if year == TODAY.year else dt.date(year, 12, 31)
        date = date or dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange((last - dt.date(year, 1, 1)).days + 1))
        total = total or rng.choice((rng.randrange(50_000, 90_000_000), rng.choice((10_000_00, 5_000_00, 12_000_00))))
        paid = 0
        if state is InvoiceState.PARTLY_PAID:
            paid = total // 3 or 1
        open_minor = 0 if state is InvoiceState.PAID else total - paid
        invoice = OpenInvoice(
            self._next_invoice,
            client.id,
            number,
            date,
            date + dt.timedelta(days=10),
            total,
            open_minor,
            currency,
            state,
        )
        self._next_invoice += 1
        self.invoices.append(invoice)
        self.of_client.setdefault(client.id, []).append(invoice)
        if state is InvoiceState.ISSUED:
            self.fresh.setdefault(client.id, []).append(invoice)
        return invoice

    def add_contract(self, client: KnownClient, number: str, date: dt.date) -> KnownContract:
        """A contract with ``client``."""
        contract = KnownContract(len(self.contracts) + 1, client.id, number, date)
        self.contracts.append(contract)
        self.contract_of[client.id] = contract
        return contract

    # -- taking ------------------------------------------------------------------------------------------------------

    def take(self, client: KnownClient, count: int = 1) -> list[OpenInvoice]:
        """Fresh open invoices of ``client`` that no other line pays; made when there are not enough."""
        stock = self.fresh.setdefault(client.id, [])
        while len(stock) < count:
            self.add_invoice(client)
        self.rng.shuffle(stock)
        return [stock.pop() for _ in range(count)]

    def some_client(self, exclude: KnownClient | None = None) -> KnownClient:
        """Any client but ``exclude`` and its branches."""
        while True:
            client = self.rng.choice(self.clients)
            if exclude is None or client.inn != exclude.inn:
                return client

    def lone_client(self) -> KnownClient:
        """A client whose tax number no other client has."""
        while True:
            client = self.rng.choice(self.clients)
            if len(self.mates(client)) == 1:
                return client

    def book_owner(self, invoice: OpenInvoice) -> KnownClient:
        """The client of an invoice."""
        return self.clients[invoice.client_id - 1]

    def numbers_of(self, client: KnownClient) -> set[str]:
        """The serial digits of every invoice of the client and its branches, however written: what must not be hit."""
        return {
            part.lstrip("0")
            for mate in self.mates(client)
            for invoice in self.of_client.get(mate.id, ())
            for part in _digit_groups(invoice.number)
        }

    def mates(self, client: KnownClient) -> tuple[KnownClient, ...]:
        """The client with the other branch of its legal entity, if any."""
        return next((pair for pair in self.branches if client in pair), (client,))


def _digit_groups(text: str) -> list[str]:
    return "".join(char if char in "0123456789" else " " for char in text).split()


def build(seed: int, clients: int, invoices: int) -> World:
    """A world of about so many clients and invoices."""
    world = World(random.Random(seed))
    rng = world.rng
    for _ in range(clients):
        world.add_client()
    for _ in range(max(2, clients // 50)):
        head = world.add_client(inn=world.digits(10))
        branch = world.add_client(inn=head.inn, kpp=world.digits(9), name=head.name + " филиал")
        world.branches.append((head, branch))
    for client in world.clients:
        if rng.random() < 0.8:
            number = rng.choice((str(rng.randint(1, 400)), f"ТО-{rng.randint(1, 99)}/25", f"{rng.randint(1, 9999)}-К"))
            world.add_contract(client, number, dt.date(2024, 1, 1) + dt.timedelta(days=rng.randrange(700)))
    for _ in range(invoices):
        client = rng.choice(world.clients)
        dice = rng.random()
        if dice < 0.72:
            world.add_invoice(client)
        elif dice < 0.82:
            world.add_invoice(client, year=2025)
        elif dice < 0.92:
            world.add_invoice(client, year=2025, state=InvoiceState.PAID)
        else:
            state = rng.choice((InvoiceState.PAID, InvoiceState.VOID, InvoiceState.DRAFT, InvoiceState.PARTLY_PAID))
            world.add_invoice(client, state=state)
    return world
