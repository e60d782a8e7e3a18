"""Purposes as people type them: real texts with the facts taken out, and ways to spell and to spoil them.

The texts are those published in sample statements and in the trade; none of them is derived from the matcher, and
nothing of the matcher is used here.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from pathlib import Path

MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
PERIODS = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_TWINS = dict(zip("АВСЕНКМОРТХУасеорху", "ABCEHKMOPTXYaceopxy", strict=True))
_BACK = {latin: cyrillic for cyrillic, latin in _TWINS.items()}

#: One invoice with its date. {n} number with its sign, {d} date.
DATED = (
    "Оплата по счету {n} от {d} аренда за апрель 2025г. НДС не облагается",
    "Оплата по счету {n} от {d} за бухгалтерское обслуживание, декабрь 2024 г. Без НДС",
    "Оплата по счету {n} от {d} за воду. В т.ч. НДС 10% — 101,82 руб",
    "Оплата по счету {n} от {d} за хоз.товары. НДС не облагается",
    "Оплата по счёту {n} от {d} (Субаренда зала). НДС не облагается.",
    "Оплата по счету {n} от {d} за постановку на учет",
    "Счет на оплату {n} от {d} Аренда зала. НДС не облагается.",
    "Оплата за электроэрозионный прожиг по счету {n} от {d} в т.ч. НДС 18% - 3 416.95",
    "Предоплата 50% за ремонт счет {n} от {d} НДС не облагается",
    "Оплата по счету {n} от {d} 18026,52",
    "опл.по сч.{n} от {d} за янв.",
    "по сч. {n} от {d} за услуги связи, тел. 8 912 345-67-89",
    "Оплата счета {n} от {d} по накл. 7781 от 01.02.2026",
    "За товары, по счету {n} от {d} на сумму 375-25 Plus NDS 111-16",
    "Invoice {n} dated {d} for services",
    "Оплата по счет-договору {n} от {d}. Без НДС",
    "Доплата по сч {n} от {d} болт М10 20 шт., гайка М8х30",
    "Оплата по счету-оферте {n} от {d} за 3 месяца",
    "{{VO10100}} Оплата по счету {n} от {d}",
    "(VO20100) Оплата по счету {n} от {d} Сумма 76000-00 Без налога (НДС)",
    "Оплата по счету {n} от {d} за услуги, п. 17.2.1 тарифов, период с 01/01/2026 по 31/03/2026",
    "Услуги по договору возмездного оказания услуг, счет {n} от {d}, НДС не облагается",
    "За поставку бумаги А4 по счету на оплату {n} от {d}",
    "Оплата по счету {n} от {d} (2 этап) объект ул. Ленина д. 5 кв. 12",
    "Погашение кредиторской задолженности по счету {n} от {d}",
    "Оплата за ИТ услуги по сч.{n} от {d}, включая НДС 22% 180-33",
    "Оплата согласно счета {n} от {d} г. за канцтовары",
    "За услуги согл. сч. {n} от {d}",
    "Аванс 30% по счету {n} от {d}",
    "Окончательный расчет по счету {n} от {d}",
    "Оплата по сч. {n} от {d} за транспортные услуги по маршруту Москва-Казань, а/м А123ВС77",
    "Перечисление оплаты по счету {n} от {d}",
    "За ТО оборудования, счет на оплату {n} от {d}, Основной договор",
    "Оплата по счету {n} от {d}, заказ 55",
    "Оплата задолженности по акту сверки на 31.12.2025, счет {n} от {d}",
    "(130.225) Оплата по счету {n} от {d} л/с 20626Ц12345, дог. 17 от 11.01.2026",
    "0130225 л/с 03226Ц; счет {n} от {d}; Контракт 5 от 01.02.2026",
    "КБК 00000000000000000130 ОКТМО 65701000 сч. {n} от {d}",
    "Для зачисления на р/с 40702810900000012345 оплата по счету {n} от {d}",
    "Оплата счета {n} от {d}. Исполнитель ООО «Наша фирма»",
    "Оплата по счету {n} от {d} за участие в конференции 20-21 мая 2026 г., 2 чел.",
    "Оплата за ГСМ АИ-95 по счету {n} от {d}",
    "опл.сч.{n} от {d} НДС(22%)-1803,28",
    "Оплата по счету {n} от {d} за сентябрь-октябрь 2025",
    "Оплата за программное обеспечение, счёт {n} от {d}",
    "Оплата по счету {n} от {d} на сумму 18000-00, в т.ч. НДС",
    "Оплата по счету {n} от {d} ИНН 7701234560 КПП 770101001",
    "Оплата по счету{n} от {d}",
    "Проформа-инвойс {n} от {d}",
    "Оплата по заказ-счету {n} от {d}",
    "Оплата по сч-ту {n} от {d}",
    "Оплата за возвратную тару по счету {n} от {d}",
)

#: One invoice, no date.
UNDATED = (
    "Оплата по счёту {n} за услуги",
    "Оплата по счёту {n} за услуги. Без НДС.",
    "ОПЛАТА ПО СЧЕТУ {n}",
    "За товары, по счету {n} на сумму 175000-00",
    "сч.{n}",
    "сч {n} без ндс",
    "оплата сч. {n}, в том числе НДС (22%) 180-33",
    "счет {n}",
    "Оплата: счет {n}; НДС не облаг.",
    "Invoice {n}",
    "payment for invoice {n}",
    "по выставленному счету {n} за фев. 2026",
    "Оплата счета {n} за 2 кв. 2026",
    "Частичная оплата по счету {n}. НДС 5%",
    "Оплата по счету на оплату {n} Без налога (НДС)",
)

#: One invoice beside a contract. {c} contract's number, {cd} its date.
WITH_CONTRACT = (
    "Оплата по счету {n} от {d} аренда по договору {c} от {cd} за апрель 2025г. НДС не облагается",
    "Предоплата по дог. {c} от {cd} по сч {n} от {d} за услуги В т.ч.НДС(20%) 5.616.666,67=",
    "По договору №{c} от {cd}, счет {n} от {d}",
    "Оплата по контракту {c} от {cd} сч. {n} от {d}",
    "дог.{c},сч.{n} от {d}",
    "Оплата по счету {n} от {d}, л/с AIPBX-00000095, дог. № {c}",
    "Оплата по сч. {n} от {d} согл. доп.соглашению {c} от {cd}, акт № {c}",
)

#: The number stands alone: only the whole of it, or its date and the amount, can speak.
BARE = ("Оплата {n} от {d}", "{n} от {d} за услуги. Без НДС", "Аванс {n} от {d}, НДС не облагается")

#: {n} is no invoice, whatever open invoice bears the number.
NOT_INVOICES = (
    "Оплата по договору {n} от {d} за апрель 2025г. НДС не облагается",
    "Оплата по дог. № {n} за март",
    "Оплата по акту об оказании услуг №{n} от {d}, Без налога (НДС)",
    "Оплата по УПД № {n} от {d}",
    "Оплата по заказу клиента №{n}, НДС не облагается",
    "Оплата по договору согласно реестру №{n} от {d}",
    "Доплата к п/п {n} от {d}",
    "Оплата по платежному поручению № {n}",
    "Пополнение лицевого счета {n}",
    "Оплата л/с {n} за связь",
    "Оплата по товарной накладной № {n} от {d}",
    "Оплата по контракту N {n} от {d}",
    "Оплата по спецификации № {n} от {d} к договору",
    "Оплата по соглашению {n} от {d}",
    "Оплата по смете {n}",
    "ТТН {n} от {d}, товар",
    "Оплата по ТОРГ-12 {n} от {d}",
    "Расчет по договору N {n} от {d}",
    "Оплата по заявке {n} от {d}",
    "За услуги по дог.{n} и актам за фев",
    "Оплата согласно письму № {n} от {d}",
    "Оплата по дог.подряда {n} от {d} (счет-фактура в пути)",
    "По акту сверки №{n} от {d}",
    "Согласно графику платежей к договору {n}",
    "за товар по ТН {n} от {d}",
    "По исполнительному листу {n} от {d}",
    "Оплата по гарантийному письму №{n}",
    "Оплата по заявке на перевозку {n} от {d}",
    "Оплата ГК № {n} от {d}",
    "Участие в тендере лот № {n} от {d}",
    "Абонент №{n}",
    "Полис № {n} от {d}",
    "По приложению №{n} от {d}",
    "Дополнительное соглашение № {n} от {d}",
    "Протокол № {n} от {d}",
    "Оплата по КП № {n} от {d}",
    "По коммерческому предложению {n} от {d}",
    "По товарному чеку {n} от {d}",
    "Оплата по ведомости № {n} от {d}",
    "За изделие № {n} от {d}",
    "Грант по конкурсу {n} от {d}",
    "Оплата по решению суда {n} от {d}",
    "по счету и договору № {n} от {d}",
    "Оплата по бланку-заказу № {n} от {d}",
    "по дговору {n} от {d}",
    "по контаркту № {n} от {d}",
    "По догов. № {n} от {d}",
    "по д-ру {n} от {d}",
    "Оплата по рамочному договору поставки товаров № {n} от {d} за март",
    "Оплата по счет-фактуре полученной по договору № {n}",
    "Оплата счета по договору {n} от {d}",
    "Оплата счетов по контракту № {n} от {d} за февраль",
    "Счета по акту {n} от {d}",
)

#: As above, for the bare digits of the number only.
NOT_NUMBERS = (
    "За аренду офиса №{n} за март 2026",
    "За поверку счетчика №{n}",
    "Оплата за {n} шт. по спецификации",
    "За услуги связи, тел. {n}",
    "Членский взнос участок {n}",
    "Оплата услуг, сумма {n} руб., НДС {n}",
    "Оплата за обучение {n} чел.",
    "Оплата по счету за аренду комнаты №{n}",
    "Оплата за счет субсидии {n} год",
    "Оплата за {n} квартал",
    "по требованию ИНН {n}",
    "Оплата со счета {n}",
    "Оплата по счету за {n} кв. 2026",
    "Оплата счета за {n} месяцев",
    "Предоплата {n}% по счету",
    "Оплата счета на сумму {n}",
    "Оплата счета {n} руб.",
    "Оплата счета за {n}-й этап",
    "Аренда помещения № {n}, счет прилагается",
    "по счету за кв. {n}",
    "Оплата за объект {n} по счету",
    "сч. за автомобиль гос. номер {n}",
    "за проживание, номер {n}",
    "Билет {n}",
    "Оплата по коду {n}",
    "Оплата счета за стенд {n}",
    "Оплата по счету за зал №{n}",
    "Оплата счета за март, {n} дней",
    "счет за вывоз ТБО, контейнер {n}",
    "Оплата счета. Бригада {n}",
    "по счетам за {n} год",
    "Оплата за рейс {n} по счету",
    "за {n} мест в зале по счету",
)

REFUNDS = (
    "Возврат денежных средств по платежному поручению № 754 от 2025-08-21, счет {n} от {d}. НДС не облагается",
    "Возврат излишне перечисленных средств по счету {n}",
    "Возврат оплаты по сч. {n} от {d}",
    "возврат ошибочно перечисленных д/с сч.{n}",
    "Refund invoice {n}",
    "Возвр. д/с по сч. {n} от {d}",
    "возрат средств по счету {n} от {d}",
    "Возвращаем оплату по счету {n} от {d}",
    "Ошибочно перечислено по счету {n} от {d}",
)
LOANS = (
    "Предоставление займа по договору {n} от {d}",
    "Заём учредителя по дог. {n}, счет {n}",
    "Выдача кредита по кредитному договору № {n} от {d}",
    "Возвратная финансовая помощь счет {n}",
    "Финансовая помощь учредителя, счет {n}",
    "По договору беспроцентного займа № {n} от {d}",
    "Взнос в уставный капитал, счет {n}",
)
AGGREGATORS = (
    "[G22-se1PBGG] Перечисление за 22 заказа от 03.06.25, по договору № 112800-25779, #{n}. НДС не облагается.",
    "Зачисление средств по терминалам эквайринга от 31.10.2025",
    "Пополнение по операции СБП 1180033807, счет {n}",
    "Возмещение по договору эквайринга №{n} от {d} за вычетом комиссии",
    "Перевод по реестру №{n} от {d}, принятые платежи физ. лиц",
    "Выплата по договору, комиссия удержана, сч {n}",
    "Перевод средств по договору № 112800-25779 по Реестру Операций от {d}. Сумма комиссии 200 руб. 00 коп.",
    "Перечисление платежей покупателей по реестру {n} от {d}",
    "Перечисление по агентскому договору за 22 заказа, реестр №{n} от {d}",
)
CASH = ("Взнос наличных, счет {n}", "Самоинкассация выручки {n}", "Внесение наличных денежных средств по сч. {n}")
PENALTIES = (
    "Оплата неустойки за просрочку по счету {n} от {d}",
    "Пени по счету {n} от {d}",
    "Штраф за просрочку оплаты сч. {n}",
)
EMPTY = (
    "ПЛАТЕЖ, НДС не облагается",
    "Оплата за услуги",
    'Оплата стоимости пакета услуг "Всё по делу" за период с 01/01/2024 по 31/12/2024 согласно тарифам',
    "Расчет по договору N б/н от 01.09.2008",
    "За аренду, март 2026 г. Сумма 76000-00 в т.ч. НДС 22% 13704-92",
    "",
)
TAILS = (
    "",
    " НДС не облагается",
    ". Без НДС",
    " В т.ч. НДС 22% 1803-28",
    " в том числе НДС (20%) 5.616.666,67=",
    ", без налога (НДС).",
    " НДС 5% 476,19",
    " Сумма 18000-00",
    " за 1 кв. 2026 г.",
)


# -- numbers and dates -----------------------------------------------------------------------------------------------


def signed(rng: random.Random, number: str) -> str:
    """The number with some number sign, or none."""
    sign = rng.choice(("№ ", "№", "№", "N ", "N", "", "", "#", "No. ", "номер ", "№№ "))
    if sign in ("N", "No. ") and number[0].isalpha():
        sign = "№"
    return sign + number


def spelled(rng: random.Random, number: str) -> str:
    """Another way to write the same number: zeros, look-alike letters, case, spaces around its dashes."""
    dice = rng.random()
    if dice < 0.45:
        return number
    if dice < 0.6:
        return twins(rng, number, 0.9)
    if dice < 0.7:
        return number.lower()
    if dice < 0.8 and number.isdigit():
        return number.lstrip("0") or number
    if dice < 0.88 and number.isdigit():
        return number.zfill(rng.choice((4, 6, 8)))
    if dice < 0.94 and "-" in number:
        return number.replace("-", rng.choice(("–", "/", "—")))
    return number


def written(rng: random.Random, day: dt.date) -> str:
    """A date in one of the styles people use."""
    d, m, y = day.day, day.month, day.year
    return rng.choice(
        (
            f"{d:02}.{m:02}.{y}",
            f"{d:02}.{m:02}.{y}",
            f"{d:02}.{m:02}.{y}г.",
            f"{d:02}.{m:02}.{y} г.",
            f"{d:02}.{m:02}.{y % 100:02}",
            f"{d:02}.{m:02}.{y % 100:02}г",
            f"{d:02},{m:02},{y}",
            f"{d:02} {MONTHS[m - 1]} {y} г.",
            f"{d} {MONTHS[m - 1]} {y}г.",
            f"{d} {MONTHS[m - 1]} {y}",
            f"«{d:02}» {MONTHS[m - 1]} {y} года",
            f"{y}-{m:02}-{d:02}",
            f"{d:02}/{m:02}/{y}",
            f"{d:02}-{m:02}-{y}",
            f"{d}.{m}.{y}",
        )
    )


def shortened(number: str) -> str:
    """What a person keeps of a long number: its serial, without the prefix, the year and the zeros."""
    groups = "".join(char if char in "0123456789" else " " for char in number).split()
    if "-В" in number or number.endswith("-А"):
        return number
    if number.startswith(("СЧ-", "INV-", "AIPBX-", "Д")):
        return groups[-1].lstrip("0")
    if "/20" in number:
        return groups[0]
    if number[2:3] == "-":
        return groups[-1]
    return number.lstrip("0")


# -- spoiling --------------------------------------------------------------------------------------------------------


def twins(rng: random.Random, text: str, share: float) -> str:
    """Letters typed on the wrong keyboard: Cyrillic ones that look Latin and back."""
    table = {**_TWINS, **_BACK}
    return "".join(table[c] if c in table and rng.random() < share else c for c in text)


def spoiled(rng: random.Random, text: str) -> str:
    """Case, spaces, punctuation, look-alikes: nothing that changes a number."""
    dice = rng.random()
    if dice < 0.12:
        text = text.upper()
    elif dice < 0.2:
        text = text.lower()
    if rng.random() < 0.12:
        text = twins(rng, text, 0.3)
    if rng.random() < 0.1:
        text = text.replace(" ", "  ")
    if rng.random() < 0.08:
        text = text.replace(" ", "\xa0")
    if rng.random() < 0.08:
        text = text.replace(". ", ".").replace(", ", ",")
    if rng.random() < 0.1:
        text = text.replace("ё", "е").replace("е", "ё", 1)
    if rng.random() < 0.06:
        text = text.replace("№", "?")
    if rng.random() < 0.06:
        text = f'"{text}"'
    return text


def misprinted_keyword(rng: random.Random, text: str) -> str:
    """One letter of the word for an invoice lost, doubled or swapped."""
    for word in ("счету", "счёту", "счета", "счет"):
        at = text.lower().find(word)
        if at >= 0:
            k = at + rng.randrange(1, len(word) - 1)
            way = rng.randrange(3)
            if way == 0:
                return text[:k] + text[k + 1 :]
            if way == 1:
                return text[:k] + text[k] + text[k:]
            return text[:k] + text[k + 1] + text[k] + text[k + 2 :]
    return text


def garbled(rng: random.Random, text: str, edits: int) -> str:
    """Letters (never digits) lost, doubled, swapped with the next, or replaced; a space lost or put in now and then."""
    for _ in range(edits):
        places = [k for k in range(len(text) - 1) if not text[k].isdigit() and not text[k + 1].isdigit()]
        if not places:
            return text
        k = rng.choice(places)
        way = rng.randrange(5)
        if way == 0:
            text = text[:k] + text[k + 1 :]
        elif way == 1:
            text = text[:k] + text[k] + text[k:]
        elif way == 2:
            text = text[:k] + text[k + 1] + text[k] + text[k + 2 :]
        elif way == 3 and text[k].isalpha():
            text = text[:k] + rng.choice("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъ") + text[k + 1 :]
        elif way == 4 and text[k].isalpha() and text[k + 1].isalpha():
            text = text[: k + 1] + " " + text[k + 1 :]
    return text


def misprinted_number(rng: random.Random, number: str) -> str:
    """One digit of the number wrong, lost, doubled, or two swapped; never the number itself."""
    places = [k for k, char in enumerate(number) if char.isdigit()]
    while True:
        k = rng.choice(places)
        way = rng.randrange(4)
        if way == 0:
            wrong = number[:k] + rng.choice("0123456789") + number[k + 1 :]
        elif way == 1:
            wrong = number[:k] + number[k + 1 :]
        elif way == 2:
            wrong = number[:k] + number[k] + number[k:]
        else:
            wrong = number[:k] + number[k + 1 : k + 2] + number[k] + number[k + 2 :]
        if wrong != number and any(char.isdigit() for char in wrong):
            return wrong


def filled(rng: random.Random, text: str, length: int) -> str:
    """``text`` pushed back by a long beginning, so that a cut at ``length`` falls near its end."""
    beginning = (
        "Оплата за услуги по техническому обслуживанию климатического оборудования и поставку расходных материалов "
    )
    room = length - len(text) + rng.randrange(0, 14)
    return (beginning * 3)[: max(0, room)].rsplit(" ", 1)[0] + " " + text


# -- samples ---------------------------------------------------------------------------------------------------------


def sample_templates() -> list[str]:
    """Purposes of the published sample statements that name an invoice, with the number and the date taken out.

    Read in place from the folder that CABINET_SAMPLES names; nothing without it.
    """
    folder = os.environ.get("CABINET_SAMPLES")
    if not folder:
        return []
    found = set()
    for path in sorted(Path(folder, "1c").glob("*.txt")):
        for raw in path.read_bytes().splitlines():
            for encoding in ("utf-8", "cp1251", "cp866"):
                try:
                    line = raw.decode(encoding)
                except UnicodeDecodeError:
                    continue
                if line.startswith("НазначениеПлатежа="):
                    found.add(_template(line.partition("=")[2]))
                    break
    return sorted(text for text in found if text)


def _template(purpose: str) -> str:
    """The purpose with the number after "счету" and the date after "от" as fields; empty where it has no such number."""
    words = purpose.replace("{", "(").replace("}", ")").split(" ")
    for k, word in enumerate(words):
        if word.lower().replace("ё", "е") in ("счету", "счет") and k + 1 < len(words):
            n = k + 1
            if words[n] in ("№", "N"):
                words[n] = ""
                n += 1
            tail = words[n][-1] if words[n][-1] in ",." else ""
            if not words[n].strip("№,.").isdigit():
                return ""
            words[n] = "{n}" + tail
            if n + 2 < len(words) and words[n + 1] == "от":
                words[n + 2] = "{d}"
            return " ".join(part for part in words if part)
    return ""
