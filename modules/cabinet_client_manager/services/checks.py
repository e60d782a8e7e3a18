"""Requisites made plain and checked: what is wrong beyond doubt is refused, what may be right is only warned of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cabinet.requisites import (
    Problem,
    check_account,
    check_bic,
    check_correspondent_account,
    check_iban,
    check_inn,
    check_kpp,
    check_ogrn,
    compact,
)
from cabinet_client_manager.interfaces import WrongRequisiteError
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import AccountFacts

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}")
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_COMPANY_INN = 10
_LOCAL = re.compile(r"(?=.*[0-9])[0-9A-Z][0-9A-Z/.~-]{2,33}")
_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,}")
_NEARLY_RUSSIAN = 18
_KEYS = frozenset(
    {Problem.ACCOUNT_KEY, Problem.ACCOUNT_KEY_TREASURY, Problem.IBAN_CHECK_DIGITS, Problem.CORRESPONDENT_BIC}
)


def only_warns(problem: Problem) -> bool:
    """Whether ``problem`` is told and let through: keys of accounts, which some banks and the treasury do not obey."""
    return problem in _KEYS or problem.only_warns


def is_iban(number: str) -> bool:
    """Whether a compact ``number`` is written as an IBAN."""
    return number[:2].isalpha()


def check_inn_of_any(inn: str) -> Problem | None:
    """INN of a company or a person, foreign ones with their 5-digit KIO included."""
    return check_inn(inn, foreign=True)


def check_registration(inn: str, kpp: str, ogrn: str) -> Iterator[tuple[str, Problem]]:
    """(field, problem) of each number that is given and wrong."""
    for field, value, check in (("inn", inn, check_inn_of_any), ("kpp", kpp, check_kpp), ("ogrn", ogrn, check_ogrn)):
        if value and (problem := check(value)):
            yield field, problem


def check_bank_account(number: str, bic: str) -> Iterator[tuple[str, Problem]]:
    """(field, problem) of an account: ``number`` or ``bic``. A key that does not agree is among them: see `only_warns`."""
    if is_iban(number):
        if problem := check_iban(number):
            yield "number", problem
        if bic and not _SWIFT.fullmatch(bic) and (problem := check_bic(bic)):
            yield "bic", problem
        return
    if bic and (problem := check_bic(bic)):
        yield "bic", problem
    if problem := check_account(number, bic):
        yield "number", problem


def check_own_account(number: str, bic: str, currency: str) -> Iterator[tuple[str, Problem]]:
    """The same for an account of ours, which abroad may have a number of its country's own: letters and digits, no key to check.

    Not in roubles, and not where so many digits stand that it must be a Russian one with a slip in it.
    """
    russian = currency == "RUB" or (number.isdigit() and len(number) >= _NEARLY_RUSSIAN)
    if russian or _LIKE_IBAN.match(number) or not _LOCAL.fullmatch(number):
        yield from check_bank_account(number, bic)


def check_correspondent(account: str, bic: str) -> Problem | None:
    """The bank's own account, where it is given."""
    return check_correspondent_account(account, bic) if account else None


def refuse_wrong(problems: Iterator[tuple[str, Problem]], prefix: str = "") -> None:
    """WrongRequisiteError for the first of ``problems`` that does not only warn."""
    for field, problem in problems:
        if not only_warns(problem):
            raise WrongRequisiteError(problem.value, problem.message, {"field": prefix + field})


def tidy_account(account: AccountFacts) -> AccountFacts:
    """``account`` without spaces, letters capital."""
    return AccountFacts(compact(account.number), compact(account.bic), " ".join(account.bank_name.split()))


def check_email(email: str) -> None:
    """WrongRequisiteError where ``email`` is given and no letter could reach it."""
    if email and not EMAIL.fullmatch(email):
        raise WrongRequisiteError("email", _("This is no e-mail address."), {"field": "email"})


def is_company(inn: str) -> bool:
    """Whether an INN is that of a company, which has a KPP."""
    return len(inn) == _COMPANY_INN
