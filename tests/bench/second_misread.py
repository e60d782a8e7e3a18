"""The payer's own invoices, hard to read: odd spellings, misprints, wraps, cuts, SWIFT letters, and what is left out."""

from __future__ import annotations

from dataclasses import replace

from second_clients import TOWNS
from second_desk import Desk, Draft, DryError, Kind, Make
from second_facts import Invoice
from second_texts import (
    address,
    by_invoice,
    compose,
    day,
    latinised,
    misprinted,
    mistyped,
    odd_day,
    pick,
    redashed,
    shortened,
    swift,
    treasury_tail,
    wrapped,
)


def _lettered(invoice: Invoice) -> bool:
    return not invoice.number[0].isdigit()


def _latin(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.number[0] in "АС")  # ЦБ and ИП have no Latin twins
    return [
        desk.paid(
            invoice, desk.text(invoice, by_invoice(desk.rng, latinised(desk.rng, invoice.number), invoice.issued))
        )
    ]


def _keyword_misprinted(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    return [
        desk.paid(invoice, desk.text(invoice, f"{misprinted(desk.rng, invoice.number)} от {invoice.issued:%d.%m.%Y}"))
    ]


def _wrapped(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    kept = f"{invoice.number} от {invoice.issued:%d.%m.%Y}"
    reference = f"{pick(desk.rng, 'по счету №', 'по сч. №', 'Счет № ')}{kept}"
    text = compose(desk.rng, reference, about=desk.about(invoice), tail=desk.tail(invoice, invoice.open))
    return [desk.paid(invoice, wrapped(desk.rng, text, kept if kept in text else kept.upper()))]


def _number_split(desk: Desk) -> list[Draft]:
    """The wrap falls into the number, and what stands before it is another open invoice of the payer."""
    invoice, stump = desk.pair("stump", _fair)
    at = len(stump.number) + (invoice.number[len(stump.number)] in "/-")
    broken = invoice.number[:at] + pick(desk.rng, " ", "\n", "\r\n") + invoice.number[at:]
    return [
        desk.paid(
            invoice, f"Оплата по счету № {broken} от {invoice.issued:%d.%m.%Y} {desk.tail(invoice, invoice.open)}"
        )
    ]


def _fair(first: Invoice, second: Invoice) -> bool:
    """Two invoices of one payer and entity, told apart by sum and day."""
    return first.entity == second.entity and first.open != second.open and first.issued != second.issued


def _tail_cut(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    text = (
        desk.named(invoice).rstrip()
        + " "
        + address(desk.rng, str(desk.rng.randint(1, 99)))
        + " "
        + treasury_tail(desk.rng)
    )
    return [desk.paid(invoice, (text + " по договору оказания услуг, согласно акту выполненных работ, сч" * 3)[:210])]


def _number_cut(desk: Desk) -> list[Draft]:
    """The limit cuts the number, and the stump is another open invoice of the payer."""
    invoice, stump = desk.pair("stump", _fair)
    lead = f"Оплата за {invoice.subject} согласно договору оказания услуг и техническому заданию, объект: г. {desk.rng.choice(TOWNS)}, "
    text = (
        (lead + "ул. Советская, дом 4, помещение III, " * 4)[: 210 - len(stump.number) - 12]
        + " по счету № "
        + stump.number
    )
    return [desk.unposted(invoice.entity, invoice.open, desk.payer(desk.client(invoice)), text)]


def _odd_date(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    reference = f"{by_invoice(desk.rng, invoice.number, None)} от {odd_day(desk.rng, invoice.issued)}"
    return [desk.paid(invoice, desk.text(invoice, reference))]


def _date_first(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    form = pick(
        desk.rng,
        "счет от {d} № {n}",
        "по счету от {d} №{n}",
        "по сч. от {d} N {n}",
        "согласно счета от {d} г. за № {n}",
    )
    return [desk.paid(invoice, desk.text(invoice, form.format(d=f"{invoice.issued:%d.%m.%Y}", n=invoice.number)))]


def _glued(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    date = f"{invoice.issued:%d.%m.%Y}"
    form = pick(
        desk.rng,
        "сч№{n}от{d}г.",
        "Оплата сч.№{n}от{d}",
        "Опл.по сч.{n}от {d}",
        "оплата по счету№{n}от{d}г.за услуги",
        "ОПЛ.СЧ.№{n} ОТ {d}БЕЗ НДС",
    )
    return [desk.paid(invoice, form.format(n=invoice.number, d=date))]


def _redashed(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: not i.number.isdigit())
    reference = by_invoice(desk.rng, redashed(desk.rng, invoice.number), invoice.issued)
    return [desk.paid(invoice, desk.text(invoice, reference))]


def _shortened(desk: Desk) -> list[Draft]:
    invoice = desk.one()
    reference = by_invoice(desk.rng, shortened(desk.rng, invoice.number, invoice.core), invoice.issued)
    return [desk.paid(invoice, desk.text(invoice, reference))]


def _letter_o(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: "0" in i.number and _lettered(i))
    number = invoice.number.replace("0", pick(desk.rng, "О", "O", "о"))
    return [desk.paid(invoice, desk.text(invoice, by_invoice(desk.rng, number, invoice.issued)))]


def _swift(*, plain: bool) -> Make:
    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one(want=lambda i: _lettered(i) is not plain)
        text = compose(
            desk.rng,
            f"по счету № {invoice.number} от {invoice.issued:%d.%m.%Y}",
            about=invoice.subject,
            tail="НДС не облагается",
        )
        return [desk.paid(invoice, wrapped(desk.rng, swift(text), invoice.number))]

    return make


def _without_keyword(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=desk.only_sum)
    form = pick(
        desk.rng,
        "Оплата № {n} от {d}",
        "{n} от {d} за услуги",
        "Оплата {n} от {d}",
        "за услуги №{n} от {d}. Без НДС",
        "№{n} от {d}",
    )
    return [desk.paid(invoice, form.format(n=invoice.number, d=f"{invoice.issued:%d.%m.%Y}"))]


def _number_only(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=desk.only_sum)
    form = pick(desk.rng, "Оплата {n}", "{n}", "оплата {n} без ндс", "ОПЛАТА №{n}")
    return [desk.paid(invoice, form.format(n=invoice.number))]


def _date_only(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: desk.only_sum(i) and desk.days[i.client, i.issued] == 1)
    return [
        desk.paid(
            invoice,
            desk.text(
                invoice, pick(desk.rng, "по счету от ", "счет от ", "по сч. от ") + day(desk.rng, invoice.issued)
            ),
        )
    ]


def _mistyped(desk: Desk) -> list[Draft]:
    """A number that no invoice has; day and sum are those of one."""
    invoice = desk.one(want=desk.only_sum)
    free = [slip for slip in mistyped(desk.rng, invoice.number) if slip not in desk.numbers]
    if not free:
        raise DryError("every slip is somebody's number")
    return [desk.paid(invoice, desk.text(invoice, by_invoice(desk.rng, desk.rng.choice(free), invoice.issued)))]


def _wrong_date(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=desk.only_sum)
    wrong = invoice.issued.replace(day=invoice.issued.day % 27 + 1)
    return [desk.paid(invoice, desk.text(invoice, by_invoice(desk.rng, invoice.number, wrong)))]


def _untaxed(*, known: bool) -> Make:
    """A firm whose bank tells no tax number."""

    def make(desk: Desk) -> list[Draft]:
        def fits(invoice: Invoice) -> bool:
            client = desk.client(invoice)
            return client.kind == "company" and bool(client.accounts) >= known and desk.names[client.name] == 1

        invoice = desk.one(want=fits)
        payer = replace(desk.payer(desk.client(invoice), known=known), inn="", kpp="")
        return [desk.paid(invoice, desk.named(invoice), payer=payer)]

    return make


MISREAD = (
    Kind("look-alike Latin letters in the number", "must", 1.5, _latin),
    Kind("a misprint in the word for invoice; number, day and sum are right", "must", 1.5, _keyword_misprinted),
    Kind("line breaks inside words, the number whole", "must", 1.5, _wrapped),
    Kind("a line break inside the number, its beginning is another open invoice of the payer", "may", 1, _number_split),
    Kind("cut at the limit behind the number", "must", 1.5, _tail_cut),
    Kind("cut at the limit inside the number, the stump is another open invoice of the payer", "never", 1, _number_cut),
    Kind("the day in a rare spelling", "must", 1.5, _odd_date),
    Kind("the day before the number", "must", 1, _date_first),
    Kind("words, number and day without spaces", "must", 1, _glued),
    Kind("other dashes and slashes in the number", "must", 1, _redashed),
    Kind("only the running number of a longer one; or zeros before it", "may", 1.5, _shortened),
    Kind("the letter O for zero in the number", "may", 1, _letter_o),
    Kind("SWIFT letters, a number of digits alone, day and sum right", "must", 1, _swift(plain=True)),
    Kind("SWIFT letters, letters in the number", "may", 1, _swift(plain=False)),
    Kind("number and day without a word for invoice", "may", 1, _without_keyword),
    Kind("the bare number", "may", 0.7, _number_only),
    Kind("the day of the invoice without its number", "may", 1, _date_only),
    Kind("a mistyped number that is nobody's; day and sum are right", "may", 1.5, _mistyped),
    Kind("a wrong day; number and sum are right", "may", 1, _wrong_date),
    Kind(
        "no tax number in the line, the account is known; number, day and sum are right",
        "must",
        1,
        _untaxed(known=True),
    ),
    Kind(
        "no tax number, an unknown account; the name is the only one, number, day and sum are right",
        "may",
        1,
        _untaxed(known=False),
    ),
)
