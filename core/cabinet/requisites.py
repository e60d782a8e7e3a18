"""Check digits of requisites: INN, KPP, OGRN, BIC of the Bank of Russia, account key, IBAN.

Every ``check_…`` takes a value without spaces (see `compact`) and answers a `Problem`, or None where nothing is wrong.
Nothing is looked up: a value that passes may still belong to nobody.
"""

from __future__ import annotations

import re
from enum import StrEnum

from translationstring import TranslationString

from cabinet.texts import _

# A check digit takes as many of these, from the right, as digits stand before it.
_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT_WEIGHTS = (7, 1, 3) * 7 + (7, 1)
# A clearing currency has a letter in position 6; each stands for a digit, and looks the same in both alphabets.
_ACCOUNT_LETTERS = str.maketrans("ABCEHKMPTXАВСЕНКМРТХ", "01234567890123456789")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_BIC = re.compile(r"0[014][0-9]{7}")  # 04 banks, 01 the treasury, 00 other participants
_ACCOUNT = re.compile(r"[0-9]{5}[0-9ABCEHKMPTXАВСЕНКМРТХ][0-9]{14}")
_LEGAL_FORMS = {
    "общество с ограниченной ответственностью": "ООО",
    "публичное акционерное общество": "ПАО",
    "непубличное акционерное общество": "АО",
    "открытое акционерное общество": "ОАО",
    "закрытое акционерное общество": "ЗАО",
    "акционерное общество": "АО",
    "индивидуальный предприниматель": "ИП",
    "автономная некоммерческая организация": "АНО",
    "товарищество собственников жилья": "ТСЖ",
}
_LEGAL_FORM = re.compile(rf"\b(?:{'|'.join(_LEGAL_FORMS)})\b", re.IGNORECASE)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")


class Problem(StrEnum):
    """What is wrong with a value: the code is stable, `message` is for people."""

    INN_FORM = "inn.form"
    INN_CHECK_DIGIT = "inn.check_digit"
    KPP_FORM = "kpp.form"
    OGRN_FORM = "ogrn.form"
    OGRN_CHECK_DIGIT = "ogrn.check_digit"
    BIC_FORM = "bic.form"
    ACCOUNT_FORM = "account.form"
    ACCOUNT_KEY = "account.key"
    ACCOUNT_KEY_TREASURY = "account.key_treasury"
    CORRESPONDENT_FORM = "correspondent.form"
    CORRESPONDENT_BIC = "correspondent.bic"
    IBAN_FORM = "iban.form"
    IBAN_CHECK_DIGITS = "iban.check_digits"

    @property
    def message(self) -> TranslationString:
        """The sentence to show beside the field."""
        return _MESSAGES[self]

    @property
    def only_warns(self) -> bool:
        """Whether the value may be right all the same, so that a form must let it through."""
        return self is Problem.ACCOUNT_KEY_TREASURY


_MESSAGES = {
    Problem.INN_FORM: _("An INN has 10 digits for a company and 12 for a person."),
    Problem.INN_CHECK_DIGIT: _("The check digit of the INN does not agree: look for a mistyped digit."),
    Problem.KPP_FORM: _("A KPP has 9 characters: four digits, two digits or capital letters, three digits."),
    Problem.OGRN_FORM: _("An OGRN has 13 digits, an OGRNIP 15."),
    Problem.OGRN_CHECK_DIGIT: _("The check digit of the OGRN does not agree: look for a mistyped digit."),
    Problem.BIC_FORM: _("A BIC of the Bank of Russia has 9 digits and begins with 04, 01 or 00."),
    Problem.ACCOUNT_FORM: _("An account number has 20 digits."),
    Problem.ACCOUNT_KEY: _("The account number does not agree with the BIC: one of them has a mistyped digit."),
    Problem.ACCOUNT_KEY_TREASURY: _("The check digit of this treasury account does not agree; compare it once more."),
    Problem.CORRESPONDENT_FORM: _("A correspondent account has 20 digits and begins with 301."),
    Problem.CORRESPONDENT_BIC: _("The correspondent account must end with the last three digits of the BIC."),
    Problem.IBAN_FORM: _("An IBAN begins with two letters and two digits and has 15 to 34 characters."),
    Problem.IBAN_CHECK_DIGITS: _("The check digits of the IBAN do not agree: look for a mistyped character."),
}


def compact(value: str) -> str:
    """``value`` as the checks want it: without spaces of any kind, letters capital."""
    return "".join(value.split()).upper()


