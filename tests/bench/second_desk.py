"""What a kind of line is built with: invoices nobody has used yet, payers as banks write them, and the draft of a line.

An invoice is taken for one story only, so what is right for a line depends on no other line but those of its own story.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from second_clients import inn_of
from second_facts import BankAccount, Client, Contract, Invoice, OwnAccount, Payer, Verdict, World
from second_texts import accusative, by_contract, by_invoice, compose, month, vat

Want = Callable[[Invoice], bool]
Pair = tuple[Invoice, Invoice]


class DryError(Exception):
    """No invoice, or no pair of them, is left that such a line could be built of."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A line but for its day and document number."""

    account: OwnAccount
    amount: int
    payer: Payer
    purpose: str
    client: int | None = None
    pays: tuple[tuple[Invoice, int], ...] = ()
    days: int = 0
    """How long after the story's first line it is booked."""
    opening: bool = False
    """An ordinary payment which the story only begins with."""
    document: str = ""
    """The document's number; any if empty."""


Make = Callable[["Desk"], list[Draft]]
"""Builds the drafts of one story, most often one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of line: what it is, what is right for it, how often it comes within its half, and how its story is built."""

    sentence: str
    verdict: Verdict
    weight: float
    make: Make


class Desk:
    """The books in the order a made-up accountant would look into them."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world = world
        self.rng = rng
        self.clients = {client.id: client for client in world.clients}
        self.contracts: dict[int, Contract] = {contract.id: contract for contract in world.contracts}
        self.free: dict[int, list[Invoice]] = {client.id: [] for client in world.clients}
        self.settled: dict[int, list[Invoice]] = {client.id: [] for client in world.clients}
        self.used: set[int] = set()
        self.sums: Counter[tuple[object, int, int]] = Counter()
        self.cores: Counter[tuple[object, int]] = Counter()
        self.numbers: dict[str, list[Invoice]] = defaultdict(list)
        self.days = Counter((i.client, i.issued) for i in world.invoices if i.open)
        self.months = Counter((i.client, i.entity, i.period) for i in world.invoices if i.open)
        self.names = Counter(client.name.removeprefix("ИП ") for client in world.clients)
        self._file_invoices()
        self.pools: dict[str, list[Client]] = defaultdict(list)
        for client in world.clients:
            self.pools[client.kind if client.kind == "foreign" or client.currency == "RUB" else "in_euros"].append(
                client
            )
        self.pools["trade"] = self.pools["company"] * 3 + self.pools["sole"]
        self.pools["several"] = [c for c in self.pools["trade"] if len(self.free[c.id]) > 2]
        self.pools["idle"] = [c for c in self.pools["trade"] if not self.free[c.id] and self.settled[c.id]]
        self.pairs = self._pairs()
        for pair in self.pairs["stump"]:
            self._keep(*pair)  # for the traps alone: they are too rare to meet by chance

    def _file_invoices(self) -> None:
        for invoice in self.world.invoices:
            kin = self.kin(invoice.client)
            if invoice.open:
                self.free[invoice.client].append(invoice)
                self.sums[kin, invoice.entity, invoice.open] += 1
            else:
                self.settled[invoice.client].append(invoice)
            if invoice.number:
                self.cores[kin, invoice.core] += 1
                self.numbers[invoice.number].append(invoice)

    def _pairs(self) -> dict[str, list[Pair]]:
        """Pairs a trap is made of, the invoice that is really paid first."""
        pairs: dict[str, list[Pair]] = defaultdict(list)
        for client in self.pools["trade"]:
            by_number = {i.number: i for i in self.free[client.id]}
            for invoice in by_number.values():
                stump = next((by_number[s] for s in _stumps(invoice.number) if s in by_number), None)
                if stump:
                    pairs["stump"].append((invoice, stump))
        for same in self.numbers.values():
            for first in same:
                for second in same:
                    if first is not second:
                        self._twin(pairs, first, second)
        for found in pairs.values():
            self.rng.shuffle(found)
        return pairs

    def _twin(self, pairs: dict[str, list[Pair]], first: Invoice, second: Invoice) -> None:
        """Files two invoices of one number by what they have in common."""
        one, other = self.clients[first.client], self.clients[second.client]
        if not first.open or first.currency != second.currency:
            return
        if one is other and first.entity == second.entity and second.issued < first.issued:
            pairs["twin" if second.open else "closed_twin"].append((first, second))
        elif one is other and first.entity != second.entity and second.open:
            pairs["two_entities"].append((first, second))
        elif second.open and first.entity == second.entity and one is not other:
            if one.head and one.head == other.head:
                pairs["branches"].append((first, second))
            elif one.treasury and one.treasury == other.treasury:
                pairs["schools"].append((first, second))
            elif {one.kind, other.kind} <= {"company", "sole"} and one.name != other.name and self.rng.random() < 0.2:
                pairs["strangers"].append((first, second))

    # Looking up

    def kin(self, client: int) -> object:
        """What the bank sees of the client: branches are one firm to it."""
        return self.clients[client].inn or client

    def alone(self, invoice: Invoice) -> bool:
        """Whether nobody with its payer's tax number ever had another invoice with that running number."""
        return self.cores[self.kin(invoice.client), invoice.core] == 1

    def only_sum(self, invoice: Invoice) -> bool:
        """Whether no other invoice of its payer was open with that sum when the file begins."""
        return self.sums[self.kin(invoice.client), invoice.entity, invoice.open] == 1

    def client(self, invoice: Invoice) -> Client:
        """Whose it is."""
        return self.clients[invoice.client]

    def account(self, entity: int, currency: str = "RUB") -> OwnAccount:
        """One of our accounts."""
        return self.rng.choice([a for a in self.world.own_accounts if (a.entity, a.currency) == (entity, currency)])

    # Taking invoices

    def take(self, *invoices: Invoice) -> None:
        """Nobody else will use them."""
        for invoice in invoices:
            if invoice.open:
                self._keep(invoice)
                self.used.add(invoice.id)

    def _keep(self, *invoices: Invoice) -> None:
        for invoice in invoices:
            free = self.free[invoice.client]
            at = next((at for at, other in enumerate(free) if other is invoice), None)
            if at is not None:
                free.pop(at)

    def one(self, pool: str = "trade", want: Want | None = None) -> Invoice:
        """An open invoice that is alone with its number and of which ``want`` holds."""
        return self.some(1, pool, want)[0]

    def some(self, count: int, pool: str = "several", want: Want | None = None) -> list[Invoice]:
        """Open invoices of one client and entity, each alone with its number, oldest first."""
        for _ in range(150 if self.pools[pool] else 0):
            free = self.free[self.rng.choice(self.pools[pool]).id]
            if len(free) < count:
                continue
            first = self.rng.choice(free)
            if count == 1:
                found = [first] if self.alone(first) and (want is None or want(first)) else []
            else:
                like = [i for i in free if i.entity == first.entity and self.alone(i) and (want is None or want(i))]
                found = self.rng.sample(like, count) if len(like) >= count else []
            if found:
                self.take(*found)
                return sorted(found, key=lambda i: i.id)
        raise DryError(pool)

    def pair(self, trap: str, want: Callable[[Invoice, Invoice], bool] | None = None) -> Pair:
        """A pair of that trap, both unused."""
        waiting = self.pairs[trap]
        for _ in range(min(400, len(waiting))):
            first, second = waiting.pop()
            if first.id in self.used or second.id in self.used:
                continue
            if want is None or want(first, second):
                self.take(first, second)
                return first, second
            waiting.insert(0, (first, second))
        raise DryError(trap)

    def closed(self, state: str, pool: str = "trade") -> Invoice:
        """A paid or void invoice of a client of ``pool`` that is alone with its number; or a draft."""
        for _ in range(300 if self.pools[pool] else 0):
            settled = self.settled[self.rng.choice(self.pools[pool]).id]
            invoice = self.rng.choice(settled) if settled else None
            if invoice and invoice.state == state and (not invoice.number or self.alone(invoice)):
                return invoice
        raise DryError(state)

    # Wording

    def payer(self, client: Client, *, known: bool | None = None, kpp: bool = True) -> Payer:
        """The client as its bank writes it. ``known``: whether from an account the books know; None: as it happens."""
        rng = self.rng
        listed = bool(client.accounts) and (rng.random() < 0.85 if known is None else known)
        account = rng.choice(client.accounts if listed else client.unlisted)
        kpp_said = client.kpp if kpp and (client.kind == "branch" or rng.random() < 0.85) else ""
        inn = client.inn if client.inn or rng.random() < 0.5 else "0" if client.kind == "person" else ""
        return Payer(said_name(rng, client, account), inn, kpp_said, account.number, account.bic, account.bank)

    def stranger(self, name: str, inn: str = "", balance: str = "40702") -> Payer:
        """Somebody who is in no books."""
        rng = self.rng
        account = f"{balance}810{rng.randint(10**11, 10**12 - 1)}"
        return Payer(name, inn or inn_of(rng, 10), "", account, "044525225", "ПАО СБЕРБАНК")

    def contract_of(self, invoice: Invoice, chance: float = 0.35) -> str:
        """How the invoice's own contract is named, as often as ``chance``; empty otherwise."""
        if invoice.contract is None or self.rng.random() > chance:
            return ""
        contract = self.contracts[invoice.contract]
        return by_contract(self.rng, contract.number, contract.date if self.rng.random() < 0.6 else None)

    def about(self, invoice: Invoice) -> str:
        """What it is for, sometimes."""
        said = accusative(invoice.subject) if self.rng.random() < 0.55 else ""
        if invoice.period and self.rng.random() < 0.35:
            said = f"{said or 'услуги'} {month(self.rng, invoice.period)}"
        return said

    def tail(self, invoice: Invoice, amount: int) -> str:
        """The tail about VAT: our second entity pays none."""
        return vat(self.rng, amount, payer_of_vat=invoice.entity == 1)

    def text(self, invoice: Invoice, reference: str, amount: int | None = None, *, bare: bool = False) -> str:
        """An ordinary purpose around ``reference``, which stays whole within the limit; ``bare``: nothing else in it tells the invoice."""
        about, contract = ("", "") if bare else (self.about(invoice), self.contract_of(invoice))
        text = compose(
            self.rng, reference, about=about, contract=contract, tail=self.tail(invoice, amount or invoice.open)
        )[:210]
        assert reference.lower() in text.lower()
        return text

    def named(self, invoice: Invoice, *, dated: bool = True, amount: int | None = None) -> str:
        """An ordinary purpose that names the invoice by its whole number."""
        return self.text(invoice, by_invoice(self.rng, invoice.number, invoice.issued if dated else None), amount)

    def paid(
        self, invoice: Invoice, purpose: str, *, payer: Payer | None = None, amount: int | None = None, days: int = 0
    ) -> Draft:
        """``purpose`` pays ``invoice`` as far as the amount and what is open go; the payer is its client unless given."""
        client = self.client(invoice)
        amount = invoice.open if amount is None else amount
        account = self.account(invoice.entity, invoice.currency)
        return Draft(
            account,
            amount,
            payer or self.payer(client),
            purpose,
            client.id,
            ((invoice, min(amount, invoice.open)),),
            days,
        )

    def paid_together(self, invoices: list[Invoice], purpose: str) -> Draft:
        """``purpose`` pays all of ``invoices`` in full; they are one client's."""
        paid = tuple((i, i.open) for i in invoices)
        client = self.client(invoices[0])
        return Draft(self.account(invoices[0].entity), total(invoices), self.payer(client), purpose, client.id, paid)

    def on_balance(self, invoice: Invoice, purpose: str, amount: int | None = None) -> Draft:
        """Money of the invoice's client of which no invoice is provable."""
        client = self.client(invoice)
        amount = invoice.open if amount is None else amount
        return Draft(self.account(invoice.entity), amount, self.payer(client), purpose[:210], client.id)

    def unlike_sum(self, invoice: Invoice) -> int:
        """A round amount that is the open sum of no invoice of that payer."""
        while True:
            amount = self.rng.randint(15, 3000) * 10000
            if not self.sums[self.kin(invoice.client), invoice.entity, amount]:
                return amount

    def unposted(self, entity: int, amount: int, payer: Payer, purpose: str) -> Draft:
        """Money of which nothing can be posted unasked; a negative amount goes out."""
        return Draft(self.account(entity), amount, payer, purpose[:210])


