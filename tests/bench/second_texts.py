"""How accountants and banks word a payment: spellings of numbers, dates and months, keywords, VAT tails, misprints, wraps.

Every function only words what it is given; none of them decides what a text means.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date

from second_facts import words_of

MONTHS = words_of("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь")
MONTHS_OF = words_of("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
_MONTHS_CUT = words_of("янв. фев. мар. апр. май июн. июл. авг. сен. окт. ноя. дек.")
LIMIT = 210
"""The most a payment order's purpose holds."""

CLEAR = (
    "по счету № {n}", "по счету №{n}", "по счёту № {n}", "по счету N {n}", "по счету {n}", "по сч. № {n}", "по сч.№{n}", "по сч.{n}",
    "по сч {n}", "согласно счета № {n}", "согл. сч. № {n}", "согласно счету {n}", "по счету на оплату № {n}", "счет на оплату №{n}",
    "сч. {n}", "Счет № {n}", "по счет-договору № {n}", "по счету-оферте № {n}", "по сч-ту № {n}", "на основании счета № {n}",
    "по выставленному счету №{n}", "по сч. на опл. № {n}", "по счету #{n}",
)  # fmt: skip
"""Ways to say "by invoice N" that leave no doubt."""
_MISPRINTED = (
    "по счеут № {n}",
    "по счету№ {n}",
    "по счтеу № {n}",
    "по сету № {n}",
    "по счнту № {n}",
    "посчету № {n}",
    "по счкту №{n}",
)
_LEADS = (
    "Оплата",
    "Оплата",
    "Оплата",
    "Опл.",
    "ОПЛАТА",
    "Перечисление",
    "Платеж",
    "Перечисляется",
    "За услуги",
    "Оплата за услуги",
)
_LATIN = dict(zip("АВЕКМНОРСТХУ", "ABEKMHOPCTXY", strict=True))
_SWIFT = dict(zip("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ№", "ABVGDEoJZIiKLMNOPRSTUFHCcQqxYXeuan", strict=True))


def pick(rng: random.Random, *variants: str) -> str:
    """One of the variants."""
    return rng.choice(variants)


_ACCUSATIVE = {"абонентская плата": "абонентскую плату", "аренда": "аренду", "охрана": "охрану", "бумага": "бумагу"}


def accusative(subject: str) -> str:
    """The subject as it stands after the word for."""
    for nominative, form in _ACCUSATIVE.items():
        subject = subject.replace(nominative, form)
    return subject


def money(rng: random.Random, amount: int) -> str:
    """Minor units as people write them in a purpose."""
    whole, part = divmod(abs(amount), 100)
    spaced = f"{whole:,}".replace(",", " ")
    return pick(
        rng,
        f"{whole}-{part:02d}",
        f"{whole}.{part:02d}",
        f"{spaced},{part:02d}",
        f"{whole},{part:02d}",
        f"{whole}.{part:02d}",
    )


def day(rng: random.Random, value: date) -> str:
    """A date, without the word before it."""
    spelled = f"{value.day} {MONTHS_OF[value.month - 1]} {value.year}"
    return rng.choices(
        (
            f"{value:%d.%m.%Y}",
            f"{value:%d.%m.%Y}г.",
            f"{value:%d.%m.%y}",
            f"{spelled} г.",
            f"{value:%d.%m.%Y} г",
            spelled,
        ),
        (50, 18, 14, 8, 8, 2),
    )[0]


def odd_day(rng: random.Random, value: date) -> str:
    """A date in one of its rarer spellings."""
    month = MONTHS_OF[value.month - 1]
    return pick(
        rng, f"{value:%d,%m,%Y}", f"{value:%d/%m/%Y}", f"{value:%d-%m-%Y}", f"{value:%Y-%m-%d}", f"{value.day}.{value.month}.{value:%y}",
        f"{value.day}{month}{value.year}г.", f"{value.day} {month[:3]} {value.year}", f'"{value.day:02d}" {month} {value.year} года',
        f"{value.day} {month.upper()} {value:%y} г.", f"{value:%d %m %Y}", f"{value:%d.%m} {value.year}г",
    )  # fmt: skip


