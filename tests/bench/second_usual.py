"""The kinds of lines a bank brings every day, about as often as it does."""

from __future__ import annotations

from second_clients import TOWNS, inn_of, person_name
from second_desk import Desk, Draft, DryError, Kind, Make, said_name, total
from second_facts import Invoice, Payer
from second_texts import (
    accusative,
    by_contract,
    by_invoice,
    compose,
    day,
    listed,
    money,
    month,
    pick,
    treasury_tail,
    vat,
)


def in_full(pool: str, *, dated: bool = True) -> Make:
    """A client of ``pool`` names its open invoice and pays all of it."""

    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one(pool)
        return [desk.paid(invoice, desk.named(invoice, dated=dated))]

    return make


def _part(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.state == "issued" and i.total >= 10000)
    share = desk.rng.choice((10, 30, 50, 50, 70))
    amount = invoice.total * share // 100
    lead = pick(
        desk.rng, f"Предоплата {share}%", f"Аванс {share}%", "Частичная оплата", f"Предоплата ({share} %)", "Част. опл."
    )
    reference = f"{lead} {by_invoice(desk.rng, invoice.number, invoice.issued)}"
    return [desk.paid(invoice, desk.text(invoice, reference, amount), amount=amount)]


def _rest(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.state == "part_paid")
    lead = pick(desk.rng, "Доплата", "Окончательный расчет", "Остаток", "Оплата остатка", "Доплата 50%")
    reference = f"{lead} {by_invoice(desk.rng, invoice.number, invoice.issued)}"
    return [desk.paid(invoice, desk.text(invoice, reference))]


def _two_parts(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.state == "issued" and i.total >= 10000)
    first = invoice.total * desk.rng.choice((30, 50, 60)) // 100
    rest = invoice.total - first
    payer = desk.payer(desk.client(invoice))
    drafts = [desk.paid(invoice, desk.named(invoice, amount=sum_), amount=sum_, payer=payer) for sum_ in (first, rest)]
    return [drafts[0], desk.paid(invoice, drafts[1].purpose, amount=rest, payer=payer, days=desk.rng.randint(1, 12))]


def _several(desk: Desk) -> list[Draft]:
    invoices = desk.some(desk.rng.choice((2, 2, 2, 3, 3, 4)))
    dated = desk.rng.random() < 0.5
    reference = listed(desk.rng, [(i.number, i.issued if dated else None) for i in invoices])
    text = compose(desk.rng, reference, tail=desk.tail(invoices[0], total(invoices)))[:210]
    assert reference.lower() in text.lower()
    return [desk.paid_together(invoices, text)]


