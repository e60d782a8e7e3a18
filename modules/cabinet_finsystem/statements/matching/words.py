"""The vocabulary of payment purposes: which words announce a number, of what, and which change a payment's nature."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache

from .folding import FOLDED_FORMS, fold


class Topic(Enum):
    """What a number that follows is the number of. Only the first two can name an invoice for payment."""

    INVOICE = "invoice"
    VAT_INVOICE = "vat-invoice"
    CONTRACT = "contract"
    DOCUMENT = "document"
    PAYMENT_ORDER = "payment-order"
    REGISTER = "register"
    ORDER = "order"
    ACCOUNT = "account"


class Strength(IntEnum):
    """How much the words around a number say that it is an invoice's.

    FAINT: the number is some other thing's, as far as one can tell. WEAK: nothing says anything, the date and the
    amount have to. FAR: an invoice is spoken of, other words stand between.
    MEDIUM: the word is doubtful (VAT invoice, misprint). STRONG: a whole word stands right before the number.
    """

    FAINT = -1
    WEAK = 0
    FAR = 1
    MEDIUM = 2
    STRONG = 3


class Role(IntEnum):
    """What a word does to the reading of the numbers around it."""

    PLAIN = 0
    KEYWORD = 1  # announces numbers of a topic
    ASIDE = 2  # announces a number of no interest (a sum, a tax id, a flat), then the topic before goes on
    FILLER = 3  # may stand between a keyword and its number
    AND = 4
    FROM = 5  # announces a date
    SIGN = 6  # "number"
    YEAR = 7
    UNIT = 8  # makes the number before a quantity
    MONEY_UNIT = 9
    PREPOSITION = 10
    ACCOUNT_ADJECTIVE = 11  # "settlement", "personal": what follows is an account, not an invoice


class Sign(Enum):
    """Words that change what a payment is, wherever they stand."""

    REFUND = "refund"
    LOAN = "loan"
    ACQUIRING = "acquiring"
    WITHHELD = "withheld"
    PAYOUT = "payout"
    ORDERS = "orders"
    REGISTER = "register"
    CASH = "cash"
    PENALTY = "penalty"
    LETTER = "letter"
    CHANGE = "change"
    EXCEPT = "except"
    ADVANCE = "advance"
    THIRD_PARTY = "third-party"
    TAX = "tax"
    OWN_FUNDS = "own-funds"
    TRANSFER = "transfer"
    FEE = "fee"
    SECURITY = "security"
    EQUITY = "equity"
    TERMINAL = "terminal"
    PARTLY = "partly"
    TOP_UP = "top-up"


@dataclass(frozen=True, slots=True)
class Word:
    """What the reader knows of a word."""

    role: Role = Role.PLAIN
    topic: Topic | None = None
    strength: Strength = Strength.WEAK
    plural: bool = False
    month: int = 0
    genitive: bool = False
    sign: Sign | None = None
    legal_form: bool = False
    signed: bool = False  # an aside whose number may carry a number sign


#: A word the reader knows nothing of.
PLAIN = Word()


def folded(words: str) -> list[str]:
    """The folded forms of ``words``, parted by spaces."""
    return [fold(word) for word in words.split()]


_INVOICE_ONE = folded(
    "счет счета счету счетом счете сч счт invoice inv инвойс инвойса инвойсу рахунок рахунку рахунка рах"
)
_INVOICE_MANY = folded("счетов счетам счетами счетах счета сч.сч invoices инвойсы инвойсам инвойсов")
_DOUBTFUL_INVOICE = folded("инв bill счетдоговор счетоферта проформа проформе proforma")
_VAT_INVOICE = folded("сф счф счфакт счфактура счетфактура счетфактуре счетфактуры")
# Real words one letter away from a form of "счет": never its misprints.
_NOT_MISPRINTS = frozenset(
    folded(
        "смета смету смете сметы смет свет света свету свете светом учет учета учету учете учетом учеты слет слета слету"
        " слете счел сете чета чету чете четов четам сеть сети сетей светов светам слетов сметам сметах"
        " сметой сетом отчет отчета расчет зачет счеты сетов сетам сечет течет"
    )
)
_MISPRINT_TARGETS = folded("счет счета счету счетом счете счетов счетам")

_FORMS: dict[str, Word] = {}


def _put(words: str, word: Word) -> None:
    for form in folded(words):
        _FORMS.setdefault(form, word)


for _form in _INVOICE_MANY:
    _FORMS[_form] = Word(Role.KEYWORD, Topic.INVOICE, Strength.STRONG, plural=_form != fold("счета"))
for _form in _INVOICE_ONE:
    _FORMS.setdefault(_form, Word(Role.KEYWORD, Topic.INVOICE, Strength.STRONG))
for _form in (*_INVOICE_ONE, *_INVOICE_MANY):  # "счN15": the number sign run into the word
    for _sign in folded("n no номер ном"):
        _FORMS.setdefault(_form + _sign, _FORMS[_form])
for _form in _DOUBTFUL_INVOICE:
    _FORMS[_form] = Word(Role.KEYWORD, Topic.INVOICE, Strength.MEDIUM)
for _form in _VAT_INVOICE:
    _FORMS[_form] = Word(Role.KEYWORD, Topic.VAT_INVOICE, Strength.MEDIUM)

_put(
    "дог догов договр дгвр контр согл допсогл гк мк гпд оферта оферте оферты прил спец спф",
    Word(Role.KEYWORD, Topic.CONTRACT),
)
_put("contract agreement ctr appendix annex", Word(Role.KEYWORD, Topic.CONTRACT))
_put(
    "акт акта акту актом акте акты актов актам актами актах упд укд ттн тн торг накл кс кс2 кс3 гтд отчет отчета"
    " чек чека чеку чеки чеков лист листа листу"
    " отчету отчете отчетов отчетам пко рко act waybill",
    Word(Role.KEYWORD, Topic.DOCUMENT),
)
_put("кп полис полиса полису", Word(Role.KEYWORD, Topic.DOCUMENT))
_put("пп платежка платежке платежки плат", Word(Role.KEYWORD, Topic.PAYMENT_ORDER))
_put("зак order orders zakaz", Word(Role.KEYWORD, Topic.ORDER, sign=Sign.ORDERS))
_put("лс рс логин аккаунт аккаунту account acc", Word(Role.KEYWORD, Topic.ACCOUNT))

_put("инн кпп бик огрн огрнип окпо октмо кбк уин уип икз снилс окато бин иин унп vo inn", Word(Role.ASIDE, signed=True))
_put("тел телефон телефону телефона моб факс phone tel", Word(Role.ASIDE, signed=True))
_put("ндс nds vat итого всего total размере", Word(Role.ASIDE))
_put(
    "кв оф офис офиса офису офисе дом дома корп корпус стр пом каб уч лот ул этаж бокс гараж место места авто рейс группа"
    " класс школа школы сад магазин кабинет литер пункт пункта ст поз арт код серия партия том зона линия этап этапа"
    " этапу объект объекта объекту блок вагон № гос",
    Word(Role.ASIDE, signed=True),
)

_put("предоплату предоплаты доплату аванс", Word(Role.FILLER, sign=Sign.ADVANCE))
_put(
    "на опл предопл оплату оплаты оплате покупателю покупателя клиента клиенту поставщика исполнителя",
    Word(Role.FILLER),
)
_put(
    "ваш вашему вашего под прилагаемому выставленному выставленным выставленного согласно for payment",
    Word(Role.FILLER),
)
_put("и а также and", Word(Role.AND))
_put("от of from dated dtd dd дата датой", Word(Role.FROM))
_put("n no nr num number ном номер номера номером номеру номерам номерами", Word(Role.SIGN))
_put("г гг год года году годы", Word(Role.YEAR))
_put("по к за для с со в во из при у до об о без in by", Word(Role.PREPOSITION))
_put(
    "шт штук штуки кг т л м км м2 м3 мес месяц месяца месяцев дн дня дней день час часа часов чел человек ед экз уп упак"
    " компл квт гкал га раз лет квартал квартала кв кварталы пар пары рулон рулона листов",
    Word(Role.UNIT),
)
_FORMS[fold("кв")] = Word(Role.ASIDE, signed=True)
_put("руб рублей рубля рубль р коп копеек копейки тыс млн rub usd eur", Word(Role.MONEY_UNIT))
_put(
    "расчетный расчетного расчетному расчетном расч лицевой лицевого лицевому лицевом лиц кор корр",
    Word(Role.ACCOUNT_ADJECTIVE),
)
_put(
    "банковский банковского банковскому текущий текущего личный личного личному спецсчет карточный",
    Word(Role.ACCOUNT_ADJECTIVE),
)
_put(
    "корреспондентский корреспондентского специальный специального накопительный депозитный",
    Word(Role.ACCOUNT_ADJECTIVE),
)

_MONTHS = (
    ("января", "январь янв january jan"),
    ("февраля", "февраль фев февр february feb"),
    ("марта", "март мар march mar"),
    ("апреля", "апрель апр april apr"),
    ("мая", "май may"),
    ("июня", "июнь июн june jun"),
    ("июля", "июль июл july jul"),
    ("августа", "август авг august aug"),
    ("сентября", "сентябрь сен сент september sep sept"),
    ("октября", "октябрь окт october oct"),
    ("ноября", "ноябрь ноя нояб november nov"),
    ("декабря", "декабрь дек december dec"),
)
for _number, (_genitive, _others) in enumerate(_MONTHS, start=1):
    _FORMS[fold(_genitive)] = Word(month=_number, genitive=True)
    for _form in folded(_others):
        _FORMS[_form] = Word(month=_number)

_put("сбп sbp", Word(sign=Sign.ACQUIRING))
_put("пени пеня пеней пеню", Word(sign=Sign.PENALTY))
_put("енп енс фнс ифнс", Word(sign=Sign.TAX))
_put("займ займа займу займом займы займов заем заема заемные заемных", Word(sign=Sign.LOAN))
_put("третье третьих третьи третьего зачет зачета зачете взаимозачет взаимозачета", Word(sign=Sign.THIRD_PARTY))
_put("взамен вместо оплачен оплачены погашен погашены закрыт закрыты credit", Word(sign=Sign.CHANGE))
_put("не кроме помимо сверх минус минусом исключением исключая позже позднее оплатим", Word(sign=Sign.EXCEPT))
_put("except excluding instead cancelled canceled", Word(sign=Sign.EXCEPT))
_FORMS[fold("без")] = Word(Role.PREPOSITION, sign=Sign.EXCEPT)
_put("просрочку проценты процентов процента penalty penalties fine fines late interest", Word(sign=Sign.PENALTY))
_put("част части часть частями partial partly part", Word(sign=Sign.PARTLY))
_put("advance prepayment", Word(sign=Sign.ADVANCE))
_put("задаток задатка deposit", Word(sign=Sign.SECURITY))

# By beginning, longest first: a stem answers for all its endings.
_STEMS: dict[str, Word] = {}


def _stems(stems: str, word: Word) -> None:
    for stem in folded(stems):
        _STEMS[stem] = word


_stems("договор контракт соглашен допсоглаш спецификац приложен contract agreement", Word(Role.KEYWORD, Topic.CONTRACT))
_stems(
    "накладн справк протокол распоряжен уведомлен извещен постановлен приказ предложен решени ведомост конкурс"
    " аукцион тендер изделие бланк доверенност квитанц смет",
    Word(Role.KEYWORD, Topic.DOCUMENT),
)
_stems("письм", Word(Role.KEYWORD, Topic.DOCUMENT, sign=Sign.LETTER))
_stems("платежн поручен", Word(Role.KEYWORD, Topic.PAYMENT_ORDER))
_stems("реестр", Word(Role.KEYWORD, Topic.REGISTER, sign=Sign.REGISTER))
_stems("заказ", Word(Role.KEYWORD, Topic.ORDER, sign=Sign.ORDERS))
_stems("заявк", Word(Role.KEYWORD, Topic.ORDER))
_stems("абонент идентификатор", Word(Role.KEYWORD, Topic.ACCOUNT))
_stems("фактур", Word(Role.KEYWORD, Topic.VAT_INVOICE, Strength.MEDIUM))
_stems("сумм налог стоимост тариф", Word(Role.ASIDE))
_stems(
    "счетчик квартир помещен комнат участ строен контейнер билет карт автомобил прибор здани модел артикул",
    Word(Role.ASIDE, signed=True),
)
_stems("терминал", Word(Role.ASIDE, signed=True, sign=Sign.TERMINAL))
_stems("мерчант merchant", Word(Role.ASIDE, signed=True, sign=Sign.ACQUIRING))
_stems("возвр сторн refund reversal chargeback излишн", Word(sign=Sign.REFUND))
_stems("ошибочн", Word(sign=Sign.REFUND))
_stems("кредит заемн овердрафт ссуд loan транш финансов", Word(sign=Sign.LOAN))
_stems("кредитор", PLAIN)
_stems("эквайр эквайринг acquir маркетплейс", Word(sign=Sign.ACQUIRING))
_stems("удержан вычет", Word(sign=Sign.WITHHELD))
_stems("перечислен возмещен зачислен", Word(sign=Sign.PAYOUT))
_stems("перевод", Word(sign=Sign.TRANSFER))
_stems("пополн", Word(sign=Sign.TOP_UP))
_stems("наличн инкассац самоинкассац", Word(sign=Sign.CASH))
_stems("неустойк штраф исполнительн госпошлин пользован", Word(sign=Sign.PENALTY))
_stems("взаимозач взаиморасч цесси уступк поручительств", Word(sign=Sign.THIRD_PARTY))
_stems("отмен корректир переплат", Word(sign=Sign.CHANGE))
_stems("аннулир отменен отменя", Word(sign=Sign.EXCEPT))
_stems("предопл аванс", Word(sign=Sign.ADVANCE))
_stems("собственн", Word(sign=Sign.OWN_FUNDS))
_stems("дивиденд уставн учредител", Word(sign=Sign.EQUITY))
_stems("частич остат остал полност", Word(sign=Sign.PARTLY))
_stems("комисси", Word(sign=Sign.FEE))
_stems("обеспечит обеспечен депозит гарантийн", Word(sign=Sign.SECURITY))
_stems("расчетн лицев корреспондентск банковск", Word(Role.ACCOUNT_ADJECTIVE))

_ROUBLE = fold("руб")
_RUN_TOGETHER = tuple(folded("посчету посчетам посчет"))
_MISPRINTS = (
    (folded("возврат возврата возврату возвратом"), Word(sign=Sign.REFUND)),
    (
        folded("договор договора договору догов контракт контракта контракту соглашению"),
        Word(Role.KEYWORD, Topic.CONTRACT),
    ),
    (
        folded("накладной накладная протокол протоколу решению ведомости заявке заказу реестру реестра"),
        Word(Role.KEYWORD, Topic.DOCUMENT),
    ),
    (
        folded("лицевой лицевого лицевому лицевом расчетный расчетного расчетному расчетном"),
        Word(Role.ACCOUNT_ADJECTIVE),
    ),
)

_LONGEST_STEM = max(map(len, _STEMS))
_SHORTEST_STEM = min(map(len, _STEMS))

#: Abbreviations of two parts, "п/п" or "с-ф": the first parts, then what both together announce.
PAIRS: dict[tuple[str, str], Word] = {}
for _pairs, _word in (
    ("п/п п/поручение плат/поручение", Word(Role.KEYWORD, Topic.PAYMENT_ORDER)),
    ("л/с л/сч л/счет р/с р/сч р/счет к/с к/сч к/счет", Word(Role.KEYWORD, Topic.ACCOUNT)),
    (
        "с/ф сч/ф сч/факт сч/фактура счет/ф счет/факт счета/ф счету/ф счф/сф",
        Word(Role.KEYWORD, Topic.VAT_INVOICE, Strength.MEDIUM),
    ),
    ("д/с г/к м/к д/р д/ра д/ру дог/р дог/ра дог/ру", Word(Role.KEYWORD, Topic.CONTRACT)),
    ("т/н т/накладная", Word(Role.KEYWORD, Topic.DOCUMENT)),
    ("сч/т сч/та сч/ту сч/ты сч/там", Word(Role.KEYWORD, Topic.INVOICE, Strength.STRONG)),
    ("б/н", Word(Role.FILLER)),
):
    for _pair in folded(_pairs):
        PAIRS[(_pair.split("/")[0], _pair.split("/")[1])] = _word
PAIR_HEADS = frozenset(head for head, _ in PAIRS)

#: Words that may stand right before a number that no keyword announces: "Оплата 15 от …". Any other owns the number.
NEUTRAL_WORDS = frozenset(
    folded(
        "опл оплата оплаты оплату оплате оплатой предоплата предоплаты предоплату предоплате доплата доплаты доплату"
        " платеж платежа платежом аванс аванса авансом авансовый основании"
    )
)

#: Second halves of compound names of an invoice: "счет-договор", "счет-оферта".
COMPOUND_STEMS = tuple(folded("договор контракт оферт спецификац заказ заявк соглашен квитанц извещен"))


@lru_cache(maxsize=32768)
def word_of(form: str) -> Word:
    """What the folded word ``form`` means to the reader."""
    known = _FORMS.get(form)
    if known is not None:
        return known
    for length in range(min(len(form), _LONGEST_STEM), _SHORTEST_STEM - 1, -1):
        known = _STEMS.get(form[:length])
        if known is not None:
            return known
    if form in FOLDED_FORMS:
        return Word(legal_form=True)
    if _is_misprinted_invoice(form):
        return Word(Role.KEYWORD, Topic.INVOICE, Strength.FAR)
    if len(form) >= 6:
        for targets, word in _MISPRINTS:
            if any(_one_edit_apart(form, target) for target in targets):
                return word
    if form.endswith(_RUN_TOGETHER):
        return Word(Role.KEYWORD, Topic.INVOICE, Strength.MEDIUM)
    return PLAIN


def _is_misprinted_invoice(form: str) -> bool:
    """One letter lost, added, changed or swapped in a form of "счет". "Смету" may be spoilt to the same: see `Strength.FAR`."""
    if not 4 <= len(form) <= 7 or form in _NOT_MISPRINTS or not {"с", "ч", "щ"} & set(form[:2]):
        return False
    return any(_one_edit_apart(form, target) for target in _MISPRINT_TARGETS)


def misprinted_rouble(form: str) -> bool:
    """Whether a word right after a number is "руб" with one letter wrong."""
    return len(form) in (3, 4) and word_of(form) is PLAIN and _one_edit_apart(form, _ROUBLE)


def _one_edit_apart(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1:
        return False
    short, long = sorted((left, right), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] == long[start : start + 2]
    return short[start + 1 :] == long[start + 1 :] or (swapped and short[start + 2 :] == long[start + 2 :])