def month(rng: random.Random, value: date) -> str:
    """The month that is paid for, as it is written."""
    name, cut = MONTHS[value.month - 1], _MONTHS_CUT[value.month - 1]
    return pick(
        rng, f"за {name} {value.year} г.", f"за {name} {value.year}", f"за {name} {value:%Y}г.", f"за {cut} {value:%y}",
        f"за {name.upper()} {value.year}", f"за {value:%m.%Y}", f"за {value:%m/%Y}", f"за {cut} {value.year}",
    )  # fmt: skip


def by_invoice(rng: random.Random, number: str, issued: date | None) -> str:
    """An invoice named in a spelling that leaves no doubt."""
    text = rng.choice(CLEAR).format(n=number)
    if issued is None:
        return text
    return f"{text} {pick(rng, 'от', 'от', 'от', 'от', 'ОТ', 'от')} {day(rng, issued)}"


def misprinted(rng: random.Random, number: str) -> str:
    """A keyword with a wrong letter, the number right."""
    return rng.choice(_MISPRINTED).format(n=number)


def vat(rng: random.Random, amount: int, *, payer_of_vat: bool) -> str:
    """The tail about VAT."""
    if not payer_of_vat:
        return pick(
            rng, "Без НДС", "НДС не облагается", "НДС не облагается.", "Без налога (НДС)", "без НДС.", "НДС не обл.", ""
        )
    rate = rng.choice((22, 22, 20, 10))
    tax = round(amount * rate / (100 + rate))
    return pick(
        rng, f"В том числе НДС {rate}% - {money(rng, tax)} руб.", f"В т.ч. НДС {rate}% — {money(rng, tax)} руб",
        f"в т.ч.НДС({rate}%) {money(rng, tax)}", f"в том числе НДС ({rate}%) {money(rng, tax)}", f"НДС {rate}% {money(rng, tax)}",
        f"Сумма {money(rng, amount)} В т.ч. НДС ({rate}%) {money(rng, tax)}", f"В Т.Ч. НДС {rate}%-{money(rng, tax)}", "",
    )  # fmt: skip


def compose(rng: random.Random, reference: str, *, about: str = "", contract: str = "", tail: str = "") -> str:
    """A purpose of its parts, in one of the usual orders; whole, however long."""
    lead = rng.choice(_LEADS)
    if reference[:1].isupper() and rng.random() < 0.5:
        lead = ""
    words = f"за {about}" if about and not lead.lower().endswith("услуги") else f"({about})" if about else ""
    orders: tuple[tuple[str, ...], ...] = (
        (lead, reference, words, contract), (lead, reference, words, contract), (lead, words, reference, contract),
        (lead, reference, contract, words),
    )  # fmt: skip
    body = " ".join(part for part in rng.choice(orders) if part)
    text = f"{body}{pick(rng, '. ', ' ', ', ', '; ') if tail else ''}{tail}"
    return text.upper() if rng.random() < 0.12 else text


def by_contract(rng: random.Random, number: str, signed: date | None) -> str:
    """A contract named."""
    word = pick(
        rng,
        "по договору № {}",
        "по дог. № {}",
        "по дог. {}",
        "по договору №{}",
        "договор {}",
        "дог.№ {}",
        "Договор N {}",
        "по контракту № {}",
    )
    return word.format(number) + (f" от {day(rng, signed)}" if signed else "")


def latinised(rng: random.Random, number: str) -> str:
    """The number with every Cyrillic letter that has a Latin twin typed in Latin."""
    return "".join(_LATIN.get(sign, sign) for sign in number)


def redashed(rng: random.Random, number: str) -> str:
    """The number with its separators typed otherwise; digits and letters as they are."""
    if "/" in number:
        return number.replace("/", pick(rng, "\\", " / ", "/ ", "-"))
    return number.replace("-", pick(rng, "–", "—", " - ", "", " ", "- "))


def shortened(rng: random.Random, number: str, core: int) -> str:
    """Only what people repeat of a long number."""
    unpadded = re.sub(r"-0+(?=[1-9])", "-", number)
    if number == str(core):
        return f"{core:06d}"
    return str(core) if unpadded == number else pick(rng, str(core), unpadded)


