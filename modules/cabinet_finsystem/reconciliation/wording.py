"""Words of the act of reconciliation. They belong to the form, as custom has them, and follow the document's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cabinet_finsystem.reconciliation.values import Line


@dataclass(frozen=True, slots=True)
class ActWording:
    """Every fixed text of the form in one language. ``movements``: by kind, with {paper}, {number}, {day} and {text}."""

    title: str
    unsent: str
    period: str
    between: str
    between_under: str
    ours: str
    theirs: str
    number: str
    date: str
    operation: str
    debit: str
    credit: str
    opening: str
    turnover: str
    closing: str
    owed: str
    even: str
    director: str
    stamp_place: str
    reversal: str
    movements: Mapping[str, str]


RUSSIAN = ActWording(
    title="Акт сверки взаимных расчетов № {number} от {day}",
    unsent="Сверка взаимных расчетов",
    period="за период с {since} по {until}",
    between="между {ours} и {theirs}",
    between_under="между {ours} и {theirs} по договору {contract}",
    ours="По данным {name}",
    theirs="По данным {name}",
    number="№",
    date="Дата",
    operation="Наименование операции, документ",
    debit="Дебет",
    credit="Кредит",
    opening="Сальдо начальное",
    turnover="Обороты за период",
    closing="Сальдо конечное",
    owed="На {day} задолженность в пользу {whom} {amount} ({words})",
    even="На {day} задолженность отсутствует",
    director="Руководитель",
    stamp_place="М.П.",
    reversal="Отмена: {what}",
    movements={
        "invoice": "Счет № {number} от {day}",
        "correction": "Корректировка № {number} от {day} к счету № {text}",
        "act": "Акт № {number} от {day}",
        "waybill": "Накладная № {number} от {day}",
        "upd": "УПД № {number} от {day}",
        "payment_order": "Оплата, п/п № {number} от {day}",
        "payment_cash": "Оплата наличными от {day}",
        "payment": "Оплата от {day}",
        "refund_order": "Возврат, п/п № {number} от {day}",
        "refund_cash": "Возврат наличными от {day}",
        "refund": "Возврат от {day}",
        "opening": "Ввод начального остатка",
        "write_off": "Списание расхождения {day}",
        "moved_in": "Зачет оплаты от {day}",
        "moved_in_order": "Зачет оплаты, п/п № {number} от {day}",
        "moved_out": "Оплата от {day} зачтена по другому договору",
        "moved_out_order": "П/п № {number} от {day}: зачтено по другому договору",
        "other": "{text}",
    },
)

ENGLISH = ActWording(
    title="Statement of mutual accounts No. {number} dated {day}",
    unsent="Statement of mutual accounts",
    period="for the period from {since} to {until}",
    between="between {ours} and {theirs}",
    between_under="between {ours} and {theirs} under contract {contract}",
    ours="According to {name}",
    theirs="According to {name}",
    number="No.",
    date="Date",
    operation="Operation, document",
    debit="Debit",
    credit="Credit",
    opening="Opening balance",
    turnover="Turnover of the period",
    closing="Closing balance",
    owed="As of {day} the debt in favour of {whom} is {amount} ({words})",
    even="As of {day} neither side owes the other anything",
    director="Director",
    stamp_place="",
    reversal="Taken back: {what}",
    movements={
        "invoice": "Invoice No. {number} dated {day}",
        "correction": "Correction No. {number} dated {day} of invoice No. {text}",
        "act": "Act No. {number} dated {day}",
        "waybill": "Waybill No. {number} dated {day}",
        "upd": "UPD No. {number} dated {day}",
        "payment_order": "Payment, order No. {number} dated {day}",
        "payment_cash": "Payment in cash of {day}",
        "payment": "Payment of {day}",
        "refund_order": "Refund, order No. {number} dated {day}",
        "refund_cash": "Refund in cash of {day}",
        "refund": "Refund of {day}",
        "opening": "Opening balance brought in",
        "write_off": "Small difference written off on {day}",
        "moved_in": "Payment of {day} put onto invoices",
        "moved_in_order": "Payment put onto invoices, order No. {number} dated {day}",
        "moved_out": "Payment of {day} put onto invoices of another contract",
        "moved_out_order": "Order No. {number} dated {day}: put onto invoices of another contract",
        "other": "{text}",
    },
)


def wording(language: str) -> ActWording:
    """Russian for ``ru``, English for any other language."""
    return RUSSIAN if language == "ru" else ENGLISH


def document_of(line: Line, language: str) -> str:
    """What a movement was, in words, with the number and the day of its document."""
    words = wording(language)
    day = f"{line.day or line.date:%d.%m.%Y}"
    what = words.movements[_movement(line)].format(number=line.number, day=day, text=line.text)
    return words.reversal.format(what=_lower(what)) if line.reversal else what


def _movement(line: Line) -> str:
    kind = line.kind
    if kind == "moved":
        kind = "moved_in" if (line.minor < 0) != line.reversal else "moved_out"
    if kind in {"payment", "refund", "moved_in", "moved_out"} and line.number:
        return f"{kind}_order"
    if kind in {"payment", "refund"} and line.paper == "cash":
        return f"{kind}_cash"
    return kind


def _lower(text: str) -> str:
    """With its first letter small, but for words that are names."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