def _stumps(number: str) -> list[str]:
    """What may be left of a number that is cut, longest first, down to two signs."""
    return [number[:length].rstrip("/-") for length in range(len(number) - 1, 1, -1)]


def said_name(rng: random.Random, client: Client, account: BankAccount | None = None) -> str:
    """The client's name as a bank writes it."""
    name = client.name
    if client.kind == "budget" and client.treasury:
        office = client.treasury.name.split(" г. ")[-1].split(" №")[0]
        return rng.choice(
            (f"УФК по г. {office} ({name}, л/с 20{rng.randint(10**6, 10**7)})", f"{name} (УФК по г. {office})", name)
        )
    if client.kind in {"company", "branch"}:
        long = name.replace("ООО", "Общество с ограниченной ответственностью")
        choices = [
            name,
            name,
            name.replace('"', ""),
            long,
            long.upper(),
            name.upper(),
            name.replace('"', "«", 1).replace('"', "»"),
        ]
        choices += [f"{name} р/с {account.number} в {account.bank}"] if account else []
        return rng.choice(choices)
    if client.kind == "sole":
        long = "Индивидуальный предприниматель " + name[3:]
        return rng.choice((name, name.upper(), long, name[3:], f"{name[3:]} (ИП)", f"{name}//г. Тула//"))
    if client.kind == "person":
        return rng.choice((name, name.upper(), f"{name}//РОССИЯ, Г. ТУЛА//"))
    return rng.choice((name, name.upper()))


def total(invoices: Sequence[Invoice]) -> int:
    """What they have open together."""
    return sum(invoice.open for invoice in invoices)
