"""The kinds of line of the matching benchmark, each with what is true of it.

``apply``: can be proven and must be posted so. ``may``: posted so or asked, both are right. ``ask``: nothing proves it,
any posting is wrong.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import matching_texts as texts
from matching_world import OUR_ACCOUNT, OUR_INN, OUR_OTHER_ACCOUNT, SCHEMES, TODAY, World

from cabinet_finsystem.statements.matching.book import InvoiceState, KnownClient, LearnedPayer, Line, OpenInvoice


@dataclass(frozen=True)
class Truth:
    """What is true of a line."""

    expect: str
    client_id: int | None = None
    allocations: dict[int, int] = field(default_factory=dict)
    advance: int = 0
    alone: tuple[OpenInvoice, ...] = ()  # provable only while no other invoice of the client has their serials
    foreign: tuple[KnownClient, str] | None = None  # true only while the client has no such number


ASK = Truth("ask")
Made = Iterator[tuple[Line, Truth]]
ROWS: dict[str, tuple[int, Callable[[Maker], Made]]] = {}


def row(name: str, weight: int = 4) -> Callable[[Callable[[Maker], Made]], Callable[[Maker], Made]]:
    """Register a kind of line; ``weight``: how many of a thousand."""

    def register(make: Callable[[Maker], Made]) -> Callable[[Maker], Made]:
        ROWS[name] = (weight, make)
        return make

    return register


class Maker:
    """What the rows are made with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng: random.Random = world.rng
        self.samples = texts.sample_templates()
        self.position = 0

    def line(self, payer: KnownClient | None, amount: int, purpose: str, **given: object) -> Line:
        """A line from ``payer``: a client, or a stranger."""
        rng = self.rng
        self.position += 1
        facts: dict[str, object] = {
            "counterparty_name": payer.name if payer else f"ООО «Некто {rng.randrange(10**6)}»",
            "counterparty_inn": payer.inn if payer else self.world.digits(10),
            "counterparty_kpp": payer.kpp if payer else self.world.digits(9),
            "counterparty_account": payer.accounts[0]
            if payer and rng.random() < 0.5
            else "40702810" + self.world.digits(12),
        }
        facts.update(given)
        return Line(
            position=self.position,
            booking_date=facts.pop("booking_date", TODAY + dt.timedelta(days=rng.randrange(3))),  # type: ignore[arg-type]
            amount_minor=amount,
            currency=facts.pop("currency", "RUB"),  # type: ignore[arg-type]
            purpose=purpose[:210],
            doc_number=str(rng.randrange(1, 9999)),
            doc_kind=facts.pop("doc_kind", "Платежное поручение"),  # type: ignore[arg-type]
            own_account=OUR_ACCOUNT,
            **facts,  # type: ignore[arg-type]
        )

    def text(self, template: str, number: str, date: dt.date, *, sign: bool = True, **more: str) -> str:
        """The template filled and spoiled."""
        rng = self.rng
        shown = texts.signed(rng, number) if sign else number
        fields = {"n": shown, "d": texts.written(rng, date), **more}
        text = template.format(**fields)
        if rng.random() < 0.3:
            text += rng.choice(texts.TAILS)
        return texts.spoiled(rng, text)

    def dated(self) -> str:
        """A text with a number and a date; now and then one from the samples."""
        pool = [text for text in self.samples if "{d}" in text]
        return self.rng.choice(pool) if pool and self.rng.random() < 0.2 else self.rng.choice(texts.DATED)

    def undated(self) -> str:
        """A text with a number only."""
        pool = [text for text in self.samples if "{d}" not in text]
        return self.rng.choice(pool) if pool and self.rng.random() < 0.2 else self.rng.choice(texts.UNDATED)

    def amount_of(self, owed: int) -> int:
        """Exactly what is owed, a part, or more."""
        dice = self.rng.random()
        if dice < 0.5:
            return owed
        return self.part(owed) if dice < 0.8 else self.more(owed)

    def part(self, owed: int) -> int:
        """Less than is owed."""
        return max(1, owed * self.rng.randint(10, 90) // 100 - 1)

    def more(self, owed: int) -> int:
        """More than is owed, by a sum that is nobody's round debt."""
        return owed + self.rng.randrange(1, owed) + 7

    def settled(self, truth: Truth) -> Truth | None:
        """The truth once all invoices are made, since a later one may clash; None where nothing can be said any more."""
        if truth.foreign is not None and not self.is_foreign(*truth.foreign):
            return None
        if truth.expect == "ask" and any(not self.alone(invoice) for invoice in truth.alone):
            return None
        if any(not self.alone(invoice) for invoice in truth.alone):
            return replace(truth, expect="may")
        return truth

    def sure(self, invoices: list[OpenInvoice], amount: int, *, proven: bool = True, dated: bool = True) -> Truth:
        """``amount`` over ``invoices`` in order, the rest to the balance."""
        allocations, rest = {}, amount
        for invoice in invoices:
            part = min(rest, invoice.open_minor)
            if part:
                allocations[invoice.id] = part
                rest -= part
        alone = () if dated else tuple(invoices)
        return Truth("apply" if proven else "may", invoices[0].client_id, allocations, rest, alone)

    def alone(self, invoice: OpenInvoice) -> bool:
        """No other invoice of the client (or its branches) bears the same serial: without a date it is still one."""
        serial = texts.shortened(invoice.number)
        client = self.world.book_owner(invoice)
        return not any(
            other.id != invoice.id and serial in (texts.shortened(other.number), other.number)
            for mate in self.world.mates(client)
            for other in self.world.of_client.get(mate.id, ())
        )

    def foreign_number(self, client: KnownClient) -> OpenInvoice:
        """Another client's open invoice whose number, however read, is none of ``client``'s."""
        while True:
            owner = self.world.some_client(client)
            for invoice in self.world.of_client.get(owner.id, ()):
                if self.is_foreign(client, invoice.number):
                    return invoice

    def is_foreign(self, client: KnownClient, number: str) -> bool:
        """Whether no group of digits of ``number`` is a serial of the client's."""
        groups = "".join(char if char in "0123456789" else " " for char in number).split()
        return not {group.lstrip("0") for group in groups} & self.world.numbers_of(client)


# -- provable: one invoice -------------------------------------------------------------------------------------------


@row("one invoice: number, date, exact", 80)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text), make.sure([invoice], invoice.open_minor)


