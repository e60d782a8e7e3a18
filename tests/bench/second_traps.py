"""Lines that name a client's open invoice and do not pay it, or not as they seem to: wrong payers, closed invoices, other documents."""

from __future__ import annotations

from dataclasses import replace

from second_clients import inn_of, person_name
from second_desk import Desk, Draft, DryError, Kind, Make
from second_facts import Payer
from second_texts import (
    by_invoice,
    compose,
    day,
    pick,
    treasury_tail,
    vat,
)

_GIVEN_BACK = (
    "Возврат ошибочно перечисленных денежных средств по счету № {n} от {d}",
    "Возврат аванса по сч. {n}",
    "Возврат по п/п № {k}, счет № {n} от {d}",
    "Возврат излишне уплаченной суммы сч. № {n}",
    "ВОЗВРАТ СРЕДСТВ ПО СЧЕТУ {n} В СВЯЗИ С РАСТОРЖЕНИЕМ ДОГОВОРА",
)
_LOANS = (
    "Предоставление займа по договору займа № {n} от {d}",
    "Возврат займа по дог. № {n} от {d}",
    "Проценты по договору займа № {n}",
    "Процентный заем по счету № {n} дог. займа {k}",
)
_PENALTIES = (
    "Пени за просрочку оплаты счета № {n} от {d}",
    "Неустойка по претензии {k} (счет {n} от {d})",
    "Штраф по договору № {k}, сч. № {n}",
)
_SECURITIES = (
    "Обеспечительный платеж по договору № {n} от {d}",
    "Обеспечение исполнения контракта № {n}",
    "Обеспечение заявки на участие в закупке № {n}",
    "Задаток по лоту {n}, счет {k}",
)
_AGENTS = (
    "Перечисление по агентскому договору, отчет агента № {n} от {d}",
    "Выплата по реестру № {n} от {d} за реализованный товар. Без НДС",
    "Перечисление выручки комитенту, отчет комиссионера {n} от {d}",
)
_OUR_DEBTS = (
    "Оплата по счету № {n} от {d}",
    "Опл. сч. {n} за материалы",
    "Оплата по сч.№{n} от {d} за транспортные услуги",
)
_OUR_REFUNDS = (
    "Возврат излишне оплаченных средств по счету № {n} от {d}",
    "Возврат денежных средств по письму {c}, сч. {n}",
)
_ACTS = (
    "Оплата по акту № {n}",
    "Оплата по акту об оказании услуг №{n}",
    "Оплата по УПД № {n}",
    "по накладной {n}",
    "Опл. по ТОРГ-12 N {n}",
    "Оплата акта вып. работ № {n}",
)
_VAT_INVOICES = (
    "Оплата по счету-фактуре № {n}",
    "Оплата по с/ф {n}",
    "по сч-ф № {n}",
    "Оплата по сч/ф {n} за товар",
    "счет-фактура {n}",
)
_ORDERS = (
    "Оплата по заказу клиента №{n}",
    "Оплата по заявке № {n}",
    "Доплата к п/п № {n}",
    "Оплата по заказ-наряду {n}",
    "Оплата по спецификации № {n}",
    "оплата полиса № {n}",
)
_CONTRACTS = (
    "Оплата по договору № {n}",
    "Предоплата по дог. {n}",
    "Аванс по контракту № {n}. Без НДС",
    "Оплата по доп. соглашению № 1 к договору №{n}",
)
_PERSONAL_ACCOUNTS = (
    "Пополнение лицевого счета № {n}",
    "Оплата услуг, л/с {n}",
    "Пополнение баланса ЛС {n}. Без НДС",
    "Пополнение л/счета № {n}",
)

# Somebody else pays, or somebody else's invoice


def _for_another(*, own_namesake: bool) -> Make:
    """A firm pays for a client; with ``own_namesake`` it is a client too and has an open invoice of the same number."""

    def make(desk: Desk) -> list[Draft]:
        if own_namesake:
            invoice, own = desk.pair("strangers")
            payer = desk.payer(desk.client(own))
        else:
            invoice = desk.one()
            payer = desk.stranger(f'ООО "Плательщик {desk.rng.randint(1, 900)}"', inn_of(desk.rng, 10))
        client = desk.client(invoice)
        form = pick(
            desk.rng,
            "Оплата за {c} ИНН {i} {r}",
            "{r} за {c}",
            "Оплата {r} по письму {c} (ИНН {i})",
            "В счет взаиморасчетов с {c} {r}",
        )
        text = form.format(
            c=client.name,
            i=client.inn,
            r=by_invoice(desk.rng, invoice.number, invoice.issued if desk.rng.random() < 0.6 else None),
        )
        return [desk.unposted(invoice.entity, invoice.open, payer, text)]

    return make