def mistyped(rng: random.Random, number: str) -> list[str]:
    """All numbers one slip away from ``number``: two neighbouring digits changed over, one doubled, one lost or mistaken."""
    slips = set()
    spots = [at for at, sign in enumerate(number) if sign.isdigit()]
    for at in spots[-4:]:
        if at + 1 < len(number) and number[at + 1].isdigit():
            slips.add(number[:at] + number[at + 1] + number[at] + number[at + 2 :])
        slips.add(number[:at] + number[at] + number[at:])
        slips.add(number[:at] + number[at + 1 :])
        slips.add(number[:at] + str((int(number[at]) + rng.choice((1, 3, 9))) % 10) + number[at + 1 :])
    slips.discard(number)
    return sorted(slip for slip in slips if re.search(r"[1-9]", slip) and not re.match(r"0\d", slip))


def wrapped(rng: random.Random, text: str, kept: str) -> str:
    """``text`` as a bank that cuts lines at a width hands it on, words broken anywhere but inside ``kept``."""
    width, joint, lines = rng.choice((27, 35, 40, 65, 70)), rng.choice(("\n", "\n", " ", "\r\n")), []
    while text:
        cut, start = width, text.find(kept)
        if 0 < start < cut < start + len(kept):
            cut = start
        elif start == 0 and cut < len(kept):
            cut = len(kept)
        lines.append(text[:cut])
        text = text[cut:]
    return joint.join(lines)


def swift(text: str) -> str:
    """Cyrillic turned into SWIFT-RUR's letters, as a bank hands on what came over SWIFT."""
    return "'" + "".join(_SWIFT.get(sign, sign) for sign in text.upper()) + "'"


def address(rng: random.Random, number: str) -> str:
    """An address and a telephone in which ``number`` occurs."""
    return pick(
        rng, f"адрес: г. Тула, ул. Ленина, д. {number}, оф. 4", f"тел. 8-4872-{number}", f"объект: ул. Мира {number}",
        f"кв. {number}, тел. 8(903)555-{number}", f"магазин № {number}", f"кабинет {number}",
    )  # fmt: skip


def other_document(rng: random.Random, number: str) -> str:
    """A document of another kind that bears ``number``."""
    return pick(
        rng, f"акт № {number}", f"УПД № {number}", f"накл. {number}", f"по акту №{number}", f"ТОРГ-12 № {number}",
        f"заявка {number}", f"приложение № {number}", f"спецификация {number}", f"доп. соглашение № {number}", f"с/ф {number}",
        f"акт вып. работ N {number}", f"транспортная накладная № {number}",
    )  # fmt: skip


def listed(rng: random.Random, numbers: Sequence[tuple[str, date | None]]) -> str:
    """Several invoices under one keyword."""
    parts = [number + (f" от {day(rng, issued)}" if issued else "") for number, issued in numbers]
    keyword = pick(
        rng,
        "по счетам №№ ",
        "по счетам № ",
        "по сч. № ",
        "по счетам ",
        "счета №№ ",
        "по сч.№№",
        "по счету № ",
        "согласно счетов №№ ",
    )
    joint = pick(rng, ", ", ", ", ",", "; ", ", № ")
    if len(parts) > 1 and rng.random() < 0.3:
        return keyword + joint.join(parts[:-1]) + pick(rng, " и ", " и № ", ", ") + parts[-1]
    return keyword + joint.join(parts)


def treasury_tail(rng: random.Random) -> str:
    """What a treasury adds: budget codes and personal accounts."""
    code = f"{rng.randint(10, 99)}07{rng.randint(10**9, 10**10 - 1)}244"
    return pick(
        rng, f"л/с 20{rng.randint(100, 999)}Х{rng.randint(10000, 99999)} КБК 000{code}", f"({code} л/с 03{rng.randint(10**8, 10**9 - 1)})",
        f"///УИН0//КБК{code}", f"БО {rng.randint(100, 9999)} КВР 244 КОСГУ 226", f"УИН 0 ТС 04.01.00 л/с 21{rng.randint(10**6, 10**7)}",
    )  # fmt: skip
