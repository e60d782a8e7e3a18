"""What telling words tell among their neighbours: which is no refund after all, and which number is the one *not* paid."""

from __future__ import annotations

from collections.abc import Sequence

from .folding import fold
from .words import Sign, Topic, folded, word_of

# Signs that only the next word makes one, or that it unmakes.
_PACKAGING = tuple(folded("тар поддон упаков кег ящик паллет"))
_SECURED = tuple(folded("исполнен заявк контракт договор гаранти участ обязательств"))
_TOLD_BY_NEXT = (
    ("обеспечен", _SECURED),
    ("трет", ("лиц",)),
    ("финансов", ("помощ",)),
    ("исполнительн", ("лист",)),
    ("пользован", ("чуж",)),
    ("гарантийн", ("плат", "взнос")),
)
PERCENT = fold("процент")
_LATER = frozenset(folded("позже позднее"))
#: What may be denied beside an invoice's number and says nothing of its payment: "счет 15 НДС не облагается, не позднее 5 марта".
BESIDE_THE_POINT = tuple(folded("обл позд позж явл возвр треб"))
_INSTEAD = frozenset(folded("взамен вместо"))
_BESIDES = frozenset(folded("помимо сверх минус минусом кроме исключением исключая"))
_NOT_PAID = tuple(folded("оплач оплат плат погаш закрыв засчит"))


def sign_of(form: str, before: str, following: Sequence[str]) -> Sign | None:
    """What a telling word tells between its neighbours: "возвратная тара" is no refund, "50 процентов" no interest."""
    sign, after = word_of(form).sign, following[0]
    if (before.isdecimal() and form.startswith(PERCENT)) or (before == "не" and form in _LATER):
        return None  # "50 процентов", "не позднее 5 марта"
    if sign is Sign.EXCEPT:
        return _exception(form, following)
    if form in _INSTEAD and _speaks_of_invoice(following):
        return Sign.EXCEPT
    for beginning, owners in _TOLD_BY_NEXT:
        if form.startswith(beginning):
            return sign if after.startswith(owners) else None
    return None if form.startswith("возвратн") and after.startswith(_PACKAGING) else sign


def _exception(form: str, following: Sequence[str]) -> Sign | None:
    """Whether the number that comes, or the one before, is said to be the one that is *not* paid."""
    after, then = following[0], following[1]
    if form == "не":
        denied = after.startswith(_NOT_PAID) and not after.startswith("оплаченн")
        denied |= after.startswith("подлеж") and then.startswith("оплат")
        besides = after.startswith(("считая", "включая", "учитывая")) and _speaks_of_invoice(following[1:])
        return Sign.EXCEPT if denied or besides else None
    if form == "без":
        left_out = after.startswith("учет") and _speaks_of_invoice(following[1:])
        bare = word_of(after).topic is Topic.INVOICE and not any(text.startswith("фактур") for text in following)
        return Sign.EXCEPT if left_out or bare else None
    if form in _BESIDES:
        return Sign.EXCEPT if _speaks_of_invoice(following) else None
    return Sign.EXCEPT


def _speaks_of_invoice(following: Sequence[str]) -> bool:
    return any(text in ("№", "#") or text.isdecimal() or word_of(text).topic is Topic.INVOICE for text in following)