def _from_stranger(make_payer: str) -> Make:
    """Somebody who is in no books names a client's open invoice as if it were his."""

    def make(desk: Desk) -> list[Draft]:
        rng, invoice = desk.rng, desk.one()
        client, text = desk.client(invoice), desk.named(invoice)
        if make_payer == "namesake":
            payer = desk.stranger(client.name, inn_of(rng, 10 if client.kind == "company" else 12))
        elif make_payer == "person":
            payer = Payer(
                person_name(rng), "", "", f"40817810{rng.randint(10**11, 10**12 - 1)}", "044525974", 'АО "ТБанк"'
            )
            text = f"{text[:150]} за {client.name}"
        elif make_payer == "factor":
            payer = desk.stranger(pick(rng, 'ООО "Факторинг-Капитал"', 'АО "Лизинговая компания"'), inn_of(rng, 10))
            text = f"Финансирование по договору факторинга, {text}"
        elif make_payer == "bailiffs":
            payer = desk.stranger("УФК по г. Туле (ОСП Центрального района)", inn_of(rng, 10), "03212")
            debt = f"долг по счету № {invoice.number} от {invoice.issued:%d.%m.%Y}"
            text = f"Перечисление средств по и/п {rng.randint(1, 99999)}/26/71001-ИП с {client.name}, {debt}"
        else:
            payer = desk.stranger(f'ООО "Неизвестный {rng.randint(1, 900)}"', inn_of(rng, 10))
        return [desk.unposted(invoice.entity, invoice.open, payer, text)]

    return make


def _others_number(desk: Desk) -> list[Draft]:
    """A client names an open invoice that is another client's; his own have other numbers."""
    invoice, payer = desk.one(), desk.rng.choice(desk.pools["several"])
    if desk.cores[desk.kin(payer.id), invoice.core]:
        raise DryError("it has that number itself")
    own = desk.free[payer.id]
    amount = desk.rng.choice(own).open if own and desk.rng.random() < 0.5 else invoice.open
    return [desk.unposted(invoice.entity, amount, desk.payer(payer), desk.named(invoice, amount=amount))]


def _account_of_another(desk: Desk) -> list[Draft]:
    """From an account the books know as a client's, but under another tax number."""
    invoice = desk.one(want=lambda i: bool(desk.client(i).accounts))
    account = desk.client(invoice).accounts[0]
    payer = Payer(
        f'ООО "Преемник {desk.rng.randint(1, 900)}"',
        inn_of(desk.rng, 10),
        "",
        account.number,
        account.bic,
        account.bank,
    )
    return [desk.unposted(invoice.entity, invoice.open, payer, desk.named(invoice))]


def _namesake_silent(desk: Desk) -> list[Draft]:
    """No tax number, a name two clients share, nothing named."""
    invoice = desk.one("person", lambda i: desk.names[desk.client(i).name] > 1)
    client = desk.client(invoice)
    return [
        desk.unposted(
            invoice.entity,
            invoice.open,
            Payer(client.name, "", "", "", "044525225", "ПАО СБЕРБАНК"),
            "Оплата за услуги. НДС не облагается",
        )
    ]


def _head_pays(desk: Desk) -> list[Draft]:
    """The head office pays an invoice of its branch, named by a number nobody else of the firm has."""
    invoice = desk.one("branch", lambda i: desk.client(i).head != i.client)
    head = desk.clients[desk.client(invoice).head or 0]
    return [desk.paid(invoice, desk.named(invoice), payer=desk.payer(head))]


def _sole_as_person(desk: Desk) -> list[Draft]:
    invoice = desk.one("sole")
    client = desk.client(invoice)
    payer = Payer(
        client.name[3:], client.inn, "", f"40817810{desk.rng.randint(10**11, 10**12 - 1)}", "044525974", 'АО "ТБанк"'
    )
    return [desk.paid(invoice, desk.named(invoice), payer=payer)]


def _through_bank(desk: Desk) -> list[Draft]:
    """The bank itself stands as the payer; the person is named in the purpose."""
    invoice = desk.one("person", lambda i: desk.names[desk.client(i).name] == 1)
    name = desk.client(invoice).name
    text = f"//{name.upper()}//{name.upper()}//РФ Г. ТУЛА УЛ. МИРА {desk.rng.randint(1, 99)}//{desk.named(invoice)}"[
        :210
    ]
    if invoice.number.lower() not in text.lower():
        raise DryError("too long")
    return [
        desk.paid(
            invoice,
            text,
            payer=Payer("ПАО СБЕРБАНК", "7707083893", "", "30233810642000600001", "044525225", "ПАО СБЕРБАНК"),
        )
    ]