def with_sums(desk: Desk, *, partly: bool) -> list[Draft]:
    """Several invoices, each with the sum it gets."""
    invoices = desk.some(desk.rng.choice((2, 2, 3)), want=lambda i: i.open >= 10000)
    sums = [i.open * desk.rng.choice((30, 50, 100)) // 100 if partly else i.open for i in invoices]
    parts = []
    for invoice, amount in zip(invoices, sums, strict=True):
        date = f" от {day(desk.rng, invoice.issued)}" if desk.rng.random() < 0.5 else ""
        parts.append(f"№ {invoice.number}{date} - {money(desk.rng, amount)} руб.")
    purpose = pick(desk.rng, "Оплата по счетам: ", "Оплата по сч. ", "По счетам ") + ", ".join(parts) + " Без НДС"
    client = desk.client(invoices[0])
    pays = tuple(zip(invoices, sums, strict=True))
    return [Draft(desk.account(invoices[0].entity), sum(sums), desk.payer(client), purpose, client.id, pays)]


def _contract_first(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.contract is not None)
    reference = f"{desk.contract_of(invoice, 1)} {by_invoice(desk.rng, invoice.number, invoice.issued)}"
    return [
        desk.paid(
            invoice, compose(desk.rng, reference, about=invoice.subject, tail=desk.tail(invoice, invoice.open))[:210]
        )
    ]


def _treasury(desk: Desk) -> list[Draft]:
    invoice = desk.one("budget")
    reference = by_invoice(desk.rng, invoice.number, invoice.issued)
    purpose = f"{pick(desk.rng, '', treasury_tail(desk.rng) + ' ')}Оплата {reference} {desk.contract_of(invoice, 0.6)}"
    return [desk.paid(invoice, f"{purpose} {treasury_tail(desk.rng)} {desk.tail(invoice, invoice.open)}"[:210])]


def _person(*, known: bool) -> Make:
    def make(desk: Desk) -> list[Draft]:
        def fits(invoice: Invoice) -> bool:
            client = desk.client(invoice)
            return bool(client.accounts) >= known and desk.names[client.name] == 1

        invoice = desk.one("person", fits)
        payer = desk.payer(desk.client(invoice), known=known)
        return [desk.paid(invoice, desk.named(invoice), payer=payer)]

    return make


def _only_sum(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=desk.only_sum)
    purpose = compose(
        desk.rng,
        pick(desk.rng, "за услуги", "за товар", "по счету", "по договору", "по сч."),
        about=desk.about(invoice),
    )
    return [desk.paid(invoice, f"{purpose} {desk.tail(invoice, invoice.open)}".strip())]


def _by_month(desk: Desk) -> list[Draft]:
    def only(invoice: Invoice) -> bool:
        return invoice.period is not None and desk.months[invoice.client, invoice.entity, invoice.period] == 1

    invoice = desk.one(want=only)
    assert invoice.period
    reference = (
        f"{pick(desk.rng, 'за', 'по договору за')} {accusative(invoice.subject)} {month(desk.rng, invoice.period)}"
    )
    return [
        desk.paid(
            invoice,
            compose(desk.rng, reference, contract=desk.contract_of(invoice), tail=desk.tail(invoice, invoice.open)),
        )
    ]


def _by_contract(desk: Desk) -> list[Draft]:
    invoice = desk.one("several", lambda i: i.contract is not None)
    contract = desk.contracts[invoice.contract or 0]
    lead = pick(desk.rng, "Предоплата", "Аванс", "Оплата", "Авансовый платеж", "Предварительная оплата")
    amount = desk.unlike_sum(invoice)
    text = f"{lead} {by_contract(desk.rng, contract.number, contract.date)} {desk.tail(invoice, amount)}"
    return [desk.on_balance(invoice, text, amount)]


def _for_services(desk: Desk) -> list[Draft]:
    invoice = desk.one("several")
    amount = desk.unlike_sum(invoice)
    text = pick(
        desk.rng,
        "Оплата за услуги",
        "За услуги согласно договору",
        "Оплата по договору",
        "ПЛАТЕЖ",
        "Оплата",
        "Погашение задолженности",
        "Оплата по акту сверки",
    )
    return [desk.on_balance(invoice, f"{text}. {desk.tail(invoice, amount)}", amount)]


def _nothing_open(desk: Desk) -> list[Draft]:
    invoice = desk.closed("paid", "idle")
    text = f"{pick(desk.rng, 'Оплата', 'Предоплата', 'Оплата по договору', 'Аванс')} {month(desk.rng, desk.world.opens)}. Без НДС"
    return [desk.on_balance(invoice, text, desk.unlike_sum(invoice))]


def _more_than_open(desk: Desk) -> list[Draft]:
    invoice = desk.one(want=lambda i: i.state == "issued")
    amount = invoice.open + desk.rng.choice((100, 5000, 10000, invoice.open // 20 + 1, invoice.open // 10 + 7))
    return [desk.paid(invoice, desk.named(invoice, amount=amount), amount=amount)]


def _english(*, known: bool) -> Make:
    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one("foreign", lambda i: bool(desk.client(i).accounts) >= known)
        number = invoice.number.replace("СЧ", pick(desk.rng, "SCH", "СЧ", "SCH"))
        date = pick(
            desk.rng,
            f"{invoice.issued:%d.%m.%Y}",
            f"{invoice.issued:%d/%m/%Y}",
            f"{invoice.issued:%Y-%m-%d}",
            f"{invoice.issued:%d %b %Y}".upper(),
        )
        form = pick(
            desk.rng,
            "PAYMENT FOR INVOICE NO {} DD {}",
            "INV {} DATED {}",
            "/RFB/INVOICE {} OF {} FOR SERVICES",
            "Payment against invoice # {} from {}, VAT exempt",
        )
        payer = desk.payer(desk.client(invoice), known=known)
        prefix = pick(desk.rng, "", "", "{VO20100}", "(VO10100) ")
        return [desk.paid(invoice, prefix + form.format(number, date), payer=payer)]

    return make


def _same_sum_twice(desk: Desk) -> list[Draft]:
    for _ in range(40):
        first = desk.rng.choice(desk.pools["several"])
        by_sum: dict[tuple[int, int], Invoice] = {}
        for invoice in desk.free[first.id]:
            twin = by_sum.setdefault((invoice.entity, invoice.open), invoice)
            if twin is not invoice and desk.alone(twin) and desk.alone(invoice):
                desk.take(twin, invoice)
                payer = desk.payer(first)
                return [desk.paid(one, desk.named(one), payer=payer) for one in (twin, invoice)]
    raise DryError("two invoices of one sum")


def _elsewhere(cases: tuple[tuple[str, str], ...], *, sign: int, balance: str = "40702") -> Make:
    """Money from or to somebody who is no client. ``cases``: his name and the purpose; ``sign`` −1: it goes out."""

    def make(desk: Desk) -> list[Draft]:
        rng = desk.rng
        name, purpose = rng.choice(cases)
        number = (
            str(rng.randint(1, 9000))
            if sign > 0
            else rng.choice((str(rng.randint(1, 9000)), f"{rng.randint(1, 300)}/26", f"УТ-{rng.randint(1, 900)}"))
        )
        date = desk.world.opens.replace(month=rng.randint(1, 6), day=rng.randint(1, 28))
        amount = rng.randint(500, 600000) * 100 + rng.choice((0, 0, rng.randint(0, 99)))
        facts = {
            "n": number,
            "d": day(rng, date),
            "m": month(rng, date),
            "p": person_name(rng),
            "s": money(rng, amount // 50),
            "k": rng.randint(2, 90),
        }
        payer = desk.stranger(
            name.format(**facts), _BANKERS.get(name) or inn_of(rng, 12 if name in _PEOPLE else 10), balance
        )
        return [desk.unposted(rng.choice((1, 1, 2)), sign * amount, payer, purpose.format(**facts))]

    return make


def _own_transfer(desk: Desk) -> list[Draft]:
    rng = desk.rng
    entity = rng.choice(desk.world.entities)
    mine = [a for a in desk.world.own_accounts if a.entity == entity.id and a.currency == "RUB"]
    source, target = rng.sample(mine, 2)
    amount = rng.randint(10, 3000) * 100000
    text = pick(
        rng,
        "Перевод собственных средств. Без НДС",
        "Перевод собств. ср-в между счетами",
        "Пополнение счета. НДС не облагается",
        f"Перевод на счет № {target.number[-4:]}",
        "Перемещение денежных средств",
    )
    sent = Draft(source, -amount, Payer(entity.name, entity.inn, entity.kpp, target.number, target.bic), text)
    return [sent, Draft(target, amount, Payer(entity.name, entity.inn, entity.kpp, source.number, source.bic), text)]


def _stranger_silent(desk: Desk) -> list[Draft]:
    rng = desk.rng
    name = pick(rng, f'ООО "Новый {rng.choice(TOWNS)}-{rng.randint(1, 500)}"', "ИП " + person_name(rng))
    amount = rng.randint(10, 900) * 10000
    text = f"{pick(rng, 'Оплата за услуги', 'Оплата по договору', 'За товар', 'Предоплата')}. {vat(rng, amount, payer_of_vat=True)}"
    return [desk.unposted(rng.choice((1, 2)), amount, desk.stranger(name, inn_of(rng, 10)), text)]


def _from_person_by_name(desk: Desk) -> list[Draft]:
    invoice = desk.one("person")
    payer = Payer(
        f"{said_name(desk.rng, desk.client(invoice)).split()[0]} И.",
        "",
        "",
        "30232810500000000018",
        "044525974",
        'АО "ТБанк"',
    )
    text = pick(
        desk.rng,
        "Перевод по СБП",
        "Пополнение по операции СБП 1180033807",
        f"Перевод с карты *{desk.rng.randint(1000, 9999)}",
    )
    return [desk.unposted(invoice.entity, invoice.open, payer, text)]


_BANKERS = {
    "ПАО СБЕРБАНК": "7707083893",
    'АО "ТБанк"': "7710140679",
    'НКО "ЮМани" (ООО)': "7750005725",
    'ООО "РВБ"': "9714053621",
    'ООО "Интернет Решения"': "7704217370",
}
"""Tax numbers everybody knows."""
_PEOPLE = ("{p}", "Кабинетов Пётр Юрьевич")
_PAYOUTS = (
    ("ПАО СБЕРБАНК", "Зачисление средств по терминалам эквайринга от {d}. Комиссия {s}. НДС не облагается"),
    ("ПАО СБЕРБАНК", "Возмещение по торговому эквайрингу, мерчант {n}00{k}, дата реестра {d}, НДС не облагается"),
    (
        'АО "ТБанк"',
        "[G22-se1PBGG] Перечисление за {k} заказов от {d}, по договору № 112800-{n}, #{n}. НДС не облагается",
    ),
    ('НКО "ЮМани" (ООО)', "Перечисление денежных средств по договору НЭК.{n}.01 по реестру № {n} от {d}. Без НДС"),
    ('НКО "ЮМани" (ООО)', "Оплата по счету, реестр принятых платежей №{n} от {d}"),
    ('ООО "Интернет Решения"', "Оплата по договору-оферте за реализованный товар, отчет комиссионера № {n} от {d}"),
    ('ООО "РВБ"', "Расчет по договору N б/н от {d} согласно реестру №{n}"),
)
_SUPPLIERS = (
    ('ООО "Поставщик {k}"', "Оплата по счету № {n} от {d} за материалы. В т.ч. НДС 22%"),
    ('ООО "Связь {k}"', "Опл. сч. {n} от {d} за услуги. Без НДС"),
    ('АО "Энергосбыт {k}"', "Оплата по договору № {n} от {d} {m}"),
)
_WAGES = (
    ("ПАО СБЕРБАНК", "Заработная плата {m} по реестру № {n} от {d}. Без НДС"),
    ("{p}", "Аванс {m}"),
    ("{p}", "Отпускные {m} НДС не облагается"),
    ("{p}", "Перечисление под отчет {p}"),
)
_TAXES = (
    ("Казначейство России (ФНС России)", "Единый налоговый платеж"),
    ("Казначейство России (ФНС России)", "УСН {m} (ЕНП)"),
    ("ОСФР по Тульской области", "Страховые взносы на травматизм {m} рег. № 71{n}"),
)
_RENT = (
    ('ООО "Аренда-Центр"', "Аренда офиса {m} по договору № {n} от {d}. НДС не облагается"),
    ('ООО "Аренда-Центр"', "Оплата по счету {n} от {d} за аренду {m}"),
)
_FEES = (
    ("ПАО СБЕРБАНК", "Комиссия за ведение счета {m}"),
    ("ПАО СБЕРБАНК", "Комиссия за платеж № {n} от {d}"),
    ('АО "ТБанк"', "Оплата пакета услуг по счету за период с 01.06.2026 согласно тарифам Банка (п. 17.2.1)"),
    ('АО "ТБанк"', "Плата за СМС-информирование {m}"),
)
_REFUNDS = (
    ('ООО "Поставщик-Юг"', "Возврат ошибочно перечисленных средств по п/п № {n} от {d}"),
    ('АО "Энергосбыт"', "Возврат аванса по договору № {n} от {d}"),
    ('ООО "Поставщик-Юг"', "Возврат денежных средств по платежному поручению № {n} от {d}. НДС не облагается"),
)
_LOANS = (
    ('ООО "Заимодавец"', "Предоставление займа по договору № {n} от {d}. НДС не облагается"),
    ("Кабинетов Пётр Юрьевич", "Выдача беспроцентного займа по дог. {n} от {d}"),
    ("Кабинетов Пётр Юрьевич", "Взнос учредителя в уставный капитал"),
    ("Кабинетов Пётр Юрьевич", "Финансовая помощь учредителя"),
)
_YIELDS = (
    ("ПАО СБЕРБАНК", "Выплата процентов на остаток {m}"),
    ('АО "ТБанк"', "Возврат депозита по договору № {n} от {d}"),
    ('САО "Страховщик"', "Страховое возмещение по договору {n} от {d}, убыток № {n}"),
)
_RETURNS = (
    ("УФК по Тульской области (Минэкономразвития)", "Субсидия по соглашению № {n} от {d}"),
    ("Казначейство России (ФНС России)", "Возврат излишне уплаченного налога реш. {n} от {d}"),
    ("{p}", "Возврат подотчетных сумм {p}"),
)

USUAL = (
    Kind("a firm names its open invoice by number and date and pays it in full", "must", 20, in_full("trade")),
    Kind("a firm names its open invoice by number alone and pays it in full", "must", 8, in_full("trade", dated=False)),
    Kind("a branch pays its own invoice, tax number and reason code as in the books", "must", 2, in_full("branch")),
    Kind("an advance or a part of the sum on an invoice named by number and date", "must", 4, _part),
    Kind("the rest of a part paid invoice named by number and date", "must", 3, _rest),
    Kind("an invoice paid in two parts on two days, named both times", "must", 0.8, _two_parts),
    Kind("several invoices in one list, the sum is theirs together", "must", 4, _several),
    Kind("several invoices, each with its sum", "must", 2, lambda desk: with_sums(desk, partly=False)),
    Kind("the contract is named before the invoice", "must", 4, _contract_first),
    Kind("a treasury pays, the institution's own tax number is in the line", "must", 2, _treasury),
    Kind("a person pays from a known account and names the invoice", "must", 2, _person(known=True)),
    Kind("a person pays from an unknown account, full name and invoice are right", "may", 2, _person(known=False)),
    Kind("no number, but only one open invoice of the payer has that sum", "may", 4, _only_sum),
    Kind("no number, but a month which only one open invoice of the payer charges", "may", 3, _by_month),
    Kind("an advance on a contract, no invoice named, no invoice of that sum", "may", 3, _by_contract),
    Kind("for services, nothing named, several open and none of that sum", "may", 3, _for_services),
    Kind("a client with nothing open pays for the month to come", "may", 1, _nothing_open),
    Kind("a little more than is open on an invoice named by number and date", "must", 1.5, _more_than_open),
    Kind("an English purpose from a foreign client's known account", "must", 1, _english(known=True)),
    Kind("an English purpose from a foreign client's unknown account", "may", 0.5, _english(known=False)),
    Kind("two payments of one day and one sum, each names another invoice", "must", 0.5, _same_sum_twice),
    Kind("an acquirer, an aggregator or a marketplace pays out", "never", 4, _elsewhere(_PAYOUTS, sign=1, balance="30232")),
    Kind("a transfer between our own accounts, both sides of it", "never", 0.8, _own_transfer),
    Kind("we pay a supplier's invoice", "never", 7, _elsewhere(_SUPPLIERS, sign=-1)),
    Kind("we pay wages", "never", 2.5, _elsewhere(_WAGES, sign=-1, balance="40817")),
    Kind("we pay taxes and dues", "never", 2, _elsewhere(_TAXES, sign=-1, balance="03100")),
    Kind("we pay rent", "never", 1.5, _elsewhere(_RENT, sign=-1)),
    Kind("a bank takes its fee", "never", 2.5, _elsewhere(_FEES, sign=-1, balance="70601")),
    Kind("a supplier gives money back", "never", 1.5, _elsewhere(_REFUNDS, sign=1)),
    Kind("a lender's or a founder's loan", "never", 0.8, _elsewhere(_LOANS, sign=1)),
    Kind("interest, deposit or insurance money", "never", 0.7, _elsewhere(_YIELDS, sign=1)),
    Kind("a subsidy, a tax overpaid, money an employee gives back", "never", 0.5, _elsewhere(_RETURNS, sign=1)),
    Kind("a stranger pays and names nothing", "never", 1, _stranger_silent),
    Kind("a transfer by telephone number, the name cut to a letter", "never", 0.5, _from_person_by_name),
)  # fmt: skip
