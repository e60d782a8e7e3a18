"""The payer's own invoices, easily mixed up: other numbers around the right one, one number of two invoices, equal sums, lists."""

from __future__ import annotations

from second_desk import Desk, Draft, DryError, Kind, Make, total
from second_facts import Invoice, Verdict
from second_texts import (
    accusative,
    address,
    by_contract,
    by_invoice,
    compose,
    listed,
    money,
    month,
    other_document,
    pick,
)
from second_usual import with_sums

# Other numbers of the payer around the right one


def _beside(desk: Desk) -> tuple[Invoice, Invoice]:
    """An invoice to pay, and another open one of the same payer for a trap."""
    invoice, trap = desk.some(2)
    return (invoice, trap) if desk.rng.random() < 0.5 else (trap, invoice)


def _contract_like_invoice(desk: Desk) -> list[Draft]:
    invoice, trap = _beside(desk)
    contract, reference = by_contract(desk.rng, trap.number, None), by_invoice(desk.rng, invoice.number, invoice.issued)
    parts = [contract, reference] if desk.rng.random() < 0.7 else [reference, contract]
    text = f"Оплата {' '.join(parts)} {desk.tail(invoice, invoice.open)}"
    return [desk.paid(invoice, text)]


def _documents_like_invoice(desk: Desk) -> list[Draft]:
    invoice, trap = _beside(desk)
    noise = other_document(desk.rng, trap.number) if desk.rng.random() < 0.6 else address(desk.rng, str(trap.core))
    reference = by_invoice(desk.rng, invoice.number, invoice.issued)
    text = f"Оплата {reference}, {noise}. Без НДС" if desk.rng.random() < 0.5 else f"Оплата, {noise}, {reference}"
    return [desk.paid(invoice, text)]


def _instead(desk: Desk) -> list[Draft]:
    invoice, trap = _beside(desk)
    form = pick(
        desk.rng,
        "{r} взамен счета № {t}",
        "{r} (вместо сч. {t})",
        "{r}, счет {t} аннулирован",
        "взамен счета № {t} оплата {r}",
    )
    return [desk.paid(invoice, form.format(r=by_invoice(desk.rng, invoice.number, invoice.issued), t=trap.number))]


def _with_penalty(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.open >= 10000)
    fine = desk.rng.randint(1, 90) * 1000
    reference = by_invoice(desk.rng, invoice.number, invoice.issued)
    text = f"Оплата {reference} - {money(desk.rng, invoice.open)}, пени {money(desk.rng, fine)} руб."
    return [desk.paid(invoice, text, amount=invoice.open + fine)]


def _far_too_much(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.state == "issued")
    amount = invoice.open * desk.rng.randint(3, 12)
    return [desk.paid(invoice, desk.named(invoice, amount=amount), amount=amount)]


def _whole_again(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.state == "part_paid")
    return [desk.paid(invoice, desk.named(invoice, amount=invoice.total), amount=invoice.total)]


# One number, several invoices


def _twin(trap: str, said: str, verdict: Verdict) -> Make:
    """Two open invoices of one number. ``said``: what of ``date``, ``sum`` tells them apart."""

    def make(desk: Desk) -> list[Draft]:
        invoice, _ = desk.pair(trap, lambda a, b: a.open != b.open and a.issued != b.issued)
        reference = by_invoice(desk.rng, invoice.number, invoice.issued if "date" in said else None)
        if verdict != "never":
            return [desk.paid(invoice, desk.text(invoice, reference, bare="date" not in said))]
        amount = desk.unlike_sum(invoice)
        return [
            desk.unposted(
                invoice.entity,
                amount,
                desk.payer(desk.client(invoice)),
                desk.text(invoice, reference, amount, bare=True),
            )
        ]

    return make


def _last_years(desk: Desk) -> list[Draft]:
    """The day named is that of last year's invoice, which is closed; this year's of the same number is open."""
    invoice, closed = desk.pair("closed_twin", lambda a, b: bool(b.number))
    amount = desk.rng.choice((invoice.open, closed.total))
    text = desk.text(closed, by_invoice(desk.rng, closed.number, closed.issued), amount)
    return [desk.unposted(invoice.entity, amount, desk.payer(desk.client(invoice)), text)]