@row("one invoice: number and date, part or more", 50)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.rng.choice((make.part, make.more))(invoice.open_minor)
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(client, amount, text), make.sure([invoice], amount)


@row("one invoice: number without date", 60)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.amount_of(invoice.open_minor)
    text = make.text(make.undated(), invoice.number, invoice.date)
    dated = amount == invoice.open_minor
    yield make.line(client, amount, text), make.sure([invoice], amount, dated=dated)


@row("one invoice: number spelled otherwise", 60)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.amount_of(invoice.open_minor)
    text = make.text(make.dated(), texts.spelled(make.rng, invoice.number), invoice.date)
    yield make.line(client, amount, text), make.sure([invoice], amount)


@row("one invoice: short form of the number", 40)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.amount_of(invoice.open_minor)
    template = make.dated() if make.rng.random() < 0.5 else make.undated()
    text = make.text(template, texts.shortened(invoice.number), invoice.date)
    yield make.line(client, amount, text), make.sure([invoice], amount, dated=False)


@row("one invoice: beside a contract", 60)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    contract = make.world.contract_of.get(client.id)
    number = contract.number if contract else str(make.rng.randint(1, 300))
    date = contract.date if contract and contract.date else dt.date(2023, 3, 13)
    amount = invoice.open_minor if make.rng.random() < 0.6 else make.part(invoice.open_minor)
    template = make.rng.choice(texts.WITH_CONTRACT)
    text = make.text(template, invoice.number, invoice.date, c=number, cd=texts.written(make.rng, date))
    yield make.line(client, amount, text), make.sure([invoice], amount)


@row("one invoice: contract number is another own open invoice's", 30)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice, decoy = make.world.take(client, 2)
    amount = invoice.open_minor if make.rng.random() < 0.6 else make.part(invoice.open_minor)
    template = make.rng.choice(texts.WITH_CONTRACT)
    text = make.text(
        template, invoice.number, invoice.date, c=decoy.number, cd=texts.written(make.rng, dt.date(2023, 3, 13))
    )
    yield make.line(client, amount, text), make.sure([invoice], amount)


