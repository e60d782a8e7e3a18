"""From the header and the balance sections of a 1C file to its statements: one an account, in the order named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import ReadingLimits
from cabinet_finsystem.statements.formats.onec_survey import Survey
from cabinet_finsystem.statements.parsed import Note, StatementFacts
from cabinet_finsystem.statements.values import (
    clean_account,
    currency_of_account,
    read_broken_date,
    read_currency,
    read_minor,
)
from cabinet_finsystem.texts import _

_ACCOUNTING_PROGRAM = re.compile(
    r"1[cс]|бухгалтер|предприяти|комплексн|управлени|торговл|зарплат|\berp\b|парус|галактика|контур|эльба|мо[её] дело",
    re.IGNORECASE,
)


def refuse_payment_orders(survey: Survey) -> None:
    """Refuse a file on its way to the bank (1c_to_kl.txt): its orders may never be executed, so they are no money.

    Such a file has neither balances nor dates of execution, and its header names no receiving accounting program.
    A bank's export may lack both too (short ones do), but it is made for a program and says so in ``Получатель``.
    """
    if survey.sections or survey.executed:
        return
    sender, receiver = survey.header.get("Отправитель", ""), survey.header.get("Получатель", "")
    to_program = _ACCOUNTING_PROGRAM.search(receiver) is not None
    from_program = _ACCOUNTING_PROGRAM.search(sender) is not None
    if not receiver or (from_program and not to_program):
        raise StatementRefusedError(
            "payment_orders",
            _(
                "These are payment orders for the bank, not a statement: no balances and no dates of execution. "
                "Ask the bank for the statement in the 1C format"
            ),
        )


def statements_of(survey: Survey, limits: ReadingLimits) -> tuple[list[StatementFacts], list[Note]]:
    """The statements the file announces, without their lines, and what is doubtful about them."""
    sections: dict[str, list[dict[str, str]]] = {}
    for written in survey.accounts:
        if account := clean_account(written):
            sections.setdefault(account, [])
    only = next(iter(sections)) if len(sections) == 1 else ""
    for section in survey.sections:
        if account := clean_account(section.get("РасчСчет", "")) or only:
            sections.setdefault(account, []).append(section)
    if len(sections) > limits.max_statements:
        raise StatementRefusedError("too_large", _("The file names too many accounts"))
    notes: list[Note] = []
    return [_statement(account, its, survey, notes) for account, its in sections.items()], notes


def _statement(account: str, sections: list[dict[str, str]], survey: Survey, notes: list[Note]) -> StatementFacts:
    currency = currency_of_account(account)
    if currency is None or not account[:1].isdigit():
        currency = read_currency(survey.currency) or currency
    if currency is None:
        currency = "RUB"
        notes.append(
            Note(
                "currency_assumed",
                _("Account ${account} does not tell its currency: taken for roubles", mapping={"account": account}),
            )
        )
    facts = StatementFacts(account, currency)
    begins = [_date_of(section, "ДатаНачала") for section in sections]
    ends = [_date_of(section, "ДатаКонца") or begin for section, begin in zip(sections, begins, strict=True)]
    stated = _date_of(survey.header, "ДатаНачала"), _date_of(survey.header, "ДатаКонца")
    facts.period_from = min(filter(None, [stated[0], *begins]), default=None)
    facts.period_to = max(filter(None, [stated[1], *ends]), default=None)
    _fill_figures(facts, _in_order(sections, begins, ends), notes)
    return facts


def _date_of(section: dict[str, str], key: str) -> date | None:
    return read_broken_date(section.get(key, ""))


def _in_order(
    sections: list[dict[str, str]], begins: Sequence[date | None], ends: Sequence[date | None]
) -> list[dict[str, str]]:
    """One section of the whole period, where there is one; else the sections by date, each once."""
    dated = [(begin, end) for begin, end in zip(begins, ends, strict=True) if begin and end]
    if len(sections) > 1 and len(dated) == len(sections):
        whole = (min(begin for begin, _end in dated), max(end for _begin, end in dated))
        if whole[0] != whole[1] and whole in dated:
            return [sections[dated.index(whole)]]
        sections = [section for _dates, section in sorted(zip(dated, sections, strict=True), key=lambda pair: pair[0])]
    once: list[dict[str, str]] = []
    for section in sections:
        if not once or section != once[-1]:
            once.append(section)
    return once


def _fill_figures(facts: StatementFacts, sections: list[dict[str, str]], notes: list[Note]) -> None:
    if not sections:
        return
    unreadable: list[str] = []

    def figure(section: dict[str, str], key: str) -> int | None:
        text = section.get(key, "")
        minor = read_minor(text, facts.currency)
        if minor is None and text:
            unreadable.append(f"{key}={text[:40]}")
        return minor

    facts.opening = figure(sections[0], "НачальныйОстаток")
    facts.closing = figure(sections[-1], "КонечныйОстаток")
    incoming = [figure(section, "ВсегоПоступило") for section in sections]
    outgoing = [figure(section, "ВсегоСписано") for section in sections]
    if None not in incoming and None not in outgoing:
        facts.turnover_in = sum(filter(None, incoming))
        facts.turnover_out = sum(filter(None, outgoing))
    if unreadable:
        notes.append(
            Note(
                "figure_unreadable",
                _("A figure of the bank cannot be read: ${found}", mapping={"found": unreadable[0]}),
                blocking=True,
            )
        )
