"""The clients of the second made-up firm, the treasuries that pay for some of them, and the accounts of all."""

from __future__ import annotations

import random
from dataclasses import replace

from second_facts import BankAccount, Client, ClientKind, Treasury, words_of

BANKS = (
    ("044525225", "ПАО СБЕРБАНК"),
    ("044525974", "АО \"ТБанк\""),
    ("044525593", "АО \"АЛЬФА-БАНК\""),
    ("044525411", "ФИЛИАЛ \"ЦЕНТРАЛЬНЫЙ\" БАНКА ВТБ (ПАО)"),
    ("047003608", "ТУЛЬСКОЕ ОТДЕЛЕНИЕ N8604 ПАО СБЕРБАНК"),
    ("042202803", "ПРИВОЛЖСКИЙ Ф-Л ПАО \"ПРОМСВЯЗЬБАНК\""),
)  # fmt: skip
TOWNS = words_of("Тула Казань Пермь Самара Омск Уфа Рязань Калуга Орёл Тверь Псков Курск Томск Чита Вологда Елец")
SURNAMES = words_of(
    "Иванов Петров Сидоров Кузнецов Смирнов Попов Васильев Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов "
    "Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов Яковлев"
)
NAMES = words_of("Иван Пётр Сергей Алексей Андрей Дмитрий Николай Павел Артём Максим Юрий Олег Игорь Виктор Глеб Роман")
FATHERS = words_of("Иванович Петрович Сергеевич Алексеевич Андреевич Дмитриевич Николаевич Павлович Юрьевич Олегович")
_HALVES = words_of(
    "Тул Волга Сев Юг Центр Рус Пром Агро Авто Тех Гор Строй Лес Мет Энерго Транс Мед Био Эко Нефте Газ Дон Кама Ока Альфа Вега "
    "Гранд Ника Сфера Орион Меркурий Атлант Вектор Квант Маяк Рубин Титан Фаворит Радуга Ромашка Заря Восход Прогресс Старт Урал"
)
_ENDS = words_of(
    "Строй Торг Сервис Снаб Маш Проект Монтаж Логистик Инвест Трейд Групп Пласт Пак Мебель Свет Клин Софт Тара Гарант"
)
_FOREIGN = words_of("Nordlicht Brightway Helvetia Aldermoor Kestrel Silkroad Baltika Montclair Eastgate Steinberg")
_FORMS = ("Handels GmbH", "Trading Ltd", "Logistics OU", "Consulting SA", "Import Co., Ltd", "Solutions LLP")


def inn_of(rng: random.Random, length: int) -> str:
    """A tax number of 10 or 12 digits whose check digits hold."""
    digits = [7, rng.randint(0, 9), *(rng.randint(0, 9) for _ in range(length - (3 if length == 10 else 4)))]
    tails = (
        [(2, 4, 10, 3, 5, 9, 4, 6, 8)]
        if length == 10
        else [(7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)]
    )
    for weights in tails:
        digits.append(sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 % 10)
    return "".join(map(str, digits))


def account_of(rng: random.Random, balance: str, currency: str = "810") -> BankAccount:
    """An account of balance account ``balance`` at a bank of Russia whose key holds."""
    bic, bank = rng.choice(BANKS)
    body = balance + currency + "0" + f"{rng.randint(1, 10**11 - 1):011d}"
    total = sum(int(d) * w % 10 for d, w in zip(bic[-3:] + body, (7, 1, 3) * 8, strict=False))
    return BankAccount(
        body[:8] + str(-total * 7 % 10) + body[9:], bic, bank
    )  # the key's own weight is 3, and 3 × 7 leaves 1


def person_name(rng: random.Random) -> str:
    """Surname, name and patronymic."""
    return f"{rng.choice(SURNAMES)} {rng.choice(NAMES)} {rng.choice(FATHERS)}"


class _Registrar:
    """Makes clients; no tax number and, but on purpose, no name is given twice."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.clients: list[Client] = []
        self.taken: set[str] = set()

    def unique(self, make: str, tries: int = 50) -> str:
        """``make`` with a number behind it if the plain one is taken."""
        name = make
        while name in self.taken and tries:
            tries -= 1
            name = f"{make}-{self.rng.randint(2, 99)}"
        assert name not in self.taken
        self.taken.add(name)
        return name

    def inn(self, length: int) -> str:
        """A tax number nobody has."""
        while (inn := inn_of(self.rng, length)) in self.taken:
            pass
        self.taken.add(inn)
        return inn

    def firm(self) -> str:
        """A company's bare name."""
        return self.unique(self.rng.choice(_HALVES) + self.rng.choice(_ENDS).lower())

    def add(
        self, kind: ClientKind, name: str, inn: str, kpp: str, balance: str, known: float, **more: object
    ) -> Client:
        """One more client; ``known``: how likely the books know an account of it."""
        currency = str(more.get("currency", "RUB"))
        accounts = tuple(account_of(self.rng, balance) for _ in range(3))
        listed = (1 + (self.rng.random() < 0.15)) if self.rng.random() < known else 0
        client = Client(len(self.clients) + 1, kind, name, inn, kpp, accounts[:listed], accounts[listed:], currency)
        self.clients.append(client)
        return client

    def put(self, client: Client) -> None:
        """Replaces the client of that id."""
        self.clients[client.id - 1] = client