def _finance_office(*, named: bool) -> Make:
    """The treasury pays under its own tax number; ``named``: the line says for which school."""

    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one("budget") if named else desk.pair("schools")[0]
        client = desk.client(invoice)
        treasury = client.treasury
        assert treasury
        account = treasury.account
        payer = Payer(treasury.name, treasury.inn, treasury.kpp, account.number, account.bic, account.bank)
        reference = by_invoice(desk.rng, invoice.number, invoice.issued if named else None)
        text = f"({treasury_tail(desk.rng)}) {f'за {client.name} ' if named else ''}оплата {reference}. Без НДС"
        return (
            [desk.paid(invoice, text, payer=payer)]
            if named
            else [desk.unposted(invoice.entity, desk.unlike_sum(invoice), payer, text)]
        )

    return make


# Not a payment of that invoice


def _closed(state: str) -> Make:
    def make(desk: Desk) -> list[Draft]:
        invoice = desk.closed(state)
        text = desk.named(invoice, dated=desk.rng.random() < 0.6, amount=invoice.total)
        return [desk.unposted(invoice.entity, invoice.total, desk.payer(desk.client(invoice)), text)]

    return make


def _draft_sum(desk: Desk) -> list[Draft]:
    invoice = desk.closed("draft")
    if desk.sums[desk.kin(invoice.client), invoice.entity, invoice.total]:
        raise DryError("an open invoice has that sum")
    return [desk.on_balance(invoice, compose(desk.rng, f"за {invoice.subject}", tail="Без НДС"), invoice.total)]


def _again(*, same_day: bool) -> Make:
    """An invoice is paid as it should be, then once more."""

    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one()
        first = desk.paid(invoice, desk.named(invoice))
        first = replace(first, opening=True, document=str(desk.rng.randint(1, 9999)))
        text = first.purpose if same_day else desk.named(invoice)
        days, document = (0, first.document) if same_day else (desk.rng.randint(1, 15), "")
        return [first, Draft(first.account, first.amount, first.payer, text, days=days, document=document)]

    return make


def _not_that(*texts: str, sign: int = 1) -> Make:
    """The payer's own open invoice has the number, but the line is about something else. ``sign`` −1: the money goes out."""

    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one("several")
        rng, client = desk.rng, desk.client(invoice)
        amount = rng.choice((invoice.open, desk.unlike_sum(invoice)))
        text = rng.choice(texts).format(
            n=invoice.number, d=day(rng, invoice.issued), k=rng.randint(1, 999), c=client.name
        )
        tail = vat(rng, amount, payer_of_vat=invoice.entity == 1) if "НДС" not in text else ""
        return [desk.unposted(invoice.entity, sign * amount, desk.payer(client), f"{text} {tail}".strip())]

    return make


def _not_an_invoice(*texts: str) -> Make:
    """The payer's own open invoice has the number, which here is a contract's, an account's or a sum: the balance gets the money."""

    def make(desk: Desk) -> list[Draft]:
        invoice = desk.one("several")
        amount = desk.unlike_sum(invoice)
        return [desk.on_balance(invoice, desk.rng.choice(texts).format(n=invoice.number), amount)]

    return make


def _between_ours(desk: Desk) -> list[Draft]:
    """One legal entity of ours pays the other and says it with a number a client's invoice has."""
    invoice = desk.one()
    source = next(e for e in desk.world.entities if e.id != invoice.entity)
    account = desk.account(source.id)
    return [
        desk.unposted(
            invoice.entity,
            invoice.open,
            Payer(source.name, source.inn, source.kpp, account.number, account.bic),
            desk.named(invoice),
        )
    ]


def _register(desk: Desk) -> list[Draft]:
    invoice = desk.one("person")
    register = f"по реестру № {invoice.number} от {invoice.issued:%d.%m.%Y}, счет {invoice.number}"
    text = f"Перечисление принятых платежей физ. лиц {register}. НДС не облагается"
    return [
        desk.unposted(
            invoice.entity,
            invoice.open,
            Payer("ПАО СБЕРБАНК", "7707083893", "", "30232810900000000001", "044525225"),
            text,
        )
    ]