def check_inn(inn: str, *, foreign: bool = False) -> Problem | None:
    """Tax number of a company (10 digits) or a person (12); ``foreign`` also admits the 5-digit KIO."""
    if not _is_digits(inn, (5, 10, 12) if foreign else (10, 12)) or not inn.strip("0"):
        return Problem.INN_FORM
    checked = {5: (), 10: (9,), 12: (10, 11)}[len(inn)]
    if all(_inn_check_digit(inn[:place]) == inn[place] for place in checked):
        return None
    return Problem.INN_CHECK_DIGIT


def check_kpp(kpp: str) -> Problem | None:
    """Reason-for-registration code of a company. It has no check digit."""
    return None if _KPP.fullmatch(kpp) else Problem.KPP_FORM


def check_ogrn(ogrn: str) -> Problem | None:
    """State registration number of a company (OGRN, 13 digits) or a sole proprietor (OGRNIP, 15)."""
    if not _is_digits(ogrn, (13, 15)) or not ogrn.strip("0"):
        return Problem.OGRN_FORM
    remainder = int(ogrn[:-1]) % (len(ogrn) - 2)
    return None if remainder % 10 == int(ogrn[-1]) else Problem.OGRN_CHECK_DIGIT


def check_bic(bic: str) -> Problem | None:
    """Bank identifier of the Bank of Russia (not SWIFT). It has no check digit."""
    return None if _BIC.fullmatch(bic) else Problem.BIC_FORM


def check_account(account: str, bic: str) -> Problem | None:
    """A client's account in the bank ``bic``, its key counted by the Bank of Russia's rule of 1997 (No. 515).

    Accounts of the treasury do not obey the rule, so a wrong key of theirs only warns.
    A malformed BIC is left to `check_bic`.
    """
    if not _ACCOUNT.fullmatch(account):
        return Problem.ACCOUNT_FORM
    at_settlement_centre = bic[-3:] in {"000", "001", "002"}
    if check_bic(bic) or _key_agrees(account, bic, of_bank_of_russia=at_settlement_centre):
        return None
    treasury = bic.startswith("01") or account.startswith(("03", "40102"))
    return Problem.ACCOUNT_KEY_TREASURY if treasury else Problem.ACCOUNT_KEY


def check_correspondent_account(account: str, bic: str) -> Problem | None:
    """The bank's own account with the Bank of Russia.

    The treasury's single account (40102…) may stand in its place; a wrong key of it only warns.
    """
    if _ACCOUNT.fullmatch(account) and account.startswith("40102"):
        agrees = check_bic(bic) or _key_agrees(account, bic, of_bank_of_russia=True)
        return None if agrees else Problem.ACCOUNT_KEY_TREASURY
    if not _ACCOUNT.fullmatch(account) or not account.startswith("301"):
        return Problem.CORRESPONDENT_FORM
    if check_bic(bic):
        return None
    if account[-3:] != bic[-3:]:
        return Problem.CORRESPONDENT_BIC
    return None if _key_agrees(account, bic, of_bank_of_russia=True) else Problem.ACCOUNT_KEY


def check_iban(iban: str) -> Problem | None:
    """International account number: ISO 13616, check digits modulo 97."""
    if not _IBAN.fullmatch(iban):
        return Problem.IBAN_FORM
    number = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return None if int(number) % 97 == 1 else Problem.IBAN_CHECK_DIGITS


def short_legal_form(name: str) -> str:
    """``name`` with its legal form as people write it: ``Общество с ограниченной ответственностью «Ромашка»`` → ``ООО «Ромашка»``."""
    return _LEGAL_FORM.sub(lambda form: _LEGAL_FORMS[form[0].lower()], name)


def _is_digits(value: str, lengths: tuple[int, ...]) -> bool:
    return len(value) in lengths and value.isascii() and value.isdigit()


def _inn_check_digit(head: str) -> str:
    weights = _INN_WEIGHTS[-len(head) :]
    return str(sum(weight * int(digit) for weight, digit in zip(weights, head, strict=True)) % 11 % 10)


def _key_agrees(account: str, bic: str, *, of_bank_of_russia: bool) -> bool:
    bank = "0" + bic[4:6] if of_bank_of_russia else bic[-3:]
    digits = map(int, bank + account.translate(_ACCOUNT_LETTERS))
    return sum(weight * digit for weight, digit in zip(_ACCOUNT_WEIGHTS, digits, strict=True)) % 10 == 0