def _other_entity(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    return [desk.unposted(3 - invoice.entity, invoice.open, desk.payer(desk.client(invoice)), desk.named(invoice))]


def _other_currency(desk: Desk) -> list[Draft]:
    invoice = desk.one("in_euros")
    amount = invoice.open * desk.rng.randint(88, 96) if desk.rng.random() < 0.7 else invoice.open
    return [desk.unposted(1, amount, desk.payer(desk.client(invoice)), desk.named(invoice, amount=amount))]


def _slip_onto_own(desk: Desk) -> list[Draft]:
    """The sum, and now and then the day, is of one open invoice of the payer, the number of another."""
    first, second = desk.some(2, want=desk.only_sum)
    if first.open == second.open:
        raise DryError("equal sums")
    day_said = first.issued if desk.rng.random() < 0.4 else None
    text = desk.text(second, by_invoice(desk.rng, second.number, day_said), first.open, bare=True)
    return [desk.unposted(first.entity, first.open, desk.payer(desk.client(first)), text)]


def _equal_sums(desk: Desk) -> list[Draft]:
    invoice = desk.one("several", lambda i: _rival(desk, i) is not None)
    rival = _rival(desk, invoice)
    assert rival
    desk.take(rival)
    return [
        desk.unposted(
            invoice.entity,
            invoice.open,
            desk.payer(desk.client(invoice)),
            compose(desk.rng, "по счету за услуги", tail="Без НДС"),
        )
    ]


def _rival(desk: Desk, invoice: Invoice) -> Invoice | None:
    """Another unused open invoice of its payer and entity with the same sum."""
    like = (i for i in desk.free[invoice.client] if i is not invoice)
    return next((i for i in like if (i.entity, i.open) == (invoice.entity, invoice.open)), None)


def _month_of_two(desk: Desk) -> list[Draft]:
    """The month named has two open invoices of the payer with that sum."""
    invoice = desk.one("several", lambda i: _month_rival(desk, i) is not None)
    rival = _month_rival(desk, invoice)
    assert rival and invoice.period
    desk.take(rival)
    text = compose(
        desk.rng,
        f"за {accusative(invoice.subject)} {month(desk.rng, invoice.period)}",
        tail=desk.tail(invoice, invoice.open),
    )
    return [desk.unposted(invoice.entity, invoice.open, desk.payer(desk.client(invoice)), text)]


def _month_rival(desk: Desk, invoice: Invoice) -> Invoice | None:
    """`_rival` of the same month and subject."""
    like = (i for i in desk.free[invoice.client] if i is not invoice and i.period and i.subject == invoice.subject)
    return next(
        (i for i in like if (i.entity, i.open, i.period) == (invoice.entity, invoice.open, invoice.period)), None
    )


# Lists


def _range(desk: Desk) -> list[Draft]:
    invoices = _run(desk)
    first, last = invoices[0].number, invoices[-1].number
    form = pick(
        desk.rng,
        "Оплата по счетам №№ {} - {}",
        "по счетам с № {} по № {}",
        "Оплата по сч. №№{}-{}",
        "Оплата счетов {}–{}. Без НДС",
        "счета №{}...{}",
    )
    return [desk.paid_together(invoices, form.format(first, last))]


def _run(desk: Desk) -> list[Invoice]:
    """Open invoices of one payer with neighbouring plain numbers."""
    for _ in range(200):
        free = desk.free[desk.rng.choice(desk.pools["several"]).id]
        first = desk.rng.choice(free) if free else None
        if first is None or not first.number.isdigit() or not desk.alone(first):
            continue
        run = [first]
        for invoice in free:
            if (
                (invoice.number, invoice.entity) == (str(run[-1].core + 1), first.entity)
                and invoice.issued.year == first.issued.year
                and desk.alone(invoice)
            ):
                run.append(invoice)
        if len(run) > 1:
            desk.take(*run)
            return run
    raise DryError("neighbouring numbers")


def _less_than_listed(desk: Desk) -> list[Draft]:
    invoices = desk.some(3)
    text = f"Частичная оплата {listed(desk.rng, [(i.number, None) for i in invoices])}"
    amount = total(invoices) * desk.rng.randint(30, 90) // 100
    return [desk.unposted(invoices[0].entity, amount, desk.payer(desk.client(invoices[0])), text)]


def _list_with_foreign(desk: Desk) -> list[Draft]:
    own = desk.one("several")
    kin = desk.kin(own.client)
    other = desk.one(want=lambda i: i.entity == own.entity and not desk.cores[kin, i.core])
    text = f"Оплата {listed(desk.rng, [(own.number, None), (other.number, None)])}"
    return [desk.unposted(own.entity, own.open + other.open, desk.payer(desk.client(own)), text)]


def _list_cut(desk: Desk) -> list[Draft]:
    """The limit cuts a list behind a whole number: which invoices follow, the sum alone would have to tell."""
    invoices = desk.some(3)
    kept = "по счетам № " + ", ".join(i.number for i in invoices[:2]) + ", "
    lead = (
        "Оплата по договору возмездного оказания услуг согласно актам сверки взаимных расчетов за все объекты заказчика "
        * 3
    )[: 209 - len(kept)]
    return [desk.unposted(invoices[0].entity, total(invoices), desk.payer(desk.client(invoices[0])), lead + " " + kept)]


def _except(desk: Desk) -> list[Draft]:
    invoice, trap = desk.some(2)
    form = pick(
        desk.rng,
        "Оплата задолженности, кроме счета № {}",
        "Оплата за услуги без учета сч. {}",
        "Погашение долга за исключением счета №{}",
        "Оплата аванса. Счет {} не оплачивается до устранения замечаний",
    )
    return [
        desk.unposted(
            invoice.entity, desk.unlike_sum(invoice), desk.payer(desk.client(invoice)), form.format(trap.number)
        )
    ]


MIXUPS = (
    Kind("the contract bears the number of another open invoice of the payer", "must", 1.5, _contract_like_invoice),
    Kind(
        "an act, a note, an address bear the number of another open invoice of the payer",
        "must",
        1.5,
        _documents_like_invoice,
    ),
    Kind("an invoice paid instead of another that is named too", "may", 1, _instead),
    Kind("an invoice and a penalty in one, both sums said", "may", 1, _with_penalty),
    Kind("many times what is open", "may", 0.7, _far_too_much),
    Kind("the whole sum of a part paid invoice once more", "may", 0.7, _whole_again),
    Kind("one number in two years, both open, day and sum tell", "must", 1, _twin("twin", "date sum", "must")),
    Kind("one number in two years, both open, only the sum tells", "may", 1, _twin("twin", "sum", "may")),
    Kind("one number in two years, both open, nothing tells", "never", 1, _twin("twin", "", "never")),
    Kind(
        "one number in both legal entities, our account, day and sum tell",
        "may",
        0.5,
        _twin("two_entities", "date sum", "may"),
    ),
    Kind("last year's closed invoice named by its day, this year's of that number is open", "never", 1, _last_years),
    Kind("an invoice of one legal entity paid to the other's account", "never", 1.2, _other_entity),
    Kind("roubles for an invoice in euros", "never", 0.5, _other_currency),
    Kind("the number of one open invoice of the payer, the sum of another", "never", 1.2, _slip_onto_own),
    Kind("no number, and several open invoices of that sum", "never", 1, _equal_sums),
    Kind("a month which two open invoices of the payer charge with one sum", "never", 0.8, _month_of_two),
    Kind("a range of numbers, the sum is theirs together", "may", 1, _range),
    Kind("a list of numbers, each with a part of its sum", "must", 1, lambda desk: with_sums(desk, partly=True)),
    Kind("a list of numbers without sums, less than they have open", "never", 1, _less_than_listed),
    Kind("a list with an invoice of another client", "never", 1, _list_with_foreign),
    Kind("a list cut at the limit", "never", 1, _list_cut),
    Kind("everything but the invoice named", "never", 0.7, _except),
)