def _branch_unsaid(desk: Desk) -> list[Draft]:
    """A tax number without a reason code, and a number that two branches have open."""
    pair = desk.pair("branches", lambda *both: all(desk.client(i).head != i.client for i in both))
    payer = desk.payer(desk.clients[desk.client(pair[0]).head or 0], known=False, kpp=False)
    payer = Payer(payer.name, payer.inn, "", f"40702810{desk.rng.randint(10**11, 10**12 - 1)}", payer.bic, payer.bank)
    amount = desk.unlike_sum(pair[0])
    text = desk.text(pair[0], by_invoice(desk.rng, pair[0].number, None), amount, bare=True)
    return [desk.unposted(pair[0].entity, amount, payer, text)]


TRAPS = (
    Kind("a stranger pays for a client it names, number and sum right", "never", 1.2, _for_another(own_namesake=False)),
    Kind(
        "a client pays for another it names, and has an open invoice of that number itself",
        "never",
        1,
        _for_another(own_namesake=True),
    ),
    Kind("a stranger names a client's open invoice", "never", 1.2, _from_stranger("firm")),
    Kind(
        "a firm of the client's name but another tax number names its invoice", "never", 0.8, _from_stranger("namesake")
    ),
    Kind("a person pays for a firm", "never", 1, _from_stranger("person")),
    Kind("a factor or a lessor pays for a client", "never", 0.6, _from_stranger("factor")),
    Kind("bailiffs pay a client's debt over", "never", 0.6, _from_stranger("bailiffs")),
    Kind("a client names another client's open invoice", "never", 1.5, _others_number),
    Kind("a client's known account under another tax number", "never", 0.8, _account_of_another),
    Kind("a name two clients share, no tax number, nothing named", "never", 0.3, _namesake_silent),
    Kind("the head office pays its branch's invoice, the number is the firm's only one", "may", 1, _head_pays),
    Kind("no reason code, and a number that two branches have open", "never", 0.8, _branch_unsaid),
    Kind("a sole proprietor pays from a private account", "may", 1, _sole_as_person),
    Kind("a bank pays in for a person whom the purpose names", "may", 0.4, _through_bank),
    Kind(
        "a finance office pays for a school it names, number, day and sum right",
        "may",
        0.7,
        _finance_office(named=True),
    ),
    Kind(
        "a finance office pays an invoice whose number two of its schools have open",
        "never",
        0.7,
        _finance_office(named=False),
    ),
    Kind("a paid invoice is named", "never", 1.2, _closed("paid")),
    Kind("a void invoice is named", "never", 1, _closed("void")),
    Kind("nothing named, the sum is that of a draft", "may", 0.5, _draft_sum),
    Kind("an invoice paid earlier in the file is paid once more", "never", 1, _again(same_day=False)),
    Kind("a line equal to an earlier one of its day", "never", 1, _again(same_day=True)),
    Kind("money given back by a client, with the number of its open invoice", "never", 1.2, _not_that(*_GIVEN_BACK)),
    Kind("a client's loan, under a contract of its open invoice's number", "never", 1, _not_that(*_LOANS)),
    Kind("a penalty for an invoice that is open", "never", 1, _not_that(*_PENALTIES)),
    Kind("a deposit or a security of a client", "never", 0.8, _not_that(*_SECURITIES)),
    Kind(
        "a marketplace or an agent that is a client pays out, register of its invoice's number",
        "never",
        1,
        _not_that(*_AGENTS),
    ),
    Kind(
        "we pay a client who is a supplier too, its invoice bears the number of one of ours",
        "never",
        1.2,
        _not_that(*_OUR_DEBTS, sign=-1),
    ),
    Kind("we give a client money back, its open invoice named", "never", 1, _not_that(*_OUR_REFUNDS, sign=-1)),
    Kind("an act or a delivery note of an open invoice's number", "never", 1.2, _not_that(*_ACTS)),
    Kind("a VAT invoice of an open invoice's number", "never", 1, _not_that(*_VAT_INVOICES)),
    Kind("an order, a request or a payment order of an open invoice's number", "never", 1, _not_that(*_ORDERS)),
    Kind("a contract of an open invoice's number, no invoice named", "may", 1.2, _not_an_invoice(*_CONTRACTS)),
    Kind(
        "a personal account of an open invoice's number is topped up", "may", 0.8, _not_an_invoice(*_PERSONAL_ACCOUNTS)
    ),
    Kind("one legal entity of ours pays the other, with a client's invoice's number", "never", 0.6, _between_ours),
    Kind("a bank's register of persons' payments, its number that of an open invoice", "never", 0.5, _register),
)