@row("one invoice: misprint in the keyword", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    text = make.text(make.dated(), invoice.number, invoice.date)
    text = texts.misprinted_keyword(make.rng, text)
    yield make.line(client, invoice.open_minor, text), make.sure([invoice], invoice.open_minor)


@row("one invoice: no keyword, date and exact amount", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    text = make.text(make.rng.choice(texts.BARE), invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text), make.sure([invoice], invoice.open_minor)


@row("one invoice: no keyword, telling number, exact amount", 15)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice = make.world.add_invoice(client, scheme=make.rng.choice(("prefixed", "english", "letter", "asterisk")))
    make.world.fresh[client.id].remove(invoice)
    text = make.text("Оплата {n} аренда зала", invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text), make.sure([invoice], invoice.open_minor)


@row("one invoice: VAT invoice's word", 15)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    word = make.rng.choice(("сч/ф", "с/ф", "сч-ф", "счет-фактура", "счету-фактуре", "сч.-фактура", "счет фактуре"))
    text = make.text(f"Оплата по {word} {{n}} от {{d}}", invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text), make.sure([invoice], invoice.open_minor)


@row("one invoice: same number in two years, dated", 25)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    number = str(make.rng.randint(1, 500))
    pair = [
        make.world.add_invoice(client, year=year, number=number, state=InvoiceState.ISSUED) for year in (2025, 2026)
    ]
    for invoice in pair:
        make.world.fresh[client.id].remove(invoice)
    invoice = make.rng.choice(pair)
    amount = make.amount_of(invoice.open_minor)
    if amount in {other.open_minor for other in pair if other is not invoice}:
        amount = invoice.open_minor
    yield make.line(client, amount, make.text(make.dated(), number, invoice.date)), make.sure([invoice], amount)


@row("one invoice: payer without tax number, own account", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    text = make.text(make.dated(), invoice.number, invoice.date)
    given = {"counterparty_inn": make.rng.choice(("", "0")), "counterparty_account": client.accounts[0]}
    amount = make.amount_of(invoice.open_minor)
    yield make.line(client, amount, text, **given), make.sure([invoice], amount)


@row("one invoice: learned payer, date or exact amount", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    account, inn = "40702810" + make.world.digits(12), make.world.digits(10)
    make.world.learned.append(LearnedPayer(account, inn, client.id, make.rng.randint(1, 9)))
    text = make.text(make.dated(), invoice.number, invoice.date)
    given = {"counterparty_inn": inn, "counterparty_account": account, "counterparty_name": "УФК по Омской области"}
    yield make.line(None, invoice.open_minor, text, **given), make.sure([invoice], invoice.open_minor)


@row("one invoice: branch told by KPP", 20)
def _(make: Maker) -> Made:
    client = make.rng.choice(make.rng.choice(make.world.branches))
    (invoice,) = make.world.take(client)
    amount = make.amount_of(invoice.open_minor)
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(client, amount, text), make.sure([invoice], amount, dated=False)


@row("one invoice: branch without KPP, number of one, exact", 10)
def _(make: Maker) -> Made:
    client = make.rng.choice(make.rng.choice(make.world.branches))
    (invoice,) = make.world.take(client)
    text = make.text(make.dated(), invoice.number, invoice.date)
    line = make.line(client, invoice.open_minor, text, counterparty_kpp="")
    yield line, make.sure([invoice], invoice.open_minor, dated=False)


@row("one invoice: text cut at 210", 25)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.amount_of(invoice.open_minor)
    template = make.dated() if make.rng.random() < 0.5 else make.undated()
    text = texts.filled(make.rng, make.text(template, invoice.number, invoice.date), 210)
    intact = len(text) <= 200
    dated = "{d}" in template or amount == invoice.open_minor
    yield make.line(client, amount, text), make.sure([invoice], amount, proven=intact, dated=dated)


@row("one invoice: partly paid before", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice = make.world.add_invoice(client, state=InvoiceState.PARTLY_PAID)
    amount = make.amount_of(invoice.open_minor)
    yield make.line(client, amount, make.text(make.dated(), invoice.number, invoice.date)), make.sure([invoice], amount)


@row("one invoice: two parts in one file", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    first = make.part(invoice.open_minor)
    for amount in (first, invoice.open_minor - first):
        text = make.text(make.dated(), invoice.number, invoice.date)
        line = make.line(client, amount, text, booking_date=TODAY)
        yield line, Truth("apply", client.id, {invoice.id: amount})


# -- provable: several invoices --------------------------------------------------------------------------------------


def _several(make: Maker, count: int) -> tuple[KnownClient, list[OpenInvoice]]:
    client = make.world.lone_client()
    return client, _distinct(make, client, count)


def _distinct(make: Maker, client: KnownClient, count: int, date: dt.date | None = None) -> list[OpenInvoice]:
    scheme = make.rng.choice(SCHEMES)
    invoices: list[OpenInvoice] = []
    while len(invoices) < count:
        invoice = make.world.add_invoice(client, scheme=scheme, date=date)
        make.world.fresh[client.id].remove(invoice)
        if invoice.number not in {other.number for other in invoices}:
            invoices.append(invoice)
    return invoices


def _listed(make: Maker, numbers: list[str]) -> str:
    rng = make.rng
    style = rng.randrange(6)
    if style == 0:
        return "№ " + ", ".join(numbers[:-1]) + " и " + numbers[-1]
    if style == 1:
        return "№" + ",".join(numbers)
    if style == 2:
        return "; ".join(numbers)
    if style == 3:
        return ", ".join("№" + number for number in numbers)
    if style == 4:
        return "№№ " + ", ".join(numbers)
    return " и ".join(numbers)


@row("several invoices: exact sum", 60)
def _(make: Maker) -> Made:
    client, invoices = _several(make, make.rng.choice((2, 2, 2, 3, 3, 4, 5)))
    amount = sum(invoice.open_minor for invoice in invoices)
    word = make.rng.choice(("счетам", "счетам", "сч.", "счету", "сч", "счетов"))
    text = f"Оплата по {word} {_listed(make, [i.number for i in invoices])}" + make.rng.choice(texts.TAILS)
    yield make.line(client, amount, texts.spoiled(make.rng, text)), make.sure(invoices, amount)


@row("several invoices: each with its date", 30)
def _(make: Maker) -> Made:
    client, invoices = _several(make, make.rng.choice((2, 2, 3)))
    amount = sum(invoice.open_minor for invoice in invoices)
    amount = make.rng.choice((amount, amount, make.more(amount)))
    joiner = make.rng.choice((", ", " и ", "; ", ", сч. "))
    parts = [f"{texts.signed(make.rng, i.number)} от {texts.written(make.rng, i.date)}" for i in invoices]
    text = "Оплата по счету " + joiner.join(parts) + make.rng.choice(texts.TAILS)
    yield make.line(client, amount, texts.spoiled(make.rng, text)), make.sure(invoices, amount)


@row("several invoices: each with its sum or period", 25)
def _(make: Maker) -> Made:
    client, invoices = _several(make, make.rng.choice((2, 2, 3)))
    amount = sum(invoice.open_minor for invoice in invoices)
    parts, style = [], make.rng.randrange(6)
    for k, invoice in enumerate(invoices):
        day, rub = texts.written(make.rng, invoice.date), f"{invoice.open_minor // 100},{invoice.open_minor % 100:02}"
        parts.append(
            (
                f"сч. {invoice.number} от {day} на сумму {rub}",
                f"сч {invoice.number} - {rub} руб.",
                f"{'по счетам: ' if not k else ''}№{invoice.number} ({rub})",
                f"счет №{invoice.number} от {day} за {texts.PERIODS[k]}",
                f"{'счету ' if not k else ''}№ {invoice.number} за {texts.PERIODS[k]}",
                f"{'счета ' if not k else ''}{invoice.number} от {day} ({rub} руб)",
            )[style]
        )
    text = "Оплата " + make.rng.choice((", ", "; ")).join(parts)
    yield make.line(client, amount, texts.spoiled(make.rng, text)), make.sure(invoices, amount)


@row("several invoices: one date for all", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    date = TODAY - dt.timedelta(days=make.rng.randrange(60))
    invoices = _distinct(make, client, 2, date)
    total = sum(invoice.open_minor for invoice in invoices)
    amount = make.rng.choice((total, make.more(total), total - invoices[1].open_minor // 3 - 1))
    numbers = ", ".join(invoice.number for invoice in invoices)
    text = f"Оплата по сч. {numbers} от {texts.written(make.rng, date)}" + make.rng.choice(texts.TAILS)
    yield make.line(client, amount, texts.spoiled(make.rng, text)), make.sure(invoices, amount)


@row("several invoices: part or more, no dates", 20)
def _(make: Maker) -> Made:
    client, invoices = _several(make, 2)
    total = sum(invoice.open_minor for invoice in invoices)
    amount = make.rng.choice((make.more(total), total - invoices[1].open_minor // 3 - 1))
    text = f"Оплата по счетам {_listed(make, [i.number for i in invoices])}"
    yield make.line(client, amount, texts.spoiled(make.rng, text)), make.sure(invoices, amount, dated=False)


@row("several invoices: short forms, exact sum", 15)
def _(make: Maker) -> Made:
    client, invoices = _several(make, 2)
    amount = sum(invoice.open_minor for invoice in invoices)
    text = f"Оплата по счетам {_listed(make, [texts.shortened(i.number) for i in invoices])}"
    yield make.line(client, amount, texts.spoiled(make.rng, text)), make.sure(invoices, amount, dated=False)


@row("several invoices: a range, exact sum", 15)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    start = make.rng.randint(20_000, 90_000) * 10
    invoices = [make.world.add_invoice(client, number=str(start + k)) for k in range(make.rng.choice((3, 4)))]
    for invoice in invoices:
        make.world.fresh[client.id].remove(invoice)
    amount = sum(invoice.open_minor for invoice in invoices)
    first, last = invoices[0].number, invoices[-1].number
    style = make.rng.choice((f"счета №№ {first}-{last}", f"счетам с {first} по {last}", f"счетам {first} - {last}"))
    yield make.line(client, amount, texts.spoiled(make.rng, f"Оплата {style} за март")), make.sure(invoices, amount)


# -- not provable: numbers -------------------------------------------------------------------------------------------


@row("ask: number of another client", 40)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    other = make.foreign_number(client)
    amount = make.rng.choice((other.open_minor or 100, make.world.take(client)[0].open_minor))
    template = make.rng.choice((make.dated(), make.undated()))
    truth = replace(ASK, foreign=(client, other.number))
    yield make.line(client, amount, make.text(template, other.number, other.date)), truth


@row("ask: number is of a contract, act, room, phone …", 90)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.amount_of(invoice.open_minor)
    number = invoice.number if make.rng.random() < 0.6 else texts.shortened(invoice.number)
    pool = texts.NOT_INVOICES
    if texts.shortened(invoice.number).isdigit() and make.rng.random() < 0.4:
        number, pool = texts.shortened(invoice.number), texts.NOT_NUMBERS
    text = make.rng.choice(pool).format(n=number, d=texts.written(make.rng, invoice.date))
    yield make.line(client, amount, texts.spoiled(make.rng, text)), ASK


@row("ask: number is of a contract, act …, garbled", 60)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    number = make.rng.choice((invoice.number, texts.shortened(invoice.number)))
    telling = [text for text in texts.NOT_INVOICES if "счет" not in text.lower()]  # else a letter makes it an invoice
    text = make.rng.choice(telling).format(n=number, d=texts.written(make.rng, invoice.date))
    text = texts.garbled(make.rng, text, make.rng.randint(1, 2))
    yield make.line(client, make.amount_of(invoice.open_minor), text), ASK


@row("may: garbled text of one invoice beside a contract", 40)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice, decoy = make.world.take(client, 2)
    pool = (*texts.DATED, *texts.UNDATED, *texts.WITH_CONTRACT, *texts.WITH_CONTRACT, *texts.WITH_CONTRACT)
    given = {"c": decoy.number, "cd": texts.written(make.rng, decoy.date)}
    text = make.text(make.rng.choice(pool), invoice.number, invoice.date, **given)
    text = texts.garbled(make.rng, text, make.rng.randint(1, 4))
    amount = make.amount_of(invoice.open_minor)
    yield make.line(client, amount, text), make.sure([invoice], amount, proven=False)


@row("may: garbled list of invoices", 30)
def _(make: Maker) -> Made:
    client, invoices = _several(make, make.rng.choice((2, 3)))
    text = f"Оплата по счетам {_listed(make, [i.number for i in invoices])}"
    if make.rng.random() < 0.5:
        text = "Оплата " + ", ".join(f"сч. {i.number} от {texts.written(make.rng, i.date)}" for i in invoices)
    text = texts.garbled(make.rng, texts.spoiled(make.rng, text), make.rng.randint(1, 3))
    total = sum(invoice.open_minor for invoice in invoices)
    amount = make.rng.choice((total, make.more(total), total - invoices[-1].open_minor // 3 - 1))
    yield make.line(client, amount, text), make.sure(invoices, amount, proven=False)


@row("ask: last year's number by its date, already paid", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    old = make.world.add_invoice(client, year=2025, number=invoice.number, state=InvoiceState.PAID)
    if old.date == invoice.date:
        return
    amount = make.rng.choice((invoice.open_minor, old.total_minor, make.part(invoice.open_minor)))
    yield make.line(client, amount, make.text(make.dated(), invoice.number, old.date)), ASK


@row("ask: last year's date, invoice not in the books", 15)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice = make.world.add_invoice(client, year=2026)
    make.world.fresh[client.id].remove(invoice)
    date = invoice.date - dt.timedelta(days=make.rng.randint(360, 500))
    amount = make.rng.choice((invoice.open_minor, make.part(invoice.open_minor)))
    yield make.line(client, amount, make.text(make.dated(), invoice.number, date)), ASK


@row("ask: paid, void or draft invoice", 25)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    state = make.rng.choice((InvoiceState.PAID, InvoiceState.VOID, InvoiceState.DRAFT))
    invoice = make.world.add_invoice(client, state=state)
    template = make.rng.choice((make.dated(), make.undated()))
    truth = replace(ASK, alone=(invoice,))
    yield make.line(client, invoice.total_minor, make.text(template, invoice.number, invoice.date)), truth


@row("ask: misprint in the number, date kept", 25)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    wrong = texts.misprinted_number(make.rng, invoice.number)
    if make.rng.random() < 0.5:  # the misprint hits another open invoice of the payer
        date = invoice.date + dt.timedelta(days=make.rng.choice((-9, -5, 3, 8)))
        total = invoice.open_minor * 2 + 11
        make.world.add_invoice(client, number=wrong, date=min(date, TODAY), year=date.year, total=total)
        make.world.fresh[client.id].pop()
    amount = invoice.open_minor
    text = make.text(make.dated(), wrong, invoice.date)
    # A lost or doubled zero leaves the number what it was: then the right invoice may be found.
    yield make.line(client, amount, text), make.sure([invoice], amount, proven=False)


@row("ask: misprint in the number hits another own invoice", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice = make.world.add_invoice(client, total=make.rng.randrange(100_000, 9_000_000) * 10 + 7)
    make.world.fresh[client.id].remove(invoice)
    wrong = texts.misprinted_number(make.rng, invoice.number)
    make.world.add_invoice(client, number=wrong, total=invoice.open_minor * 2 + 11)
    make.world.fresh[client.id].pop()
    text = make.text(make.undated(), wrong, invoice.date)
    yield make.line(client, invoice.open_minor, text), make.sure([invoice], invoice.open_minor, proven=False)


@row("ask: longer number that begins or ends like an own one", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    if not invoice.number.isdigit():
        invoice = make.world.add_invoice(client, number=make.world.digits(3))
    tail = make.rng.choice(("-Б", "/7", "4", "-17К", "Ж", "/ТО-1", "_2"))
    number = invoice.number + tail if make.rng.random() < 0.7 else "7" + invoice.number
    if not make.is_foreign(client, "".join(c for c in number if c.isdigit())):
        return
    yield make.line(client, invoice.open_minor, make.text(make.undated(), number, invoice.date)), ASK


@row("ask: second payment of an invoice just closed", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    template = make.dated()
    for proven in (True, False):  # the second only in place of the first, should that have been asked
        truth = make.sure([invoice], invoice.open_minor, proven=proven)
        text = make.text(template, invoice.number, invoice.date)
        yield make.line(client, invoice.open_minor, text, booking_date=TODAY), truth


@row("ask: one known and one unknown number", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    other = make.foreign_number(client)
    amount = invoice.open_minor + other.total_minor
    numbers = [invoice.number, other.number]
    make.rng.shuffle(numbers)
    text = texts.spoiled(make.rng, f"Оплата по счетам № {numbers[0]}, № {numbers[1]}")
    yield make.line(client, amount, text), replace(ASK, foreign=(client, other.number))


@row("ask: list cut at 210", 10)
def _(make: Maker) -> Made:
    client, invoices = _several(make, 3)
    amount = sum(invoice.open_minor for invoice in invoices)
    text = "Оплата по счетам " + ", ".join(invoice.number for invoice in invoices)
    line = make.line(client, amount, texts.filled(make.rng, text, 214))
    yield line, make.sure(invoices, amount, proven=False)


# -- not provable: payers --------------------------------------------------------------------------------------------


@row("ask: stranger pays, names the invoice", 40)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    template = make.dated() + make.rng.choice(("", f" за {client.name}", f" за {client.name} ИНН {client.inn}"))
    yield make.line(None, invoice.open_minor, make.text(template, invoice.number, invoice.date)), ASK


@row("ask: another client pays, names the invoice", 30)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    other = make.foreign_number(client)
    owner = make.world.book_owner(other)
    template = make.dated() + make.rng.choice(("", f" за {owner.name}", f" за {owner.name} ИНН {owner.inn}"))
    truth = replace(ASK, foreign=(client, other.number))
    yield make.line(client, other.open_minor or 100, make.text(template, other.number, other.date)), truth


@row("ask: paid for another, who has the same number", 20)
def _(make: Maker) -> Made:
    client, other = make.world.lone_client(), make.world.lone_client()
    if client.name == other.name:
        return
    (invoice,) = make.world.take(client)
    twin = make.world.add_invoice(other, number=invoice.number, total=invoice.open_minor)
    make.world.fresh[other.id].remove(twin)
    behalf = make.rng.choice((f" за {other.name}", f" за {other.name}, ИНН {other.inn}", " за ООО «Третья сторона»"))
    text = make.text(make.undated() + behalf, invoice.number, twin.date)
    yield make.line(client, twin.open_minor, text), ASK


@row("ask: person without tax number", 25)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    given = {"counterparty_inn": make.rng.choice(("", "0")), "counterparty_account": "40817810" + make.world.digits(12)}
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text, **given), ASK


@row("ask: a bank's account and tax number, which is a client", 10)
def _(make: Maker) -> Made:
    bank = make.world.lone_client()
    if len(bank.inn) != 10:
        return
    (invoice,) = make.world.take(bank)
    account = make.rng.choice(("30232810", "47422810", "40817810", "40911810", "30233810"))
    given = {"counterparty_account": account + make.world.digits(12), "counterparty_name": "ПАО БАНК//Иванов Иван//"}
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(bank, invoice.open_minor, text, **given), ASK


@row("ask: tax number of one client, account of another", 15)
def _(make: Maker) -> Made:
    client, other = make.world.lone_client(), make.world.lone_client()
    if client.id == other.id:
        return
    (invoice,) = make.world.take(client)
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text, counterparty_account=other.accounts[0]), ASK


@row("ask: learned payer, number is of several clients", 15)
def _(make: Maker) -> Made:
    first, second = make.world.lone_client(), make.world.lone_client()
    if first.id == second.id:
        return
    (invoice,) = make.world.take(first)
    twin = make.world.add_invoice(second, number=invoice.number, total=invoice.open_minor, date=invoice.date)
    make.world.fresh[second.id].remove(twin)
    account, inn = "03224643" + make.world.digits(12), make.world.digits(10)
    for client in (first, second):
        make.world.learned.append(LearnedPayer(account, inn, client.id, 5))
    given = {"counterparty_inn": inn, "counterparty_account": account, "counterparty_name": "УФК по Омской области"}
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(None, invoice.open_minor, text, **given), ASK


@row("ask: learned payer, no number", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    account, inn = "40702810" + make.world.digits(12), make.world.digits(10)
    make.world.learned.append(LearnedPayer(account, inn, client.id, 9))
    given = {"counterparty_inn": inn, "counterparty_account": account}
    yield make.line(None, invoice.open_minor, make.rng.choice(texts.EMPTY), **given), ASK


@row("ask: branches, the number is of both", 10)
def _(make: Maker) -> Made:
    first, second = make.rng.choice(make.world.branches)
    (invoice,) = make.world.take(first)
    twin = make.world.add_invoice(second, number=invoice.number, total=invoice.open_minor)
    make.world.fresh[second.id].remove(twin)
    text = make.text(make.undated(), invoice.number, invoice.date)
    yield make.line(first, invoice.open_minor, text, counterparty_kpp=""), ASK


@row("ask: KPP of one branch, number of the other", 10)
def _(make: Maker) -> Made:
    first, second = make.rng.choice(make.world.branches)
    (invoice,) = make.world.take(second)
    if make.world.numbers_of(first) is None:
        return
    text = make.text(make.undated(), invoice.number, invoice.date)
    yield make.line(second, invoice.open_minor, text, counterparty_kpp=first.kpp, counterparty_account=""), ASK


# -- not provable: amounts, words, nature ----------------------------------------------------------------------------


@row("ask: several invoices, which part of each is said", 10)
def _(make: Maker) -> Made:
    client, invoices = _several(make, 2)
    amount = invoices[1].open_minor + invoices[0].open_minor // 3 + 1
    if amount >= sum(invoice.open_minor for invoice in invoices):
        return
    first, second = (invoice.number for invoice in invoices)
    text = make.rng.choice((f"по сч. {first} частично, {second} полностью", f"остаток по сч. {first} и счет {second}"))
    yield make.line(client, amount, texts.spoiled(make.rng, text)), ASK


@row("ask: quantity after the number that is another own number", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    other = make.world.add_invoice(client, number=str(make.rng.randint(2, 40)))
    make.world.fresh[client.id].remove(other)
    unit = make.rng.choice(("коробок", "шт.", "билетов", "участников", "мест", "рулонов", "заявок"))
    text = f"Оплата по счету {invoice.number}, {other.number} {unit}"
    amount = make.rng.choice((invoice.open_minor, make.part(invoice.open_minor), invoice.open_minor + 777))
    truth = make.sure([invoice], amount, proven=False)
    yield make.line(client, amount, texts.spoiled(make.rng, text)), truth


@row("ask: no number, amount of one invoice", 40)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    yield make.line(client, invoice.open_minor, texts.spoiled(make.rng, make.rng.choice(texts.EMPTY))), ASK


@row("ask: contract only", 20)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    contract = make.world.contract_of.get(client.id)
    if contract is None or contract.date is None:
        return
    (invoice,) = make.world.take(client)
    text = f"Оплата по договору {contract.number} от {texts.written(make.rng, contract.date)} за март 2026"
    yield make.line(client, invoice.open_minor, texts.spoiled(make.rng, text)), ASK


@row("ask: other currency", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice = make.world.add_invoice(client, currency=make.rng.choice(("USD", "EUR")))
    make.world.fresh[client.id].remove(invoice)
    yield make.line(client, invoice.open_minor, make.text(make.dated(), invoice.number, invoice.date)), ASK


@row("ask: repeat of an earlier line", 15)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.part(invoice.open_minor) // 2 + 1
    text = make.text(make.dated(), invoice.number, invoice.date)
    line = make.line(client, amount, text, booking_date=TODAY)
    yield line, Truth("apply", client.id, {invoice.id: amount})
    make.position += 1
    yield replace(line, position=make.position, repeat_of=str(line.position)), ASK


def _nature(make: Maker, pool: tuple[str, ...], **given: object) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    amount = make.rng.choice((invoice.open_minor, make.part(invoice.open_minor)))
    text = make.text(make.rng.choice(pool), invoice.number, invoice.date, sign=make.rng.random() < 0.5)
    yield make.line(client, amount, text, **given), ASK


@row("ask: refund", 20)
def _(make: Maker) -> Made:
    yield from _nature(make, texts.REFUNDS)


@row("ask: loan", 10)
def _(make: Maker) -> Made:
    yield from _nature(make, texts.LOANS)


@row("ask: aggregator, acquiring", 15)
def _(make: Maker) -> Made:
    yield from _nature(make, texts.AGGREGATORS)


@row("ask: cash", 10)
def _(make: Maker) -> Made:
    yield from _nature(make, texts.CASH)
    yield from _nature(make, texts.UNDATED, doc_kind="Объявление на взнос наличными")


@row("ask: penalty for an own invoice", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    text = make.text(make.rng.choice(texts.PENALTIES), invoice.number, invoice.date)
    yield make.line(client, make.part(invoice.open_minor), text), ASK


@row("ask: own transfer, names an invoice", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    given = make.rng.choice(
        (
            {"counterparty_inn": OUR_INN, "counterparty_account": OUR_OTHER_ACCOUNT},
            {"counterparty_inn": OUR_INN},
            {"counterparty_account": OUR_OTHER_ACCOUNT},
        )
    )
    text = make.text(make.undated(), invoice.number, invoice.date)
    yield make.line(client, invoice.open_minor, text, **given), ASK


@row("ask: tax money back", 5)
def _(make: Maker) -> Made:
    given = {"counterparty_inn": "7727406020", "counterparty_name": "Казначейство России (ФНС России)"}
    text = make.rng.choice(("Возврат переплаты по ЕНС", "Возмещение НДС за 1 кв. 2026 счет 15", "УСН за 3 кв. 2025 г."))
    yield make.line(None, 150_000_00, text, **given), ASK


@row("ask: outgoing, names a client's invoice", 15)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    (invoice,) = make.world.take(client)
    text = make.text(make.dated(), invoice.number, invoice.date)
    yield make.line(client, -invoice.open_minor, text), ASK


@row("ask: more than owed by just another invoice", 10)
def _(make: Maker) -> Made:
    client = make.world.lone_client()
    invoice, other = make.world.take(client, 2)
    amount = invoice.open_minor + other.open_minor
    text = make.text(make.undated(), invoice.number, invoice.date)
    yield make.line(client, amount, text), ASK