def clients_of(rng: random.Random, count: int) -> tuple[list[Client], list[Treasury]]:
    """About ``count`` clients of every kind, in the order of their ids, and the treasuries."""
    registrar = _Registrar(rng)
    _companies(registrar, int(count * 0.635))
    _branches(registrar, int(count * 0.02))
    for _ in range(int(count * 0.16)):
        name = registrar.unique("ИП " + person_name(rng))
        registrar.add("sole", name, registrar.inn(12), "", "40802", 0.7)
    _persons(registrar, int(count * 0.08))
    treasuries = _institutions(registrar, int(count * 0.05))
    _foreigners(registrar, max(12, int(count * 0.015)))
    return registrar.clients, treasuries


def _companies(registrar: _Registrar, count: int) -> None:
    rng = registrar.rng
    for position in range(count):
        form = rng.choices(("ООО", "АО", "ЗАО", "АНО"), (90, 6, 2, 2))[0]
        name = f'{form} "{registrar.firm()}"'
        if position > 60 and position % 60 == 0:
            name = registrar.clients[position - 60].name  # namesakes
        inn = registrar.inn(10)
        client = registrar.add("company", name, inn, inn[:4] + "01001", "40702", 0.75)
        if position % 80 == 7:
            registrar.put(replace(client, currency="EUR"))  # invoiced in euros, pays in either


def _branches(registrar: _Registrar, count: int) -> None:
    rng = registrar.rng
    for _ in range(count):
        firm, inn = registrar.firm(), registrar.inn(10)
        head = registrar.add("branch", f'ООО "{firm}"', inn, inn[:4] + "01001", "40702", 0.8)
        registrar.put(replace(head, head=head.id))
        for town in rng.sample(TOWNS, rng.choice((1, 2, 2, 3))):
            kpp = f"{rng.randint(1000, 7899)}430{rng.randint(1, 9):02d}"
            branch = registrar.add("branch", f'Филиал ООО "{firm}" в г. {town}', inn, kpp, "40702", 0.5)
            registrar.put(replace(branch, head=head.id))


def _persons(registrar: _Registrar, count: int) -> None:
    rng = registrar.rng
    names: list[str] = []
    for position in range(count):
        name = rng.choice(names) if position % 12 == 11 else person_name(rng)  # some share a name with another
        names.append(name)
        registrar.add("person", name, "", "", "40817", 0.5)


def _institutions(registrar: _Registrar, count: int) -> list[Treasury]:
    rng, treasuries = registrar.rng, []
    for number in range(max(2, count // 11)):
        town = TOWNS[number % len(TOWNS)]
        account = BankAccount(
            f"0323464370{rng.randint(10**5, 10**6 - 1)}6600", "017003983", f"ОТДЕЛЕНИЕ {town.upper()} БАНКА РОССИИ"
        )
        inn = registrar.inn(10)
        treasuries.append(
            Treasury(f"Финансовое управление администрации г. {town} № {number + 1}", inn, inn[:4] + "01001", account)
        )
    for position in range(count):
        treasury = treasuries[position % len(treasuries)]
        what = rng.choice(("МБОУ СОШ № {}", "МБДОУ детский сад № {}", "ГБУЗ ГП № {}", "МКУ ЦБ № {}"))
        name, inn = registrar.unique(what.format(rng.randint(1, 400))), registrar.inn(10)
        client = registrar.add("budget", name, inn, inn[:4] + "01001", "40601", 0)
        learned = (treasury.account,) if rng.random() < 0.6 else ()
        registrar.put(replace(client, accounts=learned, unlisted=(treasury.account,), treasury=treasury))
    return treasuries


def _foreigners(registrar: _Registrar, count: int) -> None:
    rng = registrar.rng
    for _ in range(count):
        name = registrar.unique(f"{rng.choice(_FOREIGN)} {rng.choice(_FORMS)}")
        currency = rng.choice(("EUR", "EUR", "USD", "CNY"))
        ibans = tuple(
            BankAccount(f"{land}{rng.randint(10**19, 10**20 - 1)}", f"{land}BK{land}2X", f"{land} COMMERCIAL BANK")
            for land in rng.choices(("DE", "EE", "CH", "TR", "CN", "AE"), k=2)
        )
        client = registrar.add("foreign", name, "", "", "40807", 0)
        listed = int(rng.random() < 0.75)
        registrar.put(replace(client, accounts=ibans[:listed], unlisted=ibans[listed:], currency=currency))
