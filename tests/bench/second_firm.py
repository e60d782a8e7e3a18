"""The books of the second made-up firm: its clients, their accounts and contracts, and the invoices of two years.

Numbers follow seven series, three of which begin anew each year and two of which look alike in both legal entities. Some numbers are
handed out on purpose: the same one to one client in two years, to a head office and its branch, to two schools of one treasury.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

from second_clients import account_of, clients_of, inn_of
from second_facts import (
    Client,
    Contract,
    Entity,
    Invoice,
    OwnAccount,
    State,
    World,
)

OPENS = date(2026, 7, 1)
_SUBJECTS = (
    "абонентская плата", "аренда помещения", "бухгалтерское обслуживание", "техническое обслуживание оборудования", "услуги связи",
    "вывоз ТКО", "охрана объекта", "сопровождение 1С:ИТС", "бумага А4", "кабель ВВГ 3х2,5", "шины 205/55 R16", "канцтовары",
    "транспортные услуги", "ремонт кондиционеров", "рекламные услуги", "запчасти", "хоз.товары", "картриджи HP 85A", "монтажные работы",
)  # fmt: skip
_SERIES = {
    "plain1": (1, "{n}"),
    "long": (1, "СЧ-{y}-{n:05d}"),
    "slash": (1, "{n}/{yy}"),
    "alpha": (1, "А-{n:05d}"),
    "onec": (1, "ЦБ00-{n:06d}"),
    "ip": (2, "ИП-{n}"),
    "plain2": (2, "{n}"),
}
"""Series → whose it is and how its numbers are written. All but ``alpha`` begin with 1 each year."""
_YEARS = (2024, 2025, 2026)

Group = tuple[str, int]
"""A series in a year."""


class _Numbering:
    """Who gets which number of which series: a place in ``slots`` is a number less one."""

    def __init__(self, rng: random.Random, clients: list[Client]) -> None:
        self.rng = rng
        self.slots: dict[Group, list[int]] = {}
        self.open_wanted: dict[int, int] = {}
        self.forced: dict[tuple[Group, int], bool] = {}
        """Places handed out on purpose → whether the invoice is open."""
        self.places: dict[tuple[Group, int], list[int]] = {}
        self._deal(clients)
        self._twins(clients)

    def _series(self, client: Client) -> list[str]:
        if client.kind == "foreign" or client.currency != "RUB":
            return ["long"]
        if client.kind in {"branch", "budget"}:
            return ["plain1"]
        ours = self.rng.choices((1, 2, 3), (60, 25, 15))[0]
        first = self.rng.choices(("plain1", "long", "slash", "alpha", "onec"), (45, 15, 15, 10, 15))[0]
        second = self.rng.choices(("ip", "plain2"), (55, 45))[0]
        return {1: [first], 2: [second], 3: [first, second]}[ours]

    def _deal(self, clients: list[Client]) -> None:
        rng, chunks = self.rng, defaultdict[Group, list[list[int]]](list)
        for client in clients:
            size = rng.choices(((0, 0), (1, 1), (2, 4), (5, 20), (60, 160)), (4, 24, 25, 25, 22))[0]
            if client.kind in {"branch", "budget"}:
                size = max(size, (5, 20))
            self.open_wanted[client.id] = rng.randint(*size)
            left = self.open_wanted[client.id] + rng.randint(2, 22)
            series = self._series(client)
            moved = rng.random() < 0.15 and series[0] in {"long", "slash", "alpha"}  # plain numbers before 2025
            while left > 0:
                run = min(left, rng.choice((2, 3, 4, 5)) if rng.random() < 0.2 else 1)
                year = rng.choices(_YEARS, (25, 45, 30))[0]
                chosen = rng.choice(series)
                chosen = "plain1" if moved and year == 2024 and chosen == series[0] else chosen
                chunks[chosen, year].append([client.id] * run)
                left -= run
        for group in sorted(chunks):
            rng.shuffle(chunks[group])
            self.slots[group] = [client for chunk in chunks[group] for client in chunk]
            for place, owner in enumerate(self.slots[group]):
                self.places.setdefault((group, owner), []).append(place)

    def _twins(self, clients: list[Client]) -> None:
        rng, kin, schools = self.rng, defaultdict[int | None, list[int]](list), defaultdict[str, list[int]](list)
        for client in clients:
            if client.head:
                kin[client.head].append(client.id)
            if client.treasury:
                schools[client.treasury.inn].append(client.id)
            if client.kind in {"company", "sole"}:
                for _ in range(12):
                    older_open = rng.random() < 0.6
                    series = rng.choice(("plain1", "onec", "ip", "plain2"))
                    self._twin(
                        (series, rng.choice((2024, 2025))), client.id, (series, 2026), client.id, older_open=older_open
                    )
                    year = rng.choice(_YEARS)
                    self._twin(("plain1", year), client.id, ("plain2", year), client.id, older_open=True)
                plain = [
                    group
                    for group in (("plain1", 2026), ("plain1", 2025), ("plain2", 2026))
                    if (group, client.id) in self.places
                ]
                for group in plain * 2:
                    self._twin(group, client.id, group, client.id, older_open=True, digit=rng.randint(0, 9))
        for members in (*kin.values(), *schools.values()):
            for _ in range(len(members) * 6):
                first, second = rng.sample(members, 2)
                self._twin(("plain1", rng.choice((2024, 2025))), first, ("plain1", 2026), second, older_open=True)

    def _twin(
        self, one: Group, first: int, other: Group, second: int, *, older_open: bool, digit: int | None = None
    ) -> None:
        """Gives ``second`` in ``other`` a number that ``first`` has in ``one``, if both have numbers there to give.

        With a ``digit`` the number given is longer by it: 1123 beside 112.
        """
        mine = [
            p for p in self.places.get((one, first), ()) if self.slots[one][p] == first and (one, p) not in self.forced
        ]
        theirs = [
            p
            for p in self.places.get((other, second), ())
            if self.slots[other][p] == second and (other, p) not in self.forced
        ]
        if digit is not None:
            mine = [p for p in mine if 10 <= p < len(self.slots[one]) // 10 - 1]
        if not mine or not theirs:
            return
        place, given = self.rng.choice(mine), self.rng.choice(theirs)
        source = one, place
        if digit is not None:
            place = (place + 1) * 10 + digit - 1
        slots = self.slots[other]
        if place >= len(slots) or (other, place) in self.forced:
            return
        displaced = slots[place]
        slots[place], slots[given] = second, displaced
        self.places.setdefault((other, displaced), []).append(given)
        self.forced[source], self.forced[other, place] = older_open, True


def _span(year: int) -> tuple[date, date]:
    """The part of ``year`` the books hold."""
    return max(date(year, 1, 1), date(2024, 7, 1)), min(date(year, 12, 31), OPENS - timedelta(days=1))


class _Issuing:
    """Writes the invoices out, one for each number, in order of their dates."""

    def __init__(self, rng: random.Random, clients: list[Client], numbering: _Numbering) -> None:
        self.rng = rng
        self.clients = clients
        self.numbering = numbering
        self.contracts: list[Contract] = []
        self.by_party: dict[tuple[int, int], Contract | None] = {}
        self.habits = {c.id: (rng.random() < 0.35, _price(rng), rng.choice(_SUBJECTS)) for c in clients}
        """Whether it pays the same each month, how much, and for what."""

    def contract(self, client: Client, entity: int, first: date) -> Contract | None:
        """The client's contract with that entity, one in eight has none."""
        rng = self.rng
        if (client.id, entity) not in self.by_party:
            self.by_party[client.id, entity] = None
            if rng.random() < 0.88:
                signed = first - timedelta(days=rng.randint(1, 600))
                serial = rng.randint(1, 999)
                number = rng.choice(
                    (f"{serial}", f"{serial}-А", f"{serial}/{signed.year}", f"ДП-{serial}", f"{signed:%y%m}-{serial}")
                )
                if client.kind == "budget":
                    number = rng.choice((f"ГК-{serial}", f"03663000{serial:05d}{signed:%y}000{rng.randint(100, 999)}"))
                self.contracts.append(Contract(len(self.contracts) + 1, client.id, entity, number, signed))
                self.by_party[client.id, entity] = self.contracts[-1]
        return self.by_party[client.id, entity]

    def invoices(self) -> tuple[Invoice, ...]:
        """All invoices, oldest first; their ids follow their dates."""
        rows: list[tuple[date, str, int, Group, int]] = []
        begun = 0
        for group, owners in sorted(self.numbering.slots.items()):
            series, year = group
            begun = begun if series == "alpha" and year != _YEARS[0] else 0
            first, last = _span(year)
            days = (last - first).days
            for place, owner in enumerate(owners):
                number = _SERIES[series][1].format(n=begun + place + 1, y=year, yy=year % 100)
                rows.append((first + timedelta(days=place * days // len(owners)), number, owner, group, place))
            begun += len(owners)
        rows.sort()
        opened = self._opened(rows)
        return tuple(self._invoice(position, *row, is_open=position in opened) for position, row in enumerate(rows))

    def _opened(self, rows: list[tuple[date, str, int, Group, int]]) -> set[int]:
        """Positions of the rows that are open: those settled on purpose, and of the rest mostly the newest of each client."""
        rng, opened, of_client = self.rng, set[int](), defaultdict[int, list[int]](list)
        for position, (_, _, owner, group, place) in enumerate(rows):
            forced = self.numbering.forced.get((group, place))
            if forced:
                opened.add(position)
            elif forced is None:
                of_client[owner].append(position)
        for owner, positions in of_client.items():
            wanted = min(self.numbering.open_wanted[owner], len(positions))
            opened.update(positions[len(positions) - wanted :] if rng.random() < 0.6 else rng.sample(positions, wanted))
        return opened

    def _invoice(
        self, position: int, issued: date, number: str, owner: int, group: Group, place: int, *, is_open: bool
    ) -> Invoice:
        rng, client = self.rng, self.clients[owner - 1]
        monthly, price, subject = self.habits[owner]
        entity = _SERIES[group[0]][0]
        contract = self.contract(client, entity, issued)
        total = price if monthly else _price(rng)
        chosen = (
            rng.choices(("issued", "part_paid"), (88, 12))
            if is_open
            else rng.choices(("paid", "void", "draft"), (91, 5, 4))
        )
        state: State = chosen[0]  # type: ignore[assignment]
        paid = {"part_paid": total * rng.choice((10, 30, 50, 70)) // 100, "paid": total}.get(state, 0)
        period = issued.replace(day=1) if monthly or rng.random() < 0.4 else None
        return Invoice(
            id=position + 1,
            client=owner,
            entity=entity,
            contract=contract.id if contract and rng.random() < 0.9 else None,
            number="" if state == "draft" else number,
            issued=issued,
            due=issued + timedelta(days=rng.choice((3, 5, 10, 14, 30))),
            currency=client.currency,
            total=total,
            paid=paid,
            state=state,
            period=period,
            subject=subject if monthly else rng.choice(_SUBJECTS),
        )


def _price(rng: random.Random) -> int:
    """Minor units: round thousands, round hundreds or any kopecks, more small ones than large."""
    roubles = int(10 ** rng.uniform(3.2, 5.6))
    return rng.choice((roubles // 1000 * 1000, roubles // 100 * 100, roubles)) * 100 + rng.choice(
        (0, 0, rng.randint(0, 99))
    )


def make_world(seed: int, clients: int) -> World:
    """The books as of `OPENS`; equal arguments give equal books."""
    rng = random.Random(f"firm {seed}")
    parties, treasuries = clients_of(rng, clients)
    first, second = inn_of(rng, 10), inn_of(rng, 12)
    entities = (
        Entity(1, 'ООО "Северный кабинет"', first, first[:4] + "01001"),
        Entity(2, "ИП Кабинетов Пётр Юрьевич", second, ""),
    )
    own = []
    for entity, balance in ((1, "40702"), (1, "40702"), (2, "40802"), (2, "40802")):
        account = account_of(rng, balance)
        own.append(OwnAccount(entity, account.number, account.bic, "RUB"))
    for currency, digits in (("EUR", "978"), ("USD", "840"), ("CNY", "156")):
        account = account_of(rng, "40702", digits)
        own.append(OwnAccount(1, account.number, account.bic, currency))
    issuing = _Issuing(rng, parties, _Numbering(rng, parties))
    invoices = issuing.invoices()
    return World(entities, tuple(own), tuple(treasuries), tuple(parties), tuple(issuing.contracts), invoices, OPENS)
